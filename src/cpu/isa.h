// The CPU tiers and their names. A tier is a folder of src/kernels and what a CPU must have to run it.
#ifndef OTTAVA_SRC_CPU_ISA_H_
#define OTTAVA_SRC_CPU_ISA_H_

#include "base/platform.h"

namespace ottava {

// Values are those of OTTAVA_TIER_... in the public header. Within an architecture a later tier has a
// larger value.
enum class Isa : uint32_t {
  any = 0,
  portable = 1,
  armv7_neon = 8,
  arm_neon = 16,
  arm_dotprod = 17,
  arm_i8mm = 18,
  x86_avx2 = 32,
  x86_avxvnni = 33,
  x86_avx512vnni = 34,
  x86_amx = 35,
};

}  // namespace ottava

#endif  // OTTAVA_SRC_CPU_ISA_H_
