// Packing for the AVX-VNNI kernels.
#ifndef OTTAVA_SRC_KERNELS_X86_AVXVNNI_PACK_H_
#define OTTAVA_SRC_KERNELS_X86_AVXVNNI_PACK_H_

#include "kernels/kernel.h"

namespace ottava {

void pack_u8_6x4_x86_avxvnni(const PackArgs* args);  // 6 rows, 4 depths a step
extern const RhsLayout s8_16x4_x86_avxvnni;

}  // namespace ottava

#endif  // OTTAVA_SRC_KERNELS_X86_AVXVNNI_PACK_H_
