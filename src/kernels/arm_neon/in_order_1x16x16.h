// How in-order cores (Cortex-A53, Cortex-A55) multiply one row by the 16 channels of four panels. The order of the
// instructions follows in_order_4x4x16.h. The weights are loaded three channels ahead; half of them take the way
// through a general register, since such a load goes beside a multiplication on any of these cores, and so do two moves
// from general registers beside each other.
//
//   v0, v1      first and last 8 depths of the row
//   v2 to v5    first 8 depths of a channel            v6 to v9  last 8 depths
//   v12 to v15  products                               v16 to v31  accumulators, one for each channel
//   x9          the row                                x10, x11  weights in flight
//   x0          steps that are left                    x1, x13, x14, x15  panels
// clang-format off
#ifndef OTTAVA_SRC_KERNELS_ARM_NEON_IN_ORDER_1X16X16_H_
#define OTTAVA_SRC_KERNELS_ARM_NEON_IN_ORDER_1X16X16_H_

#include "kernels/arm_neon/in_order_4x4x16.h"

// The four channels of \panel, whose accumulators begin at \acc; meanwhile the loads of the panel that follows, \at
// bytes behind its register, if there is \more. \next: whether a step follows; \first, \last: whether the panel is that
// of its step.
.macro panel_of_pairs_1x16x16 panel, acc, following, at, next, first, last, more
  smull v12.8h, v0.8b, v2.8b
  ldr x10, [\panel, #40]
  smlal v15.8h, v1.8b, v9.8b
  .if \first
  ldr d1, [x9], #8
  .endif
  ldr x11, [\panel, #56]
  sadalp_4x4x16 %(16 + (\acc + 14) % 16), 14
  ldr d5, [\panel, #48]
  smull v13.8h, v0.8b, v3.8b
  count_or_advance_1x16x16 \panel, \next, \first
  smlal v12.8h, v1.8b, v6.8b
  fmov d8, x10
  fmov d9, x11
  sadalp_4x4x16 %(16 + (\acc + 15) % 16), 15
  load_if_1x16x16 \more, d2, \following, \at
  smull v14.8h, v0.8b, v4.8b
  load_if_1x16x16 \more, x10, \following, %(\at + 8)
  smlal v13.8h, v1.8b, v7.8b
  load_if_1x16x16 \more, x11, \following, %(\at + 24)
  sadalp_4x4x16 \acc, 12
  load_if_1x16x16 \more, d3, \following, %(\at + 16)
  smull v15.8h, v0.8b, v5.8b
  load_ahead_1x16x16 \panel, \next, \last
  smlal v14.8h, v1.8b, v8.8b
  .if \more
  fmov d6, x10
  fmov d7, x11
  .endif
  sadalp_4x4x16 %(\acc + 1), 13
  load_if_1x16x16 \more, d4, \following, %(\at + 32)
.endm
.macro panel_of_any_1x16x16 panel, acc, following, at, next, first, last, more
  smull v12.8h, v0.8b, v2.8b
  smull v13.8h, v1.8b, v6.8b
  sadalp_4x4x16 %(16 + (\acc + 15) % 16), 14
  ldr d5, [\panel, #48]
  sadalp_4x4x16 %(16 + (\acc + 15) % 16), 15
  ldr d9, [\panel, #56]
  smull v14.8h, v0.8b, v3.8b
  count_or_advance_1x16x16 \panel, \next, \first
  smull v15.8h, v1.8b, v7.8b
  sadalp_4x4x16 \acc, 12
  load_if_1x16x16 \more, d2, \following, \at
  sadalp_4x4x16 \acc, 13
  load_if_1x16x16 \more, d6, \following, %(\at + 8)
  smull v12.8h, v0.8b, v4.8b
  smull v13.8h, v1.8b, v8.8b
  sadalp_4x4x16 %(\acc + 1), 14
  load_if_1x16x16 \more, d3, \following, %(\at + 16)
  sadalp_4x4x16 %(\acc + 1), 15
  load_if_1x16x16 \more, d7, \following, %(\at + 24)
  smull v14.8h, v0.8b, v5.8b
  load_ahead_1x16x16 \panel, \next, \last
  smull v15.8h, v1.8b, v9.8b
  .if \next * \last
  ldr d1, [x9], #8
  .endif
  sadalp_4x4x16 %(\acc + 2), 12
  load_if_1x16x16 \more, d4, \following, %(\at + 32)
  sadalp_4x4x16 %(\acc + 2), 13
  load_if_1x16x16 \more, d8, \following, %(\at + 40)
.endm
.macro load_if_1x16x16 more, register, from, at
  .if \more
  ldr \register, [\from, #\at]
  .endif
.endm
.macro count_or_advance_1x16x16 panel, next, first
  .if !\first
  add \panel, \panel, #64
  .elseif \next
  subs x0, x0, #1
  .endif
.endm
.macro load_ahead_1x16x16 panel, next, last
  .if \next * \last
  ldr d0, [x9], #8
  .endif
  .if \next
  prfm pldl1keep, [\panel, #256]
  .endif
.endm

// One step. On entry there are the first halves of three channels and, with PAIRS, the last halves of two, and of the
// row the first half; with \next it leaves the same of the next step. The first panel goes on last: what follows the
// last panel lies behind it.
.macro step_in_order_1x16x16 next
  panel_1x16x16 x1, 16, x13, 0, \next, 1, 0
  panel_1x16x16 x13, 20, x14, 0, \next, 0, 0
  panel_1x16x16 x14, 24, x15, 0, \next, 0, 0
  panel_1x16x16 x15, 28, x1, 64, \next, 0, 1
  add x1, x1, #64
.endm
.macro panel_1x16x16 panel, acc, following, at, next, first, last
  .if PAIRS
  panel_of_pairs_1x16x16 \panel, \acc, \following, \at, \next, \first, \last, %(\next + 1 - \last)
  .else
  panel_of_any_1x16x16 \panel, \acc, \following, \at, \next, \first, \last, %(\next + 1 - \last)
  .endif
.endm

.macro begin_in_order_1x16x16
  ldr d2, [x1]
  ldr d6, [x1, #8]
  ldr d3, [x1, #16]
  ldr d7, [x1, #24]
  ldr d4, [x1, #32]
  ldr d0, [x9], #8
  .if PAIRS
  movi d1, #0  // of a product before the first
  .else
  ldr d8, [x1, #40]
  ldr d1, [x9], #8
  .endif
  movi d14, #0
  movi d15, #0
.endm

// What the last step has left.
.macro end_in_order_1x16x16
  .if PAIRS
  smlal v15.8h, v1.8b, v9.8b
  sadalp v30.4s, v14.8h
  .else
  sadalp v31.4s, v14.8h
  .endif
  sadalp v31.4s, v15.8h
.endm

#endif  // OTTAVA_SRC_KERNELS_ARM_NEON_IN_ORDER_1X16X16_H_
