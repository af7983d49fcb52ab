// Detection, the parts that all architectures share, and the machine that the test runs on, QEMU's
// included. Simulated machines: test_detection_x86.cpp, test_detection_arm.cpp.
#include "detection.h"
#include "hosted/probe.h"

#if defined(__linux__) && (defined(__aarch64__) || defined(__arm__))
#include <sys/auxv.h>
#endif

using namespace ottava;
using namespace ottava::detection;

TEST_CASE("tiers are found by name and by value, best first", "[detection]") {
  REQUIRE(tier_count() > 1);
  REQUIRE(tier_at(tier_count() - 1).isa == Isa::portable);
  for (size_t i = 0; i < tier_count(); ++i) {
    REQUIRE(tier_named(tier_at(i).name) == &tier_at(i));
    REQUIRE(tier_of(tier_at(i).isa) == &tier_at(i));
    for (size_t j = i + 1; j < tier_count(); ++j) {
      if (tier_at(i).architecture != tier_at(j).architecture) continue;
      REQUIRE(static_cast<uint32_t>(tier_at(i).isa) > static_cast<uint32_t>(tier_at(j).isa));
    }
  }
  REQUIRE(tier_named("x86_avx") == nullptr);
  REQUIRE(tier_named("") == nullptr);
  REQUIRE(tier_named(nullptr) == nullptr);
  REQUIRE(tier_of(Isa::any) == nullptr);
  REQUIRE(tier_of(static_cast<Isa>(UINT32_MAX)) == nullptr);
}

TEST_CASE("caches: what is known, or safe assumptions", "[detection]") {
  struct CacheCase {
    uint64_t l1d, l2, l3;
    bool known;
  };
  const uint64_t k = 1024;
  const CacheCase cases[] = {
      {48 * k, 2048 * k, 32768 * k, true},
      {32 * k, 512 * k, 0, true},
      {0, 512 * k, 0, false},
      {32 * k, 0, 0, false},
      {32, 512 * k, 0, false},
      {64 * k, 32 * k, 0, false},
      {~uint64_t{0}, ~uint64_t{0}, ~uint64_t{0}, false},
  };
  for (const CacheCase& cache : cases) {
    RawTopology topology = {};
    topology.cores = 6;
    topology.core_kinds = 3;
    topology.l1d_bytes = cache.l1d;
    topology.l2_bytes = cache.l2;
    topology.l3_bytes = cache.l3;
    const Machine machines[] = {detect_x86(RawX86(), topology), detect_arm64(RawArm(), topology),
                                detect_arm32(RawArm(), topology), detect_portable(topology)};
    for (const Machine& machine : machines) {
      require_sane(machine);
      CHECK(machine.cores == 6);
      CHECK(machine.core_kinds == 3);
      CHECK(machine.caches_known == cache.known);
      CHECK(machine.l1d_bytes == (cache.known ? cache.l1d : 32 * k));
      if (cache.known) CHECK(machine.l2_bytes == cache.l2);
      CHECK(machine.l3_bytes == (cache.known ? cache.l3 : 0));
    }
  }
}

