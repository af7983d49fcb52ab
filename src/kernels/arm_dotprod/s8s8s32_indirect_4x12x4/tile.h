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
#ifndef OTTAVA_SRC_KERNELS_ARM_DOTPROD_S8S8S32_INDIRECT_4X12X4_TILE_H_
#define OTTAVA_SRC_KERNELS_ARM_DOTPROD_S8S8S32_INDIRECT_4X12X4_TILE_H_

#include "kernels/assembly.h"

#define ACC_PANEL 48  // bytes of a row of acc: of one panel, of the tile
#define ACC_ROW 384   // eight panels

#include "kernels/arm_dotprod/s8s8s32_indirect_4x12x4/epilogue.h"

// Calls \op with the accumulators of each triple (and the fourth, if \vectors is 4) and where it lies in acc. With one
// row: panel by panel. With several: row by row of the first panel, then of the second.
.macro each_triple_4x12x4 op, rows, panels, vectors
  \op 16, 17, 18, 28, 0, \vectors
  .if \rows == 1
  when (\panels > 1), \op 19, 20, 21, 29, ACC_PANEL, \vectors
  .if \panels > 2
  \op 22, 23, 24, 30, 2 * ACC_PANEL, \vectors
  \op 25, 26, 27, 31, 3 * ACC_PANEL, \vectors
  .endif
  .else
  \op 19, 20, 21, 29, ACC_ROW, \vectors
  when (\rows > 2), \op 22, 23, 24, 30, 2 * ACC_ROW, \vectors
  when (\rows > 3), \op 25, 26, 27, 31, 3 * ACC_ROW, \vectors
  .if \panels > 1
  \op 28, 29, 30, 0, ACC_PANEL, \vectors
  \op 31, 8, 9, 0, ACC_PANEL + ACC_ROW, \vectors
  when (\rows > 2), \op 10, 11, 12, 0, ACC_PANEL + 2 * ACC_ROW, \vectors
  when (\rows > 3), \op 13, 14, 15, 0, ACC_PANEL + 3 * ACC_ROW, \vectors
  .endif
  .endif
.endm

.macro zero_triple_4x12x4 a, b, c, d, at, vectors
  movi d\a, #0  // the whole register
  when (\vectors > 1), movi d\b, #0
  when (\vectors > 2), movi d\c, #0
  when (\vectors > 3), movi d\d, #0
.endm

