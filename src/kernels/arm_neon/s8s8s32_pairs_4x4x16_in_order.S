// The kernel 4 x 4 x 16 of AArch64 without dot products, for in-order cores and weights without -128: s8 x s8 -> s32,
// up to 4 rows by the 32 channels of eight panels, 16 depths a step. Run by the loops over tiles for one tile;
// multiply.h says how it multiplies.
//
// Loop: a step, 256 MAC in 69 instructions: 67 cycles or 3.8 MAC per cycle of Cortex-A53, 50 cycles or 5.1 of
// Cortex-A55 by their dual-issue rules. What multiplies and adds alone takes 64 and 48.
#define PAIRS 1
#define IN_ORDER 1
#include "kernels/arm_neon/tile_4x4x16_in_order.h"

FUNCTION(ottava_s8s8s32_pairs_4x4x16_arm_neon_in_order)
  packed_function acc, 0, packed_tile_in_order
END_FUNCTION(ottava_s8s8s32_pairs_4x4x16_arm_neon_in_order)

// With the output stage.
FUNCTION(ottava_s8s8s32_pairs_4x4x16_arm_neon_in_order_fused)
  packed_function stage, 1, packed_tile_in_order
END_FUNCTION(ottava_s8s8s32_pairs_4x4x16_arm_neon_in_order_fused)
