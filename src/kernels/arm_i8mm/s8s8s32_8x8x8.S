// The kernel of AArch64 with 8-bit matrix products (Armv8.6 i8mm), for out-of-order cores: s8 x s8 -> s32, a tile of
// 8 x 8, 8 depths a step. Run by the loops over tiles for one tile of packed operands.
//
// SMMLA multiplies two rows by two channels into a square of results, see tile_8x8x8.h, whose end takes the squares
// apart into rows of acc.
//
// Registers: those of tile_8x8x8.h, v0 to v3 the lhs of a step, v4 to v7 its rhs. None belongs to the caller.
//
// Loop: 2 steps, 1024 MAC in 38 instructions, 32 of them SMMLA. 16 cycles where two of them start a cycle, 8 where four
// do: 64 MAC per cycle of Neoverse-N2, 128 of Neoverse-V1 and V2 by llvm-mca 19.
#include "kernels/arm_i8mm/tile_8x8x8.h"

.macro step
  ld1 {v0.16b, v1.16b, v2.16b, v3.16b}, [x0], #64
  ld1 {v4.16b, v5.16b, v6.16b, v7.16b}, [x1], #64
  each_pair multiply_pair, 4
.endm

FUNCTION(ottava_s8s8s32_8x8x8_arm_i8mm)
  begin_tile
  each_pair zero_pair, 4
  subs x3, x3, #2
  b.lo LOCAL(remainder)

  .p2align 5
LOCAL(loop):
  step
  subs x3, x3, #2
  step
  b.hs LOCAL(loop)

LOCAL(remainder):
  tbz x3, #0, LOCAL(end)
  step
LOCAL(end):
  end_tile 4

  edge_tiles
END_FUNCTION(ottava_s8s8s32_8x8x8_arm_i8mm)
