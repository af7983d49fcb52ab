// Limits of armv7_neon: two products summed in 16 bits, then into 32, which is the fastest that is exact for some
// weights.
#include "probes/loops.h"

namespace bench {
namespace {

constexpr int kSums = 8;

#define PRODUCT(i) "vmull.s8 q" #i ", d24, d26\n\t"
#define SECOND(i) "vmlal.s8 q" #i ", d25, d27\n\t"
#define ADD(sum, i) "vpadal.s16 q" #sum ", q" #i "\n\t"
#define PRODUCTS PRODUCT(8) PRODUCT(9) PRODUCT(10) PRODUCT(11)
#define SECONDS SECOND(8) SECOND(9) SECOND(10) SECOND(11)
#define FOUR(a, b, c, d) PRODUCTS SECONDS ADD(a, 8) ADD(b, 9) ADD(c, 10) ADD(d, 11)

// The sums start from what the registers hold.
std::uint64_t multiply_add(std::uint64_t rounds) {
  std::uint32_t left = static_cast<std::uint32_t>(rounds);
  asm volatile(
      "vmov.i8 q12, #0x55\n\t"
      "vmov.i8 q13, #0x33\n"
      "1:\n\t" FOUR(0, 1, 2, 3) FOUR(4, 5, 6, 7) "subs %0, %0, #1\n\t"
                                                  "bne 1b"
      : "+r"(left)
      :
      : "cc", "q0", "q1", "q2", "q3", "q4", "q5", "q6", "q7", "q8", "q9", "q10", "q11", "q12", "q13");
  return rounds * kSums * 16;
}

// Instructions of its own: a compiler would drop loads whose values nobody wants.
void read(const void* memory, std::size_t bytes) {
  const void* const end = static_cast<const std::uint8_t*>(memory) + bytes;
  asm volatile(
      "1:\n\t"
      "vld1.8 {d0-d3}, [%0:128]!\n\t"
      "vld1.8 {d4-d7}, [%0:128]!\n\t"
      "vld1.8 {d16-d19}, [%0:128]!\n\t"
      "vld1.8 {d20-d23}, [%0:128]!\n\t"
      "cmp %0, %1\n\t"
      "bne 1b"
      : "+r"(memory)
      : "r"(end)
      : "cc", "memory", "q0", "q1", "q2", "q3", "q8", "q9", "q10", "q11");
}

}  // namespace

const ProbeLoops kProbeArmv7Neon = {"armv7_neon", multiply_add, read};

}  // namespace bench
