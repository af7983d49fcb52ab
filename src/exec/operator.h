// An operator ready to run: its plan and its packed weights. Immutable once made.
#ifndef OTTAVA_SRC_EXEC_OPERATOR_H_
#define OTTAVA_SRC_EXEC_OPERATOR_H_

#include "plan/plan.h"

namespace ottava {

struct Operator {
  Plan plan;
  const uint8_t* packed;  // plan.packed.total bytes, aligned to kAlignment
  bool row_term;          // some canonical rhs zero point is not 0, so row sums of the lhs are needed
  uint64_t max_exact_k;   // for queries: the largest K that cannot overflow, bias apart
};

}  // namespace ottava

#endif  // OTTAVA_SRC_EXEC_OPERATOR_H_
