// Limits of arm_neon: two products summed in 16 bits, then into 32, which is the fastest that is exact for some
// weights. Four sums at a time, so that none waits for its products where a core issues in order.
#include "probes/arm_loops.h"

namespace bench {
namespace {

constexpr int kSums = 12;

#define PRODUCT(i) "smull v" #i ".8h, v30.8b, v31.8b\n\t"
#define SECOND(i) "smlal2 v" #i ".8h, v30.16b, v31.16b\n\t"
#define ADD(sum, i) "sadalp v" #sum ".4s, v" #i ".8h\n\t"
#define PRODUCTS PRODUCT(0) PRODUCT(1) PRODUCT(2) PRODUCT(3)
#define SECONDS SECOND(0) SECOND(1) SECOND(2) SECOND(3)
#define FOUR(a, b, c, d) PRODUCTS SECONDS ADD(a, 0) ADD(b, 1) ADD(c, 2) ADD(d, 3)

// The sums start from what the registers hold.
std::uint64_t multiply_add(std::uint64_t rounds) {
  std::uint64_t left = rounds;
  asm volatile(
      "movi v30.16b, #0x55\n\t"
      "movi v31.16b, #0x33\n"
      "1:\n\t" FOUR(16, 17, 18, 19) FOUR(20, 21, 22, 23)
          FOUR(24, 25, 26, 27) "subs %0, %0, #1\n\t"
                               "b.ne 1b"
      : "+r"(left)
      :
      : "cc", "v0", "v1", "v2", "v3", "v16", "v17", "v18", "v19", "v20", "v21", "v22", "v23", "v24", "v25", "v26", "v27",
        "v30", "v31");
  return rounds * kSums * 16;
}

}  // namespace

const ProbeLoops kProbeArmNeon = {"arm_neon", multiply_add, read};

}  // namespace bench
