#include "stand_ins.h"

#include <cstddef>

#if OTTAVA_TEST_MODEL
#include "amx_model/amx_model.h"
#endif
#include "cpu/tiers.h"
#include "hosted/probe.h"
#include "kernels/pack.h"

namespace ottava {

#if OTTAVA_TEST_EVEX
extern const Kernel kernel_u8s8s32_6x16x4_x86_avxvnni_evex;
extern const Kernel kernel_u8s8s32_rows_6x16x4_x86_avxvnni_evex;
#endif

#if OTTAVA_TEST_MODEL
extern const Kernel kernel_s8s8s32_rows_32x32x4_x86_amx_model;
extern const Kernel kernel_u8s8s32_rows_32x32x4_x86_amx_model;
#endif

namespace {

[[maybe_unused]] bool machine_has(Isa isa) {
  Machine machine;
  probe_machine(&machine);
  return machine_has_tier(machine, *tier_of(isa));
}

struct Row {
  const char* kind;
  const char* name;
  const Kernel* kernel;
};

[[maybe_unused]] constexpr const char* kEvex = "x86_avxvnni kernels, EVEX encoding";
[[maybe_unused]] constexpr const char* kAmxModel = "x86_amx kernels, model of the instructions";

#if OTTAVA_TEST_MODEL
const char* take_amx_fault() {
  const char* const fault = amx_model::take_fault();
  return fault[0] == '\0' && amx_model::configured_threads() != 0 ? "tiles are not released" : fault;
}
#endif

const std::vector<Row>& rows() {
  static const std::vector<Row> all = {
#if OTTAVA_TEST_EVEX
    {kEvex, "u8s8s32_6x16x4_x86_avxvnni, EVEX encoding", &kernel_u8s8s32_6x16x4_x86_avxvnni_evex},
    {kEvex, "u8s8s32_rows_6x16x4_x86_avxvnni, EVEX encoding", &kernel_u8s8s32_rows_6x16x4_x86_avxvnni_evex},
#endif
#if OTTAVA_TEST_MODEL
    {kAmxModel, "s8s8s32_rows_32x32x4_x86_amx, model", &kernel_s8s8s32_rows_32x32x4_x86_amx_model},
    {kAmxModel, "u8s8s32_rows_32x32x4_x86_amx, model", &kernel_u8s8s32_rows_32x32x4_x86_amx_model},
#endif
  };
  return all;
}

}  // namespace

const std::vector<StandInKind>& stand_in_kinds() {
  static const std::vector<StandInKind> kinds = {
#if OTTAVA_TEST_EVEX
    {kEvex, machine_has(Isa::x86_avx512vnni), nullptr},
#endif
#if OTTAVA_TEST_MODEL
    {kAmxModel, true, take_amx_fault},
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
        if (row.kind != kAmxModel) continue;
        // What the tier shares with others may need their instructions.
        made.back().kernel.pack_rhs = pack_s8;
        made.back().kernel.stages = &portable_stages;
        made.back().kernel.quantize = &portable_quantize;
      }
    }
    return made;
  }();
  return all;
}

std::string take_stand_in_faults() {
  for (const StandInKind& kind : stand_in_kinds()) {
    if (kind.take_fault == nullptr) continue;
    const std::string fault = kind.take_fault();
    if (!fault.empty()) return fault;
  }
  return "";
}

const StandIn* stand_in_of(const Kernel& kernel) {
  for (const StandIn& candidate : stand_ins()) {
    if (&candidate.kernel == &kernel) return &candidate;
  }
  return nullptr;
}

}  // namespace ottava
