// The depthwise kernel 3 x 3 of Arm's M profile with Helium, at stride 1 or 2: lines and groups of 16 channels around
// depthwise_3x3.S. The last group of a layer may begin with channels of the one before it.
//
// Packed weights: differences from the zero point, of every group by itself. In nearly all they are s8, of which the
// products of two taps fit 16 bits: [column][row][channel], as a table of inputs lies, which has no more rows than a
// window. A group in which they do not fit is that of the kernel for any window, which takes it.
#if !defined(__ARM_FEATURE_MVE)
#error "cortexm_mve/depthwise_3x3.cpp is code for Arm's M profile with MVE: compile it with -mcpu=cortex-m55"
#endif

#include "kernels/cortexm_mve/depthwise_3x3.h"

#include "kernels/cortexm_mve/kernels.h"
#include "kernels/cortexm_mve/shifts.h"

extern "C" {
#define OTTAVA_DEPTHWISE_ASSEMBLY(end)                                        \
  void ottava_depthwise_3x3_s8_##end##_cortexm_mve(const ottava::Line* line); \
  void ottava_depthwise_3x3_u8_##end##_cortexm_mve(const ottava::Line* line);
OTTAVA_DEPTHWISE_ASSEMBLY(sums)
OTTAVA_DEPTHWISE_ASSEMBLY(two_roundings)
OTTAVA_DEPTHWISE_ASSEMBLY(one_rounding)
#undef OTTAVA_DEPTHWISE_ASSEMBLY
}

namespace ottava {
namespace {

constexpr size_t kGroup = kDepthwiseChannels;
constexpr size_t kSize = 3;
constexpr size_t kTaps = kSize * kSize;

using LineFn = void (*)(const Line*);

struct Group {
  uint32_t wide;  // weights as of the kernel for any window
  uint32_t unused[3];
  union {
    int8_t narrow[kTaps][kGroup];
    int16_t any[kTaps][kGroup];
  };
};
static_assert(sizeof(Group) % 16 == 0, "weights are aligned to vectors");

const Group& group_of(const DepthwiseArgs& args, size_t channel) {
  return static_cast<const Group*>(args.weights)[(args.channel + channel + kGroup - 1) / kGroup];
}

Line begin_line(const DepthwiseArgs& args, size_t line) {
  Line to = {};
  to.table = args.table + line * args.line_step;
  to.table_step = (args.stride_width * args.column_rows - kTaps) * sizeof(void*);
  to.pixels = args.pixels;
  return to;
}

void begin_group(const DepthwiseArgs& args, const Group& group, size_t channel, Line* line) {
  line->weights = group.narrow[0];
  line->bias = args.bias + channel;
  line->channel = args.channel + channel;
}

// The call for one line of a wide group, for the kernel for any window. That takes inputs as they are, where this one
// takes 128 from them if they are unsigned.
struct WideCall {
  DepthwiseArgs args;
  int32_t bias[kGroup];

