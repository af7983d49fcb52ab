// The reference arithmetic of the output stage, one scalar at a time. Every vector version equals it
// bit for bit; an independent oracle in tests/ checks it from the formulas.
//
// Float operations round to nearest even and are never fused (the build compiles with
// -ffp-contract=off).
#ifndef OTTAVA_SRC_OUTPUT_ARITHMETIC_H_
#define OTTAVA_SRC_OUTPUT_ARITHMETIC_H_

#include "output/stage.h"

namespace ottava {

// A factor of a fixed-point rule: multiplier * 2^(exponent - 31), multiplier in [0, 2^31), exponent -31 to
// 30, of the rule with two roundings to 31. For the multiply-and-shift rules multiplier * 2^exponent, any multiplier,
// exponent -31 to 0.
struct FixedPoint {
  int32_t multiplier;
  int32_t exponent;
};

// The nearest FixedPoint of a finite factor >= 0: the multiplier rounds half away from zero, a factor
// below 2^-32 becomes 0, one of 2^30 or more saturates.
FixedPoint fixed_point(double factor);
// The same without saturating: the exponent may be any above -32.
FixedPoint unsaturated_fixed_point(double factor);

// The same factor with its multiplier in [2^30, 2^31), or {0, 0}: equal under the rules that round once.
FixedPoint normalized(FixedPoint factor);

// The same with a multiplier of 16 significant bits, as the rule for 16-bit outputs forms it.
FixedPoint with_16_bit_multiplier(FixedPoint factor);

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

inline int32_t saturating_shift_left(int32_t x, int32_t shift) {
  return clamp(static_cast<int64_t>(x) * (int64_t{1} << shift), INT32_MIN, INT32_MAX);
}

// floor((a * b + 2^30) / 2^31), saturated: INT32_MIN * INT32_MIN alone leaves the range.
inline int32_t doubling_high_multiply_rounded(int32_t a, int32_t b) {
  const int64_t high = (static_cast<int64_t>(a) * b + (int64_t{1} << 30)) >> 31;
  return clamp(high, INT32_MIN, INT32_MAX);
}

// floor(a * b / 2^31), saturated likewise.
inline int32_t doubling_high_multiply(int32_t a, int32_t b) {
  return clamp((static_cast<int64_t>(a) * b) >> 31, INT32_MIN, INT32_MAX);
}

// x / 2^shift, half away from zero; 0 <= shift <= 31.
inline int32_t divide_half_away(int32_t x, int32_t shift) {
  const int64_t magnitude = x < 0 ? -static_cast<int64_t>(x) : x;
  const int64_t rounded = (magnitude + ((int64_t{1} << shift) >> 1)) >> shift;
  return static_cast<int32_t>(x < 0 ? -rounded : rounded);
}

// floor(x / 2^shift + 1/2); 0 <= shift <= 31.
inline int32_t divide_half_up(int32_t x, int32_t shift) {
  return static_cast<int32_t>((static_cast<int64_t>(x) + ((int64_t{1} << shift) >> 1)) >> shift);
}

inline int32_t left_shift_of(FixedPoint factor) { return factor.exponent > 0 ? factor.exponent : 0; }
inline int32_t right_shift_of(FixedPoint factor) { return factor.exponent < 0 ? -factor.exponent : 0; }

// The rules. Each takes the accumulator, bias and zero-point terms included, and yields the value before
// the dst zero point. Names as in output/stage.h.

inline int64_t fixed_two_roundings(int32_t x, FixedPoint factor) {
  const int32_t shifted = wrap_shift_left(x, left_shift_of(factor));
  return divide_half_away(doubling_high_multiply_rounded(shifted, factor.multiplier), right_shift_of(factor));
}

inline int64_t fixed_two_roundings_saturating(int32_t x, FixedPoint factor) {
  const int32_t shifted = saturating_shift_left(x, left_shift_of(factor));
  return divide_half_away(doubling_high_multiply_rounded(shifted, factor.multiplier), right_shift_of(factor));
}

inline int64_t fixed_one_rounding(int32_t x, FixedPoint factor) {
  const int shift = 31 - factor.exponent;  // 1 to 62
  return (static_cast<int64_t>(x) * factor.multiplier + (int64_t{1} << (shift - 1))) >> shift;
}

inline int64_t fixed_one_rounding_away(int32_t x, FixedPoint factor) {
  const int shift = 31 - factor.exponent;
  const int64_t magnitude = x < 0 ? -static_cast<int64_t>(x) : x;
  const int64_t rounded = (magnitude * factor.multiplier + (int64_t{1} << (shift - 1))) >> shift;
  return x < 0 ? -rounded : rounded;
}

inline int64_t fixed_acl_fused(int32_t x, FixedPoint factor) {
  const int32_t shifted = wrap_shift_left(x, left_shift_of(factor));
  return divide_half_up(doubling_high_multiply(shifted, factor.multiplier), right_shift_of(factor));
}

inline int64_t multiply_shift_floor(int32_t x, FixedPoint factor) {
  return wrap_multiply(x, factor.multiplier) >> right_shift_of(factor);
}

// The rounding term is added modulo 2^32, as the system that this rule comes from does.
inline int64_t multiply_shift_half_up(int32_t x, FixedPoint factor) {
  const int32_t shift = right_shift_of(factor);
  const int32_t half = static_cast<int32_t>((uint32_t{1} << shift) >> 1);
  return wrap_add(wrap_multiply(x, factor.multiplier), half) >> shift;
}

inline int64_t multiply_shift_half_away(int32_t x, FixedPoint factor) {
  return divide_half_away(wrap_multiply(x, factor.multiplier), right_shift_of(factor));
}

// value rounded half to even; |value| <= 2^22. Adding 1.5 * 2^23 leaves no fraction bits, so the
// addition itself does the rounding.
inline int32_t round_half_even(float value) {
  const float shifted = value + 12582912.0f;
  int32_t bits;
  __builtin_memcpy(&bits, &shifted, sizeof bits);
  return bits - 0x4B400000;
}

// The value of the float rules before rounding and bounds.
inline float scaled(int32_t x, float scale, float bias) {
  const float product = static_cast<float>(x) * scale;
  return product + bias;
}

// Both bounds are integers, so clamping before rounding gives what clamping after it would, and
// values beyond any integer type are harmless. low and high lie within +-2^17.
inline int32_t float_nearest_even(int32_t x, float scale, float bias, int32_t low, int32_t high) {
  const float value = scaled(x, scale, bias);
  const float low_f = static_cast<float>(low);
  const float high_f = static_cast<float>(high);
  const float bounded = value < low_f ? low_f : value > high_f ? high_f : value;
  return round_half_even(bounded);
}

// The same before the zero point and any bounds, for s32: beyond +-2^40, where every s32 result is a bound, 2^40.
inline int64_t float_nearest_even_s32(int32_t x, float scale, float bias) {
  const float value = scaled(x, scale, bias);
  const float far = 1099511627776.0f;
  if (value >= far) return int64_t{1} << 40;
  if (value <= -far) return -(int64_t{1} << 40);
  // From 2^22 on the spacing of floats is at least 1/2: a second rounding to 24 bits could only happen below.
  const bool small = value < 4194304.0f && value > -4194304.0f;
  if (small) return round_half_even(value);
  const int64_t truncated = static_cast<int64_t>(value);
  const float fraction = value - static_cast<float>(truncated);  // 0 or +-1/2: a tie
  return fraction != 0.0f && (truncated & 1) != 0 ? truncated + (fraction > 0.0f ? 1 : -1) : truncated;
}

// A bound of -0.0 or 0.0 leaves a zero of the other sign as it is.
inline float clamp_f32(float value, float low, float high) { return value < low ? low : value > high ? high : value; }

// The one NaN that ottava writes: those of the processors differ in sign.
inline float canonical_nan(float value) { return value == value ? value : __builtin_nanf(""); }

inline float scaled_f32(int32_t x, float scale, float bias, float low, float high) {
  return clamp_f32(scaled(x, scale, bias), low, high);
}
inline float scaled_f32_accumulate(float previous, int32_t x, float scale, float bias, float low, float high) {
  const float sum = scaled(x, scale, bias);
  return canonical_nan(clamp_f32(previous + sum, low, high));
}

// A scale that rows and channels make together stays finite, so that 0 times it is 0.
inline float finite_scale(float scale) { return scale > kLargestScale ? kLargestScale : scale; }
inline float row_channel_scale(float row, float channel) { return finite_scale(row * channel); }

}  // namespace ottava

#endif  // OTTAVA_SRC_OUTPUT_ARITHMETIC_H_
