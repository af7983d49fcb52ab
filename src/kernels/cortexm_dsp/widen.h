// Four s8 as two pairs of s16, in the order in which SXTB16 makes them: {0, 2} and {1, 3}.
#ifndef OTTAVA_SRC_KERNELS_CORTEXM_DSP_WIDEN_H_
#define OTTAVA_SRC_KERNELS_CORTEXM_DSP_WIDEN_H_

#include <arm_acle.h>

#include "base/platform.h"

namespace ottava {

static OTTAVA_INLINE void widen(uint32_t raw, uint32_t* to) {
  uint32_t odd;
  asm("sxtb16 %0, %1, ror #8" : "=r"(odd) : "r"(raw));  // two instructions where it is put together of intrinsics
  to[0] = static_cast<uint32_t>(__sxtb16(static_cast<int8x4_t>(raw)));
  to[1] = odd;
}

}  // namespace ottava

#endif  // OTTAVA_SRC_KERNELS_CORTEXM_DSP_WIDEN_H_
