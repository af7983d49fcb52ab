// The vector operations behind the output stages of Arm's M profile with Helium: four lanes of integers. The stages
// themselves are in output/vector_stage.h. Those whose factors or elements are floats are the portable ones: not every
// core with Helium has float vectors, and a core without any has no float unit that these could lose to.
#if !defined(__ARM_FEATURE_MVE)
#error "cortexm_mve/output_stage.cpp is code for Arm's M profile with MVE: compile it with -mcpu=cortex-m55"
#endif

#include <arm_mve.h>

#include "kernels/cortexm_mve/kernels.h"
#include "output/vector_stage.h"

namespace ottava {
namespace {

struct Mve {
  using I = int32x4_t;
  using F = float;  // none
  static constexpr size_t lanes = 4;

  static OTTAVA_INLINE I load(const int32_t* from) { return vldrwq_s32(from); }
  // Stored as bytes: Helium's stores want their elements aligned, and dst has any alignment.
  static OTTAVA_INLINE void store_8(uint8_t* to, I x) { vstrbq_s32(reinterpret_cast<int8_t*>(to), x); }
  static OTTAVA_INLINE void store_16(uint8_t* to, I x) {
    int16_t elements[lanes];
    vstrhq_s32(elements, x);
    __builtin_memcpy(to, elements, sizeof elements);
  }
  static OTTAVA_INLINE void store_32(uint8_t* to, I x) { vstrbq_u8(to, vreinterpretq_u8_s32(x)); }

  static OTTAVA_INLINE I broadcast(int32_t x) { return vdupq_n_s32(x); }
  static OTTAVA_INLINE I add(I a, I b) { return vaddq_s32(a, b); }
  static OTTAVA_INLINE I subtract(I a, I b) { return vsubq_s32(a, b); }
  static OTTAVA_INLINE I multiply(I a, I b) { return vmulq_s32(a, b); }
  static OTTAVA_INLINE I min(I a, I b) { return vminq_s32(a, b); }
  static OTTAVA_INLINE I max(I a, I b) { return vmaxq_s32(a, b); }

  static OTTAVA_INLINE I shift_left(I x, I s) { return vshlq_s32(x, s); }
  static OTTAVA_INLINE I shift_right(I x, I s) { return vshlq_s32(x, vnegq_s32(s)); }
  static OTTAVA_INLINE I shift_left_saturating(I x, I s) { return vqshlq_s32(x, s); }
  static OTTAVA_INLINE I multiply_high_rounded(I a, I b) { return vqrdmulhq_s32(a, b); }
  static OTTAVA_INLINE I multiply_high_floor(I a, I b) { return vqdmulhq_s32(a, b); }
  // The rounding shift rounds half up. Of a negative x less 1 that is half away from zero, if there is a shift: -s is
  // negative then. The smallest x has no half to round.
  static OTTAVA_INLINE I divide_half_away(I x, I s) {
    const I right = vnegq_s32(s);
    return vrshlq_s32(vqaddq_s32(x, vshrq_n_s32(vandq_s32(x, right), 31)), right);
  }
  static OTTAVA_INLINE I divide_half_up(I x, I s) { return vrshlq_s32(x, vnegq_s32(s)); }
  static OTTAVA_INLINE I absolute(I x) { return vabsq_s32(x); }
  static OTTAVA_INLINE I top_bit(I x) { return vreinterpretq_s32_u32(vshrq_n_u32(vreinterpretq_u32_s32(x), 31)); }
  static OTTAVA_INLINE I half_of_unsigned(I x) {
    return vreinterpretq_s32_u32(vshrq_n_u32(vreinterpretq_u32_s32(x), 1));
  }
  static OTTAVA_INLINE I with_sign_of(I x, I y) {
    const I sign = vshrq_n_s32(x, 31);
    return vsubq_s32(veorq_s32(y, sign), sign);
  }
};

void run_portable_f32_accumulate(const StageArgs* args) {
  portable_stages.run[static_cast<size_t>(Stage::scaled_f32_accumulate)](args);
}
void run_portable_float_16(const StageArgs* args) {
  portable_stages.run_s16[static_cast<size_t>(Stage::float_nearest_even)](args);
}
void run_portable_float_32(const StageArgs* args) { run_portable_stage_s32(Stage::float_nearest_even, args); }

}  // namespace

#define OTTAVA_MVE_STAGE(rule, Rule, bits)                                \
  void stage_##rule##_##bits##_cortexm_mve(const StageArgs* stage_args) { \
    run_vector_stage<Mve, Fixed<Mve, Rule, bits / 8>>(stage_args);        \
  }
