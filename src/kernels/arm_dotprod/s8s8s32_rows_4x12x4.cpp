// The entry of the kernel for up to four rows of AArch64 with dot products. Its code: s8s8s32_rows_4x12x4.S, and for
// in-order cores s8s8s32_rows_4x12x4_in_order.S.
#include "kernels/arm_dotprod/pack.h"
#include "kernels/arm_neon/output_stage.h"
#include "kernels/finishing.h"
#include "kernels/kernel.h"

extern "C" {
void ottava_s8s8s32_rows_4x12x4_arm_dotprod(const ottava::TileArgs* args);
void ottava_s8s8s32_rows_4x12x4_arm_dotprod_in_order(const ottava::TileArgs* args);
void ottava_s8s8s32_rows_4x12x4_arm_dotprod_finish(const ottava::TileArgs* args, const ottava::StageArgs* stage);
void ottava_s8s8s32_rows_4x12x4_arm_dotprod_in_order_finish(const ottava::TileArgs* args,
                                                            const ottava::StageArgs* stage);
}

namespace ottava {
namespace {

constexpr uint16_t kPanels = 8;  // ACC_ROW of rows_4x12x4.h

constexpr FinishingTiles kFinishing =
    finishing_float<ottava_s8s8s32_rows_4x12x4_arm_dotprod, ottava_s8s8s32_rows_4x12x4_arm_dotprod_finish,
                    arm_neon_stages, 4, 12 * kPanels>(false);
constexpr FinishingTiles kFinishingInOrder =
    finishing_float<ottava_s8s8s32_rows_4x12x4_arm_dotprod_in_order,
                    ottava_s8s8s32_rows_4x12x4_arm_dotprod_in_order_finish, arm_neon_stages, 4, 12 * kPanels>(false);

}  // namespace

extern const Kernel kernel_s8s8s32_rows_4x12x4_arm_dotprod = [] {
  Kernel kernel = {
      "s8s8s32_rows_4x12x4_arm_dotprod",
      Isa::arm_dotprod,
      LhsForm::rows,
      Element::s8,
      Element::s8,
      4,
      12,
      4,
      ottava_s8s8s32_rows_4x12x4_arm_dotprod,
      nullptr,
      pack_s8_12x4_arm_dotprod,
      &arm_neon_stages,
      &arm_neon_quantize,
  };
  kernel.run_in_order = ottava_s8s8s32_rows_4x12x4_arm_dotprod_in_order;
  kernel.panels = kPanels;
  kernel.in_order_tiles = 2;
  kernel.starts = true;
  kernel.finishing = &kFinishing;
  kernel.finishing_in_order = &kFinishingInOrder;
  return kernel;
}();

}  // namespace ottava
