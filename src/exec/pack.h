// Packing the weights: when an operator is created, or in each run where they are known only then.
#ifndef OTTAVA_SRC_EXEC_PACK_H_
#define OTTAVA_SRC_EXEC_PACK_H_

#include "base/checked.h"
#include "base/view.h"
#include "exec/operator.h"

namespace ottava {

// Fills *op from a plan made of the same problem. `memory` holds plan.channels.total bytes, and behind them
// plan.packed.total unless the rhs is known at run time only; it is aligned to kAlignment and stays with the operator.
void pack_operator(const Plan& plan, const Problem& problem, const Constants& constants, const Exactness& exactness,
                   uint8_t* memory, Operator* op);
Size operator_bytes(const Plan& plan);

// Packs panels [first, end) of the rhs, with the terms of their channels, into `packed`: plan.packed.total bytes
// aligned to kAlignment.
void pack_panels(const Plan& plan, const uint8_t* channels, ConstView rhs, size_t first, size_t end, uint8_t* packed);

}  // namespace ottava

#endif  // OTTAVA_SRC_EXEC_PACK_H_