#define OTTAVA_PORTABLE_STAGE_32(rule) \
  void stage_##rule##_32_cortexm_mve(const StageArgs* stage_args) { run_portable_stage_s32(Stage::rule, stage_args); }
#define OTTAVA_MVE_STAGES_8_16(rule, Rule) OTTAVA_MVE_STAGE(rule, Rule, 8) OTTAVA_MVE_STAGE(rule, Rule, 16)
#define OTTAVA_MVE_STAGES(rule, Rule) OTTAVA_MVE_STAGES_8_16(rule, Rule) OTTAVA_MVE_STAGE(rule, Rule, 32)

OTTAVA_MVE_STAGES(fixed_two_roundings, TwoRoundings)
OTTAVA_MVE_STAGES(fixed_two_roundings_saturating, TwoRoundingsSaturating)
OTTAVA_MVE_STAGES_8_16(fixed_one_rounding, OneRounding)
OTTAVA_PORTABLE_STAGE_32(fixed_one_rounding)
OTTAVA_MVE_STAGES_8_16(fixed_one_rounding_away, OneRoundingAway)
OTTAVA_PORTABLE_STAGE_32(fixed_one_rounding_away)
OTTAVA_MVE_STAGES(fixed_acl_fused, AclFused)
OTTAVA_MVE_STAGES(multiply_shift_floor, MultiplyShiftFloor)
OTTAVA_MVE_STAGES(multiply_shift_half_up, MultiplyShiftHalfUp)
OTTAVA_MVE_STAGES(multiply_shift_half_away, MultiplyShiftHalfAway)

void stage_plain_s32_cortexm_mve(const StageArgs* stage_args) {
  run_vector_stage<Mve, PlainS32<Mve, false>>(stage_args);
}
void stage_plain_s32_accumulate_cortexm_mve(const StageArgs* stage_args) {
  run_vector_stage<Mve, PlainS32<Mve, true>>(stage_args);
}

// In the order of Stage.
#define OTTAVA_REQUANTIZING_STAGES(bits)                                                                     \
  stage_fixed_two_roundings_##bits##_cortexm_mve, stage_fixed_two_roundings_saturating_##bits##_cortexm_mve, \
      stage_fixed_one_rounding_##bits##_cortexm_mve, stage_fixed_one_rounding_away_##bits##_cortexm_mve,     \
      stage_fixed_acl_fused_##bits##_cortexm_mve, stage_multiply_shift_floor_##bits##_cortexm_mve,           \
      stage_multiply_shift_half_up_##bits##_cortexm_mve, stage_multiply_shift_half_away_##bits##_cortexm_mve

extern const StageTable cortexm_mve_stages = {
    Mve::lanes,
    {OTTAVA_REQUANTIZING_STAGES(8), portable_float_nearest_even, stage_plain_s32_cortexm_mve, portable_scaled_f32,
     stage_plain_s32_accumulate_cortexm_mve, run_portable_f32_accumulate},
    {OTTAVA_REQUANTIZING_STAGES(16), run_portable_float_16},
    {OTTAVA_REQUANTIZING_STAGES(32), run_portable_float_32},
    portable_addition,
};

}  // namespace ottava
