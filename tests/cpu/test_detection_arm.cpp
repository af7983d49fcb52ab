// Detection from HWCAP, OS flags and /proc/cpuinfo: simulated machines, sane and not.
#include <vector>

#include "detection.h"
#include "hosted/probe.h"

using namespace ottava;
using namespace ottava::detection;

namespace {

constexpr uint64_t kHwcapBase = 0x3;  // FP, ASIMD
constexpr uint64_t kHwcapDotprod = 1u << 20;
constexpr uint64_t kHwcapSve = 1u << 22;
constexpr uint64_t kHwcap2Sve2 = 1u << 1;
constexpr uint64_t kHwcap2I8mm = 1u << 13;
constexpr uint64_t kHwcap2Sme = 1u << 23;

RawArm with_hwcap(uint64_t hwcap, uint64_t hwcap2, const char* text) {
  RawArm raw = {};
  raw.hwcap_known = true;
  raw.hwcap = hwcap;
  raw.hwcap2 = hwcap2;
  raw.cpuinfo_text = text;
  return raw;
}

RawArm with_flags(uint64_t flags) {
  RawArm raw = {};
  raw.flags_known = true;
  raw.flags = flags;
  return raw;
}

struct Arm64Case {
  const char* machine;
  uint64_t hwcap;
  uint64_t hwcap2;
  std::string text;
  const char* features;
  const char* tiers;
  const char* why_not_dotprod;
  const char* why_not_i8mm;
  uint32_t kinds;
  const char* name;
};

std::vector<Arm64Case> arm64_cases() {
  const uint64_t a76 = kHwcapBase | kHwcapDotprod;
  const char* const neon = "arm_neon";
  const char* const dotprod = "arm_dotprod arm_neon";
  const char* const i8mm = "arm_i8mm arm_dotprod arm_neon";
  const char* const no_both = "the CPU lacks dotprod, i8mm";
  const char* const no_dotprod = "the CPU lacks dotprod";
  const char* const no_i8mm = "the CPU lacks i8mm";
  return {
      {"Cortex-A53", kHwcapBase, 0, arm_cores(4, kWordsA53, "0x41", "0xd03"), "neon", neon, no_dotprod, no_both, 1,
       "Cortex-A53"},
      {"Cortex-A76", a76, 0, arm_cores(4, kWordsA76, "0x41", "0xd0b"), "neon dotprod", dotprod, "", no_i8mm, 1,
       "Cortex-A76"},
      {"Neoverse-N2", a76 | kHwcapSve, kHwcap2I8mm | kHwcap2Sve2, arm_cores(2, kWordsN2, "0x41", "0xd49"),
       "neon dotprod i8mm sve sve2", i8mm, "", "", 1, "Neoverse-N2"},
      {"Neoverse-V1, a text without a word for i8mm", a76 | kHwcapSve, kHwcap2I8mm,
       arm_cores(2, kWordsA76, "0x41", "0xd40"), "neon dotprod i8mm sve", i8mm, "", "", 1, "Neoverse-V1"},
      {"Cortex-A55 and A76", a76, 0, two_kinds(kWordsA76, "0xd05", kWordsA76, "0xd0b"), "neon dotprod", dotprod, "",
       no_i8mm, 2, "Cortex-A55 + Cortex-A76"},
      {"cores that differ in dotprod", a76, 0, two_kinds(kWordsA53, "0xd05", kWordsA76, "0xd0b"), "neon", neon,
       "some cores lack dotprod", no_i8mm, 2, "Cortex-A55 + Cortex-A76"},
      {"cores that differ in i8mm", a76 | kHwcapSve, kHwcap2I8mm, two_kinds(kWordsA76, "0xd0b", kWordsN2, "0xd47"),
       "neon dotprod", dotprod, "", "some cores lack i8mm", 2, "Cortex-A76 + Cortex-A710"},
      {"an Exynos whose kernel reports the little cores' dotprod for all", a76, 0,
       two_kinds(kWordsA76, "0xd05", kWordsA76, "0x002", "0x53"), "neon", neon, "some cores lack dotprod", no_i8mm, 2,
       "Cortex-A55 + Exynos-M3"},
      {"Cortex-A53 that HWCAP says has all", a76, kHwcap2I8mm, arm_cores(4, kWordsA53, "0x41", "0xd03"), "neon", neon,
       "some cores lack dotprod", "some cores lack dotprod, i8mm", 1, "Cortex-A53"},
      {"one core of two described before the text ends", a76, 0,
       arm_cores(2, kWordsA76, "0x41", "0xd0b").substr(0, 400), "neon dotprod", dotprod, "", no_i8mm, 1, "Cortex-A76"},
      {"an unknown core", a76, 0, arm_cores(1, kWordsA76, "0x99", "0xabc"), "neon dotprod", dotprod, "", no_i8mm, 1,
       "implementer 0x99 part 0xabc"},
      {"words of 32-bit Arm on a 64-bit kernel", a76, 0,
       arm_cores(2, "half thumb fastmult vfp edsp neon vfpv3 tls vfpv4", "0x41", "0xd0b"), "neon dotprod", dotprod, "",
       no_i8mm, 1, "Cortex-A76"},
      {"SME without SVE", a76, kHwcap2I8mm | kHwcap2Sme, "", "neon dotprod i8mm sme", i8mm, "", "", 1, "unknown"},
      {"SVE2 without SVE", a76, kHwcap2Sve2, "", "neon dotprod", dotprod, "", no_i8mm, 1, "unknown"},
      {"i8mm without dotprod", kHwcapBase, kHwcap2I8mm, "", "neon i8mm", neon, no_dotprod, no_dotprod, 1, "unknown"},
      {"HWCAP all zero", 0, 0, "", "neon", neon, no_dotprod, no_both, 1, "unknown"},
      {"HWCAP all ones", ~uint64_t{0}, ~uint64_t{0}, "", "neon dotprod i8mm sve sve2 sme", i8mm, "", "", 1, "unknown"},
  };
}

// Texts that describe no Arm core, so must change nothing.
std::vector<std::string> meaningless_texts() {
  const std::string a53 = arm_core(0, kWordsA53, "0x41", "0xd03");
  std::string binary = "Features\t: fp asimd\n";
  for (int i = 1; i < 256; ++i) binary += static_cast<char>(i);
  return {
      "",
      "\n",
      ":",
      ":\n:\n::\n",
      x86_cores(2),
      a53.substr(0, a53.find("CPU part")),                                  // cut off before the part
      a53.substr(0, a53.find("0xd03") + 3),                                 // cut off within the part
      "Features\t: fp asimd",                                               // cut off within the line
      "Features\t: garbage\nCPU implementer\t: 0x41\nCPU part\t: 0xd03\n",  // not the words of an Arm CPU
      "Features\t: fp asimd\nCPU implementer\t: x\nCPU part\t: 0xd03\n",    // not numbers
      "Features\t: fp asimd\nCPU implementer\t: 0x41\nCPU part\t: 0xfffffffff\n",
      "Features\t: fp asimd\nCPU implementer\t: 0x41\nCPU part\t: 0x\n",
      "features\t: fp asimd\ncpu implementer\t: 0x41\ncpu part\t: 0xd03\n",
      std::string(3000000, 'x'),  // no end of line at all
      "Features\t: " + std::string(3000000, 'a') + "\n",
      std::string(100000, '\n'),
      std::string(100000, ':'),
      binary,
  };
}

}  // namespace

