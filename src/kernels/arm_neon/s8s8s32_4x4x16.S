// The kernels s8s8s32_4x4x16 and s8s8s32_pairs_4x4x16 of AArch64 without dot products, for weights of any value and for
// weights without -128: s8 x s8 -> s32, up to 4 rows by the 32 channels of eight panels, 16 depths a step. A tile
// computes the valid rows alone, panel by panel as far as there are valid channels. With the fused epilogue it goes on
// to the next rows, as long as there are any.
//
// In which order to read: multiply_4x4x16.h, which has the picture of the vectors; packed_4x4x16 below, which is every
// function of this file; in_order_4x4x16.h, the other tuning; epilogue_4x4x16.h.
//
//   x0  lhs panel                  x4  0: acc is overwritten, else added to. FUSED: see epilogue_4x4x16.h
//   x1  rhs panel                  x5  rows that are left
//   x2  acc. FUSED: the epilogue's x6  channels that are left
//   x3  steps of 16 depths         x7  bytes from one rhs panel to the next
//   x8  steps that are left        x9, x10  where the next step reads: lhs, rhs
//   x11 to x17  FUSED: the epilogue's, rows of dst in x11, x12, x16 and x17
//
// What the loop of four rows costs, by llvm-mca 19 and for in-order cores by their dual-issue rules:
//
//   of any value  two steps, 512 MAC in 134 instructions, 64 of them SMULL and SMULL2, 64 SADALP: 64 cycles where one
//                 of each kind starts a cycle. 8 MAC per cycle of Cortex-A57 and Neoverse-N1, 16 of Neoverse-V1
//   in order      a step, 256 MAC in 85 instructions: 96 cycles or 2.7 MAC per cycle of Cortex-A53, 65 cycles or 3.9 of
//                 Cortex-A55. What multiplies and adds alone takes 96 and 64
//   without -128  two steps, 512 MAC in 102 instructions, 64 of them SMULL and SMLAL2, 32 SADALP: 64 cycles where one
//                 of the former starts a cycle, 32 where two do. 8 MAC per cycle of Cortex-A57 and Neoverse-N1, 16 of
//                 Neoverse-V1
//   in order      a step, 256 MAC in 69 instructions: 67 cycles or 3.8 MAC per cycle of Cortex-A53, 50 cycles or 5.1 of
//                 Cortex-A55. What multiplies and adds alone takes 64 and 48

// The stack, FUSED: what the next rows begin with again.
#define EPILOGUE_CONSTANTS 0
#define SAVED_RHS 48  // and channels
#define SAVED_DST 64  // of the first row, and stride
#define SAVED_OFFSETS 80  // and scales
#define SAVED_BIASES 96  // or exponents
#define FRAME 112
#include "kernels/arm_neon/epilogue_4x4x16.h"
#define LHS_INDIRECT 0
#include "kernels/arm_neon/in_order_4x4x16.h"

.macro store_column_4x4x16 rows
  str s16, [x11], #4
  .if \rows > 1
  st1 {v16.s}[1], [x12], #4
  .endif
  .if \rows > 2
  st1 {v16.s}[2], [x16], #4
  .endif
  .if \rows > 3
  st1 {v16.s}[3], [x17], #4
  .endif
.endm

// The rows of dst, from the first one and the stride.
.macro point_at_dst_4x4x16
  add x16, x11, x12, lsl #1
  add x17, x16, x12
  add x12, x11, x12
.endm

