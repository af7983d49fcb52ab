// The output stages of 32-bit Arm with NEON.
#ifndef OTTAVA_SRC_KERNELS_ARMV7_NEON_OUTPUT_STAGE_H_
#define OTTAVA_SRC_KERNELS_ARMV7_NEON_OUTPUT_STAGE_H_

#include "output/quantize.h"
#include "output/stage.h"

namespace ottava {

extern const StageTable armv7_neon_stages;
extern const QuantizeTable armv7_neon_quantize;

}  // namespace ottava

#endif  // OTTAVA_SRC_KERNELS_ARMV7_NEON_OUTPUT_STAGE_H_
