// The kernel of AArch64 with dot products for up to four rows, for in-order cores (Cortex-A55): another tuning of
// s8s8s32_rows_4x12x4.S, which says what is computed. s8s8s32_8x12x4_in_order.S says what such a core does in one
// cycle.
//
// Panels go one by one. With several rows a register of the rhs is loaded as two halves, the high one by way of a
// scalar register, for the next four depths while these are multiplied; the lhs comes eight depths at a time into
// registers just used. With one row the loads alone take all the time, so SDOT works on halves of registers as they
// come, without INS.
//
// Registers, beyond those of rows_4x12x4.h
//   several rows: v4 to v6, v28 to v30  rhs of even and odd quads of depths; v7 what flips the lhs
//                 x4, x6, x16         high halves on their way
//   one row:      v4 to v7, v28 to v31  rhs, two channels each; v0, v1 lhs, 8 depths each; v2 what flips it
//                 v19 to v24            accumulators of two channels each
//
// Loops, cycles of Cortex-A55 by its published dual-issue rules (MAC, instructions, cycles, MAC per cycle):
//   4 rows by 8 depths   384  48  24  16
//   3 rows by 8 depths   288  41  23  12.5
//   2 rows by 8 depths   192  34  23   8.3
//   1 row by 16 depths   192  54  28   6.9
#include "kernels/arm_dotprod/rows_4x12x4.h"

// A row by a register of the rhs.
.macro dot rows, row, lane, acc, rhs
  .if \rows > \row
  sdot v\acc\().4s, v\rhs\().16b, v\row\().4b[\lane]
  .endif
.endm

.macro flip_half rows, row, flip
  .if \flip && \rows > \row
  eor v\row\().8b, v\row\().8b, v7.8b
  .endif
.endm

