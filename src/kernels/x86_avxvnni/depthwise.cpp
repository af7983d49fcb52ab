// AVX-VNNI depthwise kernels: those of AVX2 with vpdpwssd, which multiplies pairs of s16 and adds the two products to
// the sum, modulo 2^32, in the place of vpmaddwd and vpaddd.
#include "kernels/depthwise_any.h"
#include "kernels/depthwise_pairs.h"
#include "kernels/x86_avx2/depthwise_vectors.h"

namespace ottava {
namespace {

template <class Input>
struct DepthwiseAvxVnni : DepthwiseAvx2<Input> {
  static OTTAVA_INLINE __m256i add_products(__m256i sum, __m256i a, __m256i b) {
    return _mm256_dpwssd_avx_epi32(sum, a, b);
  }
};

template <class Input>
struct DepthwiseTwoAvxVnni : DepthwiseTwoAvx2<Input> {
  using I = typename DepthwiseTwoAvx2<Input>::I;
  static OTTAVA_INLINE I add_products(I sum, I a, I b) {
    return {_mm256_dpwssd_avx_epi32(sum.first, a.first, b.first),
            _mm256_dpwssd_avx_epi32(sum.second, a.second, b.second)};
  }
};

}  // namespace

extern const DepthwiseKernel depthwise_3x3_stride1_x86_avxvnni =
    window_kernel<DepthwiseTwoAvxVnni, Window<3, 1>>("depthwise_3x3_stride1_x86_avxvnni", Isa::x86_avxvnni, true);
extern const DepthwiseKernel depthwise_3x3_stride1_few_x86_avxvnni =
    window_kernel<DepthwiseAvxVnni, Window<3, 1>>("depthwise_3x3_stride1_few_x86_avxvnni", Isa::x86_avxvnni);
extern const DepthwiseKernel depthwise_3x3_stride2_x86_avxvnni =
    window_kernel<DepthwiseTwoAvxVnni, Window<3, 2>>("depthwise_3x3_stride2_x86_avxvnni", Isa::x86_avxvnni, true);
extern const DepthwiseKernel depthwise_3x3_stride2_few_x86_avxvnni =
    window_kernel<DepthwiseAvxVnni, Window<3, 2>>("depthwise_3x3_stride2_few_x86_avxvnni", Isa::x86_avxvnni);
extern const DepthwiseKernel depthwise_5x5_stride1_x86_avxvnni =
    window_kernel<DepthwiseTwoAvxVnni, Window<5, 1>>("depthwise_5x5_stride1_x86_avxvnni", Isa::x86_avxvnni, true);
extern const DepthwiseKernel depthwise_5x5_stride1_few_x86_avxvnni =
    window_kernel<DepthwiseAvxVnni, Window<5, 1>>("depthwise_5x5_stride1_few_x86_avxvnni", Isa::x86_avxvnni);
extern const DepthwiseKernel depthwise_5x5_stride2_x86_avxvnni =
    window_kernel<DepthwiseTwoAvxVnni, Window<5, 2>>("depthwise_5x5_stride2_x86_avxvnni", Isa::x86_avxvnni, true);
extern const DepthwiseKernel depthwise_5x5_stride2_few_x86_avxvnni =
    window_kernel<DepthwiseAvxVnni, Window<5, 2>>("depthwise_5x5_stride2_few_x86_avxvnni", Isa::x86_avxvnni);
extern const DepthwiseKernel depthwise_any_x86_avxvnni =
    any_kernel<DepthwiseAvxVnni>("depthwise_any_x86_avxvnni", Isa::x86_avxvnni);

}  // namespace ottava
