// The vector operations of AVX-512 for output/vector_stage.h, output/vector_quantize.h and the kernels of this folder
// that end in an output stage. In an anonymous namespace: each file that includes this has its own.
#ifndef OTTAVA_SRC_KERNELS_X86_AVX512VNNI_VECTOR_OPERATIONS_H_
#define OTTAVA_SRC_KERNELS_X86_AVX512VNNI_VECTOR_OPERATIONS_H_

#if !defined(__AVX512F__) || !defined(__AVX512DQ__)
#error "compile this file with -mavx512f -mavx512bw -mavx512dq -mavx512vl -mavx512vnni"
#endif

#define OTTAVA_MM(operation) _mm512_##operation
#define OTTAVA_MM_BITS(operation) _mm512_##operation##_si512
#include "kernels/x86_avx2/any_width.h"
#include "kernels/x86_avx512vnni/output_stage.h"

namespace ottava {
namespace {

struct Avx512 : AnyWidth {
  static constexpr const StageTable* stages = &x86_avx512vnni_stages;
  static constexpr const QuantizeTable* quantize = &x86_avx512vnni_quantize;

  static OTTAVA_INLINE I repeat_16(const uint8_t* from) {
    return _mm512_broadcast_i32x4(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)));
  }

  static OTTAVA_INLINE I load_halves(const uint8_t* from) {
    const __m256i* const half = reinterpret_cast<const __m256i*>(from);
    return _mm512_inserti64x4(_mm512_castsi256_si512(_mm256_loadu_si256(half)), _mm256_loadu_si256(half + 1), 1);
  }

