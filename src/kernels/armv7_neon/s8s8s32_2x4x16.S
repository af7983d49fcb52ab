#define PAIRS 0
#include "kernels/armv7_neon/tile_2x4x16.h"

FUNCTION(ottava_s8s8s32_2x4x16_armv7_neon)
  both_tiles
END_FUNCTION(ottava_s8s8s32_2x4x16_armv7_neon)
