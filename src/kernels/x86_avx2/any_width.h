// The vector operations of x86 that read alike for 256 and 512 bits, for output/vector_stage.h,
// output/vector_quantize.h and the kernels: a file defines OTTAVA_MM(add_epi32) to be the intrinsic of its width and
// OTTAVA_MM_BITS(and) that of a bitwise operation, includes this, and derives its vectors from AnyWidth.
//
// In an anonymous namespace: files with different ISA flags share no code.
#ifndef OTTAVA_SRC_KERNELS_X86_AVX2_ANY_WIDTH_H_
#define OTTAVA_SRC_KERNELS_X86_AVX2_ANY_WIDTH_H_

#include <immintrin.h>

#include "base/platform.h"

namespace ottava {
namespace {

struct AnyWidth {
  using I = decltype(OTTAVA_MM(set1_epi32)(0));
  using F = decltype(OTTAVA_MM(set1_ps)(0));
  static constexpr size_t bytes = sizeof(I);
  static constexpr size_t lanes = bytes / sizeof(int32_t);

  static OTTAVA_INLINE I load(const void* from) { return OTTAVA_MM_BITS(loadu)(static_cast<const I*>(from)); }
  static OTTAVA_INLINE I load_s32(const uint8_t* from) { return load(from); }
  static OTTAVA_INLINE F load_f32(const float* from) { return OTTAVA_MM(loadu_ps)(from); }
  static OTTAVA_INLINE F load_f32_bytes(const uint8_t* from) { return load_f32(reinterpret_cast<const float*>(from)); }
  static OTTAVA_INLINE void store_32(void* to, I x) { OTTAVA_MM_BITS(storeu)(static_cast<I*>(to), x); }
  static OTTAVA_INLINE void add_to(int32_t* sums, I x) { store_32(sums, add(load(sums), x)); }
  static OTTAVA_INLINE void store_f32(uint8_t* to, F x) { OTTAVA_MM(storeu_ps)(reinterpret_cast<float*>(to), x); }

  static OTTAVA_INLINE I broadcast(int32_t x) { return OTTAVA_MM(set1_epi32)(x); }
  static OTTAVA_INLINE I broadcast_byte(uint8_t x) { return OTTAVA_MM(set1_epi8)(static_cast<char>(x)); }
  static OTTAVA_INLINE F broadcast_f32(float x) { return OTTAVA_MM(set1_ps)(x); }
  static OTTAVA_INLINE I add(I a, I b) { return OTTAVA_MM(add_epi32)(a, b); }
  static OTTAVA_INLINE I subtract(I a, I b) { return OTTAVA_MM(sub_epi32)(a, b); }
  static OTTAVA_INLINE I multiply(I a, I b) { return OTTAVA_MM(mullo_epi32)(a, b); }
  static OTTAVA_INLINE I min(I a, I b) { return OTTAVA_MM(min_epi32)(a, b); }
  static OTTAVA_INLINE I max(I a, I b) { return OTTAVA_MM(max_epi32)(a, b); }
  static OTTAVA_INLINE I bits_of_both(I a, I b) { return OTTAVA_MM_BITS(and)(a, b); }
  static OTTAVA_INLINE I exclusive_or(I a, I b) { return OTTAVA_MM_BITS(xor)(a, b); }

  static OTTAVA_INLINE I shuffle_16(I table, I x) { return OTTAVA_MM(shuffle_epi8)(table, x); }
  // Now: compilers gather what is yet to be added, which takes more registers than there are.
  static OTTAVA_INLINE I made_now(I x) {
    __asm__("" : "+x"(x));
    return x;
  }
  static OTTAVA_INLINE I subtract_saturated(I a, I b) { return OTTAVA_MM(subs_epi8)(a, b); }

  static OTTAVA_INLINE I shift_left(I x, I shift) { return OTTAVA_MM(sllv_epi32)(x, shift); }
  static OTTAVA_INLINE I shift_right(I x, I shift) { return OTTAVA_MM(srav_epi32)(x, shift); }
  static OTTAVA_INLINE I times_four(I x) { return OTTAVA_MM(slli_epi32)(x, 2); }
  static OTTAVA_INLINE I absolute(I x) { return OTTAVA_MM(abs_epi32)(x); }
  static OTTAVA_INLINE I top_bit(I x) { return OTTAVA_MM(srli_epi32)(x, 31); }
  static OTTAVA_INLINE I half_of_unsigned(I x) { return OTTAVA_MM(srli_epi32)(x, 1); }
  // The quotient rounded down, plus the highest bit that it lost: none for a shift of 0, as a count of -1
  // yields 0.
  static OTTAVA_INLINE I divide_half_up(I x, I shift) {
    const I lost = OTTAVA_MM(srlv_epi32)(x, subtract(shift, broadcast(1)));
    return add(shift_right(x, shift), OTTAVA_MM_BITS(and)(lost, broadcast(1)));
  }

