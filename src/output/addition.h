// The sum of two tensors of 8 bits that have scales and zero points of their own: what is computed, and how rows of it
// are handed over. Plain data and function types alone, shared by files with different ISA flags.
//
//     a = first - its zero point, b = second - its zero point, m their multipliers (that of the second negative where
//     it is subtracted), R(x, s) = x / 2^s rounded half away from zero, H(x, m) = floor((x * m + 2^30) / 2^31)
//
//   tflite    x = R(H(a * 2^20, m1), s1) + R(H(b * 2^20, m2), s2);  y = R(H(x, m), s)
//   qnnpack   y = R(a * m1 + b * m2, s)
//   xnnpack   y = floor((a * m1 + b * m2 + 2^(s - 1)) / 2^s)
//   sum = clamp(y + zero point)
//
// output/addition_plan.h forms the multipliers. output/portable_addition.cpp is the reference; output/vector_addition.h
// equals it bit for bit.
#ifndef OTTAVA_SRC_OUTPUT_ADDITION_H_
#define OTTAVA_SRC_OUTPUT_ADDITION_H_

#include "base/platform.h"

namespace ottava {

// Values are those of the public header.
enum class AddArithmetic : uint32_t { tflite = 0, qnnpack = 1, xnnpack = 2 };

// As the caller describes it.
struct Addition {
  AddArithmetic arithmetic = AddArithmetic::tflite;
  bool subtract = false;
  bool is_unsigned = false;  // all three
  int32_t first_zero_point = 0;
  float first_scale = 1.0f;
  int32_t second_zero_point = 0;
  float second_scale = 1.0f;
  int32_t zero_point = 0;
  float scale = 1.0f;
  int32_t clamp_min = INT32_MIN;  // the ends of int32: those of the type
  int32_t clamp_max = INT32_MAX;
};

struct AddTerm {
  int32_t zero_point;
  int32_t multiplier;
  int32_t shift;  // right, 0 to 31; tflite alone
};

// y of tflite by one rounding: v = a * first + b * second differs by no more than `error` from what tflite rounds last,
// in units of 2^-shift, so that y is v / 2^shift rounded, unless v lies as near as that to a half.
struct AddEstimate {
  AddTerm first;
  AddTerm second;
  int32_t shift;
  int32_t error;  // 0: this rounding, half away from zero, is all that tflite rounds
};
constexpr int32_t kNoEstimate = -1;  // for `error`: too many elements would be doubtful

// As it is run. No sum of two terms leaves int32.
struct AddParameters {
  AddArithmetic arithmetic;
  bool is_unsigned;
  bool second_is_larger;  // its scale: tflite, where the multiplier of the larger is 2^30 or -2^30, and its shift 0
  AddTerm first;
  AddTerm second;
  int32_t multiplier;  // of the sum: tflite alone, not negative
  int32_t shift;
  AddEstimate estimate;  // tflite alone
  int32_t zero_point;
  int32_t clamp_min;  // within the type
  int32_t clamp_max;
};

// Rows of elements side by side; strides in bytes. The sum may be either tensor itself.
struct AddArgs {
  const AddParameters* parameters;
  const uint8_t* first;
  const uint8_t* second;
  uint8_t* sum;
  size_t rows;
  size_t count;
  ptrdiff_t first_stride;
  ptrdiff_t second_stride;
  ptrdiff_t sum_stride;
};

using AddFn = void (*)(const AddArgs*);

}  // namespace ottava

#endif  // OTTAVA_SRC_OUTPUT_ADDITION_H_
