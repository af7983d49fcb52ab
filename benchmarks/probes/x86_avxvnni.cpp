// Limits of x86_avxvnni: vpdpbusd on 256 bits. Assembly, as a compiler would join the sums and drop the loads.
#include <immintrin.h>

#include "probes/loops.h"

namespace bench {
namespace {

constexpr int kChains = 12;

#define CHAIN(i) "%{vex%} vpdpbusd %%ymm15, %%ymm14, %%ymm" #i "\n\t"

// The sums start from what the registers hold.
std::uint64_t multiply_add(std::uint64_t rounds) {
  std::uint64_t left = rounds;
  asm volatile(
      "vmovd %1, %%xmm14\n\t"
      "vmovd %2, %%xmm15\n\t"
      "vpbroadcastd %%xmm14, %%ymm14\n\t"
      "vpbroadcastd %%xmm15, %%ymm15\n"
      "1:\n\t" CHAIN(0) CHAIN(1) CHAIN(2) CHAIN(3) CHAIN(4) CHAIN(5) CHAIN(6) CHAIN(7) CHAIN(8) CHAIN(9) CHAIN(10)
          CHAIN(11) "dec %0\n\t"
      "jnz 1b\n\t"
      "vzeroupper"
      : "+r"(left)
      : "r"(0x01020304), "r"(0x05060708)
      : "cc", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm14",
        "xmm15");
  return rounds * kChains * 32;
}

void read(const void* memory, std::size_t bytes) {
  const auto* line = static_cast<const __m256i*>(memory);
  for (const __m256i* const end = line + bytes / 32; line != end; line += 16) {
#pragma GCC unroll 16
    for (int i = 0; i < 16; ++i) {
      __m256i loaded;
      asm volatile("vmovdqa %1, %0" : "=x"(loaded) : "m"(line[i]));
    }
  }
}

}  // namespace

const ProbeLoops kProbeX86AvxVnni = {"x86_avxvnni", multiply_add, read};

}  // namespace bench