// Eight depths of several rows by the panel, the next bytes of which lie 8 bytes above x\panel. On entry rows 0 and 1
// (not yet flipped) are there, and v4 to v6. With \next the same is left behind for the next eight.
.macro depths_8 rows, panel, flip, next
  dot \rows, 0, 0, 16, 4
  ldr d28, [x\panel, #8]
  flip_half \rows, 1, \flip
  dot \rows, 0, 0, 17, 5
  ldr x16, [x\panel, #16]
  dot \rows, 0, 0, 18, 6
  .if \rows > 2
  ldr d2, [x13], #8
  .endif
  dot \rows, 1, 0, 19, 4
  .if \rows > 3
  ldr d3, [x14], #8
  .endif
  dot \rows, 1, 0, 20, 5
  ldr d29, [x\panel, #24]
  dot \rows, 1, 0, 21, 6
  mov v28.d[1], x16
  flip_half \rows, 2, \flip
  dot \rows, 2, 0, 22, 4
  ldr x4, [x\panel, #32]
  dot \rows, 2, 0, 23, 5
  ldr d30, [x\panel, #40]
  flip_half \rows, 3, \flip
  dot \rows, 2, 0, 24, 6
  ldr x6, [x\panel, #48]
  dot \rows, 3, 0, 25, 4
  mov v29.d[1], x4
  dot \rows, 3, 0, 26, 5
  .if \next
  subs x10, x10, #8
  .endif
  dot \rows, 3, 0, 27, 6
  mov v30.d[1], x6

  dot \rows, 0, 1, 16, 28
  .if \next
  ldr d4, [x\panel, #56]
  .endif
  dot \rows, 0, 1, 17, 29
  .if \next
  ldr x16, [x\panel, #64]
  .endif
  dot \rows, 0, 1, 18, 30
  .if \next
  ldr d5, [x\panel, #72]
  .endif
  dot \rows, 1, 1, 19, 28
  .if \next
  ldr x4, [x\panel, #80]
  .endif
  dot \rows, 1, 1, 20, 29
  .if \next
  ldr d0, [x11], #8
  .endif
  dot \rows, 1, 1, 21, 30
  .if \next
  mov v4.d[1], x16
  .endif
  dot \rows, 2, 1, 22, 28
  .if \next
  ldr d6, [x\panel, #88]
  .endif
  dot \rows, 2, 1, 23, 29
  .if \next
  ldr x6, [x\panel, #96]!
  .endif
  dot \rows, 2, 1, 24, 30
  .if \next
  ldr d1, [x12], #8
  flip_half \rows, 0, \flip
  .endif
  dot \rows, 3, 1, 25, 28
  .if \next
  mov v5.d[1], x4
  .endif
  dot \rows, 3, 1, 26, 29
  .if \next
  mov v6.d[1], x6
  .endif
  dot \rows, 3, 1, 27, 30
.endm

.macro several_rows rows, panel, flip
  .if \flip
  movi v7.16b, #0x80
  .endif
  ldr d0, [x11], #8
  ldr d1, [x12], #8
  ldp q4, q5, [x\panel]
  ldr q6, [x\panel, #32]
  add x\panel, x\panel, #40  // 8 bytes below what comes next
  flip_half \rows, 0, \flip
  .p2align 4
4:
  depths_8 \rows, \panel, \flip, 1
  b.hs 4b
  depths_8 \rows, \panel, \flip, 0
  add x\panel, x\panel, #56
  add x10, x10, #8  // now the depths left, below eight
.endm

// Two channels by four depths: the \number-th of 24 in 16 depths of one row, while the one four later is loaded.
.macro half number, acc, rhs, lhs, lane, load, next
  .if \next || \number < 20
  ldr d\load, [x12, #\number * 8 + 32]
  .endif
  sdot v\acc\().2s, v\rhs\().8b, v\lhs\().4b[\lane]
.endm

.macro depths_16 flip, next
  ldr d1, [x11, #8]
  half 0, 19, 4, 0, 0, 28, \next
  half 1, 20, 5, 0, 0, 29, \next
  half 2, 21, 6, 0, 0, 30, \next
  half 3, 22, 7, 0, 0, 31, \next
  .if \flip
  eor v1.8b, v1.8b, v2.8b
  .endif
  half 4, 23, 28, 0, 0, 4, \next
  half 5, 24, 29, 0, 0, 5, \next
  half 6, 19, 30, 0, 1, 6, \next
  half 7, 20, 31, 0, 1, 7, \next
  half 8, 21, 4, 0, 1, 28, \next
  half 9, 22, 5, 0, 1, 29, \next
  half 10, 23, 6, 0, 1, 30, \next
  half 11, 24, 7, 0, 1, 31, \next
  .if \next
  ldr d0, [x11, #16]
  subs x10, x10, #16
  .endif
  half 12, 19, 28, 1, 0, 4, \next
  half 13, 20, 29, 1, 0, 5, \next
  half 14, 21, 30, 1, 0, 6, \next
  half 15, 22, 31, 1, 0, 7, \next
  .if \flip && \next
  eor v0.8b, v0.8b, v2.8b
  .endif
  half 16, 23, 4, 1, 0, 28, \next
  half 17, 24, 5, 1, 0, 29, \next
  half 18, 19, 6, 1, 1, 30, \next
  half 19, 20, 7, 1, 1, 31, \next
  half 20, 21, 28, 1, 1, 4, \next
  half 21, 22, 29, 1, 1, 5, \next
  half 22, 23, 30, 1, 1, 6, \next
  half 23, 24, 31, 1, 1, 7, \next
  add x12, x12, #192
  add x11, x11, #16
.endm

.macro one_row flip
  .irp acc, 19, 20, 21, 22, 23, 24
  movi d\acc, #0
  .endr
  ldr d0, [x11]
  ldp d4, d5, [x12]
  ldp d6, d7, [x12, #16]
  .if \flip
  movi v2.16b, #0x80
  eor v0.8b, v0.8b, v2.8b
  .endif
  subs x10, x10, #16
  b.lo 5f
  .p2align 4
4:
  depths_16 \flip, 1
  b.hs 4b
5:
  depths_16 \flip, 0
  mov v19.d[1], v20.d[0]
  mov v21.d[1], v22.d[0]
  mov v23.d[1], v24.d[0]
  add v16.4s, v16.4s, v19.4s
  add v17.4s, v17.4s, v21.4s
  add v18.4s, v18.4s, v23.4s
.endm

.macro all_16s rows, panels, vectors, flip
  .if \vectors < 3
  .p2align 4
4:
  each_row load_16, \rows
  .if \flip
  movi v4.16b, #0x80
  each_row flip_row, \rows
  .endif
  subs x10, x10, #16
  quad 0, \rows, 1, \vectors
  quad 1, \rows, 1, \vectors
  quad 2, \rows, 1, \vectors
  quad 3, \rows, 1, \vectors
  b.hs 4b
  .elseif \rows == 1
  one_row \flip
  .elseif \rows == 2
  several_rows 2, 13, \flip
  .elseif \rows == 3
  several_rows 3, 14, \flip
  .else
  several_rows 4, 15, \flip
  .endif
.endm

FUNCTION(ottava_s8s8s32_rows_4x12x4_arm_dotprod_in_order)
  rows_kernel 0
END_FUNCTION(ottava_s8s8s32_rows_4x12x4_arm_dotprod_in_order)
