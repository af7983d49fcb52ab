// Limits of x86_avx512vnni: vpdpbusd. Assembly, as a compiler would join the sums and drop the loads.
#include <immintrin.h>

#include "probes/loops.h"

namespace bench {
namespace {

constexpr int kChains = 16;

#define CHAIN(i) "vpdpbusd %%zmm31, %%zmm30, %%zmm" #i "\n\t"

// The sums start from what the registers hold.
std::uint64_t multiply_add(std::uint64_t rounds) {
  std::uint64_t left = rounds;
  asm volatile(
      "vpbroadcastd %1, %%zmm30\n\t"
      "vpbroadcastd %2, %%zmm31\n"
      "1:\n\t" CHAIN(0) CHAIN(1) CHAIN(2) CHAIN(3) CHAIN(4) CHAIN(5) CHAIN(6) CHAIN(7) CHAIN(8) CHAIN(9) CHAIN(10)
          CHAIN(11) CHAIN(12) CHAIN(13) CHAIN(14) CHAIN(15) "dec %0\n\t"
      "jnz 1b\n\t"
      "vzeroupper"
      : "+r"(left)
      : "r"(0x01020304), "r"(0x05060708)
      : "cc", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12",
        "xmm13", "xmm14", "xmm15", "xmm30", "xmm31");
  return rounds * kChains * 64;
}

void read(const void* memory, std::size_t bytes) {
  const auto* line = static_cast<const __m512i*>(memory);
  for (const __m512i* const end = line + bytes / 64; line != end; line += 16) {
#pragma GCC unroll 16
    for (int i = 0; i < 16; ++i) {
      __m512i loaded;
      asm volatile("vmovdqa64 %1, %0" : "=v"(loaded) : "m"(line[i]));
    }
  }
}

}  // namespace

const ProbeLoops kProbeX86Avx512Vnni = {"x86_avx512vnni", multiply_add, read};

}  // namespace bench
