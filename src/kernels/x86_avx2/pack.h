// Packing for the AVX2 kernels.
#ifndef OTTAVA_SRC_KERNELS_X86_AVX2_PACK_H_
#define OTTAVA_SRC_KERNELS_X86_AVX2_PACK_H_

#include "kernels/kernel.h"

namespace ottava {

void pack_s16_6x2_x86_avx2(const PackArgs* args);  // 6 rows, 2 depths a step
extern const RhsLayout s8_16x2_x86_avx2;

void pack_u8_6x4_x86_avx2(const PackArgs* args);  // 6 rows, 4 depths a step
extern const RhsLayout s8_16x4_x86_avx2;

}  // namespace ottava

#endif  // OTTAVA_SRC_KERNELS_X86_AVX2_PACK_H_
