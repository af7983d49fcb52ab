// The tables of networks: microseconds of each layer, ottava's best tier beside every peer, sums over the layers of a
// kind and over all.
#ifndef OTTAVA_BENCHMARKS_NETWORKS_TABLE_H_
#define OTTAVA_BENCHMARKS_NETWORKS_TABLE_H_

#include <ostream>
#include <string>

#include "networks/networks.h"

namespace bench {

// Those that have been measured, a table for each network and number of threads. `missing`: peers that this program
// lacks, in words.
void print_network_tables(const LayerComparisons& comparisons, const std::string& missing, bool best,
                          std::ostream& out);

}  // namespace bench

#endif  // OTTAVA_BENCHMARKS_NETWORKS_TABLE_H_
