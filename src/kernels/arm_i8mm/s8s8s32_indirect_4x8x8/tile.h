// What the tunings of the kernel s8s8s32_indirect_4x8x8 share: registers, the way through the positions and panels of a
// tile, the ends of rows. What remains to a tuning is multiply_16s_4x8x8 (see tile_4x8x8), which multiplies 16 depths
// as often as a row has them.
//
// Two rows or four become pairs of rows as SMMLA wants them while they are loaded, eight depths of each at a time; with
// three rows the last one stands in for the fourth. One row alone is multiplied by SDOT, eight depths of it in both
// halves of a register: a lane of an accumulator then has half of the sum of a channel, the next lane the other.
//
// Four quads of accumulators are computed at a time, each a row or a pair of rows by the 8 channels of one panel: one
// row or pair by four panels, two pairs by two panels. What remains of a tile goes panel by panel.
//
//                    one row or pair   two pairs              two pairs by one panel
//   v16 to v19       panel 0           rows 0, 1 of panel 0   rows 0, 1
//   v20 to v23       panel 1           rows 0, 1 of panel 1   rows 2, 3
//   v24 to v27       panel 2           rows 2, 3 of panel 0
//   v28 to v31       panel 3           rows 2, 3 of panel 1
//
//   v0 to v3  lhs: 8 depths of two rows each, or twice those of one        v4 to v7  rhs: 8 depths of two channels each
//
//   x0  TileArgs                          x8  positions that are left
//   x1  rhs: first panel at hand          x9  the next row pointer
//   x2  acc, or dst, of this panel        x10 depths that are left in the row
//   x3  depth                             x11 and up  where to read: each row, then each panel
//   x5  channels that are left            x4, x6, x17 scratch
//   x7  panel stride
//
//   x27 what the accumulators of the first panel at hand begin with
//   x28 0 in the kernel, which writes to acc, or the StageArgs; then epilogue.h takes results to dst, with
//
//   x19  bytes from one row of dst to the next     x22  what is left to do to bytes, see load_constants_squares
//   x20  scales of the first panel at hand         x23 to x26  zero point, bounds, sign flip
//   x21  biases of the first panel
//
// IN_ORDER: the tuning takes v8 to v15 too.
// clang-format off
#ifndef OTTAVA_SRC_KERNELS_ARM_I8MM_S8S8S32_INDIRECT_4X8X8_TILE_H_
#define OTTAVA_SRC_KERNELS_ARM_I8MM_S8S8S32_INDIRECT_4X8X8_TILE_H_

#include "kernels/arm_i8mm/s8s8s32_indirect_4x8x8/epilogue.h"
#include "kernels/assembly.h"

#define ACC_PANEL 32  // bytes of a row of acc: of one panel, of the eight panels of a tile
#define ACC_ROW 256

#define SAVED (80 + 64 * IN_ORDER)  // bytes of the caller's registers
#define FRAME (SAVED + ACC_ROW)  // behind them zeros, for accumulators that begin with nothing else

// Calls \op with the first row's accumulators of each quad and where they lie in acc.
.macro each_quad_4x8x8 op, rows, panels
  \op \rows, 16, 17, 18, 19, 0
  .if \panels > 1
  \op \rows, 20, 21, 22, 23, ACC_PANEL
  .elseif \rows > 2
  \op \rows, 20, 21, 22, 23, 2 * ACC_ROW
  .endif
  .if \panels > 2
  \op \rows, 24, 25, 26, 27, 2 * ACC_PANEL
  \op \rows, 28, 29, 30, 31, 3 * ACC_PANEL
  .elseif \panels > 1
  \op \rows, 24, 25, 26, 27, 2 * ACC_ROW
  \op \rows, 28, 29, 30, 31, 2 * ACC_ROW + ACC_PANEL
  .endif
.endm

// Bias-initialized: one row has a value in the first of its two lanes, squares have it in both rows. For one row the
// values of four panels are in v0 to v7.
.macro init_quad_4x8x8 rows, a, b, c, d, at
  .if \rows == 1
  init_parts_4x8x8 \a, \b, \c, \d, (\at / ACC_PANEL)
  .elseif \at < 2 * ACC_ROW
  ld4r {v\a\().2d, v\b\().2d, v\c\().2d, v\d\().2d}, [x27], #32
  .endif
