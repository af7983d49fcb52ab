// The vector operations behind the output stages of 32-bit Arm: four lanes of NEON. The stages
// themselves are in output/vector_stage.h; they run after a kernel has left its tile in acc.
//
// 32-bit NEON replaces denormal floats by zero, whatever the caller's floating-point mode. Rounding to
// an integer cannot tell the two apart, so float_nearest_even runs here; scaled_f32 hands floats out
// and is left to the scalar unit, which computes as IEEE 754 demands.
#if !defined(__arm__) || !defined(__ARM_NEON)
#error "armv7_neon/output_stage.cpp is code for 32-bit Arm: compile it with -march=armv7-a -mfpu=neon"
#endif

#include "kernels/armv7_neon/output_stage.h"

#include <arm_neon.h>

#include "output/vector_stage.h"

namespace ottava {
namespace {

struct Neon {
  using I = int32x4_t;
  using F = float32x4_t;
  static constexpr size_t lanes = 4;

  static OTTAVA_INLINE I load(const int32_t* from) { return vld1q_s32(from); }
  static OTTAVA_INLINE F load_f32(const float* from) { return vld1q_f32(from); }
  // Stored as bytes, because dst has any alignment.
  static OTTAVA_INLINE void store_32(uint8_t* to, I x) { vst1q_u8(to, vreinterpretq_u8_s32(x)); }
  static OTTAVA_INLINE void store_8(uint8_t* to, I x) {
    const int16x4_t halves = vmovn_s32(x);
    const int8x8_t bytes = vmovn_s16(vcombine_s16(halves, halves));
    const uint32_t word = vget_lane_u32(vreinterpret_u32_s8(bytes), 0);
    __builtin_memcpy(to, &word, sizeof word);
  }

  static OTTAVA_INLINE I broadcast(int32_t x) { return vdupq_n_s32(x); }
  static OTTAVA_INLINE F broadcast_f32(float x) { return vdupq_n_f32(x); }
  static OTTAVA_INLINE I add(I a, I b) { return vaddq_s32(a, b); }
  static OTTAVA_INLINE I subtract(I a, I b) { return vsubq_s32(a, b); }
  static OTTAVA_INLINE I multiply(I a, I b) { return vmulq_s32(a, b); }
  static OTTAVA_INLINE I min(I a, I b) { return vminq_s32(a, b); }
  static OTTAVA_INLINE I max(I a, I b) { return vmaxq_s32(a, b); }

  static OTTAVA_INLINE I shift_left(I x, I s) { return vshlq_s32(x, s); }
  static OTTAVA_INLINE I shift_left_saturating(I x, I s) { return vqshlq_s32(x, s); }
  static OTTAVA_INLINE I multiply_high_rounded(I a, I b) { return vqrdmulhq_s32(a, b); }
  static OTTAVA_INLINE I multiply_high_floor(I a, I b) { return vqdmulhq_s32(a, b); }
  // The rounding shift rounds half up: of the magnitude that is half away from zero. The magnitude is
  // unsigned, so INT32_MIN has one; taking the sign out and putting it back is the same operation.
  static OTTAVA_INLINE I divide_half_away(I x, I s) {
    const I sign = vshrq_n_s32(x, 31);
    const uint32x4_t magnitude = vreinterpretq_u32_s32(vabsq_s32(x));
    const I quotient = vreinterpretq_s32_u32(vrshlq_u32(magnitude, vnegq_s32(s)));
    return vsubq_s32(veorq_s32(quotient, sign), sign);
  }
  static OTTAVA_INLINE I divide_half_up(I x, I s) { return vrshlq_s32(x, vnegq_s32(s)); }

  static OTTAVA_INLINE F to_f32(I x) { return vcvtq_f32_s32(x); }
  static OTTAVA_INLINE F multiply_f32(F a, F b) { return vmulq_f32(a, b); }
  // VMAX and VMIN order -0.0 below 0.0; a comparison holds them equal and keeps the value.
  static OTTAVA_INLINE F max_f32(F bound, F value) { return vbslq_f32(vcltq_f32(value, bound), bound, value); }
  static OTTAVA_INLINE F min_f32(F bound, F value) { return vbslq_f32(vcgtq_f32(value, bound), bound, value); }
  // ARMv7 converts with truncation alone. 1.5 * 2^23 leaves no fraction bits in the sum, so the addition
  // rounds, half to even; the sum's bits, less those of the constant, are the integer.
  static OTTAVA_INLINE I round_half_even(F value) {
    const F shifted = vaddq_f32(value, vdupq_n_f32(12582912.0f));
    return vsubq_s32(vreinterpretq_s32_f32(shifted), vdupq_n_s32(0x4B400000));
  }
};

void run_scaled_f32(const StageArgs* args) { portable_stages.run[static_cast<size_t>(Stage::scaled_f32)](args); }

}  // namespace

extern const StageTable armv7_neon_stages = {
    Neon::lanes,
    {run_vector_stage<Neon, FixedTwoRoundings>, run_vector_stage<Neon, FixedOneRounding>,
     run_vector_stage<Neon, FloatNearestEven>, run_vector_stage<Neon, PlainS32>, run_scaled_f32},
};

}  // namespace ottava
