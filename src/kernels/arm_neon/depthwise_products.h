// How the depthwise kernels of both Arm architectures multiply: vectors of channels X of the input, W of the weights,
// and what adds their products to the sums of `channels` channels, four to a vector. Either
//
//   Narrow8, Narrow16   weights of 8 bits, none of them -128: two products are summed in 16 bits, which is exact, as
//                       2 * 128 * 127 < 2^15, then widened into the sums. u8 inputs are flipped into s8, 128 less
//   Wide8               any weights, less their zero points: 16 bits, as the input is made, and sums of 32 bits at once
//
// In an anonymous namespace: files with different ISA flags share no code.
#ifndef OTTAVA_SRC_KERNELS_ARM_NEON_DEPTHWISE_PRODUCTS_H_
#define OTTAVA_SRC_KERNELS_ARM_NEON_DEPTHWISE_PRODUCTS_H_

#include <arm_neon.h>

#include "base/platform.h"

namespace ottava {
namespace {

// Of the upper halves of vectors: one instruction on AArch64, and on ARMv7, whose halves are registers of their own.
#if defined(__aarch64__)
OTTAVA_INLINE int16x8_t multiply_high(int8x16_t a, int8x16_t b) { return vmull_high_s8(a, b); }
OTTAVA_INLINE int16x8_t add_product_high(int16x8_t to, int8x16_t a, int8x16_t b) { return vmlal_high_s8(to, a, b); }
OTTAVA_INLINE int32x4_t add_product_high(int32x4_t to, int16x8_t a, int16x8_t b) { return vmlal_high_s16(to, a, b); }
OTTAVA_INLINE int32x4_t widen_high(int32x4_t to, int16x8_t a) { return vaddw_high_s16(to, a); }
#else
OTTAVA_INLINE int16x8_t multiply_high(int8x16_t a, int8x16_t b) { return vmull_s8(vget_high_s8(a), vget_high_s8(b)); }
OTTAVA_INLINE int16x8_t add_product_high(int16x8_t to, int8x16_t a, int8x16_t b) {
  return vmlal_s8(to, vget_high_s8(a), vget_high_s8(b));
}
OTTAVA_INLINE int32x4_t add_product_high(int32x4_t to, int16x8_t a, int16x8_t b) {
  return vmlal_s16(to, vget_high_s16(a), vget_high_s16(b));
}
OTTAVA_INLINE int32x4_t widen_high(int32x4_t to, int16x8_t a) { return vaddw_s16(to, vget_high_s16(a)); }
#endif

OTTAVA_INLINE void widen(int32x4_t* sums, int16x8_t products) {
  sums[0] = vaddw_s16(sums[0], vget_low_s16(products));
  sums[1] = widen_high(sums[1], products);
}

template <bool kUnsigned>
struct Narrow {
  static constexpr int32_t zero_shift = kUnsigned ? -128 : 0;
};

template <bool kUnsigned>
struct Narrow8 : Narrow<kUnsigned> {
  static constexpr size_t channels = 8;
  using Weight = int8_t;
  using X = int8x8_t;
  using W = int8x8_t;

  static OTTAVA_INLINE X load(const uint8_t* from) {
    const uint8x8_t x = vld1_u8(from);
    return vreinterpret_s8_u8(kUnsigned ? veor_u8(x, vdup_n_u8(0x80)) : x);
  }
  static OTTAVA_INLINE W load_weights(const Weight* from) { return vld1_s8(from); }
  static OTTAVA_INLINE void add_one(int32x4_t (&sums)[2], X a, W v) { widen(sums, vmull_s8(a, v)); }
  static OTTAVA_INLINE void add_two(int32x4_t (&sums)[2], X a, W v, X b, W w) {
    widen(sums, vmlal_s8(vmull_s8(a, v), b, w));
  }
  static OTTAVA_INLINE void add_two(int32x4_t (&sums)[2], int32x4_t (&others)[2], X a, X a_other, W v, X b, X b_other,
                                    W w) {
    int16x8_t one = vmull_s8(a, v);
    int16x8_t other = vmull_s8(a_other, v);
    one = vmlal_s8(one, b, w);
    other = vmlal_s8(other, b_other, w);
    widen(sums, one);
    widen(others, other);
  }
};

template <bool kUnsigned>
struct Narrow16 : Narrow<kUnsigned> {
  static constexpr size_t channels = 16;
  using Weight = int8_t;
  using X = int8x16_t;
  using W = int8x16_t;

