// AVX-VNNI kernel, u8 x s8, 6 x 16 tile, 4 depths a step, lhs read in place through row pointers: for runs of few rows,
// where packing the lhs would cost as much as it saves. Its rhs panels are those of u8s8s32_6x16x4.cpp; dot.h says why
// vpdpbusd is exact.
//
// Registers: 2 accumulators a row, in as many sets as hide the latency of vpdpbusd (4 sets for 1 row, 2 for 2 and 3
// rows: 8 to 12 chains); 2 rhs vectors, which for 1 row are memory operands instead; 1 broadcast lhs quad, 1 flip.
// Loop body of a step, 64 bytes of weights: 1 row: 1 vpbroadcastd + 2 vpdpbusd, so that the weights are read as fast as
// the cache or the memory delivers them. 6 rows: 2 loads + 6 vpbroadcastd + 12 vpdpbusd; 6 cycles where vpdpbusd issues
// twice a cycle. To flip, a vpxor for each vpbroadcastd.
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
template <bool kFlips>
using Multiply = MultiplyRows<Dot256, kMr, kFlips>;

constexpr FusedEpilogues kFused = make_fused_epilogues<Avx2, Multiply<false>>();
constexpr FusedEpilogues kFusedFlipped = make_fused_epilogues<Avx2, Multiply<true>>();

void run(const TileArgs* args) {
  args->sign_flip != 0 ? run_to_memory<Avx2, Multiply<true>>(args) : run_to_memory<Avx2, Multiply<false>>(args);
}

}  // namespace

extern const Kernel kernel_u8s8s32_indirect_6x16x4_x86_avxvnni;
const Kernel kernel_u8s8s32_indirect_6x16x4_x86_avxvnni = [] {
  Kernel kernel = {"u8s8s32_indirect_6x16x4_x86_avxvnni",
                   Isa::x86_avxvnni,
                   LhsForm::indirect,
                   Element::u8,
                   kMr,
                   &s8_16x4_x86_avxvnni,
                   nullptr,
                   &x86_avx2_stages,
                   &x86_avx2_quantize,
                   {run, &kFused, &kFusedFlipped}};
  kernel.bias_initialized = true;
  return kernel;
}();

}  // namespace ottava
