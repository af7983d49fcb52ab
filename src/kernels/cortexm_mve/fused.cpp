// The fused epilogues: which part of a tile the assembly of fused_rows.h and fused_row.h takes, and the rest by kernel
// and output stage, a panel at a time.
#if !defined(__ARM_FEATURE_MVE)
#error "cortexm_mve/fused.cpp is code for Arm's M profile with MVE: compile it with -mcpu=cortex-m55"
#endif

#include <arm_mve.h>

#include "kernels/cortexm_mve/kernels.h"
#include "kernels/cortexm_mve/rows.h"

extern "C" {
#define OTTAVA_FUSED_ASSEMBLY(rule)                                \
  void ottava_rows_##rule##_cortexm_mve(const ottava::Rows* rows); \
  void ottava_row_##rule##_cortexm_mve(const ottava::Rows* rows);
OTTAVA_FUSED_ASSEMBLY(two_roundings)
OTTAVA_FUSED_ASSEMBLY(two_roundings_flip)
OTTAVA_FUSED_ASSEMBLY(one_rounding)
OTTAVA_FUSED_ASSEMBLY(one_rounding_flip)
#undef OTTAVA_FUSED_ASSEMBLY
}

namespace ottava {
namespace {

constexpr size_t kNr = 4;

struct Fused {
  void (*rows)(const Rows*);  // two rows or more, panels of 4 channels
  void (*row)(const Rows*);   // one row, 8 channels at a time
  StageFn stage;
};

bool is_aligned(const void* pointer, size_t stride) {
  return ((reinterpret_cast<uintptr_t>(pointer) | stride) & 3) == 0;
}

// Whether no channel has a left shift, or none at all.
bool all_shift_right(const int32_t* exponent, size_t channels) {
  int32_t most = INT32_MIN;
  for (size_t i = 0; i < channels; i += 4) most = vmaxvq_s32(most, vldrwq_s32(exponent + i));
  return most < 0;
}

// The first channels of the tile, as many as this returns; 0 if it is none for the assembly.
size_t run_whole_groups(const TileArgs& args, const StageArgs& stage, const Fused& fused) {
  const bool one = args.m == 1;
  const size_t group = one ? 2 * kNr : kNr;
  const size_t channels = args.n & ~(group - 1);
  if (channels == 0 || args.depth == 0 || stage.rhs_zero != nullptr || stage.row_zero != nullptr) return 0;
  // One row has its weights loaded in words, several have dst stored in words.
  if (one ? !is_aligned(args.rhs, args.panel_stride)
          : !is_aligned(stage.dst, static_cast<size_t>(stage.dst_row_stride))) {
    return 0;
  }
  if (!all_shift_right(stage.exponent, channels)) return 0;

  Rows rows;
  rows.multiplier = stage.multiplier;
  rows.exponent = stage.exponent;
  rows.rhs = args.rhs;
  rows.bias = args.bias;
  rows.step[0] = rows.step[1] = rows.step[3] = group * sizeof(int32_t);
  rows.step[2] = group / kNr * args.panel_stride;
  rows.before = stage.zero_point;
  rows.low = stage.clamp_min;
  rows.high = stage.clamp_max;
  rows.depth = args.depth;
  rows.positions = args.positions;
  rows.table = args.lhs;
  rows.table_stride = args.m * sizeof(void*);
  rows.dst = stage.dst;
  rows.dst_stride = stage.dst_row_stride;
  rows.groups = channels / group;
  if (one) {
    fused.row(&rows);
    return channels;
  }
  const int32_t to_127 = INT8_MAX - stage.clamp_max;
  rows.before += to_127;
  rows.low += to_127;
  rows.after = -to_127;
  const size_t second = args.m < 4 ? args.m - 2 : 2;
  const int32_t stride = static_cast<int32_t>(stage.dst_row_stride);
  rows.second_pair = second * sizeof(void*);
  rows.row_offset[0] = 0;
  rows.row_offset[1] = stride;
  rows.row_offset[2] = static_cast<int32_t>(second) * stride;
  rows.row_offset[3] = rows.row_offset[2] + stride;
  rows.last = args.m < 4 ? 0 : args.m - 4;
  fused.rows(&rows);
  return channels;
}

void run_through_memory(TileArgs tile, StageArgs stage, StageFn run, size_t channel) {
  int32_t acc[kRowsCortexmMve * kNr];
  const size_t end = tile.n;
  tile.rhs = static_cast<const uint8_t*>(tile.rhs) + channel / kNr * tile.panel_stride;
  tile.bias += channel;
  tile.acc = acc;
  tile.width = stage.acc_stride = kNr;
  tile.accumulate = 0;
  stage.acc = acc;
  stage.multiplier += channel;
  stage.exponent += channel;
  if (stage.rhs_zero != nullptr) stage.rhs_zero += channel;
  if (stage.row_zero != nullptr) stage.weight_sum += channel;
  stage.dst += channel;
  for (; channel < end; channel += kNr) {
    tile.n = stage.n = end - channel < kNr ? end - channel : kNr;
    s8s8s32_indirect_16x4x16_cortexm_mve(&tile);
    run(&stage);
    tile.rhs = static_cast<const uint8_t*>(tile.rhs) + tile.panel_stride;
    tile.bias += kNr;
    stage.multiplier += kNr;
    stage.exponent += kNr;
    if (stage.rhs_zero != nullptr) stage.rhs_zero += kNr;
    if (stage.row_zero != nullptr) stage.weight_sum += kNr;
    stage.dst += kNr;
  }
}

OTTAVA_NOINLINE void run_fused(const TileArgs* args, const StageArgs* stage, const Fused& fused) {
  const size_t done = run_whole_groups(*args, *stage, fused);
  if (done < args->n) run_through_memory(*args, *stage, fused.stage, done);
}

}  // namespace

#define OTTAVA_FUSED(name, rule)                                                                       \
  void fused_##name##_cortexm_mve(const TileArgs* args, const StageArgs* stage) {                      \
    static constexpr Fused fused = {ottava_rows_##name##_cortexm_mve, ottava_row_##name##_cortexm_mve, \
                                    stage_##rule##_8_cortexm_mve};                                     \
    run_fused(args, stage, fused);                                                                     \
  }
OTTAVA_FUSED(two_roundings, fixed_two_roundings)
OTTAVA_FUSED(two_roundings_flip, fixed_two_roundings)
OTTAVA_FUSED(one_rounding, fixed_one_rounding)
OTTAVA_FUSED(one_rounding_flip, fixed_one_rounding)
#undef OTTAVA_FUSED

}  // namespace ottava
