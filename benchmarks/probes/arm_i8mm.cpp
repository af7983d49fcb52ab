// Limits of arm_i8mm: SMMLA.
#include "probes/arm_read.h"
#include "probes/loops.h"

namespace bench {
namespace {

constexpr int kChains = 24;

#define CHAIN(i) "smmla v" #i ".4s, v30.16b, v31.16b\n\t"

// The sums start from what the registers hold.
std::uint64_t multiply_add(std::uint64_t rounds) {
  std::uint64_t left = rounds;
  asm volatile(
      "movi v30.16b, #0x55\n\t"
      "movi v31.16b, #0x33\n"
      "1:\n\t" CHAIN(0) CHAIN(1) CHAIN(2) CHAIN(3) CHAIN(4) CHAIN(5) CHAIN(6) CHAIN(7) CHAIN(8) CHAIN(9) CHAIN(10)
          CHAIN(11) CHAIN(12) CHAIN(13) CHAIN(14) CHAIN(15) CHAIN(16) CHAIN(17) CHAIN(18) CHAIN(19) CHAIN(20) CHAIN(21)
              CHAIN(22) CHAIN(23) "subs %0, %0, #1\n\t"
                                  "b.ne 1b"
      : "+r"(left)
      :
      : "cc", "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9", "v10", "v11", "v12", "v13", "v14", "v15", "v16",
        "v17", "v18", "v19", "v20", "v21", "v22", "v23", "v30", "v31");
  return rounds * kChains * 32;
}

}  // namespace

const ProbeLoops kProbeArmI8mm = {"arm_i8mm", multiply_add, read};

}  // namespace bench
