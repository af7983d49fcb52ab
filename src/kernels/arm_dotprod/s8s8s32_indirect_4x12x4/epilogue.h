// The output stage of the float rule to 8 bits, on the results that a tile of indirect_4x12x4.h still holds in
// registers: as FloatNearestEven of output/vector_rules.h and TwoRows of arm_neon/vector_operations.h do it. The sums
// have begun with the offsets. Writes the vectors of four channels that hold valid ones, no others.
//
// Registers, beyond those of indirect_4x12x4.h that last from tile to tile (x0 to x3, x5, x7, x17)
//   x4  channels before the tile    x14, x15  bounds
//   x6  address of the zero point   x16       has_bias, then 0 if the bounds are those of the whole type
//   x8, x9, x12, x13  dst, a row each
//   x10, x11          scales and biases
//   v0 to v7, v28 to v31  values of channels. Then v0 zero point, v1 and v2 bounds, v3 what flips signed elements into
//                         those of dst
// clang-format off
#ifndef OTTAVA_SRC_KERNELS_ARM_DOTPROD_S8S8S32_INDIRECT_4X12X4_EPILOGUE_H_
#define OTTAVA_SRC_KERNELS_ARM_DOTPROD_S8S8S32_INDIRECT_4X12X4_EPILOGUE_H_

#include "kernels/assembly.h"

// What is done with the accumulators of each triple. Multiplications go by the vectors of a triple, so that scales may
// come late. Scales, then biases, lie in v0 to v7 and v28 to v31, three of each panel. `side` (see the tunings) stands
// behind what comes first.
.macro convert_triple_4x12x4 a, b, c, d, at, vectors
  scvtf v\a\().4s, v\a\().4s
  beside_4x12x4
  .if \vectors > 1
  scvtf v\b\().4s, v\b\().4s
  beside_4x12x4
  .endif
  .if \vectors > 2
  scvtf v\c\().4s, v\c\().4s
  beside_4x12x4
  .endif
  .if \vectors > 3
  scvtf v\d\().4s, v\d\().4s
  beside_4x12x4
  .endif
.endm
.macro round_triple_4x12x4 a, b, c, d, at, vectors
  fcvtns v\a\().4s, v\a\().4s
  when (\vectors > 1), fcvtns v\b\().4s, v\b\().4s
  when (\vectors > 2), fcvtns v\c\().4s, v\c\().4s
  when (\vectors > 3), fcvtns v\d\().4s, v\d\().4s
.endm
// \one to \four: the value of this vector in each panel.
.macro by_value_4x12x4 operation, register, at, one, two, three, four
  .if (\at) % ACC_ROW == 0
  \operation v\register\().4s, v\register\().4s, v\one\().4s
  .elseif (\at) % ACC_ROW == ACC_PANEL
  \operation v\register\().4s, v\register\().4s, v\two\().4s
  .elseif (\at) % ACC_ROW == 2 * ACC_PANEL
  \operation v\register\().4s, v\register\().4s, v\three\().4s
  .else
  \operation v\register\().4s, v\register\().4s, v\four\().4s
  .endif
.endm
.macro multiply_0_4x12x4 a, b, c, d, at, vectors
  by_value_4x12x4 fmul, \a, (\at), 0, 3, 6, 29
  beside_4x12x4
.endm
.macro multiply_1_4x12x4 a, b, c, d, at, vectors
  by_value_4x12x4 fmul, \b, (\at), 1, 4, 7, 30
  beside_4x12x4
.endm
.macro multiply_2_4x12x4 a, b, c, d, at, vectors
  by_value_4x12x4 fmul, \c, (\at), 2, 5, 28, 31
  beside_4x12x4
.endm
.macro multiply_3_4x12x4 a, b, c, d, at, vectors
  by_value_4x12x4 fmul, \d, (\at), 3, 0, 0, 0
  beside_4x12x4
.endm
.macro add_triple_4x12x4 a, b, c, d, at, vectors
  by_value_4x12x4 fadd, \a, (\at), 0, 3, 6, 29
  when (\vectors > 1), by_value_4x12x4 fadd, \b, (\at), 1, 4, 7, 30
  when (\vectors > 2), by_value_4x12x4 fadd, \c, (\at), 2, 5, 28, 31
  when (\vectors > 3), by_value_4x12x4 fadd, \d, (\at), 3, 0, 0, 0
.endm

// Calls \op with each two accumulators that become one register of 16 bits: the first one. 0: it stays half empty.
.macro each_two_4x12x4 op, rows, panels, vectors
  .if \panels == 4 || \rows == 1 && \panels == 2
  \op 16, 17
  \op 18, 19
  \op 20, 21
  .if \panels == 4
  \op 22, 23
  \op 24, 25
  \op 26, 27
  .endif
  .elseif \panels == 2
  \op 16, 17
  \op 18, 28
  \op 29, 30
  \op 19, 20
  \op 21, 31
  \op 8, 9
  .if \rows > 2
  \op 22, 23
  \op 24, 10
  \op 11, 12
  .endif
  .if \rows > 3
  \op 25, 26
  \op 27, 13
  \op 14, 15
  .endif
  .elseif \vectors > 1
  \op 16, 17
  when (\rows > 1), \op 19, 20
  when (\rows > 2), \op 22, 23
  when (\rows > 3), \op 25, 26
  .if \vectors == 4
  \op 18, 28
  \op 21, 29
  when (\rows > 2), \op 24, 30
  when (\rows > 3), \op 27, 31
  .elseif \vectors == 3
  .if \rows == 1
  \op 18, 0
  .else
  \op 18, 21
  .endif
  when (\rows == 3), \op 24, 0
  when (\rows == 4), \op 24, 27
  .endif
  .else
  .if \rows == 1
  \op 16, 0
  .else
  \op 16, 19
  .endif
  when (\rows == 3), \op 22, 0
  when (\rows == 4), \op 22, 25
  .endif
