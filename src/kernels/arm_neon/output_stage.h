// The output stages of the AArch64 tiers: dotprod and i8mm have nothing to add to Advanced SIMD here.
#ifndef OTTAVA_SRC_KERNELS_ARM_NEON_OUTPUT_STAGE_H_
#define OTTAVA_SRC_KERNELS_ARM_NEON_OUTPUT_STAGE_H_

#include "output/quantize.h"
#include "output/stage.h"

namespace ottava {

extern const StageTable arm_neon_stages;
extern const QuantizeTable arm_neon_quantize;

// Those to 8 bits, s32 and f32 by name, for images that link one alone.
#define OTTAVA_DECLARE_STAGE(name) void name##_arm_neon(const StageArgs* args);
OTTAVA_PART_STAGES(OTTAVA_DECLARE_STAGE)
#undef OTTAVA_DECLARE_STAGE

}  // namespace ottava

#endif  // OTTAVA_SRC_KERNELS_ARM_NEON_OUTPUT_STAGE_H_
