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
//   v16 to v31        accumulators
//
// The products of a step are numbered channel by channel. Of one its SMULL, of the one before its second multiplication
// and of the one before that its SADALP come next to each other, so that none waits for the other; at the end of a step
// the last products are still on their way. PAIRS 0: of each product two of SMULL, of the one before two of SADALP.
//
// A file says where the rows are before it includes this: ROWS_IN_PLACE 1, at x9 to x12, each in the memory of the
// caller, with the rhs panel at x1 and in x0 the number of steps; or ROWS_IN_PLACE 0, in the panel at x9, with the rhs
// panel at x10 and in x8 the number of steps.
// clang-format off
#ifndef OTTAVA_SRC_KERNELS_ARM_NEON_MULTIPLY_IN_ORDER_H_
#define OTTAVA_SRC_KERNELS_ARM_NEON_MULTIPLY_IN_ORDER_H_

#include "kernels/arm_neon/multiply.h"

// Half 0 or 1 of a row (a channel), of this step or with \ahead of the next.
#if ROWS_IN_PLACE
#define RHS_ON_ITS_WAY x1
#define STEPS_LEFT x0
.macro load_row row, half, ahead
  ldr_next_half %(2 * \row + \half), %(9 + \row)
.endm
.macro ldr_next_half register, from
  ldr d\register, [x\from], #8
.endm
.macro advance_rows
.endm
#else
#define RHS_ON_ITS_WAY x10
#define STEPS_LEFT x8
.macro load_row row, half, ahead
  ldr_half %(2 * \row + \half), x9, %(\row * 16 + \half * 8 + \ahead * 64)
.endm
.macro advance_rows
  add x9, x9, #64
.endm
#endif
.macro load_channel channel, half, ahead
  ldr_half %(8 + \channel % 2 * 2 + \half), RHS_ON_ITS_WAY, %(\channel * 16 + \half * 8 + \ahead * 64)
