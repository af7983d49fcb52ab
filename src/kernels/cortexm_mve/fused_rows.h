// Two rows or more and their output stage: four rows by the four channels of a panel, in two passes of two rows. The
// eight sums of a pass leave no register of the core to spare, and go through 64 bytes of the frame, from where the
// rows of a channel come as a vector.
//
//   r0 r2 r4 r6      sums of the first row of a pass, by channel
//   r8 r10 r12 lr    sums of the second row
//   r1, r3           the rows; outside a pass, scratch
//   r5               the panel
//   r7               where the pointers of this position lie; bias
//   r9               panels that are left
//   r11              where the next sums go, down: its place tells which pass this is
//   q0, q1           16 depths of each row;  q2, q3  of two channels (q3: the sign bits, where rows are flipped)
//   q4               the addresses of dst, less 4
//   q5               scratch of the epilogue
//   q6, q7           multiplier, exponent, rhs, bias of the panel, and how far each goes on
//
// A step of 16 depths: 14 instructions for 128 products, loads and multiplications by turns, as the cores overlap them.
// clang-format off
#ifndef OTTAVA_SRC_KERNELS_CORTEXM_MVE_FUSED_ROWS_H_
#define OTTAVA_SRC_KERNELS_CORTEXM_MVE_FUSED_ROWS_H_

#include "kernels/cortexm_mve/walk.h"

// The frame before the words of walk.h: sums of the second pass and of the first, then
#define FRAME_CURSOR 64  // multiplier, exponent, rhs, bias; before, after, low
#define FRAME_RHS 72
#define FRAME_BEFORE 80
#define FRAME_LOW 88
// What differs from pass to pass lies 32 bytes apart, as r11 does.
#define FRAME_SECOND_ROWS 92
#define FRAME_AFTER_SECOND 100
#define FRAME_FIRST_ROWS 124
#define FRAME_AFTER_FIRST 132
#define ROWS_OF_PASS 60    // from r11
#define AFTER_PASS 100     // from r11, less the sums that have been stored

.macro flip_two_rows flip, register
  .if \flip
  veor \register, \register, q3
  .endif
.endm

.macro multiply_two_rows flip
  vldrb.u8 q2, [r5], #16
  vmladava.s8 r0, q0, q2
  vmladava.s8 r8, q1, q2
  .if \flip
  vldrb.u8 q2, [r5], #16
  vmladava.s8 r2, q0, q2
  vmladava.s8 r10, q1, q2
  .else
  vldrb.u8 q3, [r5], #16
  vmladava.s8 r2, q0, q3
  vmladava.s8 r10, q1, q3
  .endif
  vldrb.u8 q2, [r5], #16
  vmladava.s8 r4, q0, q2
  vmladava.s8 r12, q1, q2
  .if \flip
  vldrb.u8 q2, [r5], #16
  vmladava.s8 r6, q0, q2
  vmladava.s8 lr, q1, q2
  .else
  vldrb.u8 q3, [r5], #16
  vmladava.s8 r6, q0, q3
  vmladava.s8 lr, q1, q3
  .endif
.endm

.macro step_two_rows flip
  vldrb.u8 q0, [r1], #16
  flip_two_rows \flip, q0
  vldrb.u8 q1, [r3], #16
  flip_two_rows \flip, q1
  multiply_two_rows \flip
.endm

