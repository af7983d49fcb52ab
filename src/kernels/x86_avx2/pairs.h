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

OTTAVA_INLINE __m256i broadcast_pair(const int16_t* pair) {
  int32_t bits;
  __builtin_memcpy(&bits, pair, sizeof bits);
  return Avx2::broadcast(bits);
}

OTTAVA_INLINE __m256i load_widened(const uint8_t* from) {
  return _mm256_cvtepi8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)));
}

// pair_of(i): the pair of depths of row i, in every lane. weights_of(v): vector v of the panel, the first W of which
// are multiplied.
template <size_t M, size_t W, class WeightsOf, class PairOf>
OTTAVA_INLINE void add_step(__m256i (&acc)[M][W], WeightsOf weights_of, PairOf pair_of) {
  __m256i weights[W];
  unroll<W>([&](auto v) OTTAVA_INLINE_LAMBDA { weights[v] = weights_of(v); });
  unroll<M>([&](auto i) OTTAVA_INLINE_LAMBDA {
    const __m256i pair = pair_of(i);
    unroll<W>([&](auto v)
                  OTTAVA_INLINE_LAMBDA { acc[i][v] = Avx2::add(acc[i][v], _mm256_madd_epi16(pair, weights[v])); });
  });
}

// The same of 8-bit weights at `rhs`.
template <size_t M, size_t W, class PairOf>
OTTAVA_INLINE void add_step(const uint8_t* rhs, __m256i (&acc)[M][W], PairOf pair_of) {
  add_step(
      acc, [&](auto v) OTTAVA_INLINE_LAMBDA { return load_widened(rhs + v * kNr); }, pair_of);
}

}  // namespace
}  // namespace ottava

#endif  // OTTAVA_SRC_KERNELS_X86_AVX2_PAIRS_H_
