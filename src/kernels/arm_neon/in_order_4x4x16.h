// How in-order cores (Cortex-A53, Cortex-A55) multiply four rows by the four channels of a panel.
//
// A Cortex-A53 starts one instruction on 128 bits a cycle and SADALP takes it two. A load of 128 bits goes with
// nothing, one of 64 bits goes beside nothing but fits into the second cycle of SADALP. A Cortex-A55 starts one such
// instruction a cycle too, beside a load of 64 bits. So halves of operands are registers of their own, and each is
// loaded behind a SADALP, as soon as its last use is past and two products before its next one.
//
//   v0, v2, v4, v6    first 8 depths of the rows        v1, v3, v5, v7  last 8 depths
//   v8, v10           first 8 depths of even and odd channels, v9, v11  last 8 depths
//   v12 to v15        products
//   v16 to v31        accumulators, as in multiply_4x4x16.h
//
// The 16 products of a step are numbered channel by channel: i is row i % 4 by channel i / 4. With PAIRS, SMULL of one,
// SMLAL of the one before and SADALP of the one before that come next to each other, so that none waits for the other;
// else both SMULL of one and both SADALP of the one before. At the end of a step the last products are still in flight.
//
// The including file defines before whether LHS_INDIRECT is 1, the rows being at x9 to x12, each in the memory of the
// caller, the rhs panel at x1 and the number of steps in x0; or 0, the rows in the panel at x9, the rhs panel at x10
// and the number of steps in x8.
// clang-format off
#ifndef OTTAVA_SRC_KERNELS_ARM_NEON_IN_ORDER_4X4X16_H_
#define OTTAVA_SRC_KERNELS_ARM_NEON_IN_ORDER_4X4X16_H_

#include "kernels/arm_neon/multiply_4x4x16.h"

// Half 0 or 1 of a row (a channel), of this step or with \ahead of the next.
#if LHS_INDIRECT
#define RHS_4X4X16 x1
#define STEPS_4X4X16 x0
.macro load_row_4x4x16 row, half, ahead=0
  ldr_behind_4x4x16 %(2 * \row + \half), %(9 + \row)
.endm
.macro ldr_behind_4x4x16 register, from
  ldr d\register, [x\from], #8
.endm
.macro advance_rows_4x4x16
.endm
#else
#define RHS_4X4X16 x10
#define STEPS_4X4X16 x8
.macro load_row_4x4x16 row, half, ahead=0
  ldr_half_4x4x16 %(2 * \row + \half), x9, %(\row * 16 + \half * 8 + \ahead * 64)
.endm
.macro advance_rows_4x4x16
  add x9, x9, #64
.endm
#endif
.macro load_channel_4x4x16 channel, half, ahead=0
  ldr_half_4x4x16 %(8 + \channel % 2 * 2 + \half), RHS_4X4X16, %(\channel * 16 + \half * 8 + \ahead * 64)
