// Detection from CPUID and XCR0: simulated machines, sane and not.
#include <cstring>

#include "detection.h"
#include "hosted/probe_parts.h"

using namespace ottava;
using namespace ottava::detection;

namespace {

constexpr uint32_t kSse42 = 0x00980201;  // SSE3, SSSE3, SSE4.1, SSE4.2, POPCNT
constexpr uint32_t kFma = 0x00001000;
constexpr uint32_t kOsxsave = 0x08000000;
constexpr uint32_t kAvx = 0x10000000;
constexpr uint32_t kF16c = 0x20000000;
constexpr uint32_t kHaswellLeaf1 = kSse42 | kFma | kOsxsave | kAvx | kF16c;

constexpr uint32_t kAvx2 = 0x20;
constexpr uint32_t kAvx512f = 0x10000;
constexpr uint32_t kAvx512Skylake = kAvx512f | 0x20000 | 0x40000000 | 0x80000000;  // F, DQ, BW, VL
constexpr uint32_t kVnni = 0x800;                                                  // leaf 7, ECX
constexpr uint32_t kVbmi = 0x2;                                                    // likewise
constexpr uint32_t kAmx = 0x03000000;                                              // leaf 7, EDX: tile, int8
constexpr uint32_t kHybrid = 0x8000;                                               // leaf 7, EDX
constexpr uint32_t kAvxVnni = 0x10;                                                // leaf 7.1, EAX

constexpr uint64_t kYmmState = 0x7;
constexpr uint64_t kZmmState = 0xe7;
constexpr uint64_t kTileState = 0x600e7;

struct X86Case {
  const char* machine;
  uint32_t largest_leaf;
  uint32_t leaf1_ecx;
  uint32_t leaf7_eax;
  uint32_t leaf7_ebx;
  uint32_t leaf7_ecx;
  uint32_t leaf7_edx;
  uint32_t leaf7_1_eax;
  uint64_t xcr0;
  const char* features;
  const char* tiers;
  const char* why_not_avx2;
  const char* why_not_avx512vnni;
};

const char* const kFeatures512 = "sse4.2 avx f16c fma avx2 avx512f avx512bw avx512dq avx512vl avx512vnni";
const char* const kFeaturesVbmi = "sse4.2 avx f16c fma avx2 avx512f avx512bw avx512dq avx512vl avx512vnni avx512vbmi";
const char* const kLacks512 = "the CPU lacks avx512f, avx512bw, avx512dq, avx512vl, avx512vnni";

const X86Case kX86Cases[] = {
    {"Nehalem", 11, kSse42, 0, 0, 0, 0, 0, 0, "sse4.2", "", "the CPU lacks avx, avx2",
     "the CPU lacks avx, f16c, fma, avx2, avx512f, avx512bw, avx512dq, avx512vl, avx512vnni"},
    {"Sandy Bridge", 13, kSse42 | kOsxsave | kAvx, 0, 0, 0, 0, 0, kYmmState, "sse4.2 avx", "", "the CPU lacks avx2",
     "the CPU lacks f16c, fma, avx2, avx512f, avx512bw, avx512dq, avx512vl, avx512vnni"},
    {"Haswell", 13, kHaswellLeaf1, 0, kAvx2, 0, 0, 0, kYmmState, "sse4.2 avx f16c fma avx2", "x86_avx2", "", kLacks512},
    {"Knights Landing", 13, kHaswellLeaf1, 0, kAvx2 | kAvx512f, 0, 0, 0, kZmmState, "sse4.2 avx f16c fma avx2 avx512f",
     "x86_avx2", "", "the CPU lacks avx512bw, avx512dq, avx512vl, avx512vnni"},
    {"Skylake-X", 22, kHaswellLeaf1, 0, kAvx2 | kAvx512Skylake, 0, 0, 0, kZmmState,
     "sse4.2 avx f16c fma avx2 avx512f avx512bw avx512dq avx512vl", "x86_avx2", "", "the CPU lacks avx512vnni"},
    {"Ice Lake", 27, kHaswellLeaf1, 0, kAvx2 | kAvx512Skylake, kVnni | kVbmi, 0, 0, kZmmState, kFeaturesVbmi,
     "x86_avx512vnni x86_avx2", "", ""},
    {"Cascade Lake", 22, kHaswellLeaf1, 0, kAvx2 | kAvx512Skylake, kVnni, 0, 0, kZmmState, kFeatures512,
     "x86_avx512vnni x86_avx2", "", ""},
    {"Zen 4", 16, kHaswellLeaf1, 1, kAvx2 | kAvx512Skylake, kVnni | kVbmi, 0, 0, kZmmState | 0x200, kFeaturesVbmi,
     "x86_avx512vnni x86_avx2", "", ""},
    {"Alder Lake", 32, kHaswellLeaf1, 2, kAvx2, 0, kHybrid, kAvxVnni, kYmmState, "sse4.2 avx f16c fma avx2 avxvnni",
     "x86_avxvnni x86_avx2", "", kLacks512},
    {"Sapphire Rapids", 32, kHaswellLeaf1, 2, kAvx2 | kAvx512Skylake, kVnni, kAmx, kAvxVnni, kTileState,
     "sse4.2 avx f16c fma avx2 avxvnni avx512f avx512bw avx512dq avx512vl avx512vnni amx_tile amx_int8",
     "x86_amx x86_avx512vnni x86_avxvnni x86_avx2", "", ""},
    {"Sapphire Rapids, an OS without tiles", 32, kHaswellLeaf1, 2, kAvx2 | kAvx512Skylake, kVnni, kAmx, 0, kZmmState,
     kFeatures512, "x86_avx512vnni x86_avx2", "", ""},
    {"AVX-512, an OS without its state", 27, kHaswellLeaf1, 0, kAvx2 | kAvx512Skylake, kVnni, 0, 0, kYmmState,
     "sse4.2 avx f16c fma avx2", "x86_avx2", "",
     "the OS does not enable avx512f, avx512bw, avx512dq, avx512vl, avx512vnni, which the CPU has"},
    {"AVX-512, an OS without mask state", 27, kHaswellLeaf1, 0, kAvx2 | kAvx512Skylake, kVnni, 0, 0, 0xc7,
     "sse4.2 avx f16c fma avx2", "x86_avx2", "",
     "the OS does not enable avx512f, avx512bw, avx512dq, avx512vl, avx512vnni, which the CPU has"},
    {"AVX-512, an OS without ZMM16-31", 27, kHaswellLeaf1, 0, kAvx2 | kAvx512Skylake, kVnni, 0, 0, 0x67,
     "sse4.2 avx f16c fma avx2", "x86_avx2", "",
     "the OS does not enable avx512f, avx512bw, avx512dq, avx512vl, avx512vnni, which the CPU has"},
    {"AVX-512, an OS without upper ZMM0-15", 27, kHaswellLeaf1, 0, kAvx2 | kAvx512Skylake, kVnni, 0, 0, 0xa7,
     "sse4.2 avx f16c fma avx2", "x86_avx2", "",
     "the OS does not enable avx512f, avx512bw, avx512dq, avx512vl, avx512vnni, which the CPU has"},
    {"AVX2, XCR0 without YMM", 13, kHaswellLeaf1, 0, kAvx2, 0, 0, 0, 0x3, "sse4.2", "",
     "the OS does not enable avx, avx2, which the CPU has", kLacks512},
    {"AVX2, XCR0 without XMM", 13, kHaswellLeaf1, 0, kAvx2, 0, 0, 0, 0x5, "sse4.2", "",
     "the OS does not enable avx, avx2, which the CPU has", kLacks512},
    {"no OSXSAVE, XCR0 full of garbage", 27, kHaswellLeaf1 & ~kOsxsave, 0, kAvx2 | kAvx512Skylake, kVnni, 0, 0,
     ~uint64_t{0}, "sse4.2", "", "the OS does not enable avx, avx2, which the CPU has",
     "the OS does not enable avx, f16c, fma, avx2, avx512f, avx512bw, avx512dq, avx512vl, avx512vnni, which the CPU "
     "has"},
    {"a hypervisor that hides leaf 7", 1, kHaswellLeaf1, 1, ~0u, ~0u, ~0u, ~0u, kZmmState, "sse4.2 avx f16c fma", "",
     "the CPU lacks avx2", "the CPU lacks avx2, avx512f, avx512bw, avx512dq, avx512vl, avx512vnni"},
    {"no subleaf 1, garbage in it", 13, kHaswellLeaf1, 0, kAvx2, 0, 0, ~0u, kYmmState, "sse4.2 avx f16c fma avx2",
     "x86_avx2", "", kLacks512},
    {"a hypervisor that hides SSE4.2 alone", 13, kHaswellLeaf1 & ~0x100000u, 0, kAvx2, 0, 0, 0, kYmmState,
     "avx f16c fma avx2", "", "the CPU lacks sse4.2",
     "the CPU lacks sse4.2, avx512f, avx512bw, avx512dq, avx512vl, avx512vnni"},
    {"a hypervisor that hides FMA alone", 27, kHaswellLeaf1 & ~kFma, 0, kAvx2 | kAvx512Skylake, kVnni, 0, 0, kZmmState,
     "sse4.2 avx f16c avx2 avx512f avx512bw avx512dq avx512vl avx512vnni", "x86_avx2", "", "the CPU lacks fma"},
    {"all zero", 0, 0, 0, 0, 0, 0, 0, 0, "", "", "the CPU lacks sse4.2, avx, avx2",
     "the CPU lacks sse4.2, avx, f16c, fma, avx2, avx512f, avx512bw, avx512dq, avx512vl, avx512vnni"},
    {"all ones", ~0u, ~0u, ~0u, ~0u, ~0u, ~0u, ~0u, ~uint64_t{0}, "", "", "the CPU lacks sse4.2, avx, avx2",
     "the CPU lacks sse4.2, avx, f16c, fma, avx2, avx512f, avx512bw, avx512dq, avx512vl, avx512vnni"},
};

RawX86 raw_of(const X86Case& x86) {
  RawX86 raw = {};
  raw.largest_leaf = x86.largest_leaf;
  raw.leaf1.ecx = x86.leaf1_ecx;
  raw.leaf7 = {x86.leaf7_eax, x86.leaf7_ebx, x86.leaf7_ecx, x86.leaf7_edx};
  raw.leaf7_1.eax = x86.leaf7_1_eax;
  raw.xcr0 = x86.xcr0;
  raw.tiles_permitted = true;
  return raw;
}

void set_brand(const char* words, RawX86* raw) {
  char brand[48] = {};
  for (size_t i = 0; i < sizeof(brand) && words[i] != '\0'; ++i) brand[i] = words[i];
  for (size_t i = 0; i < 12; ++i) {
    uint32_t word = 0;
    for (size_t byte = 0; byte < 4; ++byte) {
      word |= static_cast<uint32_t>(static_cast<unsigned char>(brand[i * 4 + byte])) << (8 * byte);
    }
    CpuidLeaf& leaf = raw->brand[i / 4];
    (i % 4 == 0 ? leaf.eax : i % 4 == 1 ? leaf.ebx : i % 4 == 2 ? leaf.ecx : leaf.edx) = word;
  }
}

}  // namespace

