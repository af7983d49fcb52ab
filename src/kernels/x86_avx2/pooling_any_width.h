// The vector operations of x86 for kernels/pooling_vectors.h that read alike for 256 and 512 bits, over V, the vectors
// of the output stage of that width. The file that includes this has included these, and their OTTAVA_MM.
//
// Pairs of bytes are summed by vpmaddubsw with ones, which cannot saturate. Packing and unpacking work within blocks of
// 128 bits: sums of 32 bits lie in the order of such blocks, which packing undoes.
//
// In an anonymous namespace: files with different ISA flags share no code.
#ifndef OTTAVA_SRC_KERNELS_X86_AVX2_POOLING_ANY_WIDTH_H_
#define OTTAVA_SRC_KERNELS_X86_AVX2_POOLING_ANY_WIDTH_H_

#include "kernels/pooling_vectors.h"

namespace ottava {
namespace {

OTTAVA_INLINE __m128i load_128(const uint8_t* from) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from)); }
OTTAVA_INLINE void store_128(uint8_t* to, __m128i x) { _mm_storeu_si128(reinterpret_cast<__m128i*>(to), x); }

// Of fewer than 16 and 32 elements.
OTTAVA_INLINE __m128i load_ends_128(const uint8_t* from, size_t n) {
  if (n < 8) return _mm_cvtsi64_si128(static_cast<int64_t>(load_ends_of_word(from, n)));
  const __m128i first = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(from));
  return _mm_unpacklo_epi64(first, _mm_loadl_epi64(reinterpret_cast<const __m128i*>(from + n - 8)));
}
OTTAVA_INLINE __m256i load_ends_256(const uint8_t* from, size_t n) {
  if (n < 16) return _mm256_castsi128_si256(load_ends_128(from, n));
  return _mm256_inserti128_si256(_mm256_castsi128_si256(load_128(from)), load_128(from + n - 16), 1);
}
OTTAVA_INLINE void store_ends_128(uint8_t* to, size_t n, __m128i x) {
  if (n < 8) return store_ends_of_word(to, n, static_cast<uint64_t>(_mm_cvtsi128_si64(x)));
  _mm_storel_epi64(reinterpret_cast<__m128i*>(to), x);
  _mm_storel_epi64(reinterpret_cast<__m128i*>(to + n - 8), _mm_unpackhi_epi64(x, x));
}
OTTAVA_INLINE void store_ends_256(uint8_t* to, size_t n, __m256i x) {
  if (n < 16) return store_ends_128(to, n, _mm256_castsi256_si128(x));
  store_128(to, _mm256_castsi256_si128(x));
  store_128(to + n - 16, _mm256_extracti128_si256(x, 1));
}

template <class V>
struct PoolingOfAnyWidth : V {
  using I = typename V::I;
  using B = I;

  static OTTAVA_INLINE B load_bytes(const uint8_t* from) { return V::load(from); }
  static OTTAVA_INLINE void store_bytes(uint8_t* to, B x) { V::store_32(to, x); }
  template <bool kUnsigned>
  static OTTAVA_INLINE B max_bytes(B a, B b) {
    return kUnsigned ? OTTAVA_MM(max_epu8)(a, b) : OTTAVA_MM(max_epi8)(a, b);
  }
  template <bool kUnsigned>
  static OTTAVA_INLINE B min_bytes(B a, B b) {
    return kUnsigned ? OTTAVA_MM(min_epu8)(a, b) : OTTAVA_MM(min_epi8)(a, b);
  }

  struct Sums {
    I low, high;
  };
  static OTTAVA_INLINE Sums no_sums() { return {V::broadcast(0), V::broadcast(0)}; }
  template <bool kUnsigned>
  static OTTAVA_INLINE I sums_of_pairs(I pairs) {
    const I ones = V::broadcast_byte(1);
    return kUnsigned ? OTTAVA_MM(maddubs_epi16)(pairs, ones) : OTTAVA_MM(maddubs_epi16)(ones, pairs);
  }
  template <bool kUnsigned>
  static OTTAVA_INLINE Sums add_two(Sums sums, B a, B b) {
    const I low = sums_of_pairs<kUnsigned>(OTTAVA_MM(unpacklo_epi8)(a, b));
    const I high = sums_of_pairs<kUnsigned>(OTTAVA_MM(unpackhi_epi8)(a, b));
    return {OTTAVA_MM(add_epi16)(sums.low, low), OTTAVA_MM(add_epi16)(sums.high, high)};
  }
  template <bool kUnsigned>
  static OTTAVA_INLINE Sums add_one(Sums sums, B a) {
    return add_two<kUnsigned>(sums, a, V::broadcast(0));
  }
  static OTTAVA_INLINE void add_wide(I (&wide)[4], Sums sums) {
    wide[0] = V::add(wide[0], OTTAVA_MM(srai_epi32)(OTTAVA_MM(unpacklo_epi16)(sums.low, sums.low), 16));
    wide[1] = V::add(wide[1], OTTAVA_MM(srai_epi32)(OTTAVA_MM(unpackhi_epi16)(sums.low, sums.low), 16));
    wide[2] = V::add(wide[2], OTTAVA_MM(srai_epi32)(OTTAVA_MM(unpacklo_epi16)(sums.high, sums.high), 16));
    wide[3] = V::add(wide[3], OTTAVA_MM(srai_epi32)(OTTAVA_MM(unpackhi_epi16)(sums.high, sums.high), 16));
  }
  static OTTAVA_INLINE void store_sums(int32_t* to, const I (&sums)[4]) {
    int32_t lanes[V::lanes];
    for (size_t k = 0; k < 4; ++k) {
      V::store_32(lanes, sums[k]);
      for (size_t i = 0; i < V::lanes; i += 4) __builtin_memcpy(to + 4 * i + 4 * k, lanes + i, 16);
    }
  }
  template <bool kUnsigned>
  static OTTAVA_INLINE B narrow(const I (&x)[4]) {
    const I low = OTTAVA_MM(packs_epi32)(x[0], x[1]), high = OTTAVA_MM(packs_epi32)(x[2], x[3]);
    return kUnsigned ? OTTAVA_MM(packus_epi16)(low, high) : OTTAVA_MM(packs_epi16)(low, high);
  }
  static OTTAVA_INLINE I truncate(typename V::F x) { return OTTAVA_MM(cvttps_epi32)(x); }
};

}  // namespace
}  // namespace ottava

#endif  // OTTAVA_SRC_KERNELS_X86_AVX2_POOLING_ANY_WIDTH_H_
