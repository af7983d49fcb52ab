#include "tuning/plan.h"

#include "contraction/pack.h"
#include "tuning/tuning.h"

namespace ottava {
namespace {

Status plan_once(const MatmulProblem& problem, const Machine& machine, const Choice& choice, uint32_t threads,
                 ContractionPlan* plan, Error* error) {
  Choice own = choice;
  const TunedLines* const lines = static_cast<const TunedLines*>(choice.tuned.tuning);
  const bool found = lines != nullptr && find_tuned(*lines, problem, &own.knobs);
  const Status status = make_plan(problem, machine, own, threads, plan, error);
  plan->tuned = found;
  return status;
}

}  // namespace

Status plan_tuned(const MatmulProblem& problem, const Machine& machine, const Choice& choice, uint32_t threads,
                  ContractionPlan* plan, Error* error) {
  const Status status = plan_once(problem, machine, choice, threads, plan, error);
  if (status != Status::ok || problem.weights_unfit || problem.runtime_rhs) return status;
  // The weights, once they are seen, may lead to another kernel, whose packed ones take more room than those of this
  // one: it is a part of what the operator takes.
  MatmulProblem unfit = problem;
  unfit.weights_unfit = true;
  ContractionPlan other;
  Error refused;  // where a kernel is insisted on that such weights do not go with, there is no other
  if (plan_once(unfit, machine, choice, threads, &other, &refused) != Status::ok) return status;
  const size_t bytes = operator_bytes(*plan).value(), most = operator_bytes(other).value();
  if (bytes < most) plan->packed.total += most - bytes;
  return status;
}

}  // namespace ottava
