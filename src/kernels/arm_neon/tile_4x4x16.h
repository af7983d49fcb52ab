// What the packed kernels of 4 x 4 x 16 share: entry and exit, and the tiles of each height in an order that suits
// out-of-order cores. A tile computes the valid rows alone, with all channels of the panels that hold valid ones.
//
//   x0  lhs panel                  x4  0: acc is overwritten, else added to
//   x1  rhs panel                  x5  rows
//   x2  acc                        x6  channels that are left
//   x3  steps of 16 depths         x7  bytes from one rhs panel to the next
//   x8 to x10  steps that are left, lhs panel and rhs panel on their way
//   vectors    see multiply.h
#ifndef OTTAVA_SRC_KERNELS_ARM_NEON_TILE_4X4X16_H_
#define OTTAVA_SRC_KERNELS_ARM_NEON_TILE_4X4X16_H_

#include "kernels/arm_neon/multiply.h"

// From the TileArgs at x0 to the registers above.
.macro begin_packed
  ldp x5, x6, [x0, #TILE_M]
  ldp x2, x3, [x0, #TILE_ACC]
  ldp x4, x7, [x0, #TILE_ACCUMULATE]
  ldp x0, x1, [x0, #TILE_LHS]
  add x3, x3, #15
  lsr x3, x3, #4
.endm

.macro load_lhs rows
  .if \rows == 1
  ldr q0, [x9], #64
  .endif
  .if \rows == 2
  ldp q0, q1, [x9], #64
  .endif
  .if \rows == 3
  ldr q2, [x9, #32]
  ldp q0, q1, [x9], #64
  .endif
  .if \rows == 4
  ld1 {v0.16b, v1.16b, v2.16b, v3.16b}, [x9], #64
  .endif
.endm

// Behind the products of a panel, whose accumulators lie four by four: to acc, and to the next panel at \next, if any.
.macro end_panel rows, next
  each_result add_up_result, \rows, 1
7:
  cbnz x4, 8f
6:
  each_result store_result, \rows, 1
  subs x6, x6, #4
  add x1, x1, x7
  add x2, x2, #16
  b.hi \next
.endm
// Where there are no products.
.macro panel_without_depth rows
  each_result zero_result, \rows, 1
  b 7b
.endm
.macro add_to_acc rows
8:
  each_result add_acc, \rows, 1
  b 6b
.endm

.macro packed_tile rows
1:
  mov x9, x0
  mov x10, x1
  subs x8, x3, #1
  b.lo 5f
  load_lhs \rows
  multiply_panel \rows, x10, 16, 4, 1
  cbz x8, 3f
  .p2align 4
2:
  load_lhs \rows
  subs x8, x8, #1
  multiply_panel \rows, x10, 16, 4, 0
  b.ne 2b
3:
  end_panel \rows, 1b
  ret
5:
  panel_without_depth \rows
  add_to_acc \rows
.endm

// The tiles of fewer rows than 4.
.macro edge_tiles
LOCAL(edge):
  cmp x5, #2
  b.lo LOCAL(tile_1)
  b.eq LOCAL(tile_2)
  packed_tile 3
LOCAL(tile_2):
  packed_tile 2
LOCAL(tile_1):
  packed_tile 1
.endm

#endif  // OTTAVA_SRC_KERNELS_ARM_NEON_TILE_4X4X16_H_
