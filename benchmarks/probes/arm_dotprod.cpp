// Limits of arm_dotprod: SDOT.
#include "probes/arm_loops.h"

namespace bench {
ARM_PROBE(kProbeArmDotprod, "arm_dotprod", "sdot", 16);
}  // namespace bench
