// The entry of the kernel for up to four rows of AArch64 with dot products. Its code: s8s8s32_rows_4x12x4.S, and for
// in-order cores s8s8s32_rows_4x12x4_in_order.S.
#include "kernels/arm_dotprod/pack.h"
#include "kernels/arm_neon/output_stage.h"
#include "kernels/kernel.h"

extern "C" {
void ottava_s8s8s32_rows_4x12x4_arm_dotprod(const ottava::TileArgs* args);
void ottava_s8s8s32_rows_4x12x4_arm_dotprod_in_order(const ottava::TileArgs* args);
}

namespace ottava {

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
  kernel.panels = 4;
  kernel.starts = true;
  return kernel;
}();

}  // namespace ottava
