// The entry of the kernel for up to four rows of AArch64 with dot products. Its code: s8s8s32_indirect_4x12x4.S, and
// for in-order cores s8s8s32_indirect_4x12x4_in_order.S.
#include "kernels/arm_dotprod/pack.h"
#include "kernels/arm_neon/fused_epilogue.h"
#include "kernels/arm_neon/output_stage.h"
#include "kernels/kernel.h"

extern "C" {
void ottava_s8s8s32_indirect_4x12x4_arm_dotprod(const ottava::TileArgs* args);
void ottava_s8s8s32_indirect_4x12x4_arm_dotprod_in_order(const ottava::TileArgs* args);
void ottava_s8s8s32_indirect_4x12x4_arm_dotprod_fused(const ottava::TileArgs* args, const ottava::StageArgs* stage);
void ottava_s8s8s32_indirect_4x12x4_arm_dotprod_in_order_fused(const ottava::TileArgs* args,
                                                               const ottava::StageArgs* stage);
}

namespace ottava {
namespace {

constexpr uint16_t kPanels = 8;  // as many as ACC_ROW of tile.h holds

constexpr FusedEpilogues kFused =
    assembly_epilogues<ottava_s8s8s32_indirect_4x12x4_arm_dotprod, ottava_s8s8s32_indirect_4x12x4_arm_dotprod_fused,
                       arm_neon_stages, 4, 12 * kPanels>(false);
constexpr FusedEpilogues kFusedInOrder =
    assembly_epilogues<ottava_s8s8s32_indirect_4x12x4_arm_dotprod_in_order,
                       ottava_s8s8s32_indirect_4x12x4_arm_dotprod_in_order_fused, arm_neon_stages, 4, 12 * kPanels>(
        false);

}  // namespace

extern const Kernel kernel_s8s8s32_indirect_4x12x4_arm_dotprod = [] {
  Kernel kernel = {"s8s8s32_indirect_4x12x4_arm_dotprod",
                   Isa::arm_dotprod,
                   LhsForm::indirect,
                   Element::s8,
                   4,
                   &s8_12x4_arm_dotprod,
                   nullptr,
                   &arm_neon_stages,
                   &arm_neon_quantize,
                   {ottava_s8s8s32_indirect_4x12x4_arm_dotprod, &kFused}};
  kernel.in_order = {ottava_s8s8s32_indirect_4x12x4_arm_dotprod_in_order, &kFusedInOrder};
  kernel.panels = kPanels;
  kernel.small_m_in_order_tiles = 2;
  kernel.bias_initialized = true;
  return kernel;
}();

}  // namespace ottava
