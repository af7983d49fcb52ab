// The fused epilogues of kernels in assembly. Those know the float rule and the fixed-point rules that shift right
// alone, to 8 bits, without the terms of rows that zero points bring, and want a depth of at least 1; other tiles go
// through memory.
//
// In an anonymous namespace: files with different ISA flags share no code.
#ifndef OTTAVA_SRC_KERNELS_ARM_NEON_FUSED_EPILOGUE_H_
#define OTTAVA_SRC_KERNELS_ARM_NEON_FUSED_EPILOGUE_H_

#include <arm_neon.h>

#include "kernels/kernel.h"

namespace ottava {
namespace {

// The kernel and its output stage one after the other, tile by tile of up to kRows rows and kWidth channels. There is
// more than one tile only in the packed form, see FusedEpilogues::all_rows.
template <TileFn kRun, const StageTable& kStages, size_t kRows, size_t kWidth>
void epilogue_through_memory(const TileArgs* args, const StageArgs* stage, Stage rule) {
  alignas(kAlignment) int32_t acc[kRows * kWidth];
  TileArgs tile = *args;
  StageArgs after = *stage;
  tile.acc = acc;
  tile.accumulate = 0;
  after.acc = acc;
  after.acc_stride = kWidth;
  after.n = args->n;  // whole tiles may be asked for, but arrays per channel end with the last panel
  for (size_t left = args->m;; left -= kRows) {
    tile.m = after.m = left < kRows ? left : kRows;
    kRun(&tile);
    kStages.run[static_cast<size_t>(rule)](&after);
    if (left <= kRows) return;
    const size_t steps = (args->depth + args->row_stride - 1) / args->row_stride;
    tile.lhs = static_cast<const uint8_t*>(tile.lhs) + steps * args->step_stride;
    after.dst += static_cast<ptrdiff_t>(kRows) * after.dst_row_stride;
    if (after.row_sum != nullptr) after.row_sum += kRows;
    if (after.row_zero != nullptr) after.row_zero += kRows;
  }
}

inline bool has_row_terms(const StageArgs& stage) { return stage.rhs_zero != nullptr || stage.row_zero != nullptr; }

template <TileFn kRun, FusedEpilogueFn kFused, const StageTable& kStages, size_t kRows, size_t kWidth>
void float_epilogue(const TileArgs* args, const StageArgs* stage) {
  if (has_row_terms(*stage) || args->depth == 0) {
    return epilogue_through_memory<kRun, kStages, kRows, kWidth>(args, stage, Stage::float_nearest_even);
  }
  kFused(args, stage);
}

inline bool all_negative(const int32_t* values, size_t n) {
  int32x4_t four = vdupq_n_s32(-1);
  size_t i = 0;
  for (; i + 4 <= n; i += 4) four = vandq_s32(four, vld1q_s32(values + i));
  const int32x2_t two = vand_s32(vget_low_s32(four), vget_high_s32(four));
  int32_t all = vget_lane_s32(two, 0) & vget_lane_s32(two, 1);
  for (; i < n; ++i) all &= values[i];
  return all < 0;
}

// Where every channel is shifted right, by 1 at least, half away from zero is half up of what is 1 less if negative,
// the rules that shift left first are as those that do not, and a high product may be floored before it is rounded.
template <Stage kRule, TileFn kRun, FusedEpilogueFn kFused, const StageTable& kStages, size_t kRows, size_t kWidth>
void fixed_epilogue(const TileArgs* args, const StageArgs* stage) {
  if (has_row_terms(*stage) || args->depth == 0 || !all_negative(stage->exponent, args->n)) {
    return epilogue_through_memory<kRun, kStages, kRows, kWidth>(args, stage, kRule);
  }
  constexpr bool kTwoRoundings = kRule == Stage::fixed_two_roundings || kRule == Stage::fixed_two_roundings_saturating;
  StageArgs fixed = *stage;
  fixed.scale = reinterpret_cast<const float*>(stage->multiplier);
  fixed.bias = reinterpret_cast<const float*>(stage->exponent);
  fixed.has_bias =
      1 << EPILOGUE_SECOND_VALUES | 1 << EPILOGUE_FIXED | (kTwoRoundings ? 1 : 0) << EPILOGUE_TWO_ROUNDINGS;
  kFused(args, &fixed);
}

// kFused stores vectors of four channels, as many as hold valid ones.
template <TileFn kRun, FusedEpilogueFn kFused, const StageTable& kStages, size_t kRows, size_t kWidth>
constexpr FusedEpilogues assembly_epilogues(bool all_rows) {
  FusedEpilogues epilogues = {};
  epilogues.run[static_cast<size_t>(Stage::float_nearest_even)] = float_epilogue<kRun, kFused, kStages, kRows, kWidth>;
#define OTTAVA_FIXED(rule) \
  epilogues.run[static_cast<size_t>(Stage::rule)] = fixed_epilogue<Stage::rule, kRun, kFused, kStages, kRows, kWidth>
  OTTAVA_FIXED(fixed_two_roundings);
  OTTAVA_FIXED(fixed_two_roundings_saturating);
  OTTAVA_FIXED(fixed_one_rounding);
  OTTAVA_FIXED(fixed_acl_fused);
#undef OTTAVA_FIXED
  epilogues.all_rows = all_rows;
  epilogues.channels = 4;
  return epilogues;
}

}  // namespace
}  // namespace ottava

#endif  // OTTAVA_SRC_KERNELS_ARM_NEON_FUSED_EPILOGUE_H_
