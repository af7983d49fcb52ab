// The entry of the kernel for up to four rows of AArch64 with 8-bit matrix products. Its code:
// s8s8s32_indirect_4x8x8.S, and for in-order cores s8s8s32_indirect_4x8x8_in_order.S.
#include "kernels/arm_i8mm/pack.h"
#include "kernels/arm_neon/fused_epilogue.h"
#include "kernels/arm_neon/output_stage.h"
#include "kernels/kernel.h"

extern "C" {
void ottava_s8s8s32_indirect_4x8x8_arm_i8mm(const ottava::TileArgs* args);
void ottava_s8s8s32_indirect_4x8x8_arm_i8mm_in_order(const ottava::TileArgs* args);
void ottava_s8s8s32_indirect_4x8x8_arm_i8mm_fused(const ottava::TileArgs* args, const ottava::StageArgs* stage);
void ottava_s8s8s32_indirect_4x8x8_arm_i8mm_in_order_fused(const ottava::TileArgs* args,
                                                           const ottava::StageArgs* stage);
}

namespace ottava {
namespace {

constexpr uint16_t kPanels = 8;
constexpr FusedEpilogues kFused =
    assembly_epilogues<ottava_s8s8s32_indirect_4x8x8_arm_i8mm, ottava_s8s8s32_indirect_4x8x8_arm_i8mm_fused,
                       arm_neon_stages, 4, 8 * kPanels>(false);
constexpr FusedEpilogues kFusedInOrder =
    assembly_epilogues<ottava_s8s8s32_indirect_4x8x8_arm_i8mm_in_order,
                       ottava_s8s8s32_indirect_4x8x8_arm_i8mm_in_order_fused, arm_neon_stages, 4, 8 * kPanels>(false);

}  // namespace

extern const Kernel kernel_s8s8s32_indirect_4x8x8_arm_i8mm = [] {
  Kernel kernel = {"s8s8s32_indirect_4x8x8_arm_i8mm",
                   Isa::arm_i8mm,
                   LhsForm::indirect,
                   Element::s8,
                   4,
                   &s8_8x8_arm_i8mm,
                   nullptr,
                   &arm_neon_stages,
                   &arm_neon_quantize,
                   {ottava_s8s8s32_indirect_4x8x8_arm_i8mm, &kFused}};
  kernel.in_order = {ottava_s8s8s32_indirect_4x8x8_arm_i8mm_in_order, &kFusedInOrder};
  kernel.panels = kPanels;
  kernel.bias_initialized = true;
  return kernel;
}();

}  // namespace ottava
