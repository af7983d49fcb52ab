// The entry of the kernel for up to four rows of AArch64 with 8-bit matrix products. Its code:
// s8s8s32_rows_4x8x8.S, and for in-order cores s8s8s32_rows_4x8x8_in_order.S.
#include "kernels/arm_i8mm/pack.h"
#include "kernels/arm_neon/output_stage.h"
#include "kernels/finishing.h"
#include "kernels/kernel.h"

extern "C" {
void ottava_s8s8s32_rows_4x8x8_arm_i8mm(const ottava::TileArgs* args);
void ottava_s8s8s32_rows_4x8x8_arm_i8mm_in_order(const ottava::TileArgs* args);
void ottava_s8s8s32_rows_4x8x8_arm_i8mm_finish(const ottava::TileArgs* args, const ottava::StageArgs* stage);
void ottava_s8s8s32_rows_4x8x8_arm_i8mm_in_order_finish(const ottava::TileArgs* args, const ottava::StageArgs* stage);
}

namespace ottava {
namespace {

constexpr uint16_t kPanels = 8;
constexpr FinishingTiles kFinishing =
    finishing_float<ottava_s8s8s32_rows_4x8x8_arm_i8mm, ottava_s8s8s32_rows_4x8x8_arm_i8mm_finish, arm_neon_stages, 4,
                    8 * kPanels>(false);
constexpr FinishingTiles kFinishingInOrder =
    finishing_float<ottava_s8s8s32_rows_4x8x8_arm_i8mm_in_order, ottava_s8s8s32_rows_4x8x8_arm_i8mm_in_order_finish,
                    arm_neon_stages, 4, 8 * kPanels>(false);

}  // namespace

extern const Kernel kernel_s8s8s32_rows_4x8x8_arm_i8mm = [] {
  Kernel kernel = {
      "s8s8s32_rows_4x8x8_arm_i8mm",
      Isa::arm_i8mm,
      LhsForm::rows,
      Element::s8,
      Element::s8,
      4,
      8,
      8,
      ottava_s8s8s32_rows_4x8x8_arm_i8mm,
      nullptr,
      pack_s8_8x8_arm_i8mm,
      &arm_neon_stages,
      &arm_neon_quantize,
  };
  kernel.run_in_order = ottava_s8s8s32_rows_4x8x8_arm_i8mm_in_order;
  kernel.finishing = &kFinishing;
  kernel.finishing_in_order = &kFinishingInOrder;
  kernel.panels = kPanels;
  kernel.starts = true;
  return kernel;
}();

}  // namespace ottava
