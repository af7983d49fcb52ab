// The depthwise kernels of AArch64 with Advanced SIMD.
#include "kernels/arm_neon/depthwise_windows.h"
#include "kernels/arm_neon/output_stage.h"

namespace ottava {
namespace {

template <class Weight>
constexpr DepthwiseKernel kernel_of(const char* name, uint16_t size, uint16_t stride, DepthwiseKernel::Entry s8,
                                    DepthwiseKernel::Entry u8) {
  DepthwiseKernel kernel = {};
  kernel.name = name;
  kernel.isa = Isa::arm_neon;
  kernel.kernel_height = kernel.kernel_width = size;
  kernel.stride_height = kernel.stride_width = stride;
  kernel.lines = size == 0 ? 1 : 2;
  kernel.needs_narrow_weights = sizeof(Weight) == 1;
  kernel.packed_bytes = packed_depthwise_bytes<Weight>;
  kernel.pack = pack_depthwise<Weight>;
  kernel.stages = &arm_neon_stages;
  kernel.by_sign[0] = s8;
  kernel.by_sign[1] = u8;
  return kernel;
}

template <size_t kStride>
constexpr DepthwiseKernel narrow_3x3(const char* name) {
  using Window = Sliding3x3<kStride>;
  return kernel_of<int8_t>(name, 3, kStride, depthwise_entry<Window, Narrow8<false>>(),
                           depthwise_entry<Window, Narrow8<true>>());
}
template <size_t kStride>
constexpr DepthwiseKernel narrow_5x5(const char* name) {
  using Window = Tiled5x5<kStride>;
  return kernel_of<int8_t>(name, 5, kStride, depthwise_entry<Window, Narrow16<false>, Narrow8<false>>(),
                           depthwise_entry<Window, Narrow16<true>, Narrow8<true>>());
}
template <class Window>
constexpr DepthwiseKernel wide(const char* name, uint16_t size, uint16_t stride) {
  return kernel_of<int16_t>(name, size, stride, depthwise_entry<Window, Wide8<false>>(),
                            depthwise_entry<Window, Wide8<true>>());
}

}  // namespace

extern const DepthwiseKernel depthwise_3x3s1_pairs_arm_neon = narrow_3x3<1>("depthwise_3x3s1_pairs_arm_neon");
extern const DepthwiseKernel depthwise_3x3s2_pairs_arm_neon = narrow_3x3<2>("depthwise_3x3s2_pairs_arm_neon");
extern const DepthwiseKernel depthwise_5x5s1_pairs_arm_neon = narrow_5x5<1>("depthwise_5x5s1_pairs_arm_neon");
extern const DepthwiseKernel depthwise_5x5s2_pairs_arm_neon = narrow_5x5<2>("depthwise_5x5s2_pairs_arm_neon");
extern const DepthwiseKernel depthwise_3x3s1_arm_neon = wide<Sliding3x3<1>>("depthwise_3x3s1_arm_neon", 3, 1);
extern const DepthwiseKernel depthwise_3x3s2_arm_neon = wide<Sliding3x3<2>>("depthwise_3x3s2_arm_neon", 3, 2);
extern const DepthwiseKernel depthwise_5x5s1_arm_neon = wide<Tiled5x5<1>>("depthwise_5x5s1_arm_neon", 5, 1);
extern const DepthwiseKernel depthwise_5x5s2_arm_neon = wide<Tiled5x5<2>>("depthwise_5x5s2_arm_neon", 5, 2);
extern const DepthwiseKernel depthwise_any_arm_neon = wide<AnyWindow>("depthwise_any_arm_neon", 0, 0);

}  // namespace ottava
