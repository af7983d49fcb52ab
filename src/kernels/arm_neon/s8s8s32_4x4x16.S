// The kernel 4 x 4 x 16 of AArch64 without dot products, for out-of-order cores and weights of any value: s8 x s8 ->
// s32, up to 4 rows by the 32 channels of eight panels, 16 depths a step. Run by the loops over tiles for one tile;
// multiply.h says how it multiplies.
//
// Loop: two steps, 512 MAC in 134 instructions, 64 of them SMULL and SMULL2, 64 SADALP: 64 cycles where one of each
// kind starts a cycle. 8 MAC per cycle of Cortex-A57 and Neoverse-N1, 16 of Neoverse-V1 by llvm-mca 19.
#define PAIRS 0
#define IN_ORDER 0
#include "kernels/arm_neon/tile_4x4x16.h"

FUNCTION(ottava_s8s8s32_4x4x16_arm_neon)
  packed_function acc, 0, packed_tile
END_FUNCTION(ottava_s8s8s32_4x4x16_arm_neon)

// With the output stage.
FUNCTION(ottava_s8s8s32_4x4x16_arm_neon_fused)
  packed_function stage, 1, packed_tile
END_FUNCTION(ottava_s8s8s32_4x4x16_arm_neon_fused)
