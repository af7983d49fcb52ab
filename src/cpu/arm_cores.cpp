// Arm cores by the numbers in their main ID register: names for people, which cores lack dotprod, and
// which issue in order.
#include "cpu/proc_cpuinfo.h"

namespace ottava {

namespace {

enum class Dotprod : uint8_t { no, ask };  // ask: it has it, or may have it

struct KnownCore {
  uint16_t implementer;
  uint16_t part;
  Dotprod dotprod;
  const char* name;
  bool in_order = false;
};

constexpr KnownCore kKnownCores[] = {
    // Arm
    {0x41, 0xc05, Dotprod::no, "Cortex-A5", true},
    {0x41, 0xc07, Dotprod::no, "Cortex-A7", true},
    {0x41, 0xc08, Dotprod::no, "Cortex-A8", true},
    {0x41, 0xc09, Dotprod::no, "Cortex-A9"},
    {0x41, 0xc0d, Dotprod::no, "Cortex-A12"},
    {0x41, 0xc0e, Dotprod::no, "Cortex-A17"},
    {0x41, 0xc0f, Dotprod::no, "Cortex-A15"},
    {0x41, 0xd01, Dotprod::no, "Cortex-A32", true},
    {0x41, 0xd02, Dotprod::no, "Cortex-A34", true},
    {0x41, 0xd03, Dotprod::no, "Cortex-A53", true},
    {0x41, 0xd04, Dotprod::no, "Cortex-A35", true},
    {0x41, 0xd05, Dotprod::ask, "Cortex-A55", true},
    {0x41, 0xd06, Dotprod::ask, "Cortex-A65"},
    {0x41, 0xd07, Dotprod::no, "Cortex-A57"},
    {0x41, 0xd08, Dotprod::no, "Cortex-A72"},
    {0x41, 0xd09, Dotprod::no, "Cortex-A73"},
    {0x41, 0xd0a, Dotprod::ask, "Cortex-A75"},
    {0x41, 0xd0b, Dotprod::ask, "Cortex-A76"},
    {0x41, 0xd0c, Dotprod::ask, "Neoverse-N1"},
    {0x41, 0xd0d, Dotprod::ask, "Cortex-A77"},
    {0x41, 0xd0e, Dotprod::ask, "Cortex-A76AE"},
    {0x41, 0xd40, Dotprod::ask, "Neoverse-V1"},
    {0x41, 0xd41, Dotprod::ask, "Cortex-A78"},
    {0x41, 0xd42, Dotprod::ask, "Cortex-A78AE"},
    {0x41, 0xd43, Dotprod::ask, "Cortex-A65AE"},
    {0x41, 0xd44, Dotprod::ask, "Cortex-X1"},
    {0x41, 0xd46, Dotprod::ask, "Cortex-A510", true},
    {0x41, 0xd47, Dotprod::ask, "Cortex-A710"},
    {0x41, 0xd48, Dotprod::ask, "Cortex-X2"},
    {0x41, 0xd49, Dotprod::ask, "Neoverse-N2"},
    {0x41, 0xd4a, Dotprod::ask, "Neoverse-E1"},
    {0x41, 0xd4b, Dotprod::ask, "Cortex-A78C"},
    {0x41, 0xd4c, Dotprod::ask, "Cortex-X1C"},
    {0x41, 0xd4d, Dotprod::ask, "Cortex-A715"},
    {0x41, 0xd4e, Dotprod::ask, "Cortex-X3"},
    {0x41, 0xd4f, Dotprod::ask, "Neoverse-V2"},
    {0x41, 0xd80, Dotprod::ask, "Cortex-A520", true},
    {0x41, 0xd81, Dotprod::ask, "Cortex-A720"},
    {0x41, 0xd82, Dotprod::ask, "Cortex-X4"},
    {0x41, 0xd84, Dotprod::ask, "Neoverse-V3"},
    {0x41, 0xd85, Dotprod::ask, "Cortex-X925"},
    {0x41, 0xd87, Dotprod::ask, "Cortex-A725"},
    {0x41, 0xd8e, Dotprod::ask, "Neoverse-N3"},
    // Broadcom, Cavium, Fujitsu, HiSilicon
    {0x42, 0x100, Dotprod::no, "Brahma-B53", true},
    {0x42, 0x516, Dotprod::no, "ThunderX2"},
    {0x43, 0x0a1, Dotprod::no, "ThunderX"},
    {0x43, 0x0af, Dotprod::no, "ThunderX2"},
    {0x46, 0x001, Dotprod::no, "A64FX"},
    {0x48, 0xd01, Dotprod::ask, "TaiShan-v110"},
    // NVIDIA, Applied Micro
    {0x4e, 0x000, Dotprod::no, "Denver"},
    {0x4e, 0x003, Dotprod::no, "Denver-2"},
    {0x4e, 0x004, Dotprod::no, "Carmel"},
    {0x50, 0x000, Dotprod::no, "X-Gene"},
    // Qualcomm
    {0x51, 0x001, Dotprod::ask, "Oryon"},
    {0x51, 0x201, Dotprod::no, "Kryo"},
    {0x51, 0x205, Dotprod::no, "Kryo"},
    {0x51, 0x211, Dotprod::no, "Kryo"},
    {0x51, 0x800, Dotprod::no, "Kryo-2xx-Gold"},
    {0x51, 0x801, Dotprod::no, "Kryo-2xx-Silver", true},
    {0x51, 0x802, Dotprod::ask, "Kryo-3xx-Gold"},
    {0x51, 0x803, Dotprod::ask, "Kryo-3xx-Silver", true},
    {0x51, 0x804, Dotprod::ask, "Kryo-4xx-Gold"},
    {0x51, 0x805, Dotprod::ask, "Kryo-4xx-Silver", true},
    {0x51, 0xc00, Dotprod::no, "Falkor"},
    // Samsung, Apple, Ampere
    {0x53, 0x001, Dotprod::no, "Exynos-M1"},
    {0x53, 0x002, Dotprod::no, "Exynos-M3"},
    {0x53, 0x003, Dotprod::ask, "Exynos-M4"},
    {0x53, 0x004, Dotprod::ask, "Exynos-M5"},
    {0x61, 0x022, Dotprod::ask, "Icestorm"},
    {0x61, 0x023, Dotprod::ask, "Firestorm"},
    {0x61, 0x032, Dotprod::ask, "Blizzard"},
    {0x61, 0x033, Dotprod::ask, "Avalanche"},
    {0xc0, 0xac3, Dotprod::ask, "Ampere-1"},
    {0xc0, 0xac4, Dotprod::ask, "Ampere-1A"},
};

const KnownCore* known_core(CoreKind kind) {
  for (const KnownCore& core : kKnownCores) {
    if (core.implementer == kind.implementer && core.part == kind.part) return &core;
  }
  return nullptr;
}

}  // namespace

const char* core_kind_name(CoreKind kind) {
  const KnownCore* const core = known_core(kind);
  return core != nullptr ? core->name : nullptr;
}

bool core_kind_lacks_dotprod(CoreKind kind) {
  const KnownCore* const core = known_core(kind);
  return core != nullptr && core->dotprod == Dotprod::no;
}

bool core_kind_is_in_order(CoreKind kind) {
  const KnownCore* const core = known_core(kind);
  return core != nullptr && core->in_order;
}

}  // namespace ottava
