// The steps of indirect_4x4x16.h for in-order cores, of four rows and one panel or one row and four panels.
// clang-format off
#ifndef OTTAVA_SRC_KERNELS_ARM_NEON_STEPS_IN_ORDER_H_
#define OTTAVA_SRC_KERNELS_ARM_NEON_STEPS_IN_ORDER_H_

#define ROWS_IN_PLACE 1
#include "kernels/arm_neon/multiply_row_in_order.h"
#include "kernels/arm_neon/indirect_4x4x16.h"

// As steps_of_position does it; raw bytes that are to be flipped take its loop.
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

#endif  // OTTAVA_SRC_KERNELS_ARM_NEON_STEPS_IN_ORDER_H_
