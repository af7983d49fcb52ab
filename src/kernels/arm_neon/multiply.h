// How the kernels of AArch64 without dot products multiply and add, for a file that says which products it wants:
//
//   PAIRS 1  two products are summed in 16 bits, by SMULL and SMLAL2, before SADALP takes them into 32. Exact where no
//            weight is -128: a product is at most 128 * 127 = 16256 then, and twice that is below 2^15
//   PAIRS 0  each product goes into 32 bits by itself: exact for everything
//
// Each result of a tile has an accumulator of its own, whose lanes are added up at the end. A row or channel is a
// vector of 16 depths.
//
//   v0 to v3    lhs, a row each      v4 to v7  rhs, a channel each      v8, v9  products
//   v16 to v31  accumulators
//
// IN_ORDER tells whether the file is for in-order cores, see multiply_in_order.h: those take more of the registers that
// belong to the caller.
//
// Included by .S files alone. The macros compute register numbers, which takes .altmacro.
// clang-format off
#ifndef OTTAVA_SRC_KERNELS_ARM_NEON_MULTIPLY_H_
#define OTTAVA_SRC_KERNELS_ARM_NEON_MULTIPLY_H_

#include "kernels/assembly.h"

  .altmacro

#if IN_ORDER
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
#else
.macro save_registers
  stp d8, d9, [sp, #-16]!
.endm
.macro restore_registers
  ldp d8, d9, [sp], #16
.endm
#endif

// The 16 products of a row and a channel, twice. With \first they begin the accumulators.
.macro two_products first, acc, lhs, rhs, acc_2, lhs_2, rhs_2
#if PAIRS
  smull v8.8h, v\lhs\().8b, v\rhs\().8b
  smull v9.8h, v\lhs_2\().8b, v\rhs_2\().8b
  smlal2 v8.8h, v\lhs\().16b, v\rhs\().16b
  smlal2 v9.8h, v\lhs_2\().16b, v\rhs_2\().16b
  add_product \first, \acc, 8
  add_product \first, \acc_2, 9
#else
  smull v8.8h, v\lhs\().8b, v\rhs\().8b
  smull2 v9.8h, v\lhs\().16b, v\rhs\().16b
  add_product \first, \acc, 8
  add_product 0, \acc, 9
  smull v8.8h, v\lhs_2\().8b, v\rhs_2\().8b
  smull2 v9.8h, v\lhs_2\().16b, v\rhs_2\().16b
  add_product \first, \acc_2, 8
  add_product 0, \acc_2, 9
#endif
.endm
.macro add_product first, acc, product
  .if \first
  saddlp v\acc\().4s, v\product\().8h
  .else
  sadalp v\acc\().4s, v\product\().8h
  .endif
.endm

// All rows with the channels in v\rhs and the vector behind it; \stride accumulators lie between the results of one row
// and the next.
.macro two_channels rows, rhs, acc, stride, first
  .if \rows == 1
  two_products \first, %(\acc), 0, \rhs, %(\acc + 1), 0, %(\rhs + 1)
  .endif
  .if \rows == 2
  two_products \first, %(\acc), 0, \rhs, %(\acc + \stride), 1, \rhs
  two_products \first, %(\acc + 1), 0, %(\rhs + 1), %(\acc + 1 + \stride), 1, %(\rhs + 1)
  .endif
  .if \rows == 3
  two_products \first, %(\acc), 0, \rhs, %(\acc + \stride), 1, \rhs
  two_products \first, %(\acc + 2 * \stride), 2, \rhs, %(\acc + 1), 0, %(\rhs + 1)
  two_products \first, %(\acc + 1 + \stride), 1, %(\rhs + 1), %(\acc + 1 + 2 * \stride), 2, %(\rhs + 1)
  .endif
  .if \rows == 4
  two_products \first, %(\acc), 0, \rhs, %(\acc + \stride), 1, \rhs
  two_products \first, %(\acc + 2 * \stride), 2, \rhs, %(\acc + 3 * \stride), 3, \rhs
  two_products \first, %(\acc + 1), 0, %(\rhs + 1), %(\acc + 1 + \stride), 1, %(\rhs + 1)
  two_products \first, %(\acc + 1 + 2 * \stride), 2, %(\rhs + 1), %(\acc + 1 + 3 * \stride), 3, %(\rhs + 1)
  .endif
.endm

// All rows with the four channels of the panel at \from, which goes on to the next step.
.macro multiply_panel rows, from, acc, stride, first
  ld1 {v4.16b, v5.16b, v6.16b, v7.16b}, [\from], #64
  two_channels \rows, 4, \acc, \stride, \first
  two_channels \rows, 6, %(\acc + 2), \stride, \first
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

// The results of a row and a panel, at x2 in acc: a tile spans eight panels.
#define ACC_ROW 128
// The lanes of four accumulators added up, into the lanes of the first: of all results the one half, then the other.
.macro add_up_results rows, panels
  each_result add_up_twice, \rows, \panels
  each_result add_up_once, \rows, \panels
.endm
.macro add_up_twice row, panel, acc
  add_up \acc, %(\acc + 1)
  add_up %(\acc + 2), %(\acc + 3)
.endm
.macro add_up_once row, panel, acc
  add_up \acc, %(\acc + 2)
.endm
.macro add_up acc, other
  addp v\acc\().4s, v\acc\().4s, v\other\().4s
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
.macro zero_four one, two, three, four
  movi d\one, #0  // the whole register
  movi d\two, #0
  movi d\three, #0
  movi d\four, #0
.endm

#endif  // OTTAVA_SRC_KERNELS_ARM_NEON_MULTIPLY_H_
