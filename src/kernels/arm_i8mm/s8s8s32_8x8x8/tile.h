// What the tunings of the kernel s8s8s32_8x8x8 share: registers, entry and exit, and the tiles with fewer rows. A tile
// computes the pairs of rows that hold valid ones; an odd last row is computed together with the padded row below it,
// and stored together with it in acc.
//
// Accumulators, squares of two rows by two channels as squares.h says; operands hold 8 depths of two rows or channels:
//
//                 channels 0 and 1  2 and 3  4 and 5  6 and 7
//   rhs                  v4           v5       v6       v7
//   lhs v0, rows 0 and 1 v16          v17      v18      v19
//   lhs v1, rows 2 and 3 v20          v21      v22      v23
//   lhs v2, rows 4 and 5 v24          v25      v26      v27
//   lhs v3, rows 6 and 7 v28          v29      v30      v31
//
//   x0  lhs panel                         x3  steps of 8 depths
//   x1  rhs panel                         x4  0: acc is overwritten, else added to
//   x2  acc                               x5  valid rows
//   x6  what the accumulators of each channel begin with; null: 0
//
// epilogue.h has the tiles that go to dst instead of acc.
// clang-format off
#ifndef OTTAVA_SRC_KERNELS_ARM_I8MM_S8S8S32_8X8X8_TILE_H_
#define OTTAVA_SRC_KERNELS_ARM_I8MM_S8S8S32_8X8X8_TILE_H_

#include "kernels/arm_i8mm/squares.h"

// From the TileArgs at x0 to the registers above. Goes to the tiles of fewer rows where one of six would do.
.macro begin_tile_8x8x8
  ldp x2, x3, [x0, #TILE_ACC]
  ldr x5, [x0, #TILE_M]
  ldp x6, x4, [x0, #TILE_BIAS]
  ldp x0, x1, [x0, #TILE_LHS]
  add x3, x3, #7
  lsr x3, x3, #3
  cmp x4, #0
  csel x6, x6, xzr, eq
  cmp x5, #6
  b.ls LOCAL(edge)
.endm

// Calls \op with each pair of rows and its four accumulators.
.macro each_pair_8x8x8 op, pairs
  \op 0, 16, 17, 18, 19
  when (\pairs > 1), \op 1, 20, 21, 22, 23
  when (\pairs > 2), \op 2, 24, 25, 26, 27
  when (\pairs > 3), \op 3, 28, 29, 30, 31
.endm

.macro zero_pair_8x8x8 pair, a, b, c, d
  movi d\a, #0  // the whole register
  movi d\b, #0
  movi d\c, #0
  movi d\d, #0
.endm

// Bias-initialized: the values of 8 channels in both rows.
.macro init_pair_8x8x8 pair, a, b, c, d
  ld4r {v\a\().2d, v\b\().2d, v\c\().2d, v\d\().2d}, [x6]
.endm

.macro init_pairs_8x8x8 pairs
  cbz x6, 1f
  each_pair_8x8x8 init_pair_8x8x8, \pairs
  b 2f
1:
  each_pair_8x8x8 zero_pair_8x8x8, \pairs
2:
.endm

.macro multiply_pair_8x8x8 pair, a, b, c, d
  multiply_squares \pair, 4, 5, 6, 7, \a, \b, \c, \d
.endm

.macro store_pair_8x8x8 pair, a, b, c, d
  split_squares \a, \b, \c, \d
  stp q0, q1, [x2, #\pair * 64]
  stp q2, q3, [x2, #\pair * 64 + 32]
.endm

.macro add_pair_8x8x8 pair, a, b, c, d
  split_squares \a, \b, \c, \d
  ldp q4, q5, [x2, #\pair * 64]
  ldp q6, q7, [x2, #\pair * 64 + 32]
  add v0.4s, v0.4s, v4.4s
  add v1.4s, v1.4s, v5.4s
  add v2.4s, v2.4s, v6.4s
  add v3.4s, v3.4s, v7.4s
  stp q0, q1, [x2, #\pair * 64]
  stp q2, q3, [x2, #\pair * 64 + 32]
.endm

.macro end_tile_8x8x8 pairs
  cbnz x4, 5f
  each_pair_8x8x8 store_pair_8x8x8, \pairs
  ret
5:
  each_pair_8x8x8 add_pair_8x8x8, \pairs
  ret
.endm

// The products of up to three pairs; moves \rhs and \steps on.
.macro multiply_edge_8x8x8 pairs, rhs, steps
  cbz \steps, 4f
  .p2align 4
3:
  when (\pairs > 2), ldr q2, [x0, #32]
  when (\pairs > 1), ldp q0, q1, [x0], #64
  when (\pairs == 1), ldr q0, [x0], #64
  ldp q6, q7, [\rhs, #32]
  ldp q4, q5, [\rhs], #64
  subs \steps, \steps, #1
  each_pair_8x8x8 multiply_pair_8x8x8, \pairs
  b.ne 3b
4:
.endm

.macro edge_tiles_8x8x8
LOCAL(edge):
  cmp x5, #2
  b.ls LOCAL(pairs_1)
  cmp x5, #4
  b.ls LOCAL(pairs_2)
  .irp pairs, 3, 2, 1
LOCAL(pairs_\pairs):
  init_pairs_8x8x8 \pairs
  multiply_edge_8x8x8 \pairs, x1, x3
  end_tile_8x8x8 \pairs
  .endr
.endm

#endif  // OTTAVA_SRC_KERNELS_ARM_I8MM_S8S8S32_8X8X8_TILE_H_
