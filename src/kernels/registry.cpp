// Makes the array of built kernels from the one list, kernels.inc.
#include "kernels/registry.h"

namespace ottava {

#define OTTAVA_KERNEL(name) extern const Kernel kernel_##name;
#include "kernels/kernels.inc"
#undef OTTAVA_KERNEL

KernelList built_kernels() {
  static const Kernel* const kernels[] = {
#define OTTAVA_KERNEL(name) &kernel_##name,
#include "kernels/kernels.inc"
#undef OTTAVA_KERNEL
  };
  return {kernels, sizeof kernels / sizeof kernels[0]};
}

}  // namespace ottava
