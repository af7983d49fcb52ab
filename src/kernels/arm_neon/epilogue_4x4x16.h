// The fused epilogue of the kernels 4 x 4 x 16: the float rule to 8 bits, on results that are still in registers, as
// FloatNearestEven of output/vector_rules.h and TwoRows of vector_operations.h do it; and the fixed-point rules of
// kernels/arm_neon/fused_epilogue.h, which have multipliers and exponents where that has scales and biases.
//
//   x11  dst of the panel                   x13, x14, x15  offsets, scales and biases of the channels
//   x12  bytes from one row of dst to the next
//   x2   bits 0 to 15: the zero point; above them, from bit 16 on, what has_bias says, see output/stage_offsets.h
//   x4   0: elements are signed and bounded by their type alone, so that narrowing has done all
//   v0 to v3  offsets, then biases (exponents), of up to four panels    v4 to v7  their scales, then v4 the zero point
//   v0, v1, v2, v4  of one panel: offsets, scales, biases and the zero point
//   v5 to v7  bounds and sign flip          v16, v20, v24, v28  results, see multiply_4x4x16.h
//
// The including file defines before, in bytes above sp, EPILOGUE_CONSTANTS, where bounds and sign flip lie (48 bytes),
// and SAVED_DST, SAVED_OFFSETS and SAVED_BIASES (x11 and x12, x13 and x14, x15). It has store_column_4x4x16 \rows, that
// puts the four channels in each lane of v16 to a row of dst.
// clang-format off
#ifndef OTTAVA_SRC_KERNELS_ARM_NEON_EPILOGUE_4X4X16_H_
#define OTTAVA_SRC_KERNELS_ARM_NEON_EPILOGUE_4X4X16_H_

#include "kernels/assembly.h"

