// Every kernel of every architecture without its code, as kernels/layouts.inc describes it: what is chosen from this
// list cannot run, but weights can be laid out for it.
#ifndef OTTAVA_SRC_KERNELS_LAYOUTS_H_
#define OTTAVA_SRC_KERNELS_LAYOUTS_H_

#include "kernels/registry.h"

namespace ottava {

KernelList described_kernels();

}  // namespace ottava

#endif  // OTTAVA_SRC_KERNELS_LAYOUTS_H_