.endm

// Likewise with each two of those that become one register of bytes.
.macro each_four_4x12x4 op, rows, panels, vectors
  .if \panels == 4
  \op 16, 18
  \op 20, 22
  \op 24, 26
  .elseif \rows == 1 && \panels == 2
  \op 16, 18
  \op 20, 0
  .elseif \panels == 2
  \op 16, 18
  \op 29, 0
  \op 19, 21
  \op 8, 0
  .if \rows > 2
  \op 22, 24
  \op 11, 0
  .endif
  .if \rows > 3
  \op 25, 27
  \op 14, 0
  .endif
  .elseif \vectors == 4
  \op 16, 18
  \op 19, 21
  when (\rows > 2), \op 22, 24
  when (\rows > 3), \op 25, 27
  .elseif \vectors > 1
  .if \rows == 1
  \op 16, 0
  .else
  \op 16, 19
  .endif
  when (\rows == 3), \op 22, 0
  when (\rows == 4), \op 22, 25
  .if \vectors == 3
  .if \rows > 2
  \op 18, 24
  .else
  \op 18, 0
  .endif
  .endif
  .else
  .if \rows > 2
  \op 16, 22
  .else
  \op 16, 0
  .endif
  .endif
.endm

.macro narrow_low_32_4x12x4 a, b
  sqxtn v\a\().4h, v\a\().4s
.endm
.macro narrow_high_32_4x12x4 a, b
  when \b, sqxtn2 v\a\().8h, v\b\().4s
.endm
.macro add_zero_point_4x12x4 a, b
  sqadd v\a\().8h, v\a\().8h, v0.8h
.endm
.macro narrow_low_16_4x12x4 a, b
  sqxtn v\a\().8b, v\a\().8h
.endm
.macro narrow_high_16_4x12x4 a, b
  when \b, sqxtn2 v\a\().16b, v\b\().8h
.endm
.macro raise_bytes_4x12x4 a, b
  smax v\a\().16b, v\a\().16b, v1.16b
.endm
.macro lower_bytes_4x12x4 a, b
  smin v\a\().16b, v\a\().16b, v2.16b
.endm
.macro flip_bytes_4x12x4 a, b
  eor v\a\().16b, v\a\().16b, v3.16b
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

// A tuning gets x4, x8 to x16 and the scales ready as it likes, in macros of its own: begin_values comes first, `side`
// behind each instruction up to the last multiplication, need_values when the scales of the vectors of that number have
// to be there, with 4 everything. load_biases puts the biases where the scales were.
.macro epilogue_4x12x4 rows, panels, vectors
  begin_values_4x12x4 \rows, \panels, \vectors
  each_triple_4x12x4 convert_triple_4x12x4, \rows, \panels, \vectors
  need_values_4x12x4 0, \rows, \vectors
  each_triple_4x12x4 multiply_0_4x12x4, \rows, \panels, \vectors
  .if \vectors > 1
  need_values_4x12x4 1, \rows, \vectors
  each_triple_4x12x4 multiply_1_4x12x4, \rows, \panels, \vectors
  .endif
  .if \vectors > 2
  need_values_4x12x4 2, \rows, \vectors
  each_triple_4x12x4 multiply_2_4x12x4, \rows, \panels, \vectors
  .endif
  .if \vectors > 3
  need_values_4x12x4 3, \rows, \vectors
  each_triple_4x12x4 multiply_3_4x12x4, \rows, \panels, \vectors
  .endif
  need_values_4x12x4 4, \rows, \vectors
  cbz w16, 1f
  add x11, x11, x4, lsl #2
  load_biases_4x12x4 \rows, \panels, \vectors
  each_triple_4x12x4 add_triple_4x12x4, \rows, \panels, \vectors
1:
  each_triple_4x12x4 round_triple_4x12x4, \rows, \panels, \vectors
  add x6, x7, #STAGE_ZERO_POINT
  ld1r {v0.8h}, [x6]
  cmn w14, #128
  b.ne 2f
  cmp w15, #127
  b.eq 3f
2:  // Unsigned elements are signed until the end, 128 less. Bounds of the whole type need not be applied.
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
  each_two_4x12x4 narrow_low_32_4x12x4, \rows, \panels, \vectors
  each_two_4x12x4 narrow_high_32_4x12x4, \rows, \panels, \vectors
  each_two_4x12x4 add_zero_point_4x12x4, \rows, \panels, \vectors
  each_four_4x12x4 narrow_low_16_4x12x4, \rows, \panels, \vectors
  each_four_4x12x4 narrow_high_16_4x12x4, \rows, \panels, \vectors
  b.eq 4f
  cbz w16, 5f
  each_four_4x12x4 raise_bytes_4x12x4, \rows, \panels, \vectors
  each_four_4x12x4 lower_bytes_4x12x4, \rows, \panels, \vectors
5:
  each_four_4x12x4 flip_bytes_4x12x4, \rows, \panels, \vectors
4:
  store_bytes_4x12x4 \rows, \panels, \vectors
.endm

#endif  // OTTAVA_SRC_KERNELS_ARM_DOTPROD_S8S8S32_INDIRECT_4X12X4_EPILOGUE_H_
