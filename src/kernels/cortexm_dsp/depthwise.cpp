// The depthwise kernel of Cortex-M cores with the DSP extension, for any window. The pixels of a window are gathered
// once for all channels; depthwise.S goes through them, four channels at a time. Channels that make no four are
// computed one by one.
//
// Packed weights: s16 differences from the zero points, so that zero points cost nothing; [four channels][tap][0 2 1
// 3], taps and channels padded with zeros to whole steps and fours.
#if !defined(__ARM_FEATURE_DSP) || !defined(__thumb2__)
#error "this is code for Cortex-M with the DSP extension: compile it with -mcpu=cortex-m4 or the like"
#endif

#include "kernels/depthwise.h"

#include "kernels/cortexm_dsp/depthwise.h"
#include "kernels/cortexm_dsp/output_stage.h"

extern "C" {
using AddProductsFn = void (*)(const uint8_t* const* taps, const int16_t* weights, size_t channel, size_t steps,
                               const int32_t* from, int32_t* to, size_t end);
void ottava_depthwise_s8_cortexm_dsp(const uint8_t* const*, const int16_t*, size_t, size_t, const int32_t*, int32_t*,
                                     size_t);
void ottava_depthwise_u8_cortexm_dsp(const uint8_t* const*, const int16_t*, size_t, size_t, const int32_t*, int32_t*,
                                     size_t);
}

namespace ottava {
namespace {

constexpr size_t kChannels = 4;
constexpr size_t kStep = 3;         // taps
constexpr size_t kTapsAtOnce = 27;  // whole steps, that are gathered
constexpr size_t place_of(size_t channel) { return channel % 4 / 2 + channel % 2 * 2; }

constexpr size_t padded(size_t taps) { return (taps + kStep - 1) / kStep * kStep; }

// What a call has for all of its pixels.
struct Call {
  const DepthwiseArgs& args;
  size_t column;       // table rows from tap to tap
  size_t four_stride;  // of the weights of four channels
  size_t fours;        // channels
};

// Adds `count` taps, from `first` on, to the sums at `from`.
template <class Input, AddProductsFn kAddProducts>
void add_taps(const Call& call, const uint8_t** pixels, size_t first, size_t count, const int32_t* from, int32_t* acc) {
  const DepthwiseArgs& args = call.args;
  const size_t steps = (count + kStep - 1) / kStep;
  for (size_t i = count; i < steps * kStep; ++i) pixels[i] = pixels[0];  // its weight is zero
  const int16_t* const weights =
      static_cast<const int16_t*>(args.weights) + args.channel / kChannels * call.four_stride + first * kChannels;
  if (call.four_stride == steps * kStep * kChannels) {
    if (call.fours != 0) kAddProducts(pixels, weights, args.channel, steps, from, acc, args.channel + call.fours);
  } else {
    for (size_t c = 0; c < call.fours; c += kChannels) {
      kAddProducts(pixels, weights + c / kChannels * call.four_stride, args.channel + c, steps, from + c, acc + c,
                   args.channel + c + kChannels);
    }
  }
  for (size_t c = call.fours; c < args.channels; ++c) {
    const int16_t* weight = weights + c / kChannels * call.four_stride + place_of(c);
    uint32_t sum = static_cast<uint32_t>(from[c]);
    for (size_t i = 0; i < count; ++i, weight += kChannels) {
      sum += static_cast<uint32_t>(static_cast<Input>(pixels[i][args.channel + c]) * *weight);
    }
    acc[c] = static_cast<int32_t>(sum);
  }
}

// The pixel whose first tap `line` points at. The taps go from left to right and from top to bottom.
template <class Input, AddProductsFn kAddProducts>
OTTAVA_INLINE void run_pixel(const Call& call, const uint8_t* const* line, int32_t* acc) {
  const uint8_t* pixels[kTapsAtOnce];
  const uint8_t** to = pixels;
  size_t begin = 0;
  const int32_t* from = call.args.bias;
  for (size_t i = call.args.kernel_height; i > 0; --i, ++line) {
    const uint8_t* const* tap = line;
    for (size_t j = call.args.kernel_width; j > 0; --j, tap += call.column) {
      if (to == pixels + kTapsAtOnce) {
        add_taps<Input, kAddProducts>(call, pixels, begin, kTapsAtOnce, from, acc);
        from = acc;
        begin += kTapsAtOnce;
        to = pixels;
      }
      *to++ = *tap;
    }
  }
  add_taps<Input, kAddProducts>(call, pixels, begin, static_cast<size_t>(to - pixels), from, acc);
}

template <class Input, AddProductsFn kAddProducts>
OTTAVA_INLINE void run(const DepthwiseArgs* args) {
  const Call call = {*args, args->dilation_width * args->column_rows,
                     padded(args->kernel_height * args->kernel_width) * kChannels,
                     args->channels / kChannels * kChannels};
  for (size_t line = 0; line < args->lines; ++line) {
    const uint8_t* const* column = args->table + line * args->line_step;
    int32_t* acc = args->acc + line * args->acc_line_stride;
    for (size_t pixel = args->pixels; pixel > 0; --pixel) {
      run_pixel<Input, kAddProducts>(call, column, acc);
      column += args->stride_width * args->column_rows;
      acc += args->acc_stride;
    }
  }
}

}  // namespace

void run_depthwise_s8_cortexm_dsp(const DepthwiseArgs* args) { run<int8_t, ottava_depthwise_s8_cortexm_dsp>(args); }
void run_depthwise_u8_cortexm_dsp(const DepthwiseArgs* args) { run<uint8_t, ottava_depthwise_u8_cortexm_dsp>(args); }

size_t depthwise_bytes_cortexm_dsp(size_t taps, size_t channels) {
  return padded(taps) * ((channels + kChannels - 1) / kChannels * kChannels) * sizeof(int16_t);
}

void pack_depthwise_cortexm_dsp(const DepthwisePackArgs* args) {
  int16_t* to = static_cast<int16_t*>(args->to);
  for (size_t first = 0; first < args->channels; first += kChannels) {
    for (size_t tap = 0; tap < padded(args->taps); ++tap, to += kChannels) {
      for (size_t c = first; c < first + kChannels; ++c) {
        int32_t difference = 0;
        if (tap < args->taps && c < args->channels) {
          const uint8_t raw = args->from[static_cast<ptrdiff_t>(tap) * args->tap_stride +
                                         static_cast<ptrdiff_t>(c) * args->channel_stride];
          difference = (args->is_unsigned ? int32_t{raw} : int32_t{static_cast<int8_t>(raw)}) - args->zero_points[c];
        }
        to[place_of(c)] = static_cast<int16_t>(difference);
      }
    }
  }
}

extern const DepthwiseKernel depthwise_any_cortexm_dsp;
const DepthwiseKernel depthwise_any_cortexm_dsp = {
    "depthwise_any_cortexm_dsp",
    Isa::cortexm_dsp,
    0,
    0,
    0,
    0,
    1,
    1,
    false,
    depthwise_bytes_cortexm_dsp,
    pack_depthwise_cortexm_dsp,
    &cortexm_dsp_stages,
    {{run_depthwise_s8_cortexm_dsp, {}, 0}, {run_depthwise_u8_cortexm_dsp, {}, 0}}};

}  // namespace ottava
