// How the kernels 4 x 4 x 16 of AArch64 without dot products multiply and add. Each result of a tile has an accumulator
// of its own, whose lanes are added up at the end; a row or channel is a vector of 16 depths.
//
//               rhs  v4   v5   v6   v7     the channels of a panel
//     lhs row 0  v0  v16  v17  v18  v19
//             1  v1  v20  v21  v22  v23    accumulators
//             2  v2  v24  v25  v26  v27
//             3  v3  v28  v29  v30  v31    v8, v9  products
//
// Fewer rows may span more panels, one after the other in v4 to v7: row i, panel p and channel c have their accumulator
// in v(16 + (i * panels + p) * 4 + c).
//
// A function sets these symbols before it uses the macros of this folder:
//
//   PAIRS     1: two products are summed in 16 bits, by SMULL and SMLAL2, before SADALP takes them into 32. Exact where
//             no weight is -128: a product is at most 128 * 127 = 16256 then, and twice that is below 2^15
//             0: each product goes into 32 bits by itself, which is exact for all weights
//   FUSED     1: the epilogue is fused, and the second argument a StageArgs: see epilogue_4x4x16.h. 0: sums go to acc
//   IN_ORDER  1: the tuning for in-order cores, whose loops are in in_order_4x4x16.h and in_order_1x16x16.h
//
// Included by .S files alone. Register numbers are computed, which takes .altmacro; that makes one & of two.
// clang-format off
#ifndef OTTAVA_SRC_KERNELS_ARM_NEON_MULTIPLY_4X4X16_H_
#define OTTAVA_SRC_KERNELS_ARM_NEON_MULTIPLY_4X4X16_H_

#include "kernels/assembly.h"

  .altmacro

.macro save_registers_4x4x16
  .if IN_ORDER
  push_d8_to_d15
  .else
  stp d8, d9, [sp, #-16]!
  .endif
.endm
.macro restore_registers_4x4x16
  .if IN_ORDER
  pop_d8_to_d15
  .else
  ldp d8, d9, [sp], #16
  .endif
.endm

// The 16 products of a row and a channel, twice. With \first they begin the accumulators.
.macro two_products_4x4x16 first, acc, lhs, rhs, acc_2, lhs_2, rhs_2
  smull v8.8h, v\lhs\().8b, v\rhs\().8b
  .if PAIRS
  smull v9.8h, v\lhs_2\().8b, v\rhs_2\().8b
  smlal2 v8.8h, v\lhs\().16b, v\rhs\().16b
  smlal2 v9.8h, v\lhs_2\().16b, v\rhs_2\().16b
  add_product_4x4x16 \first, \acc, 8
  .else
  smull2 v9.8h, v\lhs\().16b, v\rhs\().16b
  add_product_4x4x16 \first, \acc, 8
  add_product_4x4x16 0, \acc, 9
  smull v8.8h, v\lhs_2\().8b, v\rhs_2\().8b
  smull2 v9.8h, v\lhs_2\().16b, v\rhs_2\().16b
  add_product_4x4x16 \first, \acc_2, 8
  .endif
  add_product_4x4x16 %(\first * PAIRS), \acc_2, 9
.endm
.macro add_product_4x4x16 first, acc, product
  .if \first
  saddlp v\acc\().4s, v\product\().8h
  .else
  sadalp v\acc\().4s, v\product\().8h
  .endif
.endm

// All rows with the channels in v\rhs and the vector behind it; \stride accumulators lie between the results of one row
// and the next.
.macro two_channels_4x4x16 rows, rhs, acc, stride, first
  .if \rows == 1
  two_products_4x4x16 \first, %(\acc), 0, \rhs, %(\acc + 1), 0, %(\rhs + 1)
  .elseif \rows == 3
  two_products_4x4x16 \first, %(\acc), 0, \rhs, %(\acc + \stride), 1, \rhs
  two_products_4x4x16 \first, %(\acc + 2 * \stride), 2, \rhs, %(\acc + 1), 0, %(\rhs + 1)
  two_products_4x4x16 \first, %(\acc + 1 + \stride), 1, %(\rhs + 1), %(\acc + 1 + 2 * \stride), 2, %(\rhs + 1)
  .else
  two_rows_4x4x16 \rows, \rhs, \acc, \stride, \first
  two_rows_4x4x16 \rows, %(\rhs + 1), %(\acc + 1), \stride, \first
  .endif
.endm
.macro two_rows_4x4x16 rows, rhs, acc, stride, first
  two_products_4x4x16 \first, %(\acc), 0, \rhs, %(\acc + \stride), 1, \rhs
  .if \rows == 4
  two_products_4x4x16 \first, %(\acc + 2 * \stride), 2, \rhs, %(\acc + 3 * \stride), 3, \rhs
  .endif
.endm

// All rows with the four channels of the panel at \from, which goes on to the next step.
.macro multiply_panel_4x4x16 rows, from, acc, stride, first
  ld1 {v4.16b, v5.16b, v6.16b, v7.16b}, [\from], #64
  two_channels_4x4x16 \rows, 4, \acc, \stride, \first
  two_channels_4x4x16 \rows, 6, %(\acc + 2), \stride, \first
.endm

// Calls \op with row, panel and the first of the four accumulators of each.
.macro each_result_4x4x16 op, rows, panels
  .irp row, 0, 1, 2, 3
  .irp panel, 0, 1, 2, 3
  .if (\row < \rows) * (\panel < \panels)
  \op \row, \panel, %(16 + (\row * \panels + \panel) * 4)
  .endif
  .endr
  .endr
.endm

// The lanes of four accumulators added up, into the lanes of the first: of all results the one half, then the other.
.macro add_up_results_4x4x16 rows, panels
  each_result_4x4x16 add_up_twice_4x4x16, \rows, \panels
  each_result_4x4x16 add_up_once_4x4x16, \rows, \panels
.endm
.macro add_up_twice_4x4x16 row, panel, acc
  addp_4x4x16 \acc, %(\acc + 1)
  addp_4x4x16 %(\acc + 2), %(\acc + 3)
.endm
.macro add_up_once_4x4x16 row, panel, acc
  addp_4x4x16 \acc, %(\acc + 2)
.endm
.macro addp_4x4x16 acc, other
  addp v\acc\().4s, v\acc\().4s, v\other\().4s
.endm

// The results of a row and a panel, in acc at x2: a tile spans eight panels.
#define ACC_ROW_4X4X16 128
.macro add_acc_4x4x16 row, panel, acc
  ldr q4, [x2, #\row * ACC_ROW_4X4X16 + \panel * 16]
  add v\acc\().4s, v\acc\().4s, v4.4s
.endm
.macro store_acc_4x4x16 row, panel, acc
  str q\acc, [x2, #\row * ACC_ROW_4X4X16 + \panel * 16]
.endm

#endif  // OTTAVA_SRC_KERNELS_ARM_NEON_MULTIPLY_4X4X16_H_
