#include "output/output_plan.h"

#include "output/addition_plan.h"
#include "output/factor.h"

namespace ottava {
namespace {

Stage stage_of(Requantization way, Type type) {
  switch (way) {
    case Requantization::fixed_two_roundings:
    case Requantization::gemmlowp_by_fixed_point: return Stage::fixed_two_roundings;
    case Requantization::fixed_two_roundings_saturating: return Stage::fixed_two_roundings_saturating;
    case Requantization::fixed_one_rounding:
    case Requantization::fixed_16_bit_multiplier:  // a multiplier with zeros below its 16 bits
    case Requantization::power_of_two: return Stage::fixed_one_rounding;
    case Requantization::fixed_one_rounding_away: return Stage::fixed_one_rounding_away;
    case Requantization::fixed_acl_fused: return Stage::fixed_acl_fused;
    case Requantization::multiply_shift_floor: return Stage::multiply_shift_floor;
    case Requantization::multiply_shift_half_up: return Stage::multiply_shift_half_up;
    case Requantization::multiply_shift_half_away: return Stage::multiply_shift_half_away;
    case Requantization::float_nearest_even: return Stage::float_nearest_even;
    case Requantization::none: break;
  }
  return type == Type::s32 ? Stage::plain_s32 : Stage::scaled_f32;
}

StageFn stage_function(const StageTable& stages, Stage stage, Type type) {
  const size_t index = static_cast<size_t>(stage);
  if (!is_requantization(stage)) return stages.run[index];
  return type == Type::s32 ? stages.run_s32[index] : type == Type::s16 ? stages.run_s16[index] : stages.run[index];
}

StageFn accumulating_function(const StageTable& stages, Stage stage) {
  if (stage == Stage::plain_s32) return stages.run[static_cast<size_t>(Stage::plain_s32_accumulate)];
  if (stage == Stage::scaled_f32) return stages.run[static_cast<size_t>(Stage::scaled_f32_accumulate)];
  return nullptr;
}

}  // namespace

OutputPlan plan_output(const Output& output, const StageTable& stages, bool row_scales) {
  OutputPlan plan = {};
  plan.requantization = output.requantization;
  plan.stage = stage_of(output.requantization, output.type);
  plan.run = stage_function(stages, plan.stage, output.type);
  plan.run_accumulating = accumulating_function(stages, plan.stage);
  plan.row_scales = row_scales;
  plan.row_factors = row_scales && is_requantization(plan.stage);
  if (row_scales && plan.stage == Stage::float_nearest_even && bytes_of(output.type) == 1 &&
      stages.float_rows != nullptr) {
    plan.run = stages.float_rows;
    plan.row_factors = false;
  }
  plan.parameters = output.parameters;
  plan.fusible = !(row_scales && is_requantization(plan.stage)) && output.activation != Activation::gemmlowp_tanh;
  plan.activation = output.activation;
  plan.look_up = stages.look_up;
  if (output.activation == Activation::gemmlowp_tanh) {
    plan.tanh = prepare_tanh(output.tanh_zero, output.tanh_amplitude);
  }
  plan.element_bytes = bytes_of(output.type);
  plan.scale = output.scale;
  plan.zero_point = output.zero_point;
  const Range range = range_of(output.type);
  plan.clamp_min = output.clamp_min == INT32_MIN ? range.min : output.clamp_min;
  plan.clamp_max = output.clamp_max == INT32_MAX ? range.max : output.clamp_max;
  plan.clamp_min_f32 = output.clamp_min_f32;
  plan.clamp_max_f32 = output.clamp_max_f32;
  if (output.adds) {
    plan.add = stages.add;
    plan.addition = form_addition(output.addition);
  }
  return plan;
}

void begin_stage(const OutputPlan& plan, bool has_bias, StageArgs* args) {
  args->dst_column_stride = static_cast<ptrdiff_t>(plan.element_bytes);
  args->zero_point = plan.zero_point;
  args->clamp_min = plan.clamp_min;
  args->clamp_max = plan.clamp_max;
  args->clamp_min_f32 = plan.clamp_min_f32;
  args->clamp_max_f32 = plan.clamp_max_f32;
  args->has_bias = has_bias ? 1 : 0;
  args->dst_scale = plan.scale;
}

ChannelValues channel_values(const OutputPlan& plan, const Output& output, const OutputArrays& arrays,
                             double accumulator_scale, size_t channel) {
  ChannelValues values = {0, 0, 0.0f, arrays.bias_f32 != nullptr ? arrays.bias_f32[channel] : 0.0f};
  if (plan.stage == Stage::float_nearest_even) values.bias /= output.scale;
  if (plan.row_scales || plan.stage == Stage::scaled_f32) {
    values.scale = static_cast<float>(accumulator_scale);
  } else if (is_fixed(plan.stage)) {
    const FixedPoint factor = factor_of_channel(output, arrays, accumulator_scale, channel);
    values.multiplier = factor.multiplier;
    values.exponent = factor.exponent;
  } else if (plan.stage == Stage::float_nearest_even) {
    values.scale = effective_scale_f32(output, accumulator_scale);
  }
  return values;
}

}  // namespace ottava
