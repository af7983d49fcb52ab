// Packing for the baseline kernel of AArch64.
#ifndef OTTAVA_SRC_KERNELS_ARM_NEON_PACK_H_
#define OTTAVA_SRC_KERNELS_ARM_NEON_PACK_H_

#include "kernels/kernel.h"

namespace ottava {

void pack_s8_4x16_arm_neon(const PackArgs* args);  // 4 rows, 16 depths a step

extern const RhsLayout s8_4x16_arm_neon;

}  // namespace ottava

#endif  // OTTAVA_SRC_KERNELS_ARM_NEON_PACK_H_
