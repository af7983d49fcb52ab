// The kernel s8s8s32_indirect_4x8x8 of AArch64 with 8-bit matrix products, for in-order cores (Cortex-A510, A520):
// another tuning of s8s8s32_indirect_4x8x8.S, which says what is computed and in which order to read.
//
// Such a core waits for a load that is not there yet. So while one panel is multiplied the next one is loaded into the
// other of two sets of registers, and while the last 8 of 16 depths are, the next 16 of the rows.
//
// Registers, beyond those of tile.h
//   v4 to v7, v8 to v11   rhs: two panels, by turns           v2  sign flip of the lhs
//   v0, v1                lhs: the first 8 of 16 depths
//   v12, v13 or v14, v15  lhs: the last 8 of them, by turns
//
// Loops, 32 depths each (MAC, instructions, multiplications of these): 1 row by 4 panels 1024 102 64, 2 rows by 4
// panels 2048 104 64, 4 rows by 2 panels 2048 94 64. With one pair of rows or one row, loads of 32 bytes and
// multiplications both take 32 cycles, by reasoning from a Cortex-A510 that starts two multiplications and one such
// load in a cycle; there is no model to ask.
#define IN_ORDER 1
#define ZERO_POINT v4
#include "kernels/arm_i8mm/s8s8s32_indirect_4x8x8/tile.h"

// Multiplies a panel by the rows in \low and \high, and if \next loads the next one, at x\panel: the registers of both
// are those of a turn.
#define EVEN_TURN 4, 5, 6, 7, 8, 9, 10, 11
#define ODD_TURN 8, 9, 10, 11, 4, 5, 6, 7
.macro by_panel_4x8x8 rows, low, high, p, q, r, s, next_p, next_q, next_r, next_s, panel, next, a, b, c, d, e, f, g, h
  when \next, ldp q\next_p, q\next_q, [x\panel], #32
  by_two_4x8x8 \rows, \low, \high, \p, \q, \a, \b, \e, \f
  when \next, ldp q\next_r, q\next_s, [x\panel], #32
  by_two_4x8x8 \rows, \low, \high, \r, \s, \c, \d, \g, \h
.endm

.macro by_two_4x8x8 rows, low, high, left, right, a, b, e, f
  .if \rows == 1
  sdot v\a\().4s, v\left\().16b, v\low\().16b
  sdot v\b\().4s, v\right\().16b, v\low\().16b
  .else
  smmla v\a\().4s, v\low\().16b, v\left\().16b
  smmla v\b\().4s, v\low\().16b, v\right\().16b
  .endif
  when (\rows == 4), smmla v\e\().4s, v\high\().16b, v\left\().16b
  when (\rows == 4), smmla v\f\().4s, v\high\().16b, v\right\().16b
.endm

// Sixteen depths of each row: eight in v0 and v1, eight in \low and \high. The last loads may wait.
.macro load_16_4x8x8 rows, low, high
  .if \rows == 1
  ld1r {v0.2d}, [x11], #8
  ld1r {v\low\().2d}, [x11], #8
  .else
  ldp d0, d\low, [x11], #16
  when (\rows == 4), ldp d1, d\high, [x13], #16
  ld1 {v0.d}[1], [x12], #8
  when (\rows == 4), ld1 {v1.d}[1], [x14], #8
  .endif
.endm
.macro load_rest_of_16_4x8x8 rows, low, high
  when (\rows > 1), ld1 {v\low\().d}[1], [x12], #8
  when (\rows == 4), ld1 {v\high\().d}[1], [x14], #8
.endm

.macro flip_eight_4x8x8 rows, low, high
  eor v\low\().16b, v\low\().16b, v2.16b
  when (\rows == 4), eor v\high\().16b, v\high\().16b, v2.16b
.endm

// Eight depths, in \low and \high, while the next 16 are loaded if \load. \odd: an odd number of panels has gone
// before. \next: there is more of the rhs.
.macro eight_4x8x8 rows, panels, low, high, odd, next, load=0, next_low=0, next_high=0
  .if \load
  load_16_4x8x8 \rows, \next_low, \next_high
  when (\panels != 2), load_rest_of_16_4x8x8 \rows, \next_low, \next_high
  .endif
  with_panels_4x8x8 by_panels_4x8x8, \rows, \panels, \low, \high, \odd, \next, \load, \next_low, \next_high
