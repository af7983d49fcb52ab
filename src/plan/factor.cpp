#include "plan/factor.h"

namespace ottava {

double effective_scale_f64(const Problem& problem, const Constants& constants, size_t channel) {
  const double rhs = static_cast<double>(rhs_scale(problem, constants, channel));
  return static_cast<double>(problem.lhs.scale) * rhs / static_cast<double>(problem.dst.scale);
}

float effective_scale_f32(const Problem& problem, const Constants& constants, size_t channel) {
  const float product = problem.lhs.scale * rhs_scale(problem, constants, channel);
  return product / problem.dst.scale;
}

namespace {

FixedPoint as_rule_wants(Rule rule, FixedPoint factor) {
  switch (rule) {
    case Rule::fixed_16_bit_multiplier: return normalized(with_16_bit_multiplier(factor));
    case Rule::fixed_one_rounding:
    case Rule::fixed_one_rounding_away: return normalized(factor);
    default: return factor;
  }
}

}  // namespace

FixedPoint factor_of_scale(Rule rule, double scale) { return as_rule_wants(rule, fixed_point(scale)); }

FixedPoint factor_of_rule(const Problem& problem, const Constants& constants, size_t channel) {
  if (problem.parameters == Parameters::real) {
    return factor_of_scale(problem.rule, effective_scale_f64(problem, constants, channel));
  }
  FixedPoint factor = {multiplier_of(problem, constants, channel), shift_of(problem, constants, channel)};
  // 2^shift = 2^30 * 2^(shift + 1 - 31)
  if (problem.rule == Rule::power_of_two) factor = {1 << 30, factor.exponent + 1};
  return as_rule_wants(problem.rule, factor);
}

}  // namespace ottava
