// What the kernels of 4 x 4 x 16 that read the rows of the lhs in place share: entry, exit and tails, and the tiles in
// an order that suits out-of-order cores. One row takes up to four panels at once, two rows take two: each row is read
// as rarely as the accumulators allow.
//
//   x0  steps that are left        x6  channels that are left
//   x1, x13, x14, x15  rhs panels  x7  positions that are left
//   x2  acc. FINISHING: finish.h   x8  pointers to rows
//   x3  depth                      x9 to x12  rows
//   x4  0: acc is overwritten.     x16  bytes from one rhs panel to the next
//   x5  rows                       x17  scratch
//       FINISHING: see finish.h
//   vectors    see multiply.h
//
// The last depths of the rows, fewer than 16, go through the stack: nothing beyond the end of a row is read. The rhs is
// zero where they stop.
// clang-format off
#ifndef OTTAVA_SRC_KERNELS_ARM_NEON_ROWS_4X4X16_H_
#define OTTAVA_SRC_KERNELS_ARM_NEON_ROWS_4X4X16_H_

#define FINISH_CONSTANTS 160  // of the stack below
#include "kernels/arm_neon/finish.h"
#include "kernels/arm_neon/multiply.h"

// The stack: tails of four rows and room to read beyond them, then what is needed for each group of panels.
#define TAILS 0
#define SAVED_ROWS 80
#define SAVED_POSITIONS 88
#define SAVED_FLIP 96
#define SAVED_PANEL 104
#define SAVED_DST 112
#define SAVED_OFFSETS 128
#define SAVED_BIASES 144
#define ROWS_FRAME 224

