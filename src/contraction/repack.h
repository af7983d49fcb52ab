// Packing is invertible: weights from the layout of one kernel to that of another, on any machine, in portable code.
#ifndef OTTAVA_SRC_CONTRACTION_REPACK_H_
#define OTTAVA_SRC_CONTRACTION_REPACK_H_

#include "contraction/plan.h"

namespace ottava {

// Arrays per channel and packed weights, as a plan lays them out.
struct PackedSource {
  const ContractionPlan* plan;
  const uint8_t* channels;  // aligned to kAlignment, as the next
  const uint8_t* packed;
};

// Writes what prepare() would have made of the same constants under the plan `to`: to.channels.total and
// to.packed.total bytes, any alignment. Both plans are of `problem`.
void repack(const PackedSource& from, const ContractionPlan& to, const Contraction& problem, uint8_t* channels,
            uint8_t* packed);

// weights_rule_out (contraction/weights.h) of weights that are packed already.
bool packed_rule_out(const Kernel& kernel, const PackedSource& from, const Contraction& problem);

}  // namespace ottava

#endif  // OTTAVA_SRC_CONTRACTION_REPACK_H_
