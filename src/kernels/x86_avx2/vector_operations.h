// The vector operations of AVX2 for output/vector_stage.h, output/vector_quantize.h and the kernels of 256 bits that
// end in an output stage. In an anonymous namespace: each file that includes this has its own.
#ifndef OTTAVA_SRC_KERNELS_X86_AVX2_VECTOR_OPERATIONS_H_
#define OTTAVA_SRC_KERNELS_X86_AVX2_VECTOR_OPERATIONS_H_

#if !defined(__AVX2__)
#error "compile this file with -mavx2"
#endif

#define OTTAVA_MM(operation) _mm256_##operation
#define OTTAVA_MM_BITS(operation) _mm256_##operation##_si256
#include "kernels/x86_avx2/any_width.h"
#include "kernels/x86_avx2/output_stage.h"

namespace ottava {
namespace {

struct Avx2 : AnyWidth {
  static constexpr const StageTable* stages = &x86_avx2_stages;
  static constexpr const QuantizeTable* quantize = &x86_avx2_quantize;

  static OTTAVA_INLINE I repeat_16(const uint8_t* from) {
    return _mm256_broadcastsi128_si256(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)));
  }

  static OTTAVA_INLINE I load_halves(const uint8_t* from) {
    const __m128i* const half = reinterpret_cast<const __m128i*>(from);
    return _mm256_inserti128_si256(_mm256_castsi128_si256(_mm_loadu_si128(half)), _mm_loadu_si128(half + 1), 1);
  }

