// The kernel 4 x 4 x 16 of AArch64 without dot products that reads rows of the lhs in place, for out-of-order cores and
// weights without -128: s8 x s8 -> s32, up to 4 rows by the 32 channels of eight panels, 16 depths a step. Run by the
// loops over tiles for one tile; multiply.h says how it multiplies.
//
// Loops: one row, two steps, 512 MAC in 108 instructions; four rows likewise. 8 MAC per cycle of Cortex-A57 and
// Neoverse-N1 as in s8s8s32_pairs_4x4x16.S.
#define PAIRS 1
#define IN_ORDER 0
#include "kernels/arm_neon/indirect_4x4x16.h"

FUNCTION(ottava_s8s8s32_pairs_indirect_4x4x16_arm_neon)
  rows_function acc, 0, steps_of_position
END_FUNCTION(ottava_s8s8s32_pairs_indirect_4x4x16_arm_neon)

// With the output stage.
FUNCTION(ottava_s8s8s32_pairs_indirect_4x4x16_arm_neon_fused)
  rows_function stage, 1, steps_of_position
END_FUNCTION(ottava_s8s8s32_pairs_indirect_4x4x16_arm_neon_fused)
