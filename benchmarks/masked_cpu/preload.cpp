// Makes the kernel refuse CPUID to this process, and answers in the place of the CPU, without what is beyond the tier
// that the environment names. Linux refuses it thread by thread; a new thread inherits that.
#include <asm/prctl.h>
#include <cpuid.h>
#include <signal.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>

#include "masks.h"

namespace {

using bench::CpuidAnswer;
using bench::MaskedTier;

MaskedTier tier = bench::kBeyond;

bool let_cpuid_run(bool runs) { return syscall(SYS_arch_prctl, ARCH_SET_CPUID, runs ? 1 : 0) == 0; }

// The kernel's own faults alone can be CPUID; of others the instruction may not even be readable.
bool is_cpuid(const siginfo_t& info, const std::uint8_t* instruction) {
  return info.si_code == SI_KERNEL && instruction[0] == 0x0f && instruction[1] == 0xa2;
}

void answer(int, siginfo_t* info, void* context) {
  greg_t* const registers = static_cast<ucontext_t*>(context)->uc_mcontext.gregs;
  if (!is_cpuid(*info, reinterpret_cast<const std::uint8_t*>(registers[REG_RIP]))) {
    signal(SIGSEGV, SIG_DFL);  // and it faults again
    return;
  }
  const auto leaf = static_cast<std::uint32_t>(registers[REG_RAX]);
  const auto subleaf = static_cast<std::uint32_t>(registers[REG_RCX]);
  CpuidAnswer words = {};
  let_cpuid_run(true);
  __cpuid_count(leaf, subleaf, words.eax, words.ebx, words.ecx, words.edx);
  let_cpuid_run(false);
  bench::mask(tier, leaf, subleaf, &words);
  registers[REG_RAX] = words.eax;
  registers[REG_RBX] = words.ebx;
  registers[REG_RCX] = words.ecx;
  registers[REG_RDX] = words.edx;
  registers[REG_RIP] += 2;
}

// The C library is not initialized yet, so its own view of the environment is not there.
const char* value_of(const char* name, char** environment) {
  const std::size_t size = std::strlen(name);
  for (; *environment != nullptr; ++environment) {
    if (std::strncmp(*environment, name, size) == 0 && (*environment)[size] == '=') return *environment + size + 1;
  }
  return "";
}

[[noreturn]] void fail(const char* words) {
  const ssize_t written = write(STDERR_FILENO, words, std::strlen(words));
  _exit(written < 0 ? 2 : 1);
}

__attribute__((constructor)) void mask_cpu(int, char**, char** environment) {
  const char* const asked = value_of(bench::kMaskedCpu, environment);
  int found = 0;
  while (found < bench::kBeyond && std::strcmp(asked, bench::kMaskedTierNames[found]) != 0) ++found;
  if (found == bench::kBeyond) fail("no tier that the CPU can be masked as\n");
  tier = static_cast<MaskedTier>(found);
  struct sigaction action = {};
  action.sa_sigaction = answer;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  if (sigaction(SIGSEGV, &action, nullptr) != 0 || !let_cpuid_run(false))
    fail("the CPU cannot be masked: this kernel, or the CPU itself, does not let CPUID be refused to a process\n");
}

}  // namespace
