// x86-64: from CPUID and XCR0.
#include "cpu/detect.h"
#include "cpu/detect_finish.h"

namespace ottava {

namespace {

constexpr uint32_t kBitOsxsave = 1u << 27;                                           // leaf 1, ECX
constexpr uint32_t kBitsSse42 = 1u << 0 | 1u << 9 | 1u << 19 | 1u << 20 | 1u << 23;  // likewise
constexpr uint32_t kBitHybrid = 1u << 15;                                            // leaf 7, EDX

// Register state that XCR0 says the OS saves.
constexpr uint64_t kStateYmm = 0x6;   // XMM, upper halves of YMM
constexpr uint64_t kStateZmm = 0xe6;  // and masks, upper halves of ZMM0-15, ZMM16-31
constexpr uint64_t kStateTiles = 0x60000;

// The largest leaf of every CPU so far is far below; an answer above is no answer.
constexpr uint32_t kLastSaneLeaf = 0xfff;

struct FeatureRule {
  Feature feature;
  uint32_t CpuidLeaf::*reg;
  uint32_t bits;
  uint64_t state;
};

constexpr FeatureRule kLeaf1Rules[] = {
    {Feature::sse42, &CpuidLeaf::ecx, kBitsSse42, 0},
    {Feature::avx, &CpuidLeaf::ecx, 1u << 28, kStateYmm},
    {Feature::f16c, &CpuidLeaf::ecx, 1u << 29, kStateYmm},
    {Feature::fma, &CpuidLeaf::ecx, 1u << 12, kStateYmm},
};

constexpr FeatureRule kLeaf7Rules[] = {
    {Feature::avx2, &CpuidLeaf::ebx, 1u << 5, kStateYmm},
    {Feature::avx512f, &CpuidLeaf::ebx, 1u << 16, kStateZmm},
    {Feature::avx512dq, &CpuidLeaf::ebx, 1u << 17, kStateZmm},
    {Feature::avx512bw, &CpuidLeaf::ebx, 1u << 30, kStateZmm},
    {Feature::avx512vl, &CpuidLeaf::ebx, 1u << 31, kStateZmm},
    {Feature::avx512vnni, &CpuidLeaf::ecx, 1u << 11, kStateZmm},
    {Feature::avx512vbmi, &CpuidLeaf::ecx, 1u << 1, kStateZmm},
    {Feature::amx_tile, &CpuidLeaf::edx, 1u << 24, kStateTiles},
    {Feature::amx_int8, &CpuidLeaf::edx, 1u << 25, kStateTiles},
};

constexpr FeatureRule kLeaf7Subleaf1Rules[] = {
    {Feature::avxvnni, &CpuidLeaf::eax, 1u << 4, kStateYmm},
};

template <size_t N>
void apply(const FeatureRule (&rules)[N], const CpuidLeaf& leaf, uint64_t state, Machine* machine) {
  for (const FeatureRule& rule : rules) {
    if ((leaf.*rule.reg & rule.bits) != rule.bits) continue;
    machine->features_present |= bit(rule.feature);
    if ((state & rule.state) == rule.state) machine->features |= bit(rule.feature);
  }
}

// "AuthenticAMD".
bool is_amd(const CpuidLeaf& vendor) {
  return vendor.ebx == 0x68747541 && vendor.edx == 0x69746e65 && vendor.ecx == 0x444d4163;
}

void set_brand(const RawX86& raw, Machine* machine) {
  char brand[sizeof(raw.brand)];
  size_t at = 0;
  for (const CpuidLeaf& leaf : raw.brand) {
    const uint32_t words[] = {leaf.eax, leaf.ebx, leaf.ecx, leaf.edx};
    for (const uint32_t word : words) {
      for (uint32_t shift = 0; shift < 32; shift += 8) brand[at++] = static_cast<char>(word >> shift & 0xff);
    }
  }
  set_name(brand, at, machine);
}

}  // namespace

Machine detect_x86(const RawX86& raw, const RawTopology& topology) {
  Machine machine = machine_from(Architecture::x86_64, topology);
  if (raw.largest_leaf == 0 || raw.largest_leaf > kLastSaneLeaf) return machine;

  machine.by_amd = is_amd(raw.vendor);
  uint64_t state = (raw.leaf1.ecx & kBitOsxsave) != 0 ? raw.xcr0 : 0;
  if (raw.avx512_state_on_demand && (state & kStateYmm) == kStateYmm) state |= kStateZmm;
  if (!raw.tiles_permitted) state &= ~kStateTiles;

  apply(kLeaf1Rules, raw.leaf1, state, &machine);
  if (raw.largest_leaf >= 7) {
    apply(kLeaf7Rules, raw.leaf7, state, &machine);
    if (raw.leaf7.eax >= 1) apply(kLeaf7Subleaf1Rules, raw.leaf7_1, state, &machine);
    if ((raw.leaf7.edx & kBitHybrid) != 0 && machine.core_kinds < 2) machine.core_kinds = 2;
  }
  machine.features_of_some_cores = machine.features_present;
  machine.vector_bytes = (state & kStateZmm) == kStateZmm ? 64 : (state & kStateYmm) == kStateYmm ? 32 : 16;
  if (raw.largest_extended_leaf >= 0x80000004u && raw.largest_extended_leaf <= 0x80000000u + kLastSaneLeaf) {
    set_brand(raw, &machine);
  }
  return machine;
}

}  // namespace ottava
