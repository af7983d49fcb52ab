// Kernels of tiers that few machines have, for the others: the same source files, compiled again for something that
// this machine can run. They are swept like the kernels of the registry, and count for no tier.
#ifndef OTTAVA_TESTS_STAND_INS_H_
#define OTTAVA_TESTS_STAND_INS_H_

#include <string>
#include <vector>

#include "kernels/depthwise.h"
#include "kernels/kernel.h"

namespace ottava {

// How the files of a tier were compiled.
struct StandInKind {
  const char* words;
  bool runs_here;
  // What went wrong on the way since the last call, in words; empty if nothing did. Null where nothing is watched.
  const char* (*take_fault)();
};

struct StandIn {
  Kernel kernel;  // under a name of its own
  const StandInKind* kind;
};

const std::vector<StandInKind>& stand_in_kinds();

// Those that run here.
const std::vector<StandIn>& stand_ins();

// Null for a kernel of the registry.
const StandIn* stand_in_of(const Kernel& kernel);

// Depthwise kernels of AVX-VNNI by the instructions of AVX2, where this machine has these.
const std::vector<const DepthwiseKernel*>& depthwise_stand_ins();

// Of all that are watched; empty if nothing went wrong and no thread holds state that its kernels should have released.
std::string take_stand_in_faults();

}  // namespace ottava

#endif  // OTTAVA_TESTS_STAND_INS_H_
