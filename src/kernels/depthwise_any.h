// The depthwise kernel for any window, over the vector operations V that depthwise_pairs.h describes: pixel by pixel,
// the taps of a window in pairs, one after the other. The pointers of a pixel's taps are gathered once for all its
// channels.
//
// Everything here is a template on types of the including file's anonymous namespace: files with different ISA flags
// share no code.
#ifndef OTTAVA_SRC_KERNELS_DEPTHWISE_ANY_H_
#define OTTAVA_SRC_KERNELS_DEPTHWISE_ANY_H_

#include "kernels/depthwise_pack.h"

namespace ottava {

constexpr size_t pairs_of(size_t taps) { return (taps + 1) / 2; }

template <class V>
size_t packed_any_bytes(size_t taps, size_t channels) {
  return packed_slots_bytes<V>(pairs_of(taps), channels);
}

template <class V>
void pack_any(const DepthwisePackArgs* args) {
  const size_t pairs = pairs_of(args->taps);
  pack_slots<V>(*args, pairs, [&](auto put) {
    for (size_t pair = 0; pair < pairs; ++pair) put(pair, 2 * pair, 2 * pair + 1);
  });
}

// The taps of a pixel, from left to right and from top to bottom.
struct TapWalk {
  const uint8_t* const* line;
  const uint8_t* const* tap;
  size_t columns;  // left in this line
  size_t width, step;

  OTTAVA_INLINE TapWalk(const DepthwiseArgs& args, const uint8_t* const* first)
      : line(first),
        tap(first),
        columns(args.kernel_width),
        width(args.kernel_width),
        step(args.dilation_width * args.column_rows) {}
  OTTAVA_INLINE const uint8_t* next() {
    const uint8_t* const pixel = *tap;
    tap += step;
    if (--columns == 0) {
      columns = width;
      tap = ++line;
    }
    return pixel;
  }
};

// Windows of more taps are walked in parts, the sums going through memory. Between the parts those of each vector have
// a place of their own, as the last vector has channels of the one before it.
constexpr size_t kTapsAtOnce = 64;

template <class V>
OTTAVA_INLINE void run_pixel(const DepthwiseArgs& args, const uint8_t* const* first, int32_t* acc) {
  const size_t taps = args.kernel_height * args.kernel_width;
  TapWalk walk(args, first);
  for (size_t begin = 0; begin < taps; begin += kTapsAtOnce) {
    const size_t count = taps - begin < kTapsAtOnce ? taps - begin : kTapsAtOnce;
    const uint8_t* pixels[kTapsAtOnce];
    for (size_t tap = 0; tap < count; ++tap) pixels[tap] = walk.next() + args.channel;
    if (count % 2 != 0) pixels[count] = pixels[count - 1];  // its weight is zero
    const bool ends = taps - begin <= kTapsAtOnce;
    size_t place = 0;
    for_each_vector<V>(args, pairs_of(taps), [&](size_t channel, const uint8_t* weights) OTTAVA_INLINE_LAMBDA {
      weights += begin / 2 * V::bytes;
      auto sum = V::load(begin == 0 ? args.bias + channel : acc + place);
      for (size_t tap = 0; tap < count; tap += 2, weights += V::bytes) {
        const auto inputs = V::pair(V::load_bytes(pixels[tap] + channel), V::load_bytes(pixels[tap + 1] + channel));
        sum = V::add_products(sum, inputs, V::load(weights));
      }
      V::store_32(acc + (ends ? channel : place), sum);
      place += V::lanes;
    });
  }
}

template <class V>
void run_any(const DepthwiseArgs* args) {
  for (size_t pixel = 0; pixel < args->pixels; ++pixel) {
    run_pixel<V>(*args, args->table + pixel * args->stride_width * args->column_rows,
                 args->acc + pixel * args->acc_stride);
  }
}

// V<Input>: of s8 and of u8.
template <template <class> class V>
constexpr DepthwiseKernel any_kernel(const char* name, Isa isa) {
  using S8 = V<int8_t>;
  return {name,
          isa,
          0,
          0,
          0,
          0,
          1,
          uint16_t{S8::lanes},
          false,
          packed_any_bytes<S8>,
          pack_any<S8>,
          S8::stages,
          {{run_any<S8>, {}, 0}, {run_any<V<uint8_t>>, {}, 0}}};
}

}  // namespace ottava

#endif  // OTTAVA_SRC_KERNELS_DEPTHWISE_ANY_H_
