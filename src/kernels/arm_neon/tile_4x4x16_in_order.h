// The full tile of the packed kernels of 4 x 4 x 16 for in-order cores: multiply_in_order.h between the entry and exit
// of tile_4x4x16.h.
// clang-format off
#ifndef OTTAVA_SRC_KERNELS_ARM_NEON_TILE_4X4X16_IN_ORDER_H_
#define OTTAVA_SRC_KERNELS_ARM_NEON_TILE_4X4X16_IN_ORDER_H_

#define ROWS_IN_PLACE 0
#include "kernels/arm_neon/multiply_in_order.h"
#include "kernels/arm_neon/tile_4x4x16.h"

.macro packed_tile_in_order rows, kind
1:
  mov x9, x0
  mov x10, x1
  subs x8, x3, #1
  b.lo 5f
  begin_steps_and_accumulators
  b.eq 3f
  .p2align 3
2:
  step_in_order 1
  b.ne 2b
3:
  step_in_order 0
  .if FINISHING
  end_steps load_offsets
  .else
  end_steps
  .endif
  end_panel 4, 1b, 1
  end_full_tile \kind, 1b
5:
  panel_without_depth 4
  add_to_acc 4
.endm

#endif  // OTTAVA_SRC_KERNELS_ARM_NEON_TILE_4X4X16_IN_ORDER_H_
