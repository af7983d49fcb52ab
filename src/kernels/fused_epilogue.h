// The fused epilogues of kernels in assembly. Those know the float rule to 8 bits alone, without the terms of rows that
// zero points bring, and want a depth of at least 1; other tiles go through memory.
//
// In an anonymous namespace: files with different ISA flags share no code.
#ifndef OTTAVA_SRC_KERNELS_FUSED_EPILOGUE_H_
#define OTTAVA_SRC_KERNELS_FUSED_EPILOGUE_H_

#include "kernels/kernel.h"

namespace ottava {
namespace {

// The kernel and its output stage one after the other, tile by tile of up to kRows rows and kWidth channels. There is
// more than one tile only in the packed form, see FusedEpilogues::all_rows.
template <TileFn kRun, const StageTable& kStages, size_t kRows, size_t kWidth>
void epilogue_through_memory(const TileArgs* args, const StageArgs* stage) {
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
    kStages.run[static_cast<size_t>(Stage::float_nearest_even)](&after);
    if (left <= kRows) return;
    const size_t steps = (args->depth + args->row_stride - 1) / args->row_stride;
    tile.lhs = static_cast<const uint8_t*>(tile.lhs) + steps * args->step_stride;
    after.dst += static_cast<ptrdiff_t>(kRows) * after.dst_row_stride;
    if (after.row_sum != nullptr) after.row_sum += kRows;
    if (after.row_zero != nullptr) after.row_zero += kRows;
  }
}

template <TileFn kRun, FusedEpilogueFn kFused, const StageTable& kStages, size_t kRows, size_t kWidth>
void float_epilogue(const TileArgs* args, const StageArgs* stage) {
  if (stage->rhs_zero != nullptr || stage->row_zero != nullptr || args->depth == 0) {
    return epilogue_through_memory<kRun, kStages, kRows, kWidth>(args, stage);
  }
  kFused(args, stage);
}

// kFused stores vectors of four channels, as many as hold valid ones.
template <TileFn kRun, FusedEpilogueFn kFused, const StageTable& kStages, size_t kRows, size_t kWidth>
constexpr FusedEpilogues fused_float(bool all_rows) {
  FusedEpilogues epilogues = {};
  epilogues.run[static_cast<size_t>(Stage::float_nearest_even)] = float_epilogue<kRun, kFused, kStages, kRows, kWidth>;
  epilogues.all_rows = all_rows;
  epilogues.channels = 4;
  return epilogues;
}

}  // namespace
}  // namespace ottava

#endif  // OTTAVA_SRC_KERNELS_FUSED_EPILOGUE_H_
