// How long a run will take, by a small model of its tier: what the multiplier takes for the tiles, what memory takes
// for weights, rows and results, and what is done around them. For people, and for whoever compares kernels; no choice
// of the library follows from it.
#ifndef OTTAVA_SRC_CONTRACTION_PREDICT_H_
#define OTTAVA_SRC_CONTRACTION_PREDICT_H_

#include "contraction/plan.h"
#include "cpu/machine.h"

namespace ottava {

// Values are those of OTTAVA_BOUND_... in the public header.
enum class Bound : uint32_t { unknown = 0, multiply = 1, memory = 2, call = 3 };

// In cycles of a core.
struct Prediction {
  uint64_t cycles;
  uint64_t multiply;
  uint64_t memory;
  uint64_t call;
  Bound bound;
};

// Of a run that has been scheduled; `short_way`: it goes by small_m.h. Weights are where the nearest cache that holds
// them has them, as in a loop over one operator.
Prediction predict(const ContractionPlan& plan, const Machine& machine, const RunShape& shape, const Schedule& schedule,
                   bool short_way);

}  // namespace ottava

#endif  // OTTAVA_SRC_CONTRACTION_PREDICT_H_
