// How the probes of AArch64 read memory: pairs of 128-bit loads, the widest of every tier. Included by each once.
#ifndef OTTAVA_BENCHMARKS_PROBES_ARM_READ_H_
#define OTTAVA_BENCHMARKS_PROBES_ARM_READ_H_

#include <cstddef>
#include <cstdint>

namespace bench {
namespace {

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

#endif  // OTTAVA_BENCHMARKS_PROBES_ARM_READ_H_
