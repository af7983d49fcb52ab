// The kernel of AArch64 with 8-bit matrix products (Armv8.6 i8mm), for out-of-order cores: s8 x s8 -> s32, a tile of
// 8 x 8, 8 depths a step. Run by the loops over tiles for one tile of packed operands.
//
// SMMLA multiplies two rows by two channels into a square of results, see tile_8x8x8.h, whose end takes the squares
// apart into rows of acc, and finish_8x8x8.h, which does so when they have become bytes of dst.
//
// Registers: those of tile_8x8x8.h and finish_8x8x8.h, v0 to v3 the lhs of a step, v4 to v7 its rhs.
//
// Loop: 2 steps, 1024 MAC in 38 instructions, 32 of them SMMLA. 16 cycles where two of them start a cycle, 8 where four
// do: 64 MAC per cycle of Neoverse-N2, 128 of Neoverse-V1 and V2 by llvm-mca 19.
#define IN_ORDER 0
#include "kernels/arm_i8mm/s8s8s32_8x8x8/epilogue.h"

.macro step_8x8x8 rhs
  ld1 {v0.16b, v1.16b, v2.16b, v3.16b}, [x0], #64
  ld1 {v4.16b, v5.16b, v6.16b, v7.16b}, [\rhs], #64
  each_pair_8x8x8 multiply_pair_8x8x8, 4
.endm

.macro full_tile_8x8x8 rhs, steps
  subs \steps, x3, #2
  b.lo 4f

  .p2align 5
3:
  step_8x8x8 \rhs
  subs \steps, \steps, #2
  step_8x8x8 \rhs
  b.hs 3b

4:
  tbz \steps, #0, 5f
  step_8x8x8 \rhs
5:
.endm

FUNCTION(ottava_s8s8s32_8x8x8_arm_i8mm)
  begin_tile_8x8x8
  init_pairs_8x8x8 4
  full_tile_8x8x8 x1, x3
  end_tile_8x8x8 4

  edge_tiles_8x8x8
END_FUNCTION(ottava_s8s8s32_8x8x8_arm_i8mm)

FUNCTION(ottava_s8s8s32_8x8x8_arm_i8mm_fused)
  finishing_function_8x8x8
END_FUNCTION(ottava_s8s8s32_8x8x8_arm_i8mm_fused)
