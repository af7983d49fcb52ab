// How the kernels of AArch64 without dot products multiply and add, for a file that says which products it wants:
//
//   PAIRS 1  two products are summed in 16 bits, by SMULL and SMLAL2, before SADALP takes them into 32. Exact where no
//            weight is -128: a product is at most 128 * 127 = 16256 then, and twice that is below 2^15
//   PAIRS 0  each product goes into 32 bits by itself: exact for everything
//
// Each result of a tile has an accumulator of its own, whose lanes are added up at the end. A row or channel is a vector
// of 16 depths.
//
//   v0 to v3    lhs, a row each            v4, v5  rhs, a channel each         v6, v7  products
//   v16 to v31  accumulators: none of the registers that belong to the caller
//
// Included by .S files alone. The macros compute register numbers, which takes .altmacro.
#ifndef OTTAVA_SRC_KERNELS_ARM_NEON_MULTIPLY_H_
#define OTTAVA_SRC_KERNELS_ARM_NEON_MULTIPLY_H_

#include "kernels/assembly.h"

  .altmacro

// The 16 products of a row and a channel, twice. With \first they begin the accumulators.
.macro two_products first, acc, lhs, rhs, acc_2, lhs_2, rhs_2
#if PAIRS
  smull v6.8h, v\lhs\().8b, v\rhs\().8b
  smull v7.8h, v\lhs_2\().8b, v\rhs_2\().8b
  smlal2 v6.8h, v\lhs\().16b, v\rhs\().16b
  smlal2 v7.8h, v\lhs_2\().16b, v\rhs_2\().16b
  add_product \first, \acc, 6
  add_product \first, \acc_2, 7
#else
  smull v6.8h, v\lhs\().8b, v\rhs\().8b
  smull2 v7.8h, v\lhs\().16b, v\rhs\().16b
  add_product \first, \acc, 6
  add_product 0, \acc, 7
  smull v6.8h, v\lhs_2\().8b, v\rhs_2\().8b
  smull2 v7.8h, v\lhs_2\().16b, v\rhs_2\().16b
  add_product \first, \acc_2, 6
  add_product 0, \acc_2, 7
#endif
.endm
.macro add_product first, acc, product
  .if \first
  saddlp v\acc\().4s, v\product\().8h
  .else
  sadalp v\acc\().4s, v\product\().8h
  .endif
.endm

// All rows with the two channels in v4 and v5; \stride accumulators lie between the results of one row and the next.
.macro two_channels rows, acc, stride, first
  .if \rows == 1
  two_products \first, %(\acc), 0, 4, %(\acc + 1), 0, 5
  .endif
  .if \rows == 2
  two_products \first, %(\acc), 0, 4, %(\acc + \stride), 1, 4
  two_products \first, %(\acc + 1), 0, 5, %(\acc + 1 + \stride), 1, 5
  .endif
  .if \rows == 3
  two_products \first, %(\acc), 0, 4, %(\acc + \stride), 1, 4
  two_products \first, %(\acc + 2 * \stride), 2, 4, %(\acc + 1), 0, 5
  two_products \first, %(\acc + 1 + \stride), 1, 5, %(\acc + 1 + 2 * \stride), 2, 5
  .endif
  .if \rows == 4
  two_products \first, %(\acc), 0, 4, %(\acc + \stride), 1, 4
  two_products \first, %(\acc + 2 * \stride), 2, 4, %(\acc + 3 * \stride), 3, 4
  two_products \first, %(\acc + 1), 0, 5, %(\acc + 1 + \stride), 1, 5
  two_products \first, %(\acc + 1 + 2 * \stride), 2, 5, %(\acc + 1 + 3 * \stride), 3, 5
  .endif
.endm

// All rows with the four channels of the panel at \from, which goes on to the next step.
.macro multiply_panel rows, from, acc, stride, first
  ldp q4, q5, [\from], #32
  two_channels \rows, \acc, \stride, \first
  ldp q4, q5, [\from], #32
  two_channels \rows, %(\acc + 2), \stride, \first
.endm

// The lanes of four accumulators added up, into the lanes of the first.
.macro add_up acc
  sum_of_four %(\acc), %(\acc + 1), %(\acc + 2), %(\acc + 3)
.endm
.macro sum_of_four a, b, c, d
  addp v\a\().4s, v\a\().4s, v\b\().4s
  addp v\c\().4s, v\c\().4s, v\d\().4s
  addp v\a\().4s, v\a\().4s, v\c\().4s
.endm

// Calls \op with row, panel and the first of the four accumulators of each: those of a row lie side by side.
.macro each_result op, rows, panels
  .irp row, 0, 1, 2, 3
  .if \row < \rows
  .irp panel, 0, 1, 2, 3
  .if \panel < \panels
  \op \row, \panel, %(16 + (\row * \panels + \panel) * 4)
  .endif
  .endr
  .endif
  .endr
.endm

// The results of a row and a panel, at x2 in acc: a tile spans four panels.
#define ACC_ROW 64
.macro add_up_result row, panel, acc
  add_up \acc
.endm
.macro zero_result row, panel, acc
  movi v\acc\().4s, #0
.endm
.macro add_acc row, panel, acc
  ldr q4, [x2, #\row * ACC_ROW + \panel * 16]
  add v\acc\().4s, v\acc\().4s, v4.4s
.endm
.macro store_result row, panel, acc
  str q\acc, [x2, #\row * ACC_ROW + \panel * 16]
.endm

// The four accumulators of each row and panel.
.macro zero_accumulators row, panel, acc
  zero_four %(\acc), %(\acc + 1), %(\acc + 2), %(\acc + 3)
.endm
.macro zero_four a, b, c, d
  movi v\a\().4s, #0
  movi v\b\().4s, #0
  movi v\c\().4s, #0
  movi v\d\().4s, #0
.endm

#endif  // OTTAVA_SRC_KERNELS_ARM_NEON_MULTIPLY_H_
