// One combination of everything that an operator may be: types, quantization, zero points, scales, rule, bias,
// activation, accumulation. Whether it is offered is said here once more, apart from the library; what it yields is
// checked in combination_check.h.
#ifndef OTTAVA_TESTS_COMBINATION_H_
#define OTTAVA_TESTS_COMBINATION_H_

#include <cstdint>
#include <functional>
#include <string>

#include "ottava/ottava.h"

namespace ottava {

inline bool is_8bit(std::uint32_t type) { return type == OTTAVA_TYPE_S8 || type == OTTAVA_TYPE_U8; }
inline bool is_dynamic_rule(std::uint32_t quantization) { return quantization >= OTTAVA_QUANTIZE_TFLITE_SYMMETRIC; }

enum class Bias { none, s32, f32, both };

struct Combination {
  std::uint32_t lhs_type, quantization, quantized_type;
  bool row_scales, row_zeros;  // given with the run
  std::uint32_t rhs_type;
  bool channel_zeros, channel_scales, runtime_rhs, weights_left;
  std::uint32_t dst_type, rule;
  bool integer;
  Bias bias;
  std::uint32_t activation;
  bool accumulate;

  // What is refused when the operator is created; accumulation that does not fit, when it runs.
  bool offered() const;
  bool can_accumulate() const;
  std::string describe() const;
};

// Calls `visit` for every combination of the values above, offered or not.
void for_each_combination(const std::function<void(const Combination&)>& visit);

}  // namespace ottava

#endif  // OTTAVA_TESTS_COMBINATION_H_
