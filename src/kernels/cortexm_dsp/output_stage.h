// Output stages to 8 bits in the multiplications of the DSP extension, each by itself for firmware that links what it
// calls alone. The others of the table are the portable ones.
#ifndef OTTAVA_SRC_KERNELS_CORTEXM_DSP_OUTPUT_STAGE_H_
#define OTTAVA_SRC_KERNELS_CORTEXM_DSP_OUTPUT_STAGE_H_

#include "output/stage.h"

namespace ottava {

void fixed_two_roundings_cortexm_dsp(const StageArgs* args);
void fixed_two_roundings_saturating_cortexm_dsp(const StageArgs* args);
void fixed_one_rounding_cortexm_dsp(const StageArgs* args);

extern const StageTable cortexm_dsp_stages;

}  // namespace ottava

#endif  // OTTAVA_SRC_KERNELS_CORTEXM_DSP_OUTPUT_STAGE_H_
