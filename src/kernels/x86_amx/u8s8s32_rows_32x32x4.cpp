// AMX-INT8 kernel, u8 x s8, 32 x 32 tile, 4 depths a step, lhs read in place: tdpbusd. All else is in rows_32x32x4.h.
#include "kernels/x86_amx/rows_32x32x4.h"
#include "kernels/x86_avx512vnni/output_stage.h"
#include "kernels/x86_avx512vnni/pack.h"

namespace ottava {

extern const Kernel kernel_u8s8s32_rows_32x32x4_x86_amx;
const Kernel kernel_u8s8s32_rows_32x32x4_x86_amx = [] {
  Kernel kernel = {
      "u8s8s32_rows_32x32x4_x86_amx",
      Isa::x86_amx,
      LhsForm::rows,
      Element::u8,
      Element::s8,
      kMr,
      kNr,
      kKr,
      run<Element::u8>,
      nullptr,
      pack_s8_32x4_x86_avx512vnni,
      &x86_avx512vnni_stages,
      &x86_avx512vnni_quantize,
  };
  kernel.prepare = prepare;
  kernel.release = release;
  kernel.from_depth = kFromDepth;
  kernel.from_rows = kFromRows;
  return kernel;
}();

}  // namespace ottava
