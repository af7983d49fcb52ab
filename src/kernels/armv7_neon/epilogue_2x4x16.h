// The fused epilogue of the kernels 2 x 4 x 16: the float rule to 8 bits, on results that are still in registers, as
// FloatNearestEven of output/vector_rules.h does it with the rounding of output_stage.cpp, which wants bounded floats;
// and the fixed-point rules of kernels/arm_neon/fused_epilogue.h, which have multipliers and exponents where that has
// scales and biases.
//
//   r1   StageArgs, at first          r12  offsets of the channels
//   r2   dst of the panel, row 0      lr   their scales
//   r4   dst of the panel, row 1      r10  their biases on the way
//   q0, q1  results, a row each
//   q2, q3  offsets, then biases, and scales of the channels
//   q4 to q7  the vectors that wait on the stack: the bounds less the zero point, as floats, 1.5 * 2^23, and its bits
//             less the zero point. Of a fixed-point rule: the bounds as integers, and 0 in place of these bits
// clang-format off
#ifndef OTTAVA_SRC_KERNELS_ARMV7_NEON_EPILOGUE_2X4X16_H_
#define OTTAVA_SRC_KERNELS_ARMV7_NEON_EPILOGUE_2X4X16_H_

#include "kernels/assembly.h"

// The stack: the vectors q4 to q7, and what the next rows begin with again.
#define SAVED_RHS 64
#define SAVED_CHANNELS 68
#define SAVED_DST 72
#define SAVED_STRIDE 76
#define SAVED_OFFSETS 80
#define SAVED_SCALES 84
#define SAVED_BIASES 88  // no biases: 0
#define BIASES_OF_PANEL 92
#define SAVED_HAS_BIAS 96  // see output/stage_offsets.h
#define EPILOGUE_FRAME 104

// From the StageArgs at r1 to the stack; r0 stays.
.macro begin_epilogue_2x4x16
  sub sp, sp, #EPILOGUE_FRAME
  ldr r2, [r1, #STAGE_ZERO_POINT]
  ldr r3, [r1, #STAGE_CLAMP_MIN]
  ldr r4, [r1, #STAGE_CLAMP_MAX]
  ldr r5, [r1, #STAGE_HAS_BIAS]
  sub r3, r3, r2
  sub r4, r4, r2
  vdup.32 q4, r3
  vdup.32 q5, r4
  movw r3, #0
  movt r3, #0x4B40
  tst r5, #1 << EPILOGUE_FIXED
  movne r3, #0
  bne 1f
  vcvt.f32.s32 q4, q4
  vcvt.f32.s32 q5, q5
1:
  vdup.32 q6, r3
  sub r3, r3, r2
  vdup.32 q7, r3
  vstmia sp, {d8-d15}
  ldr r2, [r1, #STAGE_DST]
  ldr r3, [r1, #STAGE_DST_ROW_STRIDE]
  ldr r12, [r1, #STAGE_OFFSET]
  ldr lr, [r1, #STAGE_SCALE]
  ldr r4, [r1, #STAGE_BIAS]
  str r5, [sp, #SAVED_HAS_BIAS]
  cmp r5, #0
  moveq r4, #0
  str r2, [sp, #SAVED_DST]
  str r3, [sp, #SAVED_STRIDE]
  str r12, [sp, #SAVED_OFFSETS]
  str lr, [sp, #SAVED_SCALES]
  str r4, [sp, #SAVED_BIASES]
  begin_rows_2x4x16
.endm

// To the first panel of the rows whose dst is in r2. Changes r10.
.macro begin_rows_2x4x16
  ldr r10, [sp, #SAVED_BIASES]
  ldr r4, [sp, #SAVED_STRIDE]
  ldr r12, [sp, #SAVED_OFFSETS]
  ldr lr, [sp, #SAVED_SCALES]
  str r10, [sp, #BIASES_OF_PANEL]
  add r4, r2, r4
.endm

// To the next rows, behind a full tile, which has left in r8 where those of the lhs are.
.macro next_rows_2x4x16
  ldr r2, [sp, #SAVED_DST]
  ldr r4, [sp, #SAVED_STRIDE]
  ldr r1, [sp, #SAVED_RHS]
  ldr r6, [sp, #SAVED_CHANNELS]
  add r2, r2, r4, lsl #1
  mov r0, r8
  str r2, [sp, #SAVED_DST]
  begin_rows_2x4x16
.endm

// The results of each row become \instruction of them, or of them and \operand.
.macro change_results_2x4x16 instruction, rows, operand
  .irp row, 0, 1
  .if \row < \rows
  .ifb \operand
  \instruction q\row, q\row
  .else
  \instruction q\row, q\row, \operand
  .endif
  .endif
  .endr
.endm

// Results, sums in 32 bits, to dst. Changes r10.
.macro epilogue_2x4x16 rows
  vld1.32 {d4-d5}, [r12]!
  vld1.32 {d6-d7}, [lr]!
  ldr r10, [sp, #BIASES_OF_PANEL]
  change_results_2x4x16 vadd.i32, \rows, q2
  vldmia sp, {d8-d15}
  cmp r10, #0
  bne 10f
  change_results_2x4x16 vcvt.f32.s32, \rows
  change_results_2x4x16 vmul.f32, \rows, q3
9:
  change_results_2x4x16 vmax.f32, \rows, q4
  change_results_2x4x16 vmin.f32, \rows, q5
  change_results_2x4x16 vadd.f32, \rows, q6
11:
  change_results_2x4x16 vsub.i32, \rows, q7
  vmovn.i32 d0, q0
  .if \rows > 1
  vmovn.i32 d1, q1
  .endif
  vmovn.i16 d0, q0
  vst1.32 {d0[0]}, [r2]!
  .if \rows > 1
  vst1.32 {d0[1]}, [r4]!
  .endif
.endm

// Out of the way of what follows an epilogue: a second value for each channel.
.macro second_values_2x4x16 rows
10:
  vld1.32 {d4-d5}, [r10]!
  str r10, [sp, #BIASES_OF_PANEL]
  ldr r10, [sp, #SAVED_HAS_BIAS]
  tst r10, #1 << EPILOGUE_FIXED
  bne 10f
  change_results_2x4x16 vcvt.f32.s32, \rows
  change_results_2x4x16 vmul.f32, \rows, q3
  change_results_2x4x16 vadd.f32, \rows, q2
  b 9b
10:
  tst r10, #1 << EPILOGUE_TWO_ROUNDINGS
  beq 10f
  change_results_2x4x16 vqrdmulh.s32, \rows, q3
  change_results_2x4x16 vsra.s32, \rows, #31  // 1 less if negative, see add_sign of assembly.h
  b 12f
10:
  change_results_2x4x16 vqdmulh.s32, \rows, q3
12:
  change_results_2x4x16 vrshl.s32, \rows, q2
  change_results_2x4x16 vmax.s32, \rows, q4
  change_results_2x4x16 vmin.s32, \rows, q5
  b 11b
.endm

#endif  // OTTAVA_SRC_KERNELS_ARMV7_NEON_EPILOGUE_2X4X16_H_
