// The fused epilogue of the kernel s8s8s32_indirect_4x12x4: the float rule to 8 bits, on results that are still in
// registers, as FloatNearestEven of output/vector_rules.h and TwoRows of arm_neon/vector_operations.h do it; and the
// fixed-point rules of kernels/arm_neon/fused_epilogue.h, which have multipliers and exponents where that has scales
// and biases. Writes the vectors of four channels that hold valid ones, no others.
//
// Registers, beyond those of tile.h that last from tile to tile (x0 to x3, x5, x7, x17) and its accumulators
//   x2  channels before the tile, times 4  x10, x11  scales and biases of its channels
//   x6  address of the zero point        x14, x15  bounds
//   x8, x9, x12, x13  dst, a row each    x16       0 if the bounds are those of the whole type
//   v0 to v7, v28 to v31  scales, then biases, three vectors for each panel. Then v0 zero point, v1 and v2 bounds, v3
//                         sign flip
//
// A tuning gets x8 to x15 and the scales ready as it likes, in macros of its own: begin_values_4x12x4 comes first,
// beside_4x12x4 behind each instruction up to the last multiplication, need_values_4x12x4 when the scales of the
// vectors of that number have to be there, with 4 everything. load_biases_4x12x4 puts the biases where the scales were.
// clang-format off
#ifndef OTTAVA_SRC_KERNELS_ARM_DOTPROD_S8S8S32_INDIRECT_4X12X4_EPILOGUE_H_
#define OTTAVA_SRC_KERNELS_ARM_DOTPROD_S8S8S32_INDIRECT_4X12X4_EPILOGUE_H_

#include "kernels/assembly.h"

// What is done with the accumulators of each triple. Multiplications go vector by vector, so that scales may come late.
.macro convert_4x12x4 acc
  scvtf v\acc\().4s, v\acc\().4s
  beside_4x12x4
.endm
.macro convert_triple_4x12x4 a, b, c, d, at, vectors, unused
  convert_4x12x4 \a
  when (\vectors > 1), convert_4x12x4 \b
  when (\vectors > 2), convert_4x12x4 \c
  when (\vectors > 3), convert_4x12x4 \d
.endm
.macro round_triple_4x12x4 a, b, c, d, at, vectors, unused
  fcvtns v\a\().4s, v\a\().4s
  when (\vectors > 1), fcvtns v\b\().4s, v\b\().4s
  when (\vectors > 2), fcvtns v\c\().4s, v\c\().4s
  when (\vectors > 3), fcvtns v\d\().4s, v\d\().4s
.endm
// \one to \four: the values for this vector of each panel.
.macro by_value_4x12x4 operation, acc, at, one, two, three, four
  when ((\at) % ACC_ROW == 0), \operation v\acc\().4s, v\acc\().4s, v\one\().4s
  when ((\at) % ACC_ROW == ACC_PANEL), \operation v\acc\().4s, v\acc\().4s, v\two\().4s
  when ((\at) % ACC_ROW == 2 * ACC_PANEL), \operation v\acc\().4s, v\acc\().4s, v\three\().4s
  when ((\at) % ACC_ROW == 3 * ACC_PANEL), \operation v\acc\().4s, v\acc\().4s, v\four\().4s
.endm
.macro scale_vector_4x12x4 a, b, c, d, at, vectors, number, operation
  when (\number == 0), by_value_4x12x4 \operation, \a, (\at), 0, 3, 6, 29
  when (\number == 1), by_value_4x12x4 \operation, \b, (\at), 1, 4, 7, 30
  when (\number == 2), by_value_4x12x4 \operation, \c, (\at), 2, 5, 28, 31
  when (\number == 3), by_value_4x12x4 \operation, \d, (\at), 3, 0, 0, 0
  beside_4x12x4
.endm
.macro by_second_values_4x12x4 a, b, c, d, at, vectors, operation
  by_value_4x12x4 \operation, \a, (\at), 0, 3, 6, 29
  when (\vectors > 1), by_value_4x12x4 \operation, \b, (\at), 1, 4, 7, 30
  when (\vectors > 2), by_value_4x12x4 \operation, \c, (\at), 2, 5, 28, 31
  when (\vectors > 3), by_value_4x12x4 \operation, \d, (\at), 3, 0, 0, 0
.endm
.macro add_signs_4x12x4 a, b, c, d, at, vectors, unused
  add_sign v\a\().4s, v\a\().4s
  when (\vectors > 1), add_sign v\b\().4s, v\b\().4s
  when (\vectors > 2), add_sign v\c\().4s, v\c\().4s
  when (\vectors > 3), add_sign v\d\().4s, v\d\().4s
.endm

