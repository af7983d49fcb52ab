// Packing for AArch64 without dot products.
#if !defined(__aarch64__) || !defined(__ARM_NEON)
#error "arm_neon/pack.cpp is code for AArch64 with Advanced SIMD"
#endif

#include "kernels/arm_neon/pack.h"

#include "kernels/arm_neon/pack_panel.h"

namespace ottava {

void pack_s8_4x16_arm_neon(const PackArgs* args) { pack_rows_of_16<4>(args); }

const RhsLayout s8_4x16_arm_neon = {Element::s8, 4, 16, pack_s8_4x16_arm_neon};

}  // namespace ottava
