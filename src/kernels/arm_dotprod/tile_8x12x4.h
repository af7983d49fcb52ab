// What the tunings of the kernel 8 x 12 x 4 share: registers, entry and exit, and the tiles at edges, with fewer rows
// or channels. A tile computes the valid rows alone, and of the channels those vectors of four that hold valid ones.
//
//   x0  lhs panel                  x3  steps of 4 depths
//   x1  rhs panel                  x4  0: acc is overwritten, else added to
//   x2  acc                        x7  what the channels start with, or 0
//                                  x5, x6 and above, x7 too in the end: scratch
//   v0 to v7                  operands. A lane of the lhs holds 4 depths of a row, one of the rhs 4 depths of a channel
//   v16 to v31, then v8 to v15  accumulators, row by row, three vectors of channels a row: up to five rows leave the
//                               registers alone that belong to the caller
// clang-format off
#ifndef OTTAVA_SRC_KERNELS_ARM_DOTPROD_TILE_8X12X4_H_
#define OTTAVA_SRC_KERNELS_ARM_DOTPROD_TILE_8X12X4_H_

#include "kernels/assembly.h"

// From the TileArgs at x0 to the registers above. Goes to edge_tiles unless the tile is full.
.macro begin_tile
  ldp x5, x6, [x0, #TILE_M]
  ldp x2, x3, [x0, #TILE_ACC]
  ldp x7, x4, [x0, #TILE_START]  // and accumulate
  ldp x0, x1, [x0, #TILE_LHS]
  add x3, x3, #3
  lsr x3, x3, #2
  cmp x5, #8
  ccmp x6, #9, #0, eq  // without 8 rows: 0 compares as lower
  b.lo LOCAL(edge)
.endm

.macro save_registers
  stp d8, d9, [sp, #-64]!
  stp d10, d11, [sp, #16]
  stp d12, d13, [sp, #32]
  stp d14, d15, [sp, #48]
.endm

.macro restore_registers
  ldp d10, d11, [sp, #16]
  ldp d12, d13, [sp, #32]
  ldp d14, d15, [sp, #48]
  ldp d8, d9, [sp], #64
.endm

// Calls \op with the row and its three accumulators, then \rest, for each row.
.macro each_row op, rows, rest
  \op 0, 16, 17, 18, \rest
  .if \rows > 1
  \op 1, 19, 20, 21, \rest
  .endif
  .if \rows > 2
  \op 2, 22, 23, 24, \rest
  .endif
  .if \rows > 3
  \op 3, 25, 26, 27, \rest
  .endif
  .if \rows > 4
  \op 4, 28, 29, 30, \rest
  .endif
  .if \rows > 5
  \op 5, 31, 8, 9, \rest
  .endif
  .if \rows > 6
  \op 6, 10, 11, 12, \rest
  .endif
  .if \rows > 7
  \op 7, 13, 14, 15, \rest
  .endif
.endm

.macro zero_row row, a, b, c, vectors
  movi d\a, #0  // the whole register
  .if \vectors > 1
  movi d\b, #0
  .endif
  .if \vectors > 2
  movi d\c, #0
  .endif
.endm

.macro load_row row, a, b, c, vectors
  .if \vectors == 1
  ldr q\a, [x2, #\row * 48]
  .else
  ldp q\a, q\b, [x2, #\row * 48]
  .endif
  .if \vectors > 2
  ldr q\c, [x2, #\row * 48 + 32]
  .endif
.endm

.macro start_row row, a, b, c, vectors
  .if \vectors == 1
  ldr q\a, [x7]
  .else
  ldp q\a, q\b, [x7]
  .endif
  .if \vectors > 2
  ldr q\c, [x7, #32]
  .endif
.endm

.macro store_row row, a, b, c, vectors
  .if \vectors == 1
  str q\a, [x2, #\row * 48]
  .else
  stp q\a, q\b, [x2, #\row * 48]
  .endif
  .if \vectors > 2
  str q\c, [x2, #\row * 48 + 32]
  .endif
.endm

.macro multiply_lane lane, lhs, a, b, c, vectors
  sdot v\a\().4s, v4.16b, v\lhs\().4b[\lane]
  .if \vectors > 1
  sdot v\b\().4s, v5.16b, v\lhs\().4b[\lane]
  .endif
  .if \vectors > 2
  sdot v\c\().4s, v6.16b, v\lhs\().4b[\lane]
  .endif
.endm

.macro multiply_row row, a, b, c, vectors
  .if \row < 4
  multiply_lane \row, 0, \a, \b, \c, \vectors
  .else
  multiply_lane (\row - 4), 1, \a, \b, \c, \vectors
  .endif
.endm

// The accumulators of a column of four channels, for `column`.
#define CHANNELS_0 16, 19, 22, 25, 28, 31, 10, 13
#define CHANNELS_4 17, 20, 23, 26, 29, 8, 11, 14
#define CHANNELS_8 18, 21, 24, 27, 30, 9, 12, 15

// Four depths of four channels, \rhs, by those of all rows.
.macro column rhs, low, high, a, b, c, d, e, f, g, h
  sdot v\a\().4s, v\rhs\().16b, v\low\().4b[0]
  sdot v\b\().4s, v\rhs\().16b, v\low\().4b[1]
  sdot v\c\().4s, v\rhs\().16b, v\low\().4b[2]
  sdot v\d\().4s, v\rhs\().16b, v\low\().4b[3]
  sdot v\e\().4s, v\rhs\().16b, v\high\().4b[0]
  sdot v\f\().4s, v\rhs\().16b, v\high\().4b[1]
  sdot v\g\().4s, v\rhs\().16b, v\high\().4b[2]
  sdot v\h\().4s, v\rhs\().16b, v\high\().4b[3]
.endm

.macro begin_accumulators rows, vectors
  cbnz x4, 1f
  cbnz x7, 2f
  each_row zero_row, \rows, \vectors
  b 3f
1:
  each_row load_row, \rows, \vectors
  b 3f
2:
  each_row start_row, \rows, \vectors
3:
.endm

.macro step_tile rows, vectors
  .if \rows > 4
  ldp q0, q1, [x0], #32
  .else
  ldr q0, [x0], #32
  .endif
  .if \vectors == 3
  ldr q6, [x1, #32]
  .endif
  .if \vectors == 1
  ldr q4, [x1], #48
  .else
  ldp q4, q5, [x1], #48
  .endif
  each_row multiply_row, \rows, \vectors
.endm

.macro edge_tile rows, vectors
LOCAL(tile_)\rows\()_\vectors:
  .if \rows > 5
  save_registers
  .endif
  begin_accumulators \rows, \vectors
  cbz x3, 4f
  .p2align 4
3:
  subs x3, x3, #1
  step_tile \rows, \vectors
  b.ne 3b
4:
  each_row store_row, \rows, \vectors
  .if \rows > 5
  restore_registers
  .endif
  ret
.endm

// A table of jumps by rows and vectors of channels, and what they lead to but for the tiles of 8 rows.
.macro edge_entry rows, vectors
  LANDING_PAD_JUMP
  b LOCAL(tile_)\rows\()_\vectors
.endm

.macro edge_tiles
LOCAL(edge):
  sub x6, x6, #1
  lsr x6, x6, #2
  sub x5, x5, #1
  add x5, x5, x5, lsl #1
  add x5, x5, x6
  adr x6, 1f
  add x6, x6, x5, lsl #3
  br x6
  .p2align 3
1:
  .irp rows, 1, 2, 3, 4, 5, 6, 7
  edge_entry \rows, 1
  edge_entry \rows, 2
  edge_entry \rows, 3
  .endr
  edge_entry 8, 1
  edge_entry 8, 2
  .irp rows, 1, 2, 3, 4, 5, 6, 7
  edge_tile \rows, 1
  edge_tile \rows, 2
  edge_tile \rows, 3
  .endr
.endm

#endif  // OTTAVA_SRC_KERNELS_ARM_DOTPROD_TILE_8X12X4_H_
