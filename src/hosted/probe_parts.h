// The pieces of probe.cpp, one file each. Every piece compiles on every system and answers "not known"
// where it has nothing to ask.
#ifndef OTTAVA_SRC_HOSTED_PROBE_PARTS_H_
#define OTTAVA_SRC_HOSTED_PROBE_PARTS_H_

#include "cpu/detect.h"

namespace ottava {

// A file's content in pages of its own: not the heap, and not a thread's stack, which may be small.
// Null where there is no such file, or no such system.
class FileText {
 public:
  explicit FileText(const char* path);
  ~FileText();
  FileText(const FileText&) = delete;
  FileText& operator=(const FileText&) = delete;

  const char* text() const { return text_; }  // NUL-terminated; cut off at a few MiB

 private:
  char* text_;
};

// probe_x86.cpp
RawX86 probe_x86(bool wants_tiles);

// Whether this process may use AMX tiles, which are asked for where they are wanted. `arch_prctl` is Linux's: 0 if it
// did as told. An argument is a number or an address.
using ArchPrctl = long (*)(long code, uintptr_t argument);
bool may_use_tiles(bool wants_tiles, ArchPrctl arch_prctl);

// probe_arm.cpp. The arguments are passed on.
RawArm probe_arm(const char* cpuinfo_text, uint32_t processor);

// probe_cores.cpp: cores, cache sizes and name as the OS tells them. Cache sizes are left out where
// `cpuinfo_text` does not describe this architecture: then /sys is another machine's as well.
struct TopologyProbe {
  RawTopology raw;
  char name[64];  // what raw.name points at
};
// Caches are those of this processor alone, where the OS tells each one's and it is not kAnyProcessor.
void probe_topology(const char* cpuinfo_text, uint32_t processor, TopologyProbe* topology);

// Likewise: the number of the processor that the caller runs on, as /proc/cpuinfo counts; null where no OS tells.
extern uint32_t (*const kCurrentProcessor)();

// probe_library.cpp: replaces what the cpuinfo library knows better, where it may be called at all.
void probe_library(const char* cpuinfo_text, TopologyProbe* topology);

}  // namespace ottava

#endif  // OTTAVA_SRC_HOSTED_PROBE_PARTS_H_
