// Packing for 32-bit Arm with NEON.
#if !defined(__arm__) || !defined(__ARM_NEON)
#error "armv7_neon/pack.cpp is code for 32-bit Arm: compile it with -march=armv7-a -mfpu=neon"
#endif

#include "kernels/armv7_neon/pack.h"

#include "kernels/arm_neon/pack_panel.h"

namespace ottava {

void pack_s8_2x16_armv7_neon(const PackArgs* args) { pack_rows_of_16<2>(args); }
void pack_s8_4x16_armv7_neon(const PackArgs* args) { pack_rows_of_16<4>(args); }

const RhsLayout s8_4x16_armv7_neon = {Element::s8, 4, 16, pack_s8_4x16_armv7_neon};

}  // namespace ottava
