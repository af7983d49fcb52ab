// Depthwise, 3 x 3, a line of pixels, 16 channels of it, for weights of which two products fit 16 bits. VMULLB and
// VMULLT multiply the even and the odd channels of 16 bytes; the products of two taps are added in 16 bits, and that sum
// to those of 32 bits, of every fourth channel each: the order of VLD4.
//
//   r0        sums or elements of the pixel
//   r1        weights, [column][row][channel]
//   r2        an input; scratch
//   r3        after, see rows.h                       r12  before
//   r4        the first channel
//   r5 r6 r7  bias, multipliers, exponents
//   r8, r10   table, and its step to the next pixel
//   r9        pixels that are left
//   r11       bytes from pixel to pixel of what r0 points at
//   lr        0x80, for unsigned inputs: to add it flips the sign bit
//   q0 to q3  inputs, weights, products;  q4 to q7  sums of channels 0 4 8 12, 1 5 9 13, 2 6 10 14, 3 7 11 15
//
// Two taps: 23 instructions for 32 products.
// clang-format off
#include "kernels/cortexm_mve/depthwise_3x3.h"

#include "kernels/assembly.h"

  .syntax unified
  .arch armv8.1-m.main  // whatever the flags are: projects give theirs to compilers, and often not to the assembler
  .arch_extension mve
  .thumb

.macro load_inputs to, unsigned
  ldr r2, [r8], #4
  add r2, r2, r4
  vldrb.u8 \to, [r2]
  .if \unsigned
  vadd.i8 \to, \to, lr
  .endif
.endm

// s16 of even channels in q2, of odd ones in q0.
.macro add_to_sums
  vmovlb.s16 q3, q2
  vmovlt.s16 q2, q2
  vadd.i32 q4, q4, q3
  vadd.i32 q6, q6, q2
  vmovlb.s16 q3, q0
  vmovlt.s16 q0, q0
  vadd.i32 q5, q5, q3
  vadd.i32 q7, q7, q0
.endm

.macro multiply_tap unsigned
  load_inputs q0, \unsigned
  vldrb.u8 q1, [r1], #16
  vmullb.s8 q2, q0, q1
  vmullt.s8 q0, q0, q1
.endm

.macro two_taps unsigned
  multiply_tap \unsigned
  load_inputs q1, \unsigned
  vldrb.u8 q3, [r1]
  vmullb.s8 q3, q1, q3
  vadd.i16 q2, q2, q3
  vldrb.u8 q3, [r1], #16
  vmullt.s8 q3, q1, q3
  vadd.i16 q0, q0, q3
  add_to_sums
.endm

.macro load_of_sixteen a, b, c, d, pointer
  vld40.32 {\a, \b, \c, \d}, [\pointer]
  vld41.32 {\a, \b, \c, \d}, [\pointer]
  vld42.32 {\a, \b, \c, \d}, [\pointer]
  vld43.32 {\a, \b, \c, \d}, [\pointer]
.endm

// What becomes of the sums.
.macro store_sums
  vst40.32 {q4, q5, q6, q7}, [r0]
  vst41.32 {q4, q5, q6, q7}, [r0]
  vst42.32 {q4, q5, q6, q7}, [r0]
  vst43.32 {q4, q5, q6, q7}, [r0]
.endm

// The rules, for exponents below 0: see fused_rows.h.
.macro two_roundings_of sums, multipliers
  vqrdmulh.s32 \sums, \sums, \multipliers
  vshr.s32 \multipliers, \sums, #31
  vadd.i32 \sums, \sums, \multipliers
.endm
.macro one_rounding_of sums, multipliers
  vqdmulh.s32 \sums, \sums, \multipliers
.endm
.macro store_elements product
  load_of_sixteen q0, q1, q2, q3, r6
  \product q4, q0
  \product q5, q1
  \product q6, q2
  \product q7, q3
  load_of_sixteen q0, q1, q2, q3, r7
  vrshl.s32 q4, q4, q0
  vrshl.s32 q5, q5, q1
  vrshl.s32 q6, q6, q2
  vrshl.s32 q7, q7, q3
  vqmovnb.s32 q4, q4
  vqmovnt.s32 q4, q6
  vqmovnb.s32 q5, q5
  vqmovnt.s32 q5, q7
  vqadd.s16 q4, q4, r12
  vqadd.s16 q5, q5, r12
  ldr r2, [sp]
  vqmovnb.s16 q4, q4
  vqmovnt.s16 q4, q5
  vdup.8 q0, r2
  vmax.s8 q4, q4, q0
  vadd.i8 q4, q4, r3
  vstrb.8 q4, [r0]
.endm
.macro store_two_roundings
  store_elements two_roundings_of
.endm
.macro store_one_rounding
  store_elements one_rounding_of
.endm

.macro depthwise_3x3 name, unsigned, store
begin_thumb_function \name
  push {r4-r11, lr}
  vpush {d8-d15}
  ldr r1, [r0, #LINE_LOW]
  sub sp, sp, #12
  str r1, [sp]
  mov lr, r0
  ldrd r0, r11, [lr, #LINE_TO]
  ldrd r8, r10, [lr, #LINE_TABLE]
  ldrd r1, r5, [lr, #LINE_WEIGHTS]
  ldrd r6, r7, [lr, #LINE_MULTIPLIER]
  ldrd r4, r9, [lr, #LINE_CHANNEL]
  ldrd r12, r3, [lr, #LINE_BEFORE]
  mov lr, #0x80
1:
  load_of_sixteen q4, q5, q6, q7, r5
  .rept 4
  two_taps \unsigned
  .endr
  multiply_tap \unsigned
  add_to_sums
  \store
  add r0, r0, r11
  sub r1, r1, #9 * 16
  add r8, r8, r10
  subs r9, r9, #1
  bne 1b
  add sp, sp, #12
  vpop {d8-d15}
  pop {r4-r11, pc}
end_function \name
.endm

depthwise_3x3 ottava_depthwise_3x3_s8_sums_cortexm_mve, 0, store_sums
depthwise_3x3 ottava_depthwise_3x3_u8_sums_cortexm_mve, 1, store_sums
depthwise_3x3 ottava_depthwise_3x3_s8_two_roundings_cortexm_mve, 0, store_two_roundings
depthwise_3x3 ottava_depthwise_3x3_u8_two_roundings_cortexm_mve, 1, store_two_roundings
depthwise_3x3 ottava_depthwise_3x3_s8_one_rounding_cortexm_mve, 0, store_one_rounding
depthwise_3x3 ottava_depthwise_3x3_u8_one_rounding_cortexm_mve, 1, store_one_rounding
