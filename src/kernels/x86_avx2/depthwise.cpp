// AVX2 depthwise kernels, s8 or u8 by 9-bit differences of weights: windows of 3 x 3 and 5 x 5 at strides 1 and 2, 2
// lines at once, and one for any window; kernels/depthwise_pairs.h and kernels/depthwise_any.h have their loops.
// Windows take 16 channels at a time; those of few channels, of which many would be computed twice, 8.
//
// 3 x 3 at stride 1, a round of 2 columns, for 16 channels of 2 pixels of 2 lines: 8 vpmovsxbw load the inputs, 8
// vpunpck make pairs of them, 40 vpmaddwd, most with their weights from memory, + 40 vpaddd. They take the vector units
// about 35 cycles of Zen 3, the output stage 20: all that is not a product or its sum counts.
#include "kernels/depthwise_any.h"
#include "kernels/depthwise_pairs.h"
#include "kernels/x86_avx2/depthwise_vectors.h"

namespace ottava {

extern const DepthwiseKernel depthwise_3x3_stride1_x86_avx2 =
    window_kernel<DepthwiseTwoAvx2, Window<3, 1>>("depthwise_3x3_stride1_x86_avx2", Isa::x86_avx2, true);
extern const DepthwiseKernel depthwise_3x3_stride1_few_x86_avx2 =
    window_kernel<DepthwiseAvx2, Window<3, 1>>("depthwise_3x3_stride1_few_x86_avx2", Isa::x86_avx2);
extern const DepthwiseKernel depthwise_3x3_stride2_x86_avx2 =
    window_kernel<DepthwiseTwoAvx2, Window<3, 2>>("depthwise_3x3_stride2_x86_avx2", Isa::x86_avx2, true);
extern const DepthwiseKernel depthwise_3x3_stride2_few_x86_avx2 =
    window_kernel<DepthwiseAvx2, Window<3, 2>>("depthwise_3x3_stride2_few_x86_avx2", Isa::x86_avx2);
extern const DepthwiseKernel depthwise_5x5_stride1_x86_avx2 =
    window_kernel<DepthwiseTwoAvx2, Window<5, 1>>("depthwise_5x5_stride1_x86_avx2", Isa::x86_avx2, true);
extern const DepthwiseKernel depthwise_5x5_stride1_few_x86_avx2 =
    window_kernel<DepthwiseAvx2, Window<5, 1>>("depthwise_5x5_stride1_few_x86_avx2", Isa::x86_avx2);
extern const DepthwiseKernel depthwise_5x5_stride2_x86_avx2 =
    window_kernel<DepthwiseTwoAvx2, Window<5, 2>>("depthwise_5x5_stride2_x86_avx2", Isa::x86_avx2, true);
extern const DepthwiseKernel depthwise_5x5_stride2_few_x86_avx2 =
    window_kernel<DepthwiseAvx2, Window<5, 2>>("depthwise_5x5_stride2_few_x86_avx2", Isa::x86_avx2);
extern const DepthwiseKernel depthwise_any_x86_avx2 =
    any_kernel<DepthwiseAvx2>("depthwise_any_x86_avx2", Isa::x86_avx2);

}  // namespace ottava
