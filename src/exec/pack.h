// Packing the weights, once, when an operator is created: the panels, and per channel everything of the
// output stage that depends on constants alone.
#ifndef OTTAVA_SRC_EXEC_PACK_H_
#define OTTAVA_SRC_EXEC_PACK_H_

#include "exec/operator.h"

namespace ottava {

// Fills *op from a plan made of the same problem. `memory` holds plan.packed.total bytes, aligned to
// kAlignment, and stays with the operator.
void pack_operator(const Plan& plan, const Problem& problem, const Constants& constants, uint8_t* memory, Operator* op);

}  // namespace ottava

#endif  // OTTAVA_SRC_EXEC_PACK_H_
