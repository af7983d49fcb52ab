// CPUID, XGETBV and, where these show tiles, the permission to use them.
#include "hosted/probe_parts.h"

#if OTTAVA_ARCH_IS_X86_64

#if defined(_MSC_VER)
#include <immintrin.h>
#include <intrin.h>
#else
#include <cpuid.h>
#endif
#if defined(__APPLE__)
#include <sys/sysctl.h>
#endif
#if defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace ottava {

namespace {

CpuidLeaf cpuid(uint32_t leaf, uint32_t subleaf) {
  CpuidLeaf answer = {};
#if defined(_MSC_VER)
  int words[4];
  __cpuidex(words, static_cast<int>(leaf), static_cast<int>(subleaf));
  answer.eax = static_cast<uint32_t>(words[0]);
  answer.ebx = static_cast<uint32_t>(words[1]);
  answer.ecx = static_cast<uint32_t>(words[2]);
  answer.edx = static_cast<uint32_t>(words[3]);
#else
  __cpuid_count(leaf, subleaf, answer.eax, answer.ebx, answer.ecx, answer.edx);
#endif
  return answer;
}

// Only to be called where CPUID says OSXSAVE: an illegal instruction elsewhere.
uint64_t xcr0() {
#if defined(_MSC_VER)
  return _xgetbv(0);
#else
  uint32_t low = 0;
  uint32_t high = 0;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return static_cast<uint64_t>(high) << 32 | low;
#endif
}

// The tiles that CPUID and XCR0 show: AMX-TILE and AMX-INT8, the state of tile configuration and data.
bool shows_tiles(const RawX86& raw) {
  constexpr uint32_t kFeatures = 3u << 24;
  constexpr uint64_t kStates = uint64_t{3} << 17;
  return (raw.leaf7.edx & kFeatures) == kFeatures && (raw.xcr0 & kStates) == kStates;
}

long linux_arch_prctl(long code, uintptr_t argument) {
#if defined(__linux__) && defined(SYS_arch_prctl)
  return syscall(SYS_arch_prctl, code, argument);
#else
  (void)code;
  (void)argument;
  return -1;
#endif
}

bool avx512_state_on_demand() {
#if defined(__APPLE__)
  int value = 0;
  size_t bytes = sizeof(value);
  return sysctlbyname("hw.optional.avx512f", &value, &bytes, nullptr, 0) == 0 && value != 0;
#else
  return false;
#endif
}

}  // namespace

// Linux makes room for the data of tiles, 8 KiB a thread, in processes that ask for it; for all their threads, for
// good. It refuses where a thread has a signal stack too small for them. A process that may use them already is not
// asked for again. The numbers are those of asm/prctl.h, which older systems lack.
bool may_use_tiles(bool wants_tiles, ArchPrctl arch_prctl) {
  constexpr long kGetPermissions = 0x1022;
  constexpr long kRequestPermission = 0x1023;
  constexpr uintptr_t kTileData = 18;
  uint64_t permitted = 0;
  const bool known = arch_prctl(kGetPermissions, reinterpret_cast<uintptr_t>(&permitted)) == 0;
  if (known && (permitted >> kTileData & 1) != 0) return true;
  return wants_tiles && arch_prctl(kRequestPermission, kTileData) == 0;
}

RawX86 probe_x86(bool wants_tiles) {
  RawX86 raw = {};
  raw.vendor = cpuid(0, 0);
  raw.largest_leaf = raw.vendor.eax;
  if (raw.largest_leaf >= 1) raw.leaf1 = cpuid(1, 0);
  if (raw.largest_leaf >= 7) {
    raw.leaf7 = cpuid(7, 0);
    if (raw.leaf7.eax >= 1) raw.leaf7_1 = cpuid(7, 1);
  }
  raw.largest_extended_leaf = cpuid(0x80000000u, 0).eax;
  if (raw.largest_extended_leaf >= 0x80000004u) {
    for (uint32_t i = 0; i < 3; ++i) raw.brand[i] = cpuid(0x80000002u + i, 0);
  }
  if ((raw.leaf1.ecx >> 27 & 1) != 0) raw.xcr0 = xcr0();
  raw.tiles_permitted = shows_tiles(raw) && may_use_tiles(wants_tiles, linux_arch_prctl);
  raw.avx512_state_on_demand = avx512_state_on_demand();
  return raw;
}

}  // namespace ottava

#endif  // OTTAVA_ARCH_IS_X86_64
