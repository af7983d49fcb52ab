// The depthwise kernels of AArch64 for 3 x 3: for weights of 8 bits, and for all.
#include "kernels/arm_neon/depthwise_interleaved.h"
#include "kernels/arm_neon/output_stage.h"

namespace ottava {
namespace {

template <template <bool> class P, size_t kStride>
constexpr DepthwiseKernel kernel_3x3(const char* name) {
  using Window = Sliding3x3<kStride, 2>;
  return depthwise_kernel<P<false>>(name, Isa::arm_neon, arm_neon_stages, 3, kStride,
                                    depthwise_entry<Window, P<false>>(), depthwise_entry<Window, P<true>>());
}

}  // namespace

extern const DepthwiseKernel depthwise_3x3s1_pairs_arm_neon =
    interleaved_kernel<Interleaved3x3, Interleaved<false, 8>, Interleaved<false, 8>, Interleaved<true, 8>,
                       Interleaved<true, 8>>("depthwise_3x3s1_pairs_arm_neon", arm_neon_stages, 3);
extern const DepthwiseKernel depthwise_3x3s2_pairs_arm_neon = kernel_3x3<Narrow8, 2>("depthwise_3x3s2_pairs_arm_neon");
extern const DepthwiseKernel depthwise_3x3s1_arm_neon = kernel_3x3<Wide8, 1>("depthwise_3x3s1_arm_neon");
extern const DepthwiseKernel depthwise_3x3s2_arm_neon = kernel_3x3<Wide8, 2>("depthwise_3x3s2_arm_neon");

}  // namespace ottava
