// A matmul as the caller describes it, in the library's own types: a contraction of one position, and where its
// matrices lie. capi/ fills it from the C descriptors, operators/matmul/validate.cpp checks it.
#ifndef OTTAVA_SRC_OPERATORS_MATMUL_PROBLEM_H_
#define OTTAVA_SRC_OPERATORS_MATMUL_PROBLEM_H_

#include "contraction/contraction.h"

namespace ottava {

// Values are those of the public header.
enum class Order : uint32_t { row = 0, column = 1 };

struct MatmulProblem : Contraction {
  int64_t max_m = 0;       // 0: no limit
  int64_t rhs_stride = 0;  // elements; 0: dense
  Order lhs_order = Order::row;
  Order rhs_order = Order::row;
  Order dst_order = Order::row;
};

// The weights as the caller laid them out.
inline RhsView rhs_view(const MatmulProblem& problem, const void* rhs) {
  const bool by_row = problem.rhs_order == Order::row;
  const int64_t stride = problem.rhs_stride != 0 ? problem.rhs_stride : by_row ? problem.n : problem.k;
  const ptrdiff_t step = static_cast<ptrdiff_t>(stride);
  return {{static_cast<const uint8_t*>(rhs), by_row ? step : 1, by_row ? 1 : step}, 0};
}

}  // namespace ottava

#endif  // OTTAVA_SRC_OPERATORS_MATMUL_PROBLEM_H_
