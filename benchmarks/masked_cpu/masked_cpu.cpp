// Starts the program again with the library that masks the CPU.
#include "masked_cpu/masked_cpu.h"

#include "support.h"

#if defined(OTTAVA_MASKED_CPU_LIBRARY)

#include <asm/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "masked_cpu/masks.h"

namespace bench {
namespace {

// The functions of the C library that copy and fill memory are chosen before any other library is there.
constexpr const char* kWithoutAvx512 = "glibc.cpu.hwcaps=-AVX512F,-AVX512BW,-AVX512VL";

bool is_masked() { return syscall(SYS_arch_prctl, ARCH_GET_CPUID, 0) == 0; }

std::string environment(const char* name) {
  const char* const value = std::getenv(name);
  return value != nullptr ? value : "";
}

void prepend(const char* name, const std::string& item) {
  const std::string others = environment(name);
  setenv(name, (others.empty() ? item : item + ":" + others).c_str(), 1);
}

}  // namespace

void mask_cpu(const std::string& tier, char** arguments) {
  if (is_masked()) return;
  const auto* const found = std::find(std::begin(kMaskedTierNames), std::end(kMaskedTierNames), tier);
  if (found == std::end(kMaskedTierNames)) fail("--cpu: a CPU cannot be masked as " + tier);
  if (!environment(kMaskedCpu).empty()) fail(std::string("--cpu: cannot load ") + OTTAVA_MASKED_CPU_LIBRARY);
  setenv(kMaskedCpu, tier.c_str(), 1);
  prepend("LD_PRELOAD", OTTAVA_MASKED_CPU_LIBRARY);
  if (found - kMaskedTierNames < kAvx512Vnni) prepend("GLIBC_TUNABLES", kWithoutAvx512);
  execv("/proc/self/exe", arguments);
  fail("--cpu: cannot start the program again");
}

std::string as_masked() { return is_masked() ? ", as " + environment(kMaskedCpu) : ""; }

}  // namespace bench

#else

namespace bench {

void mask_cpu(const std::string&, char**) { fail("--cpu: a CPU can be masked on Linux on x86-64 alone"); }
std::string as_masked() { return ""; }

}  // namespace bench

#endif
