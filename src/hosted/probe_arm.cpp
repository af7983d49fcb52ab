// HWCAP on Linux, Android and the BSDs; sysctl on Apple; IsProcessorFeaturePresent on Windows.
#include "hosted/probe_parts.h"

#if OTTAVA_ARCH_IS_ARM64 || OTTAVA_ARCH_IS_ARM32

#if defined(__linux__) || defined(__FreeBSD__) || defined(__OpenBSD__)
#include <sys/auxv.h>
#elif defined(__APPLE__)
#include <sys/sysctl.h>
#elif defined(_WIN32)
#include <windows.h>
#endif

namespace ottava {

namespace {

void probe_hwcap(RawArm* raw) {
#if defined(__linux__)
  raw->hwcap = getauxval(16);   // AT_HWCAP
  raw->hwcap2 = getauxval(26);  // AT_HWCAP2
#elif (defined(__FreeBSD__) || defined(__OpenBSD__)) && defined(AT_HWCAP) && defined(AT_HWCAP2)
  unsigned long word = 0;
  if (elf_aux_info(AT_HWCAP, &word, sizeof(word)) == 0) raw->hwcap = word;
  word = 0;
  if (elf_aux_info(AT_HWCAP2, &word, sizeof(word)) == 0) raw->hwcap2 = word;
#endif
  // Every Arm kernel sets some bit of the first word, so 0 means that there was no answer.
  raw->hwcap_known = raw->hwcap != 0;
}

void probe_flags(RawArm* raw) {
#if defined(__APPLE__)
  raw->flags_known = true;
  for (const OsFlag& flag : kOsFlags) {
    if (flag.apple_sysctl == nullptr) continue;
    int value = 0;
    size_t bytes = sizeof(value);
    if (sysctlbyname(flag.apple_sysctl, &value, &bytes, nullptr, 0) == 0 && value != 0) raw->flags |= bit(flag.feature);
  }
#elif defined(_WIN32)
  raw->flags_known = true;
  for (const OsFlag& flag : kOsFlags) {
    if (flag.windows_feature != 0 && IsProcessorFeaturePresent(flag.windows_feature)) raw->flags |= bit(flag.feature);
  }
#else
  raw->flags_known = false;
#endif
}

}  // namespace

RawArm probe_arm(const char* cpuinfo_text, uint32_t processor) {
  RawArm raw = {};
  raw.cpuinfo_text = cpuinfo_text;
  raw.processor = processor;
  probe_hwcap(&raw);
  probe_flags(&raw);
  return raw;
}

}  // namespace ottava

#endif  // OTTAVA_ARCH_IS_ARM64 || OTTAVA_ARCH_IS_ARM32
