// AMX-INT8 kernel, s8 x s8, 32 x 32 tile, 4 depths a step, lhs read in place: tdpbssd. All else is in
// indirect_32x32x4.h.
#include "kernels/x86_amx/indirect_32x32x4.h"
#include "kernels/x86_avx512vnni/output_stage.h"
#include "kernels/x86_avx512vnni/pack.h"

namespace ottava {

extern const Kernel kernel_s8s8s32_indirect_32x32x4_x86_amx;
const Kernel kernel_s8s8s32_indirect_32x32x4_x86_amx = [] {
  Kernel kernel = {"s8s8s32_indirect_32x32x4_x86_amx",
                   Isa::x86_amx,
                   LhsForm::indirect,
                   Element::s8,
                   kMr,
                   &s8_32x4_x86_avx512vnni,
                   nullptr,
                   &x86_avx512vnni_stages,
                   &x86_avx512vnni_quantize,
                   {run<Element::s8>}};
  kernel.prepare = prepare;
  kernel.release = release;
  kernel.min_depth = kMinDepth;
  kernel.min_m = kMinM;
  return kernel;
}();

}  // namespace ottava
