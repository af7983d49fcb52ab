// Limits of arm_i8mm: SMMLA.
#include "probes/arm_loops.h"

namespace bench {
ARM_PROBE(kProbeArmI8mm, "arm_i8mm", "smmla", 32);
}  // namespace bench
