// AVX-VNNI kernel, u8 x s8, 6 x 16 tile, 4 depths a step, lhs read in place through row pointers: for small M, where
// packing the lhs would cost as much as it saves. Its rhs panels are those of u8s8s32_6x16x4.cpp. Its loop is
// MultiplyRows in dot_quads.h; dot.h says why vpdpbusd is exact.
//
// Registers: 2 accumulators a row, in as many sets as hide the latency of vpdpbusd (4 sets for 1 row, 2 for 2 and 3
// rows: 8 to 12 chains); 2 rhs vectors, which for 1 row are memory operands instead; 1 broadcast lhs quad, 1 sign flip.
// Loop body of a step, 64 bytes of weights: 1 row: 1 vpbroadcastd + 2 vpdpbusd, so that the weights are read as fast as
// the cache or the memory delivers them. 6 rows: 2 loads + 6 vpbroadcastd + 12 vpdpbusd; 6 cycles where vpdpbusd issues
// twice a cycle. To flip signs, a vpxor for each vpbroadcastd.
#include "kernels/dot_quads.h"
#include "kernels/x86_avxvnni/dot.h"
#include "kernels/x86_avxvnni/pack.h"

namespace ottava {

extern const Kernel kernel_u8s8s32_indirect_6x16x4_x86_avxvnni =
    rows_kernel<Dot256, 6>("u8s8s32_indirect_6x16x4_x86_avxvnni", Isa::x86_avxvnni, s8_16x4_x86_avxvnni);

}  // namespace ottava
