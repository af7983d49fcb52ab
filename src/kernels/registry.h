// The kernels compiled into this library, best first. "Which kernel runs on my CPU?" is answered by
// kernels.inc and contraction/route.cpp.
#ifndef OTTAVA_SRC_KERNELS_REGISTRY_H_
#define OTTAVA_SRC_KERNELS_REGISTRY_H_

#include "kernels/kernel.h"

namespace ottava {

struct KernelList {
  const Kernel* const* kernels;
  size_t count;
};

KernelList built_kernels();

}  // namespace ottava

#endif  // OTTAVA_SRC_KERNELS_REGISTRY_H_
