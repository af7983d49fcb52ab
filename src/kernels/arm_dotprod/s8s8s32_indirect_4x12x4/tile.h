// What the tunings of the kernel s8s8s32_indirect_4x12x4 share: registers, the way through the positions and panels of
// a tile, the ends of rows. What remains to a tuning is multiply_16s_4x12x4 (see tile_4x12x4), which multiplies 16
// depths as often as a row has them, and some of the epilogue (see epilogue.h).
//
// Accumulators are computed in triples, a row by the 12 channels of a panel: one row by four panels, up to four rows by
// two, or by one panel, which may be the last one and narrower. Several rows take a panel together with the one behind
// it if that one holds one vector of channels: they are then quadruples, 4 vectors.
//
//                one row            several rows: first panel  and of the second   or its first vector
//       panel 0  v16 v17 v18        row 0  v16 v17 v18         v28 v29 v30         v28
//       panel 1  v19 v20 v21        row 1  v19 v20 v21         v31 v8  v9          v29
//       panel 2  v22 v23 v24        row 2  v22 v23 v24         v10 v11 v12         v30
//       panel 3  v25 v26 v27        row 3  v25 v26 v27         v13 v14 v15         v31
//
// v8 to v15 belong to the caller.
//
//   v0 to v3  lhs: 16 depths of a row each
//   v4 to v7  rhs: a lane holds 4 depths of a channel. Before, v4 flips the sign of the lhs
//
//   x0  TileArgs                          x8  positions that are left
//   x1  rhs: first panel at hand          x9  the next row pointer
//   x2  acc of the first panel at hand    x10 depths that are left in the row
//   x3  depth                             x11 and up  where to read: each row, then each panel
//   x5  channels that are left            x17 bit 7: the lhs is to be flipped. From bit 8 on what has_bias says
//   x7  StageArgs, or 0 in the kernel that writes to acc      x4, x6, x16  scratch
//   x2, with StageArgs  4 times the channels before the tile
// clang-format off
#ifndef OTTAVA_SRC_KERNELS_ARM_DOTPROD_S8S8S32_INDIRECT_4X12X4_TILE_H_
#define OTTAVA_SRC_KERNELS_ARM_DOTPROD_S8S8S32_INDIRECT_4X12X4_TILE_H_

#include "kernels/assembly.h"

#define ACC_PANEL 48  // bytes of a row of acc: of one panel, of the eight panels of a tile
#define ACC_ROW 384

#include "kernels/arm_dotprod/s8s8s32_indirect_4x12x4/epilogue.h"

// The triples of several rows.
#define FIRST_TRIPLES 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27
#define SECOND_TRIPLES 28, 29, 30, 31, 8, 9, 10, 11, 12, 13, 14, 15

// Calls \op with the accumulators of each triple (and the fourth, if \vectors is 4) and where it lies in acc. With one
// row: panel by panel. With several: row by row of the first panel, then of the second.
.macro each_triple_4x12x4 op, rows, panels, vectors, rest:vararg
  \op 16, 17, 18, 28, 0, \vectors, \rest
  .if \rows == 1
  when (\panels > 1), \op 19, 20, 21, 29, ACC_PANEL, \vectors, \rest
  when (\panels > 2), \op 22, 23, 24, 30, 2 * ACC_PANEL, \vectors, \rest
  when (\panels > 2), \op 25, 26, 27, 31, 3 * ACC_PANEL, \vectors, \rest
  .else
  \op 19, 20, 21, 29, ACC_ROW, \vectors, \rest
  when (\rows > 2), \op 22, 23, 24, 30, 2 * ACC_ROW, \vectors, \rest
  when (\rows > 3), \op 25, 26, 27, 31, 3 * ACC_ROW, \vectors, \rest
  .if \panels > 1
  \op 28, 29, 30, 0, ACC_PANEL, \vectors, \rest
  \op 31, 8, 9, 0, ACC_PANEL + ACC_ROW, \vectors, \rest
  when (\rows > 2), \op 10, 11, 12, 0, ACC_PANEL + 2 * ACC_ROW, \vectors, \rest
  when (\rows > 3), \op 13, 14, 15, 0, ACC_PANEL + 3 * ACC_ROW, \vectors, \rest
  .endif
  .endif
.endm

