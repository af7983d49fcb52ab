// AVX2 kernel, u8 x s8, 6 x 16 tile, 4 depths a step, for weights of narrow pairs. Its loop is MultiplyPanels in
// dot_quads.h; saturating_dot.h says for which weights vpmaddubsw is exact.
//
// Registers: 12 accumulators, 1 broadcast lhs quad, 1 product, the ones: 15 of 16.
// Loop body: 384 MAC in 6 vpbroadcastd + 12 vpmaddubsw, which read the weights, + 12 vpmaddwd + 12 vpaddd; 12 cycles
// where two multiplications start in a cycle.
#include "kernels/dot_quads.h"
#include "kernels/x86_avx2/pack.h"
#include "kernels/x86_avx2/saturating_dot.h"

namespace ottava {
namespace {

constexpr Kernel entry() {
  Kernel kernel =
      panels_kernel<Dot256, 6>("u8s8s32_6x16x4_x86_avx2", Isa::x86_avx2, s8_16x4_x86_avx2, pack_u8_6x4_x86_avx2);
  kernel.weights = Weights::narrow_pairs;
  kernel.min_depth = 3;  // one of two depths a step multiplies fewer zeros
  return kernel;
}

}  // namespace

extern const Kernel kernel_u8s8s32_6x16x4_x86_avx2 = entry();

}  // namespace ottava