TEST_CASE("x86 machines", "[detection]") {
  for (const X86Case& x86 : kX86Cases) {
    INFO(x86.machine);
    const Machine machine = detect_x86(raw_of(x86), RawTopology());
    require_sane(machine);
    CHECK(machine.architecture == Architecture::x86_64);
    CHECK(features_of(machine) == x86.features);
    CHECK(tiers_of(machine) == x86.tiers);
    CHECK(why_not(machine, "x86_avx2") == x86.why_not_avx2);
    CHECK(why_not(machine, "x86_avx512vnni") == x86.why_not_avx512vnni);
    CHECK(why_not(machine, "arm_neon") == "for AArch64, this is x86-64");
    CHECK(why_not(machine, "armv7_neon") == "for 32-bit Arm, this is x86-64");
    CHECK(machine.core_kinds == (std::string(x86.machine) == "Alder Lake" ? 2u : 1u));
  }
}

TEST_CASE("vectors of x86 are as long as the OS keeps them", "[detection]") {
  const struct {
    uint64_t xcr0;
    uint32_t bytes;
  } cases[] = {{0, 16},    {0x3, 16},  {0x5, 16},       {kYmmState, 32},
               {0x67, 32}, {0xc7, 32}, {kZmmState, 64}, {kTileState, 64}};
  for (const auto& one : cases) {
    RawX86 raw = {};
    raw.largest_leaf = 27;
    raw.leaf1.ecx = kHaswellLeaf1;
    raw.xcr0 = one.xcr0;
    CHECK(detect_x86(raw, RawTopology()).vector_bytes == one.bytes);
    raw.leaf1.ecx &= ~kOsxsave;
    CHECK(detect_x86(raw, RawTopology()).vector_bytes == 16);
  }
}