TEST_CASE("AArch64 machines", "[detection]") {
  for (const Arm64Case& arm : arm64_cases()) {
    INFO(arm.machine);
    const Machine machine = detect_arm64(with_hwcap(arm.hwcap, arm.hwcap2, arm.text.c_str()), RawTopology());
    require_sane(machine);
    CHECK(machine.architecture == Architecture::arm64);
    CHECK(features_of(machine) == arm.features);
    CHECK(tiers_of(machine) == arm.tiers);
    CHECK(why_not(machine, "arm_neon").empty());
    CHECK(why_not(machine, "arm_dotprod") == arm.why_not_dotprod);
    CHECK(why_not(machine, "arm_i8mm") == arm.why_not_i8mm);
    CHECK(why_not(machine, "x86_avx2") == "for x86-64, this is AArch64");
    CHECK(machine.core_kinds == arm.kinds);
    CHECK(std::string(machine.name) == arm.name);
  }
}

TEST_CASE("a text that describes no Arm core changes nothing", "[detection]") {
  const uint64_t hwcap = kHwcapBase | kHwcapDotprod;
  const Machine without = detect_arm64(with_hwcap(hwcap, kHwcap2I8mm, nullptr), RawTopology());
  CHECK(features_of(without) == "neon dotprod i8mm");
  for (const std::string& text : meaningless_texts()) {
    INFO(text.substr(0, 100));
    const Machine machine = detect_arm64(with_hwcap(hwcap, kHwcap2I8mm, text.c_str()), RawTopology());
    require_sane(machine);
    CHECK(machine.features == without.features);
    CHECK(machine.features_of_some_cores == without.features_of_some_cores);
    CHECK(machine.core_kinds == 1);
    CHECK(std::string(machine.name) == "unknown");
    CHECK_FALSE(cpuinfo_library_is_safe(Architecture::arm64, text.c_str(), "0\n", "0\n"));

    // Neither does it add anything where nothing else is known.
    RawArm unknown = {};
    unknown.cpuinfo_text = text.c_str();
    CHECK(features_of(detect_arm64(unknown, RawTopology())) == "neon");
    CHECK(features_of(detect_arm32(unknown, RawTopology())).empty());
  }
}

