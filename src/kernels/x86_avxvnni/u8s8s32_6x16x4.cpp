// AVX-VNNI kernel, u8 x s8, 6 x 16 tile, 4 depths a step. Its loop is MultiplyPanels in dot_quads.h; dot.h
// says why vpdpbusd is exact.
//
// Registers: 12 accumulators, 2 rhs vectors, 1 broadcast lhs quad: 15 of 16. 12 chains hide the latency of vpdpbusd (5
// cycles, two begun in each); 4 x 24 would save a load of eight in a step and take more channels than many layers have.
// Loop body: 384 MAC in 2 loads + 6 vpbroadcastd + 12 vpdpbusd; 6 cycles where vpdpbusd issues twice a cycle, 12 where
// it issues once.
#include "kernels/dot_quads.h"
#include "kernels/x86_avxvnni/dot.h"
#include "kernels/x86_avxvnni/pack.h"

namespace ottava {

extern const Kernel kernel_u8s8s32_6x16x4_x86_avxvnni = panels_kernel<Dot256, 6>(
    "u8s8s32_6x16x4_x86_avxvnni", Isa::x86_avxvnni, s8_16x4_x86_avxvnni, pack_u8_6x4_x86_avxvnni);

}  // namespace ottava
