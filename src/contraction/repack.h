// Packing is invertible: weights from the layout of one kernel to that of another, on any machine, in portable code.
#ifndef OTTAVA_SRC_CONTRACTION_REPACK_H_
#define OTTAVA_SRC_CONTRACTION_REPACK_H_

#include "contraction/plan.h"

namespace ottava {

// Where a contraction has the weights of a channel: `count` runs of `depth` elements, one at the beginning of each
// position. What lies between runs are zero points (RhsView). Without runs all depths of all positions are weights.
struct WeightRuns {
  size_t count = 0;
  size_t depth = 0;
  bool side_by_side = false;  // all in one position, one behind the other
  size_t part_channels = 0;   // not 0: those of so many channels begin at depth 0, of as many at `depth`, and so on
};

// Arrays per channel and packed weights, as a plan lays them out. The channels of a layer may be several contractions
// of one plan, equally far apart.
struct PackedSource {
  const ContractionPlan* plan;
  const uint8_t* channels;  // aligned to kAlignment, as the next
  const uint8_t* packed;
  WeightRuns runs = {};
  size_t channels_step = 0;
  size_t packed_step = 0;
};

// Writes what prepare() would have made of the same constants under the plan `to`: to.channels.total and
// to.packed.total bytes, any alignment. Both plans are of the same weights, `problem` is that of `to`, whose channels
// are those of the source from first_channel on.
void repack(const PackedSource& from, const ContractionPlan& to, const Contraction& problem, uint8_t* channels,
            uint8_t* packed, const WeightRuns& runs = {}, size_t first_channel = 0);

// weights_rule_out (contraction/weights.h) of weights that are packed already, as a contraction of `problem` has them.
bool packed_rule_out(const Kernel& kernel, const PackedSource& from, const Contraction& problem,
                     const WeightRuns& runs = {}, size_t first_channel = 0);

}  // namespace ottava

#endif  // OTTAVA_SRC_CONTRACTION_REPACK_H_
