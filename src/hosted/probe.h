// Asks the running machine what it is, once per context: CPUID, HWCAP, sysctl, /proc and /sys. What the
// answers mean is decided in cpu/detect.h.
#ifndef OTTAVA_SRC_HOSTED_PROBE_H_
#define OTTAVA_SRC_HOSTED_PROBE_H_

#include "cpu/machine.h"

namespace ottava {

// Never fails: what cannot be read is left at safe assumptions.
void probe_machine(Machine* machine);

// The same without the heap, hence without the cpuinfo library, which allocates.
void probe_machine_without_heap(Machine* machine);

}  // namespace ottava

#endif  // OTTAVA_SRC_HOSTED_PROBE_H_
