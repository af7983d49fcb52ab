// The kernel s8s8s32_8x8x8 of AArch64 with 8-bit matrix products (Armv8.6 i8mm), for out-of-order cores: s8 x s8 ->
// s32, a tile of 8 x 8, 8 depths a step. Run by the loops over tiles for one tile of packed operands.
//
// In which order to read: squares.h and tile.h down to their pictures of the registers, the functions below, the rest
// of tile.h for fewer rows, epilogue.h. The other tuning, for in-order cores, is s8s8s32_8x8x8_in_order.S.
//
// Loop: 2 steps, 1024 MAC in 38 instructions, 32 of them SMMLA. 16 cycles where two of them start a cycle, 8 where four
// do: 64 MAC per cycle of Neoverse-N2, 128 of Neoverse-V1 and V2 by llvm-mca 19.
#define IN_ORDER 0
#define ZERO_POINT v8
#include "kernels/arm_i8mm/s8s8s32_8x8x8/epilogue.h"

.macro step_8x8x8 rhs
  ld1 {v0.16b, v1.16b, v2.16b, v3.16b}, [x0], #64
  ld1 {v4.16b, v5.16b, v6.16b, v7.16b}, [\rhs], #64
  each_pair_8x8x8 multiply_pair_8x8x8, 4
.endm

FUNCTION(ottava_s8s8s32_8x8x8_arm_i8mm)
  begin_tile_8x8x8
  init_pairs_8x8x8 4
  subs x3, x3, #2
  b.lo 4f
  .p2align 5
3:
  step_8x8x8 x1
  subs x3, x3, #2
  step_8x8x8 x1
  b.hs 3b
4:
  tbz x3, #0, 5f
  step_8x8x8 x1
5:
  end_tile_8x8x8 4

  edge_tiles_8x8x8
END_FUNCTION(ottava_s8s8s32_8x8x8_arm_i8mm)

  begin_function SYMBOL(ottava_s8s8s32_8x8x8_arm_i8mm_fused), 1
  begin_fused_8x8x8
  cmp x5, #7
  b.lo LOCAL(edge_fused)
LOCAL(fused_4):  // a tile of 7 or 8 rows
  begin_fused_tile_8x8x8 4
  subs x9, x3, #2
  b.lo 4f
  .p2align 5
3:
  step_8x8x8 x10
  subs x9, x9, #2
  step_8x8x8 x10
  b.hs 3b
4:
  tbz x9, #0, 5f
  step_8x8x8 x10
5:
  epilogue_8x8x8 4

  edge_tiles_fused_8x8x8
END_FUNCTION(ottava_s8s8s32_8x8x8_arm_i8mm_fused)
