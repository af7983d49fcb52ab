// The depthwise kernels of AArch64 for 5 x 5: for weights of 8 bits, and for all.
#include "kernels/arm_neon/depthwise_interleaved.h"
#include "kernels/arm_neon/output_stage.h"

namespace ottava {
namespace {

template <template <bool> class P, template <bool> class P8, size_t kStride>
constexpr DepthwiseKernel kernel_5x5(const char* name) {
  using Window = Tiled5x5<kStride>;
  return depthwise_kernel<P<false>>(name, Isa::arm_neon, arm_neon_stages, 5, kStride,
                                    depthwise_entry<Window, P<false>, P8<false>>(),
                                    depthwise_entry<Window, P<true>, P8<true>>());
}

}  // namespace

extern const DepthwiseKernel depthwise_5x5s1_pairs_arm_neon =
    interleaved_kernel<Interleaved5x5, Interleaved<false, 16>, Interleaved<false, 8>, Interleaved<true, 16>,
                       Interleaved<true, 8>>("depthwise_5x5s1_pairs_arm_neon", arm_neon_stages, 5);
extern const DepthwiseKernel depthwise_5x5s2_pairs_arm_neon =
    kernel_5x5<Narrow16, Narrow8, 2>("depthwise_5x5s2_pairs_arm_neon");
extern const DepthwiseKernel depthwise_5x5s1_arm_neon = kernel_5x5<Wide8, Wide8, 1>("depthwise_5x5s1_arm_neon");
extern const DepthwiseKernel depthwise_5x5s2_arm_neon = kernel_5x5<Wide8, Wide8, 2>("depthwise_5x5s2_arm_neon");

}  // namespace ottava
