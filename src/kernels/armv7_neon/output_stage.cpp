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
#include "output/vector_quantize.h"
#include "output/vector_stage.h"

namespace ottava {
namespace {

struct Neon : NeonOperations {
  // ARMv7 converts with truncation alone. 1.5 * 2^23 leaves no fraction bits in the sum, so the addition
  // rounds, half to even; the sum's bits, less those of the constant, are the integer.
  static OTTAVA_INLINE I round_half_even(F value) {
    const F shifted = vaddq_f32(value, vdupq_n_f32(12582912.0f));
    return vsubq_s32(vreinterpretq_s32_f32(shifted), vdupq_n_s32(0x4B400000));
  }

  // All that is bounded here becomes an integer, which has no -0. Of a comparison and a choice GCC makes scalar code
  // on this architecture.
  static OTTAVA_INLINE F max_f32(F bound, F value) { return vmaxq_f32(bound, value); }
  static OTTAVA_INLINE F min_f32(F bound, F value) { return vminq_f32(bound, value); }

  // As the norm does it: the float below 1/2, with the sign of the value, is added before truncation.
  static OTTAVA_INLINE I round_half_away(F value) {
    const F below_half = vbslq_f32(vdupq_n_u32(0x80000000u), value, vdupq_n_f32(0x1.fffffep-2f));
    return vcvtq_s32_f32(vaddq_f32(value, below_half));
  }

  // Extremes keep denormals, so they are found among integers: these keys have the order of the floats, -0.0 just
  // below 0.0. The map is its own inverse. A comparison tells NaN, denormals flushed or not.
  struct Extent {
    I smallest, largest;
  };
  static OTTAVA_INLINE I key_of(I bits) {
    const I magnitude = vreinterpretq_s32_u32(vshrq_n_u32(vreinterpretq_u32_s32(vshrq_n_s32(bits, 31)), 1));
    return veorq_s32(bits, magnitude);
  }
  static OTTAVA_INLINE Extent no_extent() {
    return {key_of(vdupq_n_s32(0x7F800000)), key_of(vreinterpretq_s32_u32(vdupq_n_u32(0xFF800000u)))};
  }
  static OTTAVA_INLINE Extent extend(Extent e, F x) {
    const uint32x4_t ordered = vceqq_f32(x, x);
    const I key = key_of(vreinterpretq_s32_f32(x));
    return {vminq_s32(e.smallest, vbslq_s32(ordered, key, e.smallest)),
            vmaxq_s32(e.largest, vbslq_s32(ordered, key, e.largest))};
  }
  static OTTAVA_INLINE Extent both(Extent a, Extent b) {
    return {vminq_s32(a.smallest, b.smallest), vmaxq_s32(a.largest, b.largest)};
  }
  static OTTAVA_INLINE void store_extent(float* smallest, float* largest, Extent e) {
    vst1q_f32(smallest, vreinterpretq_f32_s32(key_of(e.smallest)));
    vst1q_f32(largest, vreinterpretq_f32_s32(key_of(e.largest)));
  }
};

void run_scaled_f32(const StageArgs* args) { portable_stages.run[static_cast<size_t>(Stage::scaled_f32)](args); }
void run_scaled_f32_accumulate(const StageArgs* args) {
  portable_stages.run[static_cast<size_t>(Stage::scaled_f32_accumulate)](args);
}

// Flushing changes no quantized value if the factor is 0 < 2^-126 <= factor <= 2^120, as it is under every dynamic
// rule: the factor itself is not flushed, a denormal element has a product below 2^-6, a product that is denormal is
// smaller still, and both round as 0 does, before and after a zero point is added. There is no vector division.
void quantize(const QuantizeArgs* args) {
  const bool safe = args->row.factor >= 0x1p-126f && args->row.factor <= 0x1p120f;
  if (safe && args->row.step == QuantizeStep::multiply_even) {
    quantize_row<Neon, QuantizeStep::multiply_even>(args);
  } else if (safe && args->row.step == QuantizeStep::multiply_away) {
    quantize_row<Neon, QuantizeStep::multiply_away>(args);
  } else if (safe && args->row.step == QuantizeStep::add_multiply_away) {
    quantize_row<Neon, QuantizeStep::add_multiply_away>(args);
  } else {
    portable_quantize.quantize(args);
  }
}

// Nor does it change a dequantized one if the scale is no denormal: it is multiplied by an integer, so the product is 0
// or no smaller.
using DequantizeFn = void (*)(const DequantizeArgs* args);
template <class Element, DequantizeFn QuantizeTable::*kScalar>
void dequantize(const DequantizeArgs* args) {
  if (args->scale >= 0x1p-126f) {
    vector_dequantize<Neon, Element>(args);
  } else {
    (portable_quantize.*kScalar)(args);
  }
}

}  // namespace

extern const StageTable armv7_neon_stages = make_vector_stages<Neon>(run_scaled_f32, run_scaled_f32_accumulate);
extern const QuantizeTable armv7_neon_quantize = {
    vector_extremes<Neon>,
    quantize,
    dequantize<S8<Neon>, &QuantizeTable::dequantize_s8>,
    dequantize<U8<Neon>, &QuantizeTable::dequantize_u8>,
    dequantize<S16<Neon>, &QuantizeTable::dequantize_s16>,
    dequantize<S32<Neon>, &QuantizeTable::dequantize_s32>,
};

}  // namespace ottava
