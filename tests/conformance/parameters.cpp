#include "conformance/parameters.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace conformance {

namespace {

bool finite_positive(float value) { return value > 0 && value <= std::numeric_limits<float>::max(); }

}  // namespace

bool takes(oracle::Rule rule, float lhs_scale, float rhs_scale, float dst_scale, bool float_product) {
  if (!finite_positive(lhs_scale) || !finite_positive(rhs_scale) || !finite_positive(dst_scale)) return false;
  const volatile float product = lhs_scale * rhs_scale;
  if (float_product && !(product <= std::numeric_limits<float>::max())) return false;
  const double exact = static_cast<double>(lhs_scale) * static_cast<double>(rhs_scale);
  const double scale = (float_product ? static_cast<double>(product) : exact) / static_cast<double>(dst_scale);
  if (rule == oracle::Rule::float_nearest_even || rule == oracle::Rule::none) {
    const volatile float quotient = product / dst_scale;
    return product <= std::numeric_limits<float>::max() && quotient <= std::numeric_limits<float>::max();
  }
  if (rule == oracle::Rule::gemmlowp_by_fixed_point) return oracle::multiplier_of(scale).exponent <= 0;
  if (rule == oracle::Rule::power_of_two) {
    int exponent = 0;
    return std::frexp(scale, &exponent) == 0.5 && exponent >= -31 && exponent <= 30;
  }
  return true;
}

Output draw_output(Random& random, const Type& type) {
  const std::int64_t ends[] = {type.low, type.high, std::max<std::int64_t>(type.low, 0), (type.low + type.high) / 2};
  Output output{type, random.chance(2) ? random.pick(ends) : random.between(type.low, type.high), type.low, type.high};
  if (random.chance(4)) {
    output.clamp_min = random.between(type.low, type.high);
    output.clamp_max = random.between(output.clamp_min, type.high);
  }
  return output;
}

oracle::Stage stage_of(const RuleEntry& rule, const Output& output) {
  oracle::Stage stage;
  stage.rule = rule.rule;
  stage.output = output.type.output;
  stage.zero_point = output.zero_point;
  stage.clamp_min = output.clamp_min;
  stage.clamp_max = output.clamp_max;
  return stage;
}

std::string text_of(const Output& output) {
  return " zero_point=" + std::to_string(output.zero_point) + " clamp_min=" + std::to_string(output.clamp_min) +
         " clamp_max=" + std::to_string(output.clamp_max);
}

std::int64_t written_shift(const RuleEntry& rule, oracle::Multiplier m) {
  return rule.integers == Parameters::shift_alone ? m.exponent - 1 : m.exponent;
}

float draw_float(Random& random, int low_exponent, int high_exponent) {
  const float magnitude = random.real(low_exponent, high_exponent);
  return random.chance(2) ? magnitude : -magnitude;
}

void draw_clamp_f32(Random& random, oracle::Stage& stage) {
  stage.clamp_min_f32 = -std::numeric_limits<float>::infinity();
  stage.clamp_max_f32 = std::numeric_limits<float>::infinity();
  if (random.chance(4)) {
    const float a = draw_float(random, -6, 12), b = draw_float(random, -6, 12);
    stage.clamp_min_f32 = std::min(a, b);
    stage.clamp_max_f32 = std::max(a, b);
  } else if (random.chance(3)) {
    stage.clamp_min_f32 = 0.0f;
    if (random.chance(2)) stage.clamp_max_f32 = 6.0f;
  }
}

}  // namespace conformance
