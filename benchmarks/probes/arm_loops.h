// What the probes of AArch64 share: chains of one instruction that multiplies bytes, and how memory is read, in pairs
// of 128-bit loads, the widest of every tier. Included by each once.
#ifndef OTTAVA_BENCHMARKS_PROBES_ARM_LOOPS_H_
#define OTTAVA_BENCHMARKS_PROBES_ARM_LOOPS_H_

#include <cstddef>
#include <cstdint>

#include "probes/loops.h"

namespace bench {
namespace {

// clang-format off
#define ARM_CHAIN(instruction, i) instruction " v" #i ".4s, v30.16b, v31.16b\n\t"
#define ARM_FOUR_CHAINS(instruction, a, b, c, d) \
  ARM_CHAIN(instruction, a) ARM_CHAIN(instruction, b) ARM_CHAIN(instruction, c) ARM_CHAIN(instruction, d)

// The loop of a tier whose `instruction` multiplies and adds so many `products` of bytes: 24 chains. The sums start from
// what the registers hold.
#define ARM_PROBE(probe, tier, instruction, products)                                                \
  namespace {                                                                                        \
  std::uint64_t multiply_add(std::uint64_t rounds) {                                                 \
    std::uint64_t left = rounds;                                                                     \
    asm volatile(                                                                                    \
        "movi v30.16b, #0x55\n\t"                                                                    \
        "movi v31.16b, #0x33\n"                                                                      \
        "1:\n\t"                                                                                     \
        ARM_FOUR_CHAINS(instruction, 0, 1, 2, 3) ARM_FOUR_CHAINS(instruction, 4, 5, 6, 7)            \
        ARM_FOUR_CHAINS(instruction, 8, 9, 10, 11) ARM_FOUR_CHAINS(instruction, 12, 13, 14, 15)      \
        ARM_FOUR_CHAINS(instruction, 16, 17, 18, 19) ARM_FOUR_CHAINS(instruction, 20, 21, 22, 23)    \
        "subs %0, %0, #1\n\t"                                                                        \
        "b.ne 1b"                                                                                    \
        : "+r"(left)                                                                                 \
        :                                                                                            \
        : "cc", "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9", "v10", "v11", "v12",     \
          "v13", "v14", "v15", "v16", "v17", "v18", "v19", "v20", "v21", "v22", "v23", "v30", "v31"); \
    return rounds * 24 * (products);                                                                 \
  }                                                                                                  \
  }                                                                                                  \
  const ProbeLoops probe = {tier, multiply_add, read}
// clang-format on

// Instructions of its own: a compiler would drop loads whose values nobody wants.
void read(const void* memory, std::size_t bytes) {
  const void* const end = static_cast<const std::uint8_t*>(memory) + bytes;
  asm volatile(
      "1:\n\t"
      "ldp q0, q1, [%0]\n\t"
      "ldp q2, q3, [%0, #32]\n\t"
      "ldp q4, q5, [%0, #64]\n\t"
      "ldp q6, q7, [%0, #96]\n\t"
      "ldp q16, q17, [%0, #128]\n\t"
      "ldp q18, q19, [%0, #160]\n\t"
      "ldp q20, q21, [%0, #192]\n\t"
      "ldp q22, q23, [%0, #224]\n\t"
      "add %0, %0, #256\n\t"
      "cmp %0, %1\n\t"
      "b.ne 1b"
      : "+r"(memory)
      : "r"(end)
      : "cc", "memory", "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v16", "v17", "v18", "v19", "v20", "v21", "v22",
        "v23");
}

}  // namespace
}  // namespace bench

#endif  // OTTAVA_BENCHMARKS_PROBES_ARM_LOOPS_H_
