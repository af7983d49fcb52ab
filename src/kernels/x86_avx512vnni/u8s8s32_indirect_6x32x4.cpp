// AVX512-VNNI kernel, u8 x s8, 6 x 32 tile, 4 depths a step, lhs read in place through row pointers: for
// runs of few rows, where packing the lhs would cost as much as it saves. Its rhs panels are those of
// u8s8s32_12x32x4.cpp; dot.h says why vpdpbusd is exact.
//
// Registers: 2 accumulators a row, in as many sets as hide the latency of vpdpbusd (4 sets for 1 row, 2
// for 2 and 3 rows: 8 to 12 chains); 2 rhs vectors, which for 1 row are memory operands instead; 1
// broadcast lhs quad, 1 flip.
// Loop body of a step, 128 bytes of weights: 1 row: 1 vpbroadcastd + 2 vpdpbusd + 1 prefetch, so that the
// weights are read as fast as the cache or the memory delivers them. 6 rows: 2 loads + 6 vpbroadcastd + 12
// vpdpbusd; 12 cycles where vpdpbusd issues once a cycle, 6 where it issues twice. To flip, vpxord with a
// broadcast memory operand takes the place of vpbroadcastd.
#include "kernels/dot_quads.h"
#include "kernels/kernel.h"
#include "kernels/tile_end.h"
#include "kernels/x86_avx512vnni/dot.h"
#include "kernels/x86_avx512vnni/output_stage.h"
#include "kernels/x86_avx512vnni/pack.h"
#include "kernels/x86_avx512vnni/vector_operations.h"

namespace ottava {
namespace {

constexpr size_t kMr = 6;
template <bool kFlips>
using Multiply = MultiplyRows<Dot512, kMr, kFlips>;

constexpr FusedEpilogues kFused = make_fused_epilogues<Avx512, Multiply<false>>();
constexpr FusedEpilogues kFusedFlipped = make_fused_epilogues<Avx512, Multiply<true>>();

void run(const TileArgs* args) {
  args->sign_flip != 0 ? run_to_memory<Avx512, Multiply<true>>(args) : run_to_memory<Avx512, Multiply<false>>(args);
}

}  // namespace

extern const Kernel kernel_u8s8s32_indirect_6x32x4_x86_avx512vnni;
const Kernel kernel_u8s8s32_indirect_6x32x4_x86_avx512vnni = [] {
  Kernel kernel = {"u8s8s32_indirect_6x32x4_x86_avx512vnni",
                   Isa::x86_avx512vnni,
                   LhsForm::indirect,
                   Element::u8,
                   kMr,
                   &s8_32x4_x86_avx512vnni,
                   nullptr,
                   &x86_avx512vnni_stages,
                   &x86_avx512vnni_quantize,
                   {run, &kFused, &kFusedFlipped}};
  kernel.bias_initialized = true;
  return kernel;
}();

}  // namespace ottava
