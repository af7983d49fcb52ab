// The loops of s8s8s32_indirect_4x12x4_in_order.S for two to four rows, 8 depths each, by a panel or as many vectors of
// it as hold valid channels, or by a panel and the first vector of the one behind it.
//
// A register of the rhs is loaded as two halves, the high one by way of a scalar register, for the next four depths
// while these are multiplied; the lhs comes eight depths at a time into registers just used.
//
// Registers, beyond those of tile.h
//   x4, x6, x16  high halves of registers, until these are joined
//                    4 vectors            3                    2         1
//   even quads       v4 to v7             v4 to v6             v4, v5    v4
//   odd quads        v8 to v11            v28 to v30           v28, v29  v28
//   sign flip        v12                  v7                   v7        v7
//
// Cycles of Cortex-A55 by its published dual-issue rules (SDOT alone, as they come; MAC per cycle):
//             4 vectors      3              2              1
//   4 rows    32  32  16     24  24  16     16  19  13.5    8  12  10.7
//   3 rows    24  29  13.2   18  23  12.5   12  17  11.3    6  10   9.6
//   2 rows    16  27   9.5   12  23   8.3    8  16   8      4   8   8
// Flipping the lhs takes 1 to 5 cycles more.
// clang-format off
#ifndef OTTAVA_SRC_KERNELS_ARM_DOTPROD_S8S8S32_INDIRECT_4X12X4_SEVERAL_ROWS_IN_ORDER_H_
#define OTTAVA_SRC_KERNELS_ARM_DOTPROD_S8S8S32_INDIRECT_4X12X4_SEVERAL_ROWS_IN_ORDER_H_

// A row by a register of the rhs.
.macro dot_4x12x4 rows, row, lane, acc, rhs
  when (\rows > \row), sdot v\acc\().4s, v\rhs\().16b, v\row\().4b[\lane]
.endm

.macro flip_half_4x12x4 rows, row, flip, with=7
  when (\flip && \rows > \row), eor v\row\().8b, v\row\().8b, v\with\().8b
.endm