.endm
.macro by_panels_4x8x8 rows, first, second, third, fourth, panels, low, high, odd, next, load, next_low, next_high
  .if \panels == 4
  by_panel_4x8x8 \rows, \low, \high, EVEN_TURN, \second, 1, 16, 17, 18, 19
  by_panel_4x8x8 \rows, \low, \high, ODD_TURN, \third, 1, 20, 21, 22, 23
  by_panel_4x8x8 \rows, \low, \high, EVEN_TURN, \fourth, 1, 24, 25, 26, 27
  by_panel_4x8x8 \rows, \low, \high, ODD_TURN, \first, \next, 28, 29, 30, 31
  .elseif \panels == 2
  by_panel_4x8x8 4, \low, \high, EVEN_TURN, \second, 1, 16, 17, 18, 19, 24, 25, 26, 27
  when \load, load_rest_of_16_4x8x8 \rows, \next_low, \next_high
  by_panel_4x8x8 4, \low, \high, ODD_TURN, \first, \next, 20, 21, 22, 23, 28, 29, 30, 31
  .elseif \odd
  by_panel_4x8x8 \rows, \low, \high, ODD_TURN, \first, \next, 16, 17, 18, 19, 20, 21, 22, 23
  .else
  by_panel_4x8x8 \rows, \low, \high, EVEN_TURN, \first, \next, 16, 17, 18, 19, 20, 21, 22, 23
  .endif
.endm

// Sixteen depths while the next 16 are loaded, of which the second eight go elsewhere than those at hand.
.macro sixteen_4x8x8 rows, panels, flip, low, high, next_low, next_high
  eight_4x8x8 \rows, \panels, 0, 1, 0, 1
  eight_4x8x8 \rows, \panels, \low, \high, 1, 1, 1, \next_low, \next_high
  .if \flip
  flip_eight_4x8x8 \rows, 0, 1
  flip_eight_4x8x8 \rows, \next_low, \next_high
  .endif
.endm
.macro last_sixteen_4x8x8 rows, panels, low, high
  eight_4x8x8 \rows, \panels, 0, 1, 0, 1
  eight_4x8x8 \rows, \panels, \low, \high, 1, 0
.endm

.macro first_sixteen_4x8x8 rows, flip, low, high
  load_16_4x8x8 \rows, \low, \high
  load_rest_of_16_4x8x8 \rows, \low, \high
  .if \flip
  flip_eight_4x8x8 \rows, 0, 1
  flip_eight_4x8x8 \rows, \low, \high
  .endif
.endm

.macro load_first_4x8x8 rows, panel, rest:vararg
  ldp q4, q5, [x\panel], #32
  ldp q6, q7, [x\panel], #32
.endm

// Two sixteens a turn, and two behind the loop. With an odd number it begins in the middle of a turn, or if there is
// but one, with the last.
.macro multiply_16s_4x8x8 rows, panels, flip
  when \flip, dup v2.16b, w17
  with_panels_4x8x8 load_first_4x8x8, \rows, 0
  tbz x10, #4, 20f
  first_sixteen_4x8x8 \rows, \flip, 12, 13
  subs x10, x10, #32
  b.lo 21f
  .p2align 4
18:
  sixteen_4x8x8 \rows, \panels, \flip, 12, 13, 14, 15
19:
  subs x10, x10, #32
  sixteen_4x8x8 \rows, \panels, \flip, 14, 15, 12, 13
  b.hs 18b
  b 21f
20:
  first_sixteen_4x8x8 \rows, \flip, 14, 15
  cmp x10, #16
  b.lo 22f
  sub x10, x10, #16
  b 19b
21:
  sixteen_4x8x8 \rows, \panels, \flip, 12, 13, 14, 15
22:
  last_sixteen_4x8x8 \rows, \panels, 14, 15
.endm

FUNCTION_OR_FUSED(ottava_s8s8s32_indirect_4x8x8_arm_i8mm_in_order, enter_alike)
  begin_4x8x8
  cmp x4, #2
  b.eq LOCAL(rows_2)
  b.hi LOCAL(rows_4)
  .irp rows, 1, 2, 4
LOCAL(rows_\rows):
  several_panels_4x8x8 \rows
LOCAL(single_\rows):  // a panel
  tile_4x8x8 \rows, 1
  next_panels_4x8x8 1
  b.hi LOCAL(single_\rows)
LOCAL(done_\rows):
  end_4x8x8
  .irp panels, 4, 2, 1
  .if \panels == 1 || (\rows == 4) == (\panels == 2)
  to_acc_4x8x8 \rows, \panels
  second_values_4x8x8 \rows, \panels
  .endif
  .endr
  .endr
END_FUNCTION(ottava_s8s8s32_indirect_4x8x8_arm_i8mm_in_order_fused)