// Calls \op with each two accumulators that become one register of 16 bits: the first one. 0: it stays half empty.
.macro each_two_4x12x4 op, rows, panels, vectors, rest:vararg
  .if \panels == 4 || \rows == 1 && \panels == 2
  \op 16, 17, \rest
  \op 18, 19, \rest
  \op 20, 21, \rest
  .if \panels == 4
  \op 22, 23, \rest
  \op 24, 25, \rest
  \op 26, 27, \rest
  .endif
  .elseif \panels == 2
  \op 16, 17, \rest
  \op 18, 28, \rest
  \op 29, 30, \rest
  \op 19, 20, \rest
  \op 21, 31, \rest
  \op 8, 9, \rest
  .if \rows > 2
  \op 22, 23, \rest
  \op 24, 10, \rest
  \op 11, 12, \rest
  .endif
  .if \rows > 3
  \op 25, 26, \rest
  \op 27, 13, \rest
  \op 14, 15, \rest
  .endif
  .elseif \vectors > 1
  \op 16, 17, \rest
  when (\rows > 1), \op 19, 20, \rest
  when (\rows > 2), \op 22, 23, \rest
  when (\rows > 3), \op 25, 26, \rest
  .if \vectors == 4
  \op 18, 28, \rest
  \op 21, 29, \rest
  when (\rows > 2), \op 24, 30, \rest
  when (\rows > 3), \op 27, 31, \rest
  .elseif \vectors == 3
  when (\rows == 1), \op 18, 0, \rest
  when (\rows > 1), \op 18, 21, \rest
  when (\rows == 3), \op 24, 0, \rest
  when (\rows == 4), \op 24, 27, \rest
  .endif
  .else
  when (\rows == 1), \op 16, 0, \rest
  when (\rows > 1), \op 16, 19, \rest
  when (\rows == 3), \op 22, 0, \rest
  when (\rows == 4), \op 22, 25, \rest
  .endif
.endm

// Likewise with each two of those that become one register of bytes.
.macro each_four_4x12x4 op, rows, panels, vectors, rest:vararg
  .if \panels == 4
  \op 16, 18, \rest
  \op 20, 22, \rest
  \op 24, 26, \rest
  .elseif \rows == 1 && \panels == 2
  \op 16, 18, \rest
  \op 20, 0, \rest
  .elseif \panels == 2
  \op 16, 18, \rest
  \op 29, 0, \rest
  \op 19, 21, \rest
  \op 8, 0, \rest
  .if \rows > 2
  \op 22, 24, \rest
  \op 11, 0, \rest
  .endif
  .if \rows > 3
  \op 25, 27, \rest
  \op 14, 0, \rest
  .endif
  .elseif \vectors == 4
  \op 16, 18, \rest
  \op 19, 21, \rest
  when (\rows > 2), \op 22, 24, \rest
  when (\rows > 3), \op 25, 27, \rest
  .elseif \vectors > 1
  when (\rows == 1), \op 16, 0, \rest
  when (\rows > 1), \op 16, 19, \rest
  when (\rows == 3), \op 22, 0, \rest
  when (\rows == 4), \op 22, 25, \rest
  .if \vectors == 3
  when (\rows > 2), \op 18, 24, \rest
  when (\rows <= 2), \op 18, 0, \rest
  .endif
  .else
  when (\rows > 2), \op 16, 22, \rest
  when (\rows <= 2), \op 16, 0, \rest
  .endif
.endm

.macro narrow_low_4x12x4 a, b, to, from
  sqxtn v\a\().\to, v\a\().\from
.endm
.macro narrow_high_4x12x4 a, b, to, from
  when \b, sqxtn2 v\a\().\to, v\b\().\from
.endm
.macro operate_4x12x4 a, b, operation, shape, operand
  \operation v\a\().\shape, v\a\().\shape, v\operand\().\shape
.endm

