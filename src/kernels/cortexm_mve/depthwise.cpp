// The depthwise kernel of Arm's M profile with Helium, for any window: a pixel of output at a time, 16 channels of it,
// two vectors of 8. Inputs are widened to s16 as they are loaded, by their sign; VMULLB and VMULLT multiply the even
// and the odd channels of a vector.
//
// Packed weights: s16 differences from the zero point, so that zero points cost nothing; for every 16 channels tap by
// tap, padded with zeros.
//
// A tap: 2 loads of inputs, 2 of weights, 4 multiplications and 4 additions for 16 products.
#if !defined(__ARM_FEATURE_MVE)
#error "cortexm_mve/depthwise.cpp is code for Arm's M profile with MVE: compile it with -mcpu=cortex-m55"
#endif

#include <arm_mve.h>

#include "kernels/cortexm_mve/kernels.h"

namespace ottava {
namespace {

constexpr size_t kLanes = 8;
constexpr size_t kGroup = kDepthwiseChannels;
static_assert(kGroup == 2 * kLanes, "a group is two vectors");

// Sums of the 8 channels of a vector, as VMULLB and VMULLT leave them.
struct Sums {
  int32x4_t even, odd;

  static OTTAVA_INLINE Sums load(const int32_t* from) {
    const int32x4x2_t both = vld2q_s32(from);
    return {both.val[0], both.val[1]};
  }
  OTTAVA_INLINE void add(int16x8_t inputs, const int16_t* weights) {
    const int16x8_t factors = vldrhq_s16(weights);
    even = vaddq_s32(even, vmullbq_int_s16(inputs, factors));
    odd = vaddq_s32(odd, vmulltq_int_s16(inputs, factors));
  }
};

// Where the sums go.
struct ToMemory {
  int32_t* to;  // of the pixel, with room for whole groups

  explicit ToMemory(const StageArgs*) : to(nullptr) {}
  OTTAVA_INLINE void begin_pixel(const DepthwiseArgs& args, size_t line, size_t pixel) {
    to = args.acc + line * args.acc_line_stride + pixel * args.acc_stride;
  }
  OTTAVA_INLINE void store(size_t channel, Sums sums, mve_pred16_t) const {
    int32x4x2_t both;
    both.val[0] = sums.even;
    both.val[1] = sums.odd;
    vst2q_s32(to + channel, both);
  }
};

struct TwoRoundings {
  static OTTAVA_INLINE int32x4_t apply(int32x4_t x, int32x4_t multiplier, int32x4_t exponent) {
    const int32x4_t zero = vdupq_n_s32(0);
    const int32x4_t high = vqrdmulhq_s32(vshlq_s32(x, vmaxq_s32(exponent, zero)), multiplier);
    const int32x4_t right = vminq_s32(exponent, zero);
    return vrshlq_s32(vqaddq_s32(high, vshrq_n_s32(vandq_s32(high, right), 31)), right);  // see output_stage.cpp
  }
};

// As OneRounding of output/vector_rules.h says.
struct OneRounding {
  static OTTAVA_INLINE int32x4_t apply(int32x4_t x, int32x4_t multiplier, int32x4_t exponent) {
    const int32x4_t right = vminq_s32(exponent, vdupq_n_s32(-1));
    const int32x4_t shifted = vqshlq_s32(x, vsubq_s32(exponent, right));
    return vrshlq_s32(vqdmulhq_s32(shifted, multiplier), right);
  }
};

// The 8-bit output stage of a rule.
template <class Rule>
struct ToDst {
  const StageArgs* stage;
  uint8_t* to;

