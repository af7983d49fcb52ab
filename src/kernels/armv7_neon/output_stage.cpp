// The vector operations behind the output stages of 32-bit Arm: four lanes of NEON. The stages
// themselves are in output/vector_stage.h; they run after a kernel has left its tile in acc.
//
// 32-bit NEON replaces denormal floats by zero, whatever the caller's floating-point mode. Rounding to
// an integer cannot tell the two apart, so float_nearest_even runs here; scaled_f32 hands floats out
// and is left to the scalar unit, which computes as IEEE 754 demands.
#if !defined(__arm__) || !defined(__ARM_NEON)
#error "armv7_neon/output_stage.cpp is code for 32-bit Arm: compile it with -march=armv7-a -mfpu=neon"
#endif

#include "kernels/armv7_neon/output_stage.h"

#include <arm_neon.h>

#include "kernels/arm_neon/vector_operations.h"
#include "output/vector_stage.h"

namespace ottava {
namespace {

struct Neon : NeonOperations {
  static OTTAVA_INLINE F add_f32(F a, F b) { return vaddq_f32(a, b); }
  // ARMv7 converts with truncation alone. 1.5 * 2^23 leaves no fraction bits in the sum, so the addition
  // rounds, half to even; the sum's bits, less those of the constant, are the integer.
  static OTTAVA_INLINE I round_half_even(F value) {
    const F shifted = vaddq_f32(value, vdupq_n_f32(12582912.0f));
    return vsubq_s32(vreinterpretq_s32_f32(shifted), vdupq_n_s32(0x4B400000));
  }
};

void run_scaled_f32(const StageArgs* args) { portable_stages.run[static_cast<size_t>(Stage::scaled_f32)](args); }
void run_scaled_f32_accumulate(const StageArgs* args) {
  portable_stages.run[static_cast<size_t>(Stage::scaled_f32_accumulate)](args);
}

}  // namespace

extern const StageTable armv7_neon_stages = make_vector_stages<Neon>(run_scaled_f32, run_scaled_f32_accumulate);

}  // namespace ottava
