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
#define IN_ORDER 1
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

// The operands that a full tile begins with.
.macro load_first
  ldr q0, [x0]
  ldr q2, [x1]
  ldr d3, [x1, #16]
  ldr x16, [x1, #24]
.endm

// The rows of a full tile, by the steps in x3, at least 1.
.macro multiply_full
  subs x3, x3, #1
  b.eq 4f
  .p2align 4
3:
  step_in_order 1
  b.ne 3b
4:
  step_in_order 0
.endm

// The output stage of a full tile, as finish_rows does it, and the beginning of the next one. What issues beside an
// operation of 128 bits follows it: stores of the upper rows beside the narrowing of the lower ones, theirs beside the
// new accumulators. v5 to v7 hold the scales.
.macro finish_full
  dup v0.8h, w17
  each_row convert_row, 8, 3
  each_row scale_row, 8, 3
  tbz w15, #0, 7f
  load_values 3, x14, 1, 2, 3
  each_row bias_row, 8, 3
7:
  each_row round_row, 8, 3
  sqxtn v16.4h, v16.4s
  sqxtn v19.4h, v19.4s
  sqxtn v22.4h, v22.4s
  sqxtn v25.4h, v25.4s
  sqxtn v18.4h, v18.4s
  sqxtn v24.4h, v24.4s
  sqxtn2 v16.8h, v17.4s
  sqxtn2 v19.8h, v20.4s
  sqxtn2 v22.8h, v23.4s
  sqxtn2 v25.8h, v26.4s
  sqxtn2 v18.8h, v21.4s
  sqxtn2 v24.8h, v27.4s
  sqadd v16.8h, v16.8h, v0.8h
  ldr d17, [x7, #16]
  sqadd v19.8h, v19.8h, v0.8h
  ldr x8, [x7, #24]
  sqadd v22.8h, v22.8h, v0.8h
  ldr d21, [x7, #32]
  sqadd v25.8h, v25.8h, v0.8h
  ldr x9, [x7, #40]
  sqadd v18.8h, v18.8h, v0.8h
  sqadd v24.8h, v24.8h, v0.8h
  mov v17.d[1], x8
  sqxtn v16.8b, v16.8h
  sqxtn v22.8b, v22.8h
  mov v21.d[1], x9
  sqxtn v18.8b, v18.8h
  cmp x5, #0  // behind the last tile there is nothing to read
  sqxtn v28.4h, v28.4s
  csel x0, x0, x2, ne
  sqxtn2 v16.16b, v19.8h
  mov x1, x2
  sqxtn2 v22.16b, v25.8h
  sqxtn2 v18.16b, v24.8h
  tbz w15, #1, 7f
  ldp q1, q2, [sp]
  bound_low 16
  bound_low 22
  bound_low 18
  bound_high 16
  bound_high 22
  bound_high 18
7:
  tbz w15, #2, 7f
  ldr q3, [sp, #32]
  flip 16
  flip 22
  flip 18
7:
  sqxtn v31.4h, v31.4s
  ldr d19, [x7]
  sqxtn v10.4h, v10.4s
  ldr x8, [x7, #8]
  sqxtn v13.4h, v13.4s
  st1 {v16.d}[0], [x11], x12
  sqxtn v30.4h, v30.4s
  st1 {v16.d}[1], [x11], x12
  sqxtn v12.4h, v12.4s
  st1 {v22.d}[0], [x11], x12
  sqxtn2 v28.8h, v29.4s
  st1 {v22.d}[1], [x11], x12
  sqxtn2 v31.8h, v8.4s
  mov v19.d[1], x8
  sqxtn2 v10.8h, v11.4s
  st1 {v18.s}[0], [x13], x12
  sqxtn2 v13.8h, v14.4s
  st1 {v18.s}[1], [x13], x12
  sqxtn2 v30.8h, v9.4s
  st1 {v18.s}[2], [x13], x12
  sqxtn2 v12.8h, v15.4s
  st1 {v18.s}[3], [x13], x12
  sqadd v28.8h, v28.8h, v0.8h
  mov x3, x4
  sqadd v31.8h, v31.8h, v0.8h
  subs x5, x5, #8
  sqadd v10.8h, v10.8h, v0.8h
  sqadd v13.8h, v13.8h, v0.8h
  sqadd v30.8h, v30.8h, v0.8h
  sqadd v12.8h, v12.8h, v0.8h
  sqxtn v28.8b, v28.8h
  sqxtn v10.8b, v10.8h
  sqxtn v30.8b, v30.8h
  mov v20.16b, v17.16b
  mov v23.16b, v17.16b
  mov v26.16b, v17.16b
  sqxtn2 v28.16b, v31.8h
  sqxtn2 v10.16b, v13.8h
  sqxtn2 v30.16b, v12.8h
  tbz w15, #1, 7f
  ldp q1, q2, [sp]
  bound_low 28
  bound_low 10
  bound_low 30
  bound_high 28
  bound_high 10
  bound_high 30
7:
  tbz w15, #2, 7f
  ldr q3, [sp, #32]
  flip 28
  flip 10
  flip 30
7:
  mov v22.16b, v19.16b
  st1 {v28.d}[0], [x11], x12
  mov v25.16b, v19.16b
  st1 {v28.d}[1], [x11], x12
  mov v31.16b, v19.16b
  st1 {v10.d}[0], [x11], x12
  mov v13.16b, v19.16b
  st1 {v10.d}[1], [x11], x12
  mov v16.16b, v19.16b
  st1 {v30.s}[0], [x13], x12
  mov v24.16b, v21.16b
  st1 {v30.s}[1], [x13], x12
  mov v27.16b, v21.16b
  st1 {v30.s}[2], [x13], x12
  mov v9.16b, v21.16b
  st1 {v30.s}[3], [x13], x12
  mov v12.16b, v21.16b
  ldr d0, [x0]
  mov v15.16b, v21.16b
  ldr x8, [x0, #8]
  mov v18.16b, v21.16b
  ldr d2, [x1]
  mov v29.16b, v17.16b
  ldr x9, [x1, #8]
  mov v8.16b, v17.16b
  mov v0.d[1], x8
  mov v11.16b, v17.16b
  ldr d3, [x1, #16]
  mov v14.16b, v17.16b
  mov v2.d[1], x9
  mov v28.16b, v19.16b
  ldr x16, [x1, #24]
  mov v10.16b, v19.16b
  mov v30.16b, v21.16b
.endm

FUNCTION(ottava_s8s8s32_8x12x4_arm_dotprod_in_order)
  .set FINISHING, 0
  begin_tile
  save_registers
  begin_accumulators 8, 3
  cbz x3, 6f
  load_first
  multiply_full
6:
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
  cmp x4, #0  // without depth there are no operands, and any memory will do
  csel x0, x7, x0, eq
  csel x2, x7, x2, eq
  mov x1, x2
  mov x3, x4
  load_values 3, x10, 5, 6, 7
  begin_accumulators 8, 3
  load_first
LOCAL(full_finish):
  cbz x3, 6f
  multiply_full
  add x0, x0, #32
6:
  finish_full
  b.hs LOCAL(full_finish)
LOCAL(end_finish):
  adds x5, x5, #8
  b.ne LOCAL(edge_finish)
  end_finishing_tiles

  edge_tiles finish
  narrow_tile finish, 1
  narrow_tile finish, 2
END_FUNCTION(ottava_s8s8s32_8x12x4_arm_dotprod_in_order_finish)
