// The matmul: a contraction of one position over matrices. Start reading here, then contraction/run.cpp.
//
//     made   MatmulProblem (problem.h) -> checked (validate.h) -> MatmulPlan -> Matmul
//     run    MatmulCall (call.h) -> checked, resolved to a RunRequest -> the engine
#ifndef OTTAVA_SRC_OPERATORS_MATMUL_MATMUL_H_
#define OTTAVA_SRC_OPERATORS_MATMUL_MATMUL_H_

#include "base/checked.h"
#include "contraction/exactness.h"
#include "contraction/prepared.h"
#include "operators/matmul/problem.h"

namespace ottava {

struct MatmulPlan {
  ContractionPlan contraction;
  size_t max_m;  // 0: no limit
  Order lhs_order;
  Order rhs_order;
  Order dst_order;
};

// Immutable once made.
struct Matmul : PreparedContraction {
  size_t max_m;
  Order lhs_order;
  Order rhs_order;
  Order dst_order;
  uint64_t max_exact_k;  // for queries: the largest K that cannot overflow whatever the weights, bias apart
  Exactness exactness;
  size_t lhs_line;           // bytes of a dense row of the lhs
  size_t dst_line;           // of dst
  size_t most_dense_rows;    // runs of so many rows, side by side, want no check but that of their memory
  size_t most_lone_rows;     // likewise, and go by run_lone_tile (contraction/panels.h); else 0
  uint64_t lone_tile_bytes;  // of workspace that a run of the small M on one thread wants: of rows that one tile holds
  uint64_t small_m_bytes;    // likewise, of more
  MatmulProblem problem;     // as it was asked for: what a packed file says
};

// Checks what the numbers alone can show, and plans.
Status plan_matmul(const MatmulProblem& problem, const Machine& machine, const Choice& choice, uint32_t threads,
                   MatmulPlan* plan, Error* error);

// Checks what the constants add, and plans again if the weights want another kernel.
Status settle_matmul(MatmulProblem* problem, const Constants& constants, const Machine& machine, const Choice& choice,
                     uint32_t threads, MatmulPlan* plan, Exactness* exactness, Error* error);

// `memory` holds operator_bytes(plan.contraction), aligned to kAlignment, and stays with the operator.
void prepare_matmul(const MatmulPlan& plan, const MatmulProblem& problem, const Constants& constants,
                    const Exactness& exactness, uint8_t* memory, Matmul* matmul);

// All of *matmul that is not its contraction, which is ready.
void finish_matmul(const MatmulPlan& plan, const MatmulProblem& problem, uint64_t max_exact_k,
                   const Exactness& exactness, Matmul* matmul);

}  // namespace ottava

#endif  // OTTAVA_SRC_OPERATORS_MATMUL_MATMUL_H_