TEST_CASE("every cut of a text is harmless", "[detection]") {
  const std::string text = two_kinds(kWordsA53, "0xd05", kWordsA76, "0xd0b");
  const uint64_t hwcap = kHwcapBase | kHwcapDotprod;
  const size_t told = text.find("0xd0b") + 6;  // the end of the line that completes the third core
  for (size_t length = 0; length <= text.size(); ++length) {
    const std::string cut = text.substr(0, length);
    const Machine machine = detect_arm64(with_hwcap(hwcap, 0, cut.c_str()), RawTopology());
    require_sane(machine);
    INFO(length);
    CHECK(machine.core_kinds == (length >= told ? 2u : 1u));
    CHECK(features_of(machine) == (length >= told ? "neon" : "neon dotprod"));
    CHECK_FALSE(cpuinfo_library_is_safe(Architecture::arm64, cut.c_str(), "0-3", "0-3") !=
                (length >= text.rfind("0xd0b") + 6));
  }
}

TEST_CASE("without HWCAP and flags, what all cores of the text have", "[detection]") {
  RawArm raw = {};
  CHECK(features_of(detect_arm64(raw, RawTopology())) == "neon");
  const std::string mixed = two_kinds(kWordsA76, "0xd0b", kWordsN2, "0xd47");
  raw.cpuinfo_text = mixed.c_str();
  const Machine machine = detect_arm64(raw, RawTopology());
  CHECK(features_of(machine) == "neon dotprod");
  CHECK(why_not(machine, "arm_i8mm") == "some cores lack i8mm");
}

TEST_CASE("random texts", "[detection]") {
  Random random(4711);
  const std::string seed = two_kinds(kWordsA53, "0xd05", kWordsN2, "0xd49") + x86_cores(1);
  for (int round = 0; round < 3000; ++round) {
    std::string text = seed;
    // From a few wrong bytes to nothing but noise, NULs included.
    const size_t wrong = round % 10 == 0 ? text.size() * 4 : static_cast<size_t>(round % 40);
    for (size_t i = 0; i < wrong; ++i) {
      const size_t at = static_cast<size_t>(random.bits()) % text.size();
      text[at] = static_cast<char>(random.bits());
    }
    const std::vector<char> exact(text.c_str(), text.c_str() + text.size() + 1);  // a read past it is seen by ASan
    const uint64_t hwcap = random.bits();
    const uint64_t hwcap2 = random.bits();
    const RawArm raw = with_hwcap(hwcap, hwcap2, exact.data());
    const Machine machine = detect_arm64(raw, RawTopology());
    require_sane(machine);
    REQUIRE(has(machine, Feature::neon));
    if ((raw.hwcap & kHwcapDotprod) == 0) REQUIRE_FALSE(has(machine, Feature::dotprod));
    if ((raw.hwcap2 & kHwcap2I8mm) == 0) REQUIRE_FALSE(has(machine, Feature::i8mm));
    if ((raw.hwcap & kHwcapSve) == 0) REQUIRE_FALSE(has(machine, Feature::sve));
    require_sane(detect_arm32(raw, RawTopology()));
    cpuinfo_library_is_safe(Architecture::arm64, exact.data(), exact.data(), exact.data());
  }
}

