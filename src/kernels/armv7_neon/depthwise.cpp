// The depthwise kernels of 32-bit Arm with NEON: 3 x 3 for weights of 8 bits, and any window for all weights. There are
// half the registers of AArch64, so 3 x 3 takes one line at a time.
#if !defined(__arm__) || !defined(__ARM_NEON)
#error "armv7_neon/depthwise.cpp is code for 32-bit Arm: compile it with -march=armv7-a -mfpu=neon"
#endif

#include "kernels/arm_neon/depthwise_windows.h"
#include "kernels/armv7_neon/output_stage.h"

namespace ottava {
namespace {

template <size_t kStride>
constexpr DepthwiseKernel kernel_3x3(const char* name) {
  using Window = Sliding3x3<kStride, 1>;
  DepthwiseKernel kernel = depthwise_kernel<Narrow8<false>>(name, Isa::armv7_neon, armv7_neon_stages, 3, kStride,
                                                            depthwise_entry<Window, Narrow8<false>>(),
                                                            depthwise_entry<Window, Narrow8<true>>());
  kernel.lines = 1;
  return kernel;
}

}  // namespace

extern const DepthwiseKernel depthwise_3x3s1_pairs_armv7_neon = kernel_3x3<1>("depthwise_3x3s1_pairs_armv7_neon");
extern const DepthwiseKernel depthwise_3x3s2_pairs_armv7_neon = kernel_3x3<2>("depthwise_3x3s2_pairs_armv7_neon");
extern const DepthwiseKernel depthwise_any_armv7_neon = depthwise_kernel<Wide8<false>>(
    "depthwise_any_armv7_neon", Isa::armv7_neon, armv7_neon_stages, 0, 0, depthwise_entry<AnyWindow, Wide8<false>>(),
    depthwise_entry<AnyWindow, Wide8<true>>());

}  // namespace ottava