// The elements y of four channels, the rows of one in a vector: narrowed with saturation, which no zero point brings back,
// into words of four channels. Scratch: \y0, q3.
.macro store_four_rows y0, y1, y2, y3
  vqmovnb.s32 q3, \y0
  vqmovnt.s32 q3, \y2
  vqmovnb.s32 \y0, \y1
  vqmovnt.s32 \y0, \y3
  vqadd.s16 q3, q3, r8
  vqadd.s16 \y0, \y0, r8
  vqmovnb.s16 q3, q3
  vqmovnt.s16 q3, \y0
  vdup.8 \y0, r12
  vmax.s8 q3, q3, \y0
  vadd.i8 q3, q3, r10
  vstrw.32 q3, [q4, #4]!
.endm

// y of the sums in q0 to q3, by channel, with the multipliers r0, r2, r4, r6 and the exponents r1, r5, r7, lr, all below
// 0. The rule with two roundings: 1 is taken from what was negative before the last shift, so that rounding half up is
// half away from zero. (Where x is negative and its product 0, it makes no difference.)
.macro two_roundings_of to, from, multiplier, exponent
  vshr.s32 \to, \from, #31
  vqrdmlah.s32 \to, \from, \multiplier
  vrshl.s32 \to, \exponent
.endm
.macro epilogue_two_roundings
  two_roundings_of q5, q0, r0, r1
  two_roundings_of q0, q1, r2, r5
  two_roundings_of q1, q2, r4, r7
  two_roundings_of q2, q3, r6, lr
  store_four_rows q5, q0, q1, q2
.endm

// The rule with one rounding: a shift by at least 1 drops the bits that the product has dropped too.
.macro one_rounding_of to, from, multiplier, exponent
  vqdmulh.s32 \to, \from, \multiplier
  vrshl.s32 \to, \exponent
.endm
.macro epilogue_one_rounding
  one_rounding_of q5, q3, r6, lr
  one_rounding_of q0, q0, r0, r1
  one_rounding_of q1, q1, r2, r5
  one_rounding_of q2, q2, r4, r7
  store_four_rows q0, q1, q2, q5
.endm

.macro fused_rows name, flip, epilogue
begin_thumb_function \name
  begin_walk \name, (14 + 2 * \flip) * 4
  str r1, [sp, #FRAME_ROWS]
  address r3, .L\name\()_pass
  str r3, [sp, #FRAME_AFTER_FIRST]
  address r3, .L\name\()_epilogue
  str r3, [sp, #FRAME_AFTER_SECOND]
  ldrd r3, r4, [r1, #ROWS_BEFORE]
  strd r3, r4, [sp, #FRAME_BEFORE]
  ldr r3, [r1, #ROWS_LOW]
  str r3, [sp, #FRAME_LOW]
  vldrw.u32 q7, [r1, #ROWS_STEP]
  mov r0, r1
  mov r1, #0

.L\name\()_rows:  // four of them, from r1 on
  str r1, [sp, #FRAME_ROW]
  vldrw.u32 q6, [r0, #ROWS_CURSOR]
  vstrw.32 q6, [sp, #FRAME_CURSOR]
  ldr r2, [r0, #ROWS_TABLE]
  ldr r3, [r0, #ROWS_SECOND_PAIR]
  add r2, r2, r1, lsl #2
  add r3, r3, r2
  ldr r4, [r0, #ROWS_POSITIONS]
  cmp r4, #1
  bhi 1f
  ldrd r4, r5, [r3]
  ldrd r2, r3, [r2]
  strd r4, r5, [sp, #FRAME_FIRST_ROWS]
  strd r2, r3, [sp, #FRAME_SECOND_ROWS]
  b 2f
1:
  str r3, [sp, #FRAME_FIRST_ROWS]
  str r2, [sp, #FRAME_SECOND_ROWS]
2:
  vldrw.u32 q4, [r0, #ROWS_OFFSETS]
  ldrd r4, r5, [r0, #ROWS_DST]
  mla r4, r1, r5, r4
  sub r4, r4, #4
  vadd.i32 q4, q4, r4
  ldr r9, [r0, #ROWS_PANELS]
  add r11, sp, #FRAME_CURSOR

.L\name\()_pass:
  ldrd r5, r7, [sp, #FRAME_RHS]
  ldrd r1, r3, [r11, #ROWS_OF_PASS]
  ldm r7, {r0, r2, r4, r6}
  ldm r7, {r8, r10, r12, lr}
  .if \flip
  vmov.i8 q3, #0x80
  .endif
  ldr pc, [sp, #FRAME_ENTRY]

.L\name\()_block:
  .rept 8
  step_two_rows \flip
  .endr
.L\name\()_block_end:
  ldr pc, [sp, #FRAME_EXIT]

  loop_over_blocks \name, r7

.L\name\()_last_step:
  str r7, [sp, #FRAME_SAVED]
  ldr r7, [sp, #FRAME_LAST_DEPTHS]
  vctp.8 r7
  vpstt
  vldrbt.u8 q0, [r1]
  vldrbt.u8 q1, [r3]
  ldr r7, [sp, #FRAME_SAVED]
  flip_two_rows \flip, q0
  flip_two_rows \flip, q1
  multiply_two_rows \flip
  ldr pc, [sp, #FRAME_EXIT2]

.L\name\()_begin_positions:  // r1: where the pointers of this pass lie
  mov r7, r1
  ldrd r1, r3, [r7]
  ldr pc, [sp, #FRAME_ENTRY1]
.L\name\()_next_position:
  ldrd r1, r3, [sp, #FRAME_TABLE_STRIDE]
  add r7, r7, r1
  cmp r7, r3
  bhs .L\name\()_done
  ldrd r1, r3, [r7]
  ldr pc, [sp, #FRAME_ENTRY1]

.L\name\()_done:
  stmdb r11!, {r0, r2, r4, r6, r8, r10, r12, lr}
  ldr pc, [r11, #AFTER_PASS]

.L\name\()_epilogue:  // r11: the sums of four rows
  vld40.32 {q0, q1, q2, q3}, [r11]
  vld41.32 {q0, q1, q2, q3}, [r11]
  vld42.32 {q0, q1, q2, q3}, [r11]
  vld43.32 {q0, q1, q2, q3}, [r11]!
  ldm r11, {r1, r3, r5, r7, r8, r10, r12}
  ldm r1, {r0, r2, r4, r6}
  ldm r3, {r1, r5, r7, lr}
  \epilogue
  vadd.i32 q6, q6, q7
  vstrw.32 q6, [sp, #FRAME_CURSOR]
  subs r9, r9, #1
  bne .L\name\()_pass

  ldr r0, [sp, #FRAME_ROWS]
  ldr r1, [sp, #FRAME_ROW]
  ldr r2, [r0, #ROWS_LAST]
  cmp r1, r2
  bhs 3f
  add r1, r1, #4
  cmp r1, r2
  csel r1, r1, r2, lo
  b .L\name\()_rows
3:
  end_walk
end_function \name
.endm

#endif  // OTTAVA_SRC_KERNELS_CORTEXM_MVE_FUSED_ROWS_H_
