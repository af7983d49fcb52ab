// The output stage of the float rule to 8 bits, on the results that a tile of 4 x 4 x 16 still holds in registers: as
// FloatNearestEven of output/vector_rules.h and TwoRows of vector_operations.h do it.
//
// A function whose tiles finish sets FINISHING to 1 before it uses the macros of its tiles, others to 0. Its second
// argument, in x1, is the StageArgs.
//
// The file that includes this defines FINISH_CONSTANTS before, and has store_column \rows, which puts the four channels
// in each lane of v16 to a row of dst.
//
//   x11  dst of the panel                   x13, x14, x15  offsets, scales and biases of the channels; no biases: 0
//   x12  bytes from one row of dst to the next
//   x2   the zero point
//   x4   0: elements are signed and bounded by their type alone, so that narrowing has done all
//   FINISH_CONSTANTS, bytes above sp: bounds and what flips signed elements into those of dst, as vectors
// clang-format off
#ifndef OTTAVA_SRC_KERNELS_ARM_NEON_FINISH_H_
#define OTTAVA_SRC_KERNELS_ARM_NEON_FINISH_H_

#include "kernels/assembly.h"

// From the StageArgs at x1 to the registers above and the constants.
.macro begin_finishing
  ldp w9, w10, [x1, #STAGE_ZERO_POINT]
  ldr w17, [x1, #STAGE_CLAMP_MAX]
  ldp x11, x12, [x1, #STAGE_DST]
  ldr x13, [x1, #STAGE_OFFSET]
  ldp x14, x15, [x1, #STAGE_SCALE]
  ldr w8, [x1, #STAGE_HAS_BIAS]
  cmp w8, #0
  csel x15, x15, xzr, ne
  // Unsigned elements are signed until the end, 128 less.
  mov w8, #128
  cmp w17, #127
  csel w8, w8, wzr, gt
  sub w2, w9, w8
  sub w10, w10, w8
  sub w17, w17, w8
  sub w4, w17, w10
  sub w4, w4, #255  // whether the bounds are those of 8 bits
  orr w4, w4, w8
  dup v5.16b, w10
  dup v6.16b, w17
  dup v7.16b, w8
  stp q5, q6, [sp, #FINISH_CONSTANTS]
  str q7, [sp, #FINISH_CONSTANTS + 32]
.endm

// A value for each channel, from \from on.
.macro load_values panels, from, one, two, three, four
  .if \panels == 1
  ldr q\one, [\from], #16
  .endif
  .if \panels == 2
  ldp q\one, q\two, [\from], #32
  .endif
  .if \panels == 3
  ld1 {v\one\().4s, v\two\().4s, v\three\().4s}, [\from], #48
  .endif
  .if \panels == 4
  ld1 {v\one\().4s, v\two\().4s, v\three\().4s, v\four\().4s}, [\from], #64
  .endif
.endm

// Early, so that nothing waits: offsets to v0 and on, scales to v4 and on; or of one panel to v0 and v1, with the zero
// point in v4. Biases follow.
.macro load_channels panels
  .if \panels == 1
  load_offsets
  load_scales
  .else
  load_values \panels, x13, 0, 1, 2, 3
  load_values \panels, x14, 4, 5, 6, 7
  .endif
.endm

.macro load_offsets
  ldr q0, [x13], #16
.endm
.macro load_scales
  ldr q1, [x14], #16
  dup v4.8h, w2
.endm

.macro add_offset row, panel, acc
  add v\acc\().4s, v\acc\().4s, v\panel\().4s
.endm
.macro to_float row, panel, acc
  scvtf v\acc\().4s, v\acc\().4s
.endm
.macro multiply_v1 row, panel, acc
  fmul v\acc\().4s, v\acc\().4s, v1.4s
.endm
.macro add_v2 row, panel, acc
  fadd v\acc\().4s, v\acc\().4s, v2.4s
.endm
.macro multiply_scale row, panel, acc
  multiply_vector \acc, %(4 + \panel)
.endm
.macro multiply_vector acc, scale
  fmul v\acc\().4s, v\acc\().4s, v\scale\().4s
.endm
.macro add_bias row, panel, acc
  fadd v\acc\().4s, v\acc\().4s, v\panel\().4s
.endm
.macro round row, panel, acc
  fcvtns v\acc\().4s, v\acc\().4s
.endm
.macro round_results rows, panels
  each_result add_offset, \rows, \panels
  .if \panels == 1
  each_result to_float, \rows, \panels
  each_result multiply_v1, \rows, \panels
  cbz x15, 8f
  ldr q2, [x15], #16
  each_result add_v2, \rows, \panels
  .else
  each_result to_float, \rows, \panels
  each_result multiply_scale, \rows, \panels
  dup v4.8h, w2
  cbz x15, 8f
  load_values \panels, x15, 0, 1, 2, 3
  each_result add_bias, \rows, \panels
  .endif
8:
  each_result round, \rows, \panels
.endm

// Up to four results: row i, panel p goes to lane i * \panels + p of v16.
.macro narrow results
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
  ldp q5, q6, [sp, #FINISH_CONSTANTS]
  ldr q7, [sp, #FINISH_CONSTANTS + 32]
  smax v16.16b, v16.16b, v5.16b
  smin v16.16b, v16.16b, v6.16b
  eor v16.16b, v16.16b, v7.16b
8:
.endm

// \meanwhile goes where the stores would wait.
.macro finish_results rows, panels, meanwhile
  round_results \rows, \panels
  narrow %(\rows * \panels)
  \meanwhile
  .if \panels == 1
  store_column \rows
  .endif
  .if \panels == 2
  .if \rows > 1
  add x9, x11, x12
  st1 {v16.d}[1], [x9]
  .endif
  str d16, [x11], #8
  .endif
  .if \panels == 3
  str d16, [x11], #8
  st1 {v16.s}[2], [x11]
  .endif
  .if \panels == 4
  str q16, [x11], #16
  .endif
.endm

#endif  // OTTAVA_SRC_KERNELS_ARM_NEON_FINISH_H_
