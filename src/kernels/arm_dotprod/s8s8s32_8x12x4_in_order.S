// The kernel of AArch64 with dot products for in-order cores (Cortex-A55): another tuning of s8s8s32_8x12x4.S, which
// says what is computed.
//
// Such a core issues two instructions a cycle, at most one of them an SDOT. A load of 128 bits takes both places for two
// cycles; one of 64 bits, or an INS, goes beside an SDOT. So each operand register is loaded as a low half and, by way
// of a scalar register, a high half, right after its last use in the step before: 15 such instructions, 2 prefetches
// and 4 of loop control beside 24 SDOT.
//
// Registers, beyond those of tile_8x12x4.h
//   v0, v1  lhs: rows 0 to 3, rows 4 to 7         x7, x8, x9  high halves on their way
//   v2, v3, v4  rhs: channels 0 to 3, 4 to 7, 8 to 11
//
// Loop: one step, 384 MAC in 45 instructions and 24 cycles: 16 MAC per cycle of Cortex-A55 by its published dual-issue
// rules, the most that it has.
#include "kernels/arm_dotprod/tile_8x12x4.h"

// On entry v0 and v2 are there, of v3 the low half and in x9 the high one. With \next the loads reach into the next
// step, and leave the same behind.
.macro step_in_order next
  sdot v16.4s, v2.16b, v0.4b[0]
  ldr d4, [x1, #32]
  sdot v19.4s, v2.16b, v0.4b[1]
  ldr x7, [x1, #40]
  sdot v22.4s, v2.16b, v0.4b[2]
  mov v3.d[1], x9
  sdot v25.4s, v2.16b, v0.4b[3]
  ldr d1, [x0, #16]
  sdot v17.4s, v3.16b, v0.4b[0]
  ldr x8, [x0, #24]
  sdot v20.4s, v3.16b, v0.4b[1]
  mov v4.d[1], x7
  sdot v23.4s, v3.16b, v0.4b[2]
  .if \next
  subs x3, x3, #1
  .endif
  sdot v26.4s, v3.16b, v0.4b[3]
  mov v1.d[1], x8
  sdot v18.4s, v4.16b, v0.4b[0]
  .if \next
  add x0, x0, #32
  .endif
  sdot v21.4s, v4.16b, v0.4b[1]
  .if \next
  add x1, x1, #48
  .endif
  sdot v24.4s, v4.16b, v0.4b[2]
  .if \next
  prfm pldl1keep, [x1, #384]
  .endif
  sdot v27.4s, v4.16b, v0.4b[3]
  .if \next
  prfm pldl1keep, [x0, #256]
  .endif
  sdot v28.4s, v2.16b, v1.4b[0]
  .if \next
  ldr d0, [x0]
  .endif
  sdot v31.4s, v2.16b, v1.4b[1]
  .if \next
  ldr x8, [x0, #8]
  .endif
  sdot v10.4s, v2.16b, v1.4b[2]
  sdot v13.4s, v2.16b, v1.4b[3]
  sdot v29.4s, v3.16b, v1.4b[0]
  .if \next
  ldr d2, [x1]
  .endif
  sdot v8.4s, v3.16b, v1.4b[1]
  .if \next
  ldr x7, [x1, #8]
  .endif
  sdot v11.4s, v3.16b, v1.4b[2]
  .if \next
  mov v0.d[1], x8
  .endif
  sdot v14.4s, v3.16b, v1.4b[3]
  sdot v30.4s, v4.16b, v1.4b[0]
  .if \next
  ldr d3, [x1, #16]
  .endif
  sdot v9.4s, v4.16b, v1.4b[1]
  .if \next
  ldr x9, [x1, #24]
  .endif
  sdot v12.4s, v4.16b, v1.4b[2]
  .if \next
  mov v2.d[1], x7
  .endif
  sdot v15.4s, v4.16b, v1.4b[3]
.endm

FUNCTION(ottava_s8s8s32_8x12x4_arm_dotprod_in_order)
  begin_tile
  save_registers
  begin_accumulators 8, 3
  cbz x3, LOCAL(store)
  ldr q0, [x0]
  ldr q2, [x1]
  ldr d3, [x1, #16]
  ldr x9, [x1, #24]
  subs x3, x3, #1
  b.eq LOCAL(last)

  .p2align 4
LOCAL(loop):
  step_in_order 1
  b.ne LOCAL(loop)
LOCAL(last):
  step_in_order 0

LOCAL(store):
  each_row store_row, 8, 3
  restore_registers
  ret

  edge_tiles
END_FUNCTION(ottava_s8s8s32_8x12x4_arm_dotprod_in_order)
