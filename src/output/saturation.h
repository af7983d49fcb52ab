// How many outputs the clamp changed: a diagnosis for scales that are too small, off the fast path.
#ifndef OTTAVA_SRC_OUTPUT_SATURATION_H_
#define OTTAVA_SRC_OUTPUT_SATURATION_H_

#include "output/stage.h"

namespace ottava {

struct Saturation {
  uint64_t below;
  uint64_t above;
};

// Adds the elements of a tile that lie below the lower, above the upper bound before they are clamped. With
// `accumulate` dst is what it was before the stage ran.
void count_saturated(const StageArgs& args, Stage stage, bool accumulate, Saturation* saturation);

}  // namespace ottava

#endif  // OTTAVA_SRC_OUTPUT_SATURATION_H_
