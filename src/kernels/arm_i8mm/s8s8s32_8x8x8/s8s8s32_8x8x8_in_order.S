// The kernel s8s8s32_8x8x8 of AArch64 with 8-bit matrix products, for in-order cores (Cortex-A510, A520): another
// tuning of s8s8s32_8x8x8.S, which says what is computed and in which order to read.
//
// Such a core starts three instructions a cycle in the order of the program, two of them SMMLA at most. So loads come
// one to four SMMLA, in pairs of registers, and fill the operands of the next step while this one is multiplied: a load
// has eight cycles before its first use. Consecutive SMMLA add to different accumulators; one comes up again after 16.
//
// Registers, beyond those of tile.h and epilogue.h: v0 to v7 the operands of even steps, v8 to v15 those of odd ones.
//
// Loop: 2 steps, 1024 MAC in 42 instructions, 32 of them SMMLA: 16 cycles, 64 MAC per cycle of Cortex-A510, by
// reasoning from the widths above; there is no model to ask.
#define IN_ORDER 1
#define ZERO_POINT v8
#include "kernels/arm_i8mm/s8s8s32_8x8x8/epilogue.h"

// A step while the operands of the next one are loaded, if there is one.
.macro even_step_8x8x8 rhs, next
  when \next, ldp q12, q13, [\rhs], #32
  multiply_squares 0, 4, 5, 6, 7, 16, 17, 18, 19
  when \next, ldp q14, q15, [\rhs], #32
  multiply_squares 1, 4, 5, 6, 7, 20, 21, 22, 23
  when \next, ldp q8, q9, [x0], #32
  multiply_squares 2, 4, 5, 6, 7, 24, 25, 26, 27
  when \next, ldp q10, q11, [x0], #32
  multiply_squares 3, 4, 5, 6, 7, 28, 29, 30, 31
.endm

.macro odd_step_8x8x8 rhs, next
  when \next, ldp q4, q5, [\rhs], #32
  multiply_squares 8, 12, 13, 14, 15, 16, 17, 18, 19
  when \next, ldp q6, q7, [\rhs], #32
  multiply_squares 9, 12, 13, 14, 15, 20, 21, 22, 23
  when \next, ldp q0, q1, [x0], #32
  multiply_squares 10, 12, 13, 14, 15, 24, 25, 26, 27
  when \next, ldp q2, q3, [x0], #32
  multiply_squares 11, 12, 13, 14, 15, 28, 29, 30, 31
.endm

.macro load_first_8x8x8 rhs
  ldp q4, q5, [\rhs], #32
  ldp q6, q7, [\rhs], #32
  ldp q0, q1, [x0], #32
  ldp q2, q3, [x0], #32
.endm
// The last steps: \steps is 0 for two, -1 for one.
.macro last_steps_8x8x8 rhs, steps
  cbz \steps, 5f
  even_step_8x8x8 \rhs, 0
  b 6f
5:
  even_step_8x8x8 \rhs, 1
  odd_step_8x8x8 \rhs, 0
6:
.endm

FUNCTION(ottava_s8s8s32_8x8x8_arm_i8mm_in_order)
  begin_tile_8x8x8
  push_d8_to_d15
  init_pairs_8x8x8 4
  cbz x3, 6f
  load_first_8x8x8 x1
  subs x3, x3, #2
  b.ls 4f
  .p2align 4
3:
  even_step_8x8x8 x1, 1
  subs x3, x3, #2
  odd_step_8x8x8 x1, 1
  b.hi 3b
4:
  last_steps_8x8x8 x1, x3
  pop_d8_to_d15
  end_tile_8x8x8 4

  edge_tiles_8x8x8
END_FUNCTION(ottava_s8s8s32_8x8x8_arm_i8mm_in_order)

  begin_function SYMBOL(ottava_s8s8s32_8x8x8_arm_i8mm_in_order_fused), 1
  begin_fused_8x8x8
  cmp x5, #7
  b.lo LOCAL(edge_fused)
LOCAL(fused_4):  // a tile of 7 or 8 rows
  begin_fused_tile_8x8x8 4
  cbz x3, 6f
  load_first_8x8x8 x10
  subs x9, x3, #2
  b.ls 4f
  .p2align 4
3:
  even_step_8x8x8 x10, 1
  subs x9, x9, #2
  odd_step_8x8x8 x10, 1
  b.hi 3b
4:
  last_steps_8x8x8 x10, x9
  epilogue_8x8x8 4

  edge_tiles_fused_8x8x8
END_FUNCTION(ottava_s8s8s32_8x8x8_arm_i8mm_in_order_fused)