// A row of bytes: 16 or 8 of v\a, then 8 of v\b.
.macro store_24_4x12x4 a, b, row
  str q\a, [x\row]
  str d\b, [x\row, #16]
.endm

// Rows of 8 bytes, of which v16 and v22 hold two each.
.macro store_column_8_4x12x4 rows
  str d16, [x8], #8
  when (\rows > 1), st1 {v16.d}[1], [x9], #8
  when (\rows > 2), str d22, [x12], #8
  when (\rows > 3), st1 {v22.d}[1], [x13], #8
.endm
.macro store_column_4_4x12x4 rows, from
  str s\from, [x8]
  when (\rows > 1), st1 {v\from\().s}[1], [x9]
  when (\rows > 2), st1 {v\from\().s}[2], [x12]
  when (\rows > 3), st1 {v\from\().s}[3], [x13]
.endm

.macro store_bytes_4x12x4 rows, panels, vectors
  .if \panels == 4
  stp q16, q20, [x8]
  str q24, [x8, #32]
  .elseif \panels == 2 && \rows == 1
  store_24_4x12x4 16, 20, 8
  .elseif \panels == 2
  store_24_4x12x4 16, 29, 8
  store_24_4x12x4 19, 8, 9
  when (\rows > 2), store_24_4x12x4 22, 11, 12
  when (\rows > 3), store_24_4x12x4 25, 14, 13
  .elseif \vectors == 4
  str q16, [x8]
  str q19, [x9]
  when (\rows > 2), str q22, [x12]
  when (\rows > 3), str q25, [x13]
  .elseif \vectors > 1
  store_column_8_4x12x4 \rows
  when (\vectors == 3), store_column_4_4x12x4 \rows, 18
  .else
  store_column_4_4x12x4 \rows, 16
  .endif
.endm

// Where the rows of dst begin, once the first of them stands in x8 and the stride in x9.
.macro point_at_dst_4x12x4 rows
  .if \rows > 3
  add x13, x9, x9, lsl #1
  add x13, x13, x8
  .endif
  when (\rows > 2), add x12, x8, x9, lsl #1
  when (\rows > 1), add x9, x8, x9
.endm

// Each result by the first value of its channel.
.macro by_first_values_4x12x4 operation, rows, panels, vectors
  .irp number, 0, 1, 2, 3
  .if \vectors > \number
  need_values_4x12x4 \number
  each_triple_4x12x4 scale_vector_4x12x4, \rows, \panels, \vectors, \number, \operation
  .endif
  .endr
  need_values_4x12x4 4
.endm
.macro load_second_values_4x12x4 rows, panels, vectors
  add x11, x11, x2
  load_biases_4x12x4 \rows, \panels, \vectors
.endm

// A fixed-point rule, out of the way of what follows an epilogue: its label 31, back to its label 32.
.macro fixed_epilogue_4x12x4 rows, panels, vectors
31:
  tbz w17, #8 + EPILOGUE_TWO_ROUNDINGS, 31f
  begin_values_4x12x4 \rows, \panels, \vectors
  by_first_values_4x12x4 sqrdmulh, \rows, \panels, \vectors
  load_second_values_4x12x4 \rows, \panels, \vectors
  each_triple_4x12x4 add_signs_4x12x4, \rows, \panels, \vectors
  each_triple_4x12x4 by_second_values_4x12x4, \rows, \panels, \vectors, srshl
  b 32b
31:
  begin_values_4x12x4 \rows, \panels, \vectors
  by_first_values_4x12x4 sqdmulh, \rows, \panels, \vectors
  load_second_values_4x12x4 \rows, \panels, \vectors
  each_triple_4x12x4 by_second_values_4x12x4, \rows, \panels, \vectors, srshl
  b 32b
.endm

.macro epilogue_4x12x4 rows, panels, vectors
  tbnz w17, #8 + EPILOGUE_FIXED, 31f
  begin_values_4x12x4 \rows, \panels, \vectors
  each_triple_4x12x4 convert_triple_4x12x4, \rows, \panels, \vectors
  by_first_values_4x12x4 fmul, \rows, \panels, \vectors
  tbz w17, #8 + EPILOGUE_SECOND_VALUES, 1f
  load_second_values_4x12x4 \rows, \panels, \vectors
  each_triple_4x12x4 by_second_values_4x12x4, \rows, \panels, \vectors, fadd
1:
  each_triple_4x12x4 round_triple_4x12x4, \rows, \panels, \vectors
32:
  add x6, x7, #STAGE_ZERO_POINT
  ld1r {v0.8h}, [x6]
  cmn w14, #128
  b.ne 2f
  cmp w15, #127
  b.eq 3f
2:  // dst is unsigned, or there are bounds to apply other than those of the type
  sub w16, w15, w14
  sub w16, w16, #255
  ldr w4, [x6]
  cmp w15, #127
  mov w10, #128
  csel w10, w10, wzr, gt
  make_signed 10, 4, 4, 14, 15
  dup v0.8h, w4
  dup v1.16b, w14
  dup v2.16b, w15
  dup v3.16b, w10
  tst x7, x7  // ne
3:
  each_two_4x12x4 narrow_low_4x12x4, \rows, \panels, \vectors, 4h, 4s
  each_two_4x12x4 narrow_high_4x12x4, \rows, \panels, \vectors, 8h, 4s
  each_two_4x12x4 operate_4x12x4, \rows, \panels, \vectors, sqadd, 8h, 0
  each_four_4x12x4 narrow_low_4x12x4, \rows, \panels, \vectors, 8b, 8h
  each_four_4x12x4 narrow_high_4x12x4, \rows, \panels, \vectors, 16b, 8h
  b.eq 4f
  cbz w16, 5f
  each_four_4x12x4 operate_4x12x4, \rows, \panels, \vectors, smax, 16b, 1
  each_four_4x12x4 operate_4x12x4, \rows, \panels, \vectors, smin, 16b, 2
5:
  each_four_4x12x4 operate_4x12x4, \rows, \panels, \vectors, eor, 16b, 3
4:
  store_bytes_4x12x4 \rows, \panels, \vectors
.endm

#endif  // OTTAVA_SRC_KERNELS_ARM_DOTPROD_S8S8S32_INDIRECT_4X12X4_EPILOGUE_H_
