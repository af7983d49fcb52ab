// The loops that find the limits of a CPU. Those of one instruction set lie in a file compiled for it.
#ifndef OTTAVA_BENCHMARKS_PROBES_LOOPS_H_
#define OTTAVA_BENCHMARKS_PROBES_LOOPS_H_

#include <cstddef>
#include <cstdint>

namespace bench {

struct ProbeLoops {
  const char* tier;  // or tier/operands: for those of its kernels that have an instruction of their own
  // Multiplies and adds in registers with the tier's instruction, chains enough to fill its ports, `rounds` (1 or more)
  // times; returns how many multiplications of two bytes that was.
  std::uint64_t (*multiply_add)(std::uint64_t rounds);
  // Reads `bytes`, a multiple of 512 at an address that is a multiple of 64, with the tier's widest loads.
  void (*read)(const void* memory, std::size_t bytes);
};

#if defined(OTTAVA_PROBE_X86_AVX2)
extern const ProbeLoops kProbeX86Avx2, kProbeX86Avx2Quads;
#endif
#if defined(OTTAVA_PROBE_X86_AVXVNNI)
extern const ProbeLoops kProbeX86AvxVnni;
#endif
#if defined(OTTAVA_PROBE_X86_AVX512VNNI)
extern const ProbeLoops kProbeX86Avx512Vnni;
#endif
#if defined(OTTAVA_PROBE_X86_AMX)
extern const ProbeLoops kProbeX86Amx;
#endif
#if defined(OTTAVA_PROBE_ARM_NEON)
extern const ProbeLoops kProbeArmNeon;
#endif
#if defined(OTTAVA_PROBE_ARM_DOTPROD)
extern const ProbeLoops kProbeArmDotprod;
#endif
#if defined(OTTAVA_PROBE_ARM_I8MM)
extern const ProbeLoops kProbeArmI8mm;
#endif
#if defined(OTTAVA_PROBE_ARMV7_NEON)
extern const ProbeLoops kProbeArmv7Neon;
#endif

}  // namespace bench

#endif  // OTTAVA_BENCHMARKS_PROBES_LOOPS_H_
