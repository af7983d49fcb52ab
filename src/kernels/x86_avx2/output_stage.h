// The AVX2 output stages, 8 lanes.
#ifndef OTTAVA_SRC_KERNELS_X86_AVX2_OUTPUT_STAGE_H_
#define OTTAVA_SRC_KERNELS_X86_AVX2_OUTPUT_STAGE_H_

#include "output/quantize.h"
#include "output/stage.h"

namespace ottava {

OTTAVA_HIDDEN extern const StageTable x86_avx2_stages;
extern const QuantizeTable x86_avx2_quantize;

}  // namespace ottava

#endif  // OTTAVA_SRC_KERNELS_X86_AVX2_OUTPUT_STAGE_H_
