// The pooling kernels over vectors of channels, written once over the vector operations P of an instruction set: those
// of output/vector_stage.h and, over vectors B of `bytes` elements of 8 bits, four times as many as an I has lanes,
//   load_bytes(from) -> B, store_bytes(to, B)
//   load_ends(from, n) -> B, store_ends(to, n, B)    n < bytes elements: the first p and then the last p of them, p the
//                                           largest power of two within n; what a B has beyond 2 * p may be anything
//   broadcast_byte(uint8_t) -> B
//   max_bytes<kUnsigned>, min_bytes<kUnsigned>(B, B)
//   Sums                                    lanes of 16 bits, one for each element of a B
//     no_sums()
//     add_one<kUnsigned>(Sums, B), add_two<kUnsigned>(Sums, B, B) -> Sums
//     add_wide(I (&)[4], Sums)              adds them to sums of 32 bits, in any order
//     store_sums(int32_t*, const I (&)[4])  these in the order of the channels
//     narrow<kUnsigned>(const I (&)[4]) -> B    of numbers that the elements hold, from that order
//   truncate(F) -> I
// Read pool_pixels first.
//
// Everything here is a template on P, which that file keeps in an anonymous namespace: no code is shared between files
// with different ISA flags.
#ifndef OTTAVA_SRC_KERNELS_POOLING_VECTORS_H_
#define OTTAVA_SRC_KERNELS_POOLING_VECTORS_H_

#include "kernels/pooling.h"

namespace ottava {

// load_ends and store_ends of fewer than 8 elements, the lowest byte first.
OTTAVA_INLINE uint64_t load_ends_of_word(const uint8_t* from, size_t n) {
  if (n == 1) return from[0] * 0x101u;
  uint32_t first = 0, last = 0;
  const size_t half = n >= 4 ? 4 : 2;
  if (half == 4) {
    __builtin_memcpy(&first, from, 4);
    __builtin_memcpy(&last, from + n - 4, 4);
  } else {
    __builtin_memcpy(&first, from, 2);
    __builtin_memcpy(&last, from + n - 2, 2);
  }
  return first | uint64_t{last} << (8 * half);
}
OTTAVA_INLINE void store_ends_of_word(uint8_t* to, size_t n, uint64_t word) {
  const uint64_t last = word >> (n >= 4 ? 32 : 16);
  if (n >= 4) {
    __builtin_memcpy(to, &word, 4);
    __builtin_memcpy(to + n - 4, &last, 4);
  } else if (n >= 2) {
    __builtin_memcpy(to, &word, 2);
    __builtin_memcpy(to + n - 2, &last, 2);
  } else {
    to[0] = static_cast<uint8_t>(word);
  }
}

// How a vector meets memory: all of it, or fewer channels.
template <class P>
struct WholeVector {
  static OTTAVA_INLINE typename P::B load(const uint8_t* from) { return P::load_bytes(from); }
  static OTTAVA_INLINE void store(uint8_t* to, typename P::B x) { P::store_bytes(to, x); }
  static OTTAVA_INLINE void store_sums(int32_t* to, const typename P::I (&sums)[4]) { P::store_sums(to, sums); }
};
template <class P>
struct VectorEnds {
  size_t n;