  static OTTAVA_INLINE void store_8(uint8_t* to, I x) {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to), _mm512_cvtepi32_epi8(x));
  }
  static OTTAVA_INLINE void store_16(uint8_t* to, I x) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), _mm512_cvtepi32_epi16(x));
  }

  static OTTAVA_INLINE void store_16_two(uint8_t* to, I a, I b) {
    const I order = _mm512_setr_epi64(0, 2, 4, 6, 1, 3, 5, 7);
    store_32(to, _mm512_permutexvar_epi64(order, _mm512_packs_epi32(a, b)));
  }

  template <bool kAddsZeroPoint>
  struct TwoRowsOf : TwoRowsByBlock<kAddsZeroPoint> {
    using TwoRowsByBlock<kAddsZeroPoint>::TwoRowsByBlock;
    OTTAVA_INLINE I in_order(I a0, I a1, I b0, I b1) const {
      const I order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
      return _mm512_permutexvar_epi32(order, this->pack(a0, a1, b0, b1));
    }
    OTTAVA_INLINE void store_row(uint8_t* to, I a0, I a1) const {
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), _mm512_castsi512_si256(in_order(a0, a1, a0, a1)));
    }
    template <size_t kRows, class RowOf>
    OTTAVA_INLINE void store_halves(RowOf row_of, I a, I b, I c, I d) const {
      const auto half = [&](size_t row) OTTAVA_INLINE_LAMBDA { return reinterpret_cast<__m128i*>(row_of(row)); };
      const I rows = in_order(a, b, c, d);
      _mm_storeu_si128(half(0), _mm512_castsi512_si128(rows));
      if constexpr (kRows > 1) _mm_storeu_si128(half(1), _mm512_extracti32x4_epi32(rows, 1));
      if constexpr (kRows > 2) _mm_storeu_si128(half(2), _mm512_extracti32x4_epi32(rows, 2));
      if constexpr (kRows > 3) _mm_storeu_si128(half(3), _mm512_extracti32x4_epi32(rows, 3));
    }
    OTTAVA_INLINE void store(uint8_t* first, uint8_t* second, I a0, I a1, I b0, I b1) const {
      const I rows = in_order(a0, a1, b0, b1);
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(first), _mm512_castsi512_si256(rows));
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(second), _mm512_extracti64x4_epi64(rows, 1));
    }
  };
  using TwoRows = TwoRowsOf<true>;
  using TwoFinishedRows = TwoRowsOf<false>;

  static OTTAVA_INLINE I shift_left_saturating(I x, I shift) {
    const I most = broadcast(INT32_MAX);
    const I shifted = shift_left(max(x, shift_right(broadcast(INT32_MIN), shift)), shift);
    return _mm512_mask_mov_epi32(shifted, _mm512_cmpgt_epi32_mask(x, shift_right(most, shift)), most);
  }

  // Bits 31 to 62 of the products plus `rounding`: even lanes by a right shift into the low half, odd
  // lanes by a left shift into the high half.
  static OTTAVA_INLINE I multiply_high(I a, I b, I rounding) {
    const W p = products(a, b);
    const I even = _mm512_add_epi64(p.even, rounding);
    const I odd = _mm512_add_epi64(p.odd, rounding);
    return _mm512_mask_blend_epi32(0xAAAA, _mm512_srli_epi64(even, 31), _mm512_slli_epi64(odd, 1));
  }
  static OTTAVA_INLINE I multiply_high_rounded(I a, I b) {
    return multiply_high(a, b, _mm512_set1_epi64(int64_t{1} << 30));
  }
  static OTTAVA_INLINE I multiply_high_floor(I a, I b) { return multiply_high(a, b, _mm512_setzero_si512()); }

  // The quotient rounded down, plus 1 where the remainder exceeds half, or equals it and x >= 0.
  static OTTAVA_INLINE I divide_half_away(I x, I shift) {
    const I mask = subtract(shift_left(broadcast(1), shift), broadcast(1));
    const I remainder = _mm512_and_si512(x, mask);
    const I negative = _mm512_srai_epi32(x, 31);
    const I threshold = subtract(_mm512_srli_epi32(mask, 1), negative);
    const I quotient = _mm512_srav_epi32(x, shift);
    return _mm512_mask_add_epi32(quotient, _mm512_cmpgt_epi32_mask(remainder, threshold), quotient, broadcast(1));
  }
  static OTTAVA_INLINE I with_sign_of(I x, I y) {
    return _mm512_mask_sub_epi32(y, _mm512_movepi32_mask(x), broadcast(0), y);
  }

  struct OneRounding {
    I multiplier;
    W shift, half;

    OTTAVA_INLINE OneRounding(I multipliers, I exponent) : multiplier(multipliers) {
      const I shifts = subtract(broadcast(31), exponent);  // 1 to 62
      const I one = _mm512_set1_epi64(1);
      shift = {_mm512_and_si512(shifts, _mm512_set1_epi64(INT64_C(0xFFFFFFFF))), _mm512_srli_epi64(shifts, 32)};
      half = {_mm512_sllv_epi64(one, _mm512_sub_epi64(shift.even, one)),
              _mm512_sllv_epi64(one, _mm512_sub_epi64(shift.odd, one))};
    }
    OTTAVA_INLINE W half_up(I x) const {
      const W p = products(x, multiplier);
      return {_mm512_srav_epi64(_mm512_add_epi64(p.even, half.even), shift.even),
              _mm512_srav_epi64(_mm512_add_epi64(p.odd, half.odd), shift.odd)};
    }
    // Half up, but of a number that is less by 1 where the product is negative.
    OTTAVA_INLINE W half_away(I x) const {
      const W p = products(x, multiplier);
      const I one = _mm512_set1_epi64(1);
      const I even = _mm512_add_epi64(p.even, half.even);
      const I odd = _mm512_add_epi64(p.odd, half.odd);
      return {_mm512_srav_epi64(_mm512_mask_sub_epi64(even, _mm512_movepi64_mask(p.even), even, one), shift.even),
              _mm512_srav_epi64(_mm512_mask_sub_epi64(odd, _mm512_movepi64_mask(p.odd), odd, one), shift.odd)};
    }
  };
  static OTTAVA_INLINE W bounded(W y, int64_t low, int64_t high) {
    const I least = _mm512_set1_epi64(low);
    const I most = _mm512_set1_epi64(high);
    return {_mm512_min_epi64(_mm512_max_epi64(y.even, least), most),
            _mm512_min_epi64(_mm512_max_epi64(y.odd, least), most)};
  }
  static OTTAVA_INLINE I low_halves(W y) { return _mm512_mask_shuffle_epi32(y.even, 0xAAAA, y.odd, _MM_PERM_CCAA); }

  // b = floor(p / 2^31), p the product and 2^30, then floor((b + half - [b < 0]) / 2^shift) is one shift of a sum of
  // 64 bits. The sign of the product serves as that of b: where they differ, b is 0, and so is the quotient.
  static OTTAVA_INLINE I two_roundings_64(I product, I added, I taken, I shift) {
    const I sum = _mm512_add_epi64(product, added);
    return _mm512_srav_epi64(_mm512_mask_sub_epi64(sum, _mm512_movepi64_mask(product), sum, taken), shift);
  }
  static OTTAVA_INLINE I two_roundings(I a, I b, I shift) {
    const I one = _mm512_set1_epi64(1);
    const I to_31 = _mm512_set1_epi64(31);
    const W s = {_mm512_and_si512(shift, _mm512_set1_epi64(INT64_C(0xFFFFFFFF))), _mm512_srli_epi64(shift, 32)};
    // Half of 2^shift, 0 for a shift of 0, in units of 2^31; and there nothing is taken away.
    const I half_even = _mm512_srli_epi64(_mm512_sllv_epi64(one, s.even), 1);
    const I half_odd = _mm512_srli_epi64(_mm512_sllv_epi64(one, s.odd), 1);
    const I rounding = _mm512_set1_epi64(INT64_C(1) << 30);
    const W added = {_mm512_add_epi64(_mm512_slli_epi64(half_even, 31), rounding),
                     _mm512_add_epi64(_mm512_slli_epi64(half_odd, 31), rounding)};
    const W taken = {_mm512_slli_epi64(_mm512_min_epi64(half_even, one), 31),
                     _mm512_slli_epi64(_mm512_min_epi64(half_odd, one), 31)};
    const W p = products(a, b);
    return low_halves({two_roundings_64(p.even, added.even, taken.even, _mm512_add_epi64(s.even, to_31)),
                       two_roundings_64(p.odd, added.odd, taken.odd, _mm512_add_epi64(s.odd, to_31))});
  }
  static OTTAVA_INLINE I broadcast_64(int64_t x) { return _mm512_set1_epi64(x); }
  static OTTAVA_INLINE I add_by_sign(I p, I a, I b) {
    return _mm512_add_epi64(p, _mm512_mask_mov_epi64(a, _mm512_test_epi64_mask(p, broadcast_64(INT64_MIN)), b));
  }
  // By the port that shifts and multiplications leave free, as _mm512_movepi32_mask would not.
  static OTTAVA_INLINE I by_sign(I x, I a, I b) {
    return _mm512_mask_mov_epi32(a, _mm512_test_epi32_mask(x, broadcast(INT32_MIN)), b);
  }
  static OTTAVA_INLINE I high_halves(I even, I odd) {
    return _mm512_mask_shuffle_epi32(odd, 0x5555, even, _MM_PERM_DDBB);
  }

  // For kernels/prepared_channels.h.
  static OTTAVA_INLINE I load_odd_lanes(const int32_t* from) {
    I x;  // compilers would load once for both, and have a port of the multiplications move the lanes
    __asm__("vmovshdup %1, %0" : "=v"(x) : "m"(*reinterpret_cast<const I*>(from)));
    return x;
  }
  static OTTAVA_INLINE I middle_words(I even, I odd) {
    const I bytes = _mm512_set4_epi32(0x0E0D0C0B, 0x0E0D0C0B, 0x06050403, 0x06050403);
    return _mm512_mask_shuffle_epi8(_mm512_shuffle_epi8(odd, bytes), 0x0F0F0F0F0F0F0F0F, even, bytes);
  }
  // The top byte of x is 0, or -1.
  static constexpr int32_t sign_excess = 64;
  static OTTAVA_INLINE I rounded_by_sign(I sum, I x) {
    return _mm512_dpbusd_epi32(sum, broadcast(static_cast<int32_t>(0x80000000)), x);
  }
  static OTTAVA_INLINE I less_if_below_zero(I sum, I x) { return _mm512_dpbusd_epi32(sum, broadcast(0x01000000), x); }

  static OTTAVA_INLINE bool any_above_zero(I x) { return _mm512_cmpgt_epi32_mask(x, broadcast(0)) != 0; }
  static OTTAVA_INLINE bool any_below(I x, I y) { return _mm512_cmplt_epi32_mask(x, y) != 0; }

  static OTTAVA_INLINE bool any_above_f32(F a, F b) { return _mm512_cmp_ps_mask(_mm512_abs_ps(a), b, _CMP_GT_OQ) != 0; }

  // The conversion yields INT32_MIN for all that it cannot.
  static OTTAVA_INLINE I round_half_even_saturating(F value) {
    const __mmask16 above = _mm512_cmp_ps_mask(value, broadcast_f32(0x1p31f), _CMP_GE_OQ);
    return _mm512_mask_mov_epi32(_mm512_cvtps_epi32(value), above, broadcast(INT32_MAX));
  }
  static OTTAVA_INLINE F canonical_nan(F value) {
    const F nan = _mm512_castsi512_ps(broadcast(0x7FC00000));
    return _mm512_mask_blend_ps(_mm512_cmp_ps_mask(value, value, _CMP_UNORD_Q), value, nan);
  }

  // For output/vector_quantize.h.
  static OTTAVA_INLINE F zero_if_nan(F x) { return _mm512_maskz_mov_ps(_mm512_cmp_ps_mask(x, x, _CMP_ORD_Q), x); }
  static OTTAVA_INLINE void store_8_four(uint8_t* to, I a, I b, I c, I d) {
    store_8(to, a);
    store_8(to + lanes, b);
    store_8(to + 2 * lanes, c);
    store_8(to + 3 * lanes, d);
  }

  static OTTAVA_INLINE __m128i sixteen_bytes(const uint8_t* from) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
  }
  static OTTAVA_INLINE I load_s8(const uint8_t* from) { return _mm512_cvtepi8_epi32(sixteen_bytes(from)); }
  static OTTAVA_INLINE I load_u8(const uint8_t* from) { return _mm512_cvtepu8_epi32(sixteen_bytes(from)); }
  static OTTAVA_INLINE I load_s16(const uint8_t* from) {
    return _mm512_cvtepi16_epi32(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(from)));
  }
  static OTTAVA_INLINE F load_part(const uint8_t* from, size_t count) {
    return _mm512_maskz_loadu_ps(static_cast<__mmask16>((1u << count) - 1u), from);
  }
  using Unordered = __mmask16;
  static OTTAVA_INLINE Unordered none_unordered() { return 0; }
  static OTTAVA_INLINE Unordered or_unordered(Unordered u, F a, F b) {
    return static_cast<__mmask16>(u | _mm512_cmp_ps_mask(a, b, _CMP_UNORD_Q));
  }
  static OTTAVA_INLINE bool any_unordered(Unordered u) { return u != 0; }
  static OTTAVA_INLINE void reduce(Extent e, float* smallest, float* largest) {
    *smallest = _mm512_reduce_min_ps(e.smallest);
    *largest = _mm512_reduce_max_ps(e.largest);
  }
  // Eight rows in four rounds: each brings halves, quarters, eighths, then sixteenths of two rows together.
  template <class Choose>
  static OTTAVA_INLINE F reduced(const Extent* rows, F Extent::*end, Choose choose) {
    const auto halves = [&](size_t i) OTTAVA_INLINE_LAMBDA {  // rows i and i + 4
      const F a = rows[i].*end, b = rows[i + 4].*end;
      return choose(_mm512_shuffle_f32x4(a, b, 0x44), _mm512_shuffle_f32x4(a, b, 0xEE));
    };
    const auto quarters = [&](size_t i) OTTAVA_INLINE_LAMBDA {  // rows i, i + 4, i + 2, i + 6
      const F a = halves(i), b = halves(i + 2);
      return choose(_mm512_shuffle_f32x4(a, b, 0x88), _mm512_shuffle_f32x4(a, b, 0xDD));
    };
    const F a = quarters(0), b = quarters(1);
    const F eighths = choose(_mm512_shuffle_ps(a, b, 0x44), _mm512_shuffle_ps(a, b, 0xEE));
    const F ends = choose(_mm512_shuffle_ps(eighths, eighths, 0x88), _mm512_shuffle_ps(eighths, eighths, 0xDD));
    const I order = _mm512_setr_epi32(0, 1, 8, 9, 4, 5, 12, 13, 0, 1, 8, 9, 4, 5, 12, 13);
    return _mm512_permutexvar_ps(order, ends);
  }
  static OTTAVA_INLINE void reduce_rows(const Extent* rows, float* smallest, float* largest) {
    static_assert(kRowsAtOnce == 8, "as many as these rounds bring together");
    _mm256_storeu_ps(
        smallest, _mm512_castps512_ps256(
                      reduced(rows, &Extent::smallest, [](F a, F b) OTTAVA_INLINE_LAMBDA { return min_f32(a, b); })));
    _mm256_storeu_ps(largest, _mm512_castps512_ps256(reduced(rows, &Extent::largest, [](F a, F b) OTTAVA_INLINE_LAMBDA {
                       return max_f32(a, b);
                     })));
  }
};

}  // namespace
}  // namespace ottava

#endif  // OTTAVA_SRC_KERNELS_X86_AVX512VNNI_VECTOR_OPERATIONS_H_
