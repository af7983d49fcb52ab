// The vector operations of Advanced SIMD for kernels/pooling_vectors.h: what both Arm architectures have.
//
// In an anonymous namespace: files with different ISA flags share no code.
#ifndef OTTAVA_SRC_KERNELS_ARM_NEON_POOLING_OPERATIONS_H_
#define OTTAVA_SRC_KERNELS_ARM_NEON_POOLING_OPERATIONS_H_

#include "kernels/arm_neon/vector_operations.h"
#include "kernels/pooling_vectors.h"

namespace ottava {
namespace {

struct NeonPooling : NeonOperations {
  using B = uint8x16_t;
  static constexpr size_t bytes = 16;

  static OTTAVA_INLINE B load_bytes(const uint8_t* from) { return vld1q_u8(from); }
  static OTTAVA_INLINE void store_bytes(uint8_t* to, B x) { vst1q_u8(to, x); }
  static OTTAVA_INLINE B load_ends(const uint8_t* from, size_t n) {
    if (n < 8) return vcombine_u8(vcreate_u8(load_ends_of_word(from, n)), vdup_n_u8(0));
    return vcombine_u8(vld1_u8(from), vld1_u8(from + n - 8));
  }
  static OTTAVA_INLINE void store_ends(uint8_t* to, size_t n, B x) {
    if (n < 8) return store_ends_of_word(to, n, vgetq_lane_u64(vreinterpretq_u64_u8(x), 0));
    vst1_u8(to, vget_low_u8(x));
    vst1_u8(to + n - 8, vget_high_u8(x));
  }
  static OTTAVA_INLINE B broadcast_byte(uint8_t x) { return vdupq_n_u8(x); }

  static OTTAVA_INLINE int8x16_t is_signed(B x) { return vreinterpretq_s8_u8(x); }
  static OTTAVA_INLINE B is_raw(int8x16_t x) { return vreinterpretq_u8_s8(x); }
  template <bool kUnsigned>
  static OTTAVA_INLINE B max_bytes(B a, B b) {
    return kUnsigned ? vmaxq_u8(a, b) : is_raw(vmaxq_s8(is_signed(a), is_signed(b)));
  }
  template <bool kUnsigned>
  static OTTAVA_INLINE B min_bytes(B a, B b) {
    return kUnsigned ? vminq_u8(a, b) : is_raw(vminq_s8(is_signed(a), is_signed(b)));
  }

  struct Sums {
    int16x8_t low, high;
  };
  static OTTAVA_INLINE Sums no_sums() { return {vdupq_n_s16(0), vdupq_n_s16(0)}; }
  template <bool kUnsigned>
  static OTTAVA_INLINE int16x8_t widened_sum(int16x8_t sum, uint8x8_t x) {
    return kUnsigned ? vreinterpretq_s16_u16(vaddw_u8(vreinterpretq_u16_s16(sum), x))
                     : vaddw_s8(sum, vreinterpret_s8_u8(x));
  }
  template <bool kUnsigned>
  static OTTAVA_INLINE Sums add_one(Sums sums, B a) {
    return {widened_sum<kUnsigned>(sums.low, vget_low_u8(a)), widened_sum<kUnsigned>(sums.high, vget_high_u8(a))};
  }
  template <bool kUnsigned>
  static OTTAVA_INLINE Sums add_two(Sums sums, B a, B b) {
    return add_one<kUnsigned>(add_one<kUnsigned>(sums, a), b);
  }
  static OTTAVA_INLINE void add_wide(I (&wide)[4], Sums sums) {
    wide[0] = vaddw_s16(wide[0], vget_low_s16(sums.low));
    wide[1] = vaddw_s16(wide[1], vget_high_s16(sums.low));
    wide[2] = vaddw_s16(wide[2], vget_low_s16(sums.high));
    wide[3] = vaddw_s16(wide[3], vget_high_s16(sums.high));
  }
  static OTTAVA_INLINE void store_sums(int32_t* to, const I (&sums)[4]) {
    for (size_t k = 0; k < 4; ++k) vst1q_s32(to + 4 * k, sums[k]);
  }
  template <bool kUnsigned>
  static OTTAVA_INLINE B narrow(const I (&x)[4]) {
    const int16x8_t low = vcombine_s16(vmovn_s32(x[0]), vmovn_s32(x[1]));
    const int16x8_t high = vcombine_s16(vmovn_s32(x[2]), vmovn_s32(x[3]));
    return is_raw(vcombine_s8(vmovn_s16(low), vmovn_s16(high)));
  }
  static OTTAVA_INLINE I truncate(F x) { return vcvtq_s32_f32(x); }
};

}  // namespace
}  // namespace ottava

#endif  // OTTAVA_SRC_KERNELS_ARM_NEON_POOLING_OPERATIONS_H_
