// What is known of the machine that the library runs on. Filled by cpu/detect.h when a context is
// created, read by the choice of tier (cpu/tiers.h) and of blocking, and by the CPU query.
#ifndef OTTAVA_SRC_CPU_MACHINE_H_
#define OTTAVA_SRC_CPU_MACHINE_H_

#include "base/platform.h"
#include "base/text.h"

namespace ottava {

// Values are those of OTTAVA_ARCH_... in the public header.
enum class Architecture : uint32_t {
  portable = 0,
  x86_64 = 1,
  arm64 = 2,
  arm32 = 3,
};

constexpr Architecture kThisArchitecture = OTTAVA_ARCH_IS_X86_64  ? Architecture::x86_64
                                           : OTTAVA_ARCH_IS_ARM64 ? Architecture::arm64
                                           : OTTAVA_ARCH_IS_ARM32 ? Architecture::arm32
                                                                  : Architecture::portable;

const char* architecture_name(Architecture architecture);

// Single bits, so that a set of features is one number.
enum class Feature : uint64_t {
  // SSE3, SSSE3, SSE4.1, SSE4.2 and POPCNT together: compilers use all of them once AVX is allowed.
  sse42 = 1u << 0,
  avx = 1u << 1,
  f16c = 1u << 2,
  fma = 1u << 3,
  avx2 = 1u << 4,
  avxvnni = 1u << 5,
  avx512f = 1u << 6,
  avx512bw = 1u << 7,
  avx512dq = 1u << 8,
  avx512vl = 1u << 9,
  avx512vnni = 1u << 10,
  avx512vbmi = 1u << 13,
  amx_tile = 1u << 11,
  amx_int8 = 1u << 12,

  neon = 1u << 16,  // Advanced SIMD, of either Arm architecture
  dotprod = 1u << 17,
  i8mm = 1u << 18,
  sve = 1u << 19,
  sve2 = 1u << 20,
  sme = 1u << 21,
  dsp = 1u << 22,  // of Cortex-M
  mve = 1u << 23,  // Helium in integers, of Cortex-M
};

constexpr uint64_t bit(Feature feature) { return static_cast<uint64_t>(feature); }
constexpr uint64_t operator|(Feature a, Feature b) { return bit(a) | bit(b); }
constexpr uint64_t operator|(uint64_t a, Feature b) { return a | bit(b); }

// Which cores start their instructions in the order of the program alone: they want tunings of their own.
struct CoreOrder {
  static constexpr uint32_t kLimit = 256;  // a processor of a higher number counts as out-of-order

  bool all;                          // every core is in-order
  bool some;                         // at least one is
  uint32_t processors[kLimit / 32];  // the in-order ones, by bits
  uint32_t (*current)();             // the number of the processor that the caller runs on; null where none can be had
};

// Whether the caller runs on an in-order core at this moment. Cheap unless the machine has cores of both kinds.
inline bool on_in_order_core(const CoreOrder& order) {
  if (order.all || !order.some || order.current == nullptr) return order.all;
  const uint32_t processor = order.current();
  return processor < CoreOrder::kLimit && (order.processors[processor / 32] >> processor % 32 & 1) != 0;
}

struct Machine {
  Architecture architecture;
  bool by_amd;          // x86: the CPU says that AMD has made it
  uint32_t cores;       // that the process may use; at least 1
  uint32_t core_kinds;  // distinct microarchitectures among all cores; at least 1

  // Each is a subset of the next.
  uint64_t features;                // every core has it and the OS enables it: may be used
  uint64_t features_present;        // every core has it
  uint64_t features_of_some_cores;  // at least one core has it

  uint64_t l1d_bytes;  // smallest of any core; never 0
  uint64_t l2_bytes;   // likewise
  uint64_t l3_bytes;   // 0 where there is none or it is not known
  bool caches_known;   // false: the sizes are safe assumptions

  CoreOrder core_order;

  uint32_t vector_bytes;  // of a vector register, for kernels that are written for any length; 0 where it is not known

  char name[96];  // of the CPU, or of its kinds of cores; "unknown" if not known
};

// Whether the third-level cache is that of a whole server, spread over a mesh, and not of a few cores: it delivers a
// fraction of what the second level does, and not before memory elsewhere.
inline bool has_far_l3(const Machine& machine) { return machine.l3_bytes > uint64_t{96} << 20; }

inline bool has(const Machine& machine, Feature feature) { return (machine.features & bit(feature)) != 0; }

// Zen 4 executes an instruction of 512 bits in two halves, so that it multiplies them once a cycle where servers of
// Intel do so twice; Zen 5, which has AVX-VNNI as well, need not.
inline bool halves_512_bits(const Machine& machine) {
  return machine.by_amd && has(machine, Feature::avx512vnni) && !has(machine, Feature::avxvnni);
}

// Whether the processor reads weights for one row from end to end faster by itself than where a program asks for lines
// ahead, which then takes up to half as long again: so it is on Zen 4, and not on Zen 3, which has no AVX-512.
inline bool fetches_ahead_itself(const Machine& machine) {
  return machine.by_amd && has(machine, Feature::avx512vnni) && !has_far_l3(machine);
}

// Appends the names of the features in `set`, with `separator` between them.
void list_feature_names(uint64_t set, const char* separator, Text& text);

// Appends the names of the usable features, separated by spaces.
void list_features(const Machine& machine, Text& text);

}  // namespace ottava

#endif  // OTTAVA_SRC_CPU_MACHINE_H_
