// Packing for the kernels of 32-bit Arm.
#ifndef OTTAVA_SRC_KERNELS_ARMV7_NEON_PACK_H_
#define OTTAVA_SRC_KERNELS_ARMV7_NEON_PACK_H_

#include "kernels/kernel.h"

namespace ottava {

void pack_s8_2x16_armv7_neon(const PackArgs* args);  // 2 rows, 16 depths a step
void pack_s8_4x16_armv7_neon(const PackArgs* args);  // 4 rows, 16 depths a step

extern const RhsLayout s8_4x16_armv7_neon;

}  // namespace ottava

#endif  // OTTAVA_SRC_KERNELS_ARMV7_NEON_PACK_H_
