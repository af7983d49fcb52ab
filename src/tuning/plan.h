// Plans of matmuls whose kernel somebody else has chosen.
#ifndef OTTAVA_SRC_TUNING_PLAN_H_
#define OTTAVA_SRC_TUNING_PLAN_H_

#include "contraction/plan.h"
#include "operators/matmul/problem.h"

namespace ottava {

// TunedPlanner::plan of a tuning, which is TunedLines, or of knobs alone.
Status plan_tuned(const MatmulProblem& problem, const Machine& machine, const Choice& choice, uint32_t threads,
                  ContractionPlan* plan, Error* error);

}  // namespace ottava

#endif  // OTTAVA_SRC_TUNING_PLAN_H_
