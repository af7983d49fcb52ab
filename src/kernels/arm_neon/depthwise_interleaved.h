// Windows of stride 1 for narrow weights, of AArch64: the bytes of two neighbouring taps are interleaved, channel by
// channel, and so are their weights. Two such pairs are multiplied and summed in 16 bits, and SADALP, which adds
// neighbours, brings all four products into the sums: half the instructions that widening two products takes, for one
// to interleave, whose result several outputs use.
//
// In an anonymous namespace: files with different ISA flags share no code.
#ifndef OTTAVA_SRC_KERNELS_ARM_NEON_DEPTHWISE_INTERLEAVED_H_
#define OTTAVA_SRC_KERNELS_ARM_NEON_DEPTHWISE_INTERLEAVED_H_

#include "kernels/arm_neon/depthwise_windows.h"

namespace ottava {
namespace {

// Two bytes: one weight of each tap of a pair. A tap that has no partner stands with another one of its kind.
struct WeightPair {
  int8_t weights[2];
};

template <bool kUnsigned, size_t kChannels>
struct Interleaved : Narrow<kUnsigned> {
  static constexpr size_t channels = kChannels;
  static constexpr size_t halves = kChannels / 8;  // a vector of pairs has 8 channels
  using Weight = WeightPair;
  using X = int8x16_t;  // the channels of one pixel; or of 8 channels, and zeros

  static OTTAVA_INLINE X load(const uint8_t* from) {
    const uint8x16_t x = kChannels == 16 ? vld1q_u8(from) : vcombine_u8(vld1_u8(from), vdup_n_u8(0));
    return vreinterpretq_s8_u8(kUnsigned ? veorq_u8(x, vdupq_n_u8(0x80)) : x);
  }
  static OTTAVA_INLINE void interleave(X a, X b, int8x16_t (&pairs)[halves]) {
    pairs[0] = vzip1q_s8(a, b);
    if constexpr (halves == 2) pairs[1] = vzip2q_s8(a, b);
  }
  // Two pairs of taps. Products alternate, so that none waits for the one before it.
  static OTTAVA_INLINE void add_four(int32x4_t* sums, const int8x16_t* a, const int8x16_t* v, const int8x16_t* b,
                                     const int8x16_t* w) {
    int16x8_t products[2 * halves];
    unroll<halves>([&](auto h) OTTAVA_INLINE_LAMBDA {
      products[2 * h] = vmull_s8(vget_low_s8(a[h]), vget_low_s8(v[h]));
      products[2 * h + 1] = vmull_high_s8(a[h], v[h]);
    });
    unroll<halves>([&](auto h) OTTAVA_INLINE_LAMBDA {
      products[2 * h] = vmlal_s8(products[2 * h], vget_low_s8(b[h]), vget_low_s8(w[h]));
      products[2 * h + 1] = vmlal_high_s8(products[2 * h + 1], b[h], w[h]);
    });
    unroll<2 * halves>([&](auto i) OTTAVA_INLINE_LAMBDA { sums[i] = vpadalq_s16(sums[i], products[i]); });
  }
};

inline int8_t* put_pairs(const DepthwisePackArgs& args, size_t first, size_t a, size_t b, int8_t* to) {
  for (size_t i = 0; i < kDepthwiseChannels; ++i) {
    *to++ = static_cast<int8_t>(difference(args, a, first + i));
    *to++ = static_cast<int8_t>(difference(args, b, first + i));
  }
  return to;
}
inline int8_t* put_channels(const DepthwisePackArgs& args, size_t first, size_t tap, size_t count, int8_t* to) {
  for (size_t i = 0; i < count; ++i) *to++ = static_cast<int8_t>(difference(args, tap, first + i));
  return to;
}

// put(first, to): a block.
template <class Put>
OTTAVA_INLINE void pack_interleaved(const DepthwisePackArgs& args, Put put) {
  int8_t* to = static_cast<int8_t*>(args.to);
  for (size_t block = 0; block <= blocks_of(args.channels); ++block) {
    to = put(first_of_block(block, args.channels), to);
  }
}

// 3 x 3, a line or two. Of a column the two rows that both lines use are a pair; the row above belongs to the first
// line and the row below to the second one, there the left column and the middle one are a pair, and the right one is
// alone.
struct Interleaved3x3 {
  // Of a block, for each line: the pairs of the three columns, that of the outer row. Then, for 8 channels and the next
  // ones, those of the taps that are alone.
  static constexpr size_t kRecord = kDepthwiseChannels;  // of WeightPair
  static void pack(const DepthwisePackArgs* args) {
    pack_interleaved(*args, [&](size_t first, int8_t* to) {
      for (size_t line = 0; line < 2; ++line) {
        for (size_t column = 0; column < 3; ++column) {
          to = put_pairs(*args, first, 3 * (1 - line) + column, 3 * (2 - line) + column, to);
        }
        to = put_pairs(*args, first, 6 * line, 6 * line + 1, to);
      }
      for (size_t half = 0; half < 2; ++half) {
        to = put_channels(*args, first + 8 * half, 2, 8, to);
        to = put_channels(*args, first + 8 * half, 8, 8, to);
      }
      return to;
    });
  }

