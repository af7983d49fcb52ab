// What the probes of x86 share: 12 chains of products in vectors as wide as those that the file is compiled for, and
// how memory is read with loads of that width. Assembly, as a compiler would join the sums and drop the loads. Included
// by each once.
#ifndef OTTAVA_BENCHMARKS_PROBES_X86_LOOPS_H_
#define OTTAVA_BENCHMARKS_PROBES_X86_LOOPS_H_

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

#include "probes/loops.h"

namespace bench {
namespace {

#if defined(__AVX512F__)
using Vector = __m512i;
#define X86_VECTOR(i) "%%zmm" #i
#define X86_LOAD "vmovdqa64"
#else
using Vector = __m256i;
#define X86_VECTOR(i) "%%ymm" #i
#define X86_LOAD "vmovdqa"
#endif

// The loops of a tier, or of some of its kernels. chain(i) multiplies vectors 14 and 15, so many `products` of bytes,
// and adds to vector i, by way of vector 13 if need be. Vector 12 and the sums start from what the registers hold.
// clang-format off
#define X86_PROBE(probe, tier, chain, products)                                                           \
  namespace {                                                                                             \
  std::uint64_t probe##_multiply_add(std::uint64_t rounds) {                                              \
    std::uint64_t left = rounds;                                                                          \
    asm volatile(                                                                                         \
        "vmovd %1, %%xmm14\n\t"                                                                           \
        "vmovd %2, %%xmm15\n\t"                                                                           \
        "vpbroadcastd %%xmm14, " X86_VECTOR(14) "\n\t"                                                    \
        "vpbroadcastd %%xmm15, " X86_VECTOR(15) "\n"                                                      \
        "1:\n\t"                                                                                          \
        chain(0) chain(1) chain(2) chain(3) chain(4) chain(5)                                             \
        chain(6) chain(7) chain(8) chain(9) chain(10) chain(11)                                           \
        "dec %0\n\t"                                                                                      \
        "jnz 1b\n\t"                                                                                      \
        "vzeroupper"                                                                                      \
        : "+r"(left)                                                                                      \
        : "r"(0x01020304), "r"(0x05060708)                                                                \
        : "cc", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10",  \
          "xmm11", "xmm13", "xmm14", "xmm15");                                                            \
    return rounds * 12 * (products);                                                                      \
  }                                                                                                       \
  }                                                                                                       \
  const ProbeLoops probe = {tier, probe##_multiply_add, read}
// clang-format on

void read(const void* memory, std::size_t bytes) {
  const auto* line = static_cast<const Vector*>(memory);
  constexpr int kVectors = 512 / sizeof(Vector);
  for (const Vector* const end = line + bytes / sizeof(Vector); line != end; line += kVectors) {
#pragma GCC unroll 16
    for (int i = 0; i < kVectors; ++i) {
      Vector loaded;
      asm volatile(X86_LOAD " %1, %0" : "=v"(loaded) : "m"(line[i]));
    }
  }
}

}  // namespace
}  // namespace bench

#endif  // OTTAVA_BENCHMARKS_PROBES_X86_LOOPS_H_
