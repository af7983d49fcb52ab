// What the AVX2 kernels share: a step of 2 depths by 16 channels.
//
// The rhs stays 8-bit in memory and is widened by vpmovsxbw as it is loaded; vpbroadcastd yields the two depths of a
// row in every lane. vpmaddwd multiplies pairs of s16 and adds each two products exactly: 2 * 128 * 128 = 2^15 is far
// inside int32 (the saturating vpmaddubsw, which 8-bit operands could use directly, is exact for some weights alone:
// saturating_dot.h).
//
// In an anonymous namespace: files with different ISA flags share no code.
#ifndef OTTAVA_SRC_KERNELS_X86_AVX2_PAIRS_H_
#define OTTAVA_SRC_KERNELS_X86_AVX2_PAIRS_H_

#include "kernels/unroll.h"
#include "kernels/x86_avx2/vector_operations.h"

namespace ottava {
namespace {

constexpr size_t kNr = 16;
constexpr size_t kKr = 2;
constexpr size_t kStepBytes = kNr * kKr;  // of the rhs

// The weights of vector v of a panel, and of one that has been widened.
OTTAVA_INLINE __m256i load_weights(const uint8_t* from) {
  return _mm256_cvtepi8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)));
}
OTTAVA_INLINE __m256i load_weights(const int16_t* from) { return Avx2::load(from); }

// What a pair of depths of one row adds. In this order: compilers gather the products of several steps before they add
// them, and then have no registers left for the sums.
OTTAVA_INLINE void add_row(__m256i (&acc)[2], const int16_t (&pair)[kKr], const __m256i (&weights)[2]) {
  __m256i depths, product;
  __asm__(
      "vpbroadcastd %[pair], %[depths]\n\t"
      "vpmaddwd %[first], %[depths], %[product]\n\t"
      "vpmaddwd %[second], %[depths], %[depths]\n\t"
      "vpaddd %[product], %[acc0], %[acc0]\n\t"
      "vpaddd %[depths], %[acc1], %[acc1]"
      : [acc0] "+x"(acc[0]), [acc1] "+x"(acc[1]), [depths] "=&x"(depths), [product] "=&x"(product)
      : [pair] "m"(pair), [first] "x"(weights[0]), [second] "x"(weights[1]));
}
OTTAVA_INLINE void add_row(__m256i (&acc)[1], const int16_t (&pair)[kKr], const __m256i (&weights)[1]) {
  __m256i product;
  __asm__(
      "vpbroadcastd %[pair], %[product]\n\t"
      "vpmaddwd %[weights], %[product], %[product]\n\t"
      "vpaddd %[product], %[acc], %[acc]"
      : [acc] "+x"(acc[0]), [product] "=&x"(product)
      : [pair] "m"(pair), [weights] "x"(weights[0]));
}

OTTAVA_INLINE void add_row(__m256i (&acc)[4], const int16_t (&pair)[kKr], const __m256i (&weights)[4]) {
  __m256i depths, product;
  __asm__(
      "vpbroadcastd %[pair], %[depths]\n\t"
      "vpmaddwd %[weights0], %[depths], %[product]\n\t"
      "vpaddd %[product], %[acc0], %[acc0]\n\t"
      "vpmaddwd %[weights1], %[depths], %[product]\n\t"
      "vpaddd %[product], %[acc1], %[acc1]\n\t"
      "vpmaddwd %[weights2], %[depths], %[product]\n\t"
      "vpaddd %[product], %[acc2], %[acc2]\n\t"
      "vpmaddwd %[weights3], %[depths], %[depths]\n\t"
      "vpaddd %[depths], %[acc3], %[acc3]"
      : [acc0] "+x"(acc[0]), [acc1] "+x"(acc[1]), [acc2] "+x"(acc[2]), [acc3] "+x"(acc[3]), [depths] "=&x"(depths),
        [product] "=&x"(product)
      : [pair] "m"(pair), [weights0] "x"(weights[0]), [weights1] "x"(weights[1]), [weights2] "x"(weights[2]),
        [weights3] "x"(weights[3]));
}

// pair_of(i): where the pair of depths of row i lies. The first W vectors of the weights are multiplied, two of a
// panel.
template <class Weight, size_t M, size_t W, class PairOf>
OTTAVA_INLINE void add_step(const Weight* rhs, __m256i (&acc)[M][W], PairOf pair_of, size_t panel_stride = 0) {
  __m256i weights[W];
  unroll<W>([&](auto v) OTTAVA_INLINE_LAMBDA { weights[v] = load_weights(rhs + v / 2 * panel_stride + v % 2 * kNr); });
  unroll<M>([&](auto i) OTTAVA_INLINE_LAMBDA {
    add_row(acc[i], *reinterpret_cast<const int16_t(*)[kKr]>(pair_of(i)), weights);
  });
}

}  // namespace
}  // namespace ottava

#endif  // OTTAVA_SRC_KERNELS_X86_AVX2_PAIRS_H_
