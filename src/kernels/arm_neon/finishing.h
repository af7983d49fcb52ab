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
#undef OTTAVA_STAGE_FIELD

template <TileFn kRun>
void finish_through_memory(const TileArgs* args, const StageArgs* stage) {
  constexpr size_t kWidth = 32;
  alignas(kAlignment) int32_t acc[4 * kWidth];
  TileArgs tile = *args;
  tile.acc = acc;
  tile.accumulate = 0;
  kRun(&tile);
  StageArgs after = *stage;
  after.acc = acc;
  after.acc_stride = kWidth;
  arm_neon_stages.run[static_cast<size_t>(Stage::float_nearest_even)](&after);
}

template <TileFn kRun, FinishingTileFn kFinish>
void finish_float(const TileArgs* args, const StageArgs* stage) {
  if (stage->rhs_zero != nullptr || stage->row_zero != nullptr) return finish_through_memory<kRun>(args, stage);
  kFinish(args, stage);
}

template <TileFn kRun, FinishingTileFn kFinish>
constexpr FinishingTiles finishing_float() {
  FinishingTiles tiles = {};
  tiles.run[static_cast<size_t>(Stage::float_nearest_even)] = finish_float<kRun, kFinish>;
  return tiles;
}

}  // namespace
}  // namespace ottava

#endif  // OTTAVA_SRC_KERNELS_ARM_NEON_FINISHING_H_
