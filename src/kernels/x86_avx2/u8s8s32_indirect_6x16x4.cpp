// AVX2 kernel, u8 x s8, 6 x 16 tile, 4 depths a step, for weights of narrow pairs, lhs read in place through row
// pointers: for small M. Its rhs panels are those of u8s8s32_6x16x4.cpp. Its loop is MultiplyRows in dot_quads.h;
// saturating_dot.h says for which weights vpmaddubsw is exact.
//
// Registers: 2 accumulators a row (4 sets of them for 1 row, 2 for 2 and 3 rows), 2 rhs vectors with up to 2 rows, 1
// broadcast lhs quad, 1 product, the ones; the sign flip is in memory. Loop body of a step, 64 bytes of weights: for
// each row, 1 vpbroadcastd + 2 vpmaddubsw, which read the weights with 3 rows and more, + 2 vpmaddwd + 2 vpaddd; 2
// loads with up to 2 rows. To flip signs, a vpxor for each vpbroadcastd.
#include "kernels/dot_quads.h"
#include "kernels/x86_avx2/pack.h"
#include "kernels/x86_avx2/saturating_dot.h"

namespace ottava {
namespace {

constexpr Kernel entry() {
  Kernel kernel = rows_kernel<Dot256, 6>("u8s8s32_indirect_6x16x4_x86_avx2", Isa::x86_avx2, s8_16x4_x86_avx2);
  kernel.weights = Weights::narrow_pairs;
  kernel.min_depth = 3;  // one of two depths a step multiplies fewer zeros
  return kernel;
}

}  // namespace

extern const Kernel kernel_u8s8s32_indirect_6x16x4_x86_avx2 = entry();

}  // namespace ottava
