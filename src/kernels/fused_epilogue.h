// The entry to tiles that finish in registers, for kernels in assembly: they know the float rule to 8 bits without
// terms of rows, for operands with depths. Other tiles go through memory.
//
// In an anonymous namespace: files with different ISA flags share no code.
#ifndef OTTAVA_SRC_KERNELS_FUSED_EPILOGUE_H_
#define OTTAVA_SRC_KERNELS_FUSED_EPILOGUE_H_

#include "kernels/kernel.h"

namespace ottava {
namespace {

// Tile by tile of up to kRows rows and kWidth channels. In the rows form, or of more rows alone, there is but one.
template <TileFn kRun, const StageTable& kStages, size_t kRows, size_t kWidth>
void finish_through_memory(const TileArgs* args, const StageArgs* stage) {
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

template <TileFn kRun, FusedEpilogueFn kFinish, const StageTable& kStages, size_t kRows, size_t kWidth>
void finish_float(const TileArgs* args, const StageArgs* stage) {
  if (stage->rhs_zero != nullptr || stage->row_zero != nullptr || args->depth == 0) {
    return finish_through_memory<kRun, kStages, kRows, kWidth>(args, stage);
  }
  kFinish(args, stage);
}

// Of tiles that store whole vectors of four channels, those that hold valid ones.
template <TileFn kRun, FusedEpilogueFn kFinish, const StageTable& kStages, size_t kRows, size_t kWidth>
constexpr FusedEpilogues fused_float(bool all_rows) {
  FusedEpilogues tiles = {};
  tiles.run[static_cast<size_t>(Stage::float_nearest_even)] = finish_float<kRun, kFinish, kStages, kRows, kWidth>;
  tiles.all_rows = all_rows;
  tiles.channels = 4;
  return tiles;
}

}  // namespace
}  // namespace ottava

#endif  // OTTAVA_SRC_KERNELS_FUSED_EPILOGUE_H_
