// The parts of detection that all architectures share, and those without an OS.
#include "cpu/detect.h"

#include "cpu/detect_finish.h"
#include "cpu/proc_cpuinfo.h"

namespace ottava {

namespace {

// Sizes that a cache can have. Anything else is taken for a wrong report.
constexpr uint64_t kSmallestL1 = uint64_t{1} << 10;
constexpr uint64_t kLargestL1 = uint64_t{4} << 20;
constexpr uint64_t kLargestCache = uint64_t{16} << 30;

// Small enough for almost every CPU of the architecture: a too small guess costs some speed, a too
// large one makes blocks fall out of the cache.
constexpr uint64_t kAssumedL1d = uint64_t{32} << 10;
constexpr uint64_t assumed_l2_bytes(Architecture architecture) {
  return architecture == Architecture::arm64 ? uint64_t{512} << 10 : uint64_t{256} << 10;
}

#if OTTAVA_ARCH_IS_X86_64 || OTTAVA_ARCH_IS_ARM64 || OTTAVA_ARCH_IS_ARM32
constexpr uint64_t kCompiledFeatures = uint64_t{0}
#if defined(__SSE3__) && defined(__SSSE3__) && defined(__SSE4_2__) && defined(__POPCNT__)
                                       | Feature::sse42
#endif
#if defined(__AVX__)
                                       | Feature::avx
#endif
#if defined(__F16C__)
                                       | Feature::f16c
#endif
#if defined(__FMA__)
                                       | Feature::fma
#endif
#if defined(__AVX2__)
                                       | Feature::avx2
#endif
#if defined(__AVXVNNI__)
                                       | Feature::avxvnni
#endif
#if defined(__AVX512F__)
                                       | Feature::avx512f
#endif
#if defined(__AVX512BW__)
                                       | Feature::avx512bw
#endif
#if defined(__AVX512DQ__)
                                       | Feature::avx512dq
#endif
#if defined(__AVX512VL__)
                                       | Feature::avx512vl
#endif
#if defined(__AVX512VNNI__)
                                       | Feature::avx512vnni
#endif
#if defined(__AVX512VBMI__)
                                       | Feature::avx512vbmi
#endif
#if defined(__AMX_TILE__) || defined(__AMXTILE__)
                                       | Feature::amx_tile
#endif
#if defined(__AMX_INT8__) || defined(__AMXINT8__)
                                       | Feature::amx_int8
#endif
#if defined(__ARM_NEON)
                                       | Feature::neon
#endif
#if defined(__ARM_FEATURE_DOTPROD)
                                       | Feature::dotprod
#endif
#if defined(__ARM_FEATURE_MATMUL_INT8)
                                       | Feature::i8mm
#endif
#if defined(__ARM_FEATURE_SVE)
                                       | Feature::sve
#endif
#if defined(__ARM_FEATURE_SVE2)
                                       | Feature::sve2
#endif
#if defined(__ARM_FEATURE_SME)
                                       | Feature::sme
#endif
#if defined(__ARM_FEATURE_MVE)
                                       | Feature::mve
#endif
#if defined(__ARM_FEATURE_DSP) && __ARM_ARCH_PROFILE == 'M'
                                       | Feature::dsp
#endif
    ;
#else
constexpr uint64_t kCompiledFeatures = 0;
#endif

}  // namespace

void set_name(const char* words, size_t length, Machine* machine) {
  char* const name = machine->name;
  size_t filled = 0;
  bool space = false;
  for (size_t i = 0; i < length && words[i] != '\0' && filled + 2 < sizeof(machine->name); ++i) {
    const char character = words[i];
    if (character <= ' ' || character > '~') {
      space = filled != 0;
      continue;
    }
    if (space) name[filled++] = ' ';
    space = false;
    name[filled++] = character;
  }
  if (filled != 0) name[filled] = '\0';
}

Machine machine_from(Architecture architecture, const RawTopology& topology) {
  Machine machine = {};
  machine.architecture = architecture;
  machine.cores = topology.cores != 0 ? topology.cores : 1;
  machine.core_kinds = topology.core_kinds != 0 ? topology.core_kinds : 1;
  machine.caches_known = topology.l1d_bytes >= kSmallestL1 && topology.l1d_bytes <= kLargestL1 &&
                         topology.l2_bytes >= topology.l1d_bytes && topology.l2_bytes <= kLargestCache;
  if (machine.caches_known) {
    machine.l1d_bytes = topology.l1d_bytes;
    machine.l2_bytes = topology.l2_bytes;
    machine.l3_bytes = topology.l3_bytes <= kLargestCache ? topology.l3_bytes : 0;
  } else {
    machine.l1d_bytes = kAssumedL1d;
    machine.l2_bytes = assumed_l2_bytes(architecture);
  }
  Text(machine.name) << "unknown";
  if (topology.name != nullptr) set_name(topology.name, text_length(topology.name), &machine);
  return machine;
}

Machine detect_portable(const RawTopology& topology) { return machine_from(Architecture::portable, topology); }

Machine detect_compiled() {
  Machine machine = machine_from(kThisArchitecture, RawTopology());
  machine.features = kCompiledFeatures;
  machine.features_present = kCompiledFeatures;
  machine.features_of_some_cores = kCompiledFeatures;
  return machine;
}

bool cpuinfo_library_is_safe(Architecture architecture, const char* cpuinfo_text, const char* possible,
                             const char* present) {
  if (architecture == Architecture::portable) return false;
  ProcessorSet possible_set;
  ProcessorSet present_set;
  if (!read_processor_list(possible, &possible_set) || !read_processor_list(present, &present_set)) return false;
  ProcessorSet described;
  read_described_processors(cpuinfo_text, architecture, &described);
  // The library lays out its tables over the processors in both lists and fills them from the text, so
  // there must be some, and the text must describe each.
  uint32_t any = 0;
  for (uint32_t i = 0; i < ProcessorSet::kLimit / 32; ++i) {
    const uint32_t wanted = possible_set.words[i] & present_set.words[i];
    if ((wanted & ~described.words[i]) != 0) return false;
    any |= wanted;
  }
  return any != 0;
}

}  // namespace ottava
