// The entry of the kernel 8 x 8 x 8 of AArch64 with 8-bit matrix products. Its code: s8s8s32_8x8x8.S, and for in-order
// cores s8s8s32_8x8x8_in_order.S.
#include "kernels/arm_i8mm/pack.h"
#include "kernels/arm_neon/output_stage.h"
#include "kernels/finishing.h"
#include "kernels/kernel.h"

extern "C" {
void ottava_s8s8s32_8x8x8_arm_i8mm(const ottava::TileArgs* args);
void ottava_s8s8s32_8x8x8_arm_i8mm_in_order(const ottava::TileArgs* args);
void ottava_s8s8s32_8x8x8_arm_i8mm_finish(const ottava::TileArgs* args, const ottava::StageArgs* stage);
void ottava_s8s8s32_8x8x8_arm_i8mm_in_order_finish(const ottava::TileArgs* args, const ottava::StageArgs* stage);
}

namespace ottava {
namespace {

constexpr FinishingTiles kFinishing =
    finishing_float<ottava_s8s8s32_8x8x8_arm_i8mm, ottava_s8s8s32_8x8x8_arm_i8mm_finish, arm_neon_stages, 8, 8>(true);
constexpr FinishingTiles kFinishingInOrder =
    finishing_float<ottava_s8s8s32_8x8x8_arm_i8mm_in_order, ottava_s8s8s32_8x8x8_arm_i8mm_in_order_finish,
                    arm_neon_stages, 8, 8>(true);

}  // namespace

extern const Kernel kernel_s8s8s32_8x8x8_arm_i8mm = [] {
  Kernel kernel = {
      "s8s8s32_8x8x8_arm_i8mm",
      Isa::arm_i8mm,
      LhsForm::packed,
      Element::s8,
      Element::s8,
      8,
      8,
      8,
      ottava_s8s8s32_8x8x8_arm_i8mm,
      pack_s8_8x8_arm_i8mm,
      pack_s8_8x8_arm_i8mm,
      &arm_neon_stages,
      &arm_neon_quantize,
  };
  kernel.run_in_order = ottava_s8s8s32_8x8x8_arm_i8mm_in_order;
  kernel.finishing = &kFinishing;
  kernel.finishing_in_order = &kFinishingInOrder;
  kernel.starts = true;
  return kernel;
}();

}  // namespace ottava
