// The vector operations of AVX2 for the depthwise kernels, on inputs of s8 or u8, 8 channels. vpmaddwd multiplies pairs
// of s16 and adds each two products exactly: an input is of 8 bits, a weight less its zero point of 9.
//
// In an anonymous namespace: files with different ISA flags share no code.
#ifndef OTTAVA_SRC_KERNELS_X86_AVX2_DEPTHWISE_VECTORS_H_
#define OTTAVA_SRC_KERNELS_X86_AVX2_DEPTHWISE_VECTORS_H_

#include "kernels/x86_avx2/vector_operations.h"

namespace ottava {
namespace {

template <class Input>
struct DepthwiseAvx2;

// The empty statement keeps compilers from gathering products before they add them, which takes more registers than
// there are.
OTTAVA_INLINE __m256i add_products_avx2(__m256i sum, __m256i a, __m256i b) {
  sum = _mm256_add_epi32(sum, _mm256_madd_epi16(a, b));
  __asm__("" : "+x"(sum));
  return sum;
}

template <>
struct DepthwiseAvx2<int8_t> : Avx2 {
  using Bytes = __m128i;
  static OTTAVA_INLINE Bytes load_bytes(const uint8_t* from) { return eight_bytes(from); }
  static OTTAVA_INLINE I pair(Bytes a, Bytes b) { return _mm256_cvtepi8_epi16(_mm_unpacklo_epi8(a, b)); }
  static OTTAVA_INLINE I add_products(I sum, I a, I b) { return add_products_avx2(sum, a, b); }
};

// Where no sign is to be extended, a broadcast, which is part of the load, and a shuffle within 128 bits do it: fewer
// steps than vpmovzxbw takes on some CPUs.
template <>
struct DepthwiseAvx2<uint8_t> : Avx2 {
  using Bytes = __m256i;
  static OTTAVA_INLINE Bytes load_bytes(const uint8_t* from) { return _mm256_broadcastq_epi64(eight_bytes(from)); }
  static OTTAVA_INLINE I pair(Bytes a, Bytes b) {
    const I widen = _mm256_setr_epi8(0, -1, 1, -1, 2, -1, 3, -1, 4, -1, 5, -1, 6, -1, 7, -1,  //
                                     8, -1, 9, -1, 10, -1, 11, -1, 12, -1, 13, -1, 14, -1, 15, -1);
    return _mm256_shuffle_epi8(_mm256_unpacklo_epi8(a, b), widen);
  }
  static OTTAVA_INLINE I add_products(I sum, I a, I b) { return add_products_avx2(sum, a, b); }
};

}  // namespace
}  // namespace ottava

#endif  // OTTAVA_SRC_KERNELS_X86_AVX2_DEPTHWISE_VECTORS_H_
