// An operator as the caller describes it, in the library's own types. capi/ fills it from the C
// descriptors, plan/validate.cpp checks it, plan/plan.cpp turns it into a Plan.
#ifndef OTTAVA_SRC_PLAN_PROBLEM_H_
#define OTTAVA_SRC_PLAN_PROBLEM_H_

#include "base/platform.h"

namespace ottava {

// Values are those of the public header.
enum class Type : uint32_t { s8 = 1, u8 = 2, s32 = 4, f32 = 5 };
enum class Order : uint32_t { row = 0, column = 1 };
enum class Rule : uint32_t { none = 0, fixed_two_roundings = 1, fixed_one_rounding = 2, float_nearest_even = 3 };

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
  int32_t clamp_min;
  int32_t clamp_max;
  float clamp_min_f32;
  float clamp_max_f32;
  bool allow_wrap;
};

// The constant arrays; null where the Problem's per-tensor value, or nothing, stands in.
struct Constants {
  const uint8_t* rhs;
  const float* rhs_scales;
  const int32_t* rhs_zero_points;
  const int32_t* bias;
  const float* bias_f32;
};

struct Range {
  int32_t min;
  int32_t max;
};

constexpr Range range_of(Type type) {
  return type == Type::s8 ? Range{-128, 127} : type == Type::u8 ? Range{0, 255} : Range{INT32_MIN, INT32_MAX};
}
constexpr bool is_8bit(Type type) { return type == Type::s8 || type == Type::u8; }

inline float rhs_scale(const Problem& problem, const Constants& constants, size_t channel) {
  return constants.rhs_scales != nullptr ? constants.rhs_scales[channel] : problem.rhs.scale;
}
inline int32_t rhs_zero_point(const Problem& problem, const Constants& constants, size_t channel) {
  return constants.rhs_zero_points != nullptr ? constants.rhs_zero_points[channel] : problem.rhs.zero_point;
}

}  // namespace ottava

#endif  // OTTAVA_SRC_PLAN_PROBLEM_H_
