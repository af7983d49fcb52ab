// The AVX-512 output stages, 16 lanes.
#ifndef OTTAVA_SRC_KERNELS_X86_AVX512VNNI_OUTPUT_STAGE_H_
#define OTTAVA_SRC_KERNELS_X86_AVX512VNNI_OUTPUT_STAGE_H_

#include "output/quantize.h"
#include "output/stage.h"

namespace ottava {

OTTAVA_HIDDEN extern const StageTable x86_avx512vnni_stages;
extern const QuantizeTable x86_avx512vnni_quantize;

// LookUpFn, for CPUs that have AVX512-VBMI.
void look_up_x86_avx512vbmi(const uint8_t* table, uint8_t* bytes, size_t count);

}  // namespace ottava

#endif  // OTTAVA_SRC_KERNELS_X86_AVX512VNNI_OUTPUT_STAGE_H_