  static OTTAVA_INLINE void store_8(uint8_t* to, I x) {
    // The low bytes of each half, gathered into its first four bytes, then both halves side by side.
    const I pick = _mm256_setr_epi8(0, 4, 8, 12, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,  //
                                    0, 4, 8, 12, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1);
    const I bytes = _mm256_shuffle_epi8(x, pick);
    const __m128i eight = _mm_unpacklo_epi32(_mm256_castsi256_si128(bytes), _mm256_extracti128_si256(bytes, 1));
    _mm_storel_epi64(reinterpret_cast<__m128i*>(to), eight);
  }
  static OTTAVA_INLINE void store_16(uint8_t* to, I x) {
    const I pick = _mm256_setr_epi8(0, 1, 4, 5, 8, 9, 12, 13, -1, -1, -1, -1, -1, -1, -1, -1,  //
                                    0, 1, 4, 5, 8, 9, 12, 13, -1, -1, -1, -1, -1, -1, -1, -1);
    const I halves = _mm256_shuffle_epi8(x, pick);
    const __m128i eight = _mm_unpacklo_epi64(_mm256_castsi256_si128(halves), _mm256_extracti128_si256(halves, 1));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to), eight);
  }

  static OTTAVA_INLINE void store_16_two(uint8_t* to, I a, I b) {
    store_32(to, _mm256_permute4x64_epi64(_mm256_packs_epi32(a, b), 0xD8));
  }

  template <bool kAddsZeroPoint>
  struct TwoRowsOf : TwoRowsByBlock<kAddsZeroPoint> {
    using TwoRowsByBlock<kAddsZeroPoint>::TwoRowsByBlock;
    OTTAVA_INLINE I in_order(I a0, I a1, I b0, I b1) const {
      return _mm256_permutevar8x32_epi32(this->pack(a0, a1, b0, b1), _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7));
    }
    OTTAVA_INLINE void store(uint8_t* first, uint8_t* second, I a0, I a1, I b0, I b1) const {
      const I rows = in_order(a0, a1, b0, b1);
      _mm_storeu_si128(reinterpret_cast<__m128i*>(first), _mm256_castsi256_si128(rows));
      _mm_storeu_si128(reinterpret_cast<__m128i*>(second), _mm256_extracti128_si256(rows, 1));
    }
    OTTAVA_INLINE void store_row(uint8_t* to, I a0, I a1) const {
      _mm_storeu_si128(reinterpret_cast<__m128i*>(to), _mm256_castsi256_si128(in_order(a0, a1, a0, a1)));
    }
    template <size_t kRows, class RowOf>
    OTTAVA_INLINE void store_halves(RowOf row_of, I a, I b, I c, I d) const {
      const auto half = [&](size_t row) OTTAVA_INLINE_LAMBDA { return reinterpret_cast<double*>(row_of(row)); };
      const I rows = in_order(a, b, c, d);
      const __m128d two = _mm_castsi128_pd(_mm256_castsi256_si128(rows));
      const __m128d others = _mm_castsi128_pd(_mm256_extracti128_si256(rows, 1));
      _mm_storel_pd(half(0), two);
      if constexpr (kRows > 1) _mm_storeh_pd(half(1), two);
      if constexpr (kRows > 2) _mm_storel_pd(half(2), others);
      if constexpr (kRows > 3) _mm_storeh_pd(half(3), others);
    }
  };
  using TwoRows = TwoRowsOf<true>;
  using TwoFinishedRows = TwoRowsOf<false>;

  static OTTAVA_INLINE I shift_left_saturating(I x, I shift) {
    const I most = broadcast(INT32_MAX);
    const I shifted = shift_left(max(x, shift_right(broadcast(INT32_MIN), shift)), shift);
    return _mm256_blendv_epi8(shifted, most, _mm256_cmpgt_epi32(x, shift_right(most, shift)));
  }

  // Bits 31 to 62 of the products plus `rounding`: even lanes by a right shift into the low half, odd
  // lanes by a left shift into the high half.
  static OTTAVA_INLINE I multiply_high(I a, I b, I rounding) {
    const W p = products(a, b);
    const I even = _mm256_add_epi64(p.even, rounding);
    const I odd = _mm256_add_epi64(p.odd, rounding);
    return _mm256_blend_epi32(_mm256_srli_epi64(even, 31), _mm256_slli_epi64(odd, 1), 0xAA);
  }
  static OTTAVA_INLINE I multiply_high_rounded(I a, I b) {
    return multiply_high(a, b, _mm256_set1_epi64x(int64_t{1} << 30));
  }
  static OTTAVA_INLINE I multiply_high_floor(I a, I b) { return multiply_high(a, b, _mm256_setzero_si256()); }

  // Of the magnitude, half up: as an unsigned number, so that INT32_MIN has one and half can be added to it.
  static OTTAVA_INLINE I divide_half_away(I x, I shift) {
    const I half = half_of_unsigned(shift_left(broadcast(1), shift));
    return _mm256_sign_epi32(_mm256_srlv_epi32(add(absolute(x), half), shift), x);
  }
  static OTTAVA_INLINE I with_sign_of(I x, I y) {
    const I sign = _mm256_srai_epi32(x, 31);
    return subtract(_mm256_xor_si256(y, sign), sign);
  }

  // There is no arithmetic shift of 64 bits: 2^62 makes the number positive, and what the shift leaves of it is taken
  // away again.
  struct OneRounding {
    I multiplier;
    W shift, added, excess;

    OTTAVA_INLINE OneRounding(I multipliers, I exponent) : multiplier(multipliers) {
      const I shifts = subtract(broadcast(31), exponent);  // 1 to 62
      shift = {_mm256_and_si256(shifts, _mm256_set1_epi64x(INT64_C(0xFFFFFFFF))), _mm256_srli_epi64(shifts, 32)};
      const I one = _mm256_set1_epi64x(1);
      const I bias = _mm256_slli_epi64(one, 62);
      added = {_mm256_add_epi64(_mm256_sllv_epi64(one, _mm256_sub_epi64(shift.even, one)), bias),
               _mm256_add_epi64(_mm256_sllv_epi64(one, _mm256_sub_epi64(shift.odd, one)), bias)};
      excess = {_mm256_srlv_epi64(bias, shift.even), _mm256_srlv_epi64(bias, shift.odd)};
    }
    OTTAVA_INLINE W shifted(I even, I odd) const {
      return {_mm256_sub_epi64(_mm256_srlv_epi64(even, shift.even), excess.even),
              _mm256_sub_epi64(_mm256_srlv_epi64(odd, shift.odd), excess.odd)};
    }
    OTTAVA_INLINE W half_up(I x) const {
      const W p = products(x, multiplier);
      return shifted(_mm256_add_epi64(p.even, added.even), _mm256_add_epi64(p.odd, added.odd));
    }
    // Half up, but of a number that is less by 1 where the product is negative.
    OTTAVA_INLINE W half_away(I x) const {
      const W p = products(x, multiplier);
      const I zero = _mm256_setzero_si256();
      const I even = _mm256_add_epi64(_mm256_add_epi64(p.even, added.even), _mm256_cmpgt_epi64(zero, p.even));
      const I odd = _mm256_add_epi64(_mm256_add_epi64(p.odd, added.odd), _mm256_cmpgt_epi64(zero, p.odd));
      return shifted(even, odd);
    }
  };
  static OTTAVA_INLINE I bounded_64(I y, I least, I most) {
    const I above = _mm256_blendv_epi8(y, least, _mm256_cmpgt_epi64(least, y));
    return _mm256_blendv_epi8(above, most, _mm256_cmpgt_epi64(above, most));
  }
  static OTTAVA_INLINE W bounded(W y, int64_t low, int64_t high) {
    const I least = _mm256_set1_epi64x(low);
    const I most = _mm256_set1_epi64x(high);
    return {bounded_64(y.even, least, most), bounded_64(y.odd, least, most)};
  }
  static OTTAVA_INLINE I low_halves(W y) { return _mm256_blend_epi32(y.even, _mm256_slli_epi64(y.odd, 32), 0xAA); }

  static OTTAVA_INLINE I broadcast_64(int64_t x) { return _mm256_set1_epi64x(x); }
  static OTTAVA_INLINE I add_by_sign(I p, I a, I b) {
    return _mm256_add_epi64(p, _mm256_castpd_si256(_mm256_blendv_pd(_mm256_castsi256_pd(a), _mm256_castsi256_pd(b),
                                                                    _mm256_castsi256_pd(p))));
  }
  static OTTAVA_INLINE I by_sign(I x, I a, I b) {
    return _mm256_castps_si256(
        _mm256_blendv_ps(_mm256_castsi256_ps(a), _mm256_castsi256_ps(b), _mm256_castsi256_ps(x)));
  }
  // By a port that shifts and multiplications leave free.
  static OTTAVA_INLINE I odd_lanes(I x) { return _mm256_castps_si256(_mm256_movehdup_ps(_mm256_castsi256_ps(x))); }
  static OTTAVA_INLINE I high_halves(I even, I odd) { return _mm256_blend_epi32(odd_lanes(even), odd, 0xAA); }

  // For kernels/prepared_channels.h.
  static OTTAVA_INLINE I load_odd_lanes(const int32_t* from) {
    I x;  // compilers would load once for both, and have a port of the multiplications move the lanes
    __asm__("vmovshdup %1, %0" : "=x"(x) : "m"(*reinterpret_cast<const I*>(from)));
    return x;
  }
  static OTTAVA_INLINE I middle_words(I even, I odd) {
    const I bytes = _mm256_setr_epi32(0x06050403, 0x06050403, 0x0E0D0C0B, 0x0E0D0C0B, 0x06050403, 0x06050403,
                                      0x0E0D0C0B, 0x0E0D0C0B);
    return _mm256_blend_epi32(_mm256_srli_epi64(even, 24), _mm256_shuffle_epi8(odd, bytes), 0xAA);
  }
  static constexpr int32_t sign_excess = 0;
  static OTTAVA_INLINE I rounded_by_sign(I sum, I x) { return add(sum, _mm256_sign_epi32(broadcast(64), x)); }
  static OTTAVA_INLINE I less_if_below_zero(I sum, I x) { return add(sum, _mm256_srai_epi32(x, 31)); }

  static OTTAVA_INLINE bool any_above_zero(I x) {
    return _mm256_movemask_epi8(_mm256_cmpgt_epi32(x, broadcast(0))) != 0;
  }

  static OTTAVA_INLINE bool any_below(I x, I y) { return _mm256_movemask_epi8(_mm256_cmpgt_epi32(y, x)) != 0; }
  static OTTAVA_INLINE bool any_above_f32(F a, F b) {
    const F magnitude = _mm256_andnot_ps(broadcast_f32(-0.0f), a);
    return _mm256_movemask_ps(_mm256_cmp_ps(magnitude, b, _CMP_GT_OQ)) != 0;
  }
  // The conversion yields INT32_MIN for all that it cannot; all bits of that inverted are INT32_MAX.
  static OTTAVA_INLINE I round_half_even_saturating(F value) {
    const F above = _mm256_cmp_ps(value, broadcast_f32(0x1p31f), _CMP_GE_OQ);
    return _mm256_xor_si256(_mm256_cvtps_epi32(value), _mm256_castps_si256(above));
  }
  static OTTAVA_INLINE F canonical_nan(F value) {
    const F nan = _mm256_castsi256_ps(broadcast(0x7FC00000));
    return _mm256_blendv_ps(value, nan, _mm256_cmp_ps(value, value, _CMP_UNORD_Q));
  }

  // For output/vector_quantize.h.
  static OTTAVA_INLINE F zero_if_nan(F x) { return _mm256_and_ps(x, _mm256_cmp_ps(x, x, _CMP_ORD_Q)); }
  // Packing works in each half by itself; the last step puts the groups of four bytes into order.
  static OTTAVA_INLINE void store_8_four(uint8_t* to, I a, I b, I c, I d) {
    const I low_bytes = _mm256_set1_epi16(0xff);
    const I ab = _mm256_and_si256(_mm256_packs_epi32(a, b), low_bytes);
    const I cd = _mm256_and_si256(_mm256_packs_epi32(c, d), low_bytes);
    const I order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
    store_32(to, _mm256_permutevar8x32_epi32(_mm256_packus_epi16(ab, cd), order));
  }

  static OTTAVA_INLINE __m128i eight_bytes(const uint8_t* from) {
    return _mm_loadl_epi64(reinterpret_cast<const __m128i*>(from));
  }
  static OTTAVA_INLINE I load_s8(const uint8_t* from) { return _mm256_cvtepi8_epi32(eight_bytes(from)); }
  static OTTAVA_INLINE I load_u8(const uint8_t* from) { return _mm256_cvtepu8_epi32(eight_bytes(from)); }
  static OTTAVA_INLINE I load_s16(const uint8_t* from) {
    return _mm256_cvtepi16_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)));
  }
  static OTTAVA_INLINE F load_part(const uint8_t* from, size_t count) {
    const I lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    return _mm256_maskload_ps(reinterpret_cast<const float*>(from),
                              _mm256_cmpgt_epi32(broadcast(static_cast<int32_t>(count)), lane));
  }
  using Unordered = F;
  static OTTAVA_INLINE Unordered none_unordered() { return _mm256_setzero_ps(); }
  static OTTAVA_INLINE Unordered or_unordered(Unordered u, F a, F b) {
    return _mm256_or_ps(u, _mm256_cmp_ps(a, b, _CMP_UNORD_Q));
  }
  static OTTAVA_INLINE bool any_unordered(Unordered u) { return _mm256_movemask_ps(u) != 0; }
  // Eight rows in three rounds: each brings halves, quarters, then eighths of two rows together.
  template <class Choose>
  static OTTAVA_INLINE F reduced(const Extent* rows, F Extent::*end, Choose choose) {
    const auto halves = [&](size_t i) OTTAVA_INLINE_LAMBDA {  // rows i and i + 4
      const F a = rows[i].*end, b = rows[i + 4].*end;
      return choose(_mm256_permute2f128_ps(a, b, 0x20), _mm256_permute2f128_ps(a, b, 0x31));
    };
    const auto quarters = [&](size_t i) OTTAVA_INLINE_LAMBDA {  // and those 2 further on
      const F a = halves(i), b = halves(i + 2);
      return choose(_mm256_shuffle_ps(a, b, 0x44), _mm256_shuffle_ps(a, b, 0xEE));
    };
    const F a = quarters(0), b = quarters(1);
    const F ends = choose(_mm256_shuffle_ps(a, b, 0x88), _mm256_shuffle_ps(a, b, 0xDD));  // rows 0 2 1 3, 4 6 5 7
    return _mm256_permute_ps(ends, 0xD8);
  }
  static OTTAVA_INLINE void reduce_rows(const Extent* rows, float* smallest, float* largest) {
    _mm256_storeu_ps(smallest,
                     reduced(rows, &Extent::smallest, [](F a, F b) OTTAVA_INLINE_LAMBDA { return min_f32(a, b); }));
    _mm256_storeu_ps(largest,
                     reduced(rows, &Extent::largest, [](F a, F b) OTTAVA_INLINE_LAMBDA { return max_f32(a, b); }));
  }
  static OTTAVA_INLINE void reduce(Extent e, float* smallest, float* largest) {
    __m128 low = _mm_min_ps(_mm256_castps256_ps128(e.smallest), _mm256_extractf128_ps(e.smallest, 1));
    __m128 high = _mm_max_ps(_mm256_castps256_ps128(e.largest), _mm256_extractf128_ps(e.largest, 1));
    low = _mm_min_ps(low, _mm_movehl_ps(low, low));
    high = _mm_max_ps(high, _mm_movehl_ps(high, high));
    *smallest = _mm_cvtss_f32(_mm_min_ss(low, _mm_movehdup_ps(low)));
    *largest = _mm_cvtss_f32(_mm_max_ss(high, _mm_movehdup_ps(high)));
  }
};

}  // namespace
}  // namespace ottava

#endif  // OTTAVA_SRC_KERNELS_X86_AVX2_VECTOR_OPERATIONS_H_
