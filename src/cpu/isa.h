// The names of the CPU tiers of cpu/tiers.inc.
#ifndef OTTAVA_SRC_CPU_ISA_H_
#define OTTAVA_SRC_CPU_ISA_H_

#include "base/platform.h"

namespace ottava {

// Values are those of OTTAVA_TIER_... in the public header.
enum class Isa : uint32_t {
  any = 0,
#define OTTAVA_TIER(name, constant, value, architecture, features, flags) name = value,
#include "cpu/tiers.inc"
#undef OTTAVA_TIER
};

}  // namespace ottava

#endif  // OTTAVA_SRC_CPU_ISA_H_
