// The fused epilogue of the kernel s8s8s32_indirect_4x8x8: that of squares.h, and for one row the same on results that
// lie row by row. Registers are those of tile.h, which includes this.
// clang-format off
#ifndef OTTAVA_SRC_KERNELS_ARM_I8MM_S8S8S32_INDIRECT_4X8X8_EPILOGUE_H_
#define OTTAVA_SRC_KERNELS_ARM_I8MM_S8S8S32_INDIRECT_4X8X8_EPILOGUE_H_

#include "kernels/arm_i8mm/squares.h"
#include "kernels/assembly.h"

// One row: the two halves of each sum added up, which leaves two registers of results of a quad, v\a and v\c; then what
// squares.h does to four. In 16 bits they are one.
.macro add_parts_4x8x8 rows, a, b, c, d, at
  addp v\a\().4s, v\a\().4s, v\b\().4s
  addp v\c\().4s, v\c\().4s, v\d\().4s
.endm
.macro row_to_float_4x8x8 rows, a, b, c, d, at
  scvtf v\a\().4s, v\a\().4s
  scvtf v\c\().4s, v\c\().4s
.endm
.macro row_to_even_4x8x8 rows, a, b, c, d, at
  fcvtns v\a\().4s, v\a\().4s
  fcvtns v\c\().4s, v\c\().4s
.endm
.macro add_signs_to_row_4x8x8 rows, a, b, c, d, at
  add_sign v\a\().4s, v\a\().4s
  add_sign v\c\().4s, v\c\().4s
.endm
.macro row_to_16_bits_4x8x8 rows, a, b, c, d, at
  sqxtn v\a\().4h, v\a\().4s
.endm
.macro row_to_16_bits_high_4x8x8 rows, a, b, c, d, at
  sqxtn2 v\a\().8h, v\c\().4s
.endm
.macro add_zero_point_to_row_4x8x8 rows, a, b, c, d, at
  sqadd v\a\().8h, v\a\().8h, ZERO_POINT.8h
.endm

.macro by_row_values_4x8x8 operation, a, b, e, f
  \operation v\a\().4s, v\a\().4s, v\e\().4s
  \operation v\b\().4s, v\b\().4s, v\f\().4s
.endm
// \operation, such as fmul or fadd, with each result and its channel's value, which lie from \from on; it moves behind
// them.
.macro by_channels_4x8x8 operation, from, rows, panels
  .if \rows == 1 && \panels == 1
  ldp q0, q1, [\from], #32
  by_row_values_4x8x8 \operation, 16, 18, 0, 1
  .elseif \rows == 1
  ld1 {v0.4s, v1.4s, v2.4s, v3.4s}, [\from], #64
  ld1 {v4.4s, v5.4s, v6.4s, v7.4s}, [\from], #64
  by_values_squares \operation, 16, 18, 20, 22, 0, 1, 2, 3
  by_values_squares \operation, 24, 26, 28, 30, 4, 5, 6, 7
  .else
  ld4r {v0.2d, v1.2d, v2.2d, v3.2d}, [\from], #32
  when (\panels > 1), ld4r {v4.2d, v5.2d, v6.2d, v7.2d}, [\from], #32
  by_values_squares \operation, 16, 17, 18, 19, 0, 1, 2, 3
  when (\panels == 1 && \rows == 4), by_values_squares \operation, 20, 21, 22, 23, 0, 1, 2, 3
  when (\panels > 1), by_values_squares \operation, 20, 21, 22, 23, 4, 5, 6, 7
  when (\panels == 4), ld4r {v0.2d, v1.2d, v2.2d, v3.2d}, [\from], #32
  when (\panels == 4), ld4r {v4.2d, v5.2d, v6.2d, v7.2d}, [\from], #32
  when (\panels > 1), by_values_squares \operation, 24, 25, 26, 27, 0, 1, 2, 3
  when (\panels > 1), by_values_squares \operation, 28, 29, 30, 31, 4, 5, 6, 7
  .endif
.endm

// Bytes of one row into v0, or v0 and v1 for four panels.
.macro row_to_bytes_4x8x8 panels
  each_quad_4x8x8 row_to_16_bits_4x8x8, 1, \panels
  each_quad_4x8x8 row_to_16_bits_high_4x8x8, 1, \panels
  each_quad_4x8x8 add_zero_point_to_row_4x8x8, 1, \panels
  sqxtn v0.8b, v16.8h
  .if \panels == 4
  sqxtn v1.8b, v24.8h
  sqxtn2 v0.16b, v20.8h
  sqxtn2 v1.16b, v28.8h
  .endif
.endm

// Bytes of pairs of rows into v0 and v1, or v0 to v3: with four panels v0 and v2 hold the first row, v1 and v3 the
// second. With two v0 to v3 hold a row each. With one v0 and v1 hold the first and the second row and beyond these, in
// their upper halves, the third and the fourth.
.macro pairs_to_bytes_4x8x8 rows, panels
  each_quad_4x8x8 to_16_bits_squares, \rows, \panels
  each_quad_4x8x8 to_16_bits_high_squares, \rows, \panels
  each_quad_4x8x8 add_zero_point_squares, \rows, \panels
  each_quad_4x8x8 to_8_bits_squares, \rows, \panels
  each_quad_4x8x8 to_8_bits_high_squares, \rows, \panels
  .if \rows * \panels == 2
  uzp1 v0.8h, v16.8h, v16.8h
  uzp2 v1.8h, v16.8h, v16.8h
  .else
  uzp1 v0.8h, v16.8h, v20.8h
  uzp2 v1.8h, v16.8h, v20.8h
  .endif
  .if \panels > 1
  uzp1 v2.8h, v24.8h, v28.8h
  uzp2 v3.8h, v24.8h, v28.8h
  .endif