.endm
.macro ldr_half_4x4x16 register, base, offset
  ldr d\register, [\base, #\offset]
.endm
// Those of the next step, where there is a \next.
.macro next_row_4x4x16 next, row, half, ahead=1
  .if \next
  load_row_4x4x16 \row, \half, \ahead
  .endif
.endm
.macro next_channel_4x4x16 next, channel, half
  .if \next
  load_channel_4x4x16 \channel, \half, 1
  .endif
.endm

// Of product \i: its first and its last 8 depths, and into the accumulator. With PAIRS both halves share a register, of
// which there are four, else they have two pairs of registers.
.macro first_4x4x16 i
  .if PAIRS
  mul_half_4x4x16 smull, %(12 + \i % 4), %(\i % 4 * 2), %(8 + \i / 4 % 2 * 2)
  .else
  mul_half_4x4x16 smull, %(12 + \i % 2 * 2), %(\i % 4 * 2), %(8 + \i / 4 % 2 * 2)
  .endif
.endm
.macro last_4x4x16 i
  .if PAIRS
  mul_half_4x4x16 smlal, %(12 + \i % 4), %(\i % 4 * 2 + 1), %(9 + \i / 4 % 2 * 2)
  .else
  mul_half_4x4x16 smull, %(13 + \i % 2 * 2), %(\i % 4 * 2 + 1), %(9 + \i / 4 % 2 * 2)
  .endif
.endm
.macro add_pair_4x4x16 i
  sadalp_4x4x16 %(16 + \i % 4 * 4 + \i / 4), %(12 + \i % 4)
.endm
.macro add_first_4x4x16 i
  sadalp_4x4x16 %(16 + \i % 4 * 4 + \i / 4), %(12 + \i % 2 * 2)
.endm
.macro add_last_4x4x16 i
  sadalp_4x4x16 %(16 + \i % 4 * 4 + \i / 4), %(13 + \i % 2 * 2)
.endm
.macro mul_half_4x4x16 instruction, product, lhs, rhs
  \instruction v\product\().8h, v\lhs\().8b, v\rhs\().8b
.endm
.macro sadalp_4x4x16 acc, product
  sadalp v\acc\().4s, v\product\().8h
.endm

// What goes together where nothing comes between.
.macro trio_4x4x16 first, last, add
  first_4x4x16 \first
  last_4x4x16 \last
  add_pair_4x4x16 \add
.endm
.macro quad_4x4x16 multiply, add
  first_4x4x16 \multiply
  last_4x4x16 \multiply
  add_first_4x4x16 \add
  add_last_4x4x16 \add
.endm

// One step. On entry there are the first halves of all rows and of channel 0, and some of the last halves; with \next
// it leaves the same of the next step.
.macro step_in_order_4x4x16 next
  .if PAIRS
  step_of_pairs_4x4x16 \next
  .else
  step_of_any_4x4x16 \next
  .endif
.endm
.macro step_of_pairs_4x4x16 next
  trio_4x4x16 0, 15, 14
  load_row_4x4x16 2, 1
  trio_4x4x16 1, 0, 15
  load_row_4x4x16 3, 1
  trio_4x4x16 2, 1, 0
  load_channel_4x4x16 1, 0
  trio_4x4x16 3, 2, 1
  load_channel_4x4x16 1, 1
  trio_4x4x16 4, 3, 2
  load_channel_4x4x16 2, 0
  trio_4x4x16 5, 4, 3
  load_channel_4x4x16 2, 1
  trio_4x4x16 6, 5, 4
  trio_4x4x16 7, 6, 5
  load_channel_4x4x16 3, 0
  trio_4x4x16 8, 7, 6
  load_channel_4x4x16 3, 1
  first_4x4x16 9
  .if \next
  subs STEPS_4X4X16, STEPS_4X4X16, #1
  .endif
  last_4x4x16 8
  add_pair_4x4x16 7
  first_4x4x16 10
  .if \next
  prfm pldl1keep, [RHS_4X4X16, #512]
  .endif
  last_4x4x16 9
  add_pair_4x4x16 8
  trio_4x4x16 11, 10, 9
  next_channel_4x4x16 \next, 0, 0
  trio_4x4x16 12, 11, 10
  next_row_4x4x16 \next, 0, 0
  first_4x4x16 13
  next_channel_4x4x16 \next, 0, 1
  last_4x4x16 12
  add_pair_4x4x16 11
  next_row_4x4x16 \next, 1, 0
  first_4x4x16 14
  next_row_4x4x16 \next, 0, 1
  last_4x4x16 13
  add_pair_4x4x16 12
  next_row_4x4x16 \next, 2, 0
  first_4x4x16 15
  next_row_4x4x16 \next, 1, 1
  .if \next
  advance_rows_4x4x16
  .endif
  last_4x4x16 14
  add RHS_4X4X16, RHS_4X4X16, #64
  add_pair_4x4x16 13
  next_row_4x4x16 \next, 3, 0, 0
.endm
.macro step_of_any_4x4x16 next
  quad_4x4x16 0, 15
  first_4x4x16 1
  last_4x4x16 1
  add_first_4x4x16 0
  load_channel_4x4x16 1, 0
  add_last_4x4x16 0
  load_channel_4x4x16 1, 1
  quad_4x4x16 2, 1
  quad_4x4x16 3, 2
  quad_4x4x16 4, 3
  first_4x4x16 5
  last_4x4x16 5
  add_first_4x4x16 4
  load_channel_4x4x16 2, 0
  add_last_4x4x16 4
  load_channel_4x4x16 2, 1
  quad_4x4x16 6, 5
  quad_4x4x16 7, 6
  quad_4x4x16 8, 7
  first_4x4x16 9
  .if \next
  subs STEPS_4X4X16, STEPS_4X4X16, #1
  .endif
  last_4x4x16 9
  add_first_4x4x16 8
  load_channel_4x4x16 3, 0
  add_last_4x4x16 8
  load_channel_4x4x16 3, 1
  first_4x4x16 10
  .if \next
  prfm pldl1keep, [RHS_4X4X16, #512]
  .endif
  last_4x4x16 10
  add_first_4x4x16 9
  add_last_4x4x16 9
  first_4x4x16 11
  last_4x4x16 11
  add_first_4x4x16 10
  next_channel_4x4x16 \next, 0, 0
  add_last_4x4x16 10
  next_channel_4x4x16 \next, 0, 1
  first_4x4x16 12
  last_4x4x16 12
  add_first_4x4x16 11
  next_row_4x4x16 \next, 0, 0
  add_last_4x4x16 11
  next_row_4x4x16 \next, 0, 1
  first_4x4x16 13
  last_4x4x16 13
  add_first_4x4x16 12
  next_row_4x4x16 \next, 1, 0
  add_last_4x4x16 12
  next_row_4x4x16 \next, 1, 1
  first_4x4x16 14
  last_4x4x16 14
  add_first_4x4x16 13
  next_row_4x4x16 \next, 2, 0
  add_last_4x4x16 13
  next_row_4x4x16 \next, 2, 1
  first_4x4x16 15
  advance_rows_4x4x16
  last_4x4x16 15
  add RHS_4X4X16, RHS_4X4X16, #64
  add_first_4x4x16 14
  next_row_4x4x16 \next, 3, 0, 0
  add_last_4x4x16 14
  next_row_4x4x16 \next, 3, 1, 0
.endm

// Before the first step. With \zero all accumulators become zero too: that goes beside a load.
.macro begin_in_order_4x4x16 zero
  load_channel_4x4x16 0, 0
  zero_in_order_4x4x16 \zero, 16
  load_row_4x4x16 0, 0
  zero_in_order_4x4x16 \zero, 17
  load_channel_4x4x16 0, 1
  zero_in_order_4x4x16 \zero, 18
  load_row_4x4x16 1, 0
  zero_in_order_4x4x16 \zero, 19
  load_row_4x4x16 0, 1
  zero_in_order_4x4x16 \zero, 20
  load_row_4x4x16 2, 0
  zero_in_order_4x4x16 \zero, 21
  load_row_4x4x16 1, 1
  zero_in_order_4x4x16 \zero, 22
  load_row_4x4x16 3, 0
  zero_in_order_4x4x16 \zero, 23
  .if PAIRS
  movi d7, #0  // of a product before the first
  .else
  load_row_4x4x16 2, 1
  zero_in_order_4x4x16 \zero, 24
  load_row_4x4x16 3, 1
  .endif
  movi d14, #0
  movi d15, #0
  .irp register, 24, 25, 26, 27, 28, 29, 30, 31
  zero_in_order_4x4x16 \zero, \register
  .endr
.endm
.macro zero_in_order_4x4x16 zero, register
  .if \zero
  movi d\register, #0  // the whole register
  .endif
.endm

// What the last step has left; \meanwhile goes where the last SADALP waits for its product.
.macro end_in_order_4x4x16 meanwhile
  .if PAIRS
  last_4x4x16 15
  add_pair_4x4x16 14
  \meanwhile
  add_pair_4x4x16 15
  .else
  add_first_4x4x16 15
  \meanwhile
  add_last_4x4x16 15
  .endif
.endm

#endif  // OTTAVA_SRC_KERNELS_ARM_NEON_IN_ORDER_4X4X16_H_
