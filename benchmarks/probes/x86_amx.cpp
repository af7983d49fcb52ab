// Limits of x86_amx: tdpbusd on tiles of 16 rows by 64 bytes. Assembly, as a compiler need not know what tiles hold;
// the context that named this tier has asked for the permission to use them.
#include "probes/x86_loops.h"

namespace bench {
namespace {

constexpr int kChains = 4;
constexpr int kRepeats = 4;  // of the chains, in a round

struct alignas(64) TileConfig {
  std::uint8_t palette = 1;
  std::uint8_t reserved[15] = {};
  std::uint16_t row_bytes[16] = {64, 64, 64, 64, 64, 64, 64, 64};
  std::uint8_t rows[16] = {16, 16, 16, 16, 16, 16, 16, 16};
};

#define CHAINS                         \
  "tdpbusd %%tmm7, %%tmm6, %%tmm0\n\t" \
  "tdpbusd %%tmm7, %%tmm6, %%tmm1\n\t" \
  "tdpbusd %%tmm7, %%tmm6, %%tmm2\n\t" \
  "tdpbusd %%tmm7, %%tmm6, %%tmm3\n\t"

std::uint64_t multiply_add(std::uint64_t rounds) {
  static const TileConfig config;
  alignas(64) static const std::uint8_t bytes[16 * 64] = {1, 2, 3, 4, 5, 6, 7, 8};
  std::uint64_t left = rounds;
  asm volatile(
      "ldtilecfg %1\n\t"
      "tileloadd (%2,%3,1), %%tmm6\n\t"
      "tileloadd (%2,%3,1), %%tmm7\n"
      "1:\n\t" CHAINS CHAINS CHAINS CHAINS
      "dec %0\n\t"
      "jnz 1b\n\t"
      "tilerelease"
      : "+r"(left)
      : "m"(config), "r"(&bytes[0]), "r"(std::uint64_t{64}), "m"(bytes)
      : "cc");
  return rounds * kChains * kRepeats * 16 * 16 * 64;
}

}  // namespace

const ProbeLoops kProbeX86Amx = {"x86_amx", multiply_add, read};

}  // namespace bench