.endm
.macro init_parts_4x8x8 a, b, c, d, panel
  when (\panel == 0), widen_init_4x8x8 \a, \b, \c, \d, 0, 1
  when (\panel == 1), widen_init_4x8x8 \a, \b, \c, \d, 2, 3
  when (\panel == 2), widen_init_4x8x8 \a, \b, \c, \d, 4, 5
  when (\panel == 3), widen_init_4x8x8 \a, \b, \c, \d, 6, 7
.endm
.macro widen_init_4x8x8 a, b, c, d, low, high
  ushll v\a\().2d, v\low\().2s, #0
  ushll2 v\b\().2d, v\low\().4s, #0
  ushll v\c\().2d, v\high\().2s, #0
  ushll2 v\d\().2d, v\high\().4s, #0
.endm
.macro copy_quad_4x8x8 a, b, c, d, from, from_2, from_3, from_4
  mov v\a\().16b, v\from\().16b
  mov v\b\().16b, v\from_2\().16b
  mov v\c\().16b, v\from_3\().16b
  mov v\d\().16b, v\from_4\().16b
.endm

.macro init_quads_4x8x8 rows, panels
  .if \rows == 1 && \panels == 1
  ldp q0, q1, [x27], #32
  .elseif \rows == 1
  ld1 {v0.4s, v1.4s, v2.4s, v3.4s}, [x27], #64
  ld1 {v4.4s, v5.4s, v6.4s, v7.4s}, [x27], #64
  .endif
  each_quad_4x8x8 init_quad_4x8x8, \rows, \panels
  .if \rows == 4 && \panels == 1
  copy_quad_4x8x8 20, 21, 22, 23, 16, 17, 18, 19
  .elseif \rows == 4
  copy_quad_4x8x8 24, 25, 26, 27, 16, 17, 18, 19
  copy_quad_4x8x8 28, 29, 30, 31, 20, 21, 22, 23
  .endif
.endm

// Results of one row into v0 and v1, of two into v0 to v3.
.macro split_quad_4x8x8 rows, a, b, c, d
  .if \rows == 1
  addp v0.4s, v\a\().4s, v\b\().4s
  addp v1.4s, v\c\().4s, v\d\().4s
  .else
  split_squares \a, \b, \c, \d
  .endif
.endm

