// The output stage of the float rule to 8 bits, on the results that a tile of 4 x 4 x 16 still holds in registers: as
// FloatNearestEven of output/vector_rules.h and TwoRows of vector_operations.h do it.
//
// A function whose tiles finish sets FINISHING to 1 before it uses the macros of its tiles, others to 0. Its second
// argument, in x1, is the StageArgs.
//
// The file that includes this has store_column \rows, which puts the four channels in each lane of v16 to a row of dst.
//
//   x11  dst of the panel                   x13, x14, x15  offsets, scales and biases of the channels
//   x12  bytes from one row of dst to the next
//   FINISH_CONSTANTS on the stack: zero point, bounds and what flips signed elements into those of dst, as vectors
#ifndef OTTAVA_SRC_KERNELS_ARM_NEON_FINISH_H_
#define OTTAVA_SRC_KERNELS_ARM_NEON_FINISH_H_

// Fields of StageArgs; kernels/arm_neon/finishing.h pins them.
#define STAGE_DST 32
#define STAGE_DST_ROW_STRIDE 40
#define STAGE_OFFSET 56
#define STAGE_SCALE 112
#define STAGE_BIAS 120
#define STAGE_ZERO_POINT 136
#define STAGE_CLAMP_MIN 140
#define STAGE_CLAMP_MAX 144

// From the StageArgs at x1 to the registers above and the constants.
.macro begin_finishing constants
  ldp w9, w10, [x1, #STAGE_ZERO_POINT]
  ldr w17, [x1, #STAGE_CLAMP_MAX]
  ldp x11, x12, [x1, #STAGE_DST]
  ldr x13, [x1, #STAGE_OFFSET]
  ldp x14, x15, [x1, #STAGE_SCALE]
  // Unsigned elements are signed until the end, 128 less.
  mov w8, #128
  cmp w17, #127
  csel w8, w8, wzr, gt
  sub w9, w9, w8
  sub w10, w10, w8
  sub w17, w17, w8
  dup v4.8h, w9
  dup v5.16b, w10
  dup v6.16b, w17
  dup v7.16b, w8
  stp q4, q5, [sp, #\constants]
  stp q6, q7, [sp, #\constants + 32]
.endm

.macro add_offset row, acc
  add v\acc\().4s, v\acc\().4s, v0.4s
.endm
.macro to_float row, acc
  scvtf v\acc\().4s, v\acc\().4s
.endm
.macro multiply_scale row, acc
  fmul v\acc\().4s, v\acc\().4s, v1.4s
.endm
.macro add_bias row, acc
  fadd v\acc\().4s, v\acc\().4s, v2.4s
.endm
.macro round row, acc
  fcvtns v\acc\().4s, v\acc\().4s
.endm
// Calls \op for the results of all rows in one of the panels.
.macro each_row_of op, rows, panels, panel
  .irp row, 0, 1, 2, 3
  .if \row < \rows
  \op \row, %(16 + (\row * \panels + \panel) * 4)
  .endif
  .endr
.endm
.macro round_panel rows, panels, panel
  ldr q0, [x13], #16
  ldr q1, [x14], #16
  ldr q2, [x15], #16
  each_row_of add_offset, \rows, \panels, \panel
  each_row_of to_float, \rows, \panels, \panel
  each_row_of multiply_scale, \rows, \panels, \panel
  each_row_of add_bias, \rows, \panels, \panel
  each_row_of round, \rows, \panels, \panel
.endm

// Up to four results: row i, panel p goes to lane i * \panels + p of v16.
.macro narrow results, constants
  ldp q4, q5, [sp, #\constants]
  ldp q6, q7, [sp, #\constants + 32]
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
  smax v16.16b, v16.16b, v5.16b
  smin v16.16b, v16.16b, v6.16b
  eor v16.16b, v16.16b, v7.16b
.endm

.macro finish_results rows, panels, constants
  round_panel \rows, \panels, 0
  .if \panels > 1
  round_panel \rows, \panels, 1
  .endif
  .if \panels > 2
  round_panel \rows, \panels, 2
  .endif
  .if \panels > 3
  round_panel \rows, \panels, 3
  .endif
  narrow %(\rows * \panels), \constants
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
