#include "contraction/target.h"

#include "contraction/packed_file.h"
#include "cpu/tiers.h"
#include "kernels/layouts.h"

namespace ottava {

Status find_target(const Kernel& own, const Machine& machine, const KernelList& kernels, const char* name,
                   Target* target, Error* error) {
  // What is named comes from the description of all kernels, the same on every machine.
  Choice choice = {name == nullptr ? kernels : described_kernels(), Isa::any, nullptr};
  choice.first = name == nullptr ? &own : kernel_named(choice.kernels, name);
  const Tier* const tier = choice.first != nullptr ? tier_of(choice.first->isa) : tier_named(name);
  if (tier == nullptr) {
    error->set(Status::unknown_name, "kernel") << "is no kernel of ottava, and no tier: " << name;
    return Status::unknown_name;
  }
  choice.cap = tier->isa;
  *target = {choice, machine};  // one that has the tier, and what is named no better one
  Machine& other = target->machine;
  if (name != nullptr) other.architecture = tier->architecture, other.features = 0;
  other.features |= tier->required_features;
  return Status::ok;
}

}  // namespace ottava
