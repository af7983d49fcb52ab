// The kernel s8s8s32_indirect_4x12x4 of AArch64 with dot products, for out-of-order cores: s8 x s8 -> s32, up to four
// rows, which it reads in place, on the packed rhs of s8s8s32_8x12x4, eight panels of it in a tile. Run by the loops
// over tiles where one tile or a few hold all rows.
//
// In which order to read: tile.h down to its pictures of the registers, the function at the end of this file,
// single_panels_4x12x4 and tile_4x12x4 in tile.h, which multiplies, multiply_16s_4x12x4 below, epilogue.h. The other
// tuning, for in-order cores, is s8s8s32_indirect_4x12x4_in_order.S.
//
// One row is multiplied by four panels side by side, more rows by two, and what remains by one: 12 accumulators or
// more, so that no SDOT waits for the one before even where four start a cycle. Each weight is loaded once, 64 bytes an
// instruction. With one row v4 to v7 hold the rhs of one panel, v28 to v31 that of its neighbour.
//
// Loops, 16 depths each, 1 instruction and 1 a row more where the lhs is flipped (MAC, instructions, SDOT; MAC per
// cycle of Neoverse-N1 and V1 by llvm-mca 19: with one row their loads are the limit, two and three a cycle):
//   1 row by 4 panels    768  63  48   31.3  47
//   2 rows by 2 panels   768  58  48   32    64
//   3 rows by 2 panels  1152  83  72   32    64
//   4 rows by 2 panels  1536 108  96   32    64
//   4 rows by 4 vectors 1024  77  64   32    64
#include "kernels/arm_dotprod/s8s8s32_indirect_4x12x4/tile.h"

// One row: a vector of the rhs of either panel by the same lane.
.macro both_4x12x4 lane, left, right, a, b
  sdot v\a\().4s, v\left\().16b, v0.4b[\lane]
  sdot v\b\().4s, v\right\().16b, v0.4b[\lane]
.endm

.macro load_both_4x12x4 left, right
  ld1 {v4.16b, v5.16b, v6.16b, v7.16b}, [x\left], #64
  ld1 {v28.16b, v29.16b, v30.16b, v31.16b}, [x\right], #64
.endm

// One row: 16 depths of two panels, into two triples.
.macro pair_4x12x4 left, right, a, b, c, d, e, f
  load_both_4x12x4 \left, \right
  both_4x12x4 0, 4, 28, \a, \d
  both_4x12x4 0, 5, 29, \b, \e
  both_4x12x4 0, 6, 30, \c, \f
  both_4x12x4 1, 7, 31, \a, \d
  load_both_4x12x4 \left, \right
  both_4x12x4 1, 4, 28, \b, \e
  both_4x12x4 1, 5, 29, \c, \f
  both_4x12x4 2, 6, 30, \a, \d
  both_4x12x4 2, 7, 31, \b, \e
  load_both_4x12x4 \left, \right
  both_4x12x4 2, 4, 28, \c, \f
  both_4x12x4 3, 5, 29, \a, \d
  both_4x12x4 3, 6, 30, \b, \e
  both_4x12x4 3, 7, 31, \c, \f
.endm

// A vector of the rhs by a lane of each row.
.macro by_rows_4x12x4 rows, lane, rhs, a, b, c, d
  sdot v\a\().4s, v\rhs\().16b, v0.4b[\lane]
  sdot v\b\().4s, v\rhs\().16b, v1.4b[\lane]
  when (\rows > 2), sdot v\c\().4s, v\rhs\().16b, v2.4b[\lane]
  when (\rows > 3), sdot v\d\().4s, v\rhs\().16b, v3.4b[\lane]
.endm

// Several rows: 16 depths of a panel, into the triples a b c, d e f, g h i, j k l.
.macro panel_4x12x4 rows, at, a, b, c, d, e, f, g, h, i, j, k, l
  ld1 {v4.16b, v5.16b, v6.16b, v7.16b}, [x\at], #64
  by_rows_4x12x4 \rows, 0, 4, \a, \d, \g, \j
  by_rows_4x12x4 \rows, 0, 5, \b, \e, \h, \k
  by_rows_4x12x4 \rows, 0, 6, \c, \f, \i, \l
  by_rows_4x12x4 \rows, 1, 7, \a, \d, \g, \j
  ld1 {v4.16b, v5.16b, v6.16b, v7.16b}, [x\at], #64
  by_rows_4x12x4 \rows, 1, 4, \b, \e, \h, \k
  by_rows_4x12x4 \rows, 1, 5, \c, \f, \i, \l
  by_rows_4x12x4 \rows, 2, 6, \a, \d, \g, \j
  by_rows_4x12x4 \rows, 2, 7, \b, \e, \h, \k
  ld1 {v4.16b, v5.16b, v6.16b, v7.16b}, [x\at], #64
  by_rows_4x12x4 \rows, 2, 4, \c, \f, \i, \l
  by_rows_4x12x4 \rows, 3, 5, \a, \d, \g, \j
  by_rows_4x12x4 \rows, 3, 6, \b, \e, \h, \k
  by_rows_4x12x4 \rows, 3, 7, \c, \f, \i, \l
.endm

