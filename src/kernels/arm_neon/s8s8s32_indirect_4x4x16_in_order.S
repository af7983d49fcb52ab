// The kernel 4 x 4 x 16 of AArch64 without dot products that reads rows of the lhs in place, for in-order cores and
// weights of any value: s8 x s8 -> s32, up to 4 rows by the 32 channels of eight panels, 16 depths a step. Run by the
// loops over tiles for one tile; multiply.h says how it multiplies.
//
// Loops, a step of 256 MAC: one row in 99 cycles or 2.6 MAC per cycle of Cortex-A53, 66 or 3.9 of Cortex-A55; four rows
// in 96 and 65, by their dual-issue rules. Two and three rows, edges, and raw bytes that are flipped, take the loops
// for out-of-order cores.
#define PAIRS 0
#define IN_ORDER 1
#include "kernels/arm_neon/steps_in_order.h"

FUNCTION(ottava_s8s8s32_indirect_4x4x16_arm_neon_in_order)
  rows_function acc, 0, steps_in_order
END_FUNCTION(ottava_s8s8s32_indirect_4x4x16_arm_neon_in_order)

// With the output stage.
FUNCTION(ottava_s8s8s32_indirect_4x4x16_arm_neon_in_order_fused)
  rows_function stage, 1, steps_in_order
END_FUNCTION(ottava_s8s8s32_indirect_4x4x16_arm_neon_in_order_fused)
