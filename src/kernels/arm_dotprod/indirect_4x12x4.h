// What the tunings of the kernel for few rows share: registers, the way through the panels of a tile, the ends of rows.
// What remains to a tuning is the macro all_16s (see rows_tile), which multiplies 16 depths as often as a row has them.
//
// Triples of accumulators, each one row by the 12 channels of one panel, are computed together: one row by four panels,
// up to four rows by two, or by one panel, which may be the last one and narrower. Several rows take a panel together
// with the one behind it if that one holds one vector of channels: 4 vectors.
//
// One function serves the kernel and the tile that finishes (see finish_indirect_4x12x4.h): x1 is 0, or the StageArgs
// of the latter.
//
//   x0  TileArgs                   x9  the next row pointer
//   x1  rhs: first panel at hand   x10 depths left in the row
//   x2  acc: likewise              x11 and up: a row each, then a panel each
//   x3  depth                      x17 what flips the lhs
//   x5  channels left              v0 to v3    lhs: 16 depths of a row each
//   x7  StageArgs or 0             v4 to v7    rhs: a lane holds 4 depths of a channel. At first what flips the lhs
//   x8  positions left                  v16 to v31, then v8 to v15: accumulators, triple by triple. Seven or eight
//   triples x4, x6, x16  scratch                       take registers that belong to the caller
// clang-format off
#ifndef OTTAVA_SRC_KERNELS_ARM_DOTPROD_ROWS_4X12X4_H_
#define OTTAVA_SRC_KERNELS_ARM_DOTPROD_ROWS_4X12X4_H_

#include "kernels/assembly.h"

#define ACC_PANEL 48  // bytes of a row of acc: of one panel, of the tile
#define ACC_ROW 384   // eight panels

#include "kernels/arm_dotprod/finish_indirect_4x12x4.h"

// Calls \op with the accumulators of each triple (and the fourth, if \vectors is 4) and where it lies in acc. With one
// row: panel by panel. With several: row by row of the first panel, then of the second.
.macro each_triple op, rows, panels, vectors
  \op 16, 17, 18, 28, 0, \vectors
  .if \rows == 1
  .if \panels > 1
  \op 19, 20, 21, 29, ACC_PANEL, \vectors
  .endif
  .if \panels > 2
  \op 22, 23, 24, 30, 2 * ACC_PANEL, \vectors
  \op 25, 26, 27, 31, 3 * ACC_PANEL, \vectors
  .endif
  .else
  \op 19, 20, 21, 29, ACC_ROW, \vectors
  .if \rows > 2
  \op 22, 23, 24, 30, 2 * ACC_ROW, \vectors
  .endif
  .if \rows > 3
  \op 25, 26, 27, 31, 3 * ACC_ROW, \vectors
  .endif
  .if \panels > 1
  \op 28, 29, 30, 0, ACC_PANEL, \vectors
  \op 31, 8, 9, 0, ACC_PANEL + ACC_ROW, \vectors
  .if \rows > 2
  \op 10, 11, 12, 0, ACC_PANEL + 2 * ACC_ROW, \vectors
  .endif
  .if \rows > 3
  \op 13, 14, 15, 0, ACC_PANEL + 3 * ACC_ROW, \vectors
  .endif
  .endif
  .endif
.endm

.macro zero_triple a, b, c, d, at, vectors
  movi d\a, #0  // the whole register
  .if \vectors > 1
  movi d\b, #0
  .endif
  .if \vectors > 2
  movi d\c, #0
  .endif
  .if \vectors > 3
  movi d\d, #0
  .endif
.endm