  // Even and odd lanes of an I, as 64 bits.
  struct W {
    I even, odd;
  };
  static OTTAVA_INLINE I multiply_even(I a, I b) { return OTTAVA_MM(mul_epi32)(a, b); }
  static OTTAVA_INLINE I odd_lanes(I x) { return OTTAVA_MM(srli_epi64)(x, 32); }
  static OTTAVA_INLINE W products(I a, I b) { return {multiply_even(a, b), multiply_even(odd_lanes(a), odd_lanes(b))}; }

  // Two rows of two vectors as bytes, saturated to 16 bits, which no zero point brings back within 8, then to 8 bits of
  // the sign that the bounds tell; what both signs hold alike, either may store. Packing works within blocks of 128
  // bits, so that the groups of four bytes still want to be put in order.
  template <bool kAddsZeroPoint>
  struct TwoRowsByBlock {
    I zero_point, low, high;
    bool is_unsigned;

    OTTAVA_INLINE TwoRowsByBlock(int32_t zero, int32_t min, int32_t max)
        : zero_point(OTTAVA_MM(set1_epi16)(static_cast<int16_t>(zero))),
          low(OTTAVA_MM(set1_epi8)(static_cast<char>(min))),
          high(OTTAVA_MM(set1_epi8)(static_cast<char>(max))),
          is_unsigned(max > INT8_MAX) {}
    OTTAVA_INLINE I with_zero_point(I x) const { return kAddsZeroPoint ? OTTAVA_MM(adds_epi16)(x, zero_point) : x; }
    OTTAVA_INLINE I pack(I a0, I a1, I b0, I b1) const {
      const I a = with_zero_point(OTTAVA_MM(packs_epi32)(a0, a1));
      const I b = with_zero_point(OTTAVA_MM(packs_epi32)(b0, b1));
      return is_unsigned ? OTTAVA_MM(min_epu8)(OTTAVA_MM(max_epu8)(OTTAVA_MM(packus_epi16)(a, b), low), high)
                         : OTTAVA_MM(min_epi8)(OTTAVA_MM(max_epi8)(OTTAVA_MM(packs_epi16)(a, b), low), high);
    }
  };

  static OTTAVA_INLINE F to_f32(I x) { return OTTAVA_MM(cvtepi32_ps)(x); }
  static OTTAVA_INLINE F multiply_f32(F a, F b) { return OTTAVA_MM(mul_ps)(a, b); }
  static OTTAVA_INLINE F divide_f32(F a, F b) { return OTTAVA_MM(div_ps)(a, b); }
  static OTTAVA_INLINE F add_f32(F a, F b) { return OTTAVA_MM(add_ps)(a, b); }
  static OTTAVA_INLINE F max_f32(F bound, F value) { return OTTAVA_MM(max_ps)(bound, value); }
  static OTTAVA_INLINE F min_f32(F bound, F value) { return OTTAVA_MM(min_ps)(bound, value); }
  static OTTAVA_INLINE I round_half_even(F value) { return OTTAVA_MM(cvtps_epi32)(value); }
  // As the reference does it: the float below 1/2, with the sign of the value, is added before truncation.
  static OTTAVA_INLINE I round_half_away(F value) {
    const F sign = OTTAVA_MM(and_ps)(value, broadcast_f32(-0.0f));
    return OTTAVA_MM(cvttps_epi32)(add_f32(value, OTTAVA_MM(or_ps)(sign, broadcast_f32(0x1.fffffep-2f))));
  }

  // MINPS and MAXPS return their second operand where either is NaN.
  struct Extent {
    F smallest, largest;
  };
  static OTTAVA_INLINE Extent no_extent() {
    return {broadcast_f32(__builtin_inff()), broadcast_f32(-__builtin_inff())};
  }
  static OTTAVA_INLINE Extent extend(Extent e, F x) { return {min_f32(x, e.smallest), max_f32(x, e.largest)}; }
  static OTTAVA_INLINE Extent both(Extent a, Extent b) {
    return {min_f32(a.smallest, b.smallest), max_f32(a.largest, b.largest)};
  }
};

}  // namespace
}  // namespace ottava

#endif  // OTTAVA_SRC_KERNELS_X86_AVX2_ANY_WIDTH_H_