.endm
.macro ldr_half register, base, offset
  ldr d\register, [\base, #\offset]
.endm

// What becomes of the products of a step, by their numbers: the parts of \i and of those before it that go together.
#if PAIRS
.macro first_half i
  smull_half %(12 + \i % 4), %(\i % 4 * 2), %(8 + \i / 4 % 2 * 2)
.endm
.macro last_half i
  smlal_half %(12 + (\i + 3) % 4), %((\i + 3) % 4 * 2 + 1), %(9 + (\i + 15) / 4 % 2 * 2)
.endm
.macro add_pair i
  sadalp_product %(16 + (\i + 14) % 4 * 4 + (\i + 14) / 4 % 4), %(12 + (\i + 2) % 4)
.endm
#else
.macro first_half i
  smull_half %(12 + \i % 2 * 2), %(\i % 4 * 2), %(8 + \i / 4 % 2 * 2)
.endm
.macro last_half i
  smull_half %(13 + \i % 2 * 2), %(\i % 4 * 2 + 1), %(9 + \i / 4 % 2 * 2)
.endm
.macro add_first_half i
  sadalp_product %(16 + (\i + 15) % 4 * 4 + (\i + 15) / 4 % 4), %(12 + (\i + 1) % 2 * 2)
.endm
.macro add_last_half i
  sadalp_product %(16 + (\i + 15) % 4 * 4 + (\i + 15) / 4 % 4), %(13 + (\i + 1) % 2 * 2)
.endm
#endif
.macro smull_half product, lhs, rhs
  smull v\product\().8h, v\lhs\().8b, v\rhs\().8b
.endm
.macro smlal_half product, lhs, rhs
  smlal v\product\().8h, v\lhs\().8b, v\rhs\().8b
.endm
.macro sadalp_product acc, product
  sadalp v\acc\().4s, v\product\().8h
.endm

// One step. On entry there are the first halves of all rows and of channel 0, and some of the last halves; with \next
// it leaves the same of the next step.
#if PAIRS
.macro step_in_order next
  first_half 0
  last_half 0
  add_pair 0
  load_row 2, 1, 0
  first_half 1
  last_half 1
  add_pair 1
  load_row 3, 1, 0
  first_half 2
  last_half 2
  add_pair 2
  load_channel 1, 0, 0
  first_half 3
  last_half 3
  add_pair 3
  load_channel 1, 1, 0
  first_half 4
  last_half 4
  add_pair 4
  load_channel 2, 0, 0
  first_half 5
  last_half 5
  add_pair 5
  load_channel 2, 1, 0
  first_half 6
  last_half 6
  add_pair 6
  first_half 7
  last_half 7
  add_pair 7
  load_channel 3, 0, 0
  first_half 8
  last_half 8
  add_pair 8
  load_channel 3, 1, 0
  first_half 9
  .if \next
  subs STEPS_LEFT, STEPS_LEFT, #1
  .endif
  last_half 9
  add_pair 9
  first_half 10
  .if \next
  prfm pldl1keep, [RHS_ON_ITS_WAY, #512]
  .endif
  last_half 10
  add_pair 10
  first_half 11
  last_half 11
  add_pair 11
  .if \next
  load_channel 0, 0, 1
  .endif
  first_half 12
  last_half 12
  add_pair 12
  .if \next
  load_row 0, 0, 1
  .endif
  first_half 13
  .if \next
  load_channel 0, 1, 1
  .endif
  last_half 13
  add_pair 13
  .if \next
  load_row 1, 0, 1
  .endif
  first_half 14
  .if \next
  load_row 0, 1, 1
  .endif
  last_half 14
  add_pair 14
  .if \next
  load_row 2, 0, 1
  .endif
  first_half 15
  .if \next
  load_row 1, 1, 1
  advance_rows
  .endif
  last_half 15
  add RHS_ON_ITS_WAY, RHS_ON_ITS_WAY, #64
  add_pair 15
  .if \next
  load_row 3, 0, 0
  .endif
.endm
#else
.macro step_in_order next
  first_half 0
  last_half 0
  add_first_half 0
  add_last_half 0
  first_half 1
  last_half 1
  add_first_half 1
  load_channel 1, 0, 0
  add_last_half 1
  load_channel 1, 1, 0
  first_half 2
  last_half 2
  add_first_half 2
  add_last_half 2
  first_half 3
  last_half 3
  add_first_half 3
  add_last_half 3
  first_half 4
  last_half 4
  add_first_half 4
  add_last_half 4
  first_half 5
  last_half 5
  add_first_half 5
  load_channel 2, 0, 0
  add_last_half 5
  load_channel 2, 1, 0
  first_half 6
  last_half 6
  add_first_half 6
  add_last_half 6
  first_half 7
  last_half 7
  add_first_half 7
  add_last_half 7
  first_half 8
  last_half 8
  add_first_half 8
  add_last_half 8
  first_half 9
  .if \next
  subs STEPS_LEFT, STEPS_LEFT, #1
  .endif
  last_half 9
  add_first_half 9
  load_channel 3, 0, 0
  add_last_half 9
  load_channel 3, 1, 0
  first_half 10
  .if \next
  prfm pldl1keep, [RHS_ON_ITS_WAY, #512]
  .endif
  last_half 10
  add_first_half 10
  add_last_half 10
  first_half 11
  last_half 11
  add_first_half 11
  .if \next
  load_channel 0, 0, 1
  .endif
  add_last_half 11
  .if \next
  load_channel 0, 1, 1
  .endif
  first_half 12
  last_half 12
  add_first_half 12
  .if \next
  load_row 0, 0, 1
  .endif
  add_last_half 12
  .if \next
  load_row 0, 1, 1
  .endif
  first_half 13
  last_half 13
  add_first_half 13
  .if \next
  load_row 1, 0, 1
  .endif
  add_last_half 13
  .if \next
  load_row 1, 1, 1
  .endif
  first_half 14
  last_half 14
  add_first_half 14
  .if \next
  load_row 2, 0, 1
  .endif
  add_last_half 14
  .if \next
  load_row 2, 1, 1
  .endif
  first_half 15
  advance_rows
  last_half 15
  add RHS_ON_ITS_WAY, RHS_ON_ITS_WAY, #64
  add_first_half 15
  .if \next
  load_row 3, 0, 0
  .endif
  add_last_half 15
  .if \next
  load_row 3, 1, 0
  .endif
.endm
#endif

.macro begin_steps
  load_channel 0, 0, 0
  load_row 0, 0, 0
  load_channel 0, 1, 0
  load_row 1, 0, 0
  load_row 0, 1, 0
  load_row 2, 0, 0
  load_row 1, 1, 0
  load_row 3, 0, 0
#if PAIRS
  movi d7, #0  // of a product before the first
#else
  load_row 2, 1, 0
  load_row 3, 1, 0
#endif
  movi d14, #0
  movi d15, #0
.endm

// The same with all accumulators zero: a load goes beside what does not load.
.macro begin_steps_and_accumulators
  load_channel 0, 0, 0
  movi d16, #0  // the whole register
  load_row 0, 0, 0
  movi d17, #0
  load_channel 0, 1, 0
  movi d18, #0
  load_row 1, 0, 0
  movi d19, #0
  load_row 0, 1, 0
  movi d20, #0
  load_row 2, 0, 0
  movi d21, #0
  load_row 1, 1, 0
  movi d22, #0
  load_row 3, 0, 0
  movi d23, #0
#if PAIRS
  movi d7, #0  // of a product before the first
#else
  load_row 2, 1, 0
  movi d24, #0
  load_row 3, 1, 0
#endif
  .irp register, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31
  movi d\register, #0
  .endr
.endm

// What the last step has left; \meanwhile goes where the last SADALP waits for its product.
.macro end_steps meanwhile
#if PAIRS
  smlal_half 15, 7, 11
  sadalp_product 27, 14
  \meanwhile
  sadalp_product 31, 15
#else
  sadalp_product 31, 14
  \meanwhile
  sadalp_product 31, 15
#endif
.endm

#endif  // OTTAVA_SRC_KERNELS_ARM_NEON_MULTIPLY_IN_ORDER_H_
