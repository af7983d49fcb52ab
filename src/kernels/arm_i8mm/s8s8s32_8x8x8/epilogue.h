// The tiles of the kernel s8s8s32_8x8x8 with the fused epilogue of squares.h: any number of rows by the channels of one
// panel, tile by tile down the panels of the lhs. Accumulators and operands are those of tile.h.
//
//   x0  lhs panel                        x8   biases
//   x1  rhs panel                        x9   steps that are left
//   x2  what the accumulators begin with x10  where the next step reads rhs
//   x3  steps of 8 depths                x11  dst
//   x5  rows that are left               x12  bytes from one row of dst to the next
//   x6  what is left to do to bytes: bits 0 and 7 see load_constants_squares, bit 1: four channels are valid or fewer
//   x14  scales                          x13, x15, x16, x17  zero point, bounds, sign flip
//   v8  zero point                       v12 to v15  scales of the channels, in squares
//   v9 to v11  bounds, sign flip
//   sp  64 bytes: what the accumulators begin with, in squares; then registers of the caller
//
// IN_ORDER: the loop of this tuning takes v8 to v15 too, so what they hold here is loaded behind it.
// clang-format off
#ifndef OTTAVA_SRC_KERNELS_ARM_I8MM_S8S8S32_8X8X8_EPILOGUE_H_
#define OTTAVA_SRC_KERNELS_ARM_I8MM_S8S8S32_8X8X8_EPILOGUE_H_

#include "kernels/arm_i8mm/s8s8s32_8x8x8/tile.h"

