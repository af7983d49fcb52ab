// What the kernels of this folder share. SMMLA adds the products of two rows and two channels to a square of results,
//
//     [ row 0 channel 0 | row 0 channel 1 | row 1 channel 0 | row 1 channel 1 ]
//
// which is taken apart into rows on the way to acc. In the fused epilogue (the float rule to 8 bits, as
// FloatNearestEven of output/vector_rules.h and TwoRows of arm_neon/vector_operations.h do it; or the fixed-point rules
// of kernels/arm_neon/fused_epilogue.h, which have multipliers and exponents where that has scales and biases) results
// stay in squares until they are bytes: the factors of channels are read as squares too, [c0 c1 c0 c1], which LD4R does
// for 8 channels at once. As bytes, the four squares of two rows by 8 channels are one register whose units of 16 bits
// take turns between the rows; one UZP1 and one UZP2 make rows of two such registers.
//
// The including file defines ZERO_POINT before, the register of the zero point in every half.
// clang-format off
#ifndef OTTAVA_SRC_KERNELS_ARM_I8MM_SQUARES_H_
#define OTTAVA_SRC_KERNELS_ARM_I8MM_SQUARES_H_

#include "kernels/assembly.h"

// Two rows by 8 channels, eight depths.
.macro multiply_squares lhs, e, f, g, h, a, b, c, d
  smmla v\a\().4s, v\lhs\().16b, v\e\().16b
  smmla v\b\().4s, v\lhs\().16b, v\f\().16b
  smmla v\c\().4s, v\lhs\().16b, v\g\().16b
  smmla v\d\().4s, v\lhs\().16b, v\h\().16b
.endm

// The upper row into v0 and v1, the lower into v2 and v3.
.macro split_squares a, b, c, d
  trn1 v0.2d, v\a\().2d, v\b\().2d
  trn1 v1.2d, v\c\().2d, v\d\().2d
  trn2 v2.2d, v\a\().2d, v\b\().2d
  trn2 v3.2d, v\c\().2d, v\d\().2d
.endm

// The constants of the StageArgs at \stage: zero point, and above its 16 bits what has_bias says (see
// output/stage_offsets.h), bounds of signed elements, \flip (see sign_flip_of_dst), and
// \what, which is 0 where neither clamp nor flip does anything and odd where the clamp does.
.macro load_constants_squares stage, zero_point, low, high, flip, what
  ldp w\zero_point, w\low, [\stage, #STAGE_ZERO_POINT]
  ldr w\high, [\stage, #STAGE_CLAMP_MAX]
  ldr w\what, [\stage, #STAGE_HAS_BIAS]
  sign_flip_of_dst \flip, \high
  make_signed \flip, \zero_point, \zero_point, \low, \high
  bfi w\zero_point, w\what, #16, #16
  sub w\what, w\high, w\low
  cmp w\what, #255
  cset w\what, ne
  orr w\what, w\what, w\flip
.endm

// Each of these takes the four registers of results of two rows by 8 channels.
.macro to_float_squares which, a, b, c, d, at=0
  .irp x, v\a\().4s, v\b\().4s, v\c\().4s, v\d\().4s
  scvtf \x, \x
  .endr
.endm
.macro by_values_squares operation, a, b, c, d, e, f, g, h  // such as fmul with scales, fadd with biases
  \operation v\a\().4s, v\a\().4s, v\e\().4s
  \operation v\b\().4s, v\b\().4s, v\f\().4s
  \operation v\c\().4s, v\c\().4s, v\g\().4s
  \operation v\d\().4s, v\d\().4s, v\h\().4s
.endm
.macro round_to_even_squares which, a, b, c, d, at=0
  .irp x, v\a\().4s, v\b\().4s, v\c\().4s, v\d\().4s
  fcvtns \x, \x
  .endr
.endm
.macro add_signs_squares which, a, b, c, d, at=0
  .irp x, v\a\().4s, v\b\().4s, v\c\().4s, v\d\().4s
  add_sign \x, \x
  .endr
.endm
// Saturated to 16 bits, which no zero point brings back within 8: into v\a and v\c.
.macro to_16_bits_squares which, a, b, c, d, at=0
  sqxtn v\a\().4h, v\a\().4s
  sqxtn v\c\().4h, v\c\().4s
.endm
.macro to_16_bits_high_squares which, a, b, c, d, at=0
  sqxtn2 v\a\().8h, v\b\().4s
  sqxtn2 v\c\().8h, v\d\().4s
.endm
.macro add_zero_point_squares which, a, b, c, d, at=0
  sqadd v\a\().8h, v\a\().8h, ZERO_POINT.8h
  sqadd v\c\().8h, v\c\().8h, ZERO_POINT.8h
.endm
// Into v\a.
.macro to_8_bits_squares which, a, b, c, d, at=0
  sqxtn v\a\().8b, v\a\().8h
.endm
.macro to_8_bits_high_squares which, a, b, c, d, at=0
  sqxtn2 v\a\().16b, v\c\().8h
.endm

// The registers of bytes: v0 and as many behind it as make \count.
.macro each_byte_vector_squares op, count, operands:vararg
  \op v0.16b, \operands
  when (\count > 1), \op v1.16b, \operands
  when (\count > 2), \op v2.16b, \operands
  when (\count > 2), \op v3.16b, \operands
.endm
.macro clamp_bytes_squares result, low, high
  smax \result, \result, \low
  smin \result, \result, \high
.endm
.macro flip_bytes_squares result, flip
  eor \result, \result, \flip
.endm

#endif  // OTTAVA_SRC_KERNELS_ARM_I8MM_SQUARES_H_
