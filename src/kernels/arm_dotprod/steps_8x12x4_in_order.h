// The loops of the kernel 8 x 12 x 4 for in-order cores. s8s8s32_8x12x4_in_order.S says by which rules they are
// ordered. Registers are those of tile_8x12x4.h.
// clang-format off
#ifndef OTTAVA_SRC_KERNELS_ARM_DOTPROD_STEPS_8X12X4_IN_ORDER_H_
#define OTTAVA_SRC_KERNELS_ARM_DOTPROD_STEPS_8X12X4_IN_ORDER_H_

#include "kernels/arm_dotprod/tile_8x12x4.h"

// A full tile.
//
//   v0, v1  lhs: rows 0 to 3, rows 4 to 7         x8, x9, x16  high halves on their way
//   v2, v3, v4  rhs: channels 0 to 3, 4 to 7, 8 to 11
//
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

// The other tiles have two sets of operands, which take turns: \low and \high of the lhs, \first, \second and \third of
// the rhs. With \next the other set is loaded, from \at steps above the pointers.
//
// 8 rows by one vector of channels: 19 cycles for two steps, 16 of them SDOT.
.macro step_8_1 next, at, low, high, first, next_low, next_high, next_first
  sdot v16.4s, v\first\().16b, v\low\().4b[0]
  .if \next
  ldr d\next_first, [x1, #\at * 48]
  .endif
  sdot v19.4s, v\first\().16b, v\low\().4b[1]
  .if \next
  ldr x9, [x1, #\at * 48 + 8]
  .endif
  sdot v22.4s, v\first\().16b, v\low\().4b[2]
  .if \next
  ldr d\next_low, [x0, #\at * 32]
  .endif
  sdot v25.4s, v\first\().16b, v\low\().4b[3]
  .if \next
  ldr x8, [x0, #\at * 32 + 8]
  .endif
  sdot v28.4s, v\first\().16b, v\high\().4b[0]
  .if \next
  ldr d\next_high, [x0, #\at * 32 + 16]
  .endif
  sdot v31.4s, v\first\().16b, v\high\().4b[1]
  .if \next
  ldr x16, [x0, #\at * 32 + 24]
  .endif
  sdot v10.4s, v\first\().16b, v\high\().4b[2]
  .if \next
  mov v\next_first\().d[1], x9
  .endif
  sdot v13.4s, v\first\().16b, v\high\().4b[3]
  .if \next
  mov v\next_low\().d[1], x8
  .if \at
  add x0, x0, #64
  add x1, x1, #96
  .else
  subs x3, x3, #2
  .endif
  mov v\next_high\().d[1], x16
  .endif
.endm
.macro even_8_1 next
  step_8_1 \next, 0, 0, 1, 4, 2, 3, 6
.endm
.macro odd_8_1 next
  step_8_1 \next, 1, 2, 3, 6, 0, 1, 4
.endm

// By two: 32 cycles, all SDOT.
.macro step_8_2 next, at, low, high, first, second, next_low, next_high, next_first, next_second
  sdot v16.4s, v\first\().16b, v\low\().4b[0]
  .if \next
  ldr d\next_first, [x1, #\at * 48]
  .endif
  sdot v17.4s, v\second\().16b, v\low\().4b[0]
  .if \next
  ldr x9, [x1, #\at * 48 + 8]
  .endif
  sdot v19.4s, v\first\().16b, v\low\().4b[1]
  .if \next
  ldr d\next_low, [x0, #\at * 32]
  .endif
  sdot v20.4s, v\second\().16b, v\low\().4b[1]
  .if \next
  ldr x8, [x0, #\at * 32 + 8]
  .endif
  sdot v22.4s, v\first\().16b, v\low\().4b[2]
  .if \next
  ldr d\next_second, [x1, #\at * 48 + 16]
  .endif
  sdot v23.4s, v\second\().16b, v\low\().4b[2]
  .if \next
  ldr x16, [x1, #\at * 48 + 24]
  .endif
  sdot v25.4s, v\first\().16b, v\low\().4b[3]
  .if \next
  mov v\next_first\().d[1], x9
  .endif
  sdot v26.4s, v\second\().16b, v\low\().4b[3]
  .if \next
  mov v\next_low\().d[1], x8
  .endif
  sdot v28.4s, v\first\().16b, v\high\().4b[0]
  .if \next
  ldr d\next_high, [x0, #\at * 32 + 16]
  .endif
  sdot v29.4s, v\second\().16b, v\high\().4b[0]
  .if \next
  ldr x9, [x0, #\at * 32 + 24]
  .endif
  sdot v31.4s, v\first\().16b, v\high\().4b[1]
  .if \next
  mov v\next_second\().d[1], x16
  .endif
  sdot v8.4s, v\second\().16b, v\high\().4b[1]
  .if \next && \at == 0
  subs x3, x3, #2
  .endif
  sdot v10.4s, v\first\().16b, v\high\().4b[2]
  .if \next
  mov v\next_high\().d[1], x9
  .endif
  sdot v11.4s, v\second\().16b, v\high\().4b[2]
  .if \next && \at
  add x0, x0, #64
  .endif
  sdot v13.4s, v\first\().16b, v\high\().4b[3]
  .if \next && \at
  add x1, x1, #96
  .endif
  sdot v14.4s, v\second\().16b, v\high\().4b[3]
.endm
.macro even_8_2 next
  step_8_2 \next, 0, 0, 1, 4, 5, 2, 3, 6, 7
.endm
.macro odd_8_2 next
  step_8_2 \next, 1, 2, 3, 6, 7, 0, 1, 4, 5
.endm

// Up to 4 rows by three vectors. The high half of the third one is in x16 until its set is used.
.macro few_step rows, next, at, low, first, second, third, next_low, next_first, next_second, next_third
  sdot v16.4s, v\first\().16b, v\low\().4b[0]
  .if \next
  ldr d\next_first, [x1, #\at * 48]
  .endif
  .if \rows > 1
  sdot v19.4s, v\first\().16b, v\low\().4b[1]
  .endif
  .if \next
  ldr x8, [x1, #\at * 48 + 8]
  .endif
  .if \rows > 2
  sdot v22.4s, v\first\().16b, v\low\().4b[2]
  .endif
  mov v\third\().d[1], x16
  .if \rows > 3
  sdot v25.4s, v\first\().16b, v\low\().4b[3]
  .endif
  .if \next
  ldr d\next_second, [x1, #\at * 48 + 16]
  .endif
  sdot v17.4s, v\second\().16b, v\low\().4b[0]
  .if \next
  ldr x9, [x1, #\at * 48 + 24]
  .endif
  .if \rows > 1
  sdot v20.4s, v\second\().16b, v\low\().4b[1]
  .endif
  .if \next
  mov v\next_first\().d[1], x8
  .endif
  .if \rows > 2
  sdot v23.4s, v\second\().16b, v\low\().4b[2]
  .endif
  .if \next
  .if \rows == 1
  ldr s\next_low, [x0, #\at * 32]
  .else
  ldr d\next_low, [x0, #\at * 32]
  .endif
  .endif
  .if \rows > 3
  sdot v26.4s, v\second\().16b, v\low\().4b[3]
  .endif
  .if \next && \rows > 2
  ldr x8, [x0, #\at * 32 + 8]
  .endif
  sdot v18.4s, v\third\().16b, v\low\().4b[0]
  .if \next
  ldr d\next_third, [x1, #\at * 48 + 32]
  .endif
  .if \rows > 1
  sdot v21.4s, v\third\().16b, v\low\().4b[1]
  .endif
  .if \next
  mov v\next_second\().d[1], x9
  .endif
  .if \rows > 2
  sdot v24.4s, v\third\().16b, v\low\().4b[2]
  .endif
  .if \next
  ldr x16, [x1, #\at * 48 + 40]
  .if \at == 0
  subs x3, x3, #2
  .endif
  .endif
  .if \rows > 3
  sdot v27.4s, v\third\().16b, v\low\().4b[3]
  .endif
  .if \next
  .if \rows > 2
  mov v\next_low\().d[1], x8
  .endif
  .if \at
  add x0, x0, #64
  add x1, x1, #96
  .endif
  .endif
.endm
.macro even_1_3 next
  few_step 1, \next, 0, 0, 4, 5, 6, 1, 2, 3, 7
.endm
.macro odd_1_3 next
  few_step 1, \next, 1, 1, 2, 3, 7, 0, 4, 5, 6
.endm
.macro even_2_3 next
  few_step 2, \next, 0, 0, 4, 5, 6, 1, 2, 3, 7
.endm
.macro odd_2_3 next
  few_step 2, \next, 1, 1, 2, 3, 7, 0, 4, 5, 6
.endm
.macro even_3_3 next
  few_step 3, \next, 0, 0, 4, 5, 6, 1, 2, 3, 7
.endm
.macro odd_3_3 next
  few_step 3, \next, 1, 1, 2, 3, 7, 0, 4, 5, 6
.endm
.macro even_4_3 next
  few_step 4, \next, 0, 0, 4, 5, 6, 1, 2, 3, 7
.endm
.macro odd_4_3 next
  few_step 4, \next, 1, 1, 2, 3, 7, 0, 4, 5, 6
.endm

.macro load_first_set rows, vectors
  .if \rows > 4
  ldp q0, q1, [x0], #32
  .else
  ldr q0, [x0], #32
  .endif
  .if \vectors > 2
  ldr d6, [x1, #32]
  ldr x16, [x1, #40]
  .endif
  .if \vectors > 1
  ldp q4, q5, [x1], #48
  .else
  ldr q4, [x1], #48
  .endif
.endm

// All that a tile of 8 rows by one vector begins with: the last panel may have many of them.
.macro begin_8_1
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

// \even and \odd: the steps of either set.
.macro stepped_tile kind, rows, vectors, even, odd
LOCAL(tile_)\kind\()_\rows\()_\vectors:
  .if FINISHING && \rows == 8 && \vectors == 1
  begin_8_1
  .else
  begin_edge_tile \rows
  .if FINISHING
  load_offsets 0, 16, 17, 18, \vectors
  load_first_set \rows, \vectors
  each_row copy_offsets, \rows, \vectors
  .else
  begin_accumulators \rows, \vectors
  cbz x3, 6f
  load_first_set \rows, \vectors
  .endif
  .endif
  subs x3, x3, #2
  b.ls 4f
3:
  \even 1
  \odd 1
  b.hi 3b
4:  // x3: 0 for two steps, -1 for one
  cbz x3, 5f
  \even 0
  b 6f
5:
  \even 1
  \odd 0
  .if FINISHING
  add x0, x0, #32
  .endif
6:
  end_tile \rows, \vectors
.endm

// All tiles but the full one. Those of 5 to 7 rows multiply 8.
.macro edge_tiles_in_order kind
  edge_jump \kind
  .irp rows, 1, 2, 3, 4
  edge_entry \kind, \rows, 1
  edge_entry \kind, \rows, 2
  edge_entry \kind, \rows, 3
  .endr
  edge_entry \kind, 8, 1
  edge_entry \kind, 8, 2
  .irp rows, 1, 2, 3, 4
  edge_tile \kind, \rows, 1
  edge_tile \kind, \rows, 2
  .endr
  stepped_tile \kind, 1, 3, even_1_3, odd_1_3
  stepped_tile \kind, 2, 3, even_2_3, odd_2_3
  stepped_tile \kind, 3, 3, even_3_3, odd_3_3
  stepped_tile \kind, 4, 3, even_4_3, odd_4_3
  stepped_tile \kind, 8, 1, even_8_1, odd_8_1
  stepped_tile \kind, 8, 2, even_8_2, odd_8_2
.endm

#endif  // OTTAVA_SRC_KERNELS_ARM_DOTPROD_STEPS_8X12X4_IN_ORDER_H_
