#include "contraction/target.h"

#include "contraction/packed_file.h"
#include "cpu/tiers.h"

namespace ottava {

Status find_target(const Kernel& own, const Machine& machine, const KernelList& kernels, const char* name,
                   Target* target, Error* error) {
  Choice choice = {kernels, Isa::any, nullptr};
  choice.first = name == nullptr ? &own : kernel_named(kernels, name);
  const Tier* tier = choice.first != nullptr ? tier_of(choice.first->isa) : tier_named(name);
  bool built = false;
  for (size_t i = 0; tier != nullptr && i < kernels.count; ++i) built = built || kernels.kernels[i]->isa == tier->isa;
  if (!built) {
    error->set(Status::unknown_name, "kernel") << (tier != nullptr ? "is a tier that this build has no kernels of: "
                                                                   : "is no kernel of this build, and no tier: ")
                                               << name;
    return Status::unknown_name;
  }
  choice.cap = tier->isa;
  *target = {choice, machine};
  target->machine.features |= tier->required_features;  // one that has it
  return Status::ok;
}

}  // namespace ottava
