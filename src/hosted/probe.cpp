// Collects the raw inputs of this machine and hands them to detection.
#include "hosted/probe.h"

#include "cpu/detect.h"
#include "hosted/probe_parts.h"

namespace ottava {

namespace {

Machine probe(bool heap_allowed, [[maybe_unused]] bool wants_tiles, bool this_kind) {
  const uint32_t processor = this_kind && kCurrentProcessor != nullptr ? kCurrentProcessor() : kAnyProcessor;
  const FileText cpuinfo("/proc/cpuinfo");
  TopologyProbe topology = {};
  probe_topology(cpuinfo.text(), processor, &topology);
  // The library knows the smallest caches of all cores.
  const bool known = processor != kAnyProcessor && topology.raw.l1d_bytes != 0 && topology.raw.l2_bytes != 0;
  if (heap_allowed && !known) probe_library(cpuinfo.text(), &topology);
#if OTTAVA_ARCH_IS_X86_64
  Machine machine = detect_x86(probe_x86(wants_tiles), topology.raw);
#elif OTTAVA_ARCH_IS_ARM64
  Machine machine = detect_arm64(probe_arm(cpuinfo.text(), processor), topology.raw);
#elif OTTAVA_ARCH_IS_ARM32
  Machine machine = detect_arm32(probe_arm(cpuinfo.text(), processor), topology.raw);
#else
  Machine machine = detect_portable(topology.raw);
#endif
  machine.core_order.current = kCurrentProcessor;
  return machine;
}

}  // namespace

void probe_machine(Machine* machine, bool wants_tiles, bool this_kind) {
  *machine = probe(true, wants_tiles, this_kind);
}

void probe_machine_without_heap(Machine* machine, bool wants_tiles, bool this_kind) {
  *machine = probe(false, wants_tiles, this_kind);
}

}  // namespace ottava
