// The frame of the depthwise kernels of both Arm architectures: packed weights, and the walk over the channels of a
// call, which hands a Window some of them at a time. Read for_each_pass first.
//
// In an anonymous namespace: files with different ISA flags share no code.
#ifndef OTTAVA_SRC_KERNELS_ARM_NEON_DEPTHWISE_FRAME_H_
#define OTTAVA_SRC_KERNELS_ARM_NEON_DEPTHWISE_FRAME_H_

#include "kernels/arm_neon/depthwise_ends.h"
#include "kernels/arm_neon/depthwise_products.h"

namespace ottava {
namespace {

// Weights lie in blocks of kDepthwiseChannels channels, tap after tap. The channels that are left are filled up with
// zeros, and one block more begins with the last eight channels of the layer: a vector that ends where they end may
// begin anywhere.
constexpr size_t kMinChannels = 8;
inline size_t blocks_of(size_t channels) { return (channels + kDepthwiseChannels - 1) / kDepthwiseChannels; }

template <class Weight>
size_t packed_depthwise_bytes(size_t taps, size_t channels) {
  return (blocks_of(channels) + 1) * taps * kDepthwiseChannels * sizeof(Weight);
}

inline int32_t difference(const DepthwisePackArgs& args, size_t tap, size_t channel) {
  if (channel >= args.channels) return 0;
  const uint8_t raw =
      args.from[static_cast<ptrdiff_t>(tap) * args.tap_stride + static_cast<ptrdiff_t>(channel) * args.channel_stride];
  return (args.is_unsigned ? int32_t{raw} : int32_t{static_cast<int8_t>(raw)}) - args.zero_points[channel];
}
// The first channel of a block.
inline size_t first_of_block(size_t block, size_t channels) {
  const bool overlaps = block == blocks_of(channels);
  return overlaps ? channels - kMinChannels : block * kDepthwiseChannels;
}

template <class Weight>
void pack_depthwise(const DepthwisePackArgs* args) {
  auto* to = static_cast<Weight*>(args->to);
  for (size_t block = 0; block <= blocks_of(args->channels); ++block) {
    const size_t first = first_of_block(block, args->channels);
    for (size_t tap = 0; tap < args->taps; ++tap) {
      for (size_t i = 0; i < kDepthwiseChannels; ++i) *to++ = static_cast<Weight>(difference(*args, tap, first + i));
    }
  }
}

// Some channels of a call.
struct Pass {
  size_t first;         // of the channels of the call
  size_t channel;       // the same of a pixel
  const void* weights;  // of that channel and the first tap
  const int32_t* bias;
};

// The next column, in the one register: GCC would keep a pointer for each place that uses it.
OTTAVA_INLINE void advance_column(const uint8_t* const*& column, size_t column_rows) {
  column += column_rows;
  asm("" : "+r"(column));
}

// Weights in that layout, of the tap `tap`.
template <class P>
OTTAVA_INLINE typename P::W weights_of(const typename P::Weight* weights, size_t tap) {
  return P::load_weights(weights + tap * kDepthwiseChannels);
}
template <class P, size_t kPixels>
OTTAVA_INLINE void begin_sums(const Pass& pass, int32x4_t (&sums)[kPixels][P::channels / 4]) {
  unroll<P::channels / 4>([&](auto v) OTTAVA_INLINE_LAMBDA {
    const int32x4_t bias = vld1q_s32(pass.bias + 4 * v);
    unroll<kPixels>([&](auto p) OTTAVA_INLINE_LAMBDA { sums[p][v] = bias; });
  });
}

// What a Window is given of a call: its channels from `first` on, or the last ones of the layer.
template <class P>
OTTAVA_INLINE Pass pass_of(const DepthwiseArgs& args, size_t first, bool overlapping) {
  const size_t channel = args.channel + first;
  const size_t block = overlapping ? blocks_of(args.layer_channels) : channel / kDepthwiseChannels;
  const size_t within = overlapping ? 0 : channel % kDepthwiseChannels;
  const size_t block_size = args.kernel_height * args.kernel_width * kDepthwiseChannels;
  return {first, channel, static_cast<const typename P::Weight*>(args.weights) + block * block_size + within,
          args.bias + first};
}

// Calls body(P{}, pass) for all channels of a call, no fewer than kMinChannels: as many as P takes at a time, with P8
// those that are fewer, and the last ones of them again if they do not fill a vector.
template <class P, class P8, class Body>
OTTAVA_INLINE void for_each_pass(const DepthwiseArgs& args, Body body) {
  const size_t channels = args.channels;
  size_t first = 0;
  if constexpr (P::channels > P8::channels) {
    for (; first + P::channels <= channels; first += P::channels) body(P{}, pass_of<P>(args, first, false));
  }
  for (; first < channels; first += P8::channels) {
    const bool overlapping = first + P8::channels > channels;
    if (overlapping) first = channels - P8::channels;
    body(P8{}, pass_of<P8>(args, first, overlapping));
  }
}

// Window::run<P, P8>(args, stage): everything, to acc where there is no stage.
template <class Window, class P, class P8>
void run_to_acc(const DepthwiseArgs* args) {
  Window::template run<P, P8>(*args, nullptr);
}
template <class Window, class P, class P8>
void run_fused(const DepthwiseArgs* args, const StageArgs* stage) {
  Window::template run<P, P8>(*args, stage);
}

// The functions of a kernel for one sign of the input.
template <class Window, class P, class P8 = P>
constexpr DepthwiseKernel::Entry depthwise_entry() {
  DepthwiseKernel::Entry entry = {};
  entry.run = run_to_acc<Window, P, P8>;
#if defined(__aarch64__)
  entry.fused[static_cast<size_t>(Stage::float_nearest_even)] = run_fused<Window, P, P8>;
#endif
  entry.zero_shift = P::zero_shift;
  return entry;
}

using DepthwisePackFn = void (*)(const DepthwisePackArgs*);

// A kernel of windows of size x size, 0 for any.
template <class P>
constexpr DepthwiseKernel depthwise_kernel(const char* name, Isa isa, const StageTable& stages, uint16_t size,
                                           uint16_t stride, DepthwiseKernel::Entry s8, DepthwiseKernel::Entry u8,
                                           DepthwisePackFn pack = pack_depthwise<typename P::Weight>,
                                           bool needs_narrow_weights = sizeof(typename P::Weight) == 1) {
  using Weight = typename P::Weight;
  DepthwiseKernel kernel = {};
  kernel.name = name;
  kernel.isa = isa;
  kernel.kernel_height = kernel.kernel_width = size;
  kernel.stride_height = kernel.stride_width = stride;
  kernel.lines = size == 0 ? 1 : 2;
  kernel.min_channels = kMinChannels;
  kernel.needs_narrow_weights = needs_narrow_weights;
  kernel.packed_bytes = packed_depthwise_bytes<Weight>;
  kernel.pack = pack;
  kernel.stages = &stages;
  kernel.by_sign[0] = s8;
  kernel.by_sign[1] = u8;
  return kernel;
}

}  // namespace
}  // namespace ottava

#endif  // OTTAVA_SRC_KERNELS_ARM_NEON_DEPTHWISE_FRAME_H_
