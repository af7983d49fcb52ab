// The vector operations behind the output stages of AArch64: four lanes of Advanced SIMD. The stages
// themselves are in output/vector_stage.h; they run after a kernel has left its tile in acc.
#if !defined(__aarch64__) || !defined(__ARM_NEON)
#error "arm_neon/output_stage.cpp is code for AArch64 with Advanced SIMD"
#endif

#include "kernels/arm_neon/output_stage.h"

#include <arm_neon.h>

#include "kernels/arm_neon/vector_operations.h"
#include "output/vector_stage.h"

namespace ottava {
namespace {

struct Neon : NeonOperations {
  static OTTAVA_INLINE void store_f32(uint8_t* to, F x) { vst1q_u8(to, vreinterpretq_u8_f32(x)); }
  static OTTAVA_INLINE F add_f32(F a, F b) { return vaddq_f32(a, b); }
  static OTTAVA_INLINE I round_half_even(F value) { return vcvtnq_s32_f32(value); }
  static OTTAVA_INLINE F canonical_nan(F value) {
    return vbslq_f32(vceqq_f32(value, value), value, vreinterpretq_f32_s32(vdupq_n_s32(0x7FC00000)));
  }
};

}  // namespace

extern const StageTable arm_neon_stages = make_vector_stages<Neon>();

}  // namespace ottava