  OTTAVA_INLINE typename P::B load(const uint8_t* from) const { return P::load_ends(from, n); }
  OTTAVA_INLINE void store(uint8_t* to, typename P::B x) const { P::store_ends(to, n, x); }
  OTTAVA_INLINE void store_sums(int32_t* to, const typename P::I (&sums)[4]) const {
    int32_t ends[P::bytes];
    P::store_sums(ends, sums);
    size_t p = 1;
    while (2 * p <= n) p *= 2;
    for (size_t i = 0; i < p; ++i) to[i] = ends[i];
    for (size_t i = 0; i < p; ++i) to[n - p + i] = ends[p + i];
  }
};

// So many sums of 8-bit elements stay in int16.
constexpr size_t kMostShortTaps = 128;

// The sums of a block of channels, started.
template <class P, bool kUnsigned, size_t W, class Memory>
OTTAVA_INLINE void sum_taps(const PoolingArgs& args, const uint8_t* first, Memory memory, typename P::I (&sums)[W][4]) {
  typename P::Sums part[W];
  size_t taken = 0;
  for (size_t w = 0; w < W; ++w) {
    part[w] = P::no_sums();
    for (auto& sum : sums[w]) sum = P::broadcast(args.start);
  }
  const auto at = [&](const uint8_t* tap, size_t w) OTTAVA_INLINE_LAMBDA { return memory.load(tap + w * P::bytes); };
  const uint8_t* row = first;
  for (size_t i = 0; i < args.rows; ++i, row += args.row_step) {
    const uint8_t* tap = row;
    for (size_t left = args.columns; left != 0;) {
      const size_t count = left < kMostShortTaps ? left : kMostShortTaps;
      left -= count;
      taken += count;
      if (taken > kMostShortTaps) {
        for (size_t w = 0; w < W; ++w) {
          P::add_wide(sums[w], part[w]);
          part[w] = P::no_sums();
        }
        taken = count;
      }
      for (size_t pair = count / 2; pair != 0; --pair, tap += 2 * args.column_step) {
        const uint8_t* const next = tap + args.column_step;
        for (size_t w = 0; w < W; ++w) part[w] = P::template add_two<kUnsigned>(part[w], at(tap, w), at(next, w));
      }
      if (count % 2 == 0) continue;
      for (size_t w = 0; w < W; ++w) part[w] = P::template add_one<kUnsigned>(part[w], at(tap, w));
      tap += args.column_step;
    }
  }
  for (size_t w = 0; w < W; ++w) P::add_wide(sums[w], part[w]);
}

// What is made of a block of channels of a pixel, from `channel` on: Max, Average and Sum.
template <class P, bool kUnsigned>
struct Max {
  const PoolingArgs& args;
  typename P::B low, high;

  OTTAVA_INLINE explicit Max(const PoolingArgs& a)
      : args(a),
        low(P::broadcast_byte(static_cast<uint8_t>(a.clamp_min))),
        high(P::broadcast_byte(static_cast<uint8_t>(a.clamp_max))) {}
  template <size_t W, class Memory>
  OTTAVA_INLINE void run(size_t pixel, size_t channel, Memory memory) const {
    typename P::B most[W];
    for (auto& x : most) x = low;
    const uint8_t* row = args.first + static_cast<ptrdiff_t>(pixel) * args.pixel_step + channel;
    for (size_t i = 0; i < args.rows; ++i, row += args.row_step) {
      const uint8_t* tap = row;
      for (size_t j = 0; j < args.columns; ++j, tap += args.column_step) {
        for (size_t w = 0; w < W; ++w) {
          most[w] = P::template max_bytes<kUnsigned>(most[w], memory.load(tap + w * P::bytes));
        }
      }
    }
    uint8_t* const to = args.dst + static_cast<ptrdiff_t>(pixel) * args.dst_step + channel;
    for (size_t w = 0; w < W; ++w) memory.store(to + w * P::bytes, P::template min_bytes<kUnsigned>(most[w], high));
  }
};

template <class P, bool kUnsigned>
struct Average {
  const PoolingArgs& args;
  typename P::B low, high;
  typename P::F half_and_half, reciprocal;
  typename P::I half, count, most_rest, thirty_one;
  bool is_exact;

