// Packing the weights: when an operator is created, or in each run where they are known only then.
#ifndef OTTAVA_SRC_CONTRACTION_PACK_H_
#define OTTAVA_SRC_CONTRACTION_PACK_H_

#include "base/checked.h"
#include "base/view.h"
#include "contraction/prepared.h"

namespace ottava {

// Most bytes of one position of a panel, NR channels of depth K, where channels take only a part of the depths
// (RhsView).
constexpr size_t kMostBytesOfParts = 4096;

// Fills *op from a plan made of the same problem. `memory` holds operator_bytes(plan), aligned to kAlignment, and stays
// with the operator: what channels need, and behind it the packed weights unless the rhs is known at run time only.
void prepare(const ContractionPlan& plan, const Contraction& problem, const Constants& constants, uint8_t* memory,
             PreparedContraction* op);
Size operator_bytes(const ContractionPlan& plan);

// The same of arrays and packed weights that are made, or lie in a file: both aligned to kAlignment, never written.
void assemble(const ContractionPlan& plan, const uint8_t* channels, const uint8_t* packed, bool float_bias,
              PreparedContraction* op);

// Packs panels [first, end) of an rhs of these sizes, with the terms of their channels, into `packed`:
// sizes.packed.total bytes aligned to kAlignment.
void pack_rhs_panels(const ContractionPlan& plan, const ContractionSizes& sizes, const uint8_t* channels,
                     const RhsView& rhs, size_t first, size_t end, uint8_t* packed);

}  // namespace ottava

#endif  // OTTAVA_SRC_CONTRACTION_PACK_H_
