// The vector operations that both Arm architectures have: four lanes of Advanced SIMD (NEON), in the form
// that output/vector_stage.h and output/vector_quantize.h ask for. Each architecture's output_stage.cpp adds its own to
// them.
//
// In an anonymous namespace: files with different ISA flags share no code.
#ifndef OTTAVA_SRC_KERNELS_ARM_NEON_VECTOR_OPERATIONS_H_
#define OTTAVA_SRC_KERNELS_ARM_NEON_VECTOR_OPERATIONS_H_

#include <arm_neon.h>

#include "base/platform.h"

namespace ottava {
namespace {

struct NeonOperations {
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
  static OTTAVA_INLINE void store_16(uint8_t* to, I x) { vst1_u8(to, vreinterpret_u8_s16(vmovn_s32(x))); }

  // Saturated to 16 bits, which no zero point brings back within 8, then to 8. Unsigned elements are signed until the
  // end, 128 less.
  struct TwoRows {
    int16x8_t zero_point;
    int8x16_t low, high, flip;

    OTTAVA_INLINE TwoRows(int32_t zero, int32_t min, int32_t max) {
      const int32_t below = max > INT8_MAX ? 128 : 0;
      zero_point = vdupq_n_s16(static_cast<int16_t>(zero - below));
      low = vdupq_n_s8(static_cast<int8_t>(min - below));
      high = vdupq_n_s8(static_cast<int8_t>(max - below));
      flip = vdupq_n_s8(static_cast<int8_t>(-below));
    }
    OTTAVA_INLINE void store(uint8_t* first, uint8_t* second, I a0, I a1, I b0, I b1) const {
      const int16x8_t a = vqaddq_s16(narrowed(a0, a1), zero_point);
      const int16x8_t b = vqaddq_s16(narrowed(b0, b1), zero_point);
      const int8x16_t bounded = vminq_s8(vmaxq_s8(narrowed(a, b), low), high);
      const uint8x16_t bytes = vreinterpretq_u8_s8(veorq_s8(bounded, flip));
      vst1_u8(first, vget_low_u8(bytes));
      vst1_u8(second, vget_high_u8(bytes));
    }
#if defined(__aarch64__)
    static OTTAVA_INLINE int16x8_t narrowed(I a, I b) { return vqmovn_high_s32(vqmovn_s32(a), b); }
    static OTTAVA_INLINE int8x16_t narrowed(int16x8_t a, int16x8_t b) { return vqmovn_high_s16(vqmovn_s16(a), b); }
#else
    static OTTAVA_INLINE int16x8_t narrowed(I a, I b) { return vcombine_s16(vqmovn_s32(a), vqmovn_s32(b)); }
    static OTTAVA_INLINE int8x16_t narrowed(int16x8_t a, int16x8_t b) {
      return vcombine_s8(vqmovn_s16(a), vqmovn_s16(b));
    }
#endif
  };

  static OTTAVA_INLINE I broadcast(int32_t x) { return vdupq_n_s32(x); }
  static OTTAVA_INLINE F broadcast_f32(float x) { return vdupq_n_f32(x); }
  static OTTAVA_INLINE I add(I a, I b) { return vaddq_s32(a, b); }
  static OTTAVA_INLINE I subtract(I a, I b) { return vsubq_s32(a, b); }
  static OTTAVA_INLINE I multiply(I a, I b) { return vmulq_s32(a, b); }
  static OTTAVA_INLINE I min(I a, I b) { return vminq_s32(a, b); }
  static OTTAVA_INLINE I max(I a, I b) { return vmaxq_s32(a, b); }
  static OTTAVA_INLINE I bits_of_both(I a, I b) { return vandq_s32(a, b); }
  static OTTAVA_INLINE bool any_below(I x, I y) {
    const uint16x4_t below = vmovn_u32(vcltq_s32(x, y));
    return vget_lane_u64(vreinterpret_u64_u16(below), 0) != 0;
  }

