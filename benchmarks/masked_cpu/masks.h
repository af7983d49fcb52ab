// The tiers that a CPU can be masked as, and what CPUID tells of instructions beyond each.
#ifndef OTTAVA_BENCHMARKS_MASKED_CPU_MASKS_H_
#define OTTAVA_BENCHMARKS_MASKED_CPU_MASKS_H_

#include <cstdint>
#include <initializer_list>

namespace bench {

// The environment names one of these tiers, the lowest of which comes first, to the library that masks the CPU.
// `kBeyond` stands for what none of them has.
constexpr const char* kMaskedCpu = "OTTAVA_MASKED_CPU";
enum MaskedTier { kAvx2, kAvxVnni, kAvx512Vnni, kBeyond };
constexpr const char* kMaskedTierNames[] = {"x86_avx2", "x86_avxvnni", "x86_avx512vnni"};

struct CpuidAnswer {
  std::uint32_t eax, ebx, ecx, edx;
};

constexpr std::uint32_t bits(std::initializer_list<int> numbers) {
  std::uint32_t all = 0;
  for (const int number : numbers) all |= std::uint32_t{1} << number;
  return all;
}

// Bits that a CPU has from a tier on.
struct CpuidMask {
  std::uint32_t leaf, subleaf;
  std::uint32_t CpuidAnswer::*word;
  MaskedTier since;
  std::uint32_t bits;
};
constexpr CpuidMask kCpuidMasks[] = {
    // AVX-512 F, DQ, IFMA, PF, ER, CD, BW, VL.
    {7, 0, &CpuidAnswer::ebx, kAvx512Vnni, bits({16, 17, 21, 26, 27, 28, 30, 31})},
    // AVX-512 VBMI, VBMI2, VNNI, BITALG, VPOPCNTDQ.
    {7, 0, &CpuidAnswer::ecx, kAvx512Vnni, bits({1, 6, 11, 12, 14})},
    // GFNI, which no CPU with AVX2 has had before AVX-VNNI or AVX-512.
    {7, 0, &CpuidAnswer::ecx, kAvxVnni, bits({8})},
    // AVX-512 4VNNIW, 4FMAPS, VP2INTERSECT, FP16.
    {7, 0, &CpuidAnswer::edx, kAvx512Vnni, bits({2, 3, 8, 23})},
    // AMX-BF16, AMX-TILE, AMX-INT8.
    {7, 0, &CpuidAnswer::edx, kBeyond, bits({22, 24, 25})},
    {7, 1, &CpuidAnswer::eax, kAvxVnni, bits({4})},
    // AVX512-BF16.
    {7, 1, &CpuidAnswer::eax, kAvx512Vnni, bits({5})},
    // AMX-FP16, AVX-IFMA.
    {7, 1, &CpuidAnswer::eax, kBeyond, bits({21, 23})},
    // AVX-VNNI-INT8, AVX-NE-CONVERT, AMX-COMPLEX, AVX-VNNI-INT16, AVX10, APX.
    {7, 1, &CpuidAnswer::edx, kBeyond, bits({4, 5, 8, 10, 19, 21})},
    // The registers that the system can save: those of AVX-512; tiles, and the further registers of APX. The sizes
    // beside them stay, for who saves registers saves all that XGETBV shows, and that cannot be masked.
    {13, 0, &CpuidAnswer::eax, kAvx512Vnni, bits({5, 6, 7})},
    {13, 0, &CpuidAnswer::eax, kBeyond, bits({17, 18, 19})},
};

// Leaves of tiles and of AVX10: nothing is left of them.
constexpr std::uint32_t kLeavesBeyond[] = {0x1d, 0x1e, 0x24};

inline void mask(MaskedTier tier, std::uint32_t leaf, std::uint32_t subleaf, CpuidAnswer* answer) {
  for (const CpuidMask& one : kCpuidMasks) {
    if (one.leaf == leaf && one.subleaf == subleaf && one.since > tier) answer->*one.word &= ~one.bits;
  }
  for (const std::uint32_t beyond : kLeavesBeyond) {
    if (leaf == beyond) *answer = {};
  }
}

}  // namespace bench

#endif  // OTTAVA_BENCHMARKS_MASKED_CPU_MASKS_H_
