// The fused epilogue of the kernel s8s8s32_8x12x4 for in-order cores: what differs from epilogue.h.
// clang-format off
#ifndef OTTAVA_SRC_KERNELS_ARM_DOTPROD_S8S8S32_8X12X4_EPILOGUE_IN_ORDER_H_
#define OTTAVA_SRC_KERNELS_ARM_DOTPROD_S8S8S32_8X12X4_EPILOGUE_IN_ORDER_H_

#include "kernels/arm_dotprod/s8s8s32_8x12x4/tile.h"

// The accumulators and first operands of a full tile, and the scales in v5 to v7.
.macro begin_full_8x12x4
  ldr d16, [x7]
  ldr x8, [x7, #8]
  ldr d17, [x7, #16]
  ldr x9, [x7, #24]
  ldr d18, [x7, #32]
  mov v16.d[1], x8
  ldr x16, [x7, #40]
  mov v17.d[1], x9
  mov v19.16b, v16.16b
  ldr d5, [x10]
  mov v22.16b, v16.16b
  ldr x8, [x10, #8]
  mov v25.16b, v16.16b
  mov v18.d[1], x16
  mov v28.16b, v16.16b
  ldr d6, [x10, #16]
  mov v31.16b, v16.16b
  ldr x9, [x10, #24]
  mov v10.16b, v16.16b
  mov v5.d[1], x8
  mov v13.16b, v16.16b
  ldr d7, [x10, #32]
  mov v20.16b, v17.16b
  ldr x16, [x10, #40]
  mov v23.16b, v17.16b
  mov v6.d[1], x9
  mov v26.16b, v17.16b
  ldr d0, [x0]
  mov v29.16b, v17.16b
  ldr x8, [x0, #8]
  mov v8.16b, v17.16b
  mov v7.d[1], x16
  mov v11.16b, v17.16b
  ldr d2, [x1]
  mov v14.16b, v17.16b
  ldr x9, [x1, #8]
  mov v21.16b, v18.16b
  mov v0.d[1], x8
  mov v24.16b, v18.16b
  ldr d3, [x1, #16]
  mov v27.16b, v18.16b
  ldr x16, [x1, #24]
  mov v30.16b, v18.16b
  mov v2.d[1], x9
  mov v9.16b, v18.16b
  mov v12.16b, v18.16b
  mov v15.16b, v18.16b
.endm

// The rules, of which epilogue_full_8x12x4 does that in the symbol RULE: the float rule without and with biases, and
// the fixed-point rules. They differ in what becomes of four results with the values of their channels, not in when.
#define FLOAT 0
#define BIASED 1
#define ONE_ROUNDING 2
#define TWO_ROUNDINGS 3
.macro begin_result_8x12x4 acc, multipliers
  when (RULE <= BIASED), scvtf v\acc\().4s, v\acc\().4s
  when (RULE == ONE_ROUNDING), sqdmulh v\acc\().4s, v\acc\().4s, v\multipliers\().4s
  when (RULE == TWO_ROUNDINGS), sqrdmulh v\acc\().4s, v\acc\().4s, v\multipliers\().4s
.endm
.macro scale_result_8x12x4 acc, scales
  when (RULE <= BIASED), fmul v\acc\().4s, v\acc\().4s, v\scales\().4s
  when (RULE == TWO_ROUNDINGS), add_sign v\acc\().4s, v\acc\().4s
.endm
.macro round_result_8x12x4 acc, exponents
  when (RULE <= BIASED), fcvtns v\acc\().4s, v\acc\().4s
  when (RULE > BIASED), srshl v\acc\().4s, v\acc\().4s, v\exponents\().4s
.endm

// What epilogue_full_8x12x4 does to two rows only where it has to: their biases, of rows a b c and d e f; bounds and
// sign flip of their bytes in \x and \y, by way of free registers.
.macro add_biases_8x12x4 a, b, c, d, e, f
  .if RULE == BIASED
  fadd v\a\().4s, v\a\().4s, v1.4s
  fadd v\b\().4s, v\b\().4s, v2.4s
  fadd v\c\().4s, v\c\().4s, v3.4s
  fadd v\d\().4s, v\d\().4s, v1.4s
  fadd v\e\().4s, v\e\().4s, v2.4s
  fadd v\f\().4s, v\f\().4s, v3.4s
  .endif
.endm
.macro clamp_bytes_8x12x4 x, y, low, high
  tbz w15, #1, 7f
  ldp q\low, q\high, [sp]
  smax v\x\().16b, v\x\().16b, v\low\().16b
  smax v\y\().16b, v\y\().16b, v\low\().16b
  smin v\x\().16b, v\x\().16b, v\high\().16b
  smin v\y\().16b, v\y\().16b, v\high\().16b
7:
.endm
.macro flip_bytes_8x12x4 x, y, flip
  tbz w15, #2, 7f
  ldr q\flip, [sp, #32]
  eor v\x\().16b, v\x\().16b, v\flip\().16b
  eor v\y\().16b, v\y\().16b, v\flip\().16b
7:
.endm

// The fused epilogue of a full tile, as epilogue_8x12x4 does it, and with it the beginning of the next tile: its
// accumulators, its first operands, x0, x1, x3 and x5, with the flags of what x5 then is. v5 to v7 hold the scales.
//
// Beside each operation of 128 bits goes one of 64 bits, a load or a store. So what 64 bits can do is done by halves:
// to most results the zero point is added four at a time before an insertion joins them, and some accumulators begin
// in two halves. Pairs of rows follow each other (v16 to v21, then to v27, v28 to v9, v10 to v15), so that what is left
// to do for one goes beside the next. A list scheduler found this order, 123 cycles by the rules of Cortex-A55; nothing
// else depends on it but that every operand is there before its use.
//
//   v1 to v3  biases or multipliers             v5 to v7  scales or exponents         v4  zero point
//   v19, v17, v21  what the channels of the next tile begin with
//   x8, x9, x16  high halves of registers, until these are joined
.macro epilogue_full_8x12x4 rule
  .set RULE, \rule
  when (RULE != FLOAT), load_values_8x12x4 3, x14, 1, 2, 3
  begin_result_8x12x4 19, 1
  ldr x9, [x7, #40]
  begin_result_8x12x4 17, 2
  begin_result_8x12x4 21, 3
  ldr d4, [sp, #48]
  begin_result_8x12x4 18, 3
  ldr x8, [sp, #56]
  scale_result_8x12x4 19, 5
  scale_result_8x12x4 17, 6
  begin_result_8x12x4 16, 1
  mov v4.d[1], x8
  scale_result_8x12x4 18, 7
  ldr x8, [x7, #24]
  begin_result_8x12x4 20, 2
  scale_result_8x12x4 21, 7
  scale_result_8x12x4 16, 5
  begin_result_8x12x4 22, 1
  scale_result_8x12x4 20, 6
  begin_result_8x12x4 23, 2
  begin_result_8x12x4 29, 2
  scale_result_8x12x4 22, 5
  begin_result_8x12x4 28, 1
  add_biases_8x12x4 16, 17, 18, 19, 20, 21
  round_result_8x12x4 21, 7
  round_result_8x12x4 17, 6
  round_result_8x12x4 16, 5
  round_result_8x12x4 18, 7
  sqxtn v21.4h, v21.4s
  sqxtn v17.4h, v17.4s
  sqxtn v16.4h, v16.4s
  sqxtn v18.4h, v18.4s
  round_result_8x12x4 19, 5
  sqadd v21.4h, v21.4h, v4.4h
  round_result_8x12x4 20, 6
  sqadd v17.4h, v17.4h, v4.4h
  begin_result_8x12x4 26, 2
  sqadd v16.4h, v16.4h, v4.4h
  begin_result_8x12x4 9, 3
  sqadd v18.4h, v18.4h, v4.4h
  sqxtn v19.4h, v19.4s
  mov v16.d[1], v17.d[0]
  sqxtn v20.4h, v20.4s
  mov v18.d[1], v21.d[0]
  sqxtn v16.8b, v16.8h
  ldr d21, [x7, #32]
  scale_result_8x12x4 26, 6
  sqxtn v18.8b, v18.8h
  sqadd v19.4h, v19.4h, v4.4h
  begin_result_8x12x4 25, 1
  sqadd v20.4h, v20.4h, v4.4h
  begin_result_8x12x4 27, 3
  mov v21.d[1], x9
  begin_result_8x12x4 24, 3
  mov v19.d[1], v20.d[0]
  scale_result_8x12x4 23, 6
  cmp x5, #0  // behind the last tile there is nothing to read
  scale_result_8x12x4 25, 5
  mov x3, x4
  scale_result_8x12x4 27, 7
  add x0, x0, #32
  scale_result_8x12x4 24, 7
  csel x0, x0, x2, ne
  sqxtn2 v16.16b, v19.8h
  subs x5, x5, #8
  begin_result_8x12x4 31, 1
  ldr d19, [x7]
  scale_result_8x12x4 29, 6
  mov x1, x2
  begin_result_8x12x4 8, 2
  add_biases_8x12x4 22, 23, 24, 25, 26, 27
  round_result_8x12x4 22, 5
  clamp_bytes_8x12x4 16, 18, 17, 20
  round_result_8x12x4 23, 6
  flip_bytes_8x12x4 16, 18, 17
  round_result_8x12x4 27, 7
  st1 {v16.d}[0], [x11], x12
  round_result_8x12x4 26, 6
  st1 {v18.s}[0], [x13], x12
  sqxtn v22.4h, v22.4s
  st1 {v18.s}[1], [x13], x12
  sqxtn v23.4h, v23.4s
  mov v18.8b, v21.8b
  round_result_8x12x4 25, 5
  st1 {v16.d}[1], [x11], x12
  sqxtn v26.4h, v26.4s
  ldr x9, [x1, #8]
  scale_result_8x12x4 8, 6
  mov v18.d[1], v21.d[1]
  round_result_8x12x4 24, 7
  sqadd v22.4h, v22.4h, v4.4h
  sqxtn v25.4h, v25.4s
  ldr x16, [x1, #24]
  scale_result_8x12x4 9, 7
  sqadd v26.4h, v26.4h, v4.4h
  begin_result_8x12x4 15, 3
  ldr d0, [x0]
  sqxtn v24.4h, v24.4s
  ldr d17, [x7, #16]
  scale_result_8x12x4 28, 5
  sqadd v25.4h, v25.4h, v4.4h
  sqxtn v27.4h, v27.4s
  sqadd v23.4h, v23.4h, v4.4h
  scale_result_8x12x4 15, 7
  mov v25.d[1], v26.d[0]
  scale_result_8x12x4 31, 5
  sqadd v24.4h, v24.4h, v4.4h
  begin_result_8x12x4 11, 2
  mov v22.d[1], v23.d[0]
  begin_result_8x12x4 30, 3
  sqadd v27.4h, v27.4h, v4.4h
  sqxtn v22.8b, v22.8h
  mov v17.d[1], x8
  begin_result_8x12x4 14, 2
  mov v24.d[1], v27.d[0]
  scale_result_8x12x4 11, 6
  mov v27.8b, v21.8b
  sqxtn v24.8b, v24.8h
  ldr x8, [x7, #8]
  sqxtn2 v22.16b, v25.8h
  mov v27.d[1], v21.d[1]
  scale_result_8x12x4 14, 6
  mov v20.8b, v17.8b
  scale_result_8x12x4 30, 7
  mov v19.d[1], x8
  begin_result_8x12x4 12, 3
  ldr x8, [x0, #8]
  begin_result_8x12x4 13, 1
  mov v20.d[1], v17.d[1]
  begin_result_8x12x4 10, 1
  mov v25.8b, v19.8b
  mov v16.16b, v19.16b
  add_biases_8x12x4 28, 29, 30, 31, 8, 9
  round_result_8x12x4 29, 6
  mov v25.d[1], v19.d[1]
  round_result_8x12x4 9, 7
  clamp_bytes_8x12x4 22, 24, 23, 26
  scale_result_8x12x4 13, 5
  mov v0.d[1], x8
  scale_result_8x12x4 12, 7
  flip_bytes_8x12x4 22, 24, 23
  sqxtn v29.4h, v29.4s
  st1 {v24.s}[0], [x13], x12
  scale_result_8x12x4 10, 5
  st1 {v22.d}[0], [x11], x12
  round_result_8x12x4 28, 5
  st1 {v22.d}[1], [x11], x12
  round_result_8x12x4 31, 5
  mov v22.8b, v19.8b
  round_result_8x12x4 30, 7
  st1 {v24.s}[1], [x13], x12
  round_result_8x12x4 8, 6
  mov v24.8b, v21.8b
  sqxtn v28.4h, v28.4s
  add_biases_8x12x4 10, 11, 12, 13, 14, 15
  round_result_8x12x4 10, 5
  mov v24.d[1], v21.d[1]
  sqxtn v30.4h, v30.4s
  ldr d3, [x1, #16]
  round_result_8x12x4 13, 5
  mov v22.d[1], v19.d[1]
  round_result_8x12x4 12, 7
  sqadd v28.4h, v28.4h, v4.4h
  sqxtn v9.4h, v9.4s
  ldr d2, [x1]
  sqxtn v10.4h, v10.4s
  sqadd v29.4h, v29.4h, v4.4h
  sqxtn v13.4h, v13.4s
  mov v23.8b, v17.8b
  sqxtn v12.4h, v12.4s
  mov v28.d[1], v29.d[0]
  sqxtn v8.4h, v8.4s
  sqadd v9.4h, v9.4h, v4.4h
  sqxtn v28.8b, v28.8h
  mov v23.d[1], v17.d[1]
  round_result_8x12x4 11, 6
  mov v2.d[1], x9
  sqxtn v31.4h, v31.4s
  sqadd v30.4h, v30.4h, v4.4h
  round_result_8x12x4 15, 7
  sqadd v8.4h, v8.4h, v4.4h
  round_result_8x12x4 14, 6
  mov v30.d[1], v9.d[0]
  sqxtn2 v10.8h, v11.4s
  mov v9.8b, v21.8b
  sqxtn v30.8b, v30.8h
  sqadd v31.4h, v31.4h, v4.4h
  sqxtn2 v12.8h, v15.4s
  mov v15.8b, v21.8b
  sqxtn2 v13.8h, v14.4s
  mov v31.d[1], v8.d[0]
  sqadd v10.8h, v10.8h, v4.8h
  mov v15.d[1], v21.d[1]
  sqxtn2 v28.16b, v31.8h
  mov v9.d[1], v21.d[1]
  sqadd v12.8h, v12.8h, v4.8h
  mov v31.8b, v19.8b
  sqxtn v10.8b, v10.8h
  mov v26.8b, v17.8b
  sqxtn v12.8b, v12.8h
  mov v31.d[1], v19.d[1]
  sqadd v13.8h, v13.8h, v4.8h
  clamp_bytes_8x12x4 28, 30, 29, 8
  mov v8.16b, v17.16b
  flip_bytes_8x12x4 28, 30, 29
  sqxtn2 v10.16b, v13.8h
  st1 {v30.s}[0], [x13], x12
  mov v29.16b, v17.16b
  st1 {v30.s}[1], [x13], x12
  mov v30.16b, v21.16b
  st1 {v28.d}[0], [x11], x12
  mov v13.16b, v19.16b
  st1 {v28.d}[1], [x11], x12
  mov v28.16b, v19.16b
  clamp_bytes_8x12x4 10, 12, 11, 14
  mov v14.16b, v17.16b
  flip_bytes_8x12x4 10, 12, 11
  mov v11.16b, v17.16b
  st1 {v12.s}[0], [x13], x12
  st1 {v12.s}[1], [x13], x12
  mov v12.8b, v21.8b
  st1 {v10.d}[0], [x11], x12
  mov v26.d[1], v17.d[1]
  mov v12.d[1], v21.d[1]
  st1 {v10.d}[1], [x11], x12
  mov v10.16b, v19.16b
.endm

// The fused epilogue of the last 5 to 7 rows; x5 is 8 less.
.macro partial_rows_8x12x4 rows, vectors
  epilogue_8x12x4 \rows, \vectors
  end_fused_8x12x4
  second_values_8x12x4 \rows, \vectors
.endm
.macro epilogue_partial_8x12x4 vectors
  cmn x5, #2
  b.lt 5f
  b.eq 6f
  partial_rows_8x12x4 7, \vectors
5:
  partial_rows_8x12x4 5, \vectors
6:
  partial_rows_8x12x4 6, \vectors
.endm

#endif  // OTTAVA_SRC_KERNELS_ARM_DOTPROD_S8S8S32_8X12X4_EPILOGUE_IN_ORDER_H_
