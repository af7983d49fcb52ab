// The kernel of AArch64 with dot products for in-order cores (Cortex-A55): another tuning of s8s8s32_8x12x4.S, which
// says what is computed.
//
// Such a core issues two instructions a cycle, at most one of them an SDOT. A load of 128 bits takes both places for
// two cycles; one of 64 bits, or an INS, goes beside an SDOT. So each operand register is loaded as a low half and, by
// way of a scalar register, a high half, right after its last use in the step before: 15 such instructions, 2
// prefetches and 4 of loop control beside 24 SDOT.
//
// Registers, beyond those of tile_8x12x4.h
//   v0, v1  lhs: rows 0 to 3, rows 4 to 7         x8, x9, x16  high halves on their way
//   v2, v3, v4  rhs: channels 0 to 3, 4 to 7, 8 to 11
//
// Tiles of 8 rows and fewer channels, as the last panel often has, are scheduled likewise; those of fewer rows are not.
//
// Loop: one step, 384 MAC in 45 instructions and 24 cycles: 16 MAC per cycle of Cortex-A55 by its published dual-issue
// rules, the most that it has.
#include "kernels/arm_dotprod/tile_8x12x4.h"

// On entry v0 and v2 are there, of v3 the low half and in x16 the high one. With \next the loads reach into the next
// step, and leave the same behind.
.macro step_in_order next
  sdot v16.4s, v2.16b, v0.4b[0]
  ldr d4, [x1, #32]
  sdot v19.4s, v2.16b, v0.4b[1]
  ldr x9, [x1, #40]
  sdot v22.4s, v2.16b, v0.4b[2]
  mov v3.d[1], x16
  sdot v25.4s, v2.16b, v0.4b[3]
  ldr d1, [x0, #16]
  sdot v17.4s, v3.16b, v0.4b[0]
  ldr x8, [x0, #24]
  sdot v20.4s, v3.16b, v0.4b[1]
  mov v4.d[1], x9
  sdot v23.4s, v3.16b, v0.4b[2]
  .if \next
  subs x3, x3, #1
  .endif
  sdot v26.4s, v3.16b, v0.4b[3]
  mov v1.d[1], x8
  sdot v18.4s, v4.16b, v0.4b[0]
  .if \next
  add x0, x0, #32
  .endif
  sdot v21.4s, v4.16b, v0.4b[1]
  .if \next
  add x1, x1, #48
  .endif
  sdot v24.4s, v4.16b, v0.4b[2]
  .if \next
  prfm pldl1keep, [x1, #384]
  .endif
  sdot v27.4s, v4.16b, v0.4b[3]
  .if \next
  prfm pldl1keep, [x0, #256]
  .endif
  sdot v28.4s, v2.16b, v1.4b[0]
  .if \next
  ldr d0, [x0]
  .endif
  sdot v31.4s, v2.16b, v1.4b[1]
  .if \next
  ldr x8, [x0, #8]
  .endif
  sdot v10.4s, v2.16b, v1.4b[2]
  sdot v13.4s, v2.16b, v1.4b[3]
  sdot v29.4s, v3.16b, v1.4b[0]
  .if \next
  ldr d2, [x1]
  .endif
  sdot v8.4s, v3.16b, v1.4b[1]
  .if \next
  ldr x9, [x1, #8]
  .endif
  sdot v11.4s, v3.16b, v1.4b[2]
  .if \next
  mov v0.d[1], x8
  .endif
  sdot v14.4s, v3.16b, v1.4b[3]
  sdot v30.4s, v4.16b, v1.4b[0]
  .if \next
  ldr d3, [x1, #16]
  .endif
  sdot v9.4s, v4.16b, v1.4b[1]
  .if \next
  ldr x16, [x1, #24]
  .endif
  sdot v12.4s, v4.16b, v1.4b[2]
  .if \next
  mov v2.d[1], x9
  .endif
  sdot v15.4s, v4.16b, v1.4b[3]
.endm

// A step of a tile of 8 rows by one vector of channels or two. Two sets of operands take turns: \low and \high of the
// lhs, \first and \second of the rhs. With \next the other set is loaded, from \at steps above the pointers.
.macro narrow_step vectors, next, at, low, high, first, second, next_low, next_high, next_first, next_second
  sdot v16.4s, v\first\().16b, v\low\().4b[0]
  .if \next
  ldr d\next_first, [x1, #\at * 48]
  .endif
  .if \vectors > 1
  sdot v17.4s, v\second\().16b, v\low\().4b[0]
  .endif
  .if \next
  ldr x9, [x1, #\at * 48 + 8]
  .endif
  sdot v19.4s, v\first\().16b, v\low\().4b[1]
  .if \next
  ldr d\next_low, [x0, #\at * 32]
  .endif
  .if \vectors > 1
  sdot v20.4s, v\second\().16b, v\low\().4b[1]
  .endif
  .if \next
  ldr x8, [x0, #\at * 32 + 8]
  .endif
  sdot v22.4s, v\first\().16b, v\low\().4b[2]
  .if \next
  ldr d\next_high, [x0, #\at * 32 + 16]
  .endif
  .if \vectors > 1
  sdot v23.4s, v\second\().16b, v\low\().4b[2]
  .endif
  .if \next
  mov v\next_first\().d[1], x9
  .endif
  sdot v25.4s, v\first\().16b, v\low\().4b[3]
  .if \next
  ldr x16, [x0, #\at * 32 + 24]
  .endif
  .if \vectors > 1
  sdot v26.4s, v\second\().16b, v\low\().4b[3]
  .endif
  .if \next
  mov v\next_low\().d[1], x8
  .endif
  sdot v28.4s, v\first\().16b, v\high\().4b[0]
  .if \vectors > 1
  .if \next
  ldr d\next_second, [x1, #\at * 48 + 16]
  .endif
  sdot v29.4s, v\second\().16b, v\high\().4b[0]
  .if \next
  ldr x9, [x1, #\at * 48 + 24]
  .endif
  .endif
  sdot v31.4s, v\first\().16b, v\high\().4b[1]
  .if \next && \at
  subs x3, x3, #2
  .endif
  .if \vectors > 1
  sdot v8.4s, v\second\().16b, v\high\().4b[1]
  .endif
  .if \next
  mov v\next_high\().d[1], x16
  .endif
  sdot v10.4s, v\first\().16b, v\high\().4b[2]
  .if \next && \at
  add x0, x0, #64
  .endif
  .if \vectors > 1
  sdot v11.4s, v\second\().16b, v\high\().4b[2]
  .if \next
  mov v\next_second\().d[1], x9
  .endif
  .endif
  sdot v13.4s, v\first\().16b, v\high\().4b[3]
  .if \next && \at
  add x1, x1, #96
  .endif
  .if \vectors > 1
  sdot v14.4s, v\second\().16b, v\high\().4b[3]
  .endif
.endm

.macro narrow_even vectors, next
  narrow_step \vectors, \next, 0, 0, 1, 4, 5, 2, 3, 6, 7
.endm
.macro narrow_odd vectors, next
  narrow_step \vectors, \next, 1, 2, 3, 6, 7, 0, 1, 4, 5
.endm

.macro narrow_tile kind, vectors
LOCAL(tile_)\kind\()_8_\vectors:
  begin_edge_tile 8
  begin_accumulators 8, \vectors
  cbz x3, 6f
  ldp q0, q1, [x0], #32
  ldp q4, q5, [x1], #48
  subs x3, x3, #2
  b.ls 4f
  .p2align 4
3:
  narrow_even \vectors, 1
  narrow_odd \vectors, 1
  b.hi 3b
4:  // x3: 0 for two steps, -1 for one
  cbz x3, 5f
  narrow_even \vectors, 0
  b 6f
5:
  narrow_even \vectors, 1
  narrow_odd \vectors, 0
  .if FINISHING
  add x0, x0, #32
  .endif
6:
  end_tile 8, \vectors
.endm

// 8 rows of three vectors, by the steps in x3.
.macro multiply_full
  cbz x3, 6f
  ldr q0, [x0]
  ldr q2, [x1]
  ldr d3, [x1, #16]
  ldr x16, [x1, #24]
  subs x3, x3, #1
  b.eq 4f

  .p2align 4
3:
  step_in_order 1
  b.ne 3b
4:
  step_in_order 0
6:
.endm

FUNCTION(ottava_s8s8s32_8x12x4_arm_dotprod_in_order)
  .set FINISHING, 0
  begin_tile
  save_registers
  begin_accumulators 8, 3
  multiply_full
  each_row store_row, 8, 3
  restore_registers
  ret

  edge_tiles acc
  narrow_tile acc, 1
  narrow_tile acc, 2
END_FUNCTION(ottava_s8s8s32_8x12x4_arm_dotprod_in_order)

// With the output stage.
FUNCTION(ottava_s8s8s32_8x12x4_arm_dotprod_in_order_finish)
  .set FINISHING, 1
  begin_finishing_tiles
  cmp x6, #2
  b.ne LOCAL(edge_finish)
  subs x5, x5, #8
  b.lo LOCAL(end_finish)
LOCAL(full_finish):
  begin_accumulators 8, 3
  mov x1, x2
  mov x3, x4
  multiply_full
  add x0, x0, #32
  finish_rows 8, 3
  subs x5, x5, #8
  b.hs LOCAL(full_finish)
LOCAL(end_finish):
  adds x5, x5, #8
  b.ne LOCAL(edge_finish)
  end_finishing_tiles

  edge_tiles finish
  narrow_tile finish, 1
  narrow_tile finish, 2
END_FUNCTION(ottava_s8s8s32_8x12x4_arm_dotprod_in_order_finish)
