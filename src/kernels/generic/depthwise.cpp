// Portable depthwise kernel for any window, one output at a time: a group of channels is summed in registers over all
// taps. Any CPU; behind the kernels that know their window.
//
// Packed weights: s16 differences from the zero point, so that zero points cost nothing; [tap][channel], the channels
// padded with zeros to whole groups.
#include "kernels/depthwise.h"
#include "kernels/generic/tile.h"
#include "kernels/unroll.h"

namespace ottava {
namespace {

// Channels that are summed together: with the pointers they fit the registers of a 32-bit Arm, or make vectors.
constexpr size_t kGroup = OTTAVA_GENERIC_VECTORS ? kDepthwiseChannels : 4;

constexpr size_t padded(size_t channels) {
  return (channels + kDepthwiseChannels - 1) / kDepthwiseChannels * kDepthwiseChannels;
}

size_t packed_bytes(size_t taps, size_t channels) { return taps * padded(channels) * sizeof(int16_t); }

void pack(const DepthwisePackArgs* args) {
  int16_t* to = static_cast<int16_t*>(args->to);
  for (size_t tap = 0; tap < args->taps; ++tap) {
    const uint8_t* from = args->from + static_cast<ptrdiff_t>(tap) * args->tap_stride;
    for (size_t c = 0; c < padded(args->channels); ++c, from += args->channel_stride) {
      int32_t difference = 0;
      if (c < args->channels) {
        difference = (args->is_unsigned ? int32_t{*from} : int32_t{static_cast<int8_t>(*from)}) - args->zero_points[c];
      }
      *to++ = static_cast<int16_t>(difference);
    }
  }
}

// The group of channels from c on of one output, whose first tap column[0] points at.
template <class Input, size_t kCount>
OTTAVA_INLINE void sum_group(const DepthwiseArgs& args, const uint8_t* const* column, size_t c, int32_t* acc) {
  uint32_t sums[kCount];
  unroll<kCount>([&](auto k) OTTAVA_INLINE_LAMBDA { sums[k] = static_cast<uint32_t>(args.bias[c + k]); });
  const size_t stride = padded(args.layer_channels);
  const int16_t* weights = static_cast<const int16_t*>(args.weights) + args.channel + c;
  for (size_t i = 0; i < args.kernel_height; ++i) {
    const uint8_t* const* pixel = column + i;
    for (size_t j = 0; j < args.kernel_width; ++j, weights += stride) {
      const Input* from = reinterpret_cast<const Input*>(*pixel) + args.channel + c;
      unroll<kCount>([&](auto k) OTTAVA_INLINE_LAMBDA { sums[k] += static_cast<uint32_t>(from[k] * weights[k]); });
      pixel += args.dilation_width * args.column_rows;
    }
  }
  unroll<kCount>([&](auto k) OTTAVA_INLINE_LAMBDA { acc[c + k] = static_cast<int32_t>(sums[k]); });
}

template <class Input>
void run(const DepthwiseArgs* args) {
  for (size_t line = 0; line < args->lines; ++line) {
    const uint8_t* const* column = args->table + line * args->line_step;
    int32_t* acc = args->acc + line * args->acc_line_stride;
    for (size_t pixel = 0; pixel < args->pixels; ++pixel) {
      size_t c = 0;
      for (; c + kGroup <= args->channels; c += kGroup) sum_group<Input, kGroup>(*args, column, c, acc);
      for (; c < args->channels; ++c) sum_group<Input, 1>(*args, column, c, acc);
      column += args->stride_width * args->column_rows;
      acc += args->acc_stride;
    }
  }
}

}  // namespace

extern const DepthwiseKernel depthwise_any_portable;
const DepthwiseKernel depthwise_any_portable = {"depthwise_any_portable",
                                                Isa::portable,
                                                0,
                                                0,
                                                0,
                                                0,
                                                1,
                                                1,
                                                false,
                                                packed_bytes,
                                                pack,
                                                &portable_stages,
                                                {{run<int8_t>, {}, 0}, {run<uint8_t>, {}, 0}}};

}  // namespace ottava
