// The kernel 2 x 4 x 16 of 32-bit Arm with NEON for weights without -128: s8 x s8 -> s32, up to 2 rows by the 32
// channels of eight panels, 16 depths a step. Run by the loops over tiles for one tile; tile_2x4x16.h says how it
// multiplies.
//
// Loop: a step, 128 MAC in 29 instructions, 16 of them VMULL and VMLAL, 8 VPADAL: 16 cycles where one of the former
// starts a cycle. 8 MAC per cycle in the Cortex-A57 model of llvm-mca 19.
#define PAIRS 1
#include "kernels/armv7_neon/tile_2x4x16.h"

FUNCTION(ottava_s8s8s32_pairs_2x4x16_armv7_neon)
  both_tiles 0
END_FUNCTION(ottava_s8s8s32_pairs_2x4x16_armv7_neon)

// With the output stage.
FUNCTION(ottava_s8s8s32_pairs_2x4x16_armv7_neon_fused)
  both_tiles 1
END_FUNCTION(ottava_s8s8s32_pairs_2x4x16_armv7_neon_fused)
