// The entries of the kernels 4 x 4 x 16 of AArch64. Their code: s8s8s32_4x4x16.S, and in place
// s8s8s32_indirect_4x4x16.S.
#include "kernels/arm_neon/fused_epilogue.h"
#include "kernels/arm_neon/output_stage.h"
#include "kernels/arm_neon/pack.h"
#include "kernels/kernel.h"

// The functions of a kernel, and their names as arguments of entry().
#define OTTAVA_DECLARE(kernel)                                            \
  void kernel(const ottava::TileArgs*);                                   \
  void kernel##_fused(const ottava::TileArgs*, const ottava::StageArgs*); \
  void kernel##_in_order(const ottava::TileArgs*);                        \
  void kernel##_in_order_fused(const ottava::TileArgs*, const ottava::StageArgs*)
#define OTTAVA_FUNCTIONS(kernel) kernel, kernel##_fused, kernel##_in_order, kernel##_in_order_fused

extern "C" {
OTTAVA_DECLARE(ottava_s8s8s32_4x4x16_arm_neon);
OTTAVA_DECLARE(ottava_s8s8s32_pairs_4x4x16_arm_neon);
OTTAVA_DECLARE(ottava_s8s8s32_indirect_4x4x16_arm_neon);
OTTAVA_DECLARE(ottava_s8s8s32_pairs_indirect_4x4x16_arm_neon);
}

namespace ottava {
namespace {

template <LhsForm kForm, TileFn kRun, FusedEpilogueFn kFused>
constexpr FusedEpilogues kEpilogues = assembly_epilogues<kRun, kFused, arm_neon_stages, 4, 32>(kForm ==
                                                                                               LhsForm::packed);

template <LhsForm kForm, TileFn kRun, FusedEpilogueFn kFused, TileFn kRunInOrder, FusedEpilogueFn kFusedInOrder>
constexpr Kernel entry(const char* name, Weights weights) {
  Kernel kernel = {name,
                   Isa::arm_neon,
                   kForm,
                   Element::s8,
                   4,
                   &s8_4x16_arm_neon,
                   kForm == LhsForm::packed ? pack_s8_4x16_arm_neon : nullptr,
                   &arm_neon_stages,
                   &arm_neon_quantize,
                   {kRun, &kEpilogues<kForm, kRun, kFused>}};
  kernel.in_order = {kRunInOrder, &kEpilogues<kForm, kRunInOrder, kFusedInOrder>};
  kernel.panels = 8;
  kernel.weights = weights;
  return kernel;
}

}  // namespace

extern const Kernel kernel_s8s8s32_4x4x16_arm_neon =
    entry<LhsForm::packed, OTTAVA_FUNCTIONS(ottava_s8s8s32_4x4x16_arm_neon)>("s8s8s32_4x4x16_arm_neon", Weights::any);
extern const Kernel kernel_s8s8s32_pairs_4x4x16_arm_neon =
    entry<LhsForm::packed, OTTAVA_FUNCTIONS(ottava_s8s8s32_pairs_4x4x16_arm_neon)>("s8s8s32_pairs_4x4x16_arm_neon",
                                                                                   Weights::no_minus_128);
extern const Kernel kernel_s8s8s32_indirect_4x4x16_arm_neon =
    entry<LhsForm::indirect, OTTAVA_FUNCTIONS(ottava_s8s8s32_indirect_4x4x16_arm_neon)>(
        "s8s8s32_indirect_4x4x16_arm_neon", Weights::any);
extern const Kernel kernel_s8s8s32_pairs_indirect_4x4x16_arm_neon =
    entry<LhsForm::indirect, OTTAVA_FUNCTIONS(ottava_s8s8s32_pairs_indirect_4x4x16_arm_neon)>(
        "s8s8s32_pairs_indirect_4x4x16_arm_neon", Weights::no_minus_128);

}  // namespace ottava
