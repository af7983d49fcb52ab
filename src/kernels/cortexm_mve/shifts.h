// Whether factors are those of the fused epilogues.
//
// In an anonymous namespace: files with different ISA flags share no code.
#ifndef OTTAVA_SRC_KERNELS_CORTEXM_MVE_SHIFTS_H_
#define OTTAVA_SRC_KERNELS_CORTEXM_MVE_SHIFTS_H_

#include <arm_mve.h>

#include "base/platform.h"

namespace ottava {
namespace {

// Whether the exponents, a multiple of 4 of them, are all below 0.
OTTAVA_INLINE bool all_shift_right(const int32_t* exponent, size_t channels) {
  int32_t most = INT32_MIN;
  for (; channels >= 16; channels -= 16, exponent += 16) {
    const int32x4_t first = vmaxq_s32(vldrwq_s32(exponent), vldrwq_s32(exponent + 4));
    const int32x4_t second = vmaxq_s32(vldrwq_s32(exponent + 8), vldrwq_s32(exponent + 12));
    most = vmaxvq_s32(most, vmaxq_s32(first, second));
  }
  for (; channels > 0; channels -= 4, exponent += 4) most = vmaxvq_s32(most, vldrwq_s32(exponent));
  return most < 0;
}

}  // namespace
}  // namespace ottava

#endif  // OTTAVA_SRC_KERNELS_CORTEXM_MVE_SHIFTS_H_
