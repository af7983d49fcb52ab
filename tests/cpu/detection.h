// What the tests of detection share: sentences about machines, and simulated texts of /proc/cpuinfo.
#ifndef OTTAVA_TESTS_DETECTION_H_
#define OTTAVA_TESTS_DETECTION_H_

#include <stdint.h>

#include <string>

#include "catch.h"
#include "cpu/detect.h"
#include "cpu/tiers.h"
#include "random.h"

namespace ottava {
namespace detection {

inline std::string features_of(const Machine& machine) {
  char buffer[160];
  Text text(buffer);
  list_features(machine, text);
  return buffer;
}

// The usable tiers apart from "portable", best first.
inline std::string tiers_of(const Machine& machine) {
  std::string names;
  for (size_t i = 0; i < tier_count(); ++i) {
    const Tier& tier = tier_at(i);
    if (tier.isa == Isa::portable || !machine_has_tier(machine, tier)) continue;
    if (!names.empty()) names += ' ';
    names += tier.name;
  }
  return names;
}

inline std::string why_not(const Machine& machine, const char* tier_name) {
  char buffer[128];
  Text text(buffer);
  explain_missing(machine, *tier_named(tier_name), text);
  return buffer;
}

// What holds for every machine, however senseless its inputs.
inline void require_sane(const Machine& machine) {
  REQUIRE(machine.cores >= 1);
  REQUIRE(machine.core_kinds >= 1);
  REQUIRE((machine.features & ~machine.features_present) == 0);
  REQUIRE((machine.features_present & ~machine.features_of_some_cores) == 0);
  REQUIRE(machine.l1d_bytes >= 1024);
  REQUIRE(machine.l2_bytes >= machine.l1d_bytes);
  const std::string name(machine.name, sizeof(machine.name));
  REQUIRE(name.find('\0') != std::string::npos);
  REQUIRE(machine.name[0] != '\0');
  for (const char* at = machine.name; *at != '\0'; ++at) REQUIRE((*at >= ' ' && *at <= '~'));
  REQUIRE(machine_has_tier(machine, *tier_named("portable")));
  for (size_t i = 0; i < tier_count(); ++i) {
    REQUIRE(machine_has_tier(machine, tier_at(i)) == why_not(machine, tier_at(i).name).empty());
  }
}

const char* const kWordsA53 = "fp asimd evtstrm aes pmull sha1 sha2 crc32 cpuid";
const char* const kWordsA76 =
    "fp asimd evtstrm aes pmull sha1 sha2 crc32 atomics fphp asimdhp cpuid asimdrdm lrcpc dcpop asimddp ssbs";
const char* const kWordsN2 = "fp asimd aes crc32 atomics asimddp sve i8mm sve2 bf16";

inline std::string arm_core(unsigned number, const std::string& words, const char* implementer, const char* part) {
  return "processor\t: " + std::to_string(number) + "\nBogoMIPS\t: 50.00\nFeatures\t: " + words +
         "\nCPU implementer\t: " + implementer + "\nCPU architecture: 8\nCPU variant\t: 0x1\nCPU part\t: " + part +
         "\nCPU revision\t: 0\n\n";
}

inline std::string arm_cores(unsigned count, const std::string& words, const char* implementer, const char* part) {
  std::string text;
  for (unsigned i = 0; i < count; ++i) text += arm_core(i, words, implementer, part);
  return text;
}

// big.LITTLE: two little cores, then two big ones.
inline std::string two_kinds(const std::string& little_words, const char* little, const std::string& big_words,
                             const char* big, const char* big_implementer = "0x41") {
  return arm_core(0, little_words, "0x41", little) + arm_core(1, little_words, "0x41", little) +
         arm_core(2, big_words, big_implementer, big) + arm_core(3, big_words, big_implementer, big);
}

inline std::string x86_core(unsigned number) {
  return "processor\t: " + std::to_string(number) +
         "\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel name\t: Intel(R) Xeon(R)\nphysical id\t: "
         "0\napicid\t\t: " +
         std::to_string(number) + "\nflags\t\t: fpu sse sse2 avx2 avx512f avx512_vnni\nbugs\t\t: spectre_v1\n\n";
}

inline std::string x86_cores(unsigned count) {
  std::string text;
  for (unsigned i = 0; i < count; ++i) text += x86_core(i);
  return text;
}

}  // namespace detection
}  // namespace ottava

#endif  // OTTAVA_TESTS_DETECTION_H_
