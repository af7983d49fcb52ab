// What is done after the clamp, to elements that the output stage has left in a staging place.
#ifndef OTTAVA_SRC_OUTPUT_ACTIVATION_H_
#define OTTAVA_SRC_OUTPUT_ACTIVATION_H_

#include "base/view.h"
#include "output/output_plan.h"

namespace ottava {

// Applies the activation to m rows of n staged elements, `staged_stride` bytes apart, which may be overwritten; `table`
// is that of Activation::table.
void activate(const OutputPlan& plan, const uint8_t* table, uint8_t* staged, size_t staged_stride, size_t m, size_t n,
              View to);

}  // namespace ottava

#endif  // OTTAVA_SRC_OUTPUT_ACTIVATION_H_
