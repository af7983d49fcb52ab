// The kernel of AArch64 with dot products for up to four rows, which it reads in place, for out-of-order cores: s8 x s8
// -> s32, on the packed rhs of s8s8s32_8x12x4.S, four panels of it in a tile. Run by the loops over tiles where one tile
// holds all rows.
//
// One row is multiplied by four panels side by side, two rows by two, more by one: 12 accumulators or more, so that no
// SDOT waits for the last one even where four start a cycle. Each weight is loaded once, 64 bytes an instruction.
//
// Registers: those of rows_4x12x4.h; with several panels v4 to v7 (two rows at most) hold the rhs of one, v28 to v31
// that of its neighbour.
//
// Loops, 16 depths each, an instruction a row more where the lhs is flipped (MAC, instructions, SDOT; MAC per cycle of
// Neoverse-N1 and V1 by llvm-mca 19: with one row their loads are the limit, two and three a cycle):
//   1 row by 4 panels    768  63  48   31.3  47
//   2 rows by 2 panels   768  58  48   32    64
//   3 rows by 1 panel    576  45  36   32    64
//   4 rows by 1 panel    768  58  48   32    64
#include "kernels/arm_dotprod/rows_4x12x4.h"

// One vector of the rhs from either of two panels, times a lane of each row.
.macro both rows, lane, left, right, a, b, c, d
  sdot v\a\().4s, v\left\().16b, v0.4b[\lane]
  sdot v\b\().4s, v\right\().16b, v0.4b[\lane]
  .if \rows > 1
  sdot v\c\().4s, v\left\().16b, v1.4b[\lane]
  sdot v\d\().4s, v\right\().16b, v1.4b[\lane]
  .endif
.endm

.macro load_both left, right
  ld1 {v4.16b, v5.16b, v6.16b, v7.16b}, [x\left], #64
  ld1 {v28.16b, v29.16b, v30.16b, v31.16b}, [x\right], #64
.endm

// 16 depths of two panels, into the triples from \a0, \b0 and for a second row \c0, \d0 on.
.macro pair rows, left, right, a0, a1, a2, b0, b1, b2, c0, c1, c2, d0, d1, d2
  load_both \left, \right
  both \rows, 0, 4, 28, \a0, \b0, \c0, \d0
  both \rows, 0, 5, 29, \a1, \b1, \c1, \d1
  both \rows, 0, 6, 30, \a2, \b2, \c2, \d2
  both \rows, 1, 7, 31, \a0, \b0, \c0, \d0
  load_both \left, \right
  both \rows, 1, 4, 28, \a1, \b1, \c1, \d1
  both \rows, 1, 5, 29, \a2, \b2, \c2, \d2
  both \rows, 2, 6, 30, \a0, \b0, \c0, \d0
  both \rows, 2, 7, 31, \a1, \b1, \c1, \d1
  load_both \left, \right
  both \rows, 2, 4, 28, \a2, \b2, \c2, \d2
  both \rows, 3, 5, 29, \a0, \b0, \c0, \d0
  both \rows, 3, 6, 30, \a1, \b1, \c1, \d1
  both \rows, 3, 7, 31, \a2, \b2, \c2, \d2
.endm

.macro depths_16 rows, panels, vectors, flip
  each_row load_16, \rows
  .if \flip
  each_row flip_row, \rows
  .endif
  subs x10, x10, #16
  .if \panels == 1
  quad 0, \rows, 1, \vectors
  quad 1, \rows, 1, \vectors
  quad 2, \rows, 1, \vectors
  quad 3, \rows, 1, \vectors
  .elseif \rows == 2
  pair 2, 13, 14, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27
  .else
  pair 1, 12, 13, 16, 17, 18, 19, 20, 21
  .if \panels == 4
  pair 1, 14, 15, 22, 23, 24, 25, 26, 27
  .endif
  .endif
.endm

FUNCTION(ottava_s8s8s32_rows_4x12x4_arm_dotprod)
  rows_kernel
END_FUNCTION(ottava_s8s8s32_rows_4x12x4_arm_dotprod)
