// The kernels s8s8s32_2x4x16 and s8s8s32_pairs_2x4x16 of 32-bit Arm with NEON, for weights of any value and for weights
// without -128: s8 x s8 -> s32, up to 2 rows by the 32 channels of eight panels, 16 depths a step. A tile computes the
// valid rows alone, panel by panel as far as there are valid channels. With the fused epilogue it goes on to the next
// rows, as long as there are any.
//
// Each result has an accumulator of its own, whose lanes are added up at the end; a row or channel is a vector of 16
// depths. In which order to read: packed_2x4x16 below, which is every function of this file; step_2x4x16;
// epilogue_2x4x16.h.
//
//               rhs  q2  q3   q2   q3    the channels of a panel, two by two
//     lhs row 0  q0  q8  q9   q10  q11   accumulators
//             1  q1  q12 q13  q14  q15   q4 to q7  products
//
//   r0  lhs panel                  r5  rows that are left
//   r1  rhs panel                  r6  channels that are left
//   r2  acc, or dst                r7  bytes from one rhs panel to the next
//   r3  steps of 16 depths         r8, r10  where the next step reads: lhs, rhs
//   r4  0: acc is overwritten,     r11  steps that are left
//       else added to; or dst of   r12, lr  FUSED: the epilogue's
//       the second row
//
// A function sets these symbols before it uses the macros of this folder:
//
//   PAIRS  1: two products are summed in 16 bits, by VMULL and VMLAL, before VPADAL takes them into 32. Exact where no
//          weight is -128: a product is at most 128 * 127 = 16256 then, and twice that is below 2^15
//          0: each product goes into 32 bits by itself, which is exact for all weights
//   FUSED  1: the epilogue is fused, and the second argument a StageArgs. 0: sums go to acc
//
// What the loop costs, by the Cortex-A57 model of llvm-mca 19, in both 8 MAC per cycle. A step of two rows is 128 MAC:
//
//   of any value  37 instructions, 16 of them VMULL, 16 VPADAL: 16 cycles where one of each kind starts a cycle
//   without -128  29 instructions, 16 of them VMULL and VMLAL, 8 VPADAL: 16 cycles where one of the former starts
#include "kernels/armv7_neon/epilogue_2x4x16.h"

  .syntax unified
  .arm

#define ACC_ROW_2X4X16 128  // bytes: a tile spans eight panels