  template <class P, class P8>
  static void run(const DepthwiseArgs& args, const StageArgs* stage) {
    if (stage == nullptr) return run_to<P, ToAcc<2>>(args, stage);
    if (needs_no_bounds(*stage)) return run_to<P, ToDst<2, true>>(args, stage);
    run_to<P, ToDst<2, false>>(args, stage);
  }

 private:
  struct Column {
    int8x16_t outer[2];  // of the first line and of the second one
    int8x16_t inner[1];
  };
  struct Line {
    int8x16_t columns[3], outer;
    int8x8_t alone;
  };
  // So that GCC keeps no copy of the lower half from one pixel to the next.
  static OTTAVA_INLINE void renew(int8x16_t& x) { asm("" : "+w"(x)); }

  template <class P, class End>
  static void run_to(const DepthwiseArgs& args, const StageArgs* stage) {
    if (args.lines == 2) {
      passes<P, 2, End>(args, stage);
    } else {
      passes<P, 1, End>(args, stage);
    }
  }
  template <class P, size_t kLines, class End>
  static __attribute__((noinline)) void passes(const DepthwiseArgs& args, const StageArgs* stage) {
    const typename End::Bounds bounds(stage);
    for_each_pass<P, P>(args, [&](auto, const Pass& pass) OTTAVA_INLINE_LAMBDA {
      lines<P, kLines>(args, pass, End(args, stage, bounds, pass.first));
    });
  }

  template <size_t kLines>
  static OTTAVA_INLINE void load_lines(const WeightPair* from, Line (&lines)[kLines]) {
    const auto pairs = [from](size_t record) OTTAVA_INLINE_LAMBDA {
      return vld1q_s8(reinterpret_cast<const int8_t*>(from + record * kRecord));
    };
    unroll<kLines>([&](auto l) OTTAVA_INLINE_LAMBDA {
      unroll<3>([&](auto column) OTTAVA_INLINE_LAMBDA { lines[l].columns[column] = pairs(4 * l + column); });
      lines[l].outer = pairs(4 * l + 3);
      lines[l].alone = vld1_s8(reinterpret_cast<const int8_t*>(from + 8 * kRecord + 4 * l));
    });
  }

  template <class P, size_t kLines, class End>
  static OTTAVA_INLINE void lines(const DepthwiseArgs& args, const Pass& pass, End end) {
    Line weights[kLines];
    load_lines(static_cast<const WeightPair*>(pass.weights), weights);
    int32x4_t bias[1][2];
    begin_sums<P>(pass, bias);
    const uint8_t* const* column = args.table;
    const size_t column_rows = args.column_rows;
    const size_t channel = pass.channel;
    Column x[3];
    const auto load_column = [&](Column* to) OTTAVA_INLINE_LAMBDA {
      const auto row = [&](size_t i) OTTAVA_INLINE_LAMBDA { return P::load(column[i] + channel); };
      to->outer[0] = row(0);
      P::interleave(row(1), row(2), to->inner);
      if constexpr (kLines == 2) to->outer[1] = row(3);
      advance_column(column, column_rows);
    };
    const auto pixel = [&](Column& left, Column& middle, Column& right) OTTAVA_INLINE_LAMBDA {
      int32x4_t sums[kLines][2];
      int8x16_t outer[kLines][1];
      int16x8_t alone[kLines];
      unroll<kLines>([&](auto l) OTTAVA_INLINE_LAMBDA {
        alone[l] = vmull_s8(vget_low_s8(right.outer[l]), weights[l].alone);
        P::interleave(left.outer[l], middle.outer[l], outer[l]);
        unroll<3>([&](auto c) OTTAVA_INLINE_LAMBDA { renew(weights[l].columns[c]); });
        renew(weights[l].outer);
      });
      renew(left.inner[0]);
      renew(middle.inner[0]);
      renew(right.inner[0]);
      unroll<kLines>([&](auto l) OTTAVA_INLINE_LAMBDA {
        sums[l][0] = vaddw_s16(bias[0][0], vget_low_s16(alone[l]));
        sums[l][1] = widen_high(bias[0][1], alone[l]);
      });
      unroll<kLines>([&](auto l) OTTAVA_INLINE_LAMBDA {
        P::add_four(sums[l], left.inner, weights[l].columns, middle.inner, weights[l].columns + 1);
      });
      unroll<kLines>([&](auto l) OTTAVA_INLINE_LAMBDA {
        P::add_four(sums[l], outer[l], &weights[l].outer, right.inner, weights[l].columns + 2);
      });
      end.store_lines(sums);
      end.advance(1);
    };
    load_column(&x[0]);
    load_column(&x[1]);
    // Columns take turns in the registers.
    for (size_t left = args.pixels;;) {
      load_column(&x[2]);
      pixel(x[0], x[1], x[2]);
      if (--left == 0) return;
      load_column(&x[0]);
      pixel(x[1], x[2], x[0]);
      if (--left == 0) return;
      load_column(&x[1]);
      pixel(x[2], x[0], x[1]);
      if (--left == 0) return;
    }
  }
};

// 5 x 5, in tiles of one or two lines by one or two pixels. Of six columns the four in the middle are two pairs, which
// both pixels use, each with weights of its own; the first column is the left pixel's alone and the last one the right
// one's, and of these, rows are summed two by two.
struct Interleaved5x5 {
  // Of a block, for each pixel: the pairs of two columns, row by row, likewise of the next two; the column that is
  // alone.
  static constexpr size_t kPairsOfColumns = 5 * kDepthwiseChannels;  // in WeightPair
  static constexpr size_t kOfPixel = 25 * kDepthwiseChannels / 2;
  static void pack(const DepthwisePackArgs* args) {
    pack_interleaved(*args, [&](size_t first, int8_t* to) {
      for (size_t pixel = 0; pixel < 2; ++pixel) {
        for (size_t column = 1 - pixel; column < 4; column += 2) {
          for (size_t row = 0; row < 5; ++row) to = put_pairs(*args, first, 5 * row + column, 5 * row + column + 1, to);
        }
        for (size_t row = 0; row < 5; ++row)
          to = put_channels(*args, first, 5 * row + 4 * pixel, kDepthwiseChannels, to);
      }
      return to;
    });
  }

