// Limits of x86_avx2: vpmaddwd with vpaddd, the exact way to sum products of bytes in this tier. Assembly, as a
// compiler would move the products out of the loop and drop the loads.
#include <immintrin.h>

#include "probes/loops.h"

namespace bench {
namespace {

constexpr int kChains = 12;

#define CHAIN(i) "vpmaddwd %%ymm15, %%ymm14, %%ymm13\n\tvpaddd %%ymm13, %%ymm" #i ", %%ymm" #i "\n\t"

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
      : "r"(0x00770077), "r"(0x00550055)
      : "cc", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm13",
        "xmm14", "xmm15");
  return rounds * kChains * 16;
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

const ProbeLoops kProbeX86Avx2 = {"x86_avx2", multiply_add, read};

}  // namespace bench
