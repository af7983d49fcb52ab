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

// Adds what each worker has left at the beginning of its slice of the workspace; nothing where `saturation` is null.
void add_counts(const uint8_t* slices, size_t slice_bytes, uint32_t workers, Saturation* saturation);

}  // namespace ottava

#endif  // OTTAVA_SRC_OUTPUT_SATURATION_H_