TEST_CASE("each AVX-512 part is needed, one by one", "[detection]") {
  for (const uint32_t missing : {0x10000u, 0x20000u, 0x40000000u, 0x80000000u, kAvx2}) {
    RawX86 raw = {};
    raw.largest_leaf = 27;
    raw.leaf1.ecx = kHaswellLeaf1;
    raw.leaf7.ebx = (kAvx2 | kAvx512Skylake) & ~missing;
    raw.leaf7.ecx = kVnni;
    raw.xcr0 = kZmmState;
    REQUIRE_FALSE(machine_has_tier(detect_x86(raw, RawTopology()), *tier_named("x86_avx512vnni")));
  }
}

TEST_CASE("who has made an x86 CPU, and what follows for Zen 4 and Zen 5", "[detection]") {
  RawX86 raw = {};
  raw.largest_leaf = 16;
  raw.leaf1.ecx = kHaswellLeaf1;
  raw.leaf7 = {1, kAvx2 | kAvx512Skylake, kVnni | kVbmi, 0};
  raw.xcr0 = kZmmState;
  struct Vendor {
    std::uint32_t ebx, edx, ecx;
    bool by_amd;
  };
  const Vendor vendors[] = {{0x68747541, 0x69746e65, 0x444d4163, true},   // AuthenticAMD
                            {0x756e6547, 0x49656e69, 0x6c65746e, false},  // GenuineIntel
                            {0x6f677948, 0x6e65476e, 0x656e6975, false},  // HygonGenuine
                            {0, 0, 0, false}};
  for (const Vendor& vendor : vendors) {
    raw.vendor = {16, vendor.ebx, vendor.ecx, vendor.edx};
    raw.leaf7_1.eax = 0;
    Machine machine = detect_x86(raw, RawTopology());
    CHECK(machine.by_amd == vendor.by_amd);
    CHECK(halves_512_bits(machine) == vendor.by_amd);
    CHECK(fetches_ahead_itself(machine) == vendor.by_amd);
    raw.leaf7_1.eax = kAvxVnni;
    machine = detect_x86(raw, RawTopology());
    CHECK_FALSE(halves_512_bits(machine));
    CHECK(fetches_ahead_itself(machine) == vendor.by_amd);
    raw.leaf7.ecx = 0;
    CHECK_FALSE(fetches_ahead_itself(detect_x86(raw, RawTopology())));
    raw.leaf7.ecx = kVnni | kVbmi;
  }
}

