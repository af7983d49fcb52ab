// What a file is to be packed for. Nothing that loads files needs this.
#ifndef OTTAVA_SRC_CONTRACTION_TARGET_H_
#define OTTAVA_SRC_CONTRACTION_TARGET_H_

#include "base/status.h"
#include "contraction/route.h"

namespace ottava {

struct Target {
  Choice choice;
  Machine machine;
};

// A kernel of contractions, or a tier, by name, which `machine` need not have; null: `own`.
Status find_target(const Kernel& own, const Machine& machine, const KernelList& kernels, const char* name,
                   Target* target, Error* error);

}  // namespace ottava

#endif  // OTTAVA_SRC_CONTRACTION_TARGET_H_
