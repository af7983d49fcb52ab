// One row and its output stage: eight channels of two panels at a time. A product with one row reads every weight once,
// so the bus is the limit wherever the weights lie; a VLDM brings 64 bytes of them (at any multiple of 4).
//
//   r0 r2 r4 r6      sums of the channels of the first panel
//   r8 r10 r12 lr    of the second
//   r1               the row
//   r3               dst
//   r5, r7           the panels
//   r9               groups of channels that are left
//   r11              bytes from panel to panel
//   q0               16 depths of the row;  q1 to q4  of four channels
//   q5, q6           bounds, as s16
//   q7               how far multiplier, exponent, rhs and bias go on; or sign bits, where rows are flipped
//
// A step of 16 depths: 11 instructions for 128 products.
// clang-format off
#ifndef OTTAVA_SRC_KERNELS_CORTEXM_MVE_FUSED_ROW_H_
#define OTTAVA_SRC_KERNELS_CORTEXM_MVE_FUSED_ROW_H_

#include "kernels/cortexm_mve/walk.h"

// The frame before the words of walk.h: 8 sums, then
#define FRAME_CURSOR 32  // multiplier, exponent, rhs, bias
#define FRAME_RHS 40
#define FRAME_STEP 48
#define FRAME_ZERO_POINT 64
#define FRAME_TABLE 68
#define FRAME_TABLE_HERE 72

.macro multiply_row flip
  .if \flip
  veor q0, q0, q7
  .endif
  vldmia r5!, {d2-d9}
  vmladava.s8 r0, q0, q1
  vmladava.s8 r2, q0, q2
  vmladava.s8 r4, q0, q3
  vmladava.s8 r6, q0, q4
  vldmia r7!, {d2-d9}
  vmladava.s8 r8, q0, q1
  vmladava.s8 r10, q0, q2
  vmladava.s8 r12, q0, q3
  vmladava.s8 lr, q0, q4
.endm

// y of the sums in q0 (even channels) and q1, with the multipliers at r0 and the exponents, all below 0, at r2; see
// fused_rows.h.
.macro load_of_eight pointer
  vld20.32 {q2, q3}, [\pointer]
  vld21.32 {q2, q3}, [\pointer]
.endm
.macro row_two_roundings
  load_of_eight r0
  vshr.s32 q4, q0, #31
  vqrdmulh.s32 q0, q0, q2
  vadd.i32 q0, q0, q4
  vshr.s32 q4, q1, #31
  vqrdmulh.s32 q1, q1, q3
  vadd.i32 q1, q1, q4
  load_of_eight r2
  vrshl.s32 q0, q0, q2
  vrshl.s32 q1, q1, q3
.endm
.macro row_one_rounding
  load_of_eight r0
  vqdmulh.s32 q0, q0, q2
  vqdmulh.s32 q1, q1, q3
  load_of_eight r2
  vrshl.s32 q0, q0, q2
  vrshl.s32 q1, q1, q3
.endm

.macro fused_row name, flip, round
begin_thumb_function \name
  begin_walk \name, (11 + \flip) * 4
  mov r9, r2
  ldr r2, [r1, #STAGE_ZERO_POINT]
  str r2, [sp, #FRAME_ZERO_POINT]
  ldr r2, [r1, #STAGE_CLAMP_MIN]
  ldr r3, [r1, #STAGE_CLAMP_MAX]
  vdup.16 q5, r2
  vdup.16 q6, r3
  ldrd r2, r3, [r1, #STAGE_MULTIPLIER]  // and exponent
  strd r2, r3, [sp, #FRAME_CURSOR]
  ldr r2, [r0, #TILE_RHS]
  ldr r3, [r0, #TILE_BIAS]
  strd r2, r3, [sp, #FRAME_RHS]
  ldr r11, [r0, #TILE_PANEL_STRIDE]
  vmov.i32 q7, #32
  lsl r2, r11, #1
  vmov.32 q7[2], r2
  .if \flip
  vstrw.32 q7, [sp, #FRAME_STEP]
  vmov.i8 q7, #0x80
  .endif
  ldr r3, [r0, #TILE_POSITIONS]
  ldr r2, [r0, #TILE_LHS]
  cmp r3, #1
  it eq
  ldreq r2, [r2]
  str r2, [sp, #FRAME_TABLE]
  ldr r3, [r1, #STAGE_DST]

.L\name\()_channels:
  ldrd r5, r7, [sp, #FRAME_RHS]
  ldm r7, {r0, r2, r4, r6, r8, r10, r12, lr}
  add r7, r5, r11
  ldr r1, [sp, #FRAME_TABLE]
  ldr pc, [sp, #FRAME_ENTRY]

.L\name\()_block:
  .rept 8
  vldrb.u8 q0, [r1], #16
  multiply_row \flip
  .endr
.L\name\()_block_end:
  ldr pc, [sp, #FRAME_EXIT]

  loop_over_blocks \name, r3

.L\name\()_last_step:
  str r3, [sp, #FRAME_SAVED]
  ldr r3, [sp, #FRAME_LAST_DEPTHS]
  vctp.8 r3
  vpst
  vldrbt.u8 q0, [r1]
  ldr r3, [sp, #FRAME_SAVED]
  multiply_row \flip
  ldr pc, [sp, #FRAME_EXIT2]

.L\name\()_begin_positions:  // r1: where the pointers lie
  str r1, [sp, #FRAME_TABLE_HERE]
  ldr r1, [r1]
  ldr pc, [sp, #FRAME_ENTRY1]
.L\name\()_next_position:
  str r3, [sp, #FRAME_SAVED]
  ldr r1, [sp, #FRAME_TABLE_HERE]
  ldr r3, [sp, #FRAME_TABLE_END]
  add r1, r1, #4
  cmp r1, r3
  ldr r3, [sp, #FRAME_SAVED]
  blo .L\name\()_begin_positions

.L\name\()_done:
  stm sp, {r0, r2, r4, r6, r8, r10, r12, lr}
  vld20.32 {q0, q1}, [sp]
  vld21.32 {q0, q1}, [sp]
  ldrd r0, r2, [sp, #FRAME_CURSOR]
  \round
  ldr r4, [sp, #FRAME_ZERO_POINT]
  vqmovnb.s32 q0, q0
  vqmovnt.s32 q0, q1
  vqadd.s16 q0, q0, r4
  vmax.s16 q0, q0, q5
  vmin.s16 q0, q0, q6
  vstrb.16 q0, [r3], #8
  vldrw.u32 q0, [sp, #FRAME_CURSOR]
  .if \flip
  vldrw.u32 q1, [sp, #FRAME_STEP]
  vadd.i32 q0, q0, q1
  .else
  vadd.i32 q0, q0, q7
  .endif
  vstrw.32 q0, [sp, #FRAME_CURSOR]
  subs r9, r9, #1
  bne .L\name\()_channels
  end_walk
end_function \name
.endm

#endif  // OTTAVA_SRC_KERNELS_CORTEXM_MVE_FUSED_ROW_H_