.macro load_triple_4x12x4 a, b, c, d, at, vectors
  ldr q\a, [x2, #\at]
  when (\vectors > 1), ldr q\b, [x2, #\at + 16]
  when (\vectors > 2), ldr q\c, [x2, #\at + 32]
  when (\vectors > 3), ldr q\d, [x2, #\at + 48]
.endm

.macro init_triple_4x12x4 a, b, c, d, at, vectors
  ldr q\a, [x6, #(\at) % ACC_ROW]
  when (\vectors > 1), ldr q\b, [x6, #(\at) % ACC_ROW + 16]
  when (\vectors > 2), ldr q\c, [x6, #(\at) % ACC_ROW + 32]
  when (\vectors > 3), ldr q\d, [x6, #(\at) % ACC_ROW + 48]
.endm

.macro store_triple_4x12x4 a, b, c, d, at, vectors
  str q\a, [x2, #\at]
  when (\vectors > 1), str q\b, [x2, #\at + 16]
  when (\vectors > 2), str q\c, [x2, #\at + 32]
  when (\vectors > 3), str q\d, [x2, #\at + 48]
.endm

// Calls \op with the registers of each row: of the lhs, and of its address.
.macro each_row_4x12x4 op, rows
  \op 0, 11
  when (\rows > 1), \op 1, 12
  when (\rows > 2), \op 2, 13
  when (\rows > 3), \op 3, 14
.endm

.macro point_at_row_4x12x4 row, address
  ldr x\address, [x9], #8
.endm
.macro flip_row_4x12x4 row, address
  eor v\row\().16b, v\row\().16b, v4.16b
.endm
.macro flip_rows_4x12x4 rows
  dup v4.16b, w17
  each_row_4x12x4 flip_row_4x12x4, \rows
.endm
.macro load_16_4x12x4 row, address
  ldr q\row, [x\address], #16
.endm
.macro load_8_4x12x4 row, address
  ldr d\row, [x\address], #8
.endm
.macro load_4_4x12x4 row, address
  ldr s\row, [x\address], #4
.endm
.macro load_2_4x12x4 row, address
  ldr h\row, [x\address], #2
.endm
.macro load_1_4x12x4 row, address
  ldr b\row, [x\address]
.endm
.macro load_third_4x12x4 row, address
  ld1 {v\row\().b}[2], [x\address]
.endm

// 4 depths of a row by one panel.
.macro multiply_4x12x4 lhs, lane, vectors, a, b, c
  sdot v\a\().4s, v4.16b, v\lhs\().4b[\lane]
  when (\vectors > 1), sdot v\b\().4s, v5.16b, v\lhs\().4b[\lane]
  when (\vectors > 2), sdot v\c\().4s, v6.16b, v\lhs\().4b[\lane]
.endm

// 4 depths of one panel, the address of which follows those of the rows in \panel.
.macro load_quad_4x12x4 panel, vectors
  .if \vectors >= 3
  ld1 {v4.16b, v5.16b, v6.16b}, [x\panel], #48
  .elseif \vectors == 2
  ldp q4, q5, [x\panel], #48
  .else
  ldr q4, [x\panel], #48
  .endif
.endm

.macro quad_of_panel_4x12x4 lane, rows, panel, vectors, a, b, c, d, e, f, g, h, i, j, k, l
  load_quad_4x12x4 \panel, \vectors
  multiply_4x12x4 0, \lane, \vectors, \a, \b, \c
  when (\rows > 1), multiply_4x12x4 1, \lane, \vectors, \d, \e, \f
  when (\rows > 2), multiply_4x12x4 2, \lane, \vectors, \g, \h, \i
  when (\rows > 3), multiply_4x12x4 3, \lane, \vectors, \j, \k, \l
.endm

// The first vector of the panel behind.
.macro fourth_vector_4x12x4 lane, rows, panel
  ldr q7, [x\panel], #48
  sdot v28.4s, v7.16b, v0.4b[\lane]
  sdot v29.4s, v7.16b, v1.4b[\lane]
  when (\rows > 2), sdot v30.4s, v7.16b, v2.4b[\lane]
  when (\rows > 3), sdot v31.4s, v7.16b, v3.4b[\lane]
.endm

// 4 depths, one lane of the lhs, by all panels.
.macro quad_4x12x4 lane, rows, panels, vectors
  .if \rows == 1
  quad_of_panel_4x12x4 \lane, 1, 12, \vectors, 16, 17, 18
  when (\panels > 1), quad_of_panel_4x12x4 \lane, 1, 13, 3, 19, 20, 21
  .if \panels > 2
  quad_of_panel_4x12x4 \lane, 1, 14, 3, 22, 23, 24
  quad_of_panel_4x12x4 \lane, 1, 15, 3, 25, 26, 27
  .endif
  .elseif \rows == 2
  quad_of_panel_4x12x4 \lane, 2, 13, \vectors, 16, 17, 18, 19, 20, 21
  when (\panels > 1), quad_of_panel_4x12x4 \lane, 2, 14, 3, 28, 29, 30, 31, 8, 9
  when (\vectors > 3), fourth_vector_4x12x4 \lane, 2, 14
  .elseif \rows == 3
  quad_of_panel_4x12x4 \lane, 3, 14, \vectors, 16, 17, 18, 19, 20, 21, 22, 23, 24
  when (\panels > 1), quad_of_panel_4x12x4 \lane, 3, 15, 3, 28, 29, 30, 31, 8, 9, 10, 11, 12
  when (\vectors > 3), fourth_vector_4x12x4 \lane, 3, 15
  .else
  quad_of_panel_4x12x4 \lane, 4, 15, \vectors, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27
  when (\panels > 1), quad_of_panel_4x12x4 \lane, 4, 16, 3, 28, 29, 30, 31, 8, 9, 10, 11, 12, 13, 14, 15
  when (\vectors > 3), fourth_vector_4x12x4 \lane, 4, 16
  .endif
.endm

// The last depths of a row, x10 modulo 16 of them, without a byte beyond it. What the lhs registers hold beyond meets
// zeros of the rhs.
.macro end_of_row_4x12x4 rows, panels, vectors
  tbz x10, #3, 21f
  each_row_4x12x4 load_8_4x12x4, \rows
  flip_rows_4x12x4 \rows
  quad_4x12x4 0, \rows, \panels, \vectors
  quad_4x12x4 1, \rows, \panels, \vectors
21:
  tbz x10, #2, 22f
  each_row_4x12x4 load_4_4x12x4, \rows
  flip_rows_4x12x4 \rows
  quad_4x12x4 0, \rows, \panels, \vectors
22:
  tst x10, #3
  b.eq 25f
  tbz x10, #1, 23f
  each_row_4x12x4 load_2_4x12x4, \rows
  tbz x10, #0, 24f
  each_row_4x12x4 load_third_4x12x4, \rows
  b 24f
23:
  each_row_4x12x4 load_1_4x12x4, \rows
24:
  flip_rows_4x12x4 \rows
  quad_4x12x4 0, \rows, \panels, \vectors
25:
.endm

// The first of the panels at hand, and with it those behind it.
.macro point_at_panels_4x12x4 rows, panels, vectors
  when (\panels > 1 || \vectors > 3), ldr x10, [x0, #TILE_PANEL_STRIDE]
  .if \rows == 1
  mov x12, x1
  when (\panels > 1), add x13, x1, x10
  .if \panels > 2
  add x14, x13, x10
  add x15, x14, x10
  .endif
  .elseif \rows == 2
  mov x13, x1
  when (\panels > 1 || \vectors > 3), add x14, x1, x10
  .elseif \rows == 3
  mov x14, x1
  when (\panels > 1 || \vectors > 3), add x15, x1, x10
  .else
  mov x15, x1
  when (\panels > 1 || \vectors > 3), add x16, x1, x10
  .endif
.endm

// Up to the first position: accumulators as they begin, panels and rows.
.macro begin_tile_4x12x4 rows, panels, vectors
  ldp x6, x16, [x0, #TILE_BIAS]  // and accumulate
  ldr x4, [x0, #TILE_N]
  ldr x9, [x0, #TILE_LHS]
  ldr x8, [x0, #TILE_POSITIONS]
  sub x4, x4, x5
  cbnz x16, 2f
  point_at_panels_4x12x4 \rows, \panels, \vectors
  cbz x6, 1f
  add x6, x6, x4, lsl #2  // channels before the tile
  init_rows_4x12x4 \rows, \panels, \vectors
  b 3f
2:
  point_at_panels_4x12x4 \rows, \panels, \vectors
  each_triple_4x12x4 load_triple_4x12x4, \rows, \panels, \vectors
  each_row_4x12x4 point_at_row_4x12x4, \rows
  b 3f
1:
  each_triple_4x12x4 zero_triple_4x12x4, \rows, \panels, \vectors
  each_row_4x12x4 point_at_row_4x12x4, \rows
.endm

// The whole depth of \rows by \panels. Where there are several panels, all channels of all are computed; of one, the
// given \vectors. The loop is there twice, since signed lhs need not be flipped.
.macro tile_4x12x4 rows, panels, vectors
  begin_tile_4x12x4 \rows, \panels, \vectors
3:  // a position
  subs x10, x3, #16
  b.lo 8f
  cbnz x17, 6f
  multiply_16s_4x12x4 \rows, \panels, \vectors, 0
  b 8f
6:
  multiply_16s_4x12x4 \rows, \panels, \vectors, 1
8:
  tst x10, #15
  b.eq 9f
  end_of_row_4x12x4 \rows, \panels, \vectors
9:
  subs x8, x8, #1
  b.eq 9f
  each_row_4x12x4 point_at_row_4x12x4, \rows
  b 3b
9:
  cbnz x7, 6f
  each_triple_4x12x4 store_triple_4x12x4, \rows, \panels, \vectors
  b 7f
6:
  epilogue_4x12x4 \rows, \panels, \vectors
7:
.endm

.macro next_panels_4x12x4 count
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
.macro panels_4x12x4 rows, several
  when \several, several_panels_4x12x4 \rows
LOCAL(singles_\rows):
  cmp x5, #8
  b.ls LOCAL(narrow_\rows)
  .if \rows > 1
  sub x4, x5, #13
  cmp x4, #4
  b.lo LOCAL(four_vectors_\rows)
  .endif
  tile_4x12x4 \rows, 1, 3
  next_panels_4x12x4 1
  b.hi LOCAL(singles_\rows)
  ret
LOCAL(narrow_\rows):
  cmp x5, #4
  b.ls LOCAL(narrowest_\rows)
  tile_4x12x4 \rows, 1, 2
  ret
LOCAL(narrowest_\rows):
  tile_4x12x4 \rows, 1, 1
  ret
  .if \rows > 1
LOCAL(four_vectors_\rows):
  when !\several, push_d8_to_d15
  tile_4x12x4 \rows, 1, 4
  when !\several, pop_d8_to_d15
  ret
  .endif
.endm

.macro several_panels_4x12x4 rows
  .if \rows == 1
LOCAL(fours_\rows):
  cmp x5, #44
  b.ls LOCAL(pairs_\rows)
  tile_4x12x4 1, 4, 3
  next_panels_4x12x4 4
  b.hi LOCAL(fours_\rows)
  ret
  .endif
LOCAL(pairs_\rows):
  cmp x5, #20
  b.ls LOCAL(singles_\rows)
  when (\rows > 1), push_d8_to_d15
  tile_4x12x4 \rows, 2, 3
  when (\rows > 1), pop_d8_to_d15
  next_panels_4x12x4 2
  b.hi LOCAL(pairs_\rows)
  ret
.endm

// The whole of both functions.
.macro rows_kernel_4x12x4 several
  ldp x2, x3, [x0, #TILE_ACC]  // and depth
  ldp x4, x5, [x0, #TILE_M]    // and n
  ldr x17, [x0, #TILE_SIGN_FLIP]
  mov x7, x1
  ldr x1, [x0, #TILE_RHS]
  cmp x4, #2
  b.eq LOCAL(rows_2)
  b.hi LOCAL(more_rows)
  panels_4x12x4 1, \several
LOCAL(rows_2):
  panels_4x12x4 2, \several
LOCAL(more_rows):
  cmp x4, #3
  b.ne LOCAL(rows_4)
  panels_4x12x4 3, \several
LOCAL(rows_4):
  panels_4x12x4 4, \several
.endm

#endif  // OTTAVA_SRC_KERNELS_ARM_DOTPROD_S8S8S32_INDIRECT_4X12X4_TILE_H_