// From the TileArgs at r0, and FUSED the StageArgs at r1, to the registers above.
.macro begin_packed_2x4x16
  push {r4-r8, r10, r11, lr}
  vpush {d8-d15}
  .if FUSED
  begin_epilogue_2x4x16
  .else
  ldr r2, [r0, #TILE_ACC]
  ldr r4, [r0, #TILE_ACCUMULATE]
  .endif
  ldr r1, [r0, #TILE_RHS]
  ldr r3, [r0, #TILE_DEPTH]
  ldr r5, [r0, #TILE_M]
  ldr r6, [r0, #TILE_N]
  .if FUSED
  str r1, [sp, #SAVED_RHS]
  str r6, [sp, #SAVED_CHANNELS]
  .endif
  ldr r7, [r0, #TILE_PANEL_STRIDE]
  ldr r0, [r0, #TILE_LHS]
  add r3, r3, #15
  lsr r3, r3, #4
.endm
.macro end_packed_2x4x16
  .if FUSED
  add sp, sp, #EPILOGUE_FRAME
  .endif
  vpop {d8-d15}
  pop {r4-r8, r10, r11, pc}
.endm

// A product into its accumulator. With \first it begins it.
.macro add_product_2x4x16 first, acc, product
  .if \first
  vpaddl.s16 \acc, \product
  .else
  vpadal.s16 \acc, \product
  .endif
.endm

// The two channels in q2 and q3 with all rows, each with its accumulators.
.macro two_channels_2x4x16 rows, first, a0, a1, b0, b1
  vmull.s8 q4, d0, d4
  vmull.s8 q6, d0, d6
  .if \rows > 1
  vmull.s8 q5, d2, d4
  vmull.s8 q7, d2, d6
  .endif
  .if PAIRS
  vmlal.s8 q4, d1, d5
  vmlal.s8 q6, d1, d7
  .if \rows > 1
  vmlal.s8 q5, d3, d5
  vmlal.s8 q7, d3, d7
  .endif
  .else
  add_product_2x4x16 \first, \a0, q4
  vmull.s8 q4, d1, d5
  add_product_2x4x16 \first, \a1, q6
  vmull.s8 q6, d1, d7
  .if \rows > 1
  add_product_2x4x16 \first, \b0, q5
  vmull.s8 q5, d3, d5
  add_product_2x4x16 \first, \b1, q7
  vmull.s8 q7, d3, d7
  .endif
  .endif
  add_product_2x4x16 \first*PAIRS, \a0, q4
  add_product_2x4x16 \first*PAIRS, \a1, q6
  .if \rows > 1
  add_product_2x4x16 \first*PAIRS, \b0, q5
  add_product_2x4x16 \first*PAIRS, \b1, q7
  .endif
.endm

// With \first it begins the accumulators.
.macro step_2x4x16 rows, first
  .if \rows > 1
  vld1.8 {d0-d3}, [r8]!
  .else
  vld1.8 {d0-d1}, [r8]
  add r8, r8, #32
  .endif
  vld1.8 {d4-d7}, [r10]!
  two_channels_2x4x16 \rows, \first, q8, q9, q12, q13
  vld1.8 {d4-d7}, [r10]!
  two_channels_2x4x16 \rows, \first, q10, q11, q14, q15
.endm

// The lanes of the four accumulators of a row added up, into the lanes of \low and \high.
.macro add_up_2x4x16 low, high, a, b, c, d, e, f, g, h
  vpadd.s32 \a, \a, \b
  vpadd.s32 \c, \c, \d
  vpadd.s32 \e, \e, \f
  vpadd.s32 \g, \g, \h
  vpadd.s32 \low, \a, \c
  vpadd.s32 \high, \e, \g
.endm

// Each function of this file.
.macro packed_2x4x16 name, pairs, fused
  .set PAIRS, \pairs
  .set FUSED, \fused
  begin_function \name
  begin_packed_2x4x16
  cmp r5, #2
  blo 8f
  .irp rows, 2, 1
  .if \rows == 1
8:
  .endif
1:  // a panel
  mov r8, r0
  mov r10, r1
  subs r11, r3, #1
  .if !FUSED
  blo 5f
  .endif
  step_2x4x16 \rows, 1
  beq 3f
2:  // a step
  subs r11, r11, #1
  step_2x4x16 \rows, 0
  bne 2b
3:
  add_up_2x4x16 d0, d1, d16, d17, d18, d19, d20, d21, d22, d23
  .if \rows > 1
  add_up_2x4x16 d2, d3, d24, d25, d26, d27, d28, d29, d30, d31
  .endif
  .if FUSED
  epilogue_2x4x16 \rows
  .else
4:
  add r8, r2, #ACC_ROW_2X4X16
  cmp r4, #0
  bne 7f
6:
  vst1.32 {d0-d1}, [r2]!
  .if \rows > 1
  vst1.32 {d2-d3}, [r8]
  .endif
  .endif
  add r1, r1, r7
  subs r6, r6, #4
  bhi 1b
  .if FUSED * \rows == 2
  subs r5, r5, #2
  beq 7f
  next_rows_2x4x16
  cmp r5, #2
  bhs 1b
  b 8f
7:
  .endif
  end_packed_2x4x16
  .if FUSED
  second_values_2x4x16 \rows
  .else
5:  // no depths
  vmov.i32 q0, #0
  vmov.i32 q1, #0
  b 4b
7:  // added to acc
  vld1.32 {d16-d17}, [r2]
  vadd.s32 q0, q0, q8
  .if \rows > 1
  vld1.32 {d18-d19}, [r8]
  vadd.s32 q1, q1, q9
  .endif
  b 6b
  .endif
  .endr
  end_function \name
.endm

  packed_2x4x16 SYMBOL(ottava_s8s8s32_2x4x16_armv7_neon), pairs=0, fused=0
  packed_2x4x16 SYMBOL(ottava_s8s8s32_2x4x16_armv7_neon_fused), pairs=0, fused=1
  packed_2x4x16 SYMBOL(ottava_s8s8s32_pairs_2x4x16_armv7_neon), pairs=1, fused=0
  packed_2x4x16 SYMBOL(ottava_s8s8s32_pairs_2x4x16_armv7_neon_fused), pairs=1, fused=1
