// How in-order cores (Cortex-A53, Cortex-A55) multiply one row by the 16 channels of four panels. The order of the
// instructions follows multiply_in_order.h. The weights are loaded three channels ahead; half of them take the way
// through a scalar register, since a scalar load goes beside a multiplication on any of these cores, and two moves from
// scalar registers beside each other.
//
//   v0, v1      first and last 8 depths of the row
//   v2 to v5    first 8 depths of a channel            v6 to v9  last 8 depths
//   v12 to v15  products                               v16 to v31  accumulators
//   x9          the row                                x10, x11  weights on their way
//   x0          steps that are left                    x1, x13, x14, x15  panels
// clang-format off
#ifndef OTTAVA_SRC_KERNELS_ARM_NEON_MULTIPLY_ROW_IN_ORDER_H_
#define OTTAVA_SRC_KERNELS_ARM_NEON_MULTIPLY_ROW_IN_ORDER_H_

#include "kernels/arm_neon/multiply_in_order.h"

// The four channels of \panel, whose accumulators begin at \acc; meanwhile the loads of the panel that follows, \at
// bytes behind its register. \next: whether a step follows; \first, \last: whether the panel is that of its step.
#if PAIRS
.macro panel_in_order panel, acc, following, at, next, first, last
  smull v12.8h, v0.8b, v2.8b
  ldr x10, [\panel, #40]
  smlal v15.8h, v1.8b, v9.8b
  .if \first
  ldr d1, [x9], #8
  .endif
  ldr x11, [\panel, #56]
  sadalp_product %(16 + (\acc + 14) % 16), 14
  ldr d5, [\panel, #48]
  smull v13.8h, v0.8b, v3.8b
  count_or_advance \panel, \next, \first
  smlal v12.8h, v1.8b, v6.8b
  fmov d8, x10
  fmov d9, x11
  sadalp_product %(16 + (\acc + 15) % 16), 15
  .if \next || !\last
  ldr d2, [\following, #\at]
  .endif
  smull v14.8h, v0.8b, v4.8b
  .if \next || !\last
  ldr x10, [\following, #\at + 8]
  .endif
  smlal v13.8h, v1.8b, v7.8b
  .if \next || !\last
  ldr x11, [\following, #\at + 24]
  .endif
  sadalp_product \acc, 12
  .if \next || !\last
  ldr d3, [\following, #\at + 16]
  .endif
  smull v15.8h, v0.8b, v5.8b
  load_ahead \panel, \next, \last
  smlal v14.8h, v1.8b, v8.8b
  .if \next || !\last
  fmov d6, x10
  fmov d7, x11
  .endif
  sadalp_product %(\acc + 1), 13
  .if \next || !\last
  ldr d4, [\following, #\at + 32]
  .endif
.endm
#else
.macro panel_in_order panel, acc, following, at, next, first, last
  smull v12.8h, v0.8b, v2.8b
  smull v13.8h, v1.8b, v6.8b
  sadalp_product %(16 + (\acc + 15) % 16), 14
  ldr d5, [\panel, #48]
  sadalp_product %(16 + (\acc + 15) % 16), 15
  ldr d9, [\panel, #56]
  smull v14.8h, v0.8b, v3.8b
  count_or_advance \panel, \next, \first
  smull v15.8h, v1.8b, v7.8b
  sadalp_product \acc, 12
  .if \next || !\last
  ldr d2, [\following, #\at]
  .endif
  sadalp_product \acc, 13
  .if \next || !\last
  ldr d6, [\following, #\at + 8]
  .endif
  smull v12.8h, v0.8b, v4.8b
  smull v13.8h, v1.8b, v8.8b
  sadalp_product %(\acc + 1), 14
  .if \next || !\last
  ldr d3, [\following, #\at + 16]
  .endif
  sadalp_product %(\acc + 1), 15
  .if \next || !\last
  ldr d7, [\following, #\at + 24]
  .endif
  smull v14.8h, v0.8b, v5.8b
  load_ahead \panel, \next, \last
  smull v15.8h, v1.8b, v9.8b
  .if \next && \last
  ldr d1, [x9], #8
  .endif
  sadalp_product %(\acc + 2), 12
  .if \next || !\last
  ldr d4, [\following, #\at + 32]
  .endif
  sadalp_product %(\acc + 2), 13
  .if \next || !\last
  ldr d8, [\following, #\at + 40]
  .endif
.endm
#endif
.macro count_or_advance panel, next, first
  .if !\first
  add \panel, \panel, #64
  .endif
  .if \first && \next
  subs x0, x0, #1
  .endif
.endm
.macro load_ahead panel, next, last
  .if \next && \last
  ldr d0, [x9], #8
  .endif
  .if \next
  prfm pldl1keep, [\panel, #256]
  .endif
.endm

// One step. On entry there are the first halves of three channels and, with PAIRS, the last halves of two, and of the
// row the first half; with \next it leaves the same of the next step. The first panel goes on last: what follows the
// last panel lies behind it.
.macro row_step_in_order next
  panel_in_order x1, 16, x13, 0, \next, 1, 0
  panel_in_order x13, 20, x14, 0, \next, 0, 0
  panel_in_order x14, 24, x15, 0, \next, 0, 0
  panel_in_order x15, 28, x1, 64, \next, 0, 1
  add x1, x1, #64
.endm

.macro begin_row_steps
  ldr d2, [x1]
  ldr d6, [x1, #8]
  ldr d3, [x1, #16]
  ldr d7, [x1, #24]
  ldr d4, [x1, #32]
  ldr d0, [x9], #8
#if PAIRS
  movi d1, #0  // of a product before the first
#else
  ldr d8, [x1, #40]
  ldr d1, [x9], #8
#endif
  movi d14, #0
  movi d15, #0
.endm

// What the last step has left.
.macro end_row_steps
#if PAIRS
  smlal v15.8h, v1.8b, v9.8b
  sadalp v30.4s, v14.8h
#else
  sadalp v31.4s, v14.8h
#endif
  sadalp v31.4s, v15.8h
.endm

#endif  // OTTAVA_SRC_KERNELS_ARM_NEON_MULTIPLY_ROW_IN_ORDER_H_
