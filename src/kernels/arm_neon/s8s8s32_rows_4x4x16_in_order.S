#define PAIRS 0
#define ROWS_IN_PLACE 1
#define SAVES_REGISTERS 1
#include "kernels/arm_neon/multiply_row_in_order.h"
#include "kernels/arm_neon/rows_4x4x16.h"

// As steps_of_tap does it; raw bytes that are to be flipped take its loop.
.macro steps_in_order rows, panels
  ldr x17, [sp, #SAVED_FLIP]
  cbz x0, 5f
  cbnz x17, 4f
  .if \rows == 4
  begin_steps
  .else
  begin_row_steps
  .endif
  subs x0, x0, #1
  b.eq 3f
  .p2align 4
1:
  .if \rows == 4
  step_in_order 1
  .else
  row_step_in_order 1
  .endif
  b.ne 1b
3:
  .if \rows == 4
  step_in_order 0
  end_steps
  .else
  row_step_in_order 0
  end_row_steps
  .endif
  b 5f
  .p2align 4
4:
  each_of_rows load_in_place, \rows
  subs x0, x0, #1
  flip_rows \rows
  multiply_panels \rows, \panels
  b.ne 4b
.endm

FUNCTION(ottava_s8s8s32_rows_4x4x16_arm_neon_in_order)
  save_registers
  begin_rows
  cmp x5, #2
  b.hi LOCAL(three_or_four_rows)
  b.eq LOCAL(two_rows)
  cmp x6, #12
  b.ls LOCAL(one_row_edge)
  rows_tile 1, 4, steps_in_order
  end_rows
LOCAL(three_or_four_rows):
  cmp x5, #4
  b.ne LOCAL(three_rows)
LOCAL(four_rows):
  rows_tile 4, 1, steps_in_order
  next_panels 1
  b.hi LOCAL(four_rows)
  end_rows

  two_or_three_rows
  fewer_panels_of_one_row
END_FUNCTION(ottava_s8s8s32_rows_4x4x16_arm_neon_in_order)
