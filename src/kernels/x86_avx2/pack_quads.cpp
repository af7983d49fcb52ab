// Packing with AVX2 for its kernels of 4 depths a step: x86_avxvnni/quad_panels.h, in which vpmaddubsw sums.
#include "kernels/x86_avx2/pack.h"
#include "kernels/x86_avx2/saturating_dot.h"
#include "kernels/x86_avxvnni/quad_panels.h"

namespace ottava {

void pack_u8_6x4_x86_avx2(const PackArgs* args) { pack_panels<Lhs>(args); }

const RhsLayout s8_16x4_x86_avx2 = {Element::s8, 16, 4, pack_panels<Rhs>};

}  // namespace ottava