TEST_CASE("AVX-VNNI is in subleaf 1, and needs AVX2 and the state of YMM", "[detection]") {
  RawX86 raw = {};
  raw.largest_leaf = 32;
  raw.leaf1.ecx = kHaswellLeaf1;
  raw.leaf7 = {1, kAvx2, 0, 0};
  raw.leaf7_1.eax = kAvxVnni;
  raw.xcr0 = kYmmState;
  const auto why = [&raw] { return why_not(detect_x86(raw, RawTopology()), "x86_avxvnni"); };
  CHECK(why().empty());
  raw.leaf7_1.eax = ~kAvxVnni;
  CHECK(why() == "the CPU lacks avxvnni");
  raw.leaf7_1.eax = kAvxVnni;
  raw.leaf7.eax = 0;
  CHECK(why() == "the CPU lacks avxvnni");
  raw.leaf7.eax = 1;
  raw.leaf7.ebx = 0;
  CHECK(why() == "the CPU lacks avx2");
  raw.leaf7.ebx = kAvx2;
  raw.xcr0 = 0x3;
  CHECK(why() == "the OS does not enable avx, avx2, avxvnni, which the CPU has");
}

#if OTTAVA_ARCH_IS_X86_64
TEST_CASE("Linux is asked for tiles only where they are wanted, and once", "[detection]") {
  static bool permitted, gives, knows;  // whether tiles are, will be granted; whether the kernel knows of permissions
  static int asked;
  const auto linux_of = [](long code, std::uintptr_t argument) -> long {
    if (!knows) return -1;
    if (code == 0x1022) {
      const std::uint64_t states = permitted ? 0x60007 : 0x7;
      std::memcpy(reinterpret_cast<void*>(argument), &states, sizeof states);
      return 0;
    }
    CHECK((code == 0x1023 && argument == 18));
    ++asked;
    if (gives) permitted = true;
    return gives ? 0 : -1;
  };
  knows = gives = true;
  CHECK_FALSE(may_use_tiles(false, linux_of));
  CHECK(asked == 0);
  CHECK(may_use_tiles(true, linux_of));
  CHECK(asked == 1);
  CHECK(may_use_tiles(true, linux_of));
  CHECK(may_use_tiles(false, linux_of));  // it may by now
  CHECK(asked == 1);
  permitted = gives = false;
  CHECK_FALSE(may_use_tiles(true, linux_of));
  CHECK(asked == 2);
  knows = false;
  CHECK_FALSE(may_use_tiles(true, linux_of));
  CHECK_FALSE(may_use_tiles(false, linux_of));
}
#endif

