// The kernels s8s8s32_indirect_4x4x16 and s8s8s32_pairs_indirect_4x4x16 of AArch64 without dot products, which read the
// rows of the lhs in place, for weights of any value and for weights without -128: s8 x s8 -> s32, up to 4 rows by the
// 32 channels of eight panels, 16 depths a step. One row takes up to four panels at once, two rows take two: each row
// is read as rarely as the accumulators allow.
//
// In which order to read: multiply_4x4x16.h, which has the picture of the vectors; below, tile_indirect_4x4x16 and
// indirect_4x4x16, which is every function of this file; in_order_4x4x16.h and in_order_1x16x16.h, the other tuning;
// epilogue_4x4x16.h.
//
//   x0  steps that are left        x6  channels that are left
//   x1, x13, x14, x15  rhs panels  x7  positions that are left
//   x2  acc. FUSED: the epilogue's x8  pointers to rows
//   x3  depth                      x9 to x12  rows
//   x4  0: acc is overwritten.     x16  bytes from one rhs panel to the next
//       FUSED: the epilogue's      x17  scratch
//   x5  rows                       x11 to x15  FUSED: the epilogue's, between products
//
// The last depths of the rows, fewer than 16, go through the stack: nothing beyond the end of a row is read. The rhs is
// zero where they stop.
//
// What the loops cost. Two steps of one row by four panels, 512 MAC in 140 instructions and without -128 in 108, four
// rows by one likewise: 8 MAC per cycle of Cortex-A57 and Neoverse-N1, as in s8s8s32_4x4x16.S. For in-order cores, by
// their dual-issue rules, a step of 256 MAC:
//
//   of any value  one row in 99 cycles or 2.6 MAC per cycle of Cortex-A53, 66 or 3.9 of Cortex-A55; four rows in 96
//                 and 65
//   without -128  one row in 75 cycles or 3.4 MAC per cycle of Cortex-A53, 59 or 4.3 of Cortex-A55; four rows in 67
//                 and 49
//
// Two and three rows, edges, and raw bytes that are flipped take the loops for out-of-order cores there.

// The stack: tails of four rows and room to read beyond them, then what is needed for each group of panels.
#define TAILS 0
#define SAVED_ROWS 80
#define SAVED_POSITIONS 88
#define SAVED_SIGN_FLIP 96
#define SAVED_PANEL 104
#define SAVED_DST 112
#define SAVED_OFFSETS 128
#define SAVED_BIASES 144  // or exponents
#define EPILOGUE_CONSTANTS 160
#define FRAME 224
#include "kernels/arm_neon/epilogue_4x4x16.h"
#define LHS_INDIRECT 1
#include "kernels/arm_neon/in_order_1x16x16.h"

.macro store_column_4x4x16 rows
  .if \rows > 1
  add x9, x11, x12
  st1 {v16.s}[1], [x9]
  .endif
  .if \rows > 2
  add x10, x11, x12, lsl #1
  st1 {v16.s}[2], [x10]
  .endif
  .if \rows > 3
  add x9, x9, x12, lsl #1
  st1 {v16.s}[3], [x9]
  .endif
  str s16, [x11], #4
.endm

