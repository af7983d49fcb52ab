// AVX512-VNNI kernel, u8 x s8, 12 x 32 tile, 4 depths a step. Its loop is MultiplyPanels in dot_quads.h; dot.h
// says why vpdpbusd is exact.
//
// Registers: 24 accumulators, 2 rhs vectors, 1 broadcast lhs quad (zmm27 to zmm31 free).
// Up to 16 valid channels take half of it: 12 accumulators, 1 rhs vector.
// Loop body: 1536 MAC in 2 loads + 12 vpbroadcastd + 24 vpdpbusd; 24 cycles where vpdpbusd issues once
// a cycle, 12 where it issues twice.
#include "kernels/dot_quads.h"
#include "kernels/x86_avx512vnni/dot.h"
#include "kernels/x86_avx512vnni/pack.h"

namespace ottava {

extern const Kernel kernel_u8s8s32_12x32x4_x86_avx512vnni = panels_kernel<Dot512, 12>(
    "u8s8s32_12x32x4_x86_avx512vnni", Isa::x86_avx512vnni, s8_32x4_x86_avx512vnni, pack_u8_12x4_x86_avx512vnni);

}  // namespace ottava
