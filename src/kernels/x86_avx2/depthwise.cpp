// AVX2 depthwise kernels, s8 or u8 by 9-bit differences of weights: windows of 3 x 3 and 5 x 5 at strides 1 and 2, 2
// lines at once, and one for any window; kernels/depthwise_pairs.h and kernels/depthwise_any.h have their loops.
//
// 3 x 3 at stride 1, a round of 4 columns, for 8 channels of 4 pixels of 2 lines: 16 inputs are loaded, 8 vpunpcklbw
// and as many vpmovsxbw or vpshufb make pairs of them, 14 vectors of weights, 40 vpmaddwd + 40 vpaddd, 8 stores.
// Registers: 6 sums of a line and 2 of the other, 4 vectors of inputs, weights, products.
#include "kernels/depthwise_any.h"
#include "kernels/depthwise_pairs.h"
#include "kernels/x86_avx2/depthwise_vectors.h"

namespace ottava {

extern const DepthwiseKernel depthwise_3x3_stride1_x86_avx2 =
    window_kernel<DepthwiseTwoAvx2, Window<3, 1>>("depthwise_3x3_stride1_x86_avx2", Isa::x86_avx2);
extern const DepthwiseKernel depthwise_3x3_stride2_x86_avx2 =
    window_kernel<DepthwiseTwoAvx2, Window<3, 2>>("depthwise_3x3_stride2_x86_avx2", Isa::x86_avx2);
extern const DepthwiseKernel depthwise_5x5_stride1_x86_avx2 =
    window_kernel<DepthwiseTwoAvx2, Window<5, 1>>("depthwise_5x5_stride1_x86_avx2", Isa::x86_avx2);
extern const DepthwiseKernel depthwise_5x5_stride2_x86_avx2 =
    window_kernel<DepthwiseTwoAvx2, Window<5, 2>>("depthwise_5x5_stride2_x86_avx2", Isa::x86_avx2);
extern const DepthwiseKernel depthwise_any_x86_avx2 =
    any_kernel<DepthwiseAvx2>("depthwise_any_x86_avx2", Isa::x86_avx2);

}  // namespace ottava
