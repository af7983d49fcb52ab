// Portable pooling: loops over channels that lie side by side, which compilers turn into vectors.
#include "kernels/pooling.h"

namespace ottava {
namespace {

constexpr size_t kChannels = 64;        // that are summed at once
constexpr size_t kMostShortTaps = 128;  // whose sum stays in int16

// Calls body(tap, i) for the taps of a pixel, i from 0 on.
template <class Body>
void for_each_tap(const PoolingArgs& args, size_t pixel, Body body) {
  const uint8_t* row = args.first + static_cast<ptrdiff_t>(pixel) * args.pixel_step;
  size_t count = 0;
  for (size_t i = 0; i < args.rows; ++i, row += args.row_step) {
    const uint8_t* tap = row;
    for (size_t j = 0; j < args.columns; ++j, tap += args.column_step) body(tap, count++);
  }
}

template <class Element>
Element bounded(int32_t value, const PoolingArgs& args) {
  const int32_t raised = value < args.clamp_min ? args.clamp_min : value;
  return static_cast<Element>(raised > args.clamp_max ? args.clamp_max : raised);
}

template <class Element>
void max(const PoolingArgs* given) {
  const PoolingArgs args = *given;  // a store of bytes may alias them
  for (size_t pixel = 0; pixel < args.pixels; ++pixel) {
    Element* __restrict__ to = reinterpret_cast<Element*>(args.dst + static_cast<ptrdiff_t>(pixel) * args.dst_step);
    for (size_t c = 0; c < args.channels; ++c) to[c] = static_cast<Element>(args.clamp_min);
    for_each_tap(args, pixel, [&](const uint8_t* tap, size_t) {
      const Element* __restrict__ from = reinterpret_cast<const Element*>(tap);
      for (size_t c = 0; c < args.channels; ++c) to[c] = from[c] > to[c] ? from[c] : to[c];
    });
    const Element high = static_cast<Element>(args.clamp_max);
    for (size_t c = 0; c < args.channels; ++c) to[c] = to[c] > high ? high : to[c];
  }
}

// Calls end(sums, pixel, first channel, channels) with the sums of some channels, started.
template <class Element, class End>
void sum_taps(const PoolingArgs& args, End end) {
  for (size_t pixel = 0; pixel < args.pixels; ++pixel) {
    for (size_t first = 0; first < args.channels; first += kChannels) {
      const size_t n = args.channels - first < kChannels ? args.channels - first : kChannels;
      int32_t sums[kChannels];
      int16_t part[kChannels] = {};
      for (size_t c = 0; c < n; ++c) sums[c] = args.start;
      const auto empty = [&] {
        for (size_t c = 0; c < n; ++c) sums[c] += part[c];
      };
      for_each_tap(args, pixel, [&](const uint8_t* tap, size_t i) {
        if (i % kMostShortTaps == 0) {
          empty();
          for (size_t c = 0; c < n; ++c) part[c] = 0;
        }
        const Element* from = reinterpret_cast<const Element*>(tap) + first;
        for (size_t c = 0; c < n; ++c) part[c] = static_cast<int16_t>(part[c] + from[c]);
      });
      empty();
      end(sums, pixel, first, n);
    }
  }
}

int32_t divided(int32_t sum, int32_t count) { return (sum + (sum < 0 ? -(count / 2) : count / 2)) / count; }

template <class Element>
void average(const PoolingArgs* given) {
  const PoolingArgs args = *given;
  const int32_t count = static_cast<int32_t>(args.rows * args.columns);
  const float reciprocal = 1.0f / static_cast<float>(count), added = static_cast<float>(count / 2) + 0.5f;
  sum_taps<Element>(args, [&](const int32_t* sums, size_t pixel, size_t first, size_t n) {
    Element* to = reinterpret_cast<Element*>(args.dst + static_cast<ptrdiff_t>(pixel) * args.dst_step) + first;
    if (args.rows * args.columns > kMostFloatTaps) {
      for (size_t c = 0; c < n; ++c) to[c] = bounded<Element>(divided(sums[c], count), args);
      return;
    }
    for (size_t c = 0; c < n; ++c) {
      const int32_t magnitude = sums[c] < 0 ? -sums[c] : sums[c];
      const int32_t quotient = static_cast<int32_t>((static_cast<float>(magnitude) + added) * reciprocal);
      to[c] = bounded<Element>(sums[c] < 0 ? -quotient : quotient, args);
    }
  });
}

template <class Element>
void sum(const PoolingArgs* given) {
  const PoolingArgs args = *given;
  sum_taps<Element>(args, [&](const int32_t* sums, size_t pixel, size_t first, size_t n) {
    int32_t* to = args.sums + pixel * args.sums_step + first;
    for (size_t c = 0; c < n; ++c) to[c] = sums[c];
  });
}

}  // namespace

extern const PoolingKernel pooling_portable = {
    "pooling_portable",
    Isa::portable,
    {{max<int8_t>, average<int8_t>, sum<int8_t>}, {max<uint8_t>, average<uint8_t>, sum<uint8_t>}}};

}  // namespace ottava
