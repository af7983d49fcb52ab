// Limits of arm_dotprod: SDOT.
#include "probes/arm_loops.h"
#include "probes/loops.h"

namespace bench {
namespace {

ARM_CHAINS_FUNCTION(run_chains, "sdot")

std::uint64_t multiply_add(std::uint64_t rounds) { return run_chains(rounds) * 16; }

}  // namespace

const ProbeLoops kProbeArmDotprod = {"arm_dotprod", multiply_add, read};

}  // namespace bench
