// The kernels of 2 x 4 x 16 of 32-bit Arm, for files that say which products they want:
//
//   PAIRS 1  two products are summed in 16 bits, by VMULL and VMLAL, before VPADAL takes them into 32. Exact where no
//            weight is -128: a product is at most 128 * 127 = 16256 then, and twice that is below 2^15
//   PAIRS 0  each product goes into 32 bits by itself: exact for everything
//
// Each result of a tile has an accumulator of its own, whose lanes are added up at the end. A tile computes the valid
// rows alone, in up to eight panels of the rhs one after the other. A function whose tiles finish, see finish.h, sets
// FINISHING to 1 before it uses the macros, others to 0; it goes on to the next rows as long as there are any.
//
//   r0  lhs panel                  r5  rows that are left
//   r1  rhs panel                  r6  channels that are left
//   r2  acc, or dst                r7  bytes from one rhs panel to the next
//   r3  steps of 16 depths         r8, r10, r11  lhs and rhs panel on their way, steps that are left
//   r4  0: acc is overwritten, else added to; or dst of the second row
//   q0, q1    lhs, a row each      q2, q3  rhs, two of the four channels
//   q4 to q7  products             q8 to q11, q12 to q15  accumulators of the two rows
// clang-format off
#ifndef OTTAVA_SRC_KERNELS_ARMV7_NEON_TILE_2X4X16_H_
#define OTTAVA_SRC_KERNELS_ARMV7_NEON_TILE_2X4X16_H_

#include "kernels/armv7_neon/finish.h"
#include "kernels/assembly.h"

  .syntax unified
  .arm

#define ACC_ROW 128  // bytes: a tile spans eight panels

// From the TileArgs at r0, and with FINISHING the StageArgs at r1, to the registers above.
.macro begin_tile
  push {r4-r8, r10, r11, lr}
  vpush {d8-d15}
  .if FINISHING
  begin_finishing
  begin_rows
  .else
  ldr r2, [r0, #TILE_ACC]
  ldr r4, [r0, #TILE_ACCUMULATE]
  .endif
  ldr r1, [r0, #TILE_RHS]
  ldr r3, [r0, #TILE_DEPTH]
  ldr r5, [r0, #TILE_M]
  ldr r6, [r0, #TILE_N]
  .if FINISHING
  str r1, [sp, #SAVED_RHS]
  str r6, [sp, #SAVED_CHANNELS]
  .endif
  ldr r7, [r0, #TILE_PANEL_STRIDE]
  ldr r0, [r0, #TILE_LHS]
  add r3, r3, #15
  lsr r3, r3, #4
.endm

.macro end_tile
  .if FINISHING
  add sp, sp, #FINISH_FRAME
  .endif
  vpop {d8-d15}
  pop {r4-r8, r10, r11, pc}
.endm

// A product into its accumulator. With \first it begins it.
.macro add_product first, acc, product
  .if \first
  vpaddl.s16 \acc, \product
  .else
  vpadal.s16 \acc, \product
  .endif
.endm

// The two channels in q2 and q3 with all rows, each with its accumulators.
.macro two_channels rows, first, a0, a1, b0, b1
  vmull.s8 q4, d0, d4
  vmull.s8 q6, d0, d6
  .if \rows > 1
  vmull.s8 q5, d2, d4
  vmull.s8 q7, d2, d6
  .endif
#if PAIRS
  vmlal.s8 q4, d1, d5
  vmlal.s8 q6, d1, d7
  .if \rows > 1
  vmlal.s8 q5, d3, d5
  vmlal.s8 q7, d3, d7
  .endif
#else
  add_product \first, \a0, q4
  vmull.s8 q4, d1, d5
  add_product \first, \a1, q6
  vmull.s8 q6, d1, d7
  .if \rows > 1
  add_product \first, \b0, q5
  vmull.s8 q5, d3, d5
  add_product \first, \b1, q7
  vmull.s8 q7, d3, d7
  .endif
#endif
  add_product \first * PAIRS, \a0, q4
  add_product \first * PAIRS, \a1, q6
  .if \rows > 1
  add_product \first * PAIRS, \b0, q5
  add_product \first * PAIRS, \b1, q7
  .endif
.endm

.macro step rows, first
  .if \rows > 1
  vld1.8 {d0-d3}, [r8]!
  .else
  vld1.8 {d0-d1}, [r8]
  add r8, r8, #32
  .endif
  vld1.8 {d4-d7}, [r10]!
  two_channels \rows, \first, q8, q9, q12, q13
  vld1.8 {d4-d7}, [r10]!
  two_channels \rows, \first, q10, q11, q14, q15
.endm

.macro add_up result_low, result_high, a, b, c, d, e, f, g, h
  vpadd.s32 \a, \a, \b
  vpadd.s32 \c, \c, \d
  vpadd.s32 \e, \e, \f
  vpadd.s32 \g, \g, \h
  vpadd.s32 \result_low, \a, \c
  vpadd.s32 \result_high, \e, \g
.endm

.macro tile rows
1:
  mov r8, r0
  mov r10, r1
  subs r11, r3, #1
  .if !FINISHING
  blo 5f
  .endif
  step \rows, 1
  cmp r11, #0
  beq 3f
2:
  subs r11, r11, #1
  step \rows, 0
  bne 2b
3:
  add_up d0, d1, d16, d17, d18, d19, d20, d21, d22, d23
  .if \rows > 1
  add_up d2, d3, d24, d25, d26, d27, d28, d29, d30, d31
  .endif
  .if FINISHING
  finish_results \rows
  to_next_panel
  bhi 1b
  .if \rows > 1
  subs r5, r5, #2
  beq 7f
  to_next_rows
  cmp r5, #2
  bhs 1b
  b 8f
7:
  .endif
  end_tile
  .else
  store_results \rows
  .endif
.endm

.macro to_next_panel
  add r1, r1, r7
  subs r6, r6, #4
.endm
// From a full tile with products, which has left in r8 where the next rows of the lhs are.
.macro to_next_rows
  ldr r2, [sp, #SAVED_DST]
  ldr r4, [sp, #SAVED_STRIDE]
  ldr r1, [sp, #SAVED_RHS]
  ldr r6, [sp, #SAVED_CHANNELS]
  add r2, r2, r4, lsl #1
  mov r0, r8
  str r2, [sp, #SAVED_DST]
  begin_rows
.endm
.macro store_results rows
4:
  add r8, r2, #ACC_ROW
  cmp r4, #0
  bne 7f
6:
  vst1.32 {d0-d1}, [r2]!
  .if \rows > 1
  vst1.32 {d2-d3}, [r8]
  .endif
  to_next_panel
  bhi 1b
  end_tile
5:  // no products
  vmov.i32 q0, #0
  vmov.i32 q1, #0
  b 4b
7:
  vld1.32 {d16-d17}, [r2]
  vadd.s32 q0, q0, q8
  .if \rows > 1
  vld1.32 {d18-d19}, [r8]
  vadd.s32 q1, q1, q9
  .endif
  b 6b
.endm

.macro both_tiles finishing
  .set FINISHING, \finishing
  begin_tile
  cmp r5, #2
  blo 8f
  tile 2
8:
  tile 1
.endm

#endif  // OTTAVA_SRC_KERNELS_ARMV7_NEON_TILE_2X4X16_H_