// From the TileArgs at x0, and FUSED the StageArgs at x1, to the registers above.
.macro begin_packed_4x4x16
  save_registers_4x4x16
  .if FUSED
  sub sp, sp, #FRAME
  begin_epilogue_4x4x16
  point_at_dst_4x4x16
  .else
  ldr x4, [x0, #TILE_ACCUMULATE]
  .endif
  ldp x5, x6, [x0, #TILE_M]
  .if FUSED
  ldr x3, [x0, #TILE_DEPTH]
  .else
  ldp x2, x3, [x0, #TILE_ACC]
  .endif
  ldr x7, [x0, #TILE_PANEL_STRIDE]
  ldp x0, x1, [x0, #TILE_LHS]
  .if FUSED
  stp x1, x6, [sp, #SAVED_RHS]
  .endif
  add x3, x3, #15
  lsr x3, x3, #4
.endm
.macro end_packed_4x4x16
  .if FUSED
  add sp, sp, #FRAME
  .endif
  restore_registers_4x4x16
  ret
.endm

.macro load_lhs_4x4x16 rows
  .if \rows == 1
  ldr q0, [x9], #64
  .elseif \rows == 2
  ldp q0, q1, [x9], #64
  .elseif \rows == 3
  ldr q2, [x9, #32]
  ldp q0, q1, [x9], #64
  .else
  ld1 {v0.16b, v1.16b, v2.16b, v3.16b}, [x9], #64
  .endif
.endm
.macro step_4x4x16 rows, first
  load_lhs_4x4x16 \rows
  multiply_panel_4x4x16 \rows, x10, 16, 4, \first
.endm

// The flags tell whether there is a next panel.
.macro next_panel_4x4x16
  subs x6, x6, #4
  add x1, x1, x7
.endm
// To the next rows of lhs and dst. The flags tell whether they are a full tile.
.macro next_rows_4x4x16
  ldp x11, x12, [sp, #SAVED_DST]
  ldp x1, x6, [sp, #SAVED_RHS]
  ldp x13, x14, [sp, #SAVED_OFFSETS]
  ldr x15, [sp, #SAVED_BIASES]
  add x0, x0, x3, lsl #6
  add x11, x11, x12, lsl #2
  str x11, [sp, #SAVED_DST]
  point_at_dst_4x4x16
  cmp x5, #4
.endm

.macro zero_result_4x4x16 row, panel, acc
  movi v\acc\().4s, #0
.endm

// So that the loop over steps is aligned without NOPs in each tile: so many instructions lie before it, modulo 4.
.macro align_rows_4x4x16 rows
  .p2align 4
  nop
  .if (IN_ORDER * \rows != 4) * (\rows != 3)
  nop
  .endif
.endm

// Each function of this file.
.macro packed_4x4x16 name, pairs, fused, in_order
  .set PAIRS, \pairs
  .set FUSED, \fused
  .set IN_ORDER, \in_order
  begin_function \name
  begin_packed_4x4x16
  cmp x5, #4
  b.lo LOCAL(fewer_rows_\@)
  .irp rows, 4, 3, 2, 1
  .if FUSED
  align_rows_4x4x16 \rows
  .endif
  .if \rows == 3
LOCAL(fewer_rows_\@):
  cmp x5, #2
  b.lo LOCAL(rows_\@_1)
  b.eq LOCAL(rows_\@_2)
  .endif
LOCAL(rows_\@_\rows):
1:  // a panel
  mov x9, x0
  mov x10, x1
  subs x8, x3, #1
  .if !FUSED
  b.lo 5f
  .endif
  .if IN_ORDER * \rows == 4
  begin_in_order_4x4x16 1
  b.eq 3f
  .p2align 3
2:  // a step
  step_in_order_4x4x16 1
  b.ne 2b
3:
  step_in_order_4x4x16 0
  .if FUSED
  end_in_order_4x4x16 load_offsets_4x4x16
  .else
  end_in_order_4x4x16
  .endif
  .else
  step_4x4x16 \rows, 1
  tbz x8, #0, 4f
  step_4x4x16 \rows, 0
4:
  ands x8, x8, #-2
  b.eq 3f
  .p2align 4
2:  // two steps
  load_lhs_4x4x16 \rows
  subs x8, x8, #2
  multiply_panel_4x4x16 \rows, x10, 16, 4, 0
  step_4x4x16 \rows, 0
  b.ne 2b
3:
  .if FUSED
  load_offsets_4x4x16
  .endif
  .endif
  .if FUSED
  load_scales_4x4x16
  .endif
  add_up_results_4x4x16 \rows, 1
  .if FUSED
  epilogue_4x4x16 \rows, 1, next_panel_4x4x16
  .else
7:
  cbnz x4, 8f
6:
  each_result_4x4x16 store_acc_4x4x16, \rows, 1
  next_panel_4x4x16
  add x2, x2, #16
  .endif
  b.hi 1b
  .if FUSED * \rows == 4
  subs x5, x5, #4
  b.eq 9f
  next_rows_4x4x16
  b.hs 1b
  b LOCAL(fewer_rows_\@)
9:
  .endif
  end_packed_4x4x16
  .if FUSED
  second_values_4x4x16 \rows, 1
  .else
5:  // no depths
  each_result_4x4x16 zero_result_4x4x16, \rows, 1
  b 7b
8:
  each_result_4x4x16 add_acc_4x4x16, \rows, 1
  b 6b
  .endif
  .endr
  end_function \name
.endm

  // name, PAIRS, FUSED, IN_ORDER
  packed_4x4x16 SYMBOL(ottava_s8s8s32_4x4x16_arm_neon), 0, 0, 0
  packed_4x4x16 SYMBOL(ottava_s8s8s32_4x4x16_arm_neon_fused), 0, 1, 0
  packed_4x4x16 SYMBOL(ottava_s8s8s32_4x4x16_arm_neon_in_order), 0, 0, 1
  packed_4x4x16 SYMBOL(ottava_s8s8s32_4x4x16_arm_neon_in_order_fused), 0, 1, 1
  packed_4x4x16 SYMBOL(ottava_s8s8s32_pairs_4x4x16_arm_neon), 1, 0, 0
  packed_4x4x16 SYMBOL(ottava_s8s8s32_pairs_4x4x16_arm_neon_fused), 1, 1, 0
  packed_4x4x16 SYMBOL(ottava_s8s8s32_pairs_4x4x16_arm_neon_in_order), 1, 0, 1
  packed_4x4x16 SYMBOL(ottava_s8s8s32_pairs_4x4x16_arm_neon_in_order_fused), 1, 1, 1
