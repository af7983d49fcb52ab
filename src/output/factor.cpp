#include "output/factor.h"

namespace ottava {
namespace {

FixedPoint as_wanted_by(Requantization way, FixedPoint factor) {
  switch (way) {
    case Requantization::fixed_16_bit_multiplier: return normalized(with_16_bit_multiplier(factor));
    case Requantization::fixed_one_rounding:
    case Requantization::fixed_one_rounding_away: return normalized(factor);
    default: return factor;
  }
}

}  // namespace

FixedPoint factor_of_scale(Requantization way, double scale) { return as_wanted_by(way, fixed_point(scale)); }

FixedPoint factor_of_channel(const Output& output, const OutputArrays& arrays, double accumulator_scale,
                             size_t channel) {
  if (output.parameters != Parameters::integer) {
    return factor_of_scale(output.requantization, effective_scale_f64(output, accumulator_scale));
  }
  FixedPoint factor = {multiplier_of(output, arrays, channel), shift_of(output, arrays, channel)};
  // 2^shift = 2^30 * 2^(shift + 1 - 31)
  if (output.requantization == Requantization::power_of_two) factor = {1 << 30, factor.exponent + 1};
  return as_wanted_by(output.requantization, factor);
}

}  // namespace ottava