TEST_CASE("tiles need AMX-TILE, AMX-INT8, both states in XCR0 and the permission of the OS", "[detection]") {
  RawX86 raw = {};
  raw.largest_leaf = 32;
  raw.leaf1.ecx = kHaswellLeaf1;
  raw.leaf7 = {0, kAvx2 | kAvx512Skylake, kVnni, kAmx};
  raw.xcr0 = kTileState;
  raw.tiles_permitted = true;
  const auto why = [&raw] { return why_not(detect_x86(raw, RawTopology()), "x86_amx"); };
  const char* const withheld = "the OS does not enable amx_tile, amx_int8, which the CPU has";
  CHECK(why().empty());
  CHECK(tiers_of(detect_x86(raw, RawTopology())) == "x86_amx x86_avx512vnni x86_avx2");

  // Refused: all that is not a tile stays.
  raw.tiles_permitted = false;
  CHECK(why() == withheld);
  CHECK(tiers_of(detect_x86(raw, RawTopology())) == "x86_avx512vnni x86_avx2");
  CHECK(features_of(detect_x86(raw, RawTopology())) == kFeatures512);
  raw.tiles_permitted = true;

  for (const uint64_t missing : {0x20000u, 0x40000u, 0x60000u}) {
    raw.xcr0 = kTileState & ~missing;
    CHECK(why() == withheld);
  }
  raw.xcr0 = kTileState & ~uint64_t{0xe0};  // tiles alone are not enough
  CHECK(why() == "the OS does not enable avx512f, avx512bw, avx512dq, avx512vl, avx512vnni, which the CPU has");
  raw.xcr0 = kTileState;
  raw.leaf7.edx = 0x01000000;
  CHECK(why() == "the CPU lacks amx_int8");
  raw.leaf7.edx = 0x02000000;
  CHECK(why() == "the CPU lacks amx_tile");
  raw.leaf7.edx = kAmx;
  raw.leaf7.ecx = 0;
  CHECK(why() == "the CPU lacks avx512vnni");

  // A permission says nothing of a CPU without tiles.
  raw.leaf7.ecx = kVnni;
  raw.leaf7.edx = 0;
  CHECK(why() == "the CPU lacks amx_tile, amx_int8");
}

