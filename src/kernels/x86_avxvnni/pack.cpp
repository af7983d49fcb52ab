// Packing with AVX-VNNI: quad_panels.h, in which vpdpbusd sums.
#include "kernels/x86_avxvnni/pack.h"

#include "kernels/x86_avxvnni/dot.h"
#include "kernels/x86_avxvnni/quad_panels.h"

namespace ottava {

void pack_u8_6x4_x86_avxvnni(const PackArgs* args) { pack_panels<Lhs>(args); }

const RhsLayout s8_16x4_x86_avxvnni = {Element::s8, 16, 4, pack_panels<Rhs>};

}  // namespace ottava
