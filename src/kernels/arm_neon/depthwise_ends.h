// Where the sums of a depthwise kernel go, some channels of some pixels at a time: to acc (ToAcc), or through the float
// rule into dst (ToDst), as FloatNearestEven of output/vector_rules.h and TwoRows of vector_operations.h do it.
//
// In an anonymous namespace: files with different ISA flags share no code.
#ifndef OTTAVA_SRC_KERNELS_ARM_NEON_DEPTHWISE_ENDS_H_
#define OTTAVA_SRC_KERNELS_ARM_NEON_DEPTHWISE_ENDS_H_

#include <arm_neon.h>

#include "kernels/depthwise.h"
#include "kernels/unroll.h"

namespace ottava {
namespace {

// An End has, of the channels from `channel` of the call on, four times kVectors of them,
//   End(args, stage, bounds, channel)    Bounds: what is the same for all channels
//   store(line, pixel, sums)     of one pixel, counted from the present one
//   store_lines(sums[kLines])    of the present pixel, as many lines as there are: one or two
//   advance(pixels)
template <size_t kVectors>
struct ToAcc {
  int32_t* to;
  size_t line_stride, stride;

  struct Bounds {
    OTTAVA_INLINE explicit Bounds(const StageArgs*) {}
  };
  OTTAVA_INLINE ToAcc(const DepthwiseArgs& args, const StageArgs*, const Bounds&, size_t channel)
      : to(args.acc + channel), line_stride(args.acc_line_stride), stride(args.acc_stride) {}
  OTTAVA_INLINE void store(size_t line, size_t pixel, const int32x4_t (&sums)[kVectors]) const {
    int32_t* const place = to + line * line_stride + pixel * stride;
    unroll<kVectors>([&](auto v) OTTAVA_INLINE_LAMBDA { vst1q_s32(place + 4 * v, sums[v]); });
  }
  template <size_t kLines>
  OTTAVA_INLINE void store_lines(const int32x4_t (&sums)[kLines][kVectors]) const {
    unroll<kLines>([&](auto line) OTTAVA_INLINE_LAMBDA { store(line, 0, sums[line]); });
  }
  OTTAVA_INLINE void advance(size_t pixels) { to += pixels * stride; }
};

#if defined(__aarch64__)
// kPlain: no biases, and elements that are signed and bounded by their type alone, so that narrowing has done all.
// Elements of u8 are signed until the end, 128 less.
template <size_t kVectors, bool kPlain>
struct ToDst {
  uint8_t* to;
  ptrdiff_t line_stride, stride;
  float32x4_t scale[kVectors], bias[kVectors];
  struct Bounds {
    int16x8_t zero_point;
    int8x16_t low, high, flip;

    OTTAVA_INLINE explicit Bounds(const StageArgs* stage) {
      const int32_t below = stage->clamp_max > INT8_MAX ? 128 : 0;
      zero_point = vdupq_n_s16(static_cast<int16_t>(stage->zero_point - below));
      low = vdupq_n_s8(static_cast<int8_t>(stage->clamp_min - below));
      high = vdupq_n_s8(static_cast<int8_t>(stage->clamp_max - below));
      flip = vdupq_n_s8(static_cast<int8_t>(-below));
    }
  } bounds;