TEST_CASE("macOS shows the AVX-512 state only once it is used", "[detection]") {
  RawX86 raw = {};
  raw.largest_leaf = 27;
  raw.leaf1.ecx = kHaswellLeaf1;
  raw.leaf7.ebx = kAvx2 | kAvx512Skylake;
  raw.leaf7.ecx = kVnni;
  raw.xcr0 = kYmmState;
  REQUIRE(tiers_of(detect_x86(raw, RawTopology())) == "x86_avx2");
  raw.avx512_state_on_demand = true;
  REQUIRE(tiers_of(detect_x86(raw, RawTopology())) == "x86_avx512vnni x86_avx2");
  raw.xcr0 = 0x3;
  REQUIRE(tiers_of(detect_x86(raw, RawTopology())).empty());
}

TEST_CASE("x86 names", "[detection]") {
  RawX86 raw = {};
  raw.largest_leaf = 13;
  set_brand("   Intel(R)   Core(TM) i7-4770 CPU @ 3.40GHz", &raw);
  RawTopology topology = {};
  topology.name = "from the OS";

  raw.largest_extended_leaf = 0x80000003u;
  CHECK(std::string(detect_x86(raw, topology).name) == "from the OS");
  CHECK(std::string(detect_x86(raw, RawTopology()).name) == "unknown");
  raw.largest_extended_leaf = 0x80000008u;
  CHECK(std::string(detect_x86(raw, topology).name) == "Intel(R) Core(TM) i7-4770 CPU @ 3.40GHz");
  set_brand("\x01\x02\xff\x80 \n\t", &raw);
  CHECK(std::string(detect_x86(raw, RawTopology()).name) == "unknown");
  set_brand("123456789012345678901234567890123456789012345678", &raw);  // without a NUL
  CHECK(std::string(detect_x86(raw, RawTopology()).name) == "123456789012345678901234567890123456789012345678");
  raw.largest_extended_leaf = ~0u;
  CHECK(std::string(detect_x86(raw, RawTopology()).name) == "unknown");

  for (size_t length = 80; length < 120; ++length) {
    const std::string words = std::string(length, 'n') + " n n n";
    topology.name = words.c_str();
    const Machine machine = detect_x86(raw, topology);
    require_sane(machine);
    CHECK(words.find(machine.name) == 0);
  }
}

TEST_CASE("random x86 answers", "[detection]") {
  Random random(20240229);
  for (int round = 0; round < 20000; ++round) {
    RawX86 raw = {};
    raw.largest_leaf = static_cast<uint32_t>(random.bits()) >> (round % 33 < 32 ? round % 33 : 0);
    raw.largest_extended_leaf = 0x80000000u | (static_cast<uint32_t>(random.bits()) >> (round % 31));
    const auto fill = [&random](CpuidLeaf* leaf) {
      leaf->eax = static_cast<uint32_t>(random.bits());
      leaf->ebx = static_cast<uint32_t>(random.bits());
      leaf->ecx = static_cast<uint32_t>(random.bits());
      leaf->edx = static_cast<uint32_t>(random.bits());
    };
    fill(&raw.leaf1);
    fill(&raw.leaf7);
    fill(&raw.leaf7_1);
    for (CpuidLeaf& leaf : raw.brand) fill(&leaf);
    raw.xcr0 = random.bits();
    RawTopology topology = {};
    topology.cores = static_cast<uint32_t>(random.bits());
    topology.core_kinds = static_cast<uint32_t>(random.bits());
    topology.l1d_bytes = random.bits() >> (round % 64);
    topology.l2_bytes = random.bits() >> (round / 7 % 64);
    topology.l3_bytes = random.bits() >> (round / 3 % 64);
    const Machine machine = detect_x86(raw, topology);
    require_sane(machine);
    // No way to a vector tier past the OS.
    if ((raw.leaf1.ecx & kOsxsave) == 0 || (raw.xcr0 & 6) != 6) REQUIRE(tiers_of(machine).empty());
  }
}
