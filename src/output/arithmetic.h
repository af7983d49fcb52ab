// The normative arithmetic of the output stage, one scalar at a time. Every vector version equals it
// bit for bit; an independent oracle in tests/ checks it from the formulas.
//
// Float operations round to nearest even and are never fused (the build compiles with
// -ffp-contract=off).
#ifndef OTTAVA_SRC_OUTPUT_ARITHMETIC_H_
#define OTTAVA_SRC_OUTPUT_ARITHMETIC_H_

#include "base/platform.h"

namespace ottava {

// A real factor as multiplier * 2^(exponent - 31).
struct FixedPoint {
  int32_t multiplier;  // 0, or in [2^30, 2^31)
  int32_t exponent;    // -31 to 30
};

// The nearest FixedPoint of a finite factor >= 0: the multiplier rounds half away from zero, a factor
// below 2^-32 becomes 0, one of 2^30 or more saturates.
FixedPoint fixed_point(double factor);

inline int32_t clamp(int64_t value, int32_t low, int32_t high) {
  return static_cast<int32_t>(value < low ? low : value > high ? high : value);
}

inline int32_t wrap_add(int32_t a, int32_t b) {
  return static_cast<int32_t>(static_cast<uint32_t>(a) + static_cast<uint32_t>(b));
}
inline int32_t wrap_multiply(int32_t a, int32_t b) {
  return static_cast<int32_t>(static_cast<uint32_t>(a) * static_cast<uint32_t>(b));
}
inline int32_t wrap_shift_left(int32_t x, int32_t shift) {
  return static_cast<int32_t>(static_cast<uint32_t>(x) << shift);
}

// floor((a * b + 2^30) / 2^31), saturated: INT32_MIN * INT32_MIN alone leaves the range.
inline int32_t doubling_high_multiply_rounded(int32_t a, int32_t b) {
  const int64_t high = (static_cast<int64_t>(a) * b + (int64_t{1} << 30)) >> 31;
  return clamp(high, INT32_MIN, INT32_MAX);
}

// x / 2^shift, half away from zero; 0 <= shift <= 31.
inline int32_t divide_half_away(int32_t x, int32_t shift) {
  const int64_t magnitude = x < 0 ? -static_cast<int64_t>(x) : x;
  const int64_t rounded = (magnitude + ((int64_t{1} << shift) >> 1)) >> shift;
  return static_cast<int32_t>(x < 0 ? -rounded : rounded);
}

inline int64_t fixed_two_roundings(int32_t x, FixedPoint factor) {
  const int32_t left = factor.exponent > 0 ? factor.exponent : 0;
  const int32_t right = factor.exponent < 0 ? -factor.exponent : 0;
  return divide_half_away(doubling_high_multiply_rounded(wrap_shift_left(x, left), factor.multiplier), right);
}

inline int64_t fixed_one_rounding(int32_t x, FixedPoint factor) {
  const int shift = 31 - factor.exponent;  // 1 to 62
  return (static_cast<int64_t>(x) * factor.multiplier + (int64_t{1} << (shift - 1))) >> shift;
}

// value rounded half to even; |value| <= 2^22. Adding 1.5 * 2^23 leaves no fraction bits, so the
// addition itself does the rounding.
inline int32_t round_half_even(float value) {
  const float shifted = value + 12582912.0f;
  int32_t bits;
  __builtin_memcpy(&bits, &shifted, sizeof bits);
  return bits - 0x4B400000;
}

// Both bounds are integers, so clamping before rounding gives what clamping after it would, and
// products beyond any integer type are harmless. low and high lie within +-2^10.
inline int32_t float_nearest_even(int32_t x, float scale, int32_t low, int32_t high) {
  const float product = static_cast<float>(x) * scale;
  const float low_f = static_cast<float>(low);
  const float high_f = static_cast<float>(high);
  const float bounded = product < low_f ? low_f : product > high_f ? high_f : product;
  return round_half_even(bounded);
}

inline float scaled_f32(int32_t x, float scale, float bias, float low, float high) {
  const float product = static_cast<float>(x) * scale;
  const float sum = product + bias;
  return sum < low ? low : sum > high ? high : sum;
}

}  // namespace ottava

#endif  // OTTAVA_SRC_OUTPUT_ARITHMETIC_H_
