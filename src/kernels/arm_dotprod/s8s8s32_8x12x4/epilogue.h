// The fused epilogue of the kernel s8s8s32_8x12x4: the float rule to 8 bits, on results that are still in registers, as
// FloatNearestEven of output/vector_rules.h does it; and the fixed-point rules of kernels/arm_neon/fused_epilogue.h,
// which have exponents where that has scales and multipliers where it has biases. The registers of results are those of
// tile.h, which includes this. Two rows fill a register of 16 bits with what they have in the third vector, four rows
// one of 8 bits, so that few instructions see each result.
//
//   x10  scales of the channels    x11, x13  dst: first two vectors of channels, third one. Move on with rows stored
//   x14  biases of the channels    x12       bytes from one row of dst to the next
//   w17  zero point                w15       bit 1: there are bounds. 2: dst is unsigned. The others: what has_bias
//                                            says, see output/stage_offsets.h
//   sp   vectors, as far as there is a use for them: lower and upper bound, sign flip, zero point
//   v5 to v7  scales               v0 to v3  zero point; biases, then bounds and sign flip
//
// Exponents take the place of scales because they are wanted longer than multipliers.
// clang-format off
#ifndef OTTAVA_SRC_KERNELS_ARM_DOTPROD_S8S8S32_8X12X4_EPILOGUE_H_
#define OTTAVA_SRC_KERNELS_ARM_DOTPROD_S8S8S32_8X12X4_EPILOGUE_H_

#include "kernels/assembly.h"

