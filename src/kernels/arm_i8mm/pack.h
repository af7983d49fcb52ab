// Packing for the kernels of AArch64 with 8-bit matrix products.
#ifndef OTTAVA_SRC_KERNELS_ARM_I8MM_PACK_H_
#define OTTAVA_SRC_KERNELS_ARM_I8MM_PACK_H_

#include "kernels/kernel.h"

namespace ottava {

void pack_s8_8x8_arm_i8mm(const PackArgs* args);  // 8 rows, 8 depths a step

extern const RhsLayout s8_8x8_arm_i8mm;

}  // namespace ottava

#endif  // OTTAVA_SRC_KERNELS_ARM_I8MM_PACK_H_
