// What the tunings of the kernel for few rows share: registers, the way through the panels of a tile, the ends of rows.
// What remains to a tuning is a macro, depths_16 (see rows_tile), that multiplies 16 depths.
//
// Four triples of accumulators, each one row by the 12 channels of one panel, are computed at a time: one row by four
// panels or two, two rows by two panels, or up to four rows by one panel, which may be the last one and narrower.
//
//   x0  row pointers               x8  taps left
//   x1  rhs: first panel at hand   x9  the next row pointer
//   x2  acc: likewise              x10 depths left in the row
//   x3  depth                      x11 and up: a row each, then a panel each
//   x4  0: acc is overwritten      x17 what flips the lhs
//   x5  channels left
//   x6  taps                       v0, v1, v2, v7  lhs: 16 depths of a row each
//   x7  panel stride               v3          what flips the lhs: 0x80 or 0 in every byte
//                                  v4 to v6    rhs: a lane holds 4 depths of a channel
//                                  v16 to v27  accumulators, four triples
#ifndef OTTAVA_SRC_KERNELS_ARM_DOTPROD_ROWS_4X12X4_H_
#define OTTAVA_SRC_KERNELS_ARM_DOTPROD_ROWS_4X12X4_H_

#include "kernels/assembly.h"

#define ACC_PANEL 48  // bytes of a row of acc: of one panel, of the tile
#define ACC_ROW 192

// Calls \op with the accumulators of each triple and where it lies in acc.
.macro each_triple op, rows, panels, vectors
  \op 16, 17, 18, 0, \vectors
  .if \rows * \panels > 1
  .if \panels > 1
  \op 19, 20, 21, ACC_PANEL, \vectors
  .else
  \op 19, 20, 21, ACC_ROW, \vectors
  .endif
  .endif
  .if \rows * \panels > 2
  .if \panels > 2
  \op 22, 23, 24, 2 * ACC_PANEL, \vectors
  .elseif \panels > 1
  \op 22, 23, 24, ACC_ROW, \vectors
  .else
  \op 22, 23, 24, 2 * ACC_ROW, \vectors
  .endif
  .endif
  .if \rows * \panels > 3
  .if \panels > 2
  \op 25, 26, 27, 3 * ACC_PANEL, \vectors
  .elseif \panels > 1
  \op 25, 26, 27, ACC_ROW + ACC_PANEL, \vectors
  .else
  \op 25, 26, 27, 3 * ACC_ROW, \vectors
  .endif
  .endif
.endm

.macro zero_triple a, b, c, at, vectors
  movi d\a, #0  // the whole register
  .if \vectors > 1
  movi d\b, #0
  .endif
  .if \vectors > 2
  movi d\c, #0
  .endif
.endm

