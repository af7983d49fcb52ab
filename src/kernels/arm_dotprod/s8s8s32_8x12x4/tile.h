// What the tunings of the kernel s8s8s32_8x12x4 share: registers, entry and exit, and the tiles at edges, with fewer
// rows or channels. A tile computes the valid rows alone, and of the channels those vectors of four that hold valid
// ones.
//
// Accumulators, a lane for each result; up to five rows leave the registers alone that belong to the caller:
//
//              channels 0 to 3  4 to 7  8 to 11                 channels 0 to 3  4 to 7  8 to 11
//       row 0        v16         v17      v18           row 4        v28         v29      v30
//       row 1        v19         v20      v21           row 5        v31         v8       v9
//       row 2        v22         v23      v24           row 6        v10         v11      v12
//       row 3        v25         v26      v27           row 7        v13         v14      v15
//
// Operands, v0 to v7: a lane of the lhs holds 4 depths of a row, one of the rhs 4 depths of a channel. In the tiles at
// edges v0 and v1 are rows 0 to 3 and 4 to 7, v4 to v6 the vectors of channels.
//
//   x0  lhs panel                         x3  steps of 4 depths that are left
//   x1  where the next step reads rhs     x7  what the accumulators of each channel begin with; null: 0
//   x8, x9, x16  scratch
//
// The kernel writes to acc, the function with the fused epilogue to dst (see epilogue.h), where it goes on to the next
// tile while there are rows. Before it uses the macros of its tiles, a function sets FUSED to 0 or 1.
//
//   FUSED 0                               FUSED 1
//   x2  acc                               x2  rhs panel
//   x4  0: acc is overwritten,            x4  steps of 4 depths
//       else added to                     x5  rows that are left
//   x5, x6  scratch                       x6  vectors of channels, less one
//
// The including file sets IN_ORDER to 1 if it is for in-order cores, else to 0.
// clang-format off
#ifndef OTTAVA_SRC_KERNELS_ARM_DOTPROD_S8S8S32_8X12X4_TILE_H_
#define OTTAVA_SRC_KERNELS_ARM_DOTPROD_S8S8S32_8X12X4_TILE_H_

#include "kernels/assembly.h"
#include "kernels/arm_dotprod/s8s8s32_8x12x4/epilogue.h"

