// What the packed kernels of 4 x 4 x 16 share: entry and exit, and the tiles of each height in an order that suits
// out-of-order cores. A tile computes the valid rows alone, with all channels of the panels that hold valid ones. Those
// that finish go on to the next rows, as long as there are any.
//
//   x0  lhs panel                  x4  0: acc is overwritten, else added to. FINISHING: see finish.h
//   x1  rhs panel                  x5  rows that are left
//   x2  acc. FINISHING: finish.h   x6  channels that are left
//   x3  steps of 16 depths         x7  bytes from one rhs panel to the next
//   x8 to x10  steps that are left, lhs panel and rhs panel on their way
//   vectors    see multiply.h
// clang-format off
#ifndef OTTAVA_SRC_KERNELS_ARM_NEON_TILE_4X4X16_H_
#define OTTAVA_SRC_KERNELS_ARM_NEON_TILE_4X4X16_H_

// The stack: what the next rows begin with again.
#define FINISH_CONSTANTS 0
#define SAVED_RHS 48  // and channels
#define SAVED_DST 64  // of the first row, and stride
#define SAVED_OFFSETS 80  // and scales
#define SAVED_BIASES 96
#define FINISH_FRAME 112
#include "kernels/arm_neon/finish.h"
#include "kernels/arm_neon/multiply.h"

// The rows of dst are at x11, x12, x16 and x17.
.macro store_column rows
  str s16, [x11], #4
  .if \rows > 1
  st1 {v16.s}[1], [x12], #4
  .endif
  .if \rows > 2
  st1 {v16.s}[2], [x16], #4
  .endif
  .if \rows > 3
  st1 {v16.s}[3], [x17], #4
  .endif
.endm

// From the first row of dst and the stride.
.macro point_at_dst
  add x16, x11, x12, lsl #1
  add x17, x16, x12
  add x12, x11, x12
.endm

// From the TileArgs at x0, and with FINISHING the StageArgs at x1, to the registers above.
.macro begin_packed
  save_registers
  .if FINISHING
  sub sp, sp, #FINISH_FRAME
  begin_finishing
  stp x11, x12, [sp, #SAVED_DST]
  stp x13, x14, [sp, #SAVED_OFFSETS]
  str x15, [sp, #SAVED_BIASES]
  point_at_dst
  .else
  ldr x4, [x0, #TILE_ACCUMULATE]
  .endif
  ldp x5, x6, [x0, #TILE_M]
  .if FINISHING
  ldr x3, [x0, #TILE_DEPTH]
  .else
  ldp x2, x3, [x0, #TILE_ACC]
  .endif
  ldr x7, [x0, #TILE_PANEL_STRIDE]
  ldp x0, x1, [x0, #TILE_LHS]
  .if FINISHING
  stp x1, x6, [sp, #SAVED_RHS]
  .endif
  add x3, x3, #15
  lsr x3, x3, #4
.endm
.macro end_packed
  .if FINISHING
  add sp, sp, #FINISH_FRAME
  .endif
  restore_registers
  ret
.endm

// Behind the last panel of a full tile: to the next rows at \next, or to the tile of fewer, whose label ends in \kind.
.macro end_full_tile kind, next
  .if FINISHING
  subs x5, x5, #4
  b.eq 9f
  ldp x11, x12, [sp, #SAVED_DST]
  ldp x1, x6, [sp, #SAVED_RHS]
  ldp x13, x14, [sp, #SAVED_OFFSETS]
  ldr x15, [sp, #SAVED_BIASES]
  add x0, x0, x3, lsl #6
  add x11, x11, x12, lsl #2
  str x11, [sp, #SAVED_DST]
  point_at_dst
  cmp x5, #4
  b.hs \next
  b LOCAL(edge_)\kind
9:
  .endif
  end_packed
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

// Behind the products of a panel, whose accumulators lie four by four: to acc or dst, and to the next panel at \next,
// if any.
.macro end_panel rows, next, has_offsets=0
  .if FINISHING
  .if !\has_offsets
  load_offsets
  .endif
  load_scales
  .endif
  add_up_results \rows, 1
7:
  .if FINISHING
  finish_results \rows, 1, to_next_panel
  .else
  cbnz x4, 8f
6:
  each_result store_result, \rows, 1
  to_next_panel
  add x2, x2, #16
  .endif
  b.hi \next
.endm
.macro to_next_panel
  subs x6, x6, #4
  add x1, x1, x7
.endm
// Where there are no products.
.macro panel_without_depth rows
  .if FINISHING
  load_channels 1
  .endif
  each_result zero_result, \rows, 1
  b 7b
.endm
.macro add_to_acc rows
  .if !FINISHING
8:
  each_result add_acc, \rows, 1
  b 6b
  .endif
.endm

.macro packed_tile rows, kind
1:
  mov x9, x0
  mov x10, x1
  subs x8, x3, #1
  b.lo 5f
  load_lhs \rows
  multiply_panel \rows, x10, 16, 4, 1
  tbz x8, #0, 4f
  load_lhs \rows
  multiply_panel \rows, x10, 16, 4, 0
4:
  ands x8, x8, #-2
  b.eq 3f
  .p2align 4
2:
  load_lhs \rows
  subs x8, x8, #2
  multiply_panel \rows, x10, 16, 4, 0
  load_lhs \rows
  multiply_panel \rows, x10, 16, 4, 0
  b.ne 2b
3:
  end_panel \rows, 1b
  .if \rows == 4
  end_full_tile \kind, 1b
  .else
  end_packed
  .endif
5:
  panel_without_depth \rows
  add_to_acc \rows
.endm

// The tiles of fewer rows than 4, at a label that ends in \kind.
.macro edge_tiles kind
LOCAL(edge_)\kind:
  cmp x5, #2
  b.lo LOCAL(tile_1_)\kind
  b.eq LOCAL(tile_2_)\kind
  packed_tile 3
LOCAL(tile_2_)\kind:
  packed_tile 2
LOCAL(tile_1_)\kind:
  packed_tile 1
.endm

.macro packed_function kind, finishing, full_tile
  .set FINISHING, \finishing
  begin_packed
  cmp x5, #4
  b.lo LOCAL(edge_)\kind
  \full_tile 4, \kind
  edge_tiles \kind
.endm

#endif  // OTTAVA_SRC_KERNELS_ARM_NEON_TILE_4X4X16_H_