// From the StageArgs at x1 to the registers above, in two parts: loads, and what becomes of them, which takes 64 bytes
// of the stack.
.macro load_epilogue_8x12x4
  ldp w17, w9, [x1, #STAGE_ZERO_POINT]
  ldr w16, [x1, #STAGE_CLAMP_MAX]
  ldr w15, [x1, #STAGE_HAS_BIAS]
  ldp x11, x12, [x1, #STAGE_DST]
  ldp x10, x14, [x1, #STAGE_SCALE]
.endm
.macro begin_epilogue_8x12x4
  sub sp, sp, #64
  sign_flip_of_dst 8, 16
  tbz w15, #EPILOGUE_FIXED, 1f
  mov x3, x10
  mov x10, x14
  mov x14, x3
1:
  make_signed 8, 17, 17, 9, 16
  orr w15, w15, w8, lsr #5
  dup v0.8h, w17
  sub w3, w16, w9
  add x13, x11, #8
  cmp w3, #255  // the bounds of the type itself are what narrowing keeps anyway
  orr w3, w15, #2
  csel w15, w15, w3, eq
  str q0, [sp, #48]
  tst w15, #6
  b.eq 1f
  dup v1.16b, w9
  dup v2.16b, w16
  dup v3.16b, w8
  stp q1, q2, [sp]
  str q3, [sp, #32]
1:
.endm

.macro end_epilogue_8x12x4
  add sp, sp, #64
.endm

// A value for each channel.
.macro load_values_8x12x4 vectors, from, one, two, three
  when (\vectors == 1), ldr q\one, [\from]
  when (\vectors == 2), ldp q\one, q\two, [\from]
  when (\vectors == 3), ld1 {v\one\().4s, v\two\().4s, v\three\().4s}, [\from]
.endm

// \operation on the vectors of a row, and with the values of their channels in \one, \two and \three.
.macro convert_row_8x12x4 row, a, b, c, vectors, operation
  \operation v\a\().4s, v\a\().4s
  when (\vectors > 1), \operation v\b\().4s, v\b\().4s
  when (\vectors > 2), \operation v\c\().4s, v\c\().4s
.endm
.macro by_values_8x12x4 row, a, b, c, vectors, operation, one, two, three
  \operation v\a\().4s, v\a\().4s, \one
  when (\vectors > 1), \operation v\b\().4s, v\b\().4s, \two
  when (\vectors > 2), \operation v\c\().4s, v\c\().4s, \three
.endm

// To 16 bits, of rows a b c and d e f (\rows == 1: of the former alone): the first two vectors of a row to \a and \d,
// the third ones of both to \c. Of one vector a row both go to \a.
.macro narrow_low_8x12x4 rows, a, b, c, d, e, f, vectors
  sqxtn v\a\().4h, v\a\().4s
  when (\vectors > 1 && \rows > 1), sqxtn v\d\().4h, v\d\().4s
  when (\vectors > 2), sqxtn v\c\().4h, v\c\().4s
.endm
.macro narrow_high_8x12x4 rows, a, b, c, d, e, f, vectors
  when (\vectors > 1), sqxtn2 v\a\().8h, v\b\().4s
  .if \rows > 1
  .if \vectors == 1
  sqxtn2 v\a\().8h, v\d\().4s
  .else
  sqxtn2 v\d\().8h, v\e\().4s
  .endif
  when (\vectors > 2), sqxtn2 v\c\().8h, v\f\().4s
  .endif
.endm
.macro add_zero_point_8x12x4 rows, a, b, c, d, e, f, vectors
  sqadd v\a\().8h, v\a\().8h, v0.8h
  when (\vectors > 1 && \rows > 1), sqadd v\d\().8h, v\d\().8h, v0.8h
  when (\vectors > 2), sqadd v\c\().8h, v\c\().8h, v0.8h
.endm

// To 8 bits: rows 0 and 1 of two vectors or three to v16, 2 and 3 to v22, 4 and 5 to v28, 6 and 7 to v10; what is left
// of rows 0 to 3 to v18, of 4 to 7 to v30. Of one vector a row all to v16 and v28.
.macro narrow_pair_low_8x12x4 rows, a, rest:vararg
  sqxtn v\a\().8b, v\a\().8h
.endm
.macro narrow_pair_high_8x12x4 rows, a, b, c, d, rest:vararg
  when (\rows > 1), sqxtn2 v\a\().16b, v\d\().8h
.endm
.macro narrow_fours_low_8x12x4 rows, a, b
  sqxtn v\a\().8b, v\a\().8h
  when (\rows > 4), sqxtn v\b\().8b, v\b\().8h
.endm
.macro narrow_fours_high_8x12x4 rows, a, b, after_a, after_b
  when (\rows > 2), sqxtn2 v\a\().16b, v\after_a\().8h
  when (\rows > 6), sqxtn2 v\b\().16b, v\after_b\().8h
.endm
.macro narrow_rows_8x12x4 rows, vectors
  each_pair_8x12x4 narrow_low_8x12x4, \rows, \vectors
  each_pair_8x12x4 narrow_high_8x12x4, \rows, \vectors
  each_pair_8x12x4 add_zero_point_8x12x4, \rows, \vectors
  .if \vectors == 1
  narrow_fours_low_8x12x4 \rows, 16, 28
  narrow_fours_high_8x12x4 \rows, 16, 28, 22, 10
  .else
  each_pair_8x12x4 narrow_pair_low_8x12x4, \rows, \vectors
  when (\vectors > 2), narrow_fours_low_8x12x4 \rows, 18, 30
  each_pair_8x12x4 narrow_pair_high_8x12x4, \rows, \vectors
  when (\vectors > 2), narrow_fours_high_8x12x4 \rows, 18, 30, 24, 12
  .endif
.endm

// \operation on every register of bytes.
.macro each_byte_vector_8x12x4 rows, vectors, operation, operand
  \operation v16.16b, v16.16b, \operand
  when (\rows > 4), \operation v28.16b, v28.16b, \operand
  when (\vectors > 1 && \rows > 2), \operation v22.16b, v22.16b, \operand
  when (\vectors > 1 && \rows > 6), \operation v10.16b, v10.16b, \operand
  when (\vectors > 2), \operation v18.16b, v18.16b, \operand
  when (\vectors > 2 && \rows > 4), \operation v30.16b, v30.16b, \operand
.endm

.macro store_pair_8x12x4 rows, a, rest:vararg
  st1 {v\a\().d}[0], [x11], x12
  when (\rows > 1), st1 {v\a\().d}[1], [x11], x12
.endm
.macro store_fours_8x12x4 rows, to, a, b
  st1 {v\a\().s}[0], [\to], x12
  when (\rows > 1), st1 {v\a\().s}[1], [\to], x12
  when (\rows > 2), st1 {v\a\().s}[2], [\to], x12
  when (\rows > 3), st1 {v\a\().s}[3], [\to], x12
  when (\rows > 4), st1 {v\b\().s}[0], [\to], x12
  when (\rows > 5), st1 {v\b\().s}[1], [\to], x12
  when (\rows > 6), st1 {v\b\().s}[2], [\to], x12
  when (\rows > 7), st1 {v\b\().s}[3], [\to], x12
.endm
.macro store_bytes_8x12x4 rows, vectors
  .if \vectors == 1
  store_fours_8x12x4 \rows, x11, 16, 28
  .else
  each_pair_8x12x4 store_pair_8x12x4, \rows, \vectors
  .endif
  when (\vectors > 2), store_fours_8x12x4 \rows, x13, 18, 30
.endm

// Many results take each step at a time, so that none waits for the step before. Those that take a second value for
// each channel go by way of the label 8, and come back to the label 9.
.macro epilogue_8x12x4 rows, vectors
  load_values_8x12x4 \vectors, x10, 5, 6, 7
  dup v0.8h, w17
  tbnz w15, #EPILOGUE_SECOND_VALUES, 8f
  each_row_8x12x4 convert_row_8x12x4, \rows, \vectors, scvtf
  by_first_values_8x12x4 fmul, \rows, \vectors
  each_row_8x12x4 convert_row_8x12x4, \rows, \vectors, fcvtns
9:
  narrow_rows_8x12x4 \rows, \vectors
  tbz w15, #1, 7f
  ldp q1, q2, [sp]
  each_byte_vector_8x12x4 \rows, \vectors, smax, v1.16b
  each_byte_vector_8x12x4 \rows, \vectors, smin, v2.16b
7:
  tbz w15, #2, 7f
  ldr q3, [sp, #32]
  each_byte_vector_8x12x4 \rows, \vectors, eor, v3.16b
7:
  store_bytes_8x12x4 \rows, \vectors
.endm
.macro by_first_values_8x12x4 operation, rows, vectors
  each_row_8x12x4 by_values_8x12x4, \rows, \vectors, \operation, v5.4s, v6.4s, v7.4s
.endm
.macro by_second_values_8x12x4 operation, rows, vectors
  each_row_8x12x4 by_values_8x12x4, \rows, \vectors, \operation, v1.4s, v2.4s, v3.4s
.endm

// Out of the way of what follows an epilogue.
.macro second_values_8x12x4 rows, vectors
  begin_aside
8:
  load_values_8x12x4 \vectors, x14, 1, 2, 3
  tbnz w15, #EPILOGUE_FIXED, 8f
  each_row_8x12x4 convert_row_8x12x4, \rows, \vectors, scvtf
  by_first_values_8x12x4 fmul, \rows, \vectors
  by_second_values_8x12x4 fadd, \rows, \vectors
  each_row_8x12x4 convert_row_8x12x4, \rows, \vectors, fcvtns
  b 9b
8:
  tbz w15, #EPILOGUE_TWO_ROUNDINGS, 8f
  by_second_values_8x12x4 sqrdmulh, \rows, \vectors
  each_row_8x12x4 convert_row_8x12x4, \rows, \vectors, add_sign
  by_first_values_8x12x4 srshl, \rows, \vectors
  b 9b
8:
  by_second_values_8x12x4 sqdmulh, \rows, \vectors
  by_first_values_8x12x4 srshl, \rows, \vectors
  b 9b
  end_aside (1 + \rows * \vectors)
.endm

#endif  // OTTAVA_SRC_KERNELS_ARM_DOTPROD_S8S8S32_8X12X4_EPILOGUE_H_
