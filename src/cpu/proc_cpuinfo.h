// Reads the text of /proc/cpuinfo, which may be of another architecture, cut off, or no such text at
// all: only complete lines and complete descriptions of cores count. Serves detection (cpu/detect.h).
#ifndef OTTAVA_SRC_CPU_PROC_CPUINFO_H_
#define OTTAVA_SRC_CPU_PROC_CPUINFO_H_

#include "cpu/machine.h"

namespace ottava {

struct CoreKind {
  uint32_t implementer;
  uint32_t part;

  bool operator==(const CoreKind& other) const { return implementer == other.implementer && part == other.part; }
};
constexpr uint32_t kMostCoreKinds = 8;

struct ArmCores {
  bool described;     // at least one core is
  uint64_t all_have;  // features that every described core has
  uint64_t some_have;
  uint32_t kinds;  // distinct ones among them, counted up to kMostCoreKinds
  CoreKind kind[kMostCoreKinds];
};

// `text` is NUL-terminated or null. Of the cores of one kind alone, where `only` is not null.
ArmCores read_arm_cores(const char* text, const CoreKind* only = nullptr);

// Which of the described cores are in-order; without `current`.
CoreOrder read_core_order(const char* text, const CoreKind* only = nullptr);

// The kind of the core of this number; false where the text does not tell.
bool find_core_kind(const char* text, uint32_t processor, CoreKind* kind);

// The name of a kind of core, null if it is not in the list.
const char* core_kind_name(CoreKind kind);

// True for cores that are known to lack dotprod (and with it i8mm), whatever the OS says of the others.
bool core_kind_lacks_dotprod(CoreKind kind);

bool core_kind_is_in_order(CoreKind kind);

// A set of processor numbers.
struct ProcessorSet {
  static constexpr uint32_t kLimit = 4096;
  uint32_t words[kLimit / 32];

  void add(uint32_t processor) { words[processor / 32] |= 1u << (processor % 32); }
};

// Parses a list such as "0-3,6\n"; false if it is anything else or reaches kLimit.
bool read_processor_list(const char* text, ProcessorSet* set);

// The processors that the text describes fully in the terms of `architecture`.
void read_described_processors(const char* text, Architecture architecture, ProcessorSet* set);

}  // namespace ottava

#endif  // OTTAVA_SRC_CPU_PROC_CPUINFO_H_
