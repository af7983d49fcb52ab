// The fused epilogues: which part of a tile the assembly of fused_rows.h and fused_row.h takes, and the rest by kernel
// and output stage, a panel at a time.
#if !defined(__ARM_FEATURE_MVE)
#error "cortexm_mve/fused.cpp is code for Arm's M profile with MVE: compile it with -mcpu=cortex-m55"
#endif

#include "kernels/cortexm_mve/kernels.h"
#include "kernels/cortexm_mve/rows.h"
#include "kernels/cortexm_mve/shifts.h"

extern "C" {
#define OTTAVA_FUSED_ASSEMBLY(rule)                                                    \
  void ottava_rows_##rule##_cortexm_mve(const ottava::TileArgs*, const ottava::Rows*); \
  void ottava_row_##rule##_cortexm_mve(const ottava::TileArgs*, const ottava::StageArgs*, size_t eights);
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
  void (*rows)(const TileArgs*, const Rows*);                     // two rows or more by whole panels
  void (*row)(const TileArgs*, const StageArgs*, size_t eights);  // one row, 8 channels at a time
  StageFn stage;
};

bool is_aligned(const void* pointer, size_t stride) {
  return ((reinterpret_cast<uintptr_t>(pointer) | stride) & 3) == 0;
}

// The assembly takes factors that shift right, whole groups of channels, and no row terms. One row has its weights
// loaded in words, several have dst stored in words. These return how many of the first channels they have computed.
bool is_plain(const TileArgs& args, const StageArgs& stage) {
  return args.depth != 0 && stage.rhs_zero == nullptr && stage.row_zero == nullptr;
}

size_t run_row(const TileArgs& args, const StageArgs& stage, const Fused& fused) {
  const size_t channels = args.n & ~(2 * kNr - 1);
  if (channels == 0 || !is_plain(args, stage) || !is_aligned(args.rhs, args.panel_stride)) return 0;
  if (!all_shift_right(stage.exponent, channels)) return 0;
  fused.row(&args, &stage, channels / (2 * kNr));
  return channels;
}

size_t run_rows(const TileArgs& args, const StageArgs& stage, const Fused& fused) {
  const size_t channels = args.n & ~(kNr - 1);
  if (channels == 0 || !is_plain(args, stage)) return 0;
  if (!is_aligned(stage.dst, static_cast<size_t>(stage.dst_row_stride))) return 0;
  if (!all_shift_right(stage.exponent, channels)) return 0;
  const int32_t to_127 = INT8_MAX - stage.clamp_max;
  const int32_t stride = static_cast<int32_t>(stage.dst_row_stride);
  const size_t second = args.m < 4 ? args.m - 2 : 2;
  Rows rows;
  rows.multiplier = stage.multiplier;
  rows.exponent = stage.exponent;
  rows.rhs = args.rhs;
  rows.bias = args.bias;
  rows.step[0] = rows.step[1] = rows.step[3] = kNr * sizeof(int32_t);
  rows.step[2] = args.panel_stride;
  rows.row_offset[0] = 0;
  rows.row_offset[1] = stride;
  rows.row_offset[2] = static_cast<int32_t>(second) * stride;
  rows.row_offset[3] = rows.row_offset[2] + stride;
  rows.before = stage.zero_point + to_127;
  rows.after = -to_127;
  rows.low = stage.clamp_min + to_127;
  rows.positions = args.positions;
  rows.table = args.lhs;
  rows.second_pair = second * sizeof(void*);
  rows.last = args.m < 4 ? 0 : args.m - 4;
  rows.dst = stage.dst;
  rows.dst_stride = stage.dst_row_stride;
  rows.panels = channels / kNr;
  fused.rows(&args, &rows);
  return channels;
}

OTTAVA_NOINLINE void run_through_memory(TileArgs tile, StageArgs stage, StageFn run, size_t channel) {
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
  const size_t done = args->m == 1 ? run_row(*args, *stage, fused) : run_rows(*args, *stage, fused);
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
