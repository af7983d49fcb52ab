// The kernel of Cortex-M cores with the DSP extension, by name for firmware that links what it calls alone.
#ifndef OTTAVA_SRC_KERNELS_CORTEXM_DSP_S8S8S32_INDIRECT_2X4X4_H_
#define OTTAVA_SRC_KERNELS_CORTEXM_DSP_S8S8S32_INDIRECT_2X4X4_H_

#include "kernels/kernel.h"

namespace ottava {

// Indirect form, s8 lhs, bias-initialized; tiles of 2 rows by the channels of 8 panels.
void run_s8s8s32_indirect_2x4x4_cortexm_dsp(const TileArgs* args);

extern const RhsLayout s8_4x4_cortexm_dsp;

}  // namespace ottava

#endif  // OTTAVA_SRC_KERNELS_CORTEXM_DSP_S8S8S32_INDIRECT_2X4X4_H_
