// Packing for the AVX-512 kernels.
#ifndef OTTAVA_SRC_KERNELS_X86_AVX512VNNI_PACK_H_
#define OTTAVA_SRC_KERNELS_X86_AVX512VNNI_PACK_H_

#include "kernels/kernel.h"

namespace ottava {

void pack_u8_12x4_x86_avx512vnni(const PackArgs* args);  // 12 rows, 4 depths a step
extern const RhsLayout s8_32x4_x86_avx512vnni;

}  // namespace ottava

#endif  // OTTAVA_SRC_KERNELS_X86_AVX512VNNI_PACK_H_
