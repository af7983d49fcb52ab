// The AVX-512 output stages, 16 lanes.
#ifndef OTTAVA_SRC_KERNELS_X86_AVX512VNNI_OUTPUT_STAGE_H_
#define OTTAVA_SRC_KERNELS_X86_AVX512VNNI_OUTPUT_STAGE_H_

#include "output/stage.h"

namespace ottava {

extern const StageTable x86_avx512vnni_stages;

}  // namespace ottava

#endif  // OTTAVA_SRC_KERNELS_X86_AVX512VNNI_OUTPUT_STAGE_H_