  static OTTAVA_INLINE X load(const uint8_t* from) {
    const uint8x16_t x = vld1q_u8(from);
    return vreinterpretq_s8_u8(kUnsigned ? veorq_u8(x, vdupq_n_u8(0x80)) : x);
  }
  static OTTAVA_INLINE W load_weights(const Weight* from) { return vld1q_s8(from); }
  static OTTAVA_INLINE void add_one(int32x4_t (&sums)[4], X a, W v) {
    const int16x8_t low = vmull_s8(vget_low_s8(a), vget_low_s8(v));
    const int16x8_t high = multiply_high(a, v);
    widen(sums, low);
    widen(sums + 2, high);
  }
  static OTTAVA_INLINE void add_two(int32x4_t (&sums)[4], X a, W v, X b, W w) {
    const int16x8_t low = vmlal_s8(vmull_s8(vget_low_s8(a), vget_low_s8(v)), vget_low_s8(b), vget_low_s8(w));
    const int16x8_t high = add_product_high(multiply_high(a, v), b, w);
    widen(sums, low);
    widen(sums + 2, high);
  }
  // The same for two sets of sums and inputs: four products alternate, and none waits for the one before it.
  static OTTAVA_INLINE void add_two(int32x4_t (&sums)[4], int32x4_t (&others)[4], X a, X a_other, W v, X b, X b_other,
                                    W w) {
    int16x8_t low = vmull_s8(vget_low_s8(a), vget_low_s8(v));
    int16x8_t high = multiply_high(a, v);
    int16x8_t low_other = vmull_s8(vget_low_s8(a_other), vget_low_s8(v));
    int16x8_t high_other = multiply_high(a_other, v);
    low = vmlal_s8(low, vget_low_s8(b), vget_low_s8(w));
    high = add_product_high(high, b, w);
    low_other = vmlal_s8(low_other, vget_low_s8(b_other), vget_low_s8(w));
    high_other = add_product_high(high_other, b_other, w);
    widen(sums, low);
    widen(sums + 2, high);
    widen(others, low_other);
    widen(others + 2, high_other);
  }
};

template <bool kUnsigned>
struct Wide8 {
  static constexpr size_t channels = 8;
  static constexpr int32_t zero_shift = 0;
  using Weight = int16_t;
  using X = int16x8_t;
  using W = int16x8_t;

  static OTTAVA_INLINE X load(const uint8_t* from) {
    const uint8x8_t x = vld1_u8(from);
    return kUnsigned ? vreinterpretq_s16_u16(vmovl_u8(x)) : vmovl_s8(vreinterpret_s8_u8(x));
  }
  static OTTAVA_INLINE W load_weights(const Weight* from) { return vld1q_s16(from); }
  static OTTAVA_INLINE void add_one(int32x4_t (&sums)[2], X a, W v) {
    sums[0] = vmlal_s16(sums[0], vget_low_s16(a), vget_low_s16(v));
    sums[1] = add_product_high(sums[1], a, v);
  }
  static OTTAVA_INLINE void add_two(int32x4_t (&sums)[2], X a, W v, X b, W w) {
    add_one(sums, a, v);
    add_one(sums, b, w);
  }
  static OTTAVA_INLINE void add_two(int32x4_t (&sums)[2], int32x4_t (&others)[2], X a, X a_other, W v, X b, X b_other,
                                    W w) {
    add_one(sums, a, v);
    add_one(others, a_other, v);
    add_one(sums, b, w);
    add_one(others, b_other, w);
  }
};

// Two vectors of Wide8.
template <bool kUnsigned>
struct Wide16 {
  static constexpr size_t channels = 16;
  static constexpr int32_t zero_shift = 0;
  using Weight = int16_t;
  struct X {
    int16x8_t low, high;
  };
  using W = X;

  static OTTAVA_INLINE X load(const uint8_t* from) {
    return {Wide8<kUnsigned>::load(from), Wide8<kUnsigned>::load(from + 8)};
  }
  static OTTAVA_INLINE W load_weights(const Weight* from) { return {vld1q_s16(from), vld1q_s16(from + 8)}; }
  static OTTAVA_INLINE void add_one(int32x4_t (&sums)[4], X a, W v) {
    sums[0] = vmlal_s16(sums[0], vget_low_s16(a.low), vget_low_s16(v.low));
    sums[1] = add_product_high(sums[1], a.low, v.low);
    sums[2] = vmlal_s16(sums[2], vget_low_s16(a.high), vget_low_s16(v.high));
    sums[3] = add_product_high(sums[3], a.high, v.high);
  }
};

}  // namespace
}  // namespace ottava

#endif  // OTTAVA_SRC_KERNELS_ARM_NEON_DEPTHWISE_PRODUCTS_H_
