// The depthwise kernel of AArch64 for any window and all weights.
#include "kernels/arm_neon/depthwise_windows.h"
#include "kernels/arm_neon/output_stage.h"

namespace ottava {
extern const DepthwiseKernel depthwise_any_arm_neon = depthwise_kernel<Wide8<false>>(
    "depthwise_any_arm_neon", Isa::arm_neon, arm_neon_stages, 0, 0,
    depthwise_entry<AnyWindow, Wide16<false>, Wide8<false>>(), depthwise_entry<AnyWindow, Wide16<true>, Wide8<true>>());

}  // namespace ottava
