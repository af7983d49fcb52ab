#define PAIRS 0
#include "kernels/arm_neon/tile_4x4x16_in_order.h"

FUNCTION(ottava_s8s8s32_4x4x16_arm_neon_in_order)
  begin_packed
  cmp x5, #4
  b.ne LOCAL(edge)
  packed_tile_in_order

  edge_tiles
END_FUNCTION(ottava_s8s8s32_4x4x16_arm_neon_in_order)
