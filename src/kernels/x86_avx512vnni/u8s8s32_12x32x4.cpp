// AVX512-VNNI kernel, u8 x s8, 12 x 32 tile, 4 depths a step. dot.h says why vpdpbusd is exact.
//
// Registers: 24 accumulators, 2 rhs vectors, 1 broadcast lhs quad (zmm27 to zmm31 free).
// Up to 16 valid channels take half of it: 12 accumulators, 1 rhs vector.
// Loop body: 1536 MAC in 2 loads + 12 vpbroadcastd + 24 vpdpbusd; 24 cycles where vpdpbusd issues once
// a cycle, 12 where it issues twice.
#include "kernels/dot_quads.h"
#include "kernels/kernel.h"
#include "kernels/tile_end.h"
#include "kernels/x86_avx512vnni/dot.h"
#include "kernels/x86_avx512vnni/output_stage.h"
#include "kernels/x86_avx512vnni/pack.h"
#include "kernels/x86_avx512vnni/vector_operations.h"

namespace ottava {
namespace {

constexpr size_t kMr = 12;
using Multiply = MultiplyPanels<Dot512, kMr>;

constexpr FusedEpilogues kFused = make_fused_epilogues<Avx512, Multiply>();

}  // namespace

extern const Kernel kernel_u8s8s32_12x32x4_x86_avx512vnni;
const Kernel kernel_u8s8s32_12x32x4_x86_avx512vnni = [] {
  Kernel kernel = {"u8s8s32_12x32x4_x86_avx512vnni",
                   Isa::x86_avx512vnni,
                   LhsForm::packed,
                   Element::u8,
                   kMr,
                   &s8_32x4_x86_avx512vnni,
                   pack_u8_12x4_x86_avx512vnni,
                   &x86_avx512vnni_stages,
                   &x86_avx512vnni_quantize,
                   {run_to_memory<Avx512, Multiply>, &kFused}};
  kernel.bias_initialized = true;
  kernel.lhs_any_stride = true;
  return kernel;
}();

}  // namespace ottava
