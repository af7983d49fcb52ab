// All tiers of all architectures (cpu/tiers.inc) and what each needs: "which kernels can this CPU run?" is answered
// here. The registry of kernels (src/kernels) says which of them this build holds.
#ifndef OTTAVA_SRC_CPU_TIERS_H_
#define OTTAVA_SRC_CPU_TIERS_H_

#include "cpu/isa.h"
#include "cpu/machine.h"

namespace ottava {

struct Tier {
  Isa isa;
  const char* name;           // as OTTAVA_ISA takes it
  Architecture architecture;  // portable: every architecture
  uint64_t required_features;
};

// The tiers in order: best first within an architecture, "portable" last of all.
size_t tier_count();
const Tier& tier_at(size_t index);

// Null if there is none: Isa::any, an unknown value or name, a null name.
const Tier* tier_of(Isa isa);
const Tier* tier_named(const char* name);

// Whether this architecture is the tier's.
inline bool belongs_here(const Tier& tier) {
  return tier.architecture == Architecture::portable || tier.architecture == kThisArchitecture;
}

// True if the CPU has all that the tier needs on every core and the OS enables it.
bool machine_has_tier(const Machine& machine, const Tier& tier);

// Appends why machine_has_tier is false; nothing where it is true.
void explain_missing(const Machine& machine, const Tier& tier, Text& text);

}  // namespace ottava

#endif  // OTTAVA_SRC_CPU_TIERS_H_