TEST_CASE("many kinds of cores", "[detection]") {
  std::string text;
  for (unsigned i = 0; i < 200; ++i) {
    char part[8] = "0x100";
    part[3] = static_cast<char>('0' + i / 10 % 10);
    part[4] = static_cast<char>('0' + i % 10);
    text += arm_core(i, kWordsA76, "0x77", part);
  }
  const Machine machine = detect_arm64(with_hwcap(kHwcapBase, 0, text.c_str()), RawTopology());
  require_sane(machine);
  CHECK(machine.core_kinds == 8);
}

TEST_CASE("systems with flags instead of HWCAP", "[detection]") {
  const uint64_t m1 = Feature::neon | Feature::dotprod;
  const Machine apple_m1 = detect_arm64(with_flags(m1), RawTopology());
  CHECK(tiers_of(apple_m1) == "arm_dotprod arm_neon");
  CHECK(why_not(apple_m1, "arm_i8mm") == "the CPU lacks i8mm");
  CHECK(tiers_of(detect_arm64(with_flags(m1 | Feature::i8mm), RawTopology())) == "arm_i8mm arm_dotprod arm_neon");
  const Machine apple_m4 = detect_arm64(with_flags(m1 | Feature::i8mm | Feature::sme), RawTopology());
  CHECK(features_of(apple_m4) == "neon dotprod i8mm sme");
  CHECK(features_of(detect_arm64(with_flags(0), RawTopology())) == "neon");
  CHECK(features_of(detect_arm64(with_flags(~uint64_t{0}), RawTopology())) == "neon dotprod i8mm sve sve2 sme");

  // The names and numbers by which these systems are asked.
  struct Asked {
    const char* sysctl;
    uint32_t windows;
    Feature feature;
  };
  const Asked asked[] = {
      {"hw.optional.arm.FEAT_DotProd", 43, Feature::dotprod},
      {"hw.optional.arm.FEAT_I8MM", 66, Feature::i8mm},
      {"", 57, Feature::i8mm},
      {"", 19, Feature::neon},
  };
  for (const Asked& question : asked) {
    bool by_sysctl = question.sysctl[0] == '\0';
    bool by_number = false;
    for (const OsFlag& flag : kOsFlags) {
      if (flag.feature != question.feature) {
        CHECK(flag.windows_feature != question.windows);
        continue;
      }
      by_sysctl = by_sysctl || (flag.apple_sysctl != nullptr && std::string(flag.apple_sysctl) == question.sysctl);
      by_number = by_number || flag.windows_feature == question.windows;
    }
    CHECK(by_sysctl);
    CHECK(by_number);
  }
}