TEST_CASE("when the cpuinfo library may be called", "[detection]") {
  const std::string four = arm_cores(4, kWordsA76, "0x41", "0xd0b");
  const std::string mixed = two_kinds(kWordsA53, "0xd05", kWordsA76, "0xd0b");
  const std::string no_part = arm_core(0, kWordsA76, "0x41", "0xd0b") + "processor\t: 1\nFeatures\t: fp asimd\n\n";
  const std::string host = x86_cores(2);
  const Architecture x86 = Architecture::x86_64;
  const Architecture arm = Architecture::arm64;

  CHECK(cpuinfo_library_is_safe(arm, four.c_str(), "0-3\n", "0-3\n"));
  CHECK(cpuinfo_library_is_safe(arm, mixed.c_str(), "0-3", "0-3"));
  CHECK(cpuinfo_library_is_safe(arm, four.c_str(), "0-7\n", "0-3\n"));
  CHECK(cpuinfo_library_is_safe(arm, four.c_str(), "0,1,2-3\n", "1,3\n"));
  CHECK(cpuinfo_library_is_safe(Architecture::arm32, four.c_str(), "0-3\n", "0-3\n"));
  CHECK(cpuinfo_library_is_safe(x86, host.c_str(), "0-1\n", "0-1\n"));

  // Another architecture's text; a core that is missing or not described; files that are missing.
  CHECK_FALSE(cpuinfo_library_is_safe(arm, host.c_str(), "0-1\n", "0-1\n"));
  CHECK_FALSE(cpuinfo_library_is_safe(x86, four.c_str(), "0-3\n", "0-3\n"));
  CHECK_FALSE(cpuinfo_library_is_safe(Architecture::portable, four.c_str(), "0-3\n", "0-3\n"));
  CHECK_FALSE(cpuinfo_library_is_safe(arm, four.c_str(), "0-7\n", "0-7\n"));
  CHECK_FALSE(cpuinfo_library_is_safe(arm, no_part.c_str(), "0-1\n", "0-1\n"));
  CHECK_FALSE(cpuinfo_library_is_safe(arm, nullptr, "0-3\n", "0-3\n"));
  CHECK_FALSE(cpuinfo_library_is_safe(arm, four.c_str(), nullptr, "0-3\n"));
  CHECK_FALSE(cpuinfo_library_is_safe(arm, four.c_str(), "0-3\n", nullptr));
  // No processor in both lists: a crash for certain.
  CHECK_FALSE(cpuinfo_library_is_safe(arm, four.c_str(), "0-1\n", "2-3\n"));
  for (const char* const list : {"", "\n", "x", "0-", "-3", "3-1", "0-3,", "0,3-1", "0,,1", "0-3 ", "0-3\n\n", "0x3",
                                 "0-4096", "0-99999999999999999999", "4294967296", "0--3"}) {
    INFO(list);
    CHECK_FALSE(cpuinfo_library_is_safe(arm, four.c_str(), list, "0-3\n"));
    CHECK_FALSE(cpuinfo_library_is_safe(arm, four.c_str(), "0-3\n", list));
  }
}

TEST_CASE("what the compiler was told", "[detection]") {
  const Machine machine = detect_compiled();
  require_sane(machine);
  CHECK(machine.architecture == kThisArchitecture);
  CHECK(machine.cores == 1);
  CHECK_FALSE(machine.caches_known);
#if defined(__aarch64__)
  CHECK(has(machine, Feature::neon));
#elif defined(__x86_64__) && !defined(__AVX__)
  CHECK(features_of(machine).find("avx") == std::string::npos);
#endif
}

TEST_CASE("this machine", "[detection]") {
  Machine machine = {};
  probe_machine(&machine);
  require_sane(machine);
  REQUIRE(machine.architecture == kThisArchitecture);
  REQUIRE(machine.cores < 100000);
  INFO(machine.name << ": " << features_of(machine));

  Machine without_heap = {};
  probe_machine_without_heap(&without_heap);
  require_sane(without_heap);
  CHECK(without_heap.features == machine.features);
  CHECK(without_heap.cores == machine.cores);

  // The program runs, so what the compiler was allowed to use is there.
  CHECK((detect_compiled().features & ~machine.features) == 0);

#if defined(__x86_64__) && defined(__GNUC__)
  // The compiler's run-time library answers the same questions.
  __builtin_cpu_init();
  CHECK(has(machine, Feature::avx) == (__builtin_cpu_supports("avx") != 0));
  CHECK(has(machine, Feature::avx2) == (__builtin_cpu_supports("avx2") != 0));
  CHECK(has(machine, Feature::fma) == (__builtin_cpu_supports("fma") != 0));
  CHECK(has(machine, Feature::avx512f) == (__builtin_cpu_supports("avx512f") != 0));
  CHECK(has(machine, Feature::avx512bw) == (__builtin_cpu_supports("avx512bw") != 0));
  CHECK(has(machine, Feature::avx512vnni) == (__builtin_cpu_supports("avx512vnni") != 0));
  CHECK(has(machine, Feature::avx512vbmi) == (__builtin_cpu_supports("avx512vbmi") != 0));
#elif defined(__linux__) && defined(__aarch64__)
  // Real mixed cores may have less than HWCAP says, never more.
  const bool hwcap_dotprod = (getauxval(AT_HWCAP) & (1u << 20)) != 0;
  const bool hwcap_i8mm = (getauxval(AT_HWCAP2) & (1u << 13)) != 0;
  CHECK((hwcap_dotprod || !has(machine, Feature::dotprod)));
  CHECK((hwcap_i8mm || !has(machine, Feature::i8mm)));
  if (machine.core_kinds == 1 && std::string(machine.name) == "unknown") {  // QEMU user mode
    CHECK(has(machine, Feature::dotprod) == hwcap_dotprod);
    CHECK(has(machine, Feature::i8mm) == hwcap_i8mm);
  }
#elif defined(__linux__) && defined(__arm__)
  CHECK(has(machine, Feature::neon) == ((getauxval(AT_HWCAP) >> 12 & 1) != 0));
#endif
}
