// Kernels with one output stage each, as constants that a linker takes one by one: include/ottava/firmware.h names
// them, src/kernels/parts.inc says for which files.
#include "handles.h"
#include "kernels/generic/tile.h"
#if OTTAVA_BUILD_ARM_NEON
#include "kernels/arm_neon/output_stage.h"
#endif
#if OTTAVA_BUILD_CORTEXM_DSP
#include "kernels/cortexm_dsp/output_stage.h"
#include "kernels/cortexm_dsp/s8s8s32_indirect_2x4x4.h"
#endif
#if OTTAVA_BUILD_CORTEXM_MVE
#include "kernels/cortexm_mve/kernels.h"
#endif

using namespace ottava;

namespace {

constexpr uint8_t element_bytes(Stage stage) { return stage == Stage::plain_s32 || stage == Stage::scaled_f32 ? 4 : 1; }

}  // namespace

// They are C symbols that no C++ header declares.
#define OTTAVA_PART(kernel, name, ...)                                                 \
  extern "C" {                                                                         \
  extern const ottava_part ottava_part_##kernel##_##name;                              \
  const ottava_part ottava_part_##kernel##_##name = {{run_bound_matmul}, __VA_ARGS__}; \
  }

#define OTTAVA_PORTABLE_PART(stage)                   \
  OTTAVA_PART(s8s8s32_indirect_4x8x2_portable, stage, \
              {s8s8s32_indirect_4x8x2_portable,       \
               portable_##stage,                      \
               {},                                    \
               generic::kMr,                          \
               1,                                     \
               generic::kNr,                          \
               element_bytes(Stage::stage),           \
               false})
OTTAVA_PART_STAGES(OTTAVA_PORTABLE_PART)

#if OTTAVA_BUILD_ARM_NEON
extern "C" {
void ottava_s8s8s32_indirect_4x4x16_arm_neon(const TileArgs*);
void ottava_s8s8s32_pairs_indirect_4x4x16_arm_neon(const TileArgs*);
}
#define OTTAVA_NEON_PART(stage)                                                                                      \
  OTTAVA_PART(                                                                                                       \
      s8s8s32_indirect_4x4x16_arm_neon, stage,                                                                       \
      {ottava_s8s8s32_indirect_4x4x16_arm_neon, stage##_arm_neon, {}, 4, 8, 32, element_bytes(Stage::stage), false}) \
  OTTAVA_PART(s8s8s32_pairs_indirect_4x4x16_arm_neon, stage,                                                         \
              {ottava_s8s8s32_pairs_indirect_4x4x16_arm_neon,                                                        \
               stage##_arm_neon,                                                                                     \
               {},                                                                                                   \
               4,                                                                                                    \
               8,                                                                                                    \
               32,                                                                                                   \
               element_bytes(Stage::stage),                                                                          \
               false})
OTTAVA_PART_STAGES(OTTAVA_NEON_PART)
#endif

#if OTTAVA_BUILD_CORTEXM_DSP
#define OTTAVA_DSP_PART(stage, stage_function)   \
  OTTAVA_PART(                                   \
      s8s8s32_indirect_2x4x4_cortexm_dsp, stage, \
      {run_s8s8s32_indirect_2x4x4_cortexm_dsp, stage_function, {}, 2, 8, 32, element_bytes(Stage::stage), true})
OTTAVA_DSP_PART(fixed_two_roundings, fixed_two_roundings_cortexm_dsp)
OTTAVA_DSP_PART(fixed_two_roundings_saturating, fixed_two_roundings_saturating_cortexm_dsp)
OTTAVA_DSP_PART(fixed_one_rounding, fixed_one_rounding_cortexm_dsp)
#define OTTAVA_PORTABLE_DSP_PART(stage) OTTAVA_DSP_PART(stage, portable_##stage)
OTTAVA_PORTABLE_DSP_PART(fixed_one_rounding_away)
OTTAVA_PORTABLE_DSP_PART(fixed_acl_fused)
OTTAVA_PORTABLE_DSP_PART(multiply_shift_floor)
OTTAVA_PORTABLE_DSP_PART(multiply_shift_half_up)
OTTAVA_PORTABLE_DSP_PART(multiply_shift_half_away)
OTTAVA_PORTABLE_DSP_PART(float_nearest_even)
OTTAVA_PORTABLE_DSP_PART(plain_s32)
OTTAVA_PORTABLE_DSP_PART(scaled_f32)
#endif

#if OTTAVA_BUILD_CORTEXM_MVE
#define OTTAVA_MVE_PART(stage, stage_function, ...)                                                                   \
  OTTAVA_PART(s8s8s32_indirect_16x4x16_cortexm_mve, stage,                                                            \
              {s8s8s32_indirect_16x4x16_cortexm_mve, stage_function, __VA_ARGS__, kRowsCortexmMve, kPanelsCortexmMve, \
               4 * kPanelsCortexmMve, element_bytes(Stage::stage), true})
OTTAVA_MVE_PART(fixed_two_roundings, stage_fixed_two_roundings_8_cortexm_mve,
                {fused_two_roundings_cortexm_mve, false, 1, 4 * kPanelsCortexmMve})
OTTAVA_MVE_PART(fixed_one_rounding, stage_fixed_one_rounding_8_cortexm_mve,
                {fused_one_rounding_cortexm_mve, false, 1, 4 * kPanelsCortexmMve})
#define OTTAVA_PLAIN_MVE_PART(stage) OTTAVA_MVE_PART(stage, stage_##stage##_8_cortexm_mve, {})
OTTAVA_PLAIN_MVE_PART(fixed_two_roundings_saturating)
OTTAVA_PLAIN_MVE_PART(fixed_one_rounding_away)
OTTAVA_PLAIN_MVE_PART(fixed_acl_fused)
OTTAVA_PLAIN_MVE_PART(multiply_shift_floor)
OTTAVA_PLAIN_MVE_PART(multiply_shift_half_up)
OTTAVA_PLAIN_MVE_PART(multiply_shift_half_away)
OTTAVA_MVE_PART(float_nearest_even, portable_float_nearest_even, {})
OTTAVA_MVE_PART(plain_s32, stage_plain_s32_cortexm_mve, {})
OTTAVA_MVE_PART(scaled_f32, portable_scaled_f32, {})
#endif