.macro store_quad_4x8x8 rows, a, b, c, d, at
  split_quad_4x8x8 \rows, \a, \b, \c, \d
  stp q0, q1, [x2, #\at]
  when (\rows > 1), stp q2, q3, [x2, #\at + ACC_ROW]
.endm

.macro add_quad_4x8x8 rows, a, b, c, d, at
  split_quad_4x8x8 \rows, \a, \b, \c, \d
  ldp q4, q5, [x2, #\at]
  add v0.4s, v0.4s, v4.4s
  add v1.4s, v1.4s, v5.4s
  stp q0, q1, [x2, #\at]
  .if \rows > 1
  ldp q6, q7, [x2, #\at + ACC_ROW]
  add v2.4s, v2.4s, v6.4s
  add v3.4s, v3.4s, v7.4s
  stp q2, q3, [x2, #\at + ACC_ROW]
  .endif
.endm

// Eight depths of each row. Before v4 takes the rhs it flips their signs: 0x80 or 0 in every byte.
.macro load_rows_4x8x8 rows
  .if \rows == 1
  ld1r {v0.2d}, [x11], #8
  .else
  ldr d0, [x11], #8
  ld1 {v0.d}[1], [x12], #8
  .endif
  .if \rows == 4
  ldr d1, [x13], #8
  ld1 {v1.d}[1], [x14], #8
  .endif
.endm

.macro flip_rows_4x8x8 rows, low=0, high=1
  eor v\low\().16b, v\low\().16b, v4.16b
  when (\rows == 4), eor v\high\().16b, v\high\().16b, v4.16b
.endm

// By the panel at \panel; \low and \high hold the rows.
.macro multiply_panel_4x8x8 rows, low, high, panel, a, b, c, d, e, f, g, h
  ld1 {v4.16b, v5.16b, v6.16b, v7.16b}, [x\panel], #64
  .if \rows == 1
  sdot v\a\().4s, v4.16b, v\low\().16b
  sdot v\b\().4s, v5.16b, v\low\().16b
  sdot v\c\().4s, v6.16b, v\low\().16b
  sdot v\d\().4s, v7.16b, v\low\().16b
  .else
  multiply_squares \low, 4, 5, 6, 7, \a, \b, \c, \d
  .endif
  when (\rows == 4), multiply_squares \high, 4, 5, 6, 7, \e, \f, \g, \h
.endm

// Calls \op with the rows and the registers of up to four panels' addresses, which follow those of the rows.
.macro with_panels_4x8x8 op, rows, rest:vararg
  when (\rows == 1), \op 1, 12, 13, 14, 15, \rest
  when (\rows == 2), \op 2, 13, 14, 15, 16, \rest
  when (\rows == 4), \op 4, 15, 16, 0, 0, \rest
.endm

// Eight depths, loaded, by all panels.
.macro multiply_4x8x8 rows, panels, low=0, high=1
  with_panels_4x8x8 multiply_panels_4x8x8, \rows, \panels, \low, \high
.endm
.macro multiply_panels_4x8x8 rows, first, second, third, fourth, panels, low, high
  .if \panels == 4
  multiply_panel_4x8x8 \rows, \low, \high, \first, 16, 17, 18, 19
  multiply_panel_4x8x8 \rows, \low, \high, \second, 20, 21, 22, 23
  multiply_panel_4x8x8 \rows, \low, \high, \third, 24, 25, 26, 27
  multiply_panel_4x8x8 \rows, \low, \high, \fourth, 28, 29, 30, 31
  .elseif \panels == 2
  multiply_panel_4x8x8 4, \low, \high, \first, 16, 17, 18, 19, 24, 25, 26, 27
  multiply_panel_4x8x8 4, \low, \high, \second, 20, 21, 22, 23, 28, 29, 30, 31
  .else
  multiply_panel_4x8x8 \rows, \low, \high, \first, 16, 17, 18, 19, 20, 21, 22, 23
  .endif
.endm

// The last x10 depths of a row, fewer than eight, into x4: the first and the last \bytes of them, which may overlap,
// the latter moved up by x17. Nothing beyond the row is read.
.macro load_end_4x8x8 bytes, address
  add x6, x\address, x10
  .if \bytes == 4
  ldr w4, [x\address]
  ldur w6, [x6, #-4]
  .elseif \bytes == 2
  ldrh w4, [x\address]
  ldurh w6, [x6, #-2]
  .else
  ldrb w4, [x\address]
  .endif
  when (\bytes > 1), lsl x6, x6, x17
  when (\bytes > 1), orr x4, x4, x6
.endm

.macro load_ends_4x8x8 rows, bytes
  load_end_4x8x8 \bytes, 11
  .if \rows == 1
  dup v0.2d, x4
  .else
  fmov d0, x4
  load_end_4x8x8 \bytes, 12
  mov v0.d[1], x4
  .endif
  .if \rows == 4
  load_end_4x8x8 \bytes, 13
  fmov d1, x4
  load_end_4x8x8 \bytes, 14
  mov v1.d[1], x4
  .endif
.endm

.macro flip_and_multiply_4x8x8 rows, panels
  ldr x17, [x0, #TILE_SIGN_FLIP]
  dup v4.16b, w17
  flip_rows_4x8x8 \rows
  multiply_4x8x8 \rows, \panels
.endm

// The last depths of the rows, x10 modulo 16 of them. What the lhs holds beyond meets zeros of the rhs.
.macro end_of_rows_4x8x8 rows, panels
  tbz x10, #3, 11f
  load_rows_4x8x8 \rows
  flip_and_multiply_4x8x8 \rows, \panels
11:
  ands x10, x10, #7
  b.eq 15f
  lsl x17, x10, #3
  tbz x10, #2, 12f
  sub x17, x17, #32
  load_ends_4x8x8 \rows, 4
  b 14f
12:
  tbz x10, #1, 13f
  sub x17, x17, #16
  load_ends_4x8x8 \rows, 2
  b 14f
13:
  load_ends_4x8x8 \rows, 1
14:
  flip_and_multiply_4x8x8 \rows, \panels
15:
.endm

.macro point_at_rows_4x8x8 rows
  ldr x11, [x9], #8
  when (\rows > 1), ldr x12, [x9], #8
  .if \rows == 4
  ldr x13, [x9], #8
  ldr x14, [x0, #TILE_M]
  tbnz x14, #0, 16f
  ldr x14, [x9], #8
  b 17f
16:
  mov x14, x13
17:
  .endif
.endm

.macro point_at_panels_4x8x8 rows, panels
  with_panels_4x8x8 point_at_each_4x8x8, \rows, \panels
.endm
.macro point_at_each_4x8x8 rows, first, second, third, fourth, panels
  mov x\first, x1
  when (\panels > 1), add x\second, x1, x7
  when (\panels > 2), add x\third, x\second, x7
  when (\panels > 2), add x\fourth, x\third, x7
.endm

// The whole depth of \rows by \panels. The loop is there twice, since signed lhs need not be flipped.
.macro tile_4x8x8 rows, panels
  init_quads_4x8x8 \rows, \panels
  point_at_panels_4x8x8 \rows, \panels
  ldr x9, [x0, #TILE_LHS]
  ldr x8, [x0, #TILE_POSITIONS]
3:  // a position
  point_at_rows_4x8x8 \rows
  ldr x17, [x0, #TILE_SIGN_FLIP]
  subs x10, x3, #16
  b.lo 7f
  cbnz x17, 6f
  multiply_16s_4x8x8 \rows, \panels, 0
  b 7f
6:
  multiply_16s_4x8x8 \rows, \panels, 1
7:
  tst x10, #15
  b.eq 8f
  end_of_rows_4x8x8 \rows, \panels
8:
  subs x8, x8, #1
  b.ne 3b
  cbz x28, LOCAL(to_acc_\rows\()_\panels)
  epilogue_4x8x8 \rows, \panels
LOCAL(next_\rows\()_\panels):
.endm

.macro to_acc_4x8x8 rows, panels
LOCAL(to_acc_\rows\()_\panels):
  ldr x4, [x0, #TILE_ACCUMULATE]
  cbnz x4, 9f
  each_quad_4x8x8 store_quad_4x8x8, \rows, \panels
  b 10f
9:
  each_quad_4x8x8 add_quad_4x8x8, \rows, \panels
10:
  add x2, x2, #\panels * ACC_PANEL
  b LOCAL(next_\rows\()_\panels)
.endm

.macro next_panels_4x8x8 count
  when (\count == 1), add x1, x1, x7
  when (\count == 2), add x1, x1, x7, lsl #1
  when (\count == 4), add x1, x1, x7, lsl #2
  subs x5, x5, #\count * 8
.endm

// From the TileArgs at x0 and, if any, the StageArgs at x1 to the registers above.
.macro begin_4x8x8
  sub sp, sp, #FRAME
  stp x19, x20, [sp]
  stp x21, x22, [sp, #16]
  stp x23, x24, [sp, #32]
  stp x25, x26, [sp, #48]
  stp x27, x28, [sp, #64]
  when IN_ORDER, store_d8_to_d15 80
  mov x28, x1
  ldp x2, x3, [x0, #TILE_ACC]  // and depth
  ldp x27, x4, [x0, #TILE_BIAS]  // and accumulate
  cbz x28, 1f
  load_constants_squares x28, 23, 24, 25, 26, 22
  ldp x2, x19, [x28, #STAGE_DST]
  ldp x20, x21, [x28, #STAGE_SCALE]
  b 2f
1:
  cmp x4, #0
  ccmp x27, #0, #4, eq
  b.ne 2f
  add x27, sp, #SAVED
  .irp at, 0, 32, 64, 96, 128, 160, 192, 224
  stp xzr, xzr, [x27, #\at]
  stp xzr, xzr, [x27, #\at + 16]
  .endr
2:
  ldp x4, x5, [x0, #TILE_M]    // and n
  ldr x7, [x0, #TILE_PANEL_STRIDE]
  ldr x1, [x0, #TILE_RHS]
.endm
.macro end_4x8x8
  when IN_ORDER, load_d8_to_d15 80
  ldp x21, x22, [sp, #16]
  ldp x23, x24, [sp, #32]
  ldp x25, x26, [sp, #48]
  ldp x27, x28, [sp, #64]
  ldp x19, x20, [sp]
  add sp, sp, #FRAME
  ret
.endm

// As many panels at once as there are accumulators for: four, or two of two pairs of rows. Where dst ends with the
// first half of a panel, this one goes alone, by the loop over single ones, which is to follow.
.macro several_panels_4x8x8 rows
  .if \rows <= 2
  cmp x5, #28
  b.ls LOCAL(single_\rows)
LOCAL(several_\rows):
  tile_4x8x8 \rows, 4
  next_panels_4x8x8 4
  b.ls LOCAL(done_\rows)
  cmp x5, #28
  b.hi LOCAL(several_\rows)
  .else
LOCAL(several_\rows):
  cmp x5, #12
  b.ls LOCAL(single_\rows)
  tile_4x8x8 \rows, 2
  next_panels_4x8x8 2
  b.hi LOCAL(several_\rows)
  end_4x8x8
  .endif
.endm

#endif  // OTTAVA_SRC_KERNELS_ARM_I8MM_S8S8S32_INDIRECT_4X8X8_TILE_H_
