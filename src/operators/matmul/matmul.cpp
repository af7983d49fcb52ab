#include "operators/matmul/matmul.h"

#include "contraction/pack.h"
#include "contraction/panels.h"
#include "contraction/weights.h"
#include "operators/matmul/validate.h"
#include "operators/placement.h"

namespace ottava {
namespace {

uint64_t bytes_for_small_m(const Matmul& matmul, size_t rows) {
  if (!matmul.lone_tile) return UINT64_MAX;
  Schedule schedule;
  Error ignored;
  const RunShape shape = {rows, matmul.plan.n, 1, false};
  const Status status = make_schedule(matmul.plan, shape, 1, &schedule, &ignored);
  return status == Status::ok ? schedule.layout.total : UINT64_MAX;
}

Status plan_checked(const MatmulProblem& problem, const Machine& machine, const Choice& choice, uint32_t threads,
                    MatmulPlan* plan, Error* error) {
  plan->max_m = static_cast<size_t>(problem.max_m);
  if (plan->max_m != static_cast<uint64_t>(problem.max_m)) {
    error->set(Status::size_overflow, "desc") << "n, k or max_m does not fit the address space";
    return Status::size_overflow;
  }
  plan->lhs_order = problem.lhs_order;
  plan->rhs_order = problem.rhs_order;
  plan->dst_order = problem.dst_order;
  if (choice.tuned.plan != nullptr) {
    return choice.tuned.plan(problem, machine, choice, threads, &plan->contraction, error);
  }
  return make_plan(problem, machine, choice, threads, &plan->contraction, error);
}

}  // namespace

Status plan_matmul(const MatmulProblem& problem, const Machine& machine, const Choice& choice, uint32_t threads,
                   MatmulPlan* plan, Error* error) {
  const Status status = validate(problem, error);
  return status == Status::ok ? plan_checked(problem, machine, choice, threads, plan, error) : status;
}

Status settle_matmul(MatmulProblem* problem, const Constants& constants, const Machine& machine, const Choice& choice,
                     uint32_t threads, MatmulPlan* plan, Exactness* exactness, Error* error) {
  Status status = validate(*problem, constants, error);
  if (status == Status::ok && weights_rule_out(*plan->contraction.routes.kernel, *problem, constants)) {
    problem->weights_unfit = true;
    status = plan_checked(*problem, machine, choice, threads, plan, error);
  }
  return status == Status::ok ? prove_exactness(*problem, constants, exactness, error) : status;
}

void prepare_matmul(const MatmulPlan& plan, const MatmulProblem& problem, const Constants& constants,
                    const Exactness& exactness, uint8_t* memory, Matmul* matmul) {
  prepare(plan.contraction, problem, constants, memory, matmul);
  finish_matmul(plan, problem, max_exact_depth(problem, constants), exactness, matmul);
}

void finish_matmul(const MatmulPlan& plan, const MatmulProblem& problem, uint64_t max_exact_k,
                   const Exactness& exactness, Matmul* matmul) {
  // Only rows that are dense on both sides go the short way.
  matmul->lone_tile = matmul->lone_tile && plan.lhs_order == Order::row && plan.dst_order == Order::row;
  if (!matmul->lone_tile) matmul->rows_alone = 0;
  matmul->max_m = plan.max_m;
  matmul->lhs_order = plan.lhs_order;
  matmul->rhs_order = plan.rhs_order;
  matmul->dst_order = plan.dst_order;
  matmul->max_exact_k = max_exact_k;
  matmul->exactness = exactness;
  matmul->lhs_line = plan.contraction.k * plan.contraction.lhs_element_bytes;
  matmul->dst_line = plan.contraction.n * plan.contraction.output.element_bytes;
  matmul->problem = problem;
  const Route& small_m = plan.contraction.routes.small_m;
  matmul->small_m_bytes = bytes_for_small_m(*matmul, small_m.most_rows);
  matmul->lone_tile_bytes = bytes_for_small_m(*matmul, smaller(small_m.tile.mr, small_m.most_rows));
  const size_t most_short = smaller(kFewLines - 1, matmul->max_m != 0 ? matmul->max_m : SIZE_MAX);
  const bool few_lines = plan.contraction.k < kFewLines && plan.contraction.n < kFewLines;
  matmul->most_dense_rows = few_lines ? smaller(matmul->rows_alone, most_short) : 0;
  matmul->most_lone_rows = has_dense_tiles(*matmul) ? smaller(matmul->most_dense_rows, small_m.tile.mr) : 0;
}

}  // namespace ottava
