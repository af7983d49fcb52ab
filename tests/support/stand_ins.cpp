#include "stand_ins.h"

#include <cstddef>

#if OTTAVA_TEST_MODEL
#include "amx_model/amx_model.h"
#include "amx_model/trap.h"
#endif
#include "cpu/tiers.h"
#include "hosted/probe.h"
#include "kernels/pack.h"

namespace ottava {

#if OTTAVA_TEST_EVEX
extern const Kernel kernel_u8s8s32_6x16x4_x86_avxvnni_evex;
extern const Kernel kernel_u8s8s32_indirect_6x16x4_x86_avxvnni_evex;
extern const Kernel kernel_u8s8s32_indirect_6x8x32_x86_avxvnni_evex;
#endif

#if OTTAVA_TEST_DPWSSD
extern const DepthwiseKernel depthwise_3x3_stride1_x86_avxvnni_dpwssd;
extern const DepthwiseKernel depthwise_3x3_stride1_few_x86_avxvnni_dpwssd;
extern const DepthwiseKernel depthwise_3x3_stride2_x86_avxvnni_dpwssd;
extern const DepthwiseKernel depthwise_3x3_stride2_few_x86_avxvnni_dpwssd;
extern const DepthwiseKernel depthwise_5x5_stride1_x86_avxvnni_dpwssd;
extern const DepthwiseKernel depthwise_5x5_stride1_few_x86_avxvnni_dpwssd;
extern const DepthwiseKernel depthwise_5x5_stride2_x86_avxvnni_dpwssd;
extern const DepthwiseKernel depthwise_5x5_stride2_few_x86_avxvnni_dpwssd;
extern const DepthwiseKernel depthwise_any_x86_avxvnni_dpwssd;
#endif

#if OTTAVA_TEST_MODEL
extern const Kernel kernel_s8s8s32_indirect_32x32x4_x86_amx_model;
extern const Kernel kernel_u8s8s32_indirect_32x32x4_x86_amx_model;
extern const Kernel kernel_s8s8s32_indirect_32x32x4_x86_amx;  // those of the library
extern const Kernel kernel_u8s8s32_indirect_32x32x4_x86_amx;
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
  TileFn prepare;  // instead of the kernel's own; or null
};

[[maybe_unused]] constexpr const char* kEvex = "x86_avxvnni kernels, EVEX encoding";
[[maybe_unused]] constexpr const char* kAmxModel = "x86_amx kernels, model of the instructions";
[[maybe_unused]] constexpr const char* kAmxTrapped = "x86_amx kernels as compiled, their instructions trapped";

#if OTTAVA_TEST_MODEL
template <const Kernel& kKernel>
void prepare_trapped(const TileArgs* args) {
  amx_model::trap_instructions();
  kKernel.prepare(args);
}

// On a CPU with all that these kernels want but the tiles.
bool can_trap() {
#if !defined(__linux__)
  return false;
#endif
  Machine machine;
  probe_machine(&machine);
  return machine_has_tier(machine, *tier_of(Isa::x86_avx512vnni)) &&
         (machine.features_of_some_cores & (Feature::amx_tile | Feature::amx_int8)) == 0;
}

const char* take_amx_fault() {
  const char* const fault = amx_model::take_fault();
  return fault[0] == '\0' && amx_model::configured_threads() != 0 ? "tiles are not released" : fault;
}
#endif

const std::vector<Row>& rows() {
  static const std::vector<Row> all = {
#if OTTAVA_TEST_EVEX
    {kEvex, "u8s8s32_6x16x4_x86_avxvnni, EVEX encoding", &kernel_u8s8s32_6x16x4_x86_avxvnni_evex, nullptr},
    {kEvex, "u8s8s32_indirect_6x16x4_x86_avxvnni, EVEX encoding", &kernel_u8s8s32_indirect_6x16x4_x86_avxvnni_evex,
     nullptr},
    {kEvex, "u8s8s32_indirect_6x8x32_x86_avxvnni, EVEX encoding", &kernel_u8s8s32_indirect_6x8x32_x86_avxvnni_evex,
     nullptr},
#endif
#if OTTAVA_TEST_MODEL
    {kAmxModel, "s8s8s32_indirect_32x32x4_x86_amx, model", &kernel_s8s8s32_indirect_32x32x4_x86_amx_model, nullptr},
    {kAmxModel, "u8s8s32_indirect_32x32x4_x86_amx, model", &kernel_u8s8s32_indirect_32x32x4_x86_amx_model, nullptr},
    {kAmxTrapped, "s8s8s32_indirect_32x32x4_x86_amx, trapped", &kernel_s8s8s32_indirect_32x32x4_x86_amx,
     prepare_trapped<kernel_s8s8s32_indirect_32x32x4_x86_amx>},
    {kAmxTrapped, "u8s8s32_indirect_32x32x4_x86_amx, trapped", &kernel_u8s8s32_indirect_32x32x4_x86_amx,
     prepare_trapped<kernel_u8s8s32_indirect_32x32x4_x86_amx>},
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
    {kAmxTrapped, can_trap(), take_amx_fault},
#endif
  };
  return kinds;
}

namespace {

// As s8_32x4_x86_avx512vnni, packed by code that runs anywhere.
const RhsLayout model_layout = {Element::s8, 32, 4, pack_s8};

}  // namespace

const std::vector<StandIn>& stand_ins() {
  static const std::vector<StandIn> all = [] {
    std::vector<StandIn> made;
    for (const StandInKind& kind : stand_in_kinds()) {
      for (const Row& row : rows()) {
        if (row.kind != kind.words || !kind.runs_here) continue;
        made.push_back({*row.kernel, &kind});
        made.back().kernel.name = row.name;
        if (row.prepare != nullptr) made.back().kernel.prepare = row.prepare;
        if (row.kind != kAmxModel) continue;
        // What the tier shares with others may need their instructions.
        made.back().kernel.rhs = &model_layout;
        made.back().kernel.stages = &portable_stages;
        made.back().kernel.quantize = &portable_quantize;
      }
    }
    return made;
  }();
  return all;
}

const std::vector<const DepthwiseKernel*>& depthwise_stand_ins() {
  static const std::vector<const DepthwiseKernel*> all = [] {
    std::vector<const DepthwiseKernel*> made;
#if OTTAVA_TEST_DPWSSD
    if (machine_has(Isa::x86_avx2)) {
      made = {&depthwise_3x3_stride1_x86_avxvnni_dpwssd, &depthwise_3x3_stride1_few_x86_avxvnni_dpwssd,
              &depthwise_3x3_stride2_x86_avxvnni_dpwssd, &depthwise_3x3_stride2_few_x86_avxvnni_dpwssd,
              &depthwise_5x5_stride1_x86_avxvnni_dpwssd, &depthwise_5x5_stride1_few_x86_avxvnni_dpwssd,
              &depthwise_5x5_stride2_x86_avxvnni_dpwssd, &depthwise_5x5_stride2_few_x86_avxvnni_dpwssd,
              &depthwise_any_x86_avxvnni_dpwssd};
    }
#endif
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
