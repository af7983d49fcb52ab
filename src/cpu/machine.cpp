// Names of architectures and features.
#include "cpu/machine.h"

namespace ottava {

namespace {

struct FeatureName {
  Feature feature;
  const char* name;
};

constexpr FeatureName kFeatureNames[] = {
    {Feature::sse42, "sse4.2"},
    {Feature::avx, "avx"},
    {Feature::f16c, "f16c"},
    {Feature::fma, "fma"},
    {Feature::avx2, "avx2"},
    {Feature::avxvnni, "avxvnni"},
    {Feature::avx512f, "avx512f"},
    {Feature::avx512bw, "avx512bw"},
    {Feature::avx512dq, "avx512dq"},
    {Feature::avx512vl, "avx512vl"},
    {Feature::avx512vnni, "avx512vnni"},
    {Feature::avx512vbmi, "avx512vbmi"},
    {Feature::amx_tile, "amx_tile"},
    {Feature::amx_int8, "amx_int8"},
    {Feature::neon, "neon"},
    {Feature::dotprod, "dotprod"},
    {Feature::i8mm, "i8mm"},
    {Feature::sve, "sve"},
    {Feature::sve2, "sve2"},
    {Feature::sme, "sme"},
    {Feature::dsp, "dsp"},
    {Feature::mve, "mve"},
};

}  // namespace

const char* architecture_name(Architecture architecture) {
  switch (architecture) {
    case Architecture::x86_64: return "x86-64";
    case Architecture::arm64: return "AArch64";
    case Architecture::arm32: return "32-bit Arm";
    case Architecture::portable: break;
  }
  return "an architecture without vector kernels";
}

void list_feature_names(uint64_t set, const char* separator, Text& text) {
  bool first = true;
  for (const FeatureName& entry : kFeatureNames) {
    if ((set & bit(entry.feature)) == 0) continue;
    if (!first) text << separator;
    text << entry.name;
    first = false;
  }
}

void list_features(const Machine& machine, Text& text) { list_feature_names(machine.features, " ", text); }

}  // namespace ottava