  template <class P, class P8>
  static void run(const DepthwiseArgs& args, const StageArgs* stage) {
    for_each_pass<P, P8>(args, [&](auto products, const Pass& pass) OTTAVA_INLINE_LAMBDA {
      using Products = decltype(products);
      if (args.lines == 2) return line_of_tiles<Products, 2>(args, stage, pass);
      line_of_tiles<Products, 1>(args, stage, pass);
    });
  }

 private:
  // Of an odd number of pixels the last tile has one that the tile before it had.
  template <class P, size_t kLines>
  static __attribute__((noinline)) void line_of_tiles(const DepthwiseArgs& args, const StageArgs* stage,
                                                      const Pass& pass) {
    if (args.pixels == 1) return tile<P, kLines, 1>(args, stage, pass, 0, args.table);
    for (size_t pixel = 0;; pixel += 2) {
      if (pixel + 2 > args.pixels) --pixel;
      tile<P, kLines, 2>(args, stage, pass, pixel, args.table + pixel * args.column_rows);
      if (pixel + 2 >= args.pixels) return;
    }
  }

  template <class P>
  struct Pairs {
    int8x16_t halves[P::halves];
  };
  template <class P>
  static OTTAVA_INLINE Pairs<P> load_pairs(const WeightPair* from, size_t row) {
    Pairs<P> pairs;
    unroll<P::halves>([&](auto h) OTTAVA_INLINE_LAMBDA {
      pairs.halves[h] = vld1q_s8(from[row * kDepthwiseChannels + 8 * h].weights);
    });
    return pairs;
  }
  template <class P, size_t kLines, size_t kPixels>
  static OTTAVA_INLINE void tile(const DepthwiseArgs& args, const StageArgs* stage, const Pass& pass, size_t pixel,
                                 const uint8_t* const* column) {
    constexpr size_t kRows = 4 + kLines;
    int32x4_t sums[kLines * kPixels][P::channels / 4];
    begin_sums<P>(pass, sums);
    const WeightPair* const weights = static_cast<const WeightPair*>(pass.weights);
    const size_t step = args.column_rows;
    add_alone<P, kLines, kPixels>(sums, weights, column, pass.channel);
    if constexpr (kPixels == 2) {
      add_alone<P, kLines, kPixels>(sums + 1, weights + kOfPixel, column + 5 * step, pass.channel);
    }
    column += step;
    // From top to bottom, then from bottom to top: the lowest row of all is then that of the two pairs of columns at
    // once.
    Pairs<P> x[kRows], bottom[kLines];
    const auto load_rows = [&](auto first, auto count) OTTAVA_INLINE_LAMBDA {
      unroll<decltype(count)::value>([&](auto r) OTTAVA_INLINE_LAMBDA {
        constexpr size_t row = decltype(first)::value + r;
        P::interleave(P::load(column[row] + pass.channel), P::load(column[row + step] + pass.channel), x[row].halves);
      });
    };
    const auto add_rows = [&](auto first, size_t columns) OTTAVA_INLINE_LAMBDA {
      constexpr size_t row = decltype(first)::value;
      unroll<kPixels>([&](auto p) OTTAVA_INLINE_LAMBDA {
        const WeightPair* const from = weights + p * kOfPixel + columns * kPairsOfColumns;
        const auto upper = load_pairs<P>(from, row), lower = load_pairs<P>(from, row + 1);
        unroll<kLines>([&](auto l) OTTAVA_INLINE_LAMBDA {
          P::add_four(sums[l * kPixels + p], x[row + l].halves, upper.halves, x[row + l + 1].halves, lower.halves);
        });
      });
    };
    load_rows(Index<0>{}, Index<1 + kLines>{});
    add_rows(Index<0>{}, 0);
    load_rows(Index<1 + kLines>{}, Index<2>{});
    add_rows(Index<2>{}, 0);
    load_rows(Index<3 + kLines>{}, Index<1>{});
    unroll<kLines>([&](auto l) OTTAVA_INLINE_LAMBDA { bottom[l] = x[l + 4]; });
    column += 2 * step;
    load_rows(Index<4>{}, Index<kLines>{});
    unroll<kPixels>([&](auto p) OTTAVA_INLINE_LAMBDA {
      const WeightPair* const from = weights + p * kOfPixel;
      const auto first = load_pairs<P>(from, 4), second = load_pairs<P>(from + kPairsOfColumns, 4);
      unroll<kLines>([&](auto l) OTTAVA_INLINE_LAMBDA {
        P::add_four(sums[l * kPixels + p], bottom[l].halves, first.halves, x[l + 4].halves, second.halves);
      });
    });
    load_rows(Index<2>{}, Index<2>{});
    add_rows(Index<2>{}, 1);
    load_rows(Index<0>{}, Index<2>{});
    add_rows(Index<0>{}, 1);
    store_tile<kLines, kPixels>(args, stage, pass.first, pixel, sums);
  }

