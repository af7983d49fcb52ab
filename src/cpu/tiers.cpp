// The table of tiers and the two questions asked of it.
#include "cpu/tiers.h"

namespace ottava {

namespace {

constexpr uint64_t kAvx2 = Feature::sse42 | Feature::avx | Feature::avx2;

// Compilers that may use AVX-512 use FMA and F16C too, so a machine that hides them cannot have the tier.
constexpr uint64_t kAvx512Vnni = kAvx2 | Feature::f16c | Feature::fma | Feature::avx512f | Feature::avx512bw |
                                 Feature::avx512dq | Feature::avx512vl | Feature::avx512vnni;

constexpr Tier kTiers[] = {
#define OTTAVA_TIER(name, constant, value, architecture, features, flags) \
  {Isa::name, #name, Architecture::architecture, features},
#include "cpu/tiers.inc"
#undef OTTAVA_TIER
};
constexpr size_t kTierCount = sizeof(kTiers) / sizeof(kTiers[0]);

}  // namespace

size_t tier_count() { return kTierCount; }

const Tier& tier_at(size_t index) { return kTiers[index]; }

const Tier* tier_of(Isa isa) {
  for (const Tier& tier : kTiers) {
    if (tier.isa == isa) return &tier;
  }
  return nullptr;
}

const Tier* tier_named(const char* name) {
  if (name == nullptr) return nullptr;
  for (const Tier& tier : kTiers) {
    if (same_text(tier.name, name)) return &tier;
  }
  return nullptr;
}

bool machine_has_tier(const Machine& machine, const Tier& tier) {
  if (tier.architecture == Architecture::portable) return true;
  return tier.architecture == machine.architecture &&
         (machine.features & tier.required_features) == tier.required_features;
}

void explain_missing(const Machine& machine, const Tier& tier, Text& text) {
  if (machine_has_tier(machine, tier)) return;
  if (tier.architecture != machine.architecture) {
    text << "for " << architecture_name(tier.architecture) << ", this is " << architecture_name(machine.architecture);
    return;
  }
  // The deepest cause alone: what no core has, then what only some have, then what the OS withholds.
  const uint64_t lacking = tier.required_features & ~machine.features_of_some_cores;
  const uint64_t uneven = tier.required_features & ~machine.features_present;
  if (lacking != 0) {
    text << "the CPU lacks ";
    list_feature_names(lacking, ", ", text);
  } else if (uneven != 0) {
    text << "some cores lack ";
    list_feature_names(uneven, ", ", text);
  } else {
    text << "the OS does not enable ";
    list_feature_names(tier.required_features & ~machine.features, ", ", text);
    text << ", which the CPU has";
  }
}

}  // namespace ottava
