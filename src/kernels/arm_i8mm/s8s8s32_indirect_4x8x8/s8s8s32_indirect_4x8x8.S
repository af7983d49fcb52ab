// The kernel of AArch64 with 8-bit matrix products for up to four rows, which it reads in place, for out-of-order
// cores: s8 x s8 -> s32, on the packed rhs of s8s8s32_8x8x8.S, eight panels of it in a tile. Run by the loops over
// tiles where one tile holds all rows. How, and in which registers, indirect_4x8x8.h says.
//
// Loops, 16 depths each, with instructions that flip the lhs where it is to be (MAC, instructions, multiplications of
// these; MAC per cycle of Neoverse-N2, V1 and V2 by llvm-mca 19):
//   1 row by 4 panels    512  44  32   30.1   45   45
//   2 rows by 4 panels  1024  45  32   58.5   88   88
//   4 rows by 2 panels  1024  44  32   56.9  102  109
#define IN_ORDER 0
#include "kernels/arm_i8mm/s8s8s32_indirect_4x8x8/tile.h"

// Sixteen depths of each row, eight in v0 and v1, eight in v2 and v3.
.macro load_16_4x8x8 rows
  .if \rows == 1
  ld1r {v0.2d}, [x11], #8
  ld1r {v2.2d}, [x11], #8
  .else
  ldp d0, d2, [x11], #16
  when (\rows == 4), ldp d1, d3, [x13], #16
  ld1 {v0.d}[1], [x12], #8
  when (\rows == 4), ld1 {v1.d}[1], [x14], #8
  ld1 {v2.d}[1], [x12], #8
  when (\rows == 4), ld1 {v3.d}[1], [x14], #8
  .endif
.endm

.macro multiply_16s_4x8x8 rows, panels, flip
  .p2align 4
5:
  load_16_4x8x8 \rows
  .if \flip
  movi v4.16b, #0x80
  flip_rows_4x8x8 \rows, 0, 1
  flip_rows_4x8x8 \rows, 2, 3
  .endif
  subs x10, x10, #16
  multiply_4x8x8 \rows, \panels, 0, 1
  multiply_4x8x8 \rows, \panels, 2, 3
  b.hs 5b
.endm

FUNCTION_OR_FUSED(ottava_s8s8s32_indirect_4x8x8_arm_i8mm)
  rows_function_4x8x8
END_FUNCTION(ottava_s8s8s32_indirect_4x8x8_arm_i8mm_fused)
