// The entry of the kernel 4 x 4 x 16 of AArch64 that reads the lhs in place, for weights of any value. Its code:
// s8s8s32_rows_4x4x16.S, and for in-order cores s8s8s32_rows_4x4x16_in_order.S.
#include "kernels/arm_neon/output_stage.h"
#include "kernels/arm_neon/pack.h"
#include "kernels/finishing.h"
#include "kernels/kernel.h"

extern "C" {
void ottava_s8s8s32_rows_4x4x16_arm_neon(const ottava::TileArgs* args);
void ottava_s8s8s32_rows_4x4x16_arm_neon_in_order(const ottava::TileArgs* args);
void ottava_s8s8s32_rows_4x4x16_arm_neon_finish(const ottava::TileArgs* args, const ottava::StageArgs* stage);
void ottava_s8s8s32_rows_4x4x16_arm_neon_in_order_finish(const ottava::TileArgs* args, const ottava::StageArgs* stage);
}

namespace ottava {
namespace {

constexpr FinishingTiles kFinishing =
    finishing_float<ottava_s8s8s32_rows_4x4x16_arm_neon, ottava_s8s8s32_rows_4x4x16_arm_neon_finish, arm_neon_stages, 4,
                    32>(false);
constexpr FinishingTiles kFinishingInOrder =
    finishing_float<ottava_s8s8s32_rows_4x4x16_arm_neon_in_order, ottava_s8s8s32_rows_4x4x16_arm_neon_in_order_finish,
                    arm_neon_stages, 4, 32>(false);

}  // namespace

extern const Kernel kernel_s8s8s32_rows_4x4x16_arm_neon = [] {
  Kernel kernel = {
      "s8s8s32_rows_4x4x16_arm_neon",
      Isa::arm_neon,
      LhsForm::rows,
      Element::s8,
      Element::s8,
      4,
      4,
      16,
      ottava_s8s8s32_rows_4x4x16_arm_neon,
      nullptr,
      pack_s8_4x16_arm_neon,
      &arm_neon_stages,
      &arm_neon_quantize,
  };
  kernel.run_in_order = ottava_s8s8s32_rows_4x4x16_arm_neon_in_order;
  kernel.panels = 8;
  kernel.finishing = &kFinishing;
  kernel.finishing_in_order = &kFinishingInOrder;
  return kernel;
}();

}  // namespace ottava
