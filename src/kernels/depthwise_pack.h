// What the packed weights of the depthwise kernels in vectors share: for each vector of channels so many slots, each a
// pair of s16 for every lane, differences from the zero points. The last vector of a layer overlaps the one before it:
// it ends with the last channel.
//
// Everything here is a template on types of the including file's anonymous namespace: files with different ISA flags
// share no code.
#ifndef OTTAVA_SRC_KERNELS_DEPTHWISE_PACK_H_
#define OTTAVA_SRC_KERNELS_DEPTHWISE_PACK_H_

#include "kernels/depthwise.h"

namespace ottava {

template <class V>
OTTAVA_INLINE size_t packed_slots_bytes(size_t slots, size_t channels) {
  return (channels + V::lanes - 1) / V::lanes * slots * V::bytes;
}

// slots(put) calls put(slot, first tap, second tap) for every slot; a tap that is none has weight zero.
template <class V, class Slots>
OTTAVA_INLINE void pack_slots(const DepthwisePackArgs& args, size_t count, Slots slots) {
  int16_t* to = static_cast<int16_t*>(args.to);
  const size_t last = args.channels - V::lanes;
  for (size_t next = 0; next < args.channels; next += V::lanes, to += count * V::lanes * 2) {
    const size_t first = next < last ? next : last;
    const auto difference = [&](size_t tap, size_t channel) -> int16_t {
      if (tap >= args.taps) return 0;
      const uint8_t weight = args.from[static_cast<ptrdiff_t>(tap) * args.tap_stride +
                                       static_cast<ptrdiff_t>(channel) * args.channel_stride];
      const int32_t value = args.is_unsigned ? int32_t{weight} : int32_t{static_cast<int8_t>(weight)};
      return static_cast<int16_t>(value - args.zero_points[channel]);
    };
    slots([&](size_t slot, size_t first_tap, size_t second_tap) {
      for (size_t lane = 0; lane < V::lanes; ++lane) {
        int16_t* const pair = to + (slot * V::lanes + V::place_of(lane)) * 2;
        pair[0] = difference(first_tap, first + lane);
        pair[1] = difference(second_tap, first + lane);
      }
    });
  }
}

// Calls body(channel of this call, weights) for each vector of channels of a call, of which there are a vector or more.
template <class V, class Body>
OTTAVA_INLINE void for_each_vector(const DepthwiseArgs& args, size_t slots, Body body) {
  const size_t vector_bytes = slots * V::bytes;
  const uint8_t* weights = static_cast<const uint8_t*>(args.weights) + args.channel / V::lanes * vector_bytes;
  const size_t last = args.channels - V::lanes;
  for (size_t channel = 0; channel < args.channels; channel += V::lanes, weights += vector_bytes) {
    body(channel < last ? channel : last, weights);
  }
}

}  // namespace ottava

#endif  // OTTAVA_SRC_KERNELS_DEPTHWISE_PACK_H_