  static OTTAVA_INLINE I shift_left(I x, I s) { return vshlq_s32(x, s); }
  static OTTAVA_INLINE I shift_right(I x, I s) { return vshlq_s32(x, vnegq_s32(s)); }
  static OTTAVA_INLINE I shift_left_saturating(I x, I s) { return vqshlq_s32(x, s); }
  static OTTAVA_INLINE I multiply_high_rounded(I a, I b) { return vqrdmulhq_s32(a, b); }
  static OTTAVA_INLINE I multiply_high_floor(I a, I b) { return vqdmulhq_s32(a, b); }
  // The rounding shift rounds half up: of the magnitude that is half away from zero. The magnitude is
  // unsigned, so INT32_MIN has one; taking the sign out and putting it back is the same operation.
  static OTTAVA_INLINE I divide_half_away(I x, I s) {
    const uint32x4_t magnitude = vreinterpretq_u32_s32(vabsq_s32(x));
    return with_sign_of(x, vreinterpretq_s32_u32(vrshlq_u32(magnitude, vnegq_s32(s))));
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

  static OTTAVA_INLINE F to_f32(I x) { return vcvtq_f32_s32(x); }
  static OTTAVA_INLINE F multiply_f32(F a, F b) { return vmulq_f32(a, b); }
  // FMAX and FMIN order -0.0 below 0.0; a comparison holds them equal and keeps the value.
  static OTTAVA_INLINE F max_f32(F bound, F value) { return vbslq_f32(vcltq_f32(value, bound), bound, value); }
  static OTTAVA_INLINE F min_f32(F bound, F value) { return vbslq_f32(vcgtq_f32(value, bound), bound, value); }

  // For output/vector_quantize.h.
  static OTTAVA_INLINE F add_f32(F a, F b) { return vaddq_f32(a, b); }
  static OTTAVA_INLINE void store_f32(uint8_t* to, F x) { vst1q_u8(to, vreinterpretq_u8_f32(x)); }
  static OTTAVA_INLINE F zero_if_nan(F x) {
    return vreinterpretq_f32_u32(vandq_u32(vreinterpretq_u32_f32(x), vceqq_f32(x, x)));
  }
  static OTTAVA_INLINE void store_8_four(uint8_t* to, I a, I b, I c, I d) {
    const int16x8_t ab = vcombine_s16(vmovn_s32(a), vmovn_s32(b));
    const int16x8_t cd = vcombine_s16(vmovn_s32(c), vmovn_s32(d));
    vst1q_u8(to, vreinterpretq_u8_s8(vcombine_s8(vmovn_s16(ab), vmovn_s16(cd))));
  }
  static OTTAVA_INLINE uint8x8_t four_bytes(const uint8_t* from) {
    uint32_t word;
    __builtin_memcpy(&word, from, sizeof word);
    return vreinterpret_u8_u32(vdup_n_u32(word));
  }
  static OTTAVA_INLINE I load_s8(const uint8_t* from) {
    return vmovl_s16(vget_low_s16(vmovl_s8(vreinterpret_s8_u8(four_bytes(from)))));
  }
  static OTTAVA_INLINE I load_u8(const uint8_t* from) {
    return vreinterpretq_s32_u32(vmovl_u16(vget_low_u16(vmovl_u8(four_bytes(from)))));
  }
  static OTTAVA_INLINE I load_s16(const uint8_t* from) { return vmovl_s16(vreinterpret_s16_u8(vld1_u8(from))); }
  static OTTAVA_INLINE F load_f32_bytes(const uint8_t* from) { return vreinterpretq_f32_u8(vld1q_u8(from)); }
  static OTTAVA_INLINE I load_s32(const uint8_t* from) { return vreinterpretq_s32_u8(vld1q_u8(from)); }
};

}  // namespace
}  // namespace ottava

#endif  // OTTAVA_SRC_KERNELS_ARM_NEON_VECTOR_OPERATIONS_H_
