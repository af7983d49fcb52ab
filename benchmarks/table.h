// The table at the end: ottava's best tier beside every peer, shape by shape.
#ifndef OTTAVA_BENCHMARKS_TABLE_H_
#define OTTAVA_BENCHMARKS_TABLE_H_

#include <ostream>
#include <string>

#include "probes/probes.h"
#include "summary.h"

namespace bench {

// Those that have been measured, a table for each number of threads, each followed by what it comes to. `missing`:
// peers that this program lacks, in words.
void print_tables(const Comparisons& comparisons, Probes* probes, const std::string& missing, bool best,
                  std::ostream& out);

}  // namespace bench

#endif  // OTTAVA_BENCHMARKS_TABLE_H_
