// The kernel s8s8s32_indirect_4x12x4 of AArch64 with dot products, for in-order cores (Cortex-A55): another tuning of
// s8s8s32_indirect_4x12x4.S, which says what is computed and in which order to read. s8s8s32_8x12x4_in_order.S says
// what such a core does in one cycle.
//
// Panels go one by one: those of several rows in several_rows_in_order.h. With one row the loads alone take all the
// time, so SDOT works on halves of registers as they come, without INS.
//
// Registers of one row, beyond those of tile.h
//   v4 to v7, v28 to v31  rhs, two channels each         v0, v1  lhs, 8 depths each
//   v19 to v24            accumulators of two channels   v2      sign flip of the lhs
//
// Loops of one row by 16 depths, cycles of Cortex-A55 by its published dual-issue rules (MAC, instructions, cycles, MAC
// per cycle):
//   3 vectors   192  54  28  6.9
//   2 vectors   128  38  20  6.4
//   1 vector     64  22  12  5.3
#include "kernels/arm_dotprod/s8s8s32_indirect_4x12x4/tile.h"
#include "kernels/arm_dotprod/s8s8s32_indirect_4x12x4/several_rows_in_order.h"

// Two channels by four depths: the \number-th of 16 depths of one row, \halves of them a quad, while the one four later
// is loaded.
.macro half_4x12x4 number, halves, load, rhs, next
  .if \next || \number + 4 < 4 * \halves  // a comparison that `when` cannot take from .altmacro
  ldr d\load, [x12, #(\number + 4) / \halves * 48 + (\number + 4) % \halves * 8]
  .endif
  half_sum_4x12x4 %(19 + (\number) % \halves), \rhs, %((\number) / (2 * \halves)), %((\number) / \halves % 2)
.endm
.macro half_sum_4x12x4 acc, rhs, lhs, lane
  sdot v\acc\().2s, v\rhs\().8b, v\lhs\().4b[\lane]
.endm

.macro four_halves_4x12x4 number, halves, rhs, load, next
  half_4x12x4 \number, \halves, %(\load), %(\rhs), \next
  half_4x12x4 %(\number + 1), \halves, %(\load + 1), %(\rhs + 1), \next
  half_4x12x4 %(\number + 2), \halves, %(\load + 2), %(\rhs + 2), \next
  half_4x12x4 %(\number + 3), \halves, %(\load + 3), %(\rhs + 3), \next
.endm

.macro depths_16_4x12x4 halves, flip, next
  ldr d1, [x11, #8]
  four_halves_4x12x4 0, \halves, 4, 28, \next
  when \flip, eor v1.8b, v1.8b, v2.8b
  four_halves_4x12x4 4, \halves, 28, 4, \next
  when (\halves > 2), four_halves_4x12x4 8, \halves, 4, 28, \next
  when \next, subs x10, x10, #16
  when (\halves > 2), four_halves_4x12x4 12, \halves, 28, 4, \next
  when \next, ldr d0, [x11, #16]
  .if \halves > 4
  four_halves_4x12x4 16, \halves, 4, 28, \next
  four_halves_4x12x4 20, \halves, 28, 4, \next
  .endif
  add x12, x12, #192
  add x11, x11, #16
  when (\flip && \next), eor v0.8b, v0.8b, v2.8b
.endm

.macro one_row_4x12x4 halves, flip
  .irp acc, 19, 20, 21, 22, 23, 24
  movi d\acc, #0
  .endr
  ldr d0, [x11]
  ldp d4, d5, [x12]
  .if \halves > 2
  ldp d6, d7, [x12, #16]
  .else
  ldp d6, d7, [x12, #48]
  .endif
  .if \flip
  movi v2.16b, #0x80
  eor v0.8b, v0.8b, v2.8b
  .endif
  subs x10, x10, #16
  b.lo 5f
  .p2align 4
4:
  depths_16_4x12x4 \halves, \flip, 1
  b.hs 4b
5:
  depths_16_4x12x4 \halves, \flip, 0
  mov v19.d[1], v20.d[0]
  add v16.4s, v16.4s, v19.4s
  .if \halves > 2
  mov v21.d[1], v22.d[0]
  add v17.4s, v17.4s, v21.4s
  .endif
  .if \halves > 4
  mov v23.d[1], v24.d[0]
  add v18.4s, v18.4s, v23.4s
  .endif
.endm

.macro multiply_16s_4x12x4 rows, panels, vectors, flip
  .if \rows == 1
  .altmacro  // one_row computes register numbers
  one_row_4x12x4 %(2 * \vectors), \flip
  .noaltmacro
  .else
  with_panels_4x12x4 several_rows_4x12x4, \rows, \vectors, \flip
  .endif
.endm

// Bias-initialized: all rows begin with the same values, which need be loaded once. The rows' addresses are loaded
// beside copies.
.macro init_rows_4x12x4 rows, panels, vectors
  init_triple_4x12x4 16, 17, 18, 28, 0, \vectors
  point_at_row_4x12x4 0, 11
  .if \rows > 1
  mov v19.16b, v16.16b
  point_at_row_4x12x4 1, 12
  .endif
  .if \rows > 2
  mov v22.16b, v16.16b
  point_at_row_4x12x4 2, 13
  .endif
  .if \rows > 3
  mov v25.16b, v16.16b
  point_at_row_4x12x4 3, 14
  .endif
  when (\vectors > 1), copy_init_4x12x4 17, 20, 23, 26, \rows
  when (\vectors > 2), copy_init_4x12x4 18, 21, 24, 27, \rows
  when (\vectors > 3), copy_init_4x12x4 28, 29, 30, 31, \rows
.endm
.macro copy_init_4x12x4 from, second, third, fourth, rows
  when (\rows > 1), mov v\second\().16b, v\from\().16b
  when (\rows > 2), mov v\third\().16b, v\from\().16b
  when (\rows > 3), mov v\fourth\().16b, v\from\().16b
.endm

// What epilogue.h leaves to a tuning: registers are got ready beside its conversions, an instruction each, as only one
// of two that such a core issues can be of 128 bits. SIDE counts these instructions.
.macro beside_step_4x12x4 rows, vectors
  .if SIDE == 0
  ldp x10, x11, [x7, #STAGE_SCALE]  // and biases
  .elseif SIDE == 1
  ldp x8, x9, [x7, #STAGE_DST]  // and from row to row
  .elseif SIDE == 2
  add x10, x10, x2
  .elseif SIDE == 3
  ldr d0, [x10]
  .elseif SIDE == 4
  ldr x6, [x10, #8]
  .elseif SIDE == 5
  when (\vectors > 1), ldr d1, [x10, #16]
  .elseif SIDE == 6
  when (\vectors > 1), ldr x16, [x10, #24]
  .elseif SIDE == 7
  mov v0.d[1], x6
  .elseif SIDE == 8
  when (\vectors > 2), ldr d2, [x10, #32]
  .elseif SIDE == 9
  when (\vectors > 2), ldr x14, [x10, #40]
  .elseif SIDE == 10
  when (\vectors > 1), mov v1.d[1], x16
  .elseif SIDE == 11
  when (\vectors > 3), ldr d3, [x10, #48]
  .elseif SIDE == 12
  when (\vectors > 3), ldr x15, [x10, #56]
  .elseif SIDE == 13
  when (\vectors > 2), mov v2.d[1], x14
  .elseif SIDE == 14
  add x8, x8, x2, lsr #2
  .elseif SIDE == 15
  when (\vectors > 3), mov v3.d[1], x15
  .elseif SIDE == 16
  ldp w14, w15, [x7, #STAGE_CLAMP_MIN]  // and the upper one
  .elseif SIDE == 17
  when (\rows > 2), add x12, x8, x9, lsl #1
  .elseif SIDE == 18
  when (\rows > 3), add x13, x9, x9, lsl #1
  .elseif SIDE == 19
  when (\rows > 3), add x13, x13, x8
  .elseif SIDE == 20
  when (\rows > 1), add x9, x8, x9
  .endif
  .set SIDE, SIDE + 1
.endm
#define SIDE_STEPS 21

.macro begin_values_4x12x4 rows, panels, vectors
  .set SIDE, 0
  .set SIDE_ROWS, \rows
  .set SIDE_VECTORS, \vectors
.endm
.macro beside_4x12x4
  beside_step_4x12x4 SIDE_ROWS, SIDE_VECTORS
.endm
.macro beside_until_4x12x4 step
  .rept SIDE_STEPS
  when (SIDE < \step), beside_4x12x4
  .endr
.endm
.macro need_values_4x12x4 number
  when (\number == 0), beside_until_4x12x4 8
  when (\number == 1), beside_until_4x12x4 11
  when (\number == 2), beside_until_4x12x4 14
  when (\number == 3), beside_until_4x12x4 16
  when (\number == 4), beside_until_4x12x4 SIDE_STEPS
.endm
.macro load_biases_4x12x4 rows, panels, vectors
  ldr q0, [x11]
  when (\vectors > 1), ldr q1, [x11, #16]
  when (\vectors > 2), ldr q2, [x11, #32]
  when (\vectors > 3), ldr q3, [x11, #48]
.endm

FUNCTION_OR_FUSED(ottava_s8s8s32_indirect_4x12x4_arm_dotprod_in_order, enter_4x12x4)
  begin_4x12x4
  cmp x4, #2
  b.eq LOCAL(singles_2)
  b.hi LOCAL(more_rows)
  .irp rows, 1, 2, 3, 4
  .if \rows == 3
LOCAL(more_rows):
  cmp x4, #3
  b.ne LOCAL(singles_4)
  .endif
  single_panels_4x12x4 \rows, 1
  .endr
END_FUNCTION(ottava_s8s8s32_indirect_4x12x4_arm_dotprod_in_order_fused)
