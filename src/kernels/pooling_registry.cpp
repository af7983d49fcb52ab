// Makes the array of built pooling kernels from the one list, pooling_kernels.inc.
#include "kernels/pooling.h"

namespace ottava {

#define OTTAVA_POOLING_KERNEL(name) extern const PoolingKernel pooling_##name;
#include "kernels/pooling_kernels.inc"
#undef OTTAVA_POOLING_KERNEL

PoolingKernelList built_pooling_kernels() {
  static const PoolingKernel* const kernels[] = {
#define OTTAVA_POOLING_KERNEL(name) &pooling_##name,
#include "kernels/pooling_kernels.inc"
#undef OTTAVA_POOLING_KERNEL
  };
  return {kernels, sizeof kernels / sizeof kernels[0]};
}

}  // namespace ottava
