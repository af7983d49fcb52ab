// The vector operations behind the output stages of 32-bit Arm: four lanes of NEON. The stages
// themselves are in output/vector_stage.h; they run after a kernel has left its tile in acc.
//
// 32-bit NEON replaces denormal floats by zero, whatever the caller's floating-point mode. Rounding to
// an integer cannot tell the two apart, so float_nearest_even runs as it is. The f32 stages hand floats out: they
// look at each group of four for a trace of a denormal, and leave such a group to the scalar unit, which computes as
// IEEE 754 demands.
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
  static constexpr bool rounds_bounded = true;
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

  // As the reference does it: the float below 1/2, with the sign of the value, is added before truncation.
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
  static OTTAVA_INLINE void reduce(Extent e, float* smallest, float* largest) {
    int32x2_t low = vmin_s32(vget_low_s32(e.smallest), vget_high_s32(e.smallest));
    int32x2_t high = vmax_s32(vget_low_s32(e.largest), vget_high_s32(e.largest));
    low = vpmin_s32(low, low);
    high = vpmax_s32(high, high);
    const I keys = key_of(vcombine_s32(low, high));
    vst1q_lane_f32(smallest, vreinterpretq_f32_s32(keys), 0);
    vst1q_lane_f32(largest, vreinterpretq_f32_s32(keys), 2);
  }
};

// The exponent bits of each lane: 0 for zeros and denormals, even those that arithmetic would flush.
OTTAVA_INLINE uint32x4_t exponent_of(float32x4_t x) {
  return vandq_u32(vreinterpretq_u32_f32(x), vdupq_n_u32(0x7F800000u));
}
OTTAVA_INLINE uint32x4_t is_zero(uint32x4_t bits) { return vceqq_u32(bits, vdupq_n_u32(0)); }
OTTAVA_INLINE uint32x4_t is_denormal(float32x4_t x) {
  const uint32x4_t magnitude = vandq_u32(vreinterpretq_u32_f32(x), vdupq_n_u32(0x7FFFFFFFu));
  return vbicq_u32(is_zero(exponent_of(x)), is_zero(magnitude));
}
OTTAVA_INLINE bool any(uint32x4_t lanes) {
  const uint32x2_t halves = vorr_u32(vget_low_u32(lanes), vget_high_u32(lanes));
  return (vget_lane_u32(halves, 0) | vget_lane_u32(halves, 1)) != 0;
}

template <bool kAccumulate>
struct FlushAwareF32 : Stateless<Neon> {
  static constexpr size_t element_bytes = 4;
  static constexpr bool accumulates = kAccumulate;
  const StageArgs* args;
  float32x4_t low, high;
  const float* row_scale;
  size_t channel;

  explicit FlushAwareF32(const StageArgs* stage_args)
      : args(stage_args),
        low(vdupq_n_f32(args->clamp_min_f32)),
        high(vdupq_n_f32(args->clamp_max_f32)),
        row_scale(nullptr),
        channel(0) {}
  OTTAVA_INLINE void begin_channels(size_t first) { channel = first; }
  OTTAVA_INLINE void begin_row(size_t row) {
    if (args->row_scale != nullptr) row_scale = args->row_scale + row;
  }
  OTTAVA_INLINE void store(uint8_t* to, int32x4_t x) const {
    float32x4_t scale = vld1q_f32(args->scale + channel);
    if (row_scale != nullptr) {
      const float32x4_t most = vdupq_n_f32(kLargestScale);
      scale = vminq_f32(most, vmulq_f32(vdupq_n_f32(*row_scale), scale));
    }
    const float32x4_t product = vmulq_f32(vcvtq_f32_s32(x), scale);
    const float32x4_t bias = vld1q_f32(args->bias + channel);
    float32x4_t value = vaddq_f32(product, bias);
    // A product that was flushed, or made of something flushed, is 0 where x is not. A sum with exponent 0 may have
    // been flushed, and at a bound of 0 its sign counts, which VMAX and VMIN do not keep.
    uint32x4_t doubtful = vbicq_u32(is_zero(exponent_of(product)), is_zero(vreinterpretq_u32_s32(x)));
    doubtful = vorrq_u32(doubtful, vorrq_u32(is_denormal(bias), is_zero(exponent_of(value))));
    if constexpr (kAccumulate) {
      const float32x4_t previous = vreinterpretq_f32_u8(vld1q_u8(to));
      value = vaddq_f32(previous, value);
      doubtful = vorrq_u32(doubtful, vorrq_u32(is_denormal(previous), is_zero(exponent_of(value))));
    }
    doubtful = vorrq_u32(doubtful, vorrq_u32(is_denormal(low), is_denormal(high)));
    if (any(doubtful)) return store_scalar(to, x);
    vst1q_u8(to, vreinterpretq_u8_f32(vminq_f32(high, vmaxq_f32(low, value))));
  }

 private:
  // The same four by the reference.
  void store_scalar(uint8_t* to, int32x4_t x) const {
    alignas(16) int32_t acc[4];
    alignas(16) const int32_t zeros[4] = {0, 0, 0, 0};
    vst1q_s32(acc, x);
    StageArgs group = *args;
    group.acc = acc;
    group.m = 1;
    group.n = 4;
    group.dst = to;
    group.dst_column_stride = 4;
    group.offset = zeros;
    group.rhs_zero = group.row_zero = nullptr;
    group.scale = args->scale + channel;
    group.bias = args->bias + channel;
    group.row_scale = row_scale;
    const Stage stage = kAccumulate ? Stage::scaled_f32_accumulate : Stage::scaled_f32;
    portable_stages.run[static_cast<size_t>(stage)](&group);
  }
};

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

extern const StageTable armv7_neon_stages =
    make_vector_stages<Neon>(run_vector_stage<Neon, FlushAwareF32<false>>, run_vector_stage<Neon, FlushAwareF32<true>>);
extern const QuantizeTable armv7_neon_quantize = {
    vector_extremes<Neon>,
    quantize,
    vector_quantize_rows<Neon>,
    dequantize<S8<Neon>, &QuantizeTable::dequantize_s8>,
    dequantize<U8<Neon>, &QuantizeTable::dequantize_u8>,
    dequantize<S16<Neon>, &QuantizeTable::dequantize_s16>,
    dequantize<S32<Neon>, &QuantizeTable::dequantize_s32>,
};

}  // namespace ottava