.macro load_triple a, b, c, at, vectors
  ldr q\a, [x2, #\at]
  .if \vectors > 1
  ldr q\b, [x2, #\at + 16]
  .endif
  .if \vectors > 2
  ldr q\c, [x2, #\at + 32]
  .endif
.endm

.macro store_triple a, b, c, at, vectors
  .if \vectors == 1
  str q\a, [x2, #\at]
  .else
  stp q\a, q\b, [x2, #\at]
  .endif
  .if \vectors > 2
  str q\c, [x2, #\at + 32]
  .endif
.endm

// Calls \op with the registers of each row: of the lhs, and of its address.
.macro each_row op, rows
  \op 0, 11
  .if \rows > 1
  \op 1, 12
  .endif
  .if \rows > 2
  \op 2, 13
  .endif
  .if \rows > 3
  \op 7, 14
  .endif
.endm

.macro point row, address
  ldr x\address, [x9], #8
.endm
.macro flip_row row, address
  eor v\row\().16b, v\row\().16b, v3.16b
.endm
.macro load_16 row, address
  ldr q\row, [x\address], #16
.endm
.macro load_8 row, address
  ldr d\row, [x\address], #8
.endm
.macro load_4 row, address
  ldr s\row, [x\address], #4
.endm
.macro load_2 row, address
  ldr h\row, [x\address], #2
.endm
.macro load_1 row, address
  ldr b\row, [x\address]
.endm
.macro load_third row, address
  ld1 {v\row\().b}[2], [x\address]
.endm

.macro multiply lhs, lane, vectors, a, b, c
  sdot v\a\().4s, v4.16b, v\lhs\().4b[\lane]
  .if \vectors > 1
  sdot v\b\().4s, v5.16b, v\lhs\().4b[\lane]
  .endif
  .if \vectors > 2
  sdot v\c\().4s, v6.16b, v\lhs\().4b[\lane]
  .endif
.endm

// 4 depths of the rhs from \panel into v4 to v6.
.macro load_quad panel, vectors
  .if \vectors == 3
  ld1 {v4.16b, v5.16b, v6.16b}, [x\panel], #48
  .elseif \vectors == 2
  ldp q4, q5, [x\panel], #48
  .else
  ldr q4, [x\panel], #48
  .endif
.endm

// 4 depths, one lane of the lhs, by all panels.
.macro quad lane, rows, panels, vectors
  .if \panels == 1
  .if \rows == 1
  load_quad 12, \vectors
  .elseif \rows == 2
  load_quad 13, \vectors
  .elseif \rows == 3
  load_quad 14, \vectors
  .else
  load_quad 15, \vectors
  .endif
  multiply 0, \lane, \vectors, 16, 17, 18
  .if \rows > 1
  multiply 1, \lane, \vectors, 19, 20, 21
  .endif
  .if \rows > 2
  multiply 2, \lane, \vectors, 22, 23, 24
  .endif
  .if \rows > 3
  multiply 7, \lane, \vectors, 25, 26, 27
  .endif
  .elseif \rows == 1
  load_quad 12, 3
  multiply 0, \lane, 3, 16, 17, 18
  load_quad 13, 3
  multiply 0, \lane, 3, 19, 20, 21
  .if \panels > 2
  load_quad 14, 3
  multiply 0, \lane, 3, 22, 23, 24
  load_quad 15, 3
  multiply 0, \lane, 3, 25, 26, 27
  .endif
  .else
  load_quad 13, 3
  multiply 0, \lane, 3, 16, 17, 18
  multiply 1, \lane, 3, 22, 23, 24
  load_quad 14, 3
  multiply 0, \lane, 3, 19, 20, 21
  multiply 1, \lane, 3, 25, 26, 27
  .endif
.endm

// The last depths of a row, x10 modulo 16 of them, without a byte beyond it. What the lhs registers hold beyond meets
// zeros of the rhs.
.macro end_of_row rows, panels, vectors
  tbz x10, #3, 21f
  each_row load_8, \rows
  each_row flip_row, \rows
  quad 0, \rows, \panels, \vectors
  quad 1, \rows, \panels, \vectors
21:
  tbz x10, #2, 22f
  each_row load_4, \rows
  each_row flip_row, \rows
  quad 0, \rows, \panels, \vectors
22:
  tst x10, #3
  b.eq 25f
  tbz x10, #1, 23f
  each_row load_2, \rows
  tbz x10, #0, 24f
  each_row load_third, \rows
  b 24f
23:
  each_row load_1, \rows
24:
  each_row flip_row, \rows
  quad 0, \rows, \panels, \vectors
25:
.endm

// The first of the panels at hand, and with it those behind it.
.macro point_at_panels rows, panels
  .if \rows == 1
  mov x12, x1
  .if \panels > 1
  add x13, x1, x7
  .endif
  .if \panels > 2
  add x14, x13, x7
  add x15, x14, x7
  .endif
  .elseif \rows == 2
  mov x13, x1
  .if \panels > 1
  add x14, x1, x7
  .endif
  .elseif \rows == 3
  mov x14, x1
  .else
  mov x15, x1
  .endif
.endm

// The whole depth of \rows by \panels. Where there are several panels, all channels of all are computed; of one, the
// given \vectors. The loop is there twice, since to flip costs an instruction a row that signed lhs need not pay.
.macro rows_tile rows, panels, vectors
  cbnz x4, 1f
  each_triple zero_triple, \rows, \panels, \vectors
  b 2f
1:
  each_triple load_triple, \rows, \panels, \vectors
2:
  point_at_panels \rows, \panels
  mov x8, x6
  mov x9, x0
3:  // a tap
  each_row point, \rows
  subs x10, x3, #16
  b.lo 8f
  cbnz x17, 6f
  .p2align 4
5:
  depths_16 \rows, \panels, \vectors, 0
  b.hs 5b
  b 8f
  .p2align 4
6:
  depths_16 \rows, \panels, \vectors, 1
  b.hs 6b
8:
  tst x10, #15
  b.eq 9f
  end_of_row \rows, \panels, \vectors
9:
  subs x8, x8, #1
  b.ne 3b
  each_triple store_triple, \rows, \panels, \vectors
.endm

.macro next_panels count
  .if \count == 1
  add x1, x1, x7
  .else
  add x1, x1, x7, lsl #1
  .endif
  add x2, x2, #\count * ACC_PANEL
  subs x5, x5, #\count * 12
.endm

// All panels of a tile of \rows: four at a time, two, then one by one.
.macro rows_panels rows
  .if \rows == 1
  cmp x5, #44  // where some vector of the last panel were empty, one by one
  b.ls LOCAL(pairs_1)
  rows_tile 1, 4, 3
  ret
  .endif
  .if \rows <= 2
LOCAL(pairs_\rows):
  cmp x5, #20
  b.ls LOCAL(singles_\rows)
  rows_tile \rows, 2, 3
  next_panels 2
  b.hi LOCAL(pairs_\rows)
  ret
  .endif
LOCAL(singles_\rows):
  cmp x5, #8
  b.ls LOCAL(narrow_\rows)
  rows_tile \rows, 1, 3
  next_panels 1
  b.hi LOCAL(singles_\rows)
  ret
LOCAL(narrow_\rows):
  cmp x5, #4
  b.ls LOCAL(narrowest_\rows)
  rows_tile \rows, 1, 2
  ret
LOCAL(narrowest_\rows):
  rows_tile \rows, 1, 1
  ret
.endm

// The function, from the TileArgs at x0 on.
.macro rows_kernel
  ldp x3, x16, [x0, #TILE_DEPTH]  // and m
  ldp x5, x6, [x0, #TILE_N]       // and taps
  ldp x17, x4, [x0, #TILE_FLIP]   // and accumulate
  ldr x2, [x0, #TILE_ACC]
  ldr x7, [x0, #TILE_PANEL_STRIDE]
  ldp x0, x1, [x0, #TILE_LHS]
  dup v3.16b, w17
  cmp x16, #2
  b.eq LOCAL(rows_2)
  b.hi LOCAL(more_rows)
  rows_panels 1
LOCAL(rows_2):
  rows_panels 2
LOCAL(more_rows):
  cmp x16, #3
  b.ne LOCAL(rows_4)
  rows_panels 3
LOCAL(rows_4):
  rows_panels 4
.endm

#endif  // OTTAVA_SRC_KERNELS_ARM_DOTPROD_ROWS_4X12X4_H_
