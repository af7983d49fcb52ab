// Makes the array of built depthwise kernels from the one list, depthwise_kernels.inc.
#include "kernels/depthwise.h"

namespace ottava {

#define OTTAVA_DEPTHWISE_KERNEL(name) extern const DepthwiseKernel depthwise_##name;
#include "kernels/depthwise_kernels.inc"
#undef OTTAVA_DEPTHWISE_KERNEL

DepthwiseKernelList built_depthwise_kernels() {
  static const DepthwiseKernel* const kernels[] = {
#define OTTAVA_DEPTHWISE_KERNEL(name) &depthwise_##name,
#include "kernels/depthwise_kernels.inc"
#undef OTTAVA_DEPTHWISE_KERNEL
  };
  return {kernels, sizeof kernels / sizeof kernels[0]};
}

}  // namespace ottava