  explicit ToDst(const StageArgs* args) : stage(args), to(nullptr) {}
  OTTAVA_INLINE void begin_pixel(const DepthwiseArgs& args, size_t line, size_t pixel) {
    to = stage->dst + static_cast<ptrdiff_t>(line) * args.dst_line_stride +
         static_cast<ptrdiff_t>(pixel) * stage->dst_row_stride;
  }
  // Narrowed with saturation, which no zero point brings back within 8 bits.
  OTTAVA_INLINE void store(size_t channel, Sums sums, mve_pred16_t valid) const {
    const Sums multiplier = Sums::load(stage->multiplier + channel), exponent = Sums::load(stage->exponent + channel);
    const int32x4_t even = Rule::apply(sums.even, multiplier.even, exponent.even);
    const int32x4_t odd = Rule::apply(sums.odd, multiplier.odd, exponent.odd);
    int16x8_t y = vqmovntq_s32(vqmovnbq_s32(vdupq_n_s16(0), even), odd);
    y = vqaddq_n_s16(y, static_cast<int16_t>(stage->zero_point));
    y = vmaxq_s16(y, vdupq_n_s16(static_cast<int16_t>(stage->clamp_min)));
    y = vminq_s16(y, vdupq_n_s16(static_cast<int16_t>(stage->clamp_max)));
    vstrbq_p_s16(reinterpret_cast<int8_t*>(to + channel), y, valid);
  }
};

// 8 inputs, those that are valid.
template <class Input>
OTTAVA_INLINE int16x8_t load_inputs(const uint8_t* from, mve_pred16_t valid) {
  if constexpr (Input(-1) < 0) {
    return vldrbq_z_s16(reinterpret_cast<const int8_t*>(from), valid);
  } else {
    return vreinterpretq_s16_u16(vldrbq_z_u16(from, valid));
  }
}

// The group of up to 16 channels from `channel` of this call on, of one output, whose first tap column[0] points at.
template <class Input, class End>
OTTAVA_INLINE void sum_group(const DepthwiseArgs& args, const uint8_t* const* column, size_t channel, const End& end) {
  const size_t taps = args.kernel_height * args.kernel_width;
  const size_t first = args.channel + channel;
  const uint32_t left = static_cast<uint32_t>(args.channels - channel);
  const mve_pred16_t low = vctp16q(left), high = vctp16q(left < kLanes ? 0 : left - kLanes);
  const int16_t* weights = static_cast<const int16_t*>(args.weights) + first * taps;
  Sums sums[2] = {Sums::load(args.bias + channel), Sums::load(args.bias + channel + kLanes)};
  for (size_t i = 0; i < args.kernel_height; ++i) {
    const uint8_t* const* pixel = column + i;
    for (size_t j = 0; j < args.kernel_width; ++j, weights += kGroup) {
      const uint8_t* const from = *pixel + first;
      sums[0].add(load_inputs<Input>(from, low), weights);
      sums[1].add(load_inputs<Input>(from + kLanes, high), weights + kLanes);
      pixel += args.dilation_width * args.column_rows;
    }
  }
  end.store(channel, sums[0], low);
  end.store(channel + kLanes, sums[1], high);
}

template <class Input, class End>
OTTAVA_INLINE void run(const DepthwiseArgs* args, const StageArgs* stage) {
  End end(stage);
  for (size_t line = 0; line < args->lines; ++line) {
    const uint8_t* const* column = args->table + line * args->line_step;
    for (size_t pixel = 0; pixel < args->pixels; ++pixel, column += args->stride_width * args->column_rows) {
      end.begin_pixel(*args, line, pixel);
      for (size_t channel = 0; channel < args->channels; channel += kGroup) {
        sum_group<Input>(*args, column, channel, end);
      }
    }
  }
}

}  // namespace

size_t depthwise_packed_bytes_cortexm_mve(size_t taps, size_t channels) {
  return (channels + kGroup - 1) / kGroup * kGroup * taps * sizeof(int16_t);
}

void depthwise_pack_cortexm_mve(const DepthwisePackArgs* args) {
  int16_t* to = static_cast<int16_t*>(args->to);
  for (size_t group = 0; group < args->channels; group += kGroup) {
    for (size_t tap = 0; tap < args->taps; ++tap) {
      for (size_t channel = group; channel < group + kGroup; ++channel) {
        int32_t difference = 0;
        if (channel < args->channels) {
          const uint8_t weight = args->from[static_cast<ptrdiff_t>(tap) * args->tap_stride +
                                            static_cast<ptrdiff_t>(channel) * args->channel_stride];
          difference =
              (args->is_unsigned ? int32_t{weight} : int32_t{static_cast<int8_t>(weight)}) - args->zero_points[channel];
        }
        *to++ = static_cast<int16_t>(difference);
      }
    }
  }
}

void depthwise_s8_cortexm_mve(const DepthwiseArgs* args) { run<int8_t, ToMemory>(args, nullptr); }
void depthwise_u8_cortexm_mve(const DepthwiseArgs* args) { run<uint8_t, ToMemory>(args, nullptr); }
void depthwise_s8_two_roundings_cortexm_mve(const DepthwiseArgs* args, const StageArgs* stage) {
  run<int8_t, ToDst<TwoRoundings>>(args, stage);
}
void depthwise_u8_two_roundings_cortexm_mve(const DepthwiseArgs* args, const StageArgs* stage) {
  run<uint8_t, ToDst<TwoRoundings>>(args, stage);
}
void depthwise_s8_one_rounding_cortexm_mve(const DepthwiseArgs* args, const StageArgs* stage) {
  run<int8_t, ToDst<OneRounding>>(args, stage);
}
void depthwise_u8_one_rounding_cortexm_mve(const DepthwiseArgs* args, const StageArgs* stage) {
  run<uint8_t, ToDst<OneRounding>>(args, stage);
}

}  // namespace ottava
