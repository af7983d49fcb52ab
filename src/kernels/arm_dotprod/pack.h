// Packing for the kernels of AArch64 with dot products.
#ifndef OTTAVA_SRC_KERNELS_ARM_DOTPROD_PACK_H_
#define OTTAVA_SRC_KERNELS_ARM_DOTPROD_PACK_H_

#include "kernels/kernel.h"

namespace ottava {

void pack_s8_8x4_arm_dotprod(const PackArgs* args);  // 8 rows, 4 depths a step
void pack_s8_12x4_arm_dotprod(const PackArgs* args);

extern const RhsLayout s8_12x4_arm_dotprod;

}  // namespace ottava

#endif  // OTTAVA_SRC_KERNELS_ARM_DOTPROD_PACK_H_
