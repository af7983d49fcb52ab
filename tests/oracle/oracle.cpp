#include "oracle/oracle.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

namespace oracle {
namespace {

std::int64_t power_of_two(int exponent) { return std::int64_t{1} << exponent; }

std::int64_t floor_divide(std::int64_t a, std::int64_t b) {
  const std::int64_t quotient = a / b;
  return a % b != 0 && ((a < 0) != (b < 0)) ? quotient - 1 : quotient;
}

std::int64_t wrap_to_32(std::int64_t x) {
  const std::int64_t modulus = power_of_two(32);
  const std::int64_t low = x - floor_divide(x, modulus) * modulus;  // 0 to 2^32 - 1
  return low >= power_of_two(31) ? low - modulus : low;
}

std::int64_t saturate_to_32(std::int64_t x) {
  return std::min<std::int64_t>(std::max<std::int64_t>(x, INT32_MIN), INT32_MAX);
}

// x / divisor, half away from zero; divisor > 0.
std::int64_t divide_half_away(std::int64_t x, std::int64_t divisor) {
  const std::int64_t magnitude = x < 0 ? -x : x;
  const std::int64_t twice_remainder = magnitude % divisor * 2;
  const std::int64_t quotient = magnitude / divisor + (twice_remainder >= divisor ? 1 : 0);
  return x < 0 ? -quotient : quotient;
}

// The integer nearest to y, halves to even; y is small enough to be exact in double.
std::int64_t round_half_even(double y) {
  const double below = std::floor(y);
  const double fraction = y - below;
  std::int64_t n = static_cast<std::int64_t>(below);
  if (fraction > 0.5 || (fraction == 0.5 && n % 2 != 0)) ++n;
  return n;
}

}  // namespace

Multiplier multiplier_of(double s) {
  if (s == 0) return {0, 0};
  int exponent = 0;
  const double q = std::frexp(s, &exponent);
  std::int64_t multiplier = static_cast<std::int64_t>(std::round(q * 2147483648.0));
  if (multiplier == power_of_two(31)) {
    multiplier /= 2;
    ++exponent;
  }
  if (exponent < -31) return {0, 0};
  if (exponent > 30) return {power_of_two(31) - 1, 30};
  return {multiplier, exponent};
}

std::int64_t requantize(Rule rule, std::int64_t x, Multiplier m) {
  const int left = std::max(m.exponent, 0);
  const int right = std::max(-m.exponent, 0);
  const std::int64_t product = wrap_to_32(x * m.multiplier);  // of the multiply-and-shift rules
  switch (rule) {
    case Rule::gemmlowp_by_fixed_point:
    case Rule::fixed_two_roundings:
    case Rule::fixed_two_roundings_saturating: {
      const std::int64_t exact = x * power_of_two(left);
      const std::int64_t shifted =
          rule == Rule::fixed_two_roundings_saturating ? saturate_to_32(exact) : wrap_to_32(exact);
      const std::int64_t high =
          saturate_to_32(floor_divide(shifted * m.multiplier + power_of_two(30), power_of_two(31)));
      return divide_half_away(high, power_of_two(right));
    }
    case Rule::fixed_one_rounding:
      return floor_divide(x * m.multiplier + power_of_two(30 - m.exponent), power_of_two(31 - m.exponent));
    case Rule::fixed_one_rounding_away: return divide_half_away(x * m.multiplier, power_of_two(31 - m.exponent));
    case Rule::fixed_acl_fused: {
      const std::int64_t high = floor_divide(wrap_to_32(x * power_of_two(left)) * m.multiplier, power_of_two(31));
      return right == 0 ? high : floor_divide(high + power_of_two(right - 1), power_of_two(right));
    }
    case Rule::fixed_16_bit_multiplier: {
      const std::int64_t reduced = m.multiplier < 0x7FFF0000 ? (m.multiplier + 32768) / 65536 : 0x7FFF;
      // (x * reduced + 2^(14 - e)) >> (15 - e), over a common denominator where 14 - e is negative
      const std::int64_t scaled = x * reduced * 65536;
      return floor_divide(scaled + power_of_two(30 - m.exponent), power_of_two(31 - m.exponent));
    }
    case Rule::power_of_two: {  // x * 2^(exponent - 1) in the form of real scales: multiplier 2^30
      const int p = m.exponent - 1;
      return p >= 0 ? x * power_of_two(p) : floor_divide(x + power_of_two(-p - 1), power_of_two(-p));
    }
    case Rule::multiply_shift_floor: return floor_divide(product, power_of_two(right));
    case Rule::multiply_shift_half_up:
      return floor_divide(wrap_to_32(product + power_of_two(right) / 2), power_of_two(right));
    case Rule::multiply_shift_half_away: return divide_half_away(product, power_of_two(right));
    case Rule::none:
    case Rule::float_nearest_even: break;
  }
  return x;
}

namespace {

float float_of(std::int64_t bits) {
  const std::uint32_t word = static_cast<std::uint32_t>(bits);
  float value;
  std::memcpy(&value, &word, sizeof value);
  return value;
}

// Each step of the float formulas is rounded to float32 by itself: volatile keeps the compiler from joining two.
float times(float a, float b) {
  const volatile float product = a * b;
  return product;
}
float over(float a, float b) {
  const volatile float quotient = a / b;
  return quotient;
}
float plus(float a, float b) {
  const volatile float sum = a + b;
  return sum;
}
float at_most_finite(float scale) { return std::min(scale, std::numeric_limits<float>::max()); }

}  // namespace

std::int64_t apply_stage(const Stage& stage, std::int64_t accumulator, std::size_t channel, float row_scale,
                         const std::int64_t* previous, Counts* counts) {
  const float rhs_scale = stage.rhs_scales.empty() ? 1.0f : stage.rhs_scales[channel];
  const bool own = row_scale != 0.0f;
  const float lhs_scale = own ? row_scale : stage.lhs_scale;
  const float both = own ? at_most_finite(times(lhs_scale, rhs_scale)) : times(lhs_scale, rhs_scale);
  const float bias = stage.bias_f32.empty() ? 0.0f : stage.bias_f32[channel];
  const auto clamped = [&stage, counts](std::int64_t y) {
    if (counts != nullptr && y < stage.clamp_min) ++counts->below;
    if (counts != nullptr && y > stage.clamp_max) ++counts->above;
    return std::min(std::max(y, stage.clamp_min), stage.clamp_max);
  };

  if (stage.output == Output::f32) {
    float y = plus(times(static_cast<float>(accumulator), both), bias);
    if (previous != nullptr) y = plus(float_of(*previous), y);
    if (counts != nullptr && y < stage.clamp_min_f32) ++counts->below;
    if (counts != nullptr && y > stage.clamp_max_f32) ++counts->above;
    if (y < stage.clamp_min_f32) y = stage.clamp_min_f32;
    if (y > stage.clamp_max_f32) y = stage.clamp_max_f32;
    if (std::isnan(y)) return 0x7FC00000;
    std::int32_t bits;
    std::memcpy(&bits, &y, sizeof bits);
    return bits;
  }
  if (stage.rule == Rule::none) return clamped(previous != nullptr ? wrap_to_32(accumulator + *previous) : accumulator);
  if (stage.rule == Rule::float_nearest_even) {
    const float scale = own ? at_most_finite(over(both, stage.dst_scale)) : over(both, stage.dst_scale);
    const float value = plus(times(static_cast<float>(accumulator), scale), over(bias, stage.dst_scale));
    // Far outside every type the value is its bound, without a conversion that could overflow.
    const double y = std::min(std::max(static_cast<double>(value), -1e15), 1e15);
    return clamped(round_half_even(y) + stage.zero_point);
  }
  const double product =
      stage.float_product ? static_cast<double>(both) : static_cast<double>(lhs_scale) * static_cast<double>(rhs_scale);
  const double s = product / static_cast<double>(stage.dst_scale);
  const Multiplier m = stage.integers.empty() ? multiplier_of(s) : stage.integers[channel];
  return clamped(requantize(stage.rule, accumulator, m) + stage.zero_point);
}

Matrix matmul(const Matrix& lhs, std::int64_t lhs_zero_point, const Matrix& rhs,
              const std::vector<std::int64_t>& rhs_zero_points, const Stage& stage, const Rows& rows,
              const Matrix* previous, Counts* counts) {
  Matrix dst;
  dst.rows = lhs.rows;
  dst.columns = rhs.columns;
  dst.values.resize(static_cast<std::size_t>(dst.rows * dst.columns));
  for (std::int64_t m = 0; m < dst.rows; ++m) {
    const std::size_t row = static_cast<std::size_t>(m);
    const std::int64_t zero_point = rows.zero_points.empty() ? lhs_zero_point : rows.zero_points[row];
    const float scale = rows.scales.empty() ? 0.0f : rows.scales[row];
    for (std::int64_t n = 0; n < dst.columns; ++n) {
      const std::size_t channel = static_cast<std::size_t>(n);
      std::int64_t sum = stage.bias.empty() ? 0 : stage.bias[channel];
      for (std::int64_t k = 0; k < lhs.columns; ++k) {
        sum += (lhs.at(m, k) - zero_point) * (rhs.at(k, n) - rhs_zero_points[channel]);
      }
      const std::size_t at = static_cast<std::size_t>(m * dst.columns + n);
      const std::int64_t* const held = previous != nullptr ? &previous->values[at] : nullptr;
      dst.values[at] = apply_stage(stage, wrap_to_32(sum), channel, scale, held, counts);
    }
  }
  return dst;
}

}  // namespace oracle
