// The entry of the kernel 4 x 4 x 16 of AArch64 that reads the lhs in place, for weights without -128. Its code:
// s8s8s32_pairs_indirect_4x4x16.S, and for in-order cores s8s8s32_pairs_indirect_4x4x16_in_order.S.
#include "kernels/arm_neon/output_stage.h"
#include "kernels/arm_neon/pack.h"
#include "kernels/fused_epilogue.h"
#include "kernels/kernel.h"

extern "C" {
void ottava_s8s8s32_pairs_indirect_4x4x16_arm_neon(const ottava::TileArgs* args);
void ottava_s8s8s32_pairs_indirect_4x4x16_arm_neon_in_order(const ottava::TileArgs* args);
void ottava_s8s8s32_pairs_indirect_4x4x16_arm_neon_fused(const ottava::TileArgs* args, const ottava::StageArgs* stage);
void ottava_s8s8s32_pairs_indirect_4x4x16_arm_neon_in_order_fused(const ottava::TileArgs* args,
                                                                  const ottava::StageArgs* stage);
}

namespace ottava {
namespace {

constexpr FusedEpilogues kFused =
    fused_float<ottava_s8s8s32_pairs_indirect_4x4x16_arm_neon, ottava_s8s8s32_pairs_indirect_4x4x16_arm_neon_fused,
                arm_neon_stages, 4, 32>(false);
constexpr FusedEpilogues kFusedInOrder =
    fused_float<ottava_s8s8s32_pairs_indirect_4x4x16_arm_neon_in_order,
                ottava_s8s8s32_pairs_indirect_4x4x16_arm_neon_in_order_fused, arm_neon_stages, 4, 32>(false);

}  // namespace

extern const Kernel kernel_s8s8s32_pairs_indirect_4x4x16_arm_neon = [] {
  Kernel kernel = {"s8s8s32_pairs_indirect_4x4x16_arm_neon",
                   Isa::arm_neon,
                   LhsForm::indirect,
                   Element::s8,
                   4,
                   &s8_4x16_arm_neon,
                   nullptr,
                   &arm_neon_stages,
                   &arm_neon_quantize,
                   {ottava_s8s8s32_pairs_indirect_4x4x16_arm_neon, &kFused}};
  kernel.in_order = {ottava_s8s8s32_pairs_indirect_4x4x16_arm_neon_in_order, &kFusedInOrder};
  kernel.panels = 8;
  kernel.needs_no_minus_128 = true;
  return kernel;
}();

}  // namespace ottava
