// AVX-VNNI kernel, u8 x s8, 6 x 16 tile, 4 depths a step. dot.h says why vpdpbusd is exact.
//
// Registers: 12 accumulators, 2 rhs vectors, 1 broadcast lhs quad: 15 of 16. 12 chains hide the latency of vpdpbusd (5
// cycles, two begun in each); 4 x 24 would save a load of eight in a step and take more channels than many layers have.
// Loop body: 384 MAC in 2 loads + 6 vpbroadcastd + 12 vpdpbusd; 6 cycles where vpdpbusd issues twice a cycle, 12 where
// it issues once.
#include "kernels/dot_quads.h"
#include "kernels/kernel.h"
#include "kernels/tile_end.h"
#include "kernels/x86_avx2/output_stage.h"
#include "kernels/x86_avx2/vector_operations.h"
#include "kernels/x86_avxvnni/dot.h"
#include "kernels/x86_avxvnni/pack.h"

namespace ottava {
namespace {

constexpr size_t kMr = 6;
using Multiply = MultiplyPanels<Dot256, kMr>;

constexpr FusedEpilogues kFused = make_fused_epilogues<Avx2, Multiply>();

}  // namespace

extern const Kernel kernel_u8s8s32_6x16x4_x86_avxvnni;
const Kernel kernel_u8s8s32_6x16x4_x86_avxvnni = [] {
  Kernel kernel = {"u8s8s32_6x16x4_x86_avxvnni",
                   Isa::x86_avxvnni,
                   LhsForm::packed,
                   Element::u8,
                   kMr,
                   &s8_16x4_x86_avxvnni,
                   pack_u8_6x4_x86_avxvnni,
                   &x86_avx2_stages,
                   &x86_avx2_quantize,
                   {run_to_memory<Avx2, Multiply>, &kFused}};
  kernel.bias_initialized = true;
  kernel.lhs_any_stride = true;
  return kernel;
}();

}  // namespace ottava
