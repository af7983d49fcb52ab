// vpmaddubsw on 256 bits, for kernels/dot_quads.h: u8 by s8, each two products added with saturation to 16 bits;
// vpmaddwd by ones adds the two sums of a quad, vpaddd adds them to the lane. 3 instructions for what takes vpmaddwd
// alone, with a vpaddd each, 4, and no byte is widened.
//
// It is exact where no sum saturates. For weights a and b of a pair of depths, the products with u8 values lie between
// 255 times the sum of the negative ones and 255 times the sum of the positive ones. Where these sums lie between -128
// and 128, the products lie between -32640 and 32640, inside int16; beyond, 255 * 129 = 32895 is outside. With signs
// unlike, neither sum can leave that range; with like signs one of them is a + b: so it holds for exactly the pairs of
// Weights::narrow_pairs. All weights of 7 bits are such pairs.
//
// In an anonymous namespace: files with different ISA flags share no code.
#ifndef OTTAVA_SRC_KERNELS_X86_AVX2_SATURATING_DOT_H_
#define OTTAVA_SRC_KERNELS_X86_AVX2_SATURATING_DOT_H_

#include "kernels/x86_avx2/quad_operations.h"

namespace ottava {
namespace {

struct Dot256 : QuadOperations {
  static constexpr size_t kRegisters = 16;
  static constexpr bool kWeightsInMemory = true;  // the product and the ones take the registers of two vectors
  static OTTAVA_INLINE I add_dot(I sum, I u8, I s8) {
    return add(sum, _mm256_madd_epi16(_mm256_maddubs_epi16(u8, s8), _mm256_set1_epi16(1)));
  }
};

}  // namespace
}  // namespace ottava

#endif  // OTTAVA_SRC_KERNELS_X86_AVX2_SATURATING_DOT_H_
