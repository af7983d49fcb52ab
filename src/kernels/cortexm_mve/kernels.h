// The parts of this tier by name: an image that needs one kernel and one rule links these alone, and no table of all
// stages.
#ifndef OTTAVA_SRC_KERNELS_CORTEXM_MVE_KERNELS_H_
#define OTTAVA_SRC_KERNELS_CORTEXM_MVE_KERNELS_H_

#include "kernels/depthwise.h"
#include "kernels/kernel.h"

namespace ottava {

extern const RhsLayout s8_4x16_cortexm_mve;
constexpr size_t kRowsCortexmMve = 16;
constexpr size_t kPanelsCortexmMve = 16;

// The product: accumulators to memory.
void s8s8s32_indirect_16x4x16_cortexm_mve(const TileArgs* args);

// Product and 8-bit output stage, without and with a sign flip of the lhs. They take any m, n, dst and factors.
void fused_two_roundings_cortexm_mve(const TileArgs* args, const StageArgs* stage);
void fused_two_roundings_flip_cortexm_mve(const TileArgs* args, const StageArgs* stage);
void fused_one_rounding_cortexm_mve(const TileArgs* args, const StageArgs* stage);
void fused_one_rounding_flip_cortexm_mve(const TileArgs* args, const StageArgs* stage);

// The output stages: stage_<rule>_<bits of an element>_cortexm_mve.
#define OTTAVA_MVE_STAGES(rule)                                    \
  void stage_##rule##_8_cortexm_mve(const StageArgs* stage_args);  \
  void stage_##rule##_16_cortexm_mve(const StageArgs* stage_args); \
  void stage_##rule##_32_cortexm_mve(const StageArgs* stage_args);
OTTAVA_MVE_STAGES(fixed_two_roundings)
OTTAVA_MVE_STAGES(fixed_two_roundings_saturating)
OTTAVA_MVE_STAGES(fixed_one_rounding)
OTTAVA_MVE_STAGES(fixed_one_rounding_away)
OTTAVA_MVE_STAGES(fixed_acl_fused)
OTTAVA_MVE_STAGES(multiply_shift_floor)
OTTAVA_MVE_STAGES(multiply_shift_half_up)
OTTAVA_MVE_STAGES(multiply_shift_half_away)
#undef OTTAVA_MVE_STAGES
void stage_plain_s32_cortexm_mve(const StageArgs* stage_args);
void stage_plain_s32_accumulate_cortexm_mve(const StageArgs* stage_args);

// All of them, and the portable ones where elements or factors are floats.
extern const StageTable cortexm_mve_stages;

// Depthwise, any window: the functions of depthwise_any_cortexm_mve.
size_t depthwise_packed_bytes_cortexm_mve(size_t taps, size_t channels);
void depthwise_pack_cortexm_mve(const DepthwisePackArgs* args);
void depthwise_s8_cortexm_mve(const DepthwiseArgs* args);
void depthwise_u8_cortexm_mve(const DepthwiseArgs* args);
void depthwise_s8_two_roundings_cortexm_mve(const DepthwiseArgs* args, const StageArgs* stage);
void depthwise_u8_two_roundings_cortexm_mve(const DepthwiseArgs* args, const StageArgs* stage);
void depthwise_s8_one_rounding_cortexm_mve(const DepthwiseArgs* args, const StageArgs* stage);
void depthwise_u8_one_rounding_cortexm_mve(const DepthwiseArgs* args, const StageArgs* stage);

// Depthwise, 3 x 3, 16 channels or more: the functions of depthwise_3x3s1_cortexm_mve and depthwise_3x3s2_cortexm_mve.
size_t depthwise_3x3_packed_bytes_cortexm_mve(size_t taps, size_t channels);
void depthwise_3x3_pack_cortexm_mve(const DepthwisePackArgs* args);
void depthwise_3x3_s8_cortexm_mve(const DepthwiseArgs* args);
void depthwise_3x3_u8_cortexm_mve(const DepthwiseArgs* args);
void depthwise_3x3_s8_two_roundings_cortexm_mve(const DepthwiseArgs* args, const StageArgs* stage);
void depthwise_3x3_u8_two_roundings_cortexm_mve(const DepthwiseArgs* args, const StageArgs* stage);
void depthwise_3x3_s8_one_rounding_cortexm_mve(const DepthwiseArgs* args, const StageArgs* stage);
void depthwise_3x3_u8_one_rounding_cortexm_mve(const DepthwiseArgs* args, const StageArgs* stage);

}  // namespace ottava

#endif  // OTTAVA_SRC_KERNELS_CORTEXM_MVE_KERNELS_H_