// From the TileArgs at x0, and FUSED the StageArgs at x1, to the registers above.
.macro begin_indirect_4x4x16
  save_registers_4x4x16
  sub sp, sp, #FRAME
  .if FUSED
  begin_epilogue_4x4x16
  ldr x3, [x0, #TILE_DEPTH]
  .else
  ldp x2, x3, [x0, #TILE_ACC]
  .endif
  ldp x5, x6, [x0, #TILE_M]
  ldp x7, x17, [x0, #TILE_POSITIONS]
  ldr x16, [x0, #TILE_PANEL_STRIDE]
  .if !FUSED
  ldr x4, [x0, #TILE_ACCUMULATE]
  .endif
  ldp x8, x1, [x0, #TILE_LHS]
  stp x8, x7, [sp, #SAVED_ROWS]
  str x17, [sp, #SAVED_SIGN_FLIP]
.endm
.macro end_indirect_4x4x16 rows, panels
  add sp, sp, #FRAME
  restore_registers_4x4x16
  ret
  .if FUSED
  second_values_4x4x16 \rows, \panels
  .endif
.endm

.macro each_row_4x4x16 op, rows
  \op 0, x9
  .if \rows > 1
  \op 1, x10
  .endif
  .if \rows > 2
  \op 2, x11
  .endif
  .if \rows > 3
  \op 3, x12
  .endif
.endm

.macro load_in_place_4x4x16 row, from
  ldr q\row, [\from], #16
.endm
.macro load_tail_4x4x16 row, from
  ldr q\row, [x17, #\row * 16]
.endm
.macro flip_row_4x4x16 row, from
  eor v\row\().16b, v\row\().16b, v8.16b
.endm
.macro flip_rows_4x4x16 rows
  movi v8.16b, #0x80
  each_row_4x4x16 flip_row_4x4x16, \rows
.endm

// The last x17 = depth % 16 depths of each row, to the end of its place on the stack: at once where a row has 16 depths
// to read, else one by one. Leaves in x17 where load_tail_4x4x16 finds them.
.macro copy_last_16_4x4x16 row, from
  ldr q6, [\from, x17]
  str q6, [sp, #TAILS + \row * 16]
.endm
.macro copy_few_4x4x16 row, from
  add x0, sp, #TAILS + \row * 16
  sub x0, x0, x17
9:
  ldr b6, [\from], #1
  str b6, [x0], #1
  tst x0, #15
  b.ne 9b
.endm
.macro copy_tails_4x4x16 rows
  sub x17, x17, #16
  cmp x3, #16
  b.lo 7f
  each_row_4x4x16 copy_last_16_4x4x16, \rows
  b 8f
7:
  each_row_4x4x16 copy_few_4x4x16, \rows
8:
  sub x17, sp, x17
.endm

// The rows of the next position.
.macro point_at_rows_4x4x16 rows
  .if \rows == 1
  ldr x9, [x8], #8
  .elseif \rows == 2
  ldp x9, x10, [x8], #16
  .elseif \rows == 3
  ldr x11, [x8, #16]
  ldp x9, x10, [x8], #24
  .else
  ldp x11, x12, [x8, #16]
  ldp x9, x10, [x8], #32
  .endif
.endm

.macro multiply_panels_4x4x16 rows, panels
  multiply_panel_4x4x16 \rows, x1, 16, %(4 * \panels), 0
  .if \panels > 1
  multiply_panel_4x4x16 \rows, x13, 20, %(4 * \panels), 0
  .endif
  .if \panels > 2
  multiply_panel_4x4x16 \rows, x14, 24, %(4 * \panels), 0
  .endif
  .if \panels > 3
  multiply_panel_4x4x16 \rows, x15, 28, %(4 * \panels), 0
  .endif
.endm

.macro begin_panels_4x4x16 panels
  str x1, [sp, #SAVED_PANEL]
  ldp x8, x7, [sp, #SAVED_ROWS]
  .if \panels > 1
  add x13, x1, x16
  .endif
  .if \panels > 2
  add x14, x13, x16
  .endif
  .if \panels > 3
  add x15, x14, x16
  .endif
.endm
// The flags tell whether there are panels behind these.
.macro next_panels_4x4x16 panels
  ldr x1, [sp, #SAVED_PANEL]
  .rept \panels
  add x1, x1, x16
  .endr
  .if !FUSED
  add x2, x2, #16 * \panels
  .endif
  subs x6, x6, #4 * \panels
.endm

// The four accumulators of a row and a panel.
.macro zero_accumulators_4x4x16 row, panel, acc
  zero_four_4x4x16 %(\acc), %(\acc + 1), %(\acc + 2), %(\acc + 3)
.endm
.macro zero_four_4x4x16 one, two, three, four
  movi d\one, #0  // the whole register
  movi d\two, #0
  movi d\three, #0
  movi d\four, #0
.endm

// So many rows by so many panels.
.macro tile_indirect_4x4x16 rows, panels
  begin_panels_4x4x16 \panels
  each_result_4x4x16 zero_accumulators_4x4x16, \rows, \panels
2:  // a position
  point_at_rows_4x4x16 \rows
  lsr x0, x3, #4
  ldr x17, [sp, #SAVED_SIGN_FLIP]
  cbz x0, 5f
  cbnz x17, 4f
  .if IN_ORDER * \rows == 4
  begin_in_order_4x4x16 0
  subs x0, x0, #1
  b.eq 3f
  .p2align 4
1:  // a step
  step_in_order_4x4x16 1
  b.ne 1b
3:
  step_in_order_4x4x16 0
  end_in_order_4x4x16
  .elseif IN_ORDER * \panels == 4
  begin_in_order_1x16x16
  subs x0, x0, #1
  b.eq 3f
  .p2align 4
1:  // a step
  step_in_order_1x16x16 1
  b.ne 1b
3:
  step_in_order_1x16x16 0
  end_in_order_1x16x16
  .else
  tbz x0, #0, 1f
  each_row_4x4x16 load_in_place_4x4x16, \rows
  multiply_panels_4x4x16 \rows, \panels
1:
  ands x0, x0, #-2
  b.eq 5f
  .p2align 4
3:  // two steps
  each_row_4x4x16 load_in_place_4x4x16, \rows
  subs x0, x0, #2
  multiply_panels_4x4x16 \rows, \panels
  each_row_4x4x16 load_in_place_4x4x16, \rows
  multiply_panels_4x4x16 \rows, \panels
  b.ne 3b
  .endif
  b 5f
  .p2align 4
4:  // a step of raw bytes
  each_row_4x4x16 load_in_place_4x4x16, \rows
  subs x0, x0, #1
  flip_rows_4x4x16 \rows
  multiply_panels_4x4x16 \rows, \panels
  b.ne 4b
5:  // the tail
  ands x17, x3, #15
  b.eq 6f
  copy_tails_4x4x16 \rows
  each_row_4x4x16 load_tail_4x4x16, \rows
  ldr x0, [sp, #SAVED_SIGN_FLIP]
  cbz x0, 1f
  flip_rows_4x4x16 \rows
1:
  multiply_panels_4x4x16 \rows, \panels
6:
  subs x7, x7, #1
  b.ne 2b
  .if FUSED
  ldp x11, x12, [sp, #SAVED_DST]
  ldp x13, x14, [sp, #SAVED_OFFSETS]
  ldr x15, [sp, #SAVED_BIASES]
  load_channels_4x4x16 \panels
  .endif
  add_up_results_4x4x16 \rows, \panels
  .if FUSED
  epilogue_4x4x16 \rows, \panels
  .if \rows > 1 || \panels == 4
  save_epilogue_4x4x16
  .endif
  .else
  cbz x4, 1f
  each_result_4x4x16 add_acc_4x4x16, \rows, \panels
1:
  each_result_4x4x16 store_acc_4x4x16, \rows, \panels
  .endif
.endm

// Each function of this file.
.macro indirect_4x4x16 name, pairs, fused, in_order
  .set PAIRS, \pairs
  .set FUSED, \fused
  .set IN_ORDER, \in_order
  begin_function \name, \fused
  begin_indirect_4x4x16
  cmp x5, #2
  b.hi LOCAL(three_or_four_rows_\@)
  b.eq LOCAL(two_rows_\@)
LOCAL(one_row_\@):
  cmp x6, #12
  b.ls LOCAL(one_row_edge_\@)
  tile_indirect_4x4x16 1, 4
  next_panels_4x4x16 4
  b.hi LOCAL(one_row_\@)
  end_indirect_4x4x16 1, 4
LOCAL(three_or_four_rows_\@):
  cmp x5, #4
  b.ne LOCAL(three_rows_\@)
LOCAL(four_rows_\@):
  tile_indirect_4x4x16 4, 1
  next_panels_4x4x16 1
  b.hi LOCAL(four_rows_\@)
  end_indirect_4x4x16 4, 1
LOCAL(three_rows_\@):
  tile_indirect_4x4x16 3, 1
  next_panels_4x4x16 1
  b.hi LOCAL(three_rows_\@)
  end_indirect_4x4x16 3, 1
LOCAL(two_rows_\@):
  cmp x6, #4
  b.ls LOCAL(last_of_two_rows_\@)
  tile_indirect_4x4x16 2, 2
  next_panels_4x4x16 2
  b.hi LOCAL(two_rows_\@)
  end_indirect_4x4x16 2, 2
LOCAL(last_of_two_rows_\@):
  tile_indirect_4x4x16 2, 1
  end_indirect_4x4x16 2, 1
LOCAL(one_row_edge_\@):
  cmp x6, #4
  b.ls LOCAL(one_panel_\@)
  cmp x6, #8
  b.ls LOCAL(two_panels_\@)
  tile_indirect_4x4x16 1, 3
  end_indirect_4x4x16 1, 3
LOCAL(two_panels_\@):
  tile_indirect_4x4x16 1, 2
  end_indirect_4x4x16 1, 2
LOCAL(one_panel_\@):
  tile_indirect_4x4x16 1, 1
  end_indirect_4x4x16 1, 1
  end_function \name
.endm

  // name, PAIRS, FUSED, IN_ORDER
  indirect_4x4x16 SYMBOL(ottava_s8s8s32_indirect_4x4x16_arm_neon), 0, 0, 0
  indirect_4x4x16 SYMBOL(ottava_s8s8s32_indirect_4x4x16_arm_neon_fused), 0, 1, 0
  indirect_4x4x16 SYMBOL(ottava_s8s8s32_indirect_4x4x16_arm_neon_in_order), 0, 0, 1
  indirect_4x4x16 SYMBOL(ottava_s8s8s32_indirect_4x4x16_arm_neon_in_order_fused), 0, 1, 1
  indirect_4x4x16 SYMBOL(ottava_s8s8s32_pairs_indirect_4x4x16_arm_neon), 1, 0, 0
  indirect_4x4x16 SYMBOL(ottava_s8s8s32_pairs_indirect_4x4x16_arm_neon_fused), 1, 1, 0
  indirect_4x4x16 SYMBOL(ottava_s8s8s32_pairs_indirect_4x4x16_arm_neon_in_order), 1, 0, 1
  indirect_4x4x16 SYMBOL(ottava_s8s8s32_pairs_indirect_4x4x16_arm_neon_in_order_fused), 1, 1, 1