// From the TileArgs at x0 to the registers above. Goes to the tiles at edges unless the tile is full.
.macro begin_tile_8x12x4
  ldp x5, x6, [x0, #TILE_M]
  ldp x2, x3, [x0, #TILE_ACC]
  ldp x7, x4, [x0, #TILE_BIAS]  // and accumulate
  ldp x0, x1, [x0, #TILE_LHS]
  add x3, x3, #3
  lsr x3, x3, #2
  cmp x5, #8 - 3 * IN_ORDER
  ccmp x6, #9, #0, hs  // without these rows: 0 compares as lower
  b.lo LOCAL(edge_acc)
.endm

// Calls \op with the row and its three accumulators, then \rest, for each row.
.macro each_row_8x12x4 op, rows, rest:vararg
  \op 0, 16, 17, 18, \rest
  when (\rows > 1), \op 1, 19, 20, 21, \rest
  when (\rows > 2), \op 2, 22, 23, 24, \rest
  when (\rows > 3), \op 3, 25, 26, 27, \rest
  when (\rows > 4), \op 4, 28, 29, 30, \rest
  when (\rows > 5), \op 5, 31, 8, 9, \rest
  when (\rows > 6), \op 6, 10, 11, 12, \rest
  when (\rows > 7), \op 7, 13, 14, 15, \rest
.endm

// Calls \op with the rows of each pair, or of a last single one, that are there, and the accumulators of two.
.macro each_pair_8x12x4 op, rows, rest:vararg
  \op \rows, 16, 17, 18, 19, 20, 21, \rest
  when (\rows > 2), \op (\rows - 2), 22, 23, 24, 25, 26, 27, \rest
  when (\rows > 4), \op (\rows - 4), 28, 29, 30, 31, 8, 9, \rest
  when (\rows > 6), \op (\rows - 6), 10, 11, 12, 13, 14, 15, \rest
.endm

.macro zero_row_8x12x4 row, a, b, c, vectors
  movi d\a, #0  // the whole register
  when (\vectors > 1), movi d\b, #0
  when (\vectors > 2), movi d\c, #0
.endm

// From or to acc: by \one register, LDR or STR, and by \two, LDP or STP.
.macro move_row_8x12x4 row, a, b, c, vectors, one, two
  when (\vectors == 1), \one q\a, [x2, #\row * 48]
  when (\vectors > 1), \two q\a, q\b, [x2, #\row * 48]
  when (\vectors > 2), \one q\c, [x2, #\row * 48 + 32]
.endm

// Bias-initialized: what the channels begin with, loaded into a row, or copied from the first row into another.
.macro init_row_8x12x4 row, a, b, c, vectors
  when (\vectors == 1), ldr q\a, [x7]
  .if \vectors == 3 && \row != 5  // v31, v8 and v9 do not follow each other
  ld1 {v\a\().4s, v\b\().4s, v\c\().4s}, [x7]
  .elseif \vectors > 1
  ldp q\a, q\b, [x7]
  when (\vectors == 3), ldr q\c, [x7, #32]
  .endif
.endm
.macro copy_init_row_8x12x4 row, a, b, c, vectors
  when (\row > 0), mov v\a\().16b, v16.16b
  when (\row > 0 && \vectors > 1), mov v\b\().16b, v17.16b
  when (\row > 0 && \vectors > 2), mov v\c\().16b, v18.16b
.endm

// Copying takes an in-order core less time, loading any other.
.macro init_rows_8x12x4 rows, vectors
  .if IN_ORDER
  init_row_8x12x4 0, 16, 17, 18, \vectors
  each_row_8x12x4 copy_init_row_8x12x4, \rows, \vectors
  .else
  each_row_8x12x4 init_row_8x12x4, \rows, \vectors
  .endif
.endm

.macro multiply_lane_8x12x4 lane, lhs, a, b, c, vectors
  sdot v\a\().4s, v4.16b, v\lhs\().4b[\lane]
  when (\vectors > 1), sdot v\b\().4s, v5.16b, v\lhs\().4b[\lane]
  when (\vectors > 2), sdot v\c\().4s, v6.16b, v\lhs\().4b[\lane]
.endm

.macro multiply_row_8x12x4 row, a, b, c, vectors
  .if \row < 4
  multiply_lane_8x12x4 \row, 0, \a, \b, \c, \vectors
  .else
  multiply_lane_8x12x4 (\row - 4), 1, \a, \b, \c, \vectors
  .endif
.endm

// The accumulators of four channels, row by row.
#define CHANNELS_0 16, 19, 22, 25, 28, 31, 10, 13
#define CHANNELS_4 17, 20, 23, 26, 29, 8, 11, 14
#define CHANNELS_8 18, 21, 24, 27, 30, 9, 12, 15

// Four depths of four channels, \rhs, by those of 8 rows.
.macro multiply_column_8x12x4 rhs, low, high, a, b, c, d, e, f, g, h
  sdot v\a\().4s, v\rhs\().16b, v\low\().4b[0]
  sdot v\b\().4s, v\rhs\().16b, v\low\().4b[1]
  sdot v\c\().4s, v\rhs\().16b, v\low\().4b[2]
  sdot v\d\().4s, v\rhs\().16b, v\low\().4b[3]
  sdot v\e\().4s, v\rhs\().16b, v\high\().4b[0]
  sdot v\f\().4s, v\rhs\().16b, v\high\().4b[1]
  sdot v\g\().4s, v\rhs\().16b, v\high\().4b[2]
  sdot v\h\().4s, v\rhs\().16b, v\high\().4b[3]
.endm

.macro begin_accumulators_8x12x4 rows, vectors
  .if FUSED
  init_rows_8x12x4 \rows, \vectors
  .else
  cbnz x4, 1f
  cbnz x7, 2f
  each_row_8x12x4 zero_row_8x12x4, \rows, \vectors
  b 3f
1:
  each_row_8x12x4 move_row_8x12x4, \rows, \vectors, ldr, ldp
  b 3f
2:
  init_rows_8x12x4 \rows, \vectors
3:
  .endif
.endm

// From the TileArgs at x0 and the StageArgs at x1 to the registers of FUSED 1.
.macro begin_fused_8x12x4
  load_epilogue_8x12x4
  ldp x5, x6, [x0, #TILE_M]
  ldr x4, [x0, #TILE_DEPTH]
  ldr x7, [x0, #TILE_BIAS]
  ldp x0, x2, [x0, #TILE_LHS]
  push_d8_to_d15
  sub x6, x6, #1
  add x4, x4, #3
  lsr x6, x6, #2
  lsr x4, x4, #2
  begin_epilogue_8x12x4
.endm
.macro end_fused_8x12x4
  end_epilogue_8x12x4
  pop_d8_to_d15
  ret
.endm

// Ends a tile that is not the full one.
.macro end_tile_8x12x4 rows, vectors
  .if FUSED
  .if \rows == 8
  subs x5, x5, #8
  when IN_ORDER, b.lo LOCAL(partial_)\vectors
  .endif
  epilogue_8x12x4 \rows, \vectors
  .if \rows == 8
  cmp x5, #8 - 3 * IN_ORDER
  b.hs LOCAL(tile_fused_8_)\vectors
  cbnz x5, LOCAL(edge_fused)
  .endif
  end_fused_8x12x4
  second_values_8x12x4 \rows, \vectors
  .else
  each_row_8x12x4 move_row_8x12x4, \rows, \vectors, str, stp
  when (\rows > 5), pop_d8_to_d15
  ret
  .endif
.endm

.macro begin_edge_tile_8x12x4 rows
  .if FUSED
  mov x1, x2
  mov x3, x4
  .else
  when (\rows > 5), push_d8_to_d15
  .endif
.endm

.macro step_8x12x4 rows, vectors
  when (\rows > 4), ldp q0, q1, [x0], #32
  when (\rows <= 4), ldr q0, [x0], #32
  when (\vectors == 3), ldr q6, [x1, #32]
  when (\vectors == 1), ldr q4, [x1], #48
  when (\vectors > 1), ldp q4, q5, [x1], #48
  each_row_8x12x4 multiply_row_8x12x4, \rows, \vectors
.endm

.macro edge_tile_8x12x4 kind, rows, vectors
LOCAL(tile_)\kind\()_\rows\()_\vectors:
  begin_edge_tile_8x12x4 \rows
  begin_accumulators_8x12x4 \rows, \vectors
  cbz x3, 4f
  .p2align 4
3:
  subs x3, x3, #1
  step_8x12x4 \rows, \vectors
  b.ne 3b
4:
  end_tile_8x12x4 \rows, \vectors
.endm

// The tiles at edges, at labels edge_\kind and tile_\kind_<rows>_<vectors>: a table of jumps by rows and vectors of
// channels, and what the jumps lead to but for the tiles of 8 rows. \kind is acc or fused.
.macro edge_entry_8x12x4 kind, rows, vectors
  LANDING_PAD_JUMP
  b LOCAL(tile_)\kind\()_\rows\()_\vectors
.endm

// To the entry for x5 rows, those of 8 rows being the last ones.
.macro edge_jump_8x12x4 kind, heights:vararg
LOCAL(edge_)\kind:
  mov w8, #7 - 3 * IN_ORDER
  sub x9, x5, #1
  cmp x9, x8
  csel x8, x9, x8, lo
  when FUSED, mov x9, x6
  when !FUSED, sub x9, x6, #1
  when !FUSED, lsr x9, x9, #2
  add x8, x8, x8, lsl #1
  add x8, x8, x9
  adr x9, 1f
  add x9, x9, x8, lsl #3
  br x9
  .p2align 3
1:
  .irp rows, \heights
  edge_entry_8x12x4 \kind, \rows, 1
  edge_entry_8x12x4 \kind, \rows, 2
  edge_entry_8x12x4 \kind, \rows, 3
  .endr
  edge_entry_8x12x4 \kind, 8, 1
  edge_entry_8x12x4 \kind, 8, 2
.endm

.macro edge_tiles_8x12x4 kind
  edge_jump_8x12x4 \kind, 1, 2, 3, 4, 5, 6, 7
  .irp rows, 1, 2, 3, 4, 5, 6, 7
  edge_tile_8x12x4 \kind, \rows, 1
  edge_tile_8x12x4 \kind, \rows, 2
  edge_tile_8x12x4 \kind, \rows, 3
  .endr
.endm

#endif  // OTTAVA_SRC_KERNELS_ARM_DOTPROD_S8S8S32_8X12X4_TILE_H_
