// Limits of arm_i8mm: SMMLA.
#include "probes/arm_loops.h"
#include "probes/loops.h"

namespace bench {
namespace {

ARM_CHAINS_FUNCTION(run_chains, "smmla")

std::uint64_t multiply_add(std::uint64_t rounds) { return run_chains(rounds) * 32; }

}  // namespace

const ProbeLoops kProbeArmI8mm = {"arm_i8mm", multiply_add, read};

}  // namespace bench
