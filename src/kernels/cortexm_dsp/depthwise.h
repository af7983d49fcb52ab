// The depthwise kernel of Cortex-M cores with the DSP extension, by name for firmware that links what it calls alone.
#ifndef OTTAVA_SRC_KERNELS_CORTEXM_DSP_DEPTHWISE_H_
#define OTTAVA_SRC_KERNELS_CORTEXM_DSP_DEPTHWISE_H_

#include "kernels/depthwise.h"

namespace ottava {

void run_depthwise_s8_cortexm_dsp(const DepthwiseArgs* args);
void run_depthwise_u8_cortexm_dsp(const DepthwiseArgs* args);
size_t depthwise_bytes_cortexm_dsp(size_t taps, size_t channels);
void pack_depthwise_cortexm_dsp(const DepthwisePackArgs* args);

}  // namespace ottava

#endif  // OTTAVA_SRC_KERNELS_CORTEXM_DSP_DEPTHWISE_H_