// A vector of the panel behind by a lane of each row.
.macro fourth_vectors_4x12x4 rows, at
  ldr q4, [x\at], #48
  ldr q5, [x\at], #48
  ldr q6, [x\at], #48
  ldr q7, [x\at], #48
  by_rows_4x12x4 \rows, 0, 4, 28, 29, 30, 31
  by_rows_4x12x4 \rows, 1, 5, 28, 29, 30, 31
  by_rows_4x12x4 \rows, 2, 6, 28, 29, 30, 31
  by_rows_4x12x4 \rows, 3, 7, 28, 29, 30, 31
.endm

.macro panels_4x12x4 rows, first, second, panels, vectors
  panel_4x12x4 \rows, \first, FIRST_TRIPLES
  when (\panels == 2), panel_4x12x4 \rows, \second, SECOND_TRIPLES
  when (\vectors == 4), fourth_vectors_4x12x4 \rows, \second
.endm

// Sixteen depths of each row as often as x10 has them, which is at first 16 less; at the end the depths left, modulo
// 16.
.macro multiply_16s_4x12x4 rows, panels, vectors, flip
  .p2align 4
4:
  each_row_4x12x4 load_row_4x12x4, \rows, q, 16
  when \flip, movi v4.16b, #0x80
  when \flip, each_row_4x12x4 flip_row_4x12x4, \rows
  subs x10, x10, #16
  .if \rows == 1 && \panels > 1
  pair_4x12x4 12, 13, 16, 17, 18, 19, 20, 21
  when (\panels == 4), pair_4x12x4 14, 15, 22, 23, 24, 25, 26, 27
  .elseif \vectors < 3 || \rows == 1
  .irp lane, 0, 1, 2, 3
  quad_4x12x4 \lane, \rows, 1, \vectors
  .endr
  .else
  with_panels_4x12x4 panels_4x12x4, \rows, \panels, \vectors
  .endif
  b.hs 4b
.endm

.macro init_rows_4x12x4 rows, panels, vectors
  .if \panels == 4
  ld1 {v16.4s, v17.4s, v18.4s, v19.4s}, [x6], #64
  ld1 {v20.4s, v21.4s, v22.4s, v23.4s}, [x6], #64
  ld1 {v24.4s, v25.4s, v26.4s, v27.4s}, [x6]
  .else
  each_triple_4x12x4 init_triple_4x12x4, \rows, \panels, \vectors
  .endif
  each_row_4x12x4 point_at_row_4x12x4, \rows
.endm

// What epilogue.h leaves to a tuning: the loads come first, such a core finds its order itself.
.macro load_channel_values_4x12x4 from, rows, panels, vectors
  .if \panels == 4
  ld1 {v0.4s, v1.4s, v2.4s, v3.4s}, [x\from], #64
  ld1 {v4.4s, v5.4s, v6.4s, v7.4s}, [x\from], #64
  ld1 {v28.4s, v29.4s, v30.4s, v31.4s}, [x\from]
  .elseif \panels == 2
  ld1 {v0.4s, v1.4s, v2.4s}, [x\from], #48
  ld1 {v3.4s, v4.4s, v5.4s}, [x\from]
  .elseif \vectors == 4
  ld1 {v0.4s, v1.4s, v2.4s, v3.4s}, [x\from]
  .elseif \vectors == 3
  ld1 {v0.4s, v1.4s, v2.4s}, [x\from]
  .elseif \vectors == 2
  ldp q0, q1, [x\from]
  .else
  ldr q0, [x\from]
  .endif
.endm
.macro begin_values_4x12x4 rows, panels, vectors
  ldp x10, x11, [x7, #STAGE_SCALE]  // and biases
  ldp x8, x9, [x7, #STAGE_DST]      // and from row to row
  add x10, x10, x2
  load_channel_values_4x12x4 10, \rows, \panels, \vectors
  add x8, x8, x2, lsr #2
  ldp w14, w15, [x7, #STAGE_CLAMP_MIN]  // and the upper one
  point_at_dst_4x12x4 \rows
.endm
.macro need_values_4x12x4 number
.endm
.macro load_biases_4x12x4 rows, panels, vectors
  load_channel_values_4x12x4 11, \rows, \panels, \vectors
.endm
.macro beside_4x12x4
.endm

FUNCTION_OR_FUSED(ottava_s8s8s32_indirect_4x12x4_arm_dotprod, enter_4x12x4)
  begin_4x12x4
  cmp x4, #2
  b.eq LOCAL(pairs_2)
  b.hi LOCAL(more_rows)
LOCAL(fours_1):  // one row by four panels, unless the last vector of them would be empty; then by fewer
  cmp x5, #44
  b.ls LOCAL(pairs_1)
  tile_4x12x4 1, 4, 3
  next_panels_4x12x4 4
  b.hi LOCAL(fours_1)
  return_4x12x4 1, 4, 3
  .irp rows, 1, 2, 3, 4
  .if \rows == 3
LOCAL(more_rows):
  cmp x4, #3
  b.ne LOCAL(pairs_4)
  .endif
LOCAL(pairs_\rows):  // by two panels
  cmp x5, #20
  b.ls LOCAL(singles_\rows)
  when (\rows > 1), push_d8_to_d15
  tile_4x12x4 \rows, 2, 3
  when (\rows > 1), pop_d8_to_d15
  next_panels_4x12x4 2
  b.hi LOCAL(pairs_\rows)
  return_4x12x4 \rows, 2, 3
  single_panels_4x12x4 \rows, 0
  .endr
END_FUNCTION(ottava_s8s8s32_indirect_4x12x4_arm_dotprod_fused)