.macro zero_triple_4x12x4 a, b, c, d, at, vectors, unused
  movi d\a, #0  // the whole register
  when (\vectors > 1), movi d\b, #0
  when (\vectors > 2), movi d\c, #0
  when (\vectors > 3), movi d\d, #0
.endm

.macro move_triple_4x12x4 a, b, c, d, at, vectors, operation, base  // LDR or STR
  \operation q\a, [\base, #\at]
  when (\vectors > 1), \operation q\b, [\base, #\at + 16]
  when (\vectors > 2), \operation q\c, [\base, #\at + 32]
  when (\vectors > 3), \operation q\d, [\base, #\at + 48]
.endm

// Bias-initialized: the same for every row.
.macro init_triple_4x12x4 a, b, c, d, at, vectors, unused
  move_triple_4x12x4 \a, \b, \c, \d, ((\at) % ACC_ROW), \vectors, ldr, x6
.endm

// Calls \op with the registers of each row: of the lhs, and of its address.
.macro each_row_4x12x4 op, rows, rest:vararg
  \op 0, 11, \rest
  when (\rows > 1), \op 1, 12, \rest
  when (\rows > 2), \op 2, 13, \rest
  when (\rows > 3), \op 3, 14, \rest
.endm

// Calls \op with the rows and the registers of two panels' addresses, which follow those of the rows.
.macro with_panels_4x12x4 op, rows, rest:vararg
  when (\rows == 1), \op 1, 12, 13, \rest
  when (\rows == 2), \op 2, 13, 14, \rest
  when (\rows == 3), \op 3, 14, 15, \rest
  when (\rows == 4), \op 4, 15, 16, \rest
.endm

.macro point_at_row_4x12x4 row, address, unused
  ldr x\address, [x9], #8
.endm
.macro flip_row_4x12x4 row, address, unused
  eor v\row\().16b, v\row\().16b, v4.16b
.endm
.macro flip_rows_4x12x4 rows
  dup v4.16b, w17
  each_row_4x12x4 flip_row_4x12x4, \rows
.endm
.macro load_row_4x12x4 row, address, register, bytes
  ldr \register\row, [x\address], #\bytes
.endm
.macro load_last_4x12x4 row, address, unused
  ldr b\row, [x\address]
.endm
.macro load_third_4x12x4 row, address, unused
  ld1 {v\row\().b}[2], [x\address]
.endm

// 4 depths of a row by one panel.
.macro multiply_4x12x4 lhs, lane, vectors, a, b, c
  sdot v\a\().4s, v4.16b, v\lhs\().4b[\lane]
  when (\vectors > 1), sdot v\b\().4s, v5.16b, v\lhs\().4b[\lane]
  when (\vectors > 2), sdot v\c\().4s, v6.16b, v\lhs\().4b[\lane]
.endm

// 4 depths of one panel.
.macro load_quad_4x12x4 panel, vectors
  when (\vectors >= 3), ld1 {v4.16b, v5.16b, v6.16b}, [x\panel], #48
  when (\vectors == 2), ldp q4, q5, [x\panel], #48
  when (\vectors == 1), ldr q4, [x\panel], #48
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
  with_panels_4x12x4 quad_of_panels_4x12x4, \rows, \lane, \panels, \vectors
.endm
.macro quad_of_panels_4x12x4 rows, first, second, lane, panels, vectors
  quad_of_panel_4x12x4 \lane, \rows, \first, \vectors, FIRST_TRIPLES
  .if \rows == 1
  when (\panels > 1), quad_of_panel_4x12x4 \lane, 1, 13, 3, 19, 20, 21
  when (\panels > 2), quad_of_panel_4x12x4 \lane, 1, 14, 3, 22, 23, 24
  when (\panels > 2), quad_of_panel_4x12x4 \lane, 1, 15, 3, 25, 26, 27
  .else
  when (\panels > 1), quad_of_panel_4x12x4 \lane, \rows, \second, 3, SECOND_TRIPLES
  when (\vectors > 3), fourth_vector_4x12x4 \lane, \rows, \second
  .endif
.endm

// The last depths of a row, x10 modulo 16 of them, without a byte beyond it. What the lhs registers hold beyond meets
// zeros of the rhs.
.macro end_of_row_4x12x4 rows, panels, vectors
  tbz x10, #3, 21f
  each_row_4x12x4 load_row_4x12x4, \rows, d, 8
  flip_rows_4x12x4 \rows
  quad_4x12x4 0, \rows, \panels, \vectors
  quad_4x12x4 1, \rows, \panels, \vectors
21:
  tbz x10, #2, 22f
  each_row_4x12x4 load_row_4x12x4, \rows, s, 4
  flip_rows_4x12x4 \rows
  quad_4x12x4 0, \rows, \panels, \vectors
22:
  tst x10, #3
  b.eq 25f
  tbz x10, #1, 23f
  each_row_4x12x4 load_row_4x12x4, \rows, h, 2
  tbz x10, #0, 24f
  each_row_4x12x4 load_third_4x12x4, \rows
  b 24f
23:
  each_row_4x12x4 load_last_4x12x4, \rows
24:
  flip_rows_4x12x4 \rows
  quad_4x12x4 0, \rows, \panels, \vectors
25:
.endm

// The panels at hand.
.macro point_at_panels_4x12x4 rows, panels, vectors
  when (\panels > 1 || \vectors > 3), ldr x10, [x0, #TILE_PANEL_STRIDE]
  with_panels_4x12x4 point_at_each_4x12x4, \rows, \panels, \vectors
.endm
.macro point_at_each_4x12x4 rows, first, second, panels, vectors
  mov x\first, x1
  when (\panels > 1 || \vectors > 3), add x\second, x1, x10
  when (\panels > 2), add x14, x13, x10
  when (\panels > 2), add x15, x14, x10
.endm

// Up to the first position: accumulators, panels and rows.
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
  each_triple_4x12x4 move_triple_4x12x4, \rows, \panels, \vectors, ldr, x2
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
  tbnz w17, #7, 6f
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
  each_triple_4x12x4 move_triple_4x12x4, \rows, \panels, \vectors, str, x2
  b 7f
6:
  epilogue_4x12x4 \rows, \panels, \vectors
7:
.endm

// Behind the last tile of this kind, with what its epilogue has put out of the way.
.macro return_4x12x4 rows, panels, vectors
  ret
  begin_aside
  fixed_epilogue_4x12x4 \rows, \panels, \vectors
  end_aside 2
.endm

.macro next_panels_4x12x4 count
  ldr x4, [x0, #TILE_PANEL_STRIDE]
  add x2, x2, #\count * ACC_PANEL
  subs x5, x5, #\count * 12
  when (\count == 1), add x1, x1, x4
  when (\count == 2), add x1, x1, x4, lsl #1
  when (\count == 4), add x1, x1, x4, lsl #2
.endm

// The panels of a tile one by one: the last one with the vectors that hold valid channels, or the last but one with the
// only vector of the last, which \saves registers that belong to the caller or need not.
.macro single_panels_4x12x4 rows, saves
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
  return_4x12x4 \rows, 1, 3
LOCAL(narrow_\rows):
  cmp x5, #4
  b.ls LOCAL(narrowest_\rows)
  tile_4x12x4 \rows, 1, 2
  return_4x12x4 \rows, 1, 2
LOCAL(narrowest_\rows):
  tile_4x12x4 \rows, 1, 1
  return_4x12x4 \rows, 1, 1
  .if \rows > 1
LOCAL(four_vectors_\rows):
  when \saves, push_d8_to_d15
  tile_4x12x4 \rows, 1, 4
  when \saves, pop_d8_to_d15
  return_4x12x4 \rows, 1, 4
  .endif
.endm

// From the TileArgs at x0 and what is in x1 to the registers above, and the rows to x4; first what the kernel and its
// fused epilogue do each by themselves.
.macro enter_4x12x4 fused
  when \fused, mov x2, #0
  when \fused, ldr w16, [x1, #STAGE_HAS_BIAS]
  when !\fused, ldr x2, [x0, #TILE_ACC]
.endm
.macro begin_4x12x4
  ldr x3, [x0, #TILE_DEPTH]
  ldp x4, x5, [x0, #TILE_M]    // and n
  ldr x17, [x0, #TILE_SIGN_FLIP]
  mov x7, x1
  ldr x1, [x0, #TILE_RHS]
  orr x17, x17, x16, lsl #8
.endm

#endif  // OTTAVA_SRC_KERNELS_ARM_DOTPROD_S8S8S32_INDIRECT_4X12X4_TILE_H_
