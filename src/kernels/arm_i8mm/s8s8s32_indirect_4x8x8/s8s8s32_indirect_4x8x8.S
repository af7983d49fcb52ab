// The kernel s8s8s32_indirect_4x8x8 of AArch64 with 8-bit matrix products, for out-of-order cores: s8 x s8 -> s32, up
// to four rows, which it reads in place, on the packed rhs of s8s8s32_8x8x8, eight panels of it in a tile. Run by the
// loops over tiles where one tile holds all rows.
//
// In which order to read: squares.h and tile.h down to their pictures of the registers, the function at the end of this
// file, tile_4x8x8 in tile.h, which multiplies, multiply_16s_4x8x8 below, epilogue.h. The other tuning, for in-order
// cores, is s8s8s32_indirect_4x8x8_in_order.S.
//
// Loops, 16 depths each, with instructions that flip the sign of the lhs (MAC, instructions, multiplications of
// these; MAC per cycle of Neoverse-N2, V1 and V2 by llvm-mca 19):
//   1 row by 4 panels    512  44  32   30.1   45   45
//   2 rows by 4 panels  1024  45  32   58.5   88   88
//   4 rows by 2 panels  1024  44  32   56.9  102  109
#define IN_ORDER 0
#define ZERO_POINT v4
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

FUNCTION_OR_FUSED(ottava_s8s8s32_indirect_4x8x8_arm_i8mm, enter_alike)
  begin_4x8x8
  cmp x4, #2
  b.eq LOCAL(rows_2)
  b.hi LOCAL(rows_4)
  .irp rows, 1, 2, 4
LOCAL(rows_\rows):
  several_panels_4x8x8 \rows
LOCAL(single_\rows):  // a panel
  tile_4x8x8 \rows, 1
  next_panels_4x8x8 1
  b.hi LOCAL(single_\rows)
LOCAL(done_\rows):
  end_4x8x8
  .irp panels, 4, 2, 1
  .if \panels == 1 || (\rows == 4) == (\panels == 2)
  to_acc_4x8x8 \rows, \panels
  second_values_4x8x8 \rows, \panels
  .endif
  .endr
  .endr
END_FUNCTION(ottava_s8s8s32_indirect_4x8x8_arm_i8mm_fused)
