#include "stand_ins.h"

#include <cstddef>

#include "cpu/tiers.h"
#include "hosted/probe.h"

namespace ottava {

#if OTTAVA_TEST_EVEX
extern const Kernel kernel_u8s8s32_6x16x4_x86_avxvnni_evex;
extern const Kernel kernel_u8s8s32_rows_6x16x4_x86_avxvnni_evex;
#endif

namespace {

bool machine_has(Isa isa) {
  Machine machine;
  probe_machine(&machine);
  return machine_has_tier(machine, *tier_of(isa));
}

struct Row {
  const char* kind;
  const char* name;
  const Kernel* kernel;
};

constexpr const char* kEvex = "x86_avxvnni kernels, EVEX encoding";

const std::vector<Row>& rows() {
  static const std::vector<Row> all = {
#if OTTAVA_TEST_EVEX
    {kEvex, "u8s8s32_6x16x4_x86_avxvnni, EVEX encoding", &kernel_u8s8s32_6x16x4_x86_avxvnni_evex},
    {kEvex, "u8s8s32_rows_6x16x4_x86_avxvnni, EVEX encoding", &kernel_u8s8s32_rows_6x16x4_x86_avxvnni_evex},
#endif
  };
  return all;
}

}  // namespace

const std::vector<StandInKind>& stand_in_kinds() {
  static const std::vector<StandInKind> kinds = {
#if OTTAVA_TEST_EVEX
    {kEvex, machine_has(Isa::x86_avx512vnni)},
#endif
  };
  return kinds;
}

const std::vector<StandIn>& stand_ins() {
  static const std::vector<StandIn> all = [] {
    std::vector<StandIn> made;
    for (const StandInKind& kind : stand_in_kinds()) {
      for (const Row& row : rows()) {
        if (row.kind != kind.words || !kind.runs_here) continue;
        made.push_back({*row.kernel, &kind});
        made.back().kernel.name = row.name;
      }
    }
    return made;
  }();
  return all;
}

const StandIn* stand_in_of(const Kernel& kernel) {
  for (const StandIn& candidate : stand_ins()) {
    if (&candidate.kernel == &kernel) return &candidate;
  }
  return nullptr;
}

}  // namespace ottava
