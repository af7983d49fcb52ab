// The output stage: everything between the int32 accumulators of one tile and the elements of dst.
// Plain data and function types alone, shared by files with different ISA flags.
//
//   x[m][n] = acc[m][n] + offset[n] - row_sum[m] * rhs_zero[n]        (modulo 2^32)
//   dst[m][n] = clamp(rule(x[m][n], channel n) + zero_point)
//
// offset[n] holds bias, weight sums and zero-point products, folded when the weights were packed; the
// row term is present only where a canonical rhs zero point is not 0. The rules are written out in
// output/arithmetic.h, the norm that every vector version equals bit for bit.
#ifndef OTTAVA_SRC_OUTPUT_STAGE_H_
#define OTTAVA_SRC_OUTPUT_STAGE_H_

#include "base/platform.h"

namespace ottava {

enum class Stage : uint8_t {
  fixed_two_roundings = 0,  // multiplier, exponent -> 8 bits
  fixed_one_rounding = 1,   // multiplier, exponent -> 8 bits
  float_nearest_even = 2,   // scale -> 8 bits
  plain_s32 = 3,            // the accumulator itself, clamped
  scaled_f32 = 4,           // scale, bias -> float
};
constexpr int kStageCount = 5;

// Bytes of one dst element of a stage. s8 and u8 are stored by the same code: the clamp has put the
// value into the range of the type, its low byte is the element.
constexpr size_t stage_element_bytes(Stage stage) {
  return stage == Stage::plain_s32 || stage == Stage::scaled_f32 ? 4 : 1;
}

// One tile. Pointers to per-channel values point at the tile's first channel and may be read up to the
// next multiple of the kernel's NR; acc is as wide. dst is written for row < m, column < n alone.
struct StageArgs {
  const int32_t* acc;
  size_t acc_stride;  // elements from one row of acc to the next: NR
  size_t m;           // valid rows, at least 1
  size_t n;           // valid channels, at least 1

  uint8_t* dst;
  ptrdiff_t dst_row_stride;     // bytes
  ptrdiff_t dst_column_stride;  // bytes

  const int32_t* offset;
  const int32_t* rhs_zero;  // null: no row term
  const int32_t* row_sum;   // one per row of the tile
  const int32_t* multiplier;
  const int32_t* exponent;
  const float* scale;
  const float* bias;

  int32_t zero_point;
  int32_t clamp_min;  // zero point included
  int32_t clamp_max;
  float clamp_min_f32;
  float clamp_max_f32;
};

using StageFn = void (*)(const StageArgs*);

// The stages of one instruction set, indexed by Stage. NR of a kernel that uses them is a multiple of
// `lanes`.
struct StageTable {
  size_t lanes;
  StageFn run[kStageCount];
};

extern const StageTable portable_stages;

}  // namespace ottava

#endif  // OTTAVA_SRC_OUTPUT_STAGE_H_
