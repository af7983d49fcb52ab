// The steps of the kernel s8s8s32_8x12x4 for in-order cores, in the order that the rules of s8s8s32_8x12x4_in_order.S
// give them. Registers are those of tile.h.
// clang-format off
#ifndef OTTAVA_SRC_KERNELS_ARM_DOTPROD_S8S8S32_8X12X4_STEPS_IN_ORDER_H_
#define OTTAVA_SRC_KERNELS_ARM_DOTPROD_S8S8S32_8X12X4_STEPS_IN_ORDER_H_

#include "kernels/arm_dotprod/s8s8s32_8x12x4/tile.h"

// A step of a full tile.
//
//   v0, v1  lhs: rows 0 to 3, rows 4 to 7         x8, x9, x16  high halves of registers, until these are joined
//   v2, v3, v4  rhs: channels 0 to 3, 4 to 7, 8 to 11
//
// On entry v0 and v2 are there, of v3 the low half and in x16 the high one. With \next the loads reach into the next
// step, and leave the same behind.
.macro step_full_8x12x4 next
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
  when \next, subs x3, x3, #1
  sdot v26.4s, v3.16b, v0.4b[3]
  mov v1.d[1], x8
  sdot v18.4s, v4.16b, v0.4b[0]
  when \next, add x0, x0, #32
  sdot v21.4s, v4.16b, v0.4b[1]
  when \next, add x1, x1, #48
  sdot v24.4s, v4.16b, v0.4b[2]
  when \next, prfm pldl1keep, [x1, #384]
  sdot v27.4s, v4.16b, v0.4b[3]
  when \next, prfm pldl1keep, [x0, #256]
  sdot v28.4s, v2.16b, v1.4b[0]
  when \next, ldr d0, [x0]
  sdot v31.4s, v2.16b, v1.4b[1]
  when \next, ldr x8, [x0, #8]
  sdot v10.4s, v2.16b, v1.4b[2]
  sdot v13.4s, v2.16b, v1.4b[3]
  sdot v29.4s, v3.16b, v1.4b[0]
  when \next, ldr d2, [x1]
  sdot v8.4s, v3.16b, v1.4b[1]
  when \next, ldr x9, [x1, #8]
  sdot v11.4s, v3.16b, v1.4b[2]
  when \next, mov v0.d[1], x8
  sdot v14.4s, v3.16b, v1.4b[3]
  sdot v30.4s, v4.16b, v1.4b[0]
  when \next, ldr d3, [x1, #16]
  sdot v9.4s, v4.16b, v1.4b[1]
  when \next, ldr x16, [x1, #24]
  sdot v12.4s, v4.16b, v1.4b[2]
  when \next, mov v2.d[1], x9
  sdot v15.4s, v4.16b, v1.4b[3]
.endm

// The operands that a full tile begins with.
.macro load_first_full_8x12x4
  ldr q0, [x0]
  ldr q2, [x1]
  ldr d3, [x1, #16]
  ldr x16, [x1, #24]
.endm

// The other tiles have two sets of operands, which take turns: \low and \high of the lhs, \first, \second and \third of
// the rhs. With \next the other set is loaded, from \at steps above the pointers, and with an \at of 1 these move on.
//
// 8 rows by one vector of channels: 19 cycles for two steps, 16 of which SDOT takes.
.macro step_8_1_8x12x4 next, at, low, high, first, next_low, next_high, next_first
  sdot v16.4s, v\first\().16b, v\low\().4b[0]
  when \next, ldr d\next_first, [x1, #\at * 48]
  sdot v19.4s, v\first\().16b, v\low\().4b[1]
  when \next, ldr x9, [x1, #\at * 48 + 8]
  sdot v22.4s, v\first\().16b, v\low\().4b[2]
  when \next, ldr d\next_low, [x0, #\at * 32]
  sdot v25.4s, v\first\().16b, v\low\().4b[3]
  when \next, ldr x8, [x0, #\at * 32 + 8]
  sdot v28.4s, v\first\().16b, v\high\().4b[0]
  when \next, ldr d\next_high, [x0, #\at * 32 + 16]
  sdot v31.4s, v\first\().16b, v\high\().4b[1]
  when \next, ldr x16, [x0, #\at * 32 + 24]
  sdot v10.4s, v\first\().16b, v\high\().4b[2]
  when \next, mov v\next_first\().d[1], x9
  sdot v13.4s, v\first\().16b, v\high\().4b[3]
  when \next, mov v\next_low\().d[1], x8
  when (\next && \at), add x0, x0, #64
  when (\next && \at), add x1, x1, #96
  when (\next && \at == 0), subs x3, x3, #2
  when \next, mov v\next_high\().d[1], x16
.endm

// 8 rows by two vectors: 32 cycles for two steps, all of which SDOT takes.
.macro step_8_2_8x12x4 next, at, low, high, first, second, next_low, next_high, next_first, next_second
  sdot v16.4s, v\first\().16b, v\low\().4b[0]
  when \next, ldr d\next_first, [x1, #\at * 48]
  sdot v17.4s, v\second\().16b, v\low\().4b[0]
  when \next, ldr x9, [x1, #\at * 48 + 8]
  sdot v19.4s, v\first\().16b, v\low\().4b[1]
  when \next, ldr d\next_low, [x0, #\at * 32]
  sdot v20.4s, v\second\().16b, v\low\().4b[1]
  when \next, ldr x8, [x0, #\at * 32 + 8]
  sdot v22.4s, v\first\().16b, v\low\().4b[2]
  when \next, ldr d\next_second, [x1, #\at * 48 + 16]
  sdot v23.4s, v\second\().16b, v\low\().4b[2]
  when \next, ldr x16, [x1, #\at * 48 + 24]
  sdot v25.4s, v\first\().16b, v\low\().4b[3]
  when \next, mov v\next_first\().d[1], x9
  sdot v26.4s, v\second\().16b, v\low\().4b[3]
  when \next, mov v\next_low\().d[1], x8
  sdot v28.4s, v\first\().16b, v\high\().4b[0]
  when \next, ldr d\next_high, [x0, #\at * 32 + 16]
  sdot v29.4s, v\second\().16b, v\high\().4b[0]
  when \next, ldr x9, [x0, #\at * 32 + 24]
  sdot v31.4s, v\first\().16b, v\high\().4b[1]
  when \next, mov v\next_second\().d[1], x16
  sdot v8.4s, v\second\().16b, v\high\().4b[1]
  when (\next && \at == 0), subs x3, x3, #2
  sdot v10.4s, v\first\().16b, v\high\().4b[2]
  when \next, mov v\next_high\().d[1], x9
  sdot v11.4s, v\second\().16b, v\high\().4b[2]
  when (\next && \at), add x0, x0, #64
  sdot v13.4s, v\first\().16b, v\high\().4b[3]
  when (\next && \at), add x1, x1, #96
  sdot v14.4s, v\second\().16b, v\high\().4b[3]
.endm

// Up to 4 rows by three vectors. The high half of the third one is in x16 until its set is used.
.macro step_few_8x12x4 rows, next, at, low, first, second, third, next_low, next_first, next_second, next_third
  sdot v16.4s, v\first\().16b, v\low\().4b[0]
  when \next, ldr d\next_first, [x1, #\at * 48]
  when (\rows > 1), sdot v19.4s, v\first\().16b, v\low\().4b[1]
  when \next, ldr x8, [x1, #\at * 48 + 8]
  when (\rows > 2), sdot v22.4s, v\first\().16b, v\low\().4b[2]
  mov v\third\().d[1], x16
  when (\rows > 3), sdot v25.4s, v\first\().16b, v\low\().4b[3]
  when \next, ldr d\next_second, [x1, #\at * 48 + 16]
  sdot v17.4s, v\second\().16b, v\low\().4b[0]
  when \next, ldr x9, [x1, #\at * 48 + 24]
  when (\rows > 1), sdot v20.4s, v\second\().16b, v\low\().4b[1]
  when \next, mov v\next_first\().d[1], x8
  when (\rows > 2), sdot v23.4s, v\second\().16b, v\low\().4b[2]
  when (\next && \rows == 1), ldr s\next_low, [x0, #\at * 32]
  when (\next && \rows > 1), ldr d\next_low, [x0, #\at * 32]
  when (\rows > 3), sdot v26.4s, v\second\().16b, v\low\().4b[3]
  when (\next && \rows > 2), ldr x8, [x0, #\at * 32 + 8]
  sdot v18.4s, v\third\().16b, v\low\().4b[0]
  when \next, ldr d\next_third, [x1, #\at * 48 + 32]
  when (\rows > 1), sdot v21.4s, v\third\().16b, v\low\().4b[1]
  when \next, mov v\next_second\().d[1], x9
  when (\rows > 2), sdot v24.4s, v\third\().16b, v\low\().4b[2]
  when \next, ldr x16, [x1, #\at * 48 + 40]
  when (\next && \at == 0), subs x3, x3, #2
  when (\rows > 3), sdot v27.4s, v\third\().16b, v\low\().4b[3]
  when (\next && \rows > 2), mov v\next_low\().d[1], x8
  when (\next && \at), add x0, x0, #64
  when (\next && \at), add x1, x1, #96
.endm

// The steps of the one set and of the other.
.macro even_step_8x12x4 rows, vectors, next
  .if \vectors == 3
  step_few_8x12x4 \rows, \next, 0, 0, 4, 5, 6, 1, 2, 3, 7
  .elseif \vectors == 2
  step_8_2_8x12x4 \next, 0, 0, 1, 4, 5, 2, 3, 6, 7
  .else
  step_8_1_8x12x4 \next, 0, 0, 1, 4, 2, 3, 6
  .endif
.endm
.macro odd_step_8x12x4 rows, vectors, next
  .if \vectors == 3
  step_few_8x12x4 \rows, \next, 1, 1, 2, 3, 7, 0, 4, 5, 6
  .elseif \vectors == 2
  step_8_2_8x12x4 \next, 1, 2, 3, 6, 7, 0, 1, 4, 5
  .else
  step_8_1_8x12x4 \next, 1, 2, 3, 6, 0, 1, 4
  .endif
.endm

.macro load_first_set_8x12x4 rows, vectors
  when (\rows > 4), ldp q0, q1, [x0], #32
  when (\rows <= 4), ldr q0, [x0], #32
  when (\vectors > 2), ldr d6, [x1, #32]
  when (\vectors > 2), ldr x16, [x1, #40]
  when (\vectors > 1), ldp q4, q5, [x1], #48
  when (\vectors == 1), ldr q4, [x1], #48
.endm

// All that a fused tile of 8 rows by one vector begins with, interleaved, since the last panel may have many of them.
.macro begin_8_1_8x12x4
  ldr d16, [x7]
  mov x1, x2
  ldr x8, [x7, #8]
  mov x3, x4
  ldr d0, [x0]
  ldr x9, [x0, #8]
  mov v16.d[1], x8
  ldr d1, [x0, #16]
  ldr x16, [x0, #24]
  mov v19.16b, v16.16b
  mov v0.d[1], x9
  mov v22.16b, v16.16b
  ldr d4, [x1]
  mov v25.16b, v16.16b
  ldr x9, [x1, #8]
  mov v28.16b, v16.16b
  mov v1.d[1], x16
  mov v31.16b, v16.16b
  add x0, x0, #32
  mov v10.16b, v16.16b
  mov v4.d[1], x9
  mov v13.16b, v16.16b
  add x1, x1, #48
.endm

.macro stepped_tile_8x12x4 kind, rows, vectors
LOCAL(tile_)\kind\()_\rows\()_\vectors:
  .if FUSED && \rows == 8 && \vectors == 1
  begin_8_1_8x12x4
  .else
  begin_edge_tile_8x12x4 \rows
  .if FUSED
  init_row_8x12x4 0, 16, 17, 18, \vectors
  load_first_set_8x12x4 \rows, \vectors
  each_row_8x12x4 copy_init_row_8x12x4, \rows, \vectors
  .else
  begin_accumulators_8x12x4 \rows, \vectors
  cbz x3, 6f
  load_first_set_8x12x4 \rows, \vectors
  .endif
  .endif
  subs x3, x3, #2
  b.ls 4f
3:
  even_step_8x12x4 \rows, \vectors, 1
  odd_step_8x12x4 \rows, \vectors, 1
  b.hi 3b
4:  // x3: 0 for two steps, -1 for one
  cbz x3, 5f
  even_step_8x12x4 \rows, \vectors, 0
  b 6f
5:
  even_step_8x12x4 \rows, \vectors, 1
  odd_step_8x12x4 \rows, \vectors, 0
  when FUSED, add x0, x0, #32
6:
  end_tile_8x12x4 \rows, \vectors
.endm

// All tiles but the full one. Those of 5 to 7 rows multiply 8.
.macro edge_tiles_in_order_8x12x4 kind
  edge_jump_8x12x4 \kind, 1, 2, 3, 4
  .irp rows, 1, 2, 3, 4
  edge_tile_8x12x4 \kind, \rows, 1
  edge_tile_8x12x4 \kind, \rows, 2
  .endr
  .irp rows, 1, 2, 3, 4
  stepped_tile_8x12x4 \kind, \rows, 3
  .endr
  stepped_tile_8x12x4 \kind, 8, 1
  stepped_tile_8x12x4 \kind, 8, 2
.endm

#endif  // OTTAVA_SRC_KERNELS_ARM_DOTPROD_S8S8S32_8X12X4_STEPS_IN_ORDER_H_
