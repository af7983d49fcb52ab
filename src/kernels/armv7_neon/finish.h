// The output stage of the float rule to 8 bits, on the results that a tile of 2 x 4 x 16 still holds in registers: as
// FloatNearestEven of output/vector_rules.h does it with the rounding of output_stage.cpp, which wants bounded floats.
//
//   r1   StageArgs, at first          r12  offsets of the channels
//   r2   dst of the panel, row 0      lr   their scales
//   r4   dst of the panel, row 1
//   q0, q1  results, a row each       q2 to q7  scratch
//
// On the stack: what the next rows begin with again, and vectors, which are the bounds less the zero point, as floats,
// 1.5 * 2^23, and its bits less the zero point.
// clang-format off
#ifndef OTTAVA_SRC_KERNELS_ARMV7_NEON_FINISH_H_
#define OTTAVA_SRC_KERNELS_ARMV7_NEON_FINISH_H_

#include "kernels/assembly.h"

#define FINISH_VECTORS 0
#define SAVED_RHS 64
#define SAVED_CHANNELS 68
#define SAVED_DST 72
#define SAVED_STRIDE 76
#define SAVED_OFFSETS 80
#define SAVED_SCALES 84
#define SAVED_BIASES 88  // no biases: 0
#define BIASES_OF_PANEL 92
#define FINISH_FRAME 96

// From the StageArgs at r1 to the stack; r0 stays.
.macro begin_finishing
  sub sp, sp, #FINISH_FRAME
  ldr r2, [r1, #STAGE_ZERO_POINT]
  ldr r3, [r1, #STAGE_CLAMP_MIN]
  ldr r4, [r1, #STAGE_CLAMP_MAX]
  sub r3, r3, r2
  sub r4, r4, r2
  vdup.32 q4, r3
  vdup.32 q5, r4
  movw r3, #0
  movt r3, #0x4B40
  vcvt.f32.s32 q4, q4
  vcvt.f32.s32 q5, q5
  vdup.32 q6, r3
  sub r3, r3, r2
  vdup.32 q7, r3
  vstmia sp, {d8-d15}
  ldr r2, [r1, #STAGE_DST]
  ldr r3, [r1, #STAGE_DST_ROW_STRIDE]
  ldr r12, [r1, #STAGE_OFFSET]
  ldr lr, [r1, #STAGE_SCALE]
  ldr r4, [r1, #STAGE_BIAS]
  ldr r5, [r1, #STAGE_HAS_BIAS]
  cmp r5, #0
  moveq r4, #0
  str r2, [sp, #SAVED_DST]
  str r3, [sp, #SAVED_STRIDE]
  str r12, [sp, #SAVED_OFFSETS]
  str lr, [sp, #SAVED_SCALES]
  str r4, [sp, #SAVED_BIASES]
.endm

// To the first panel of the rows whose dst is in r2. Changes r10.
.macro begin_rows
  ldr r10, [sp, #SAVED_BIASES]
  ldr r4, [sp, #SAVED_STRIDE]
  ldr r12, [sp, #SAVED_OFFSETS]
  ldr lr, [sp, #SAVED_SCALES]
  str r10, [sp, #BIASES_OF_PANEL]
  add r4, r2, r4
.endm

.macro each_row op, rows, operand
  \op q0, \operand
  .if \rows > 1
  \op q1, \operand
  .endif
.endm
.macro add_offset x, offset
  vadd.i32 \x, \x, \offset
.endm
.macro to_float x, nothing
  vcvt.f32.s32 \x, \x
.endm
.macro multiply_scale x, scale
  vmul.f32 \x, \x, \scale
.endm
.macro add_float x, addend
  vadd.f32 \x, \x, \addend
.endm
.macro not_below x, bound
  vmax.f32 \x, \x, \bound
.endm
.macro not_above x, bound
  vmin.f32 \x, \x, \bound
.endm
.macro subtract_bits x, bits
  vsub.i32 \x, \x, \bits
.endm

// Results, sums in 32 bits, to dst. Changes r10.
.macro finish_results rows
  vld1.32 {d4-d5}, [r12]!
  vld1.32 {d6-d7}, [lr]!
  ldr r10, [sp, #BIASES_OF_PANEL]
  each_row add_offset, \rows, q2
  vldmia sp, {d8-d15}
  each_row to_float, \rows
  cmp r10, #0
  each_row multiply_scale, \rows, q3
  beq 9f
  vld1.32 {d4-d5}, [r10]!
  str r10, [sp, #BIASES_OF_PANEL]
  each_row add_float, \rows, q2
9:
  each_row not_below, \rows, q4
  each_row not_above, \rows, q5
  each_row add_float, \rows, q6
  each_row subtract_bits, \rows, q7
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

#endif  // OTTAVA_SRC_KERNELS_ARMV7_NEON_FINISH_H_