// Eight depths of several rows by the panel, the next bytes of which lie 8 bytes above x\panel. On entry rows 0 and 1
// (not yet flipped) are there, and v4 to v6. With \next the same is left behind for the next eight.
.macro depths_8_by_3_4x12x4 rows, panel, fourth, flip, next
  dot_4x12x4 \rows, 0, 0, 16, 4
  ldr d28, [x\panel, #8]
  flip_half_4x12x4 \rows, 1, \flip
  dot_4x12x4 \rows, 0, 0, 17, 5
  ldr x16, [x\panel, #16]
  dot_4x12x4 \rows, 0, 0, 18, 6
  when (\rows > 2), ldr d2, [x13], #8
  dot_4x12x4 \rows, 1, 0, 19, 4
  when (\rows > 3), ldr d3, [x14], #8
  dot_4x12x4 \rows, 1, 0, 20, 5
  ldr d29, [x\panel, #24]
  dot_4x12x4 \rows, 1, 0, 21, 6
  mov v28.d[1], x16
  flip_half_4x12x4 \rows, 2, \flip
  dot_4x12x4 \rows, 2, 0, 22, 4
  ldr x4, [x\panel, #32]
  dot_4x12x4 \rows, 2, 0, 23, 5
  ldr d30, [x\panel, #40]
  flip_half_4x12x4 \rows, 3, \flip
  dot_4x12x4 \rows, 2, 0, 24, 6
  ldr x6, [x\panel, #48]
  dot_4x12x4 \rows, 3, 0, 25, 4
  mov v29.d[1], x4
  dot_4x12x4 \rows, 3, 0, 26, 5
  when \next, subs x10, x10, #8
  dot_4x12x4 \rows, 3, 0, 27, 6
  mov v30.d[1], x6

  dot_4x12x4 \rows, 0, 1, 16, 28
  when \next, ldr d4, [x\panel, #56]
  dot_4x12x4 \rows, 0, 1, 17, 29
  when \next, ldr x16, [x\panel, #64]
  dot_4x12x4 \rows, 0, 1, 18, 30
  when \next, ldr d5, [x\panel, #72]
  dot_4x12x4 \rows, 1, 1, 19, 28
  when \next, ldr x4, [x\panel, #80]
  dot_4x12x4 \rows, 1, 1, 20, 29
  when \next, ldr d0, [x11], #8
  dot_4x12x4 \rows, 1, 1, 21, 30
  when \next, mov v4.d[1], x16
  dot_4x12x4 \rows, 2, 1, 22, 28
  when \next, ldr d6, [x\panel, #88]
  dot_4x12x4 \rows, 2, 1, 23, 29
  when \next, ldr x6, [x\panel, #96]!
  dot_4x12x4 \rows, 2, 1, 24, 30
  .if \next
  ldr d1, [x12], #8
  flip_half_4x12x4 \rows, 0, \flip
  .endif
  dot_4x12x4 \rows, 3, 1, 25, 28
  when \next, mov v5.d[1], x4
  dot_4x12x4 \rows, 3, 1, 26, 29
  when \next, mov v6.d[1], x6
  dot_4x12x4 \rows, 3, 1, 27, 30
.endm

// Likewise with the first vector of the panel behind, 48 bytes a quad from x\fourth on, in v7 and v11. v12 flips.
.macro depths_8_by_4_4x12x4 rows, panel, fourth, flip, next
  dot_4x12x4 \rows, 0, 0, 16, 4
  when (\rows > 2), ldr d2, [x13], #8
  flip_half_4x12x4 \rows, 1, \flip, 12
  dot_4x12x4 \rows, 0, 0, 17, 5
  ldr d8, [x\panel, #8]
  dot_4x12x4 \rows, 0, 0, 18, 6
  ldr x4, [x\panel, #16]
  dot_4x12x4 \rows, 0, 0, 28, 7
  when (\rows > 3), ldr d3, [x14], #8
  dot_4x12x4 \rows, 1, 0, 19, 4
  ldr d9, [x\panel, #24]
  flip_half_4x12x4 \rows, 2, \flip, 12
  dot_4x12x4 \rows, 1, 0, 20, 5
  ldr x6, [x\panel, #32]
  dot_4x12x4 \rows, 1, 0, 21, 6
  mov v8.d[1], x4
  dot_4x12x4 \rows, 1, 0, 29, 7
  ldr d10, [x\panel, #40]
  dot_4x12x4 \rows, 2, 0, 22, 4
  ldr x4, [x\panel, #48]
  flip_half_4x12x4 \rows, 3, \flip, 12
  dot_4x12x4 \rows, 2, 0, 23, 5
  mov v9.d[1], x6
  dot_4x12x4 \rows, 2, 0, 24, 6
  ldr d11, [x\fourth, #48]
  dot_4x12x4 \rows, 2, 0, 30, 7
  ldr x6, [x\fourth, #56]
  dot_4x12x4 \rows, 3, 0, 25, 4
  mov v10.d[1], x4
  dot_4x12x4 \rows, 3, 0, 26, 5
  when \next, subs x10, x10, #8
  dot_4x12x4 \rows, 3, 0, 27, 6
  mov v11.d[1], x6
  dot_4x12x4 \rows, 3, 0, 31, 7

  dot_4x12x4 \rows, 0, 1, 16, 8
  when \next, ldr d4, [x\panel, #56]
  dot_4x12x4 \rows, 0, 1, 17, 9
  when \next, ldr x4, [x\panel, #64]
  dot_4x12x4 \rows, 0, 1, 18, 10
  when \next, ldr d5, [x\panel, #72]
  dot_4x12x4 \rows, 0, 1, 28, 11
  when \next, ldr x6, [x\panel, #80]
  dot_4x12x4 \rows, 1, 1, 19, 8
  when \next, ldr d0, [x11], #8
  dot_4x12x4 \rows, 1, 1, 20, 9
  when \next, mov v4.d[1], x4
  dot_4x12x4 \rows, 1, 1, 21, 10
  when \next, ldr d6, [x\panel, #88]
  dot_4x12x4 \rows, 1, 1, 29, 11
  .if \next
  ldr x4, [x\panel, #96]!
  flip_half_4x12x4 \rows, 0, \flip, 12
  .endif
  dot_4x12x4 \rows, 2, 1, 22, 8
  when \next, mov v5.d[1], x6
  dot_4x12x4 \rows, 2, 1, 23, 9
  when \next, ldr d7, [x\fourth, #96]!
  dot_4x12x4 \rows, 2, 1, 24, 10
  when \next, ldr x6, [x\fourth, #8]
  dot_4x12x4 \rows, 2, 1, 30, 11
  when \next, ldr d1, [x12], #8
  dot_4x12x4 \rows, 3, 1, 25, 8
  when \next, mov v6.d[1], x4
  dot_4x12x4 \rows, 3, 1, 26, 9
  when \next, mov v7.d[1], x6
  dot_4x12x4 \rows, 3, 1, 27, 10
  dot_4x12x4 \rows, 3, 1, 31, 11
.endm

// Likewise two vectors of a panel, in v4 and v5, v28 and v29.
.macro depths_8_by_2_4x12x4 rows, panel, fourth, flip, next
  dot_4x12x4 \rows, 0, 0, 16, 4
  when (\rows > 3), ldr d3, [x14], #8
  flip_half_4x12x4 \rows, 1, \flip
  dot_4x12x4 \rows, 0, 0, 17, 5
  ldr d28, [x\panel, #8]
  dot_4x12x4 \rows, 1, 0, 19, 4
  ldr x4, [x\panel, #16]
  flip_half_4x12x4 \rows, 2, \flip
  dot_4x12x4 \rows, 1, 0, 20, 5
  ldr d29, [x\panel, #24]
  dot_4x12x4 \rows, 2, 0, 22, 4
  ldr x6, [x\panel, #32]
  flip_half_4x12x4 \rows, 3, \flip
  dot_4x12x4 \rows, 2, 0, 23, 5
  mov v28.d[1], x4
  dot_4x12x4 \rows, 3, 0, 25, 4
  when \next, subs x10, x10, #8
  dot_4x12x4 \rows, 3, 0, 26, 5
  mov v29.d[1], x6
  when \next, ldr x4, [x\panel, #64]
  dot_4x12x4 \rows, 0, 1, 16, 28
  when \next, ldr d4, [x\panel, #56]
  dot_4x12x4 \rows, 0, 1, 17, 29
  when \next, ldr d0, [x11], #8
  dot_4x12x4 \rows, 1, 1, 19, 28
  when \next, ldr x6, [x\panel, #80]
  dot_4x12x4 \rows, 1, 1, 20, 29
  when \next, ldr d1, [x12], #8
  dot_4x12x4 \rows, 2, 1, 22, 28
  .if \next
  mov v4.d[1], x4
  flip_half_4x12x4 \rows, 0, \flip
  .endif
  dot_4x12x4 \rows, 2, 1, 23, 29
  .if \next
  ldr d5, [x\panel, #72]
  add x\panel, x\panel, #96
  .endif
  dot_4x12x4 \rows, 3, 1, 25, 28
  when (\next && \rows > 2), ldr d2, [x13], #8
  dot_4x12x4 \rows, 3, 1, 26, 29
  when \next, mov v5.d[1], x6
.endm

// Likewise one vector of a panel, in v4 and v28; the high half of v28 comes in x4.
.macro depths_8_by_1_4x12x4 rows, panel, fourth, flip, next
  dot_4x12x4 \rows, 0, 0, 16, 4
  when \next, ldr x6, [x\panel, #104]
  dot_4x12x4 \rows, 1, 0, 19, 4
  mov v28.d[1], x4
  dot_4x12x4 \rows, 2, 0, 22, 4
  when \next, subs x10, x10, #8
  dot_4x12x4 \rows, 3, 0, 25, 4
  when \next, ldr d4, [x\panel, #96]!
  dot_4x12x4 \rows, 0, 1, 16, 28
  when \next, ldr d0, [x11], #8
  dot_4x12x4 \rows, 1, 1, 19, 28
  when \next, ldr d1, [x12], #8
  dot_4x12x4 \rows, 2, 1, 22, 28
  when (\next && \rows > 2), ldr d2, [x13], #8
  when \next, mov v4.d[1], x6
  dot_4x12x4 \rows, 3, 1, 25, 28
  when (\next && \rows > 3), ldr d3, [x14], #8
  .if \next
  flip_half_4x12x4 \rows, 0, \flip
  ldr x4, [x\panel, #56]
  flip_half_4x12x4 \rows, 1, \flip
  ldr d28, [x\panel, #48]
  flip_half_4x12x4 \rows, 2, \flip
  flip_half_4x12x4 \rows, 3, \flip
  .endif
.endm

// The loop: as many times eight depths as x10 says, which is at first 16 less; at the end the depths left, below eight.
.macro several_rows_4x12x4 rows, panel, fourth, vectors, flip
  .if \vectors == 1
  each_row_4x12x4 load_row_4x12x4, \rows, d, 8
  ldr x4, [x\panel, #56]
  ldr d28, [x\panel, #48]
  ldr q4, [x\panel]
  when \flip, movi v7.16b, #0x80
  .irp row, 0, 1, 2, 3
  flip_half_4x12x4 \rows, \row, \flip
  .endr
  .else
  when (\flip && \vectors < 4), movi v7.16b, #0x80
  when (\flip && \vectors == 4), movi v12.16b, #0x80
  ldr d0, [x11], #8
  ldr d1, [x12], #8
  when (\vectors == 2 && \rows > 2), ldr d2, [x13], #8
  ldp q4, q5, [x\panel]
  when (\vectors > 2), ldr q6, [x\panel, #32]
  when (\vectors == 4), ldr q7, [x\fourth]
  add x\panel, x\panel, #40  // 8 bytes below what comes next
  when (\vectors < 4), flip_half_4x12x4 \rows, 0, \flip
  when (\vectors == 4), flip_half_4x12x4 \rows, 0, \flip, 12
  .endif
  .p2align 4
4:
  depths_8_by_\vectors\()_4x12x4 \rows, \panel, \fourth, \flip, 1
  b.hs 4b
  depths_8_by_\vectors\()_4x12x4 \rows, \panel, \fourth, \flip, 0
  when (\vectors == 1), add x\panel, x\panel, #96
  when (\vectors > 1), add x\panel, x\panel, #56
  when (\vectors == 4), add x\fourth, x\fourth, #96
  add x10, x10, #8
.endm

#endif  // OTTAVA_SRC_KERNELS_ARM_DOTPROD_S8S8S32_INDIRECT_4X12X4_SEVERAL_ROWS_IN_ORDER_H_
