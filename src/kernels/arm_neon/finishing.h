// The entry to tiles that finish in registers, for the kernels of 4 x 4 x 16: they know the float rule to 8 bits
// without terms of rows. With such terms the tile goes through memory.
//
// In an anonymous namespace: files with different ISA flags share no code.
#ifndef OTTAVA_SRC_KERNELS_ARM_NEON_FINISHING_H_
#define OTTAVA_SRC_KERNELS_ARM_NEON_FINISHING_H_

#include "kernels/arm_neon/output_stage.h"
#include "kernels/kernel.h"

namespace ottava {
namespace {

// What finish.h knows.
#define OTTAVA_STAGE_FIELD(field, offset) static_assert(offsetof(StageArgs, field) == (offset), "see finish.h")
OTTAVA_STAGE_FIELD(dst, 32);
OTTAVA_STAGE_FIELD(dst_row_stride, 40);
OTTAVA_STAGE_FIELD(offset, 56);
OTTAVA_STAGE_FIELD(scale, 112);
OTTAVA_STAGE_FIELD(bias, 120);
OTTAVA_STAGE_FIELD(zero_point, 136);
OTTAVA_STAGE_FIELD(clamp_min, 140);
OTTAVA_STAGE_FIELD(clamp_max, 144);
OTTAVA_STAGE_FIELD(has_bias, 156);
#undef OTTAVA_STAGE_FIELD

constexpr size_t kTileRows = 4;

template <TileFn kRun>
void finish_through_memory(const TileArgs* args, const StageArgs* stage) {
  constexpr size_t kWidth = 32;
  alignas(kAlignment) int32_t acc[kTileRows * kWidth];
  TileArgs tile = *args;
  StageArgs after = *stage;
  tile.acc = acc;
  tile.accumulate = 0;
  after.acc = acc;
  after.acc_stride = kWidth;
  const size_t panel_bytes = (args->depth + 15) / 16 * 16 * kTileRows;  // there is but one in the rows form
  for (size_t left = args->m; left > 0; left -= tile.m) {
    tile.m = after.m = left < kTileRows ? left : kTileRows;
    kRun(&tile);
    arm_neon_stages.run[static_cast<size_t>(Stage::float_nearest_even)](&after);
    tile.lhs = static_cast<const uint8_t*>(tile.lhs) + panel_bytes;
    after.dst += static_cast<ptrdiff_t>(tile.m) * after.dst_row_stride;
    if (after.row_sum != nullptr) after.row_sum += tile.m;
    if (after.row_zero != nullptr) after.row_zero += tile.m;
  }
}

template <TileFn kRun, FinishingTileFn kFinish>
void finish_float(const TileArgs* args, const StageArgs* stage) {
  if (stage->rhs_zero != nullptr || stage->row_zero != nullptr) return finish_through_memory<kRun>(args, stage);
  kFinish(args, stage);
}

template <TileFn kRun, FinishingTileFn kFinish>
constexpr FinishingTiles finishing_float(bool all_rows) {
  FinishingTiles tiles = {};
  tiles.run[static_cast<size_t>(Stage::float_nearest_even)] = finish_float<kRun, kFinish>;
  tiles.all_rows = all_rows;
  tiles.channels = 4;
  return tiles;
}

}  // namespace
}  // namespace ottava

#endif  // OTTAVA_SRC_KERNELS_ARM_NEON_FINISHING_H_