  WideCall(const DepthwiseArgs& whole, const Group& group, size_t line, size_t channel, bool is_unsigned)
      : args(whole) {
    const size_t first = whole.channel + channel;
    args.table += line * whole.line_step;
    args.lines = 1;
    args.channels = kGroup;
    args.channel = first;
    args.weights =
        reinterpret_cast<const void*>(reinterpret_cast<uintptr_t>(group.any[0]) - first * kTaps * sizeof(int16_t));
    args.bias = bias;
    args.acc += line * whole.acc_line_stride + channel;
    for (size_t i = 0; i < kGroup; ++i) {
      int32_t sum = 0;
      for (size_t tap = 0; is_unsigned && tap < kTaps; ++tap) sum += group.any[tap][i];
      bias[i] = static_cast<int32_t>(static_cast<uint32_t>(whole.bias[channel + i]) - 128 * static_cast<uint32_t>(sum));
    }
  }
};

// Calls body(first channel) for each group of a call, of which there are 16 channels or more.
template <class Body>
OTTAVA_INLINE void for_each_group(const DepthwiseArgs& args, Body body) {
  const size_t last = args.channels - kGroup;
  for (size_t channel = 0; channel < args.channels; channel += kGroup) body(channel < last ? channel : last);
}

// The functions of one sign of the inputs and one rule, and those of the kernel for any window.
struct Sums {
  LineFn run;
  DepthwiseFn wide;
  bool is_unsigned;
};
struct Fused {
  LineFn run;
  FusedDepthwiseFn wide;
  LineFn sums;
  StageFn stage;
  bool is_unsigned;
};

OTTAVA_NOINLINE void run_sums(const DepthwiseArgs* args, const Sums& sums) {
  for (size_t i = 0; i < args->lines; ++i) {
    Line line = begin_line(*args, i);
    line.to_stride = static_cast<ptrdiff_t>(args->acc_stride * sizeof(int32_t));
    int32_t* const acc = args->acc + i * args->acc_line_stride;
    for_each_group(*args, [&](size_t channel) {
      const Group& group = group_of(*args, channel);
      if (group.wide != 0) {
        const WideCall call(*args, group, i, channel, sums.is_unsigned);
        return sums.wide(&call.args);
      }
      begin_group(*args, group, channel, &line);
      line.to = acc + channel;
      sums.run(&line);
    });
  }
}

// Factors with a left shift: pixel by pixel through memory.
OTTAVA_NOINLINE void run_through_memory(const Line& line, LineFn sums, StageFn run, const StageArgs& args) {
  int32_t acc[kGroup];
  Line pixel = line;
  StageArgs stage = args;
  pixel.to = acc;
  pixel.pixels = 1;
  stage.acc = acc;
  stage.acc_stride = stage.n = kGroup;
  stage.m = 1;
  stage.multiplier = line.multiplier;
  stage.exponent = line.exponent;
  stage.dst = static_cast<uint8_t*>(line.to);
  for (size_t i = 0; i < line.pixels; ++i, stage.dst += line.to_stride) {
    sums(&pixel);
    run(&stage);
    pixel.table += kTaps + line.table_step / sizeof(void*);
  }
}

OTTAVA_NOINLINE void run_wide(const DepthwiseArgs& args, const StageArgs& whole, const Group& group, size_t line,
                              size_t channel, const Fused& fused, const Line& at) {
  const WideCall call(args, group, line, channel, fused.is_unsigned);
  StageArgs stage = whole;
  stage.multiplier = at.multiplier;
  stage.exponent = at.exponent;
  stage.dst = static_cast<uint8_t*>(at.to);
  fused.wide(&call.args, &stage);
}

OTTAVA_NOINLINE void run_fused(const DepthwiseArgs* args, const StageArgs* stage, const Fused& fused) {
  const int32_t to_127 = INT8_MAX - stage->clamp_max;
  for (size_t i = 0; i < args->lines; ++i) {
    Line line = begin_line(*args, i);
    line.to_stride = stage->dst_row_stride;
    line.before = stage->zero_point + to_127;
    line.after = -to_127;
    line.low = stage->clamp_min + to_127;
    uint8_t* const dst = stage->dst + static_cast<ptrdiff_t>(i) * args->dst_line_stride;
    for_each_group(*args, [&](size_t channel) {
      const Group& group = group_of(*args, channel);
      line.to = dst + channel;
      line.multiplier = stage->multiplier + channel;
      line.exponent = stage->exponent + channel;
      if (group.wide != 0) return run_wide(*args, *stage, group, i, channel, fused, line);
      begin_group(*args, group, channel, &line);
      if (all_shift_right(line.exponent, kGroup)) {
        fused.run(&line);
      } else {
        run_through_memory(line, fused.sums, fused.stage, *stage);
      }
    });
  }
}

}  // namespace

size_t depthwise_3x3_packed_bytes_cortexm_mve(size_t, size_t channels) {
  return (channels + kGroup - 1) / kGroup * sizeof(Group);
}

void depthwise_3x3_pack_cortexm_mve(const DepthwisePackArgs* args) {
  Group* to = static_cast<Group*>(args->to);
  const size_t last = args->channels - kGroup;
  for (size_t begin = 0; begin < args->channels; begin += kGroup, ++to) {
    const size_t first = begin < last ? begin : last;
    const auto difference = [&](size_t row, size_t column, size_t i) {
      const uint8_t weight = args->from[static_cast<ptrdiff_t>(row * kSize + column) * args->tap_stride +
                                        static_cast<ptrdiff_t>(first + i) * args->channel_stride];
      const int32_t value = args->is_unsigned ? int32_t{weight} : int32_t{static_cast<int8_t>(weight)};
      return value - args->zero_points[first + i];
    };
    *to = {};
    for (size_t i = 0; i < kGroup; ++i) {
      int32_t before = 0;  // of two taps that are added in 16 bits, -128 twice does not fit
      for (size_t tap = 0; tap < kTaps; ++tap) {
        const int32_t weight = difference(tap % kSize, tap / kSize, i);
        if (weight < -128 || weight > 127 || (tap % 2 != 0 && weight == -128 && before == -128)) to->wide = 1;
        before = weight;
      }
    }
    for (size_t row = 0; row < kSize; ++row) {
      for (size_t column = 0; column < kSize; ++column) {
        for (size_t i = 0; i < kGroup; ++i) {
          const int32_t weight = difference(row, column, i);
          if (to->wide != 0) {
            to->any[row * kSize + column][i] = static_cast<int16_t>(weight);
          } else {
            to->narrow[column * kSize + row][i] = static_cast<int8_t>(weight);
          }
        }
      }
    }
  }
}

#define OTTAVA_DEPTHWISE_3X3_FUSED(sign, is_unsigned, rule)                                               \
  void depthwise_3x3_##sign##_##rule##_cortexm_mve(const DepthwiseArgs* args, const StageArgs* stage) {   \
    static constexpr Fused fused = {                                                                      \
        ottava_depthwise_3x3_##sign##_##rule##_cortexm_mve, depthwise_##sign##_##rule##_cortexm_mve,      \
        ottava_depthwise_3x3_##sign##_sums_cortexm_mve, stage_fixed_##rule##_8_cortexm_mve, is_unsigned}; \
    run_fused(args, stage, fused);                                                                        \
  }
#define OTTAVA_DEPTHWISE_3X3(sign, is_unsigned)                                                                   \
  void depthwise_3x3_##sign##_cortexm_mve(const DepthwiseArgs* args) {                                            \
    static constexpr Sums sums = {ottava_depthwise_3x3_##sign##_sums_cortexm_mve, depthwise_##sign##_cortexm_mve, \
                                  is_unsigned};                                                                   \
    run_sums(args, sums);                                                                                         \
  }                                                                                                               \
  OTTAVA_DEPTHWISE_3X3_FUSED(sign, is_unsigned, two_roundings)                                                    \
  OTTAVA_DEPTHWISE_3X3_FUSED(sign, is_unsigned, one_rounding)
OTTAVA_DEPTHWISE_3X3(s8, false)
OTTAVA_DEPTHWISE_3X3(u8, true)
#undef OTTAVA_DEPTHWISE_3X3
#undef OTTAVA_DEPTHWISE_3X3_FUSED

}  // namespace ottava
