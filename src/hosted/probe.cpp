// Collects the raw inputs of this machine and hands them to detection.
#include "hosted/probe.h"

#include "cpu/detect.h"
#include "hosted/probe_parts.h"

namespace ottava {

namespace {

Machine probe(bool heap_allowed, [[maybe_unused]] bool wants_tiles) {
  const FileText cpuinfo("/proc/cpuinfo");
  TopologyProbe topology = {};
  probe_topology(cpuinfo.text(), &topology);
  if (heap_allowed) probe_library(cpuinfo.text(), &topology);
#if OTTAVA_ARCH_IS_X86_64
  Machine machine = detect_x86(probe_x86(wants_tiles), topology.raw);
#elif OTTAVA_ARCH_IS_ARM64
  Machine machine = detect_arm64(probe_arm(cpuinfo.text()), topology.raw);
#elif OTTAVA_ARCH_IS_ARM32
  Machine machine = detect_arm32(probe_arm(cpuinfo.text()), topology.raw);
#else
  Machine machine = detect_portable(topology.raw);
#endif
  machine.core_order.current = kCurrentProcessor;
  return machine;
}

}  // namespace

void probe_machine(Machine* machine, bool wants_tiles) { *machine = probe(true, wants_tiles); }

void probe_machine_without_heap(Machine* machine, bool wants_tiles) { *machine = probe(false, wants_tiles); }

}  // namespace ottava