.macro load_triple a, b, c, d, at, vectors
  ldr q\a, [x2, #\at]
  .if \vectors > 1
  ldr q\b, [x2, #\at + 16]
  .endif
  .if \vectors > 2
  ldr q\c, [x2, #\at + 32]
  .endif
  .if \vectors > 3
  ldr q\d, [x2, #\at + 48]
  .endif
.endm

.macro start_triple a, b, c, d, at, vectors
  ldr q\a, [x6, #(\at) % ACC_ROW]
  .if \vectors > 1
  ldr q\b, [x6, #(\at) % ACC_ROW + 16]
  .endif
  .if \vectors > 2
  ldr q\c, [x6, #(\at) % ACC_ROW + 32]
  .endif
  .if \vectors > 3
  ldr q\d, [x6, #(\at) % ACC_ROW + 48]
  .endif
.endm

.macro store_triple a, b, c, d, at, vectors
  str q\a, [x2, #\at]
  .if \vectors > 1
  str q\b, [x2, #\at + 16]
  .endif
  .if \vectors > 2
  str q\c, [x2, #\at + 32]
  .endif
  .if \vectors > 3
  str q\d, [x2, #\at + 48]
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
  \op 3, 14
  .endif
.endm

.macro point row, address
  ldr x\address, [x9], #8
.endm
.macro flip_row row, address
  eor v\row\().16b, v\row\().16b, v4.16b
.endm
.macro flip_rows rows
  dup v4.16b, w17
  each_row flip_row, \rows
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

// 4 depths of a row by one panel.
.macro multiply lhs, lane, vectors, a, b, c
  sdot v\a\().4s, v4.16b, v\lhs\().4b[\lane]
  .if \vectors > 1
  sdot v\b\().4s, v5.16b, v\lhs\().4b[\lane]
  .endif
  .if \vectors > 2
  sdot v\c\().4s, v6.16b, v\lhs\().4b[\lane]
  .endif
.endm

// 4 depths of one panel, the address of which follows those of the rows in \panel.
.macro load_quad panel, vectors
  .if \vectors >= 3
  ld1 {v4.16b, v5.16b, v6.16b}, [x\panel], #48
  .elseif \vectors == 2
  ldp q4, q5, [x\panel], #48
  .else
  ldr q4, [x\panel], #48
  .endif
.endm

.macro quad_of_panel lane, rows, panel, vectors, a, b, c, d, e, f, g, h, i, j, k, l
  load_quad \panel, \vectors
  multiply 0, \lane, \vectors, \a, \b, \c
  .if \rows > 1
  multiply 1, \lane, \vectors, \d, \e, \f
  .endif
  .if \rows > 2
  multiply 2, \lane, \vectors, \g, \h, \i
  .endif
  .if \rows > 3
  multiply 3, \lane, \vectors, \j, \k, \l
  .endif
.endm

// The first vector of the panel behind.
.macro fourth_vector lane, rows, panel
  ldr q7, [x\panel], #48
  sdot v28.4s, v7.16b, v0.4b[\lane]
  sdot v29.4s, v7.16b, v1.4b[\lane]
  .if \rows > 2
  sdot v30.4s, v7.16b, v2.4b[\lane]
  .endif
  .if \rows > 3
  sdot v31.4s, v7.16b, v3.4b[\lane]
  .endif
.endm

// 4 depths, one lane of the lhs, by all panels.
.macro quad lane, rows, panels, vectors
  .if \rows == 1
  quad_of_panel \lane, 1, 12, \vectors, 16, 17, 18
  .if \panels > 1
  quad_of_panel \lane, 1, 13, 3, 19, 20, 21
  .endif
  .if \panels > 2
  quad_of_panel \lane, 1, 14, 3, 22, 23, 24
  quad_of_panel \lane, 1, 15, 3, 25, 26, 27
  .endif
  .elseif \rows == 2
  quad_of_panel \lane, 2, 13, \vectors, 16, 17, 18, 19, 20, 21
  .if \panels > 1
  quad_of_panel \lane, 2, 14, 3, 28, 29, 30, 31, 8, 9
  .endif
  .if \vectors > 3
  fourth_vector \lane, 2, 14
  .endif
  .elseif \rows == 3
  quad_of_panel \lane, 3, 14, \vectors, 16, 17, 18, 19, 20, 21, 22, 23, 24
  .if \panels > 1
  quad_of_panel \lane, 3, 15, 3, 28, 29, 30, 31, 8, 9, 10, 11, 12
  .endif
  .if \vectors > 3
  fourth_vector \lane, 3, 15
  .endif
  .else
  quad_of_panel \lane, 4, 15, \vectors, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27
  .if \panels > 1
  quad_of_panel \lane, 4, 16, 3, 28, 29, 30, 31, 8, 9, 10, 11, 12, 13, 14, 15
  .endif
  .if \vectors > 3
  fourth_vector \lane, 4, 16
  .endif
  .endif
.endm

// The last depths of a row, x10 modulo 16 of them, without a byte beyond it. What the lhs registers hold beyond meets
// zeros of the rhs.
.macro end_of_row rows, panels, vectors
  tbz x10, #3, 21f
  each_row load_8, \rows
  flip_rows \rows
  quad 0, \rows, \panels, \vectors
  quad 1, \rows, \panels, \vectors
21:
  tbz x10, #2, 22f
  each_row load_4, \rows
  flip_rows \rows
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
  flip_rows \rows
  quad 0, \rows, \panels, \vectors
25:
.endm

// The first of the panels at hand, and with it those behind it.
.macro point_at_panels rows, panels, vectors
  .if \panels > 1 || \vectors > 3
  ldr x10, [x0, #TILE_PANEL_STRIDE]
  .endif
  .if \rows == 1
  mov x12, x1
  .if \panels > 1
  add x13, x1, x10
  .endif
  .if \panels > 2
  add x14, x13, x10
  add x15, x14, x10
  .endif
  .elseif \rows == 2
  mov x13, x1
  .if \panels > 1 || \vectors > 3
  add x14, x1, x10
  .endif
  .elseif \rows == 3
  mov x14, x1
  .if \panels > 1 || \vectors > 3
  add x15, x1, x10
  .endif
  .else
  mov x15, x1
  .if \panels > 1 || \vectors > 3
  add x16, x1, x10
  .endif
  .endif
.endm

// Up to the first position: accumulators as they begin, panels and rows.
.macro begin_tile rows, panels, vectors
  ldp x6, x16, [x0, #TILE_BIAS]  // and accumulate
  ldr x4, [x0, #TILE_N]
  ldr x9, [x0, #TILE_LHS]
  ldr x8, [x0, #TILE_POSITIONS]
  sub x4, x4, x5
  cbnz x16, 2f
  point_at_panels \rows, \panels, \vectors
  cbz x6, 1f
  add x6, x6, x4, lsl #2  // channels before the tile
  start_rows \rows, \panels, \vectors
  b 3f
2:
  point_at_panels \rows, \panels, \vectors
  each_triple load_triple, \rows, \panels, \vectors
  each_row point, \rows
  b 3f
1:
  each_triple zero_triple, \rows, \panels, \vectors
  each_row point, \rows
.endm

// The whole depth of \rows by \panels. Where there are several panels, all channels of all are computed; of one, the
// given \vectors. The loop is there twice, since signed lhs need not be flipped.
.macro rows_tile rows, panels, vectors
  begin_tile \rows, \panels, \vectors
3:  // a position
  subs x10, x3, #16
  b.lo 8f
  cbnz x17, 6f
  all_16s \rows, \panels, \vectors, 0
  b 8f
6:
  all_16s \rows, \panels, \vectors, 1
8:
  tst x10, #15
  b.eq 9f
  end_of_row \rows, \panels, \vectors
9:
  subs x8, x8, #1
  b.eq 9f
  each_row point, \rows
  b 3b
9:
  cbnz x7, 6f
  each_triple store_triple, \rows, \panels, \vectors
  b 7f
6:
  finish_tile \rows, \panels, \vectors
7:
.endm

.macro next_panels count
  ldr x4, [x0, #TILE_PANEL_STRIDE]
  add x2, x2, #\count * ACC_PANEL
  subs x5, x5, #\count * 12
  .if \count == 1
  add x1, x1, x4
  .elseif \count == 2
  add x1, x1, x4, lsl #1
  .else
  add x1, x1, x4, lsl #2
  .endif
.endm

// All panels of a tile of \rows: several at a time if \several, then one by one, or one with the vector behind it.
// Where a vector of the last of several would be empty, they go one by one, too.
.macro rows_panels rows, several
  .if \several
  several_panels \rows
  .endif
LOCAL(singles_\rows):
  cmp x5, #8
  b.ls LOCAL(narrow_\rows)
  .if \rows > 1
  sub x4, x5, #13
  cmp x4, #4
  b.lo LOCAL(four_vectors_\rows)
  .endif
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
  .if \rows > 1
LOCAL(four_vectors_\rows):
  .if !\several
  push_d8_to_d15
  .endif
  rows_tile \rows, 1, 4
  .if !\several
  pop_d8_to_d15
  .endif
  ret
  .endif
.endm

.macro several_panels rows
  .if \rows == 1
LOCAL(fours_\rows):
  cmp x5, #44
  b.ls LOCAL(pairs_\rows)
  rows_tile 1, 4, 3
  next_panels 4
  b.hi LOCAL(fours_\rows)
  ret
  .endif
LOCAL(pairs_\rows):
  cmp x5, #20
  b.ls LOCAL(singles_\rows)
  .if \rows > 1
  push_d8_to_d15
  .endif
  rows_tile \rows, 2, 3
  .if \rows > 1
  pop_d8_to_d15
  .endif
  next_panels 2
  b.hi LOCAL(pairs_\rows)
  ret
.endm

// The whole of both functions.
.macro rows_kernel several
  ldp x2, x3, [x0, #TILE_ACC]  // and depth
  ldp x4, x5, [x0, #TILE_M]    // and n
  ldr x17, [x0, #TILE_SIGN_FLIP]
  mov x7, x1
  ldr x1, [x0, #TILE_RHS]
  cmp x4, #2
  b.eq LOCAL(rows_2)
  b.hi LOCAL(more_rows)
  rows_panels 1, \several
LOCAL(rows_2):
  rows_panels 2, \several
LOCAL(more_rows):
  cmp x4, #3
  b.ne LOCAL(rows_4)
  rows_panels 3, \several
LOCAL(rows_4):
  rows_panels 4, \several
.endm

#endif  // OTTAVA_SRC_KERNELS_ARM_DOTPROD_ROWS_4X12X4_H_
