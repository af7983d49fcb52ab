// The entry of the kernel 8 x 12 x 4 of AArch64 with dot products. Its code: s8s8s32_8x12x4.S, and for in-order cores
// s8s8s32_8x12x4_in_order.S.
#include "kernels/arm_dotprod/pack.h"
#include "kernels/arm_neon/fused_epilogue.h"
#include "kernels/arm_neon/output_stage.h"
#include "kernels/kernel.h"

extern "C" {
void ottava_s8s8s32_8x12x4_arm_dotprod(const ottava::TileArgs* args);
void ottava_s8s8s32_8x12x4_arm_dotprod_in_order(const ottava::TileArgs* args);
void ottava_s8s8s32_8x12x4_arm_dotprod_fused(const ottava::TileArgs* args, const ottava::StageArgs* stage);
void ottava_s8s8s32_8x12x4_arm_dotprod_in_order_fused(const ottava::TileArgs* args, const ottava::StageArgs* stage);
}

namespace ottava {
namespace {

constexpr FusedEpilogues kFused =
    assembly_epilogues<ottava_s8s8s32_8x12x4_arm_dotprod, ottava_s8s8s32_8x12x4_arm_dotprod_fused, arm_neon_stages, 8,
                       12>(true);
constexpr FusedEpilogues kFusedInOrder =
    assembly_epilogues<ottava_s8s8s32_8x12x4_arm_dotprod_in_order, ottava_s8s8s32_8x12x4_arm_dotprod_in_order_fused,
                       arm_neon_stages, 8, 12>(true);

}  // namespace

extern const Kernel kernel_s8s8s32_8x12x4_arm_dotprod = [] {
  Kernel kernel = {"s8s8s32_8x12x4_arm_dotprod",
                   Isa::arm_dotprod,
                   LhsForm::packed,
                   Element::s8,
                   8,
                   &s8_12x4_arm_dotprod,
                   pack_s8_8x4_arm_dotprod,
                   &arm_neon_stages,
                   &arm_neon_quantize,
                   {ottava_s8s8s32_8x12x4_arm_dotprod, &kFused}};
  kernel.in_order = {ottava_s8s8s32_8x12x4_arm_dotprod_in_order, &kFusedInOrder};
  kernel.bias_initialized = true;
  return kernel;
}();

}  // namespace ottava