TEST_CASE("ARMv7 machines", "[detection]") {
  const std::string a7 = arm_cores(4, "half thumb fastmult vfp edsp neon vfpv3 tls vfpv4 idiva idivt", "0x41", "0xc07");
  const Machine with_neon = detect_arm32(with_hwcap(1u << 12 | 0x56, 0, a7.c_str()), RawTopology());
  require_sane(with_neon);
  CHECK(with_neon.architecture == Architecture::arm32);
  CHECK(tiers_of(with_neon) == "armv7_neon");
  CHECK(std::string(with_neon.name) == "Cortex-A7");
  CHECK(why_not(with_neon, "arm_dotprod") == "for AArch64, this is 32-bit Arm");
  CHECK(why_not(with_neon, "cortexm_dsp") == "the CPU lacks dsp");  // that of Cortex-M
  CHECK(why_not(with_neon, "cortexm_mve") == "the CPU lacks mve");

  const std::string tegra2 = arm_cores(2, "swp half thumb fastmult vfp edsp vfpv3 vfpv3d16", "0x41", "0xc09");
  const Machine without_neon = detect_arm32(with_hwcap(0x56, 0, tegra2.c_str()), RawTopology());
  CHECK(tiers_of(without_neon).empty());
  CHECK(why_not(without_neon, "armv7_neon") == "the CPU lacks neon");
  RawArm text_alone = {};
  text_alone.cpuinfo_text = tegra2.c_str();
  CHECK(features_of(detect_arm32(text_alone, RawTopology())).empty());
  text_alone.cpuinfo_text = a7.c_str();
  CHECK(features_of(detect_arm32(text_alone, RawTopology())) == "neon");

  // Old kernels: one description, after all processors.
  const std::string shared =
      "Processor\t: ARMv7 Processor rev 4 (v7l)\nprocessor\t: 0\nBogoMIPS\t: 38\n\nprocessor\t: 1\nBogoMIPS\t: 38\n\n"
      "Features\t: swp half thumb neon\nCPU implementer\t: 0x41\nCPU architecture: 7\nCPU part\t: 0xc0f\n\n"
      "Hardware\t: BCM2709\n";
  CHECK(std::string(detect_arm32(with_hwcap(1u << 12, 0, shared.c_str()), RawTopology()).name) == "Cortex-A15");
  CHECK_FALSE(cpuinfo_library_is_safe(Architecture::arm32, shared.c_str(), "0-1", "0-1"));

  // A 32-bit process on a 64-bit kernel reads the words of AArch64, and must not take its other features.
  const std::string a76 = arm_cores(2, kWordsA76, "0x41", "0xd0b");
  CHECK(features_of(detect_arm32(with_hwcap(1u << 12, 0, a76.c_str()), RawTopology())) == "neon");
  CHECK(features_of(detect_arm32(with_hwcap(~uint64_t{0}, ~uint64_t{0}, a76.c_str()), RawTopology())) == "neon");
}

TEST_CASE("which cores are in-order", "[detection]") {
  const uint64_t hwcap = kHwcapBase | kHwcapDotprod;
  const auto order_of = [&](const std::string& text) {
    return detect_arm64(with_hwcap(hwcap, 0, text.c_str()), {}).core_order;
  };
  const CoreOrder little = order_of(arm_cores(4, kWordsA76, "0x41", "0xd05"));
  CHECK(little.all);
  CHECK(little.some);
  const CoreOrder big = order_of(arm_cores(4, kWordsA76, "0x41", "0xd0b"));
  CHECK(!big.all);
  CHECK(!big.some);
  const CoreOrder unknown = detect_arm64(with_hwcap(hwcap, 0, nullptr), {}).core_order;
  CHECK(!unknown.some);
  CHECK(!unknown.all);

  std::string text = two_kinds(kWordsA76, "0xd05", kWordsN2, "0xd47");
  text += arm_core(63, kWordsA76, "0x41", "0xd46") + arm_core(CoreOrder::kLimit, kWordsA76, "0x41", "0xd46");
  const CoreOrder mixed = order_of(text);
  CHECK(!mixed.all);
  CHECK(mixed.some);
  CHECK(mixed.processors[0] == 0x3);
  CHECK(mixed.processors[1] == 0x80000000u);
  for (std::size_t i = 2; i < CoreOrder::kLimit / 32; ++i) CHECK(mixed.processors[i] == 0);
  CHECK(detect_arm32(with_hwcap(1u << 12, 0, arm_cores(4, "half thumb neon", "0x41", "0xc07").c_str()), {})
            .core_order.all);
}

