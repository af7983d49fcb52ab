// The entries of the kernels 2 x 4 x 16 of 32-bit Arm. Their code: s8s8s32_2x4x16.S.
#include "kernels/arm_neon/fused_epilogue.h"
#include "kernels/armv7_neon/output_stage.h"
#include "kernels/armv7_neon/pack.h"
#include "kernels/kernel.h"

extern "C" {
void ottava_s8s8s32_2x4x16_armv7_neon(const ottava::TileArgs*);
void ottava_s8s8s32_2x4x16_armv7_neon_fused(const ottava::TileArgs*, const ottava::StageArgs*);
void ottava_s8s8s32_pairs_2x4x16_armv7_neon(const ottava::TileArgs*);
void ottava_s8s8s32_pairs_2x4x16_armv7_neon_fused(const ottava::TileArgs*, const ottava::StageArgs*);
}

namespace ottava {
namespace {

template <TileFn kRun, FusedEpilogueFn kFused>
constexpr FusedEpilogues kEpilogues = assembly_epilogues<kRun, kFused, armv7_neon_stages, 2, 32>(true);

template <TileFn kRun, FusedEpilogueFn kFused>
constexpr Kernel entry(const char* name, Weights weights) {
  Kernel kernel = {name,
                   Isa::armv7_neon,
                   LhsForm::packed,
                   Element::s8,
                   2,
                   &s8_4x16_armv7_neon,
                   pack_s8_2x16_armv7_neon,
                   &armv7_neon_stages,
                   &armv7_neon_quantize,
                   {kRun, &kEpilogues<kRun, kFused>}};
  kernel.panels = 8;
  kernel.weights = weights;
  return kernel;
}

}  // namespace

extern const Kernel kernel_s8s8s32_2x4x16_armv7_neon =
    entry<ottava_s8s8s32_2x4x16_armv7_neon, ottava_s8s8s32_2x4x16_armv7_neon_fused>("s8s8s32_2x4x16_armv7_neon",
                                                                                    Weights::any);
extern const Kernel kernel_s8s8s32_pairs_2x4x16_armv7_neon =
    entry<ottava_s8s8s32_pairs_2x4x16_armv7_neon, ottava_s8s8s32_pairs_2x4x16_armv7_neon_fused>(
        "s8s8s32_pairs_2x4x16_armv7_neon", Weights::no_minus_128);

}  // namespace ottava