// From the StageArgs at x1 to the registers above and the stack.
.macro begin_epilogue_4x4x16
  ldp w9, w10, [x1, #STAGE_ZERO_POINT]
  ldr w17, [x1, #STAGE_CLAMP_MAX]
  ldp x11, x12, [x1, #STAGE_DST]
  ldr x13, [x1, #STAGE_OFFSET]
  ldp x14, x15, [x1, #STAGE_SCALE]
  ldr w16, [x1, #STAGE_HAS_BIAS]
  sign_flip_of_dst 8, 17
  make_signed 8, 9, 2, 10, 17
  bfi w2, w16, #16, #16
  sub w4, w17, w10
  sub w4, w4, #255  // whether the bounds are those of 8 bits
  orr w4, w4, w8
  dup v5.16b, w10
  dup v6.16b, w17
  dup v7.16b, w8
  stp q5, q6, [sp, #EPILOGUE_CONSTANTS]
  str q7, [sp, #EPILOGUE_CONSTANTS + 32]
  save_epilogue_4x4x16
.endm
.macro save_epilogue_4x4x16
  stp x11, x12, [sp, #SAVED_DST]
  stp x13, x14, [sp, #SAVED_OFFSETS]
  str x15, [sp, #SAVED_BIASES]
.endm

// A value for each channel of so many panels, from \from on.
.macro load_values_4x4x16 panels, from, one, two, three, four
  .if \panels == 1
  ldr q\one, [\from], #16
  .elseif \panels == 2
  ldp q\one, q\two, [\from], #32
  .elseif \panels == 3
  ld1 {v\one\().4s, v\two\().4s, v\three\().4s}, [\from], #48
  .else
  ld1 {v\one\().4s, v\two\().4s, v\three\().4s, v\four\().4s}, [\from], #64
  .endif
.endm

// Offsets and scales, early, so that nothing waits for them; biases follow.
.macro load_channels_4x4x16 panels
  .if \panels == 1
  load_offsets_4x4x16
  load_scales_4x4x16
  .else
  load_values_4x4x16 \panels, x13, 0, 1, 2, 3
  load_values_4x4x16 \panels, x14, 4, 5, 6, 7
  .endif
.endm
.macro load_offsets_4x4x16
  ldr q0, [x13], #16
.endm
.macro load_scales_4x4x16
  ldr q1, [x14], #16
  dup v4.8h, w2
.endm

// Each result becomes \instruction of it, or of it and the vector of its panel, those from v\first on.
.macro change_results_4x4x16 instruction, rows, panels, first
  .irp row, 0, 1, 2, 3
  .irp panel, 0, 1, 2, 3
  .if (\row < \rows) * (\panel < \panels)
  .ifb \first
  change_4x4x16 \instruction, %(16 + (\row * \panels + \panel) * 4)
  .else
  change_by_4x4x16 \instruction, %(16 + (\row * \panels + \panel) * 4), %(\first + \panel)
  .endif
  .endif
  .endr
  .endr
.endm
.macro change_4x4x16 instruction, acc
  \instruction v\acc\().4s, v\acc\().4s
.endm
.macro change_by_4x4x16 instruction, acc, operand
  \instruction v\acc\().4s, v\acc\().4s, v\operand\().4s
.endm

// Results as integers, without the zero point, at the label 7; those that take a second value for each channel go by
// way of the label 6.
.macro round_results_4x4x16 rows, panels
  change_results_4x4x16 add, \rows, \panels, 0
  tbnz w2, #16 + EPILOGUE_SECOND_VALUES, 6f
  change_results_4x4x16 scvtf, \rows, \panels
  by_first_values_4x4x16 fmul, \rows, \panels
  change_results_4x4x16 fcvtns, \rows, \panels
7:
.endm
.macro by_first_values_4x4x16 instruction, rows, panels
  .if \panels == 1
  change_results_4x4x16 \instruction, \rows, 1, 1
  .else
  change_results_4x4x16 \instruction, \rows, \panels, 4
  dup v4.8h, w2
  .endif
.endm
.macro load_second_values_4x4x16 panels
  .if \panels == 1
  ldr q2, [x15], #16
  .else
  load_values_4x4x16 \panels, x15, 0, 1, 2, 3
  .endif
.endm
.macro by_second_values_4x4x16 instruction, rows, panels
  .if \panels == 1
  change_results_4x4x16 \instruction, \rows, 1, 2
  .else
  change_results_4x4x16 \instruction, \rows, \panels, 0
  .endif
.endm

// Out of the way of what follows an epilogue: its label 6, back to its label 7.
.macro second_values_4x4x16 rows, panels
  begin_aside
6:
  load_second_values_4x4x16 \panels
  tbnz w2, #16 + EPILOGUE_FIXED, 6f
  change_results_4x4x16 scvtf, \rows, \panels
  by_first_values_4x4x16 fmul, \rows, \panels
  by_second_values_4x4x16 fadd, \rows, \panels
  change_results_4x4x16 fcvtns, \rows, \panels
  b 7b
6:
  tbz w2, #16 + EPILOGUE_TWO_ROUNDINGS, 6f
  by_first_values_4x4x16 sqrdmulh, \rows, \panels
  change_results_4x4x16 add_sign, \rows, \panels
  by_second_values_4x4x16 srshl, \rows, \panels
  b 7b
6:
  by_first_values_4x4x16 sqdmulh, \rows, \panels
  by_second_values_4x4x16 srshl, \rows, \panels
  b 7b
  end_aside %(1 + \rows * \panels)
.endm

// Up to four results, as bytes: row i, panel p goes to lane i * panels + p of v16.
.macro narrow_results_4x4x16 results
  sqxtn v16.4h, v16.4s
  .if \results > 2
  sqxtn v24.4h, v24.4s
  .endif
  .if \results > 1
  sqxtn2 v16.8h, v20.4s
  .endif
  .if \results > 3
  sqxtn2 v24.8h, v28.4s
  .endif
  sqadd v16.8h, v16.8h, v4.8h
  .if \results > 2
  sqadd v24.8h, v24.8h, v4.8h
  .endif
  sqxtn v16.8b, v16.8h
  .if \results > 2
  sqxtn2 v16.16b, v24.8h
  .endif
  cbz w4, 8f
  ldp q5, q6, [sp, #EPILOGUE_CONSTANTS]
  ldr q7, [sp, #EPILOGUE_CONSTANTS + 32]
  smax v16.16b, v16.16b, v5.16b
  smin v16.16b, v16.16b, v6.16b
  eor v16.16b, v16.16b, v7.16b
8:
.endm

// The whole epilogue of a tile; \meanwhile goes where the stores would wait for the bytes.
.macro epilogue_4x4x16 rows, panels, meanwhile
  round_results_4x4x16 \rows, \panels
  narrow_results_4x4x16 %(\rows * \panels)
  \meanwhile
  .if \panels == 1
  store_column_4x4x16 \rows
  .elseif \panels == 2
  .if \rows > 1
  add x9, x11, x12
  st1 {v16.d}[1], [x9]
  .endif
  str d16, [x11], #8
  .elseif \panels == 3
  str d16, [x11], #8
  st1 {v16.s}[2], [x11]
  .else
  str q16, [x11], #16
  .endif
.endm

#endif  // OTTAVA_SRC_KERNELS_ARM_NEON_EPILOGUE_4X4X16_H_