.endm

// To dst, which moves on by as many channels.
.macro store_bytes_4x8x8 rows, panels
  .if \rows == 1 && \panels == 4
  stp q0, q1, [x2], #32
  .elseif \rows == 1
  str d0, [x2], #8
  .elseif \panels == 4
  add x6, x2, x19
  stp q1, q3, [x6]
  stp q0, q2, [x2], #32
  .elseif \rows == 2
  str d1, [x2, x19]
  str d0, [x2], #8
  .else
  ldr x17, [x0, #TILE_M]
  add x6, x2, x19, lsl #1
  .if \panels == 2
  str q2, [x6]
  str q1, [x2, x19]
  str q0, [x2], #16
  tbnz x17, #0, 10f
  str q3, [x6, x19]
  .else
  st1 {v0.d}[1], [x6], x19
  str d1, [x2, x19]
  str d0, [x2], #8
  tbnz x17, #0, 10f
  st1 {v1.d}[1], [x6]
  .endif
10:
  .endif
.endm

// The last four channels.
.macro store_few_bytes_4x8x8 rows
  str s0, [x2]
  when (\rows > 1), str s1, [x2, x19]
  .if \rows == 4
  ldr x17, [x0, #TILE_M]
  add x6, x2, x19, lsl #1
  st1 {v0.s}[2], [x6], x19
  tbnz x17, #0, 10f
  st1 {v1.s}[2], [x6]
10:
  .endif
.endm

.macro each_result_4x8x8 of_row, of_squares, rows, panels
  when (\rows == 1), each_quad_4x8x8 \of_row, 1, \panels
  when (\rows > 1), each_quad_4x8x8 \of_squares, \rows, \panels
.endm

// Out of the way of what follows an epilogue: a second value for each channel.
.macro second_values_4x8x8 rows, panels
  begin_aside
LOCAL(second_\rows\()_\panels):
  tbnz w23, #16 + EPILOGUE_FIXED, 11f
  each_result_4x8x8 row_to_float_4x8x8, to_float_squares, \rows, \panels
  by_channels_4x8x8 fmul, x20, \rows, \panels
  by_channels_4x8x8 fadd, x21, \rows, \panels
  each_result_4x8x8 row_to_even_4x8x8, round_to_even_squares, \rows, \panels
  b LOCAL(bytes_\rows\()_\panels)
11:
  tbz w23, #16 + EPILOGUE_TWO_ROUNDINGS, 11f
  by_channels_4x8x8 sqrdmulh, x20, \rows, \panels
  each_result_4x8x8 add_signs_to_row_4x8x8, add_signs_squares, \rows, \panels
  by_channels_4x8x8 srshl, x21, \rows, \panels
  b LOCAL(bytes_\rows\()_\panels)
11:
  by_channels_4x8x8 sqdmulh, x20, \rows, \panels
  by_channels_4x8x8 srshl, x21, \rows, \panels
  b LOCAL(bytes_\rows\()_\panels)
  .if \rows == 1
  end_aside (3 - \panels / 4)
  .else
  end_aside \panels
  .endif
.endm

// All accumulators of a tile to dst. BYTE_VECTORS counts the registers of bytes that they make.
.macro epilogue_4x8x8 rows, panels
  .if \rows > 1 && \panels > 1
  .set BYTE_VECTORS, 4
  .elseif \rows > 1 || \panels > 1
  .set BYTE_VECTORS, 2
  .else
  .set BYTE_VECTORS, 1
  .endif
  .if \rows == 1
  each_quad_4x8x8 add_parts_4x8x8, 1, \panels
  .endif
  tbnz w23, #16 + EPILOGUE_SECOND_VALUES, LOCAL(second_\rows\()_\panels)
  each_result_4x8x8 row_to_float_4x8x8, to_float_squares, \rows, \panels
  by_channels_4x8x8 fmul, x20, \rows, \panels
  each_result_4x8x8 row_to_even_4x8x8, round_to_even_squares, \rows, \panels
LOCAL(bytes_\rows\()_\panels):
  dup ZERO_POINT.8h, w23
  .if \rows == 1
  row_to_bytes_4x8x8 \panels
  .else
  pairs_to_bytes_4x8x8 \rows, \panels
  .endif
  cbz x22, 6f
  tbz x22, #0, 5f
  dup v5.16b, w24
  dup v6.16b, w25
  each_byte_vector_squares clamp_bytes_squares, BYTE_VECTORS, v5.16b, v6.16b
5:
  dup v7.16b, w26
  each_byte_vector_squares flip_bytes_squares, BYTE_VECTORS, v7.16b
6:
  .if \panels == 1
  cmp x5, #4
  b.hi 7f
  store_few_bytes_4x8x8 \rows
  end_4x8x8
7:
  .endif
  store_bytes_4x8x8 \rows, \panels
.endm

#endif  // OTTAVA_SRC_KERNELS_ARM_I8MM_S8S8S32_INDIRECT_4X8X8_EPILOGUE_H_
