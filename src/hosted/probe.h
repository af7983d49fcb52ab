// Asks the running machine what it is, once per context: CPUID, HWCAP, sysctl, /proc and /sys. What the
// answers mean is decided in cpu/detect.h.
#ifndef OTTAVA_SRC_HOSTED_PROBE_H_
#define OTTAVA_SRC_HOSTED_PROBE_H_

#include "cpu/machine.h"

namespace ottava {

// Never fails: what cannot be read is left at safe assumptions. Some systems give AMX tiles to those processes alone
// that ask for them, and keep room for them in every thread from then on: where the caller does not want tiles, nobody
// asks, and the machine has none unless the process could use them before.
//
// With `this_kind` what the cores of the caller's kind are and have counts alone, as far as the OS tells it.
void probe_machine(Machine* machine, bool wants_tiles = true, bool this_kind = false);

// The same without the heap, hence without the cpuinfo library, which allocates.
void probe_machine_without_heap(Machine* machine, bool wants_tiles = true, bool this_kind = false);

}  // namespace ottava

#endif  // OTTAVA_SRC_HOSTED_PROBE_H_