// The registers of finish.h, which are those of rows and panels until these have been multiplied.
.macro keep_stage
  stp x11, x12, [sp, #SAVED_DST]
  stp x13, x14, [sp, #SAVED_OFFSETS]
  str x15, [sp, #SAVED_BIASES]
.endm
.macro fetch_stage
  ldp x11, x12, [sp, #SAVED_DST]
  ldp x13, x14, [sp, #SAVED_OFFSETS]
  ldr x15, [sp, #SAVED_BIASES]
.endm

.macro store_column rows
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

.macro begin_rows
  save_registers
  sub sp, sp, #ROWS_FRAME
  .if FINISHING
  begin_finishing
  keep_stage
  .endif
  .if FINISHING
  ldr x3, [x0, #TILE_DEPTH]
  .else
  ldp x2, x3, [x0, #TILE_ACC]
  .endif
  ldp x5, x6, [x0, #TILE_M]
  ldp x7, x17, [x0, #TILE_POSITIONS]
  ldr x16, [x0, #TILE_PANEL_STRIDE]
  .if !FINISHING
  ldr x4, [x0, #TILE_ACCUMULATE]
  .endif
  ldp x8, x1, [x0, #TILE_LHS]
  stp x8, x7, [sp, #SAVED_ROWS]
  str x17, [sp, #SAVED_FLIP]
.endm

.macro end_rows
  add sp, sp, #ROWS_FRAME
  restore_registers
  ret
.endm

.macro each_of_rows op, rows
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

.macro load_in_place row, from
  ldr q\row, [\from], #16
.endm
.macro load_tail row, from
  ldr q\row, [x17, #\row * 16]
.endm
.macro flip_row row, from
  eor v\row\().16b, v\row\().16b, v8.16b
.endm
.macro flip_rows rows
  movi v8.16b, #0x80
  each_of_rows flip_row, \rows
.endm

// The rows of the next position.
.macro point_at_rows rows
  .if \rows == 1
  ldr x9, [x8], #8
  .endif
  .if \rows == 2
  ldp x9, x10, [x8], #16
  .endif
  .if \rows == 3
  ldr x11, [x8, #16]
  ldp x9, x10, [x8], #24
  .endif
  .if \rows == 4
  ldp x11, x12, [x8, #16]
  ldp x9, x10, [x8], #32
  .endif
.endm

// The last x17 = depth % 16 depths of each row, to the end of its place on the stack: at once where a row has 16 depths
// to read, else one by one. Leaves in x17 where load_tail finds them.
.macro copy_last_16 row, from
  ldr q6, [\from, x17]
  str q6, [sp, #TAILS + \row * 16]
.endm
.macro copy_few row, from
  add x0, sp, #TAILS + \row * 16
  sub x0, x0, x17
9:
  ldr b6, [\from], #1
  str b6, [x0], #1
  tst x0, #15
  b.ne 9b
.endm
.macro copy_tails rows
  sub x17, x17, #16
  cmp x3, #16
  b.lo 7f
  each_of_rows copy_last_16, \rows
  b 8f
7:
  each_of_rows copy_few, \rows
8:
  sub x17, sp, x17
.endm

.macro multiply_panels rows, panels
  multiply_panel \rows, x1, 16, %(4 * \panels), 0
  .if \panels > 1
  multiply_panel \rows, x13, 20, %(4 * \panels), 0
  .endif
  .if \panels > 2
  multiply_panel \rows, x14, 24, %(4 * \panels), 0
  .endif
  .if \panels > 3
  multiply_panel \rows, x15, 28, %(4 * \panels), 0
  .endif
.endm

.macro begin_panels panels
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

// To the panels behind these; the flags tell whether there are any.
.macro next_panels panels
  ldr x1, [sp, #SAVED_PANEL]
  .rept \panels
  add x1, x1, x16
  .endr
  .if !FINISHING
  add x2, x2, #16 * \panels
  .endif
  subs x6, x6, #4 * \panels
.endm

// Full steps of a position: two by two at 3, or where raw bytes are flipped at 4. Then at 5 its tail.
.macro steps_of_position rows, panels
  ldr x17, [sp, #SAVED_FLIP]
  cbz x0, 5f
  cbnz x17, 4f
  tbz x0, #0, 1f
  each_of_rows load_in_place, \rows
  multiply_panels \rows, \panels
1:
  ands x0, x0, #-2
  b.eq 5f
  .p2align 4
3:
  each_of_rows load_in_place, \rows
  subs x0, x0, #2
  multiply_panels \rows, \panels
  each_of_rows load_in_place, \rows
  multiply_panels \rows, \panels
  b.ne 3b
  b 5f
  .p2align 4
4:
  each_of_rows load_in_place, \rows
  subs x0, x0, #1
  flip_rows \rows
  multiply_panels \rows, \panels
  b.ne 4b
.endm

.macro rows_tile rows, panels, steps=steps_of_position
  begin_panels \panels
  each_result zero_accumulators, \rows, \panels
2:
  point_at_rows \rows
  lsr x0, x3, #4
  \steps \rows, \panels
5:
  ands x17, x3, #15
  b.eq 6f
  copy_tails \rows
  each_of_rows load_tail, \rows
  ldr x0, [sp, #SAVED_FLIP]
  cbz x0, 1f
  flip_rows \rows
1:
  multiply_panels \rows, \panels
6:
  subs x7, x7, #1
  b.ne 2b
  end_tile \rows, \panels
.endm
.macro end_tile rows, panels
  .if FINISHING
  fetch_stage
  load_channels \panels
  .endif
  add_up_results \rows, \panels
  .if FINISHING
  finish_results \rows, \panels
  .if \rows > 1 || \panels == 4
  keep_stage
  .endif
  .else
  cbz x4, 1f
  each_result add_acc, \rows, \panels
1:
  each_result store_result, \rows, \panels
  .endif
.endm

// A whole function; its labels end in \kind. \steps multiplies four rows, and one row by four panels.
.macro rows_function kind, finishing, steps
  .set FINISHING, \finishing
  begin_rows
  cmp x5, #2
  b.hi LOCAL(three_or_four_rows_)\kind
  b.eq LOCAL(two_rows_)\kind
LOCAL(one_row_)\kind:
  cmp x6, #12
  b.ls LOCAL(one_row_edge_)\kind
  rows_tile 1, 4, \steps
  next_panels 4
  b.hi LOCAL(one_row_)\kind
  end_rows
LOCAL(three_or_four_rows_)\kind:
  cmp x5, #4
  b.ne LOCAL(three_rows_)\kind
LOCAL(four_rows_)\kind:
  rows_tile 4, 1, \steps
  next_panels 1
  b.hi LOCAL(four_rows_)\kind
  end_rows
LOCAL(three_rows_)\kind:
  rows_tile 3, 1
  next_panels 1
  b.hi LOCAL(three_rows_)\kind
  end_rows
LOCAL(two_rows_)\kind:
  cmp x6, #4
  b.ls LOCAL(last_of_two_rows_)\kind
  rows_tile 2, 2
  next_panels 2
  b.hi LOCAL(two_rows_)\kind
  end_rows
LOCAL(last_of_two_rows_)\kind:
  rows_tile 2, 1
  end_rows
LOCAL(one_row_edge_)\kind:
  cmp x6, #4
  b.ls LOCAL(one_panel_)\kind
  cmp x6, #8
  b.ls LOCAL(two_panels_)\kind
  rows_tile 1, 3
  end_rows
LOCAL(two_panels_)\kind:
  rows_tile 1, 2
  end_rows
LOCAL(one_panel_)\kind:
  rows_tile 1, 1
  end_rows
.endm

#endif  // OTTAVA_SRC_KERNELS_ARM_NEON_ROWS_4X4X16_H_