  OTTAVA_INLINE ToDst(const DepthwiseArgs& args, const StageArgs* stage, const Bounds& same, size_t channel)
      : to(stage->dst + channel), line_stride(args.dst_line_stride), stride(stage->dst_row_stride), bounds(same) {
    unroll<kVectors>([&](auto v) OTTAVA_INLINE_LAMBDA {
      scale[v] = vld1q_f32(stage->scale + channel + 4 * v);
      bias[v] = vld1q_f32(stage->bias + channel + 4 * v);
    });
  }
  OTTAVA_INLINE int32x4_t rounded(int32x4_t sum, size_t v) const {
    float32x4_t value = vmulq_f32(vcvtq_f32_s32(sum), scale[v]);
    if constexpr (!kPlain) value = vaddq_f32(value, bias[v]);
    return vcvtnq_s32_f32(value);
  }
  OTTAVA_INLINE int16x8_t eight(const int32x4_t* sums, size_t v) const {
    const int16x4_t half = vqmovn_s32(rounded(sums[0], v));
    return vqaddq_s16(vqmovn_high_s32(half, rounded(sums[1], v + 1)), bounds.zero_point);
  }
  OTTAVA_INLINE uint8x16_t bounded(int8x16_t y) const {
    if constexpr (!kPlain) y = veorq_s8(vminq_s8(vmaxq_s8(y, bounds.low), bounds.high), bounds.flip);
    return vreinterpretq_u8_s8(y);
  }
  OTTAVA_INLINE void write(uint8_t* place, uint8x16_t y) const {
    if constexpr (kVectors == 4) {
      vst1q_u8(place, y);
    } else {
      vst1_u8(place, vget_low_u8(y));
    }
  }
  OTTAVA_INLINE void store(size_t line, size_t pixel, const int32x4_t (&sums)[kVectors]) const {
    const int8x8_t half = vqmovn_s16(eight(sums, 0));
    int8x16_t y = vcombine_s8(half, half);
    if constexpr (kVectors == 4) y = vqmovn_high_s16(half, eight(sums + 2, 2));
    write(to + static_cast<ptrdiff_t>(line) * line_stride + static_cast<ptrdiff_t>(pixel) * stride, bounded(y));
  }
  template <size_t kLines>
  OTTAVA_INLINE void store_lines(const int32x4_t (&sums)[kLines][kVectors]) const {
    if constexpr (kLines == 2 && kVectors == 2) {
      const int16x8_t first = eight(sums[0], 0);
      const uint8x16_t y = bounded(vqmovn_high_s16(vqmovn_s16(first), eight(sums[1], 0)));
      vst1_u8(to, vget_low_u8(y));
      vst1_u8(to + line_stride, vget_high_u8(y));
    } else {
      unroll<kLines>([&](auto line) OTTAVA_INLINE_LAMBDA { store(line, 0, sums[line]); });
    }
  }
  OTTAVA_INLINE void advance(size_t pixels) { to += static_cast<ptrdiff_t>(pixels) * stride; }
};

inline bool needs_no_bounds(const StageArgs& stage) {
  return stage.has_bias == 0 && stage.clamp_min == INT8_MIN && stage.clamp_max == INT8_MAX;
}
#endif

template <class End>
OTTAVA_INLINE End end_of(const DepthwiseArgs& args, const StageArgs* stage, size_t channel) {
  return End(args, stage, typename End::Bounds(stage), channel);
}

// A tile of kLines by kPixels outputs to where it goes, for windows so large that it makes no difference to find out
// each time. `channel` is its first one in the call, `line` and `pixel` the upper left one.
template <size_t kLines, size_t kPixels, size_t kVectors>
OTTAVA_INLINE void store_tile(const DepthwiseArgs& args, const StageArgs* stage, size_t channel, size_t pixel,
                              const int32x4_t (&sums)[kLines * kPixels][kVectors], size_t line = 0) {
  const auto store = [&](const auto& end) OTTAVA_INLINE_LAMBDA {
    unroll<kLines * kPixels>([&](auto o)
                                 OTTAVA_INLINE_LAMBDA { end.store(line + o / kPixels, pixel + o % kPixels, sums[o]); });
  };
#if defined(__aarch64__)
  if (stage != nullptr) {
    if (needs_no_bounds(*stage)) return store(end_of<ToDst<kVectors, true>>(args, stage, channel));
    return store(end_of<ToDst<kVectors, false>>(args, stage, channel));
  }
#endif
  store(end_of<ToAcc<kVectors>>(args, stage, channel));
}

}  // namespace
}  // namespace ottava

#endif  // OTTAVA_SRC_KERNELS_ARM_NEON_DEPTHWISE_ENDS_H_
