// The table of stages of Cortex-M cores with the DSP extension. It names all stages, and a program that links it has
// all of them; fixed_point.cpp has those that are written for these cores.
#include "kernels/cortexm_dsp/output_stage.h"

#include "kernels/unroll.h"

namespace ottava {
namespace {

template <auto kStages, size_t kStage>
void portable(const StageArgs* args) {
  (portable_stages.*kStages)[kStage](args);
}

template <auto kStages>
constexpr void fill(StageTable* table) {
  constexpr size_t kCount = sizeof(table->*kStages) / sizeof(StageFn);
  unroll<kCount>([table](auto stage) { (table->*kStages)[stage] = portable<kStages, stage>; });
}

constexpr StageTable make_stages() {
  StageTable table = {};
  table.lanes = 1;
  fill<&StageTable::run>(&table);
  fill<&StageTable::run_s16>(&table);
  fill<&StageTable::run_s32>(&table);
  table.run[static_cast<size_t>(Stage::fixed_two_roundings)] = fixed_two_roundings_cortexm_dsp;
  table.run[static_cast<size_t>(Stage::fixed_two_roundings_saturating)] = fixed_two_roundings_saturating_cortexm_dsp;
  table.run[static_cast<size_t>(Stage::fixed_one_rounding)] = fixed_one_rounding_cortexm_dsp;
  table.add = portable_addition;
  return table;
}

}  // namespace

const StageTable cortexm_dsp_stages = make_stages();

}  // namespace ottava
