// The output stage: everything between the int32 accumulators of one tile and the elements of dst.
// Plain data and function types alone, shared by files with different ISA flags.
//
//   x[m][n] = acc[m][n] + offset[n] - row_sum[m] * rhs_zero[n] - row_zero[m] * weight_sum[n]   (modulo 2^32)
//   dst[m][n] = clamp(rule(x[m][n], channel n) + zero_point)
//
// offset[n] holds bias, weight sums and zero-point products, folded when the weights were packed. The first row term
// is present only where a canonical rhs zero point is not 0, the second where rows have their own lhs zero points. The
// rules are written out in output/arithmetic.h, the reference that every vector version equals bit for bit.
#ifndef OTTAVA_SRC_OUTPUT_STAGE_H_
#define OTTAVA_SRC_OUTPUT_STAGE_H_

#include "base/platform.h"
#include "output/addition.h"
#include "output/stage_offsets.h"

namespace ottava {

// Users of each rule and its formula: the public header, OTTAVA_REQUANTIZE_...
enum class Stage : uint8_t {
  // multiplier, exponent -> 8, 16 or 32 bits
  fixed_two_roundings,
  fixed_two_roundings_saturating,
  fixed_one_rounding,       // multiplier normalized
  fixed_one_rounding_away,  // multiplier normalized
  fixed_acl_fused,
  multiply_shift_floor,
  multiply_shift_half_up,
  multiply_shift_half_away,
  // scale, bias -> 8, 16 or 32 bits
  float_nearest_even,
  // the accumulator itself, clamped
  plain_s32,
  // scale, bias -> float
  scaled_f32,
  // the last two, added to what dst holds
  plain_s32_accumulate,
  scaled_f32_accumulate,
};
constexpr int kStageCount = 13;
constexpr bool is_fixed(Stage stage) { return stage <= Stage::multiply_shift_half_away; }
constexpr bool is_requantization(Stage stage) { return stage <= Stage::float_nearest_even; }

struct PreparedChannels;  // kernels/prepared_channels.h

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

  const int32_t* offset;      // null: the accumulators began with it
  const int32_t* rhs_zero;    // null: no term with row_sum
  const int32_t* row_sum;     // one per row of the tile
  const int32_t* row_zero;    // one per row of the tile; null: no term with weight_sum
  const int32_t* weight_sum;  // sum of (rhs - rhs_zero) over the depth
  const int32_t* multiplier;
  const int32_t* exponent;
  const float* scale;
  const float* bias;
  const float* row_scale;  // of f32 stages and float_rows: one per row of the tile, multiplies scale; null: none

  int32_t zero_point;
  int32_t clamp_min;  // zero point included
  int32_t clamp_max;
  float clamp_min_f32;
  float clamp_max_f32;
  int32_t has_bias;  // 0: every bias is 0.0, and float_nearest_even may leave it out
  float dst_scale;   // float_rows: divides the product of scales

  const PreparedChannels* prepared;  // of kernels that finish tiles in registers, who alone set it; or null
};

#define OTTAVA_ASSERT_OFFSET(field, offset) \
  static_assert(offsetof(StageArgs, field) == (offset), "assembly reads this field")
OTTAVA_ASSERT_OFFSET(dst, STAGE_DST);
OTTAVA_ASSERT_OFFSET(dst_row_stride, STAGE_DST_ROW_STRIDE);
OTTAVA_ASSERT_OFFSET(offset, STAGE_OFFSET);
OTTAVA_ASSERT_OFFSET(multiplier, STAGE_MULTIPLIER);
OTTAVA_ASSERT_OFFSET(exponent, STAGE_EXPONENT);
OTTAVA_ASSERT_OFFSET(scale, STAGE_SCALE);
OTTAVA_ASSERT_OFFSET(bias, STAGE_BIAS);
OTTAVA_ASSERT_OFFSET(zero_point, STAGE_ZERO_POINT);
OTTAVA_ASSERT_OFFSET(clamp_min, STAGE_CLAMP_MIN);
OTTAVA_ASSERT_OFFSET(clamp_max, STAGE_CLAMP_MAX);
OTTAVA_ASSERT_OFFSET(has_bias, STAGE_HAS_BIAS);
#undef OTTAVA_ASSERT_OFFSET

// Where rows have scales, a product of scales is at most this: the largest finite float32.
constexpr float kLargestScale = 3.40282346638528859812e+38f;

using StageFn = void (*)(const StageArgs*);

// Replaces `count` bytes by what the table has for them.
using LookUpFn = void (*)(const uint8_t* table, uint8_t* bytes, size_t count);

// The stages of one instruction set, indexed by Stage. NR of a kernel that uses them is a multiple of
// `lanes`. s8 and u8 are stored by the same code: the clamp has put the value into the range of the type,
// its low byte is the element. A requantizing stage has further entries for s16 and s32.
constexpr int kRequantizations = static_cast<int>(Stage::float_nearest_even) + 1;
struct StageTable {
  size_t lanes;
  StageFn run[kStageCount];
  StageFn run_s16[kRequantizations];
  StageFn run_s32[kRequantizations];
  AddFn add;
  StageFn float_rows = nullptr;          // float_nearest_even to 8 bits where rows have scales of their own; or null
  LookUpFn look_up = nullptr;            // or null: byte by byte
  LookUpFn look_up_with_vbmi = nullptr;  // faster, where the CPU has AVX512-VBMI besides; or null
};

extern const StageTable portable_stages;

// Those of that table for 8 bits, s32 and f32, each a function of its own name, portable_<stage>, for images that name
// one.
// clang-format off
#define OTTAVA_FIXED_STAGES(X)                                                                              \
  X(fixed_two_roundings) X(fixed_two_roundings_saturating) X(fixed_one_rounding) X(fixed_one_rounding_away) \
  X(fixed_acl_fused) X(multiply_shift_floor) X(multiply_shift_half_up) X(multiply_shift_half_away)
#define OTTAVA_PART_STAGES(X) OTTAVA_FIXED_STAGES(X) X(float_nearest_even) X(plain_s32) X(scaled_f32)
// clang-format on
#define OTTAVA_DECLARE_STAGE(stage) void portable_##stage(const StageArgs* args);
OTTAVA_PART_STAGES(OTTAVA_DECLARE_STAGE)
#undef OTTAVA_DECLARE_STAGE

void portable_addition(const AddArgs* args);

// A requantizing stage of that table to s32, for files that leave some of theirs to scalars.
void run_portable_stage_s32(Stage stage, const StageArgs* args);

}  // namespace ottava

#endif  // OTTAVA_SRC_OUTPUT_STAGE_H_
