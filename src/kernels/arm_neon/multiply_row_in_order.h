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

// One step. On entry there are the first halves of three channels and, with PAIRS, the last halves of two, and of the
// row the first half; with \next it leaves the same of the next step.
#if PAIRS
.macro row_step_in_order next
  smull v12.8h, v0.8b, v2.8b
  ldr x10, [x1, #40]
  smlal v15.8h, v1.8b, v9.8b
  ldr d1, [x9], #8
  ldr x11, [x1, #56]
  sadalp v30.4s, v14.8h
  ldr d5, [x1, #48]
  smull v13.8h, v0.8b, v3.8b
  .if \next
  subs x0, x0, #1
  .endif
  smlal v12.8h, v1.8b, v6.8b
  fmov d8, x10
  fmov d9, x11
  sadalp v31.4s, v15.8h
  ldr d2, [x13]
  smull v14.8h, v0.8b, v4.8b
  ldr x10, [x13, #8]
  smlal v13.8h, v1.8b, v7.8b
  ldr x11, [x13, #24]
  sadalp v16.4s, v12.8h
  ldr d3, [x13, #16]
  smull v15.8h, v0.8b, v5.8b
  .if \next
  prfm pldl1keep, [x1, #256]
  .endif
  smlal v14.8h, v1.8b, v8.8b
  fmov d6, x10
  fmov d7, x11
  sadalp v17.4s, v13.8h
  ldr d4, [x13, #32]
  smull v12.8h, v0.8b, v2.8b
  ldr x10, [x13, #40]
  smlal v15.8h, v1.8b, v9.8b
  ldr x11, [x13, #56]
  sadalp v18.4s, v14.8h
  ldr d5, [x13, #48]
  smull v13.8h, v0.8b, v3.8b
  add x13, x13, #64
  smlal v12.8h, v1.8b, v6.8b
  fmov d8, x10
  fmov d9, x11
  sadalp v19.4s, v15.8h
  ldr d2, [x14]
  smull v14.8h, v0.8b, v4.8b
  ldr x10, [x14, #8]
  smlal v13.8h, v1.8b, v7.8b
  ldr x11, [x14, #24]
  sadalp v20.4s, v12.8h
  ldr d3, [x14, #16]
  smull v15.8h, v0.8b, v5.8b
  .if \next
  prfm pldl1keep, [x13, #256]
  .endif
  smlal v14.8h, v1.8b, v8.8b
  fmov d6, x10
  fmov d7, x11
  sadalp v21.4s, v13.8h
  ldr d4, [x14, #32]
  smull v12.8h, v0.8b, v2.8b
  ldr x10, [x14, #40]
  smlal v15.8h, v1.8b, v9.8b
  ldr x11, [x14, #56]
  sadalp v22.4s, v14.8h
  ldr d5, [x14, #48]
  smull v13.8h, v0.8b, v3.8b
  add x14, x14, #64
  smlal v12.8h, v1.8b, v6.8b
  fmov d8, x10
  fmov d9, x11
  sadalp v23.4s, v15.8h
  ldr d2, [x15]
  smull v14.8h, v0.8b, v4.8b
  ldr x10, [x15, #8]
  smlal v13.8h, v1.8b, v7.8b
  ldr x11, [x15, #24]
  sadalp v24.4s, v12.8h
  ldr d3, [x15, #16]
  smull v15.8h, v0.8b, v5.8b
  .if \next
  prfm pldl1keep, [x14, #256]
  .endif
  smlal v14.8h, v1.8b, v8.8b
  fmov d6, x10
  fmov d7, x11
  sadalp v25.4s, v13.8h
  ldr d4, [x15, #32]
  smull v12.8h, v0.8b, v2.8b
  ldr x10, [x15, #40]
  smlal v15.8h, v1.8b, v9.8b
  ldr x11, [x15, #56]
  sadalp v26.4s, v14.8h
  ldr d5, [x15, #48]
  smull v13.8h, v0.8b, v3.8b
  add x15, x15, #64
  smlal v12.8h, v1.8b, v6.8b
  fmov d8, x10
  fmov d9, x11
  sadalp v27.4s, v15.8h
  .if \next
  ldr d2, [x1, #64]
  .endif
  smull v14.8h, v0.8b, v4.8b
  .if \next
  ldr x10, [x1, #72]
  .endif
  smlal v13.8h, v1.8b, v7.8b
  .if \next
  ldr x11, [x1, #88]
  .endif
  sadalp v28.4s, v12.8h
  .if \next
  ldr d3, [x1, #80]
  .endif
  smull v15.8h, v0.8b, v5.8b
  .if \next
  ldr d0, [x9], #8
  prfm pldl1keep, [x15, #256]
  .endif
  smlal v14.8h, v1.8b, v8.8b
  .if \next
  fmov d6, x10
  fmov d7, x11
  .endif
  sadalp v29.4s, v13.8h
  .if \next
  ldr d4, [x1, #96]
  .endif
  add x1, x1, #64
.endm
#else
.macro row_step_in_order next
  smull v12.8h, v0.8b, v2.8b
  smull v13.8h, v1.8b, v6.8b
  sadalp v31.4s, v14.8h
  ldr d5, [x1, #48]
  sadalp v31.4s, v15.8h
  ldr d9, [x1, #56]
  smull v14.8h, v0.8b, v3.8b
  .if \next
  subs x0, x0, #1
  .endif
  smull v15.8h, v1.8b, v7.8b
  sadalp v16.4s, v12.8h
  ldr d2, [x13]
  sadalp v16.4s, v13.8h
  ldr d6, [x13, #8]
  smull v12.8h, v0.8b, v4.8b
  smull v13.8h, v1.8b, v8.8b
  sadalp v17.4s, v14.8h
  ldr d3, [x13, #16]
  sadalp v17.4s, v15.8h
  ldr d7, [x13, #24]
  smull v14.8h, v0.8b, v5.8b
  .if \next
  prfm pldl1keep, [x1, #256]
  .endif
  smull v15.8h, v1.8b, v9.8b
  sadalp v18.4s, v12.8h
  ldr d4, [x13, #32]
  sadalp v18.4s, v13.8h
  ldr d8, [x13, #40]
  smull v12.8h, v0.8b, v2.8b
  smull v13.8h, v1.8b, v6.8b
  sadalp v19.4s, v14.8h
  ldr d5, [x13, #48]
  sadalp v19.4s, v15.8h
  ldr d9, [x13, #56]
  smull v14.8h, v0.8b, v3.8b
  add x13, x13, #64
  smull v15.8h, v1.8b, v7.8b
  sadalp v20.4s, v12.8h
  ldr d2, [x14]
  sadalp v20.4s, v13.8h
  ldr d6, [x14, #8]
  smull v12.8h, v0.8b, v4.8b
  smull v13.8h, v1.8b, v8.8b
  sadalp v21.4s, v14.8h
  ldr d3, [x14, #16]
  sadalp v21.4s, v15.8h
  ldr d7, [x14, #24]
  smull v14.8h, v0.8b, v5.8b
  .if \next
  prfm pldl1keep, [x13, #256]
  .endif
  smull v15.8h, v1.8b, v9.8b
  sadalp v22.4s, v12.8h
  ldr d4, [x14, #32]
  sadalp v22.4s, v13.8h
  ldr d8, [x14, #40]
  smull v12.8h, v0.8b, v2.8b
  smull v13.8h, v1.8b, v6.8b
  sadalp v23.4s, v14.8h
  ldr d5, [x14, #48]
  sadalp v23.4s, v15.8h
  ldr d9, [x14, #56]
  smull v14.8h, v0.8b, v3.8b
  add x14, x14, #64
  smull v15.8h, v1.8b, v7.8b
  sadalp v24.4s, v12.8h
  ldr d2, [x15]
  sadalp v24.4s, v13.8h
  ldr d6, [x15, #8]
  smull v12.8h, v0.8b, v4.8b
  smull v13.8h, v1.8b, v8.8b
  sadalp v25.4s, v14.8h
  ldr d3, [x15, #16]
  sadalp v25.4s, v15.8h
  ldr d7, [x15, #24]
  smull v14.8h, v0.8b, v5.8b
  .if \next
  prfm pldl1keep, [x14, #256]
  .endif
  smull v15.8h, v1.8b, v9.8b
  sadalp v26.4s, v12.8h
  ldr d4, [x15, #32]
  sadalp v26.4s, v13.8h
  ldr d8, [x15, #40]
  smull v12.8h, v0.8b, v2.8b
  smull v13.8h, v1.8b, v6.8b
  sadalp v27.4s, v14.8h
  ldr d5, [x15, #48]
  sadalp v27.4s, v15.8h
  ldr d9, [x15, #56]
  smull v14.8h, v0.8b, v3.8b
  add x15, x15, #64
  smull v15.8h, v1.8b, v7.8b
  sadalp v28.4s, v12.8h
  .if \next
  ldr d2, [x1, #64]
  .endif
  sadalp v28.4s, v13.8h
  .if \next
  ldr d6, [x1, #72]
  .endif
  smull v12.8h, v0.8b, v4.8b
  smull v13.8h, v1.8b, v8.8b
  sadalp v29.4s, v14.8h
  .if \next
  ldr d3, [x1, #80]
  .endif
  sadalp v29.4s, v15.8h
  .if \next
  ldr d7, [x1, #88]
  .endif
  smull v14.8h, v0.8b, v5.8b
  .if \next
  ldr d0, [x9], #8
  prfm pldl1keep, [x15, #256]
  .endif
  smull v15.8h, v1.8b, v9.8b
  .if \next
  ldr d1, [x9], #8
  .endif
  sadalp v30.4s, v12.8h
  .if \next
  ldr d4, [x1, #96]
  .endif
  sadalp v30.4s, v13.8h
  .if \next
  ldr d8, [x1, #104]
  .endif
  add x1, x1, #64
.endm
#endif

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