  OTTAVA_INLINE explicit Average(const PoolingArgs& a)
      : args(a),
        low(P::broadcast_byte(static_cast<uint8_t>(a.clamp_min))),
        high(P::broadcast_byte(static_cast<uint8_t>(a.clamp_max))) {
    const int32_t taps = static_cast<int32_t>(args.rows * args.columns);
    half_and_half = P::broadcast_f32(static_cast<float>(taps / 2) + 0.5f);
    reciprocal = P::broadcast_f32(1.0f / static_cast<float>(taps));
    half = P::broadcast(taps / 2);
    count = P::broadcast(taps);
    most_rest = P::broadcast(taps - 1);
    thirty_one = P::broadcast(31);
    is_exact = args.rows * args.columns <= kMostFloatTaps;
  }
  OTTAVA_INLINE typename P::I divided(typename P::I sum) const {
    const auto magnitude = P::absolute(sum);
    auto quotient = P::truncate(P::multiply_f32(P::add_f32(P::to_f32(magnitude), half_and_half), reciprocal));
    if (!is_exact) {  // by the rest, which is negative or no rest where the quotient is wrong
      const auto rest = P::subtract(P::add(magnitude, half), P::multiply(quotient, count));
      quotient = P::add(quotient, P::shift_right(rest, thirty_one));
      quotient = P::subtract(quotient, P::shift_right(P::subtract(most_rest, rest), thirty_one));
    }
    return P::with_sign_of(sum, quotient);
  }
  template <size_t W, class Memory>
  OTTAVA_INLINE void run(size_t pixel, size_t channel, Memory memory) const {
    typename P::I sums[W][4];
    sum_taps<P, kUnsigned>(args, args.first + static_cast<ptrdiff_t>(pixel) * args.pixel_step + channel, memory, sums);
    uint8_t* const to = args.dst + static_cast<ptrdiff_t>(pixel) * args.dst_step + channel;
    for (size_t w = 0; w < W; ++w) {
      for (auto& sum : sums[w]) sum = divided(sum);
      const auto raised = P::template max_bytes<kUnsigned>(P::template narrow<kUnsigned>(sums[w]), low);
      memory.store(to + w * P::bytes, P::template min_bytes<kUnsigned>(raised, high));
    }
  }
};

template <class P, bool kUnsigned>
struct Sum {
  const PoolingArgs& args;

  OTTAVA_INLINE explicit Sum(const PoolingArgs& a) : args(a) {}
  template <size_t W, class Memory>
  OTTAVA_INLINE void run(size_t pixel, size_t channel, Memory memory) const {
    typename P::I sums[W][4];
    sum_taps<P, kUnsigned>(args, args.first + static_cast<ptrdiff_t>(pixel) * args.pixel_step + channel, memory, sums);
    int32_t* const to = args.sums + pixel * args.sums_step + channel;
    for (size_t w = 0; w < W; ++w) memory.store_sums(to + w * P::bytes, sums[w]);
  }
};

// Four vectors of channels at once: neighbours in lines of the cache, whose taps may drive each other out of it. The
// last vector of many channels has channels of the one before it once more. The arguments are copied, as a store of
// bytes may alias those of the caller.
template <class P, template <class, bool> class Pooled, bool kUnsigned>
void pool_pixels(const PoolingArgs* given) {
  const PoolingArgs args = *given;
  const Pooled<P, kUnsigned> pooled(args);
  const size_t channels = args.channels;
  for (size_t pixel = 0; pixel < args.pixels; ++pixel) {
    if (channels < P::bytes) {
      pooled.template run<1>(pixel, 0, VectorEnds<P>{channels});
      continue;
    }
    size_t c = 0;
    for (; channels - c >= 4 * P::bytes; c += 4 * P::bytes) pooled.template run<4>(pixel, c, WholeVector<P>());
    if (channels - c >= 2 * P::bytes) {
      pooled.template run<2>(pixel, c, WholeVector<P>());
      c += 2 * P::bytes;
    }
    for (; c < channels; c += P::bytes) {
      if (channels - c < P::bytes) c = channels - P::bytes;
      pooled.template run<1>(pixel, c, WholeVector<P>());
    }
  }
}

template <class P>
constexpr PoolingKernel pooling_kernel(const char* name, Isa isa) {
  return {name,
          isa,
          {{pool_pixels<P, Max, false>, pool_pixels<P, Average, false>, pool_pixels<P, Sum, false>},
           {pool_pixels<P, Max, true>, pool_pixels<P, Average, true>, pool_pixels<P, Sum, true>}}};
}

}  // namespace ottava

#endif  // OTTAVA_SRC_KERNELS_POOLING_VECTORS_H_
