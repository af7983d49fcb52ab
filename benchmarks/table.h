// The table at the end: ottava's best tier beside every peer, shape by shape.
#ifndef OTTAVA_BENCHMARKS_TABLE_H_
#define OTTAVA_BENCHMARKS_TABLE_H_

#include <memory>
#include <ostream>
#include <vector>

#include "comparison.h"
#include "probes/probes.h"

namespace bench {

// Those that have been measured, a table for each number of threads. `missing`: peers that this program lacks, in
// words.
void print_tables(const std::vector<std::shared_ptr<Comparison>>& comparisons, Probes* probes,
                  const std::string& missing, bool best, std::ostream& out);

}  // namespace bench

#endif  // OTTAVA_BENCHMARKS_TABLE_H_
