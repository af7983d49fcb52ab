// Arm, both architectures: from HWCAP, the flags of systems without it, and /proc/cpuinfo.
#include "cpu/detect.h"
#include "cpu/detect_finish.h"
#include "cpu/proc_cpuinfo.h"

namespace ottava {

namespace {

struct HwcapRule {
  Feature feature;
  uint32_t word;  // 1: AT_HWCAP, 2: AT_HWCAP2
  uint32_t bit_number;
};

constexpr HwcapRule kArm64Hwcaps[] = {
    {Feature::neon, 1, 1}, {Feature::dotprod, 1, 20}, {Feature::sve, 1, 22},
    {Feature::sve2, 2, 1}, {Feature::i8mm, 2, 13},    {Feature::sme, 2, 23},
};

constexpr HwcapRule kArm32Hwcaps[] = {
    {Feature::neon, 1, 12},
};

template <size_t N>
uint64_t features_of(const HwcapRule (&rules)[N], const RawArm& raw) {
  uint64_t features = 0;
  for (const HwcapRule& rule : rules) {
    const uint64_t word = rule.word == 1 ? raw.hwcap : raw.hwcap2;
    if ((word >> rule.bit_number & 1) != 0) features |= bit(rule.feature);
  }
  return features;
}

void append_hex(uint32_t number, Text& text) {
  text << "0x";
  bool begun = false;
  for (int shift = 28; shift >= 0; shift -= 4) {
    const char digit[2] = {"0123456789abcdef"[number >> shift & 15], '\0'};
    begun = begun || digit[0] != '0' || shift == 0;
    if (begun) text << digit;
  }
}

void set_core_names(const ArmCores& cores, Machine* machine) {
  Text name(machine->name);
  for (uint32_t i = 0; i < cores.kinds; ++i) {
    if (i != 0) name << " + ";
    const char* const known = core_kind_name(cores.kind[i]);
    if (known != nullptr) {
      name << known;
    } else {
      name << "implementer ";
      append_hex(cores.kind[i].implementer, name);
      name << " part ";
      append_hex(cores.kind[i].part, name);
    }
  }
}

// `possible` are the features that the architecture knows of.
Machine detect_arm(Architecture architecture, uint64_t possible, uint64_t hwcap_features, const RawArm& raw,
                   const RawTopology& topology) {
  Machine machine = machine_from(architecture, topology);
  CoreKind kind;
  const CoreKind* const only = find_core_kind(raw.cpuinfo_text, raw.processor, &kind) ? &kind : nullptr;
  const ArmCores every = read_arm_cores(raw.cpuinfo_text);
  const ArmCores cores = only != nullptr ? read_arm_cores(raw.cpuinfo_text, only) : every;

  // HWCAP is the kernel's own promise and older texts have no words for newer features, so the text
  // adds nothing to it. But HWCAP may be that of one core: where the text says that cores differ, what
  // one of those that are wanted lacks is not used. Without HWCAP the text is all there is.
  uint64_t all = 0;
  uint64_t some = 0;
  if (raw.hwcap_known) {
    some = hwcap_features;
    all = some & ~(every.some_have & ~cores.all_have);
  } else if (raw.flags_known) {
    all = some = raw.flags;
  } else {
    some = every.some_have;
    all = cores.all_have;
  }
  for (uint32_t i = 0; i < cores.kinds; ++i) {
    // Kernels of some phones reported what the big cores have, or the little ones.
    if (core_kind_lacks_dotprod(cores.kind[i])) all &= ~(Feature::dotprod | Feature::i8mm);
  }
  if (architecture == Architecture::arm64) {
    all |= bit(Feature::neon);
    some |= bit(Feature::neon);
  }
  if ((all & bit(Feature::sve)) == 0) all &= ~bit(Feature::sve2);

  machine.features_of_some_cores = some & possible;
  machine.features_present = all & possible;
  machine.features = machine.features_present;
  machine.core_order = read_core_order(raw.cpuinfo_text, only);
  if (cores.kinds != 0) {
    machine.core_kinds = cores.kinds;
    set_core_names(cores, &machine);
  }
  return machine;
}

}  // namespace

Machine detect_arm64(const RawArm& raw, const RawTopology& topology) {
  const uint64_t possible =
      Feature::neon | Feature::dotprod | Feature::i8mm | Feature::sve | Feature::sve2 | Feature::sme;
  return detect_arm(Architecture::arm64, possible, features_of(kArm64Hwcaps, raw), raw, topology);
}

Machine detect_arm32(const RawArm& raw, const RawTopology& topology) {
  return detect_arm(Architecture::arm32, bit(Feature::neon), features_of(kArm32Hwcaps, raw), raw, topology);
}

}  // namespace ottava
