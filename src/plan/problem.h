// An operator as the caller describes it, in the library's own types. capi/ fills it from the C
// descriptors, plan/validate.cpp checks it, plan/plan.cpp turns it into a Plan.
#ifndef OTTAVA_SRC_PLAN_PROBLEM_H_
#define OTTAVA_SRC_PLAN_PROBLEM_H_

#include "base/view.h"
#include "output/quantize.h"

namespace ottava {

// Values are those of the public header.
enum class Type : uint32_t { s8 = 1, u8 = 2, s16 = 3, s32 = 4, f32 = 5 };
enum class Order : uint32_t { row = 0, column = 1 };
enum class Rule : uint32_t {
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
enum class Parameters : uint32_t { real = 0, integer = 1 };
enum class Activation : uint32_t { none = 0, table = 1, gemmlowp_tanh = 2 };

constexpr bool is_multiply_shift(Rule rule) { return rule >= Rule::multiply_shift_floor; }
constexpr bool is_fixed_point(Rule rule) { return rule != Rule::none && rule != Rule::float_nearest_even; }

struct Operand {
  Type type;
  Order order;
  int32_t zero_point;
  float scale;
};

struct Problem {
  int64_t n;
  int64_t k;
  int64_t max_m;       // 0: no limit
  int64_t rhs_stride;  // elements; 0: dense
  Operand lhs;
  Operand rhs;
  Operand dst;
  Rule rule;
  Parameters parameters;
  int32_t multiplier;  // integer parameters
  int32_t shift;       // left positive
  int32_t clamp_min;
  int32_t clamp_max;
  float clamp_min_f32;
  float clamp_max_f32;
  bool allow_wrap;
  bool runtime_rhs;
  bool lhs_row_scales;       // given with each run
  bool lhs_row_zero_points;  // likewise
  Quantization lhs_quantization;
  Activation activation;
  int32_t tanh_zero;
  int32_t tanh_amplitude;
  bool weights_hold_minus_128;  // a canonical s8 weight is -128; false as long as nobody has looked
};

// A float lhs has the 8-bit type in `lhs.type` already: what it becomes.
constexpr bool has_float_lhs(const Problem& problem) { return problem.lhs_quantization != Quantization::none; }
constexpr bool has_row_scales(const Problem& problem) {
  return problem.lhs_row_scales || is_dynamic(problem.lhs_quantization);
}
constexpr bool has_row_zero_points(const Problem& problem) {
  const bool asymmetric =
      is_dynamic(problem.lhs_quantization) && problem.lhs_quantization != Quantization::tflite_symmetric;
  return problem.lhs_row_zero_points || asymmetric;
}

// The constant arrays; null where the Problem's per-tensor value, or nothing, stands in.
struct Constants {
  const uint8_t* rhs;
  const float* rhs_scales;
  const int32_t* rhs_zero_points;
  const int32_t* bias;
  const float* bias_f32;
  const int32_t* multipliers;
  const int32_t* shifts;
  const uint8_t* table;
};

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

// The weights as the caller laid them out.
inline ConstView rhs_view(const Problem& problem, const uint8_t* rhs) {
  const bool by_row = problem.rhs.order == Order::row;
  const int64_t stride = problem.rhs_stride != 0 ? problem.rhs_stride : by_row ? problem.n : problem.k;
  const ptrdiff_t step = static_cast<ptrdiff_t>(stride);
  return {rhs, by_row ? step : 1, by_row ? 1 : step};
}

inline float rhs_scale(const Problem& problem, const Constants& constants, size_t channel) {
  return constants.rhs_scales != nullptr ? constants.rhs_scales[channel] : problem.rhs.scale;
}
inline int32_t rhs_zero_point(const Problem& problem, const Constants& constants, size_t channel) {
  return constants.rhs_zero_points != nullptr ? constants.rhs_zero_points[channel] : problem.rhs.zero_point;
}
inline int32_t multiplier_of(const Problem& problem, const Constants& constants, size_t channel) {
  return constants.multipliers != nullptr ? constants.multipliers[channel] : problem.multiplier;
}
inline int32_t shift_of(const Problem& problem, const Constants& constants, size_t channel) {
  return constants.shifts != nullptr ? constants.shifts[channel] : problem.shift;
}

}  // namespace ottava

#endif  // OTTAVA_SRC_PLAN_PROBLEM_H_