TEST_CASE("one kind of core alone", "[detection]") {
  const uint64_t a76 = kHwcapBase | kHwcapDotprod;
  const auto on = [](uint32_t processor, uint64_t hwcap, uint64_t hwcap2, const std::string& text) {
    RawArm raw = with_hwcap(hwcap, hwcap2, text.c_str());
    raw.processor = processor;
    const Machine machine = detect_arm64(raw, RawTopology());
    require_sane(machine);
    return machine;
  };
  struct Case {
    const char* words;
    uint64_t hwcap2;
    std::string text;
    const char *little, *big, *all;  // tiers
    const char *little_name, *big_name;
    bool little_in_order;
  };
  const Case cases[] = {
      {"the big ones alone have dotprod", 0, two_kinds(kWordsA53, "0xd03", kWordsA76, "0xd0b"), "arm_neon",
       "arm_dotprod arm_neon", "arm_neon", "Cortex-A53", "Cortex-A76", true},
      {"the big ones alone have i8mm", kHwcap2I8mm, two_kinds(kWordsA76, "0xd05", kWordsN2, "0xd47"),
       "arm_dotprod arm_neon", "arm_i8mm arm_dotprod arm_neon", "arm_dotprod arm_neon", "Cortex-A55", "Cortex-A710",
       true},
      {"an Exynos whose big ones lack dotprod", 0, two_kinds(kWordsA76, "0xd05", kWordsA76, "0x002", "0x53"),
       "arm_dotprod arm_neon", "arm_neon", "arm_neon", "Cortex-A55", "Exynos-M3", true},
      {"alike but in order of execution", 0, two_kinds(kWordsA76, "0xd05", kWordsA76, "0xd0b"), "arm_dotprod arm_neon",
       "arm_dotprod arm_neon", "arm_dotprod arm_neon", "Cortex-A55", "Cortex-A76", true},
  };
  for (const Case& c : cases) {
    INFO(c.words);
    for (const uint32_t processor : {0u, 1u, 2u, 3u}) {
      const Machine machine = on(processor, a76, c.hwcap2, c.text);
      const bool little = processor < 2;
      CHECK(tiers_of(machine) == (little ? c.little : c.big));
      CHECK(std::string(machine.name) == (little ? c.little_name : c.big_name));
      CHECK(machine.core_kinds == 1);
      CHECK(machine.core_order.all == (little && c.little_in_order));
      CHECK(machine.core_order.some == machine.core_order.all);
      CHECK(machine.features_of_some_cores == on(kAnyProcessor, a76, c.hwcap2, c.text).features_of_some_cores);
    }
    for (const uint32_t processor : {4u, 4096u, kAnyProcessor}) {  // not described: all cores count
      const Machine machine = on(processor, a76, c.hwcap2, c.text);
      CHECK(tiers_of(machine) == c.all);
      CHECK(machine.core_kinds == 2);
    }
    // Without HWCAP the text of these cores is all there is.
    RawArm raw = {};
    raw.cpuinfo_text = c.text.c_str();
    raw.processor = 2;
    CHECK(tiers_of(detect_arm64(raw, RawTopology())) == c.big);
  }
  RawArm raw = with_hwcap(a76, 0, nullptr);
  raw.processor = 0;
  CHECK(tiers_of(detect_arm64(raw, RawTopology())) == "arm_dotprod arm_neon");
}

TEST_CASE("a context for the kind of core that creates it", "[detection]") {
  Machine here, everywhere;
  probe_machine(&here, false, true);
  probe_machine(&everywhere, false);
  require_sane(here);
  CHECK((everywhere.features & ~here.features) == 0);
  CHECK(here.architecture == everywhere.architecture);
  CHECK(here.core_kinds <= everywhere.core_kinds);
}

TEST_CASE("the processor that a thread runs on, where the OS tells", "[detection]") {
  Machine machine;
  probe_machine(&machine);
#if defined(__linux__)
  REQUIRE(machine.core_order.current != nullptr);
  CHECK(machine.core_order.current() < 16384);
#else
  CHECK(machine.core_order.current == nullptr);
#endif
}
