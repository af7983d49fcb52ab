// The kernel s8s8s32_8x12x4 of AArch64 with dot products (Armv8.2 dotprod), for out-of-order cores: s8 x s8 -> s32, a
// tile of 8 x 12, 4 depths a step. Run by the loops over tiles for one tile of packed operands.
//
// In which order to read: tile.h down to its pictures of the registers, the functions below, the rest of tile.h for the
// tiles at edges, epilogue.h. The other tuning, for in-order cores, is s8s8s32_8x12x4_in_order.S.
//
// SDOT adds to each lane of an accumulator the four products of a channel with a row: the row is one lane of the lhs,
// which the instruction broadcasts. In the loop of the full tile
//
//   v0, v1  lhs of a step: rows 0 to 3, 4 to 7     v2, v3  of the next step
//   v4 to v7  rhs: four vectors of channels, of which three make a step
//
// Loop: 4 steps, 1536 MAC in 103 instructions, 96 of them SDOT. 48 cycles where two of them start a cycle, 24 where
// four do: 32 MAC per cycle of Neoverse-N1 and N2, 64 of Neoverse-V1 and V2 by llvm-mca 19.
#define IN_ORDER 0
#include "kernels/arm_dotprod/s8s8s32_8x12x4/tile.h"

// Four steps of a full tile; the flags tell whether as many are left.
.macro four_steps_8x12x4
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
.endm
// What is left behind fours of steps.
.macro last_steps_8x12x4
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
  subs x3, x3, #4
  b.lo 4f
  .p2align 5
3:
  four_steps_8x12x4
  b.hs 3b
4:
  last_steps_8x12x4
  each_row_8x12x4 move_row_8x12x4, 8, 3, str, stp
  pop_d8_to_d15
  ret

  edge_tiles_8x12x4 acc
  edge_tile_8x12x4 acc, 8, 1
  edge_tile_8x12x4 acc, 8, 2
END_FUNCTION(ottava_s8s8s32_8x12x4_arm_dotprod)

FUNCTION(ottava_s8s8s32_8x12x4_arm_dotprod_fused)
  .set FUSED, 1
  begin_fused_8x12x4
  cmp x6, #2
  b.ne LOCAL(edge_fused)
  subs x5, x5, #8
  b.lo LOCAL(end_fused)
  .p2align 5  // with these NOPs the loop over steps is aligned too, at no cost in each tile
  nop
  nop
  nop
LOCAL(full_fused):  // a tile
  begin_accumulators_8x12x4 8, 3
  mov x1, x2
  mov x3, x4
  subs x3, x3, #4
  b.lo 4f
3:
  four_steps_8x12x4
  b.hs 3b
4:
  last_steps_8x12x4
  epilogue_8x12x4 8, 3
  subs x5, x5, #8
  b.hs LOCAL(full_fused)
LOCAL(end_fused):
  adds x5, x5, #8
  b.ne LOCAL(edge_fused)
  end_fused_8x12x4
  second_values_8x12x4 8, 3

  edge_tiles_8x12x4 fused
  edge_tile_8x12x4 fused, 8, 1
  edge_tile_8x12x4 fused, 8, 2
END_FUNCTION(ottava_s8s8s32_8x12x4_arm_dotprod_fused)
