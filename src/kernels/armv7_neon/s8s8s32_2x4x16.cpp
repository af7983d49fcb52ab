// The entry of the kernel 2 x 4 x 16 of 32-bit Arm for weights of any value. Its code: s8s8s32_2x4x16.S.
#include "kernels/armv7_neon/output_stage.h"
#include "kernels/armv7_neon/pack.h"
#include "kernels/fused_epilogue.h"
#include "kernels/kernel.h"

extern "C" {
void ottava_s8s8s32_2x4x16_armv7_neon(const ottava::TileArgs* args);
void ottava_s8s8s32_2x4x16_armv7_neon_fused(const ottava::TileArgs* args, const ottava::StageArgs* stage);
}

namespace ottava {
namespace {

constexpr FusedEpilogues kFused =
    fused_float<ottava_s8s8s32_2x4x16_armv7_neon, ottava_s8s8s32_2x4x16_armv7_neon_fused, armv7_neon_stages, 2, 32>(
        true);

}  // namespace

extern const Kernel kernel_s8s8s32_2x4x16_armv7_neon = [] {
  Kernel kernel = {"s8s8s32_2x4x16_armv7_neon",
                   Isa::armv7_neon,
                   LhsForm::packed,
                   Element::s8,
                   2,
                   &s8_4x16_armv7_neon,
                   pack_s8_2x16_armv7_neon,
                   &armv7_neon_stages,
                   &armv7_neon_quantize,
                   {ottava_s8s8s32_2x4x16_armv7_neon, &kFused}};
  kernel.panels = 8;
  return kernel;
}();

}  // namespace ottava
