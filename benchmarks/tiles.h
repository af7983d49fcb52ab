// kernel/<kernel>/m:<rows>/k:<depth> and stage/<kernel>/<stage>: one tile in the first-level cache, the multiplication
// alone and the output stage alone. See tiles.cpp.
#ifndef OTTAVA_BENCHMARKS_TILES_H_
#define OTTAVA_BENCHMARKS_TILES_H_

#include <string>
#include <vector>

#include "probes/probes.h"

namespace bench {

// Registers every kernel of these tiers that this machine can run.
void register_tiles(const std::vector<std::string>& tiers, Probes* probes);

}  // namespace bench

#endif  // OTTAVA_BENCHMARKS_TILES_H_
