// The output of an operator as the caller describes it: what turns int32 accumulators into elements of dst. Shared by
// all operators. capi/output.cpp fills it from the C structure, output/validate_output.cpp checks it.
#ifndef OTTAVA_SRC_OUTPUT_OUTPUT_H_
#define OTTAVA_SRC_OUTPUT_OUTPUT_H_

#include "output/addition.h"

namespace ottava {

// Values are those of the public header.
enum class Type : uint32_t { s8 = 1, u8 = 2, s16 = 3, s32 = 4, f32 = 5 };
enum class Requantization : uint32_t {
  none = 0,
  fixed_two_roundings = 1,
  fixed_one_rounding = 2,
  float_nearest_even = 3,
  fixed_two_roundings_saturating = 4,
  gemmlowp_by_fixed_point = 5,
  fixed_one_rounding_away = 6,
  fixed_acl_fused = 7,
  fixed_16_bit_multiplier = 8,
  power_of_two = 9,
  multiply_shift_floor = 10,
  multiply_shift_half_up = 11,
  multiply_shift_half_away = 12,
};
enum class Parameters : uint32_t { real = 0, integer = 1, real_float_product = 2 };
enum class Activation : uint32_t { none = 0, table = 1, gemmlowp_tanh = 2 };

constexpr bool is_multiply_shift(Requantization way) { return way >= Requantization::multiply_shift_floor; }
constexpr bool is_fixed_point(Requantization way) {
  return way != Requantization::none && way != Requantization::float_nearest_even;
}

struct Range {
  int32_t min;
  int32_t max;
};

constexpr Range range_of(Type type) {
  switch (type) {
    case Type::s8: return {-128, 127};
    case Type::u8: return {0, 255};
    case Type::s16: return {-32768, 32767};
    default: return {INT32_MIN, INT32_MAX};
  }
}
constexpr bool is_8bit(Type type) { return type == Type::s8 || type == Type::u8; }
// Types that the output stage requantizes to.
constexpr bool is_quantized(Type type) { return is_8bit(type) || type == Type::s16; }
constexpr size_t bytes_of(Type type) { return is_8bit(type) ? 1 : type == Type::s16 ? 2 : 4; }

// Begins with the public header's defaults.
struct Output {
  Type type = Type::s8;
  int32_t zero_point = 0;
  float scale = 1.0f;
  Requantization requantization = Requantization::fixed_two_roundings;
  Parameters parameters = Parameters::real;
  int32_t multiplier = 0;         // integer parameters
  int32_t shift = 0;              // left positive
  int32_t clamp_min = INT32_MIN;  // both ends of int32: the range of the type
  int32_t clamp_max = INT32_MAX;
  float clamp_min_f32 = -__builtin_inff();
  float clamp_max_f32 = __builtin_inff();
  Activation activation = Activation::none;
  int32_t tanh_zero = 0;
  int32_t tanh_amplitude = 0;
  bool adds = false;  // a second tensor, to what all of the above has made
  Addition addition;
};

// Its arrays; null where the Output's value for all channels, or nothing, stands in.
struct OutputArrays {
  const int32_t* bias = nullptr;
  const float* bias_f32 = nullptr;
  const int32_t* multipliers = nullptr;
  const int32_t* shifts = nullptr;
  const uint8_t* table = nullptr;
};

inline int32_t multiplier_of(const Output& output, const OutputArrays& arrays, size_t channel) {
  return arrays.multipliers != nullptr ? arrays.multipliers[channel] : output.multiplier;
}
inline int32_t shift_of(const Output& output, const OutputArrays& arrays, size_t channel) {
  return arrays.shifts != nullptr ? arrays.shifts[channel] : output.shift;
}

}  // namespace ottava

#endif  // OTTAVA_SRC_OUTPUT_OUTPUT_H_
