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
//   store_tile(line, pixel, width, sums[kOutputs])   of lines of `width` pixels each
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
  template <size_t kOutputs>
  OTTAVA_INLINE void store_tile(size_t line, size_t pixel, size_t width,
                                const int32x4_t (&sums)[kOutputs][kVectors]) const {
    unroll<kOutputs>([&](auto o) OTTAVA_INLINE_LAMBDA { store(line + o / width, pixel + o % width, sums[o]); });
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
  // Eight channels of each output, step by step for all of them: none waits for the one before it.
  template <size_t kOutputs>
  OTTAVA_INLINE void round(const int32x4_t (&sums)[kOutputs][kVectors], int16x8_t (&y)[kOutputs * kVectors / 2]) const {
    constexpr size_t kAll = kOutputs * kVectors;
    float32x4_t value[kAll];
    unroll<kAll>([&](auto i) OTTAVA_INLINE_LAMBDA { value[i] = vcvtq_f32_s32(sums[i / kVectors][i % kVectors]); });
    unroll<kAll>([&](auto i) OTTAVA_INLINE_LAMBDA { value[i] = vmulq_f32(value[i], scale[i % kVectors]); });
    if constexpr (!kPlain) {
      unroll<kAll>([&](auto i) OTTAVA_INLINE_LAMBDA { value[i] = vaddq_f32(value[i], bias[i % kVectors]); });
    }
    int32x4_t rounded[kAll];
    int16x4_t half[kAll / 2];
    unroll<kAll>([&](auto i) OTTAVA_INLINE_LAMBDA { rounded[i] = vcvtnq_s32_f32(value[i]); });
    unroll<kAll / 2>([&](auto i) OTTAVA_INLINE_LAMBDA { half[i] = vqmovn_s32(rounded[2 * i]); });
    unroll<kAll / 2>([&](auto i) OTTAVA_INLINE_LAMBDA { y[i] = vqmovn_high_s32(half[i], rounded[2 * i + 1]); });
    unroll<kAll / 2>([&](auto i) OTTAVA_INLINE_LAMBDA { y[i] = vqaddq_s16(y[i], bounds.zero_point); });
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
  template <size_t kOutputs>
  OTTAVA_INLINE void store_tile(size_t line, size_t pixel, size_t width,
                                const int32x4_t (&sums)[kOutputs][kVectors]) const {
    int16x8_t halves[kOutputs * kVectors / 2];
    int8x8_t low[kOutputs];
    round(sums, halves);
    unroll<kOutputs>([&](auto o) OTTAVA_INLINE_LAMBDA { low[o] = vqmovn_s16(halves[o * (kVectors / 2)]); });
    unroll<kOutputs>([&](auto o) OTTAVA_INLINE_LAMBDA {
      int8x16_t y = vcombine_s8(low[o], low[o]);
      if constexpr (kVectors == 4) y = vqmovn_high_s16(low[o], halves[2 * o + 1]);
      write(to + static_cast<ptrdiff_t>(line + o / width) * line_stride +
                static_cast<ptrdiff_t>(pixel + o % width) * stride,
            bounded(y));
    });
  }
  OTTAVA_INLINE void store(size_t line, size_t pixel, const int32x4_t (&sums)[kVectors]) const {
    int32x4_t one[1][kVectors];
    unroll<kVectors>([&](auto v) OTTAVA_INLINE_LAMBDA { one[0][v] = sums[v]; });
    store_tile(line, pixel, 1, one);
  }
  template <size_t kLines>
  OTTAVA_INLINE void store_lines(const int32x4_t (&sums)[kLines][kVectors]) const {
    if constexpr (kLines == 2 && kVectors == 2) {
      int16x8_t halves[2];
      round(sums, halves);
      const uint8x16_t y = bounded(vqmovn_high_s16(vqmovn_s16(halves[0]), halves[1]));
      vst1_u8(to, vget_low_u8(y));
      vst1q_lane_u64(reinterpret_cast<uint64_t*>(to + line_stride), vreinterpretq_u64_u8(y), 1);
    } else {
      store_tile(0, 0, 1, sums);
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
  const auto store = [&](const auto& end) OTTAVA_INLINE_LAMBDA { end.store_tile(line, pixel, kPixels, sums); };
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
