// The kernel of AArch64 without dot products, for out-of-order cores and weights without -128: s8 x s8 -> s32, a tile of
// 4 x 4, 16 depths a step, in up to four panels of the rhs one after the other.
//
#define PAIRS 1
#include "kernels/arm_neon/tile_4x4x16.h"

FUNCTION(ottava_s8s8s32_pairs_4x4x16_arm_neon)
  begin_packed
  cmp x5, #4
  b.ne LOCAL(edge)
  packed_tile 4

  edge_tiles
END_FUNCTION(ottava_s8s8s32_pairs_4x4x16_arm_neon)
