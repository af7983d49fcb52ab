// One combination of everything that an operator may be: types, quantization, zero points, scales, rule, bias,
// activation, accumulation. Whether it is offered is said here once more, apart from the library; what an offered one
// yields is held against the oracle, with shapes, orders, strides, batches and parts drawn at random.
#ifndef OTTAVA_TESTS_COMBINATION_H_
#define OTTAVA_TESTS_COMBINATION_H_

#include <functional>
#include <string>

#include "support.h"

namespace ottava {

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

// An offered combination on operands drawn at random: every element of dst, and no other byte, as the oracle says.
// `rows_only`: the context's kernel takes no column-ordered 8-bit lhs.
void check_offered(const ottava_context* context, const Combination& c, Random& random, bool rows_only);

// One that is not: UNSUPPORTED, with an argument and words, and no handle.
void check_refused(const ottava_context* context, const Combination& c);

}  // namespace ottava

#endif  // OTTAVA_TESTS_COMBINATION_H_
