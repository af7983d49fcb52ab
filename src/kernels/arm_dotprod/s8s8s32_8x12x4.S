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
#include "kernels/arm_dotprod/tile_8x12x4.h"

// 8 rows of three vectors, by the steps in x3.
.macro multiply_full
  subs x3, x3, #4
  b.lo 4f

  .if !FINISHING
  .p2align 5
  .endif
3:
  ld1 {v0.16b, v1.16b, v2.16b, v3.16b}, [x0], #64
  ld1 {v4.16b, v5.16b, v6.16b, v7.16b}, [x1], #64
  column 4, 0, 1, CHANNELS_0
  column 5, 0, 1, CHANNELS_4
  column 6, 0, 1, CHANNELS_8
  column 7, 2, 3, CHANNELS_0
  ld1 {v4.16b, v5.16b, v6.16b, v7.16b}, [x1], #64
  column 4, 2, 3, CHANNELS_4
  column 5, 2, 3, CHANNELS_8
  ld1 {v0.16b, v1.16b, v2.16b, v3.16b}, [x0], #64
  column 6, 0, 1, CHANNELS_0
  column 7, 0, 1, CHANNELS_4
  ld1 {v4.16b, v5.16b, v6.16b, v7.16b}, [x1], #64
  subs x3, x3, #4
  column 4, 0, 1, CHANNELS_8
  column 5, 2, 3, CHANNELS_0
  column 6, 2, 3, CHANNELS_4
  column 7, 2, 3, CHANNELS_8
  b.hs 3b

4:
  adds x3, x3, #4
  b.eq 6f
5:
  subs x3, x3, #1
  step_tile 8, 3
  b.ne 5b
6:
.endm

FUNCTION(ottava_s8s8s32_8x12x4_arm_dotprod)
  .set FINISHING, 0
  begin_tile
  push_d8_to_d15
  begin_accumulators 8, 3
  multiply_full
  each_row store_row, 8, 3
  pop_d8_to_d15
  ret

  edge_tiles acc
  edge_tile acc, 8, 1
  edge_tile acc, 8, 2
END_FUNCTION(ottava_s8s8s32_8x12x4_arm_dotprod)

// With the output stage.
FUNCTION(ottava_s8s8s32_8x12x4_arm_dotprod_fused)
  .set FINISHING, 1
  begin_finishing_tiles
  cmp x6, #2
  b.ne LOCAL(edge_finish)
  subs x5, x5, #8
  b.lo LOCAL(end_finish)
  .p2align 5  // the loop then lies at such an address too, without a no-operation in each tile
  nop
  nop
  nop
LOCAL(full_finish):
  begin_accumulators 8, 3
  mov x1, x2
  mov x3, x4
  multiply_full
  finish_rows 8, 3
  subs x5, x5, #8
  b.hs LOCAL(full_finish)
LOCAL(end_finish):
  adds x5, x5, #8
  b.ne LOCAL(edge_finish)
  end_finishing_tiles

  edge_tiles finish
  edge_tile finish, 8, 1
  edge_tile finish, 8, 2
END_FUNCTION(ottava_s8s8s32_8x12x4_arm_dotprod_fused)
