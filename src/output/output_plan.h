// An output as it is run: the functions chosen, the ends of the clamp resolved, and what each channel contributes. For
// every operator, and for requantization alone.
#ifndef OTTAVA_SRC_OUTPUT_OUTPUT_PLAN_H_
#define OTTAVA_SRC_OUTPUT_OUTPUT_PLAN_H_

#include "output/addition.h"
#include "output/fixed_tanh.h"
#include "output/output.h"
#include "output/stage.h"

namespace ottava {

struct OutputPlan {
  Requantization requantization;
  Stage stage;
  StageFn run;
  StageFn run_accumulating;  // null where results cannot be added to dst
  bool fusible;              // a fused epilogue for `stage` and the size of an element does all of it but a table
  bool row_scales;           // rows have scales of their own, so that of a channel is that of its weights
  bool row_factors;          // and a requantization that is told factors alone, which change from row to row
  Parameters parameters;     // of row_factors
  Activation activation;
  LookUpFn look_up;  // or null
  FixedTanh tanh;
  size_t element_bytes;
  float scale;
  int32_t zero_point;
  int32_t clamp_min;
  int32_t clamp_max;
  float clamp_min_f32;
  float clamp_max_f32;
  AddFn add;  // null: no second tensor
  AddParameters addition;

  // For what fuses no more: all of it, to elements of 8 bits.
  bool fusible_to_8bit() const { return fusible && activation == Activation::none && element_bytes == 1; }
};

OutputPlan plan_output(const Output& output, const StageTable& stages, bool row_scales);

// Sets what no row and no channel changes in *args, which is cleared before.
void begin_stage(const OutputPlan& plan, bool has_bias, StageArgs* args);

// What a channel contributes to its stage; 0 where that does not use a value.
struct ChannelValues {
  int32_t multiplier;
  int32_t exponent;
  float scale;
  float bias;
};
// Where rows have scales of their own, `accumulator_scale` is that of the weights alone, and so is the scale.
ChannelValues channel_values(const OutputPlan& plan, const Output& output, const OutputArrays& arrays,
                             double accumulator_scale, size_t channel);

}  // namespace ottava

#endif  // OTTAVA_SRC_OUTPUT_OUTPUT_PLAN_H_
