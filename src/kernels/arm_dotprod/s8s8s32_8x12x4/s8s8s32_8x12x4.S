// The kernel of AArch64 with dot products (Armv8.2 dotprod), for out-of-order cores: s8 x s8 -> s32, a tile of 8 x 12,
// 4 depths a step. Run by the loops over tiles for one tile of packed operands.
//
// A lane of an accumulator is one result: SDOT adds to it the four products of a channel with a row, the row being one
// lane of the lhs, broadcast by the instruction.
//
// Registers, beyond those of tile_8x12x4.h
//   v0 to v3  lhs: 8 rows of two steps       v4 to v7  rhs: four vectors of channels; three make a step
//
// Loop: 4 steps, 1536 MAC in 103 instructions, 96 of them SDOT. 48 cycles where two of them start a cycle, 24 where
// four do: 32 MAC per cycle of Neoverse-N1 and N2, 64 of Neoverse-V1 and V2 by llvm-mca 19.
#define IN_ORDER 0
#include "kernels/arm_dotprod/s8s8s32_8x12x4/tile.h"

// 8 rows of three vectors, by the steps in x3.
.macro multiply_full_8x12x4
  subs x3, x3, #4
  b.lo 4f

  .if !FUSED
  .p2align 5
  .endif
3:
  ld1 {v0.16b, v1.16b, v2.16b, v3.16b}, [x0], #64
  ld1 {v4.16b, v5.16b, v6.16b, v7.16b}, [x1], #64
  multiply_column_8x12x4 4, 0, 1, CHANNELS_0
  multiply_column_8x12x4 5, 0, 1, CHANNELS_4
  multiply_column_8x12x4 6, 0, 1, CHANNELS_8
  multiply_column_8x12x4 7, 2, 3, CHANNELS_0
  ld1 {v4.16b, v5.16b, v6.16b, v7.16b}, [x1], #64
  multiply_column_8x12x4 4, 2, 3, CHANNELS_4
  multiply_column_8x12x4 5, 2, 3, CHANNELS_8
  ld1 {v0.16b, v1.16b, v2.16b, v3.16b}, [x0], #64
  multiply_column_8x12x4 6, 0, 1, CHANNELS_0
  multiply_column_8x12x4 7, 0, 1, CHANNELS_4
  ld1 {v4.16b, v5.16b, v6.16b, v7.16b}, [x1], #64
  subs x3, x3, #4
  multiply_column_8x12x4 4, 0, 1, CHANNELS_8
  multiply_column_8x12x4 5, 2, 3, CHANNELS_0
  multiply_column_8x12x4 6, 2, 3, CHANNELS_4
  multiply_column_8x12x4 7, 2, 3, CHANNELS_8
  b.hs 3b

4:
  adds x3, x3, #4
  b.eq 6f
5:
  subs x3, x3, #1
  step_8x12x4 8, 3
  b.ne 5b
6:
.endm

FUNCTION(ottava_s8s8s32_8x12x4_arm_dotprod)
  .set FUSED, 0
  begin_tile_8x12x4
  push_d8_to_d15
  begin_accumulators_8x12x4 8, 3
  multiply_full_8x12x4
  each_row_8x12x4 store_acc_row_8x12x4, 8, 3
  pop_d8_to_d15
  ret

  edge_tiles_8x12x4 acc
  edge_tile_8x12x4 acc, 8, 1
  edge_tile_8x12x4 acc, 8, 2
END_FUNCTION(ottava_s8s8s32_8x12x4_arm_dotprod)

// With the output stage.
FUNCTION(ottava_s8s8s32_8x12x4_arm_dotprod_fused)
  .set FUSED, 1
  begin_fused_8x12x4
  cmp x6, #2
  b.ne LOCAL(edge_fused)
  subs x5, x5, #8
  b.lo LOCAL(end_fused)
  .p2align 5  // the loop then lies at such an address too, without a no-operation in each tile
  nop
  nop
  nop
LOCAL(full_fused):
  begin_accumulators_8x12x4 8, 3
  mov x1, x2
  mov x3, x4
  multiply_full_8x12x4
  epilogue_8x12x4 8, 3
  subs x5, x5, #8
  b.hs LOCAL(full_fused)
LOCAL(end_fused):
  adds x5, x5, #8
  b.ne LOCAL(edge_fused)
  end_fused_8x12x4

  edge_tiles_8x12x4 fused
  edge_tile_8x12x4 fused, 8, 1
  edge_tile_8x12x4 fused, 8, 2
END_FUNCTION(ottava_s8s8s32_8x12x4_arm_dotprod_fused)
