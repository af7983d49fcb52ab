// The entries to tiles that finish in registers, for the kernels with 8-bit matrix products: they know the float rule
// to 8 bits without terms of rows. With such terms a tile goes through memory.
//
// In an anonymous namespace: files with different ISA flags share no code.
#ifndef OTTAVA_SRC_KERNELS_ARM_I8MM_FINISHING_H_
#define OTTAVA_SRC_KERNELS_ARM_I8MM_FINISHING_H_

#include "kernels/arm_neon/output_stage.h"
#include "kernels/kernel.h"

namespace ottava {
namespace {

// What finish.h knows.
#define OTTAVA_STAGE_FIELD(field, offset) static_assert(offsetof(StageArgs, field) == (offset), "see finish.h")
OTTAVA_STAGE_FIELD(dst, 32);
OTTAVA_STAGE_FIELD(dst_row_stride, 40);
OTTAVA_STAGE_FIELD(scale, 112);
OTTAVA_STAGE_FIELD(bias, 120);
OTTAVA_STAGE_FIELD(zero_point, 136);
OTTAVA_STAGE_FIELD(clamp_min, 140);
OTTAVA_STAGE_FIELD(clamp_max, 144);
OTTAVA_STAGE_FIELD(has_bias, 156);
#undef OTTAVA_STAGE_FIELD

// Tiles of kRows by kWidth one below the other, the lhs being packed panels of such tiles; or one tile, if kRun reads
// rows in place.
template <TileFn kRun, size_t kRows, size_t kWidth>
void finish_through_memory(const TileArgs* args, const StageArgs* stage) {
  alignas(kAlignment) int32_t acc[kRows * kWidth];
  TileArgs tile = *args;
  StageArgs after = *stage;
  tile.acc = acc;
  tile.accumulate = 0;
  after.acc = acc;
  after.acc_stride = kWidth;
  for (size_t left = args->m;; left -= kRows) {
    tile.m = after.m = left < kRows ? left : kRows;
    kRun(&tile);
    arm_neon_stages.run[static_cast<size_t>(Stage::float_nearest_even)](&after);
    if (left <= kRows) return;
    tile.lhs = static_cast<const uint8_t*>(tile.lhs) + (args->depth + 7) / 8 * 8 * kRows;
    after.dst += static_cast<ptrdiff_t>(kRows) * after.dst_row_stride;
    if (after.row_sum != nullptr) after.row_sum += kRows;
    if (after.row_zero != nullptr) after.row_zero += kRows;
  }
}

template <TileFn kRun, FinishingTileFn kFinish, size_t kRows, size_t kWidth>
void finish_float(const TileArgs* args, const StageArgs* stage) {
  if (stage->rhs_zero != nullptr || stage->row_zero != nullptr) {
    return finish_through_memory<kRun, kRows, kWidth>(args, stage);
  }
  kFinish(args, stage);
}

template <TileFn kRun, FinishingTileFn kFinish, size_t kRows, size_t kWidth>
constexpr FinishingTiles finishing_float() {
  FinishingTiles tiles = {};
  tiles.run[static_cast<size_t>(Stage::float_nearest_even)] = finish_float<kRun, kFinish, kRows, kWidth>;
  tiles.channels = 4;
  return tiles;
}

}  // namespace
}  // namespace ottava

#endif  // OTTAVA_SRC_KERNELS_ARM_I8MM_FINISHING_H_