// From the TileArgs at x0 and the StageArgs at x1 to the registers above.
.macro begin_fused_8x8x8
  sub sp, sp, #128
  store_d8_to_d15 64
  load_constants_squares x1, 13, 15, 16, 17, 6
  ldp x11, x12, [x1, #STAGE_DST]
  ldp x14, x8, [x1, #STAGE_SCALE]
  ldr x2, [x0, #TILE_BIAS]
  ldp x5, x7, [x0, #TILE_M]  // and channels
  ldr x3, [x0, #TILE_DEPTH]
  ldp x0, x1, [x0, #TILE_LHS]
  ld4r {v16.2d, v17.2d, v18.2d, v19.2d}, [x2]
  cmp x7, #4
  cset w7, ls
  orr w6, w6, w7, lsl #1
  add x3, x3, #7
  lsr x3, x3, #3
  st1 {v16.2d, v17.2d, v18.2d, v19.2d}, [sp]
  .if !IN_ORDER
  load_scales_8x8x8
  dup v9.16b, w15
  dup v10.16b, w16
  dup v11.16b, w17
  .endif
.endm

.macro load_scales_8x8x8
  ld4r {v12.2d, v13.2d, v14.2d, v15.2d}, [x14]
  dup v8.8h, w13
.endm

.macro init_fused_pair_8x8x8 pair, a, b, c, d
  ld1 {v\a\().2d, v\b\().2d, v\c\().2d, v\d\().2d}, [sp]
.endm
.macro by_values_8x8x8 operation, pairs, e, f, g, h
  by_values_squares \operation, 16, 17, 18, 19, \e, \f, \g, \h
  when (\pairs > 1), by_values_squares \operation, 20, 21, 22, 23, \e, \f, \g, \h
  when (\pairs > 2), by_values_squares \operation, 24, 25, 26, 27, \e, \f, \g, \h
  when (\pairs > 3), by_values_squares \operation, 28, 29, 30, 31, \e, \f, \g, \h
.endm

// Two pairs of rows, of which the second may be missing, as rows: two in each register.
.macro rows_of_pairs_8x8x8 both, first, second, even, odd
  when \both, uzp1 v\even\().8h, v\first\().8h, v\second\().8h
  when \both, uzp2 v\odd\().8h, v\first\().8h, v\second\().8h
  when !\both, uzp1 v\even\().8h, v\first\().8h, v\first\().8h
  when !\both, uzp2 v\odd\().8h, v\first\().8h, v\first\().8h
.endm

// The rows to dst as units of \size, of which the second row of a register begins with the one numbered \upper; then
// on to what rows are left.
.macro store_rows_8x8x8 pairs, size, upper
  st1 {v0.\size}[0], [x11], x12
  .if \pairs == 1
  store_last_row_8x8x8 \pairs, 1, \size, 0
  .else
  st1 {v1.\size}[0], [x11], x12
  st1 {v0.\size}[\upper], [x11], x12
  .endif
  .if \pairs == 2
  store_last_row_8x8x8 \pairs, 1, \size, \upper
  .elseif \pairs > 2
  st1 {v1.\size}[\upper], [x11], x12
  st1 {v2.\size}[0], [x11], x12
  .endif
  .if \pairs == 3
  store_last_row_8x8x8 \pairs, 3, \size, 0
  .elseif \pairs > 3
  st1 {v3.\size}[0], [x11], x12
  st1 {v2.\size}[\upper], [x11], x12
  store_last_row_8x8x8 \pairs, 3, \size, \upper
  .endif
.endm
.macro store_last_row_8x8x8 pairs, result, size, unit
  .if \pairs == 4
  subs x5, x5, #8
  b.lo LOCAL(done_fused)
  st1 {v\result\().\size}[\unit], [x11], x12
  cmp x5, #7
  b.hs LOCAL(fused_4)
  b LOCAL(edge_fused)
  .else
  tbnz x5, #0, LOCAL(done_fused)
  st1 {v\result\().\size}[\unit], [x11]
  b LOCAL(done_fused)
  .endif
.endm

// What a tile begins with.
.macro begin_fused_tile_8x8x8 pairs
  each_pair_8x8x8 init_fused_pair_8x8x8, \pairs
  mov x10, x1
.endm

// Behind the products of a tile; goes on to what rows are left.
.macro epilogue_8x8x8 pairs
  when IN_ORDER, load_scales_8x8x8
  tbnz w13, #16 + EPILOGUE_SECOND_VALUES, 9f
  each_pair_8x8x8 to_float_squares, \pairs
  by_values_8x8x8 fmul, \pairs, 12, 13, 14, 15
  each_pair_8x8x8 round_to_even_squares, \pairs
5:
  each_pair_8x8x8 to_16_bits_squares, \pairs
  each_pair_8x8x8 to_16_bits_high_squares, \pairs
  each_pair_8x8x8 add_zero_point_squares, \pairs
  each_pair_8x8x8 to_8_bits_squares, \pairs
  each_pair_8x8x8 to_8_bits_high_squares, \pairs
  rows_of_pairs_8x8x8 (\pairs > 1), 16, 20, 0, 1
  .set BYTE_VECTORS, 2
  .if \pairs > 2
  .set BYTE_VECTORS, 4
  rows_of_pairs_8x8x8 (\pairs > 3), 24, 28, 2, 3
  .endif
  cbnz x6, 7f
6:
  store_rows_8x8x8 \pairs, d, 1
7:
  tbz x6, #0, 8f
  when IN_ORDER, dup v9.16b, w15
  when IN_ORDER, dup v10.16b, w16
  each_byte_vector_squares clamp_bytes_squares, BYTE_VECTORS, v9.16b, v10.16b
8:
  when IN_ORDER, dup v11.16b, w17
  each_byte_vector_squares flip_bytes_squares, BYTE_VECTORS, v11.16b
  tbz x6, #1, 6b
  store_rows_8x8x8 \pairs, s, 2
  begin_aside
9:  // a second value for each channel
  ld4r {v0.2d, v1.2d, v2.2d, v3.2d}, [x8]
  tbnz w13, #16 + EPILOGUE_FIXED, 9f
  each_pair_8x8x8 to_float_squares, \pairs
  by_values_8x8x8 fmul, \pairs, 12, 13, 14, 15
  by_values_8x8x8 fadd, \pairs, 0, 1, 2, 3
  each_pair_8x8x8 round_to_even_squares, \pairs
  b 5b
9:
  tbz w13, #16 + EPILOGUE_TWO_ROUNDINGS, 9f
  by_values_8x8x8 sqrdmulh, \pairs, 12, 13, 14, 15
  each_pair_8x8x8 add_signs_squares, \pairs
  by_values_8x8x8 srshl, \pairs, 0, 1, 2, 3
  b 5b
9:
  by_values_8x8x8 sqdmulh, \pairs, 12, 13, 14, 15
  by_values_8x8x8 srshl, \pairs, 0, 1, 2, 3
  b 5b
  end_aside 1
.endm

// The tiles of fewer than 7 rows, and the end of the function.
.macro edge_tiles_fused_8x8x8
LOCAL(edge_fused):
  cbz x5, LOCAL(done_fused)
  cmp x5, #2
  b.ls LOCAL(fused_1)
  cmp x5, #4
  b.ls LOCAL(fused_2)
  .irp pairs, 3, 2, 1
LOCAL(fused_\pairs):
  begin_fused_tile_8x8x8 \pairs
  mov x9, x3
  multiply_edge_8x8x8 \pairs, x10, x9
  epilogue_8x8x8 \pairs
  .endr
LOCAL(done_fused):
  load_d8_to_d15 64
  add sp, sp, #128
  ret
.endm

#endif  // OTTAVA_SRC_KERNELS_ARM_I8MM_S8S8S32_8X8X8_EPILOGUE_H_
