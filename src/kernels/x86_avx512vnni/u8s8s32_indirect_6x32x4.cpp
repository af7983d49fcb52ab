// AVX512-VNNI kernel, u8 x s8, 6 x 32 tile, 4 depths a step, lhs read in place through row pointers: for small M, where
// packing the lhs would cost as much as it saves. Its rhs panels are those of u8s8s32_12x32x4.cpp. Its loop is
// MultiplyRows in dot_quads.h; dot.h says why vpdpbusd is exact.
//
// Registers: 2 accumulators a row, in as many sets as hide the latency of vpdpbusd (4 sets for 1 row, 2 for 2 and 3
// rows: 8 to 12 chains); 2 rhs vectors, which for 1 row are memory operands instead; 1 broadcast lhs quad, 1 sign flip.
// Loop body of a step, 128 bytes of weights: 1 row: 1 vpbroadcastd + 2 vpdpbusd + 1 prefetch, so that the weights are
// read as fast as the cache or the memory delivers them. 6 rows: 2 loads + 6 vpbroadcastd + 12 vpdpbusd; 12 cycles
// where vpdpbusd issues once a cycle, 6 where it issues twice. To flip signs, vpxord with a broadcast memory operand
// takes the place of vpbroadcastd.
#include "kernels/dot_quads.h"
#include "kernels/x86_avx512vnni/dot.h"
#include "kernels/x86_avx512vnni/pack.h"

namespace ottava {

extern const Kernel kernel_u8s8s32_indirect_6x32x4_x86_avx512vnni =
    rows_kernel<Dot512, 6>("u8s8s32_indirect_6x32x4_x86_avx512vnni", Isa::x86_avx512vnni, s8_32x4_x86_avx512vnni);

}  // namespace ottava
