// From raw inputs to a Machine, as pure functions: what the running machine says is read elsewhere
// (src/hosted/probe.h), so every machine, sane or not, can be simulated. No input makes them fail; what
// is missing or senseless only makes the Machine poorer.
#ifndef OTTAVA_SRC_CPU_DETECT_H_
#define OTTAVA_SRC_CPU_DETECT_H_

#include "cpu/machine.h"

namespace ottava {

struct CpuidLeaf {
  uint32_t eax, ebx, ecx, edx;
};

// What CPUID and XGETBV answered. Leaves above the largest one may hold anything.
struct RawX86 {
  uint32_t largest_leaf;           // CPUID(0).EAX
  CpuidLeaf vendor;                // CPUID(0), whose EBX, EDX and ECX are 12 characters
  uint32_t largest_extended_leaf;  // CPUID(0x80000000).EAX
  CpuidLeaf leaf1;
  CpuidLeaf leaf7;              // subleaf 0; its EAX is the largest subleaf
  CpuidLeaf leaf7_1;            // subleaf 1
  CpuidLeaf brand[3];           // 0x80000002 to 0x80000004
  uint64_t xcr0;                // meaningful only if CPUID says OSXSAVE
  bool tiles_permitted;         // the OS lets this process use tiles, which Linux wants to be asked for
  bool avx512_state_on_demand;  // macOS: XCR0 shows the AVX-512 state only once a thread has used it
};

// As the number of a processor: whichever the threads will run on.
constexpr uint32_t kAnyProcessor = UINT32_MAX;

// What the OS of an Arm CPU answered.
struct RawArm {
  bool hwcap_known;  // AT_HWCAP and AT_HWCAP2 of Linux and Android
  uint64_t hwcap;
  uint64_t hwcap2;
  bool flags_known;          // Apple's sysctl or Windows' IsProcessorFeaturePresent, see kOsFlags
  uint64_t flags;            // as bits of Feature
  const char* cpuinfo_text;  // content of /proc/cpuinfo, NUL-terminated; or null
  // Only cores of the kind of this one are wanted, as far as the text tells their kinds.
  uint32_t processor = kAnyProcessor;
};

// How the systems without HWCAP name the features. A feature is there if any of its rows says so.
struct OsFlag {
  Feature feature;
  const char* apple_sysctl;  // null: none
  uint32_t windows_feature;  // argument of IsProcessorFeaturePresent; 0: none
};
constexpr OsFlag kOsFlags[] = {
    {Feature::neon, "hw.optional.AdvSIMD", 19},
    {Feature::dotprod, "hw.optional.arm.FEAT_DotProd", 43},
    {Feature::i8mm, "hw.optional.arm.FEAT_I8MM", 66},
    {Feature::i8mm, nullptr, 57},  // the SVE form, which CPUs have only together with the other
    {Feature::sve, nullptr, 46},
    {Feature::sve2, nullptr, 47},
    {Feature::sme, "hw.optional.arm.FEAT_SME", 70},
};

// What the cpuinfo library or the OS told of cores and caches. 0 and null stand for "not known".
struct RawTopology {
  uint32_t cores;  // that the process may use
  uint32_t core_kinds;
  uint64_t l1d_bytes;  // smallest of any core
  uint64_t l2_bytes;
  uint64_t l3_bytes;
  const char* name;
};

Machine detect_x86(const RawX86& raw, const RawTopology& topology);
Machine detect_arm64(const RawArm& raw, const RawTopology& topology);
Machine detect_arm32(const RawArm& raw, const RawTopology& topology);

// An architecture that has the portable tier alone.
Machine detect_portable(const RawTopology& topology);

// What the compiler was told to generate code for: the way of builds without an OS.
Machine detect_compiled();

// Whether the cpuinfo library may be initialized on Linux or Android, where it crashes, aborts or
// prints if the files that it reads do not agree with each other or describe another architecture
// (QEMU user mode, containers). The arguments are the contents of /proc/cpuinfo and of possible and
// present in /sys/devices/system/cpu, null where unreadable.
bool cpuinfo_library_is_safe(Architecture architecture, const char* cpuinfo_text, const char* possible,
                             const char* present);

}  // namespace ottava

#endif  // OTTAVA_SRC_CPU_DETECT_H_