  // The column that one pixel has for itself, of each line.
  template <class P, size_t kLines, size_t kPixels>
  static OTTAVA_INLINE void add_alone(int32x4_t (*sums)[P::channels / 4], const WeightPair* weights,
                                      const uint8_t* const* column, size_t channel) {
    constexpr size_t kRows = 4 + kLines;
    int8x16_t x[kRows];
    unroll<kRows>([&](auto r) OTTAVA_INLINE_LAMBDA { x[r] = P::load(column[r] + channel); });
    const auto* const from = reinterpret_cast<const int8_t*>(weights + 2 * kPairsOfColumns);
    unroll<3>([&](auto pair) OTTAVA_INLINE_LAMBDA {
      constexpr size_t row = 2 * pair;
      constexpr bool two = row < 4;
      const int8x16_t v = vld1q_s8(from + row * kDepthwiseChannels);
      const int8x16_t w = two ? vld1q_s8(from + (row + 1) * kDepthwiseChannels) : v;
      int16x8_t products[kLines][P::halves];
      unroll<kLines>([&](auto l) OTTAVA_INLINE_LAMBDA {
        products[l][0] = vmull_s8(vget_low_s8(x[l + row]), vget_low_s8(v));
        if constexpr (P::halves == 2) products[l][1] = vmull_high_s8(x[l + row], v);
      });
      unroll<two ? kLines : 0>([&](auto l) OTTAVA_INLINE_LAMBDA {
        products[l][0] = vmlal_s8(products[l][0], vget_low_s8(x[l + row + 1]), vget_low_s8(w));
        if constexpr (P::halves == 2) products[l][1] = vmlal_high_s8(products[l][1], x[l + row + 1], w);
      });
      unroll<kLines * P::halves>([&](auto i) OTTAVA_INLINE_LAMBDA {
        constexpr size_t line = i / P::halves, half = i % P::halves;
        widen(sums[line * kPixels] + 2 * half, products[line][half]);
      });
    });
  }
};

// A kernel of interleaved weights.
template <class Window, class S8, class S8Few, class U8, class U8Few>
constexpr DepthwiseKernel interleaved_kernel(const char* name, const StageTable& stages, uint16_t size) {
  return depthwise_kernel<S8>(name, Isa::arm_neon, stages, size, 1, depthwise_entry<Window, S8, S8Few>(),
                              depthwise_entry<Window, U8, U8Few>(), Window::pack, true);
}

}  // namespace
}  // namespace ottava

#endif  // OTTAVA_SRC_KERNELS_ARM_NEON_DEPTHWISE_INTERLEAVED_H_
