// The windows of the depthwise kernels of both Arm architectures: 3 x 3, whose columns wander through registers; 5 x 5,
// in tiles of 2 x 2 outputs; and any other. depthwise_frame.h calls them for some channels at a time.
//
// In an anonymous namespace: files with different ISA flags share no code.
#ifndef OTTAVA_SRC_KERNELS_ARM_NEON_DEPTHWISE_WINDOWS_H_
#define OTTAVA_SRC_KERNELS_ARM_NEON_DEPTHWISE_WINDOWS_H_

#include "kernels/arm_neon/depthwise_frame.h"

namespace ottava {
namespace {

// 3 x 3 at stride 1 and 2, a line or up to two. The weights stay in registers, and so do the columns that the next
// pixel needs too: a column is loaded once, of all rows that the lines need, and used where the window has come to it.
template <size_t kStride, size_t kMaxLines>
struct Sliding3x3 {
  template <class P, class P8>
  static void run(const DepthwiseArgs& args, const StageArgs* stage) {
#if defined(__aarch64__)
    if (stage != nullptr) {
      if (needs_no_bounds(*stage)) return run_to<P, ToDst<2, true>>(args, stage);
      return run_to<P, ToDst<2, false>>(args, stage);
    }
#endif
    run_to<P, ToAcc<2>>(args, stage);
  }

 private:
  template <class P, class End>
  static void run_to(const DepthwiseArgs& args, const StageArgs* stage) {
    if (kMaxLines == 2 && args.lines == 2) {
      passes<P, kMaxLines, End>(args, stage);
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

  template <class P>
  static OTTAVA_INLINE void add_taps(int32x4_t (&sums)[P::channels / 4], const typename P::W (&w)[9],
                                     const typename P::X* left, const typename P::X* middle,
                                     const typename P::X* right) {
    P::add_two(sums, left[0], w[0], left[1], w[3]);
    P::add_two(sums, left[2], w[6], middle[0], w[1]);
    P::add_two(sums, middle[1], w[4], middle[2], w[7]);
    P::add_two(sums, right[0], w[2], right[1], w[5]);
    P::add_one(sums, right[2], w[8]);
  }

  template <class P, size_t kLinesNow, class End>
  static OTTAVA_INLINE void lines(const DepthwiseArgs& args, const Pass& pass, End end) {
    constexpr size_t kRows = 3 + (kLinesNow - 1) * kStride;
    constexpr size_t kVectors = P::channels / 4;
    typename P::W w[9];
    unroll<9>([&](auto tap) OTTAVA_INLINE_LAMBDA {
      w[tap] = weights_of<P>(static_cast<const typename P::Weight*>(pass.weights), tap);
    });
    int32x4_t bias[1][kVectors];
    begin_sums<P>(pass, bias);
    const uint8_t* const* column = args.table;
    const size_t column_rows = args.column_rows;
    const size_t channel = pass.channel;
    typename P::X x[3][kRows];
    const auto load_column = [&](typename P::X* to) OTTAVA_INLINE_LAMBDA {
      unroll<kRows>([&](auto i) OTTAVA_INLINE_LAMBDA { to[i] = P::load(column[i] + channel); });
      advance_column(column, column_rows);
    };
    const auto pixel = [&](const typename P::X* left, const typename P::X* middle, const typename P::X* right)
                           OTTAVA_INLINE_LAMBDA {
                             int32x4_t sums[kLinesNow][kVectors];
                             unroll<kLinesNow>([&](auto l) OTTAVA_INLINE_LAMBDA {
                               unroll<kVectors>([&](auto v) OTTAVA_INLINE_LAMBDA { sums[l][v] = bias[0][v]; });
                               add_taps<P>(sums[l], w, left + l * kStride, middle + l * kStride, right + l * kStride);
                             });
                             end.store_lines(sums);
                             end.advance(1);
                           };
    // Columns take turns in the registers, so a step has as many forms as it takes until they are where they were.
    constexpr size_t kForms = kStride == 1 ? 3 : 2;
    const auto step = [&](auto form) OTTAVA_INLINE_LAMBDA {
      constexpr size_t f = decltype(form)::value;
      if constexpr (kStride == 1) {
        load_column(x[(f + 2) % 3]);
        pixel(x[f], x[(f + 1) % 3], x[(f + 2) % 3]);
      } else {
        load_column(x[1]);
        load_column(x[f == 0 ? 2 : 0]);
        pixel(x[f == 0 ? 0 : 2], x[1], x[f == 0 ? 2 : 0]);
      }
    };
    load_column(x[0]);
    if constexpr (kStride == 1) load_column(x[1]);
    for (size_t left = args.pixels;;) {
      step(Index<0>{});
      if (--left == 0) return;
      step(Index<1>{});
      if (--left == 0) return;
      if constexpr (kForms == 3) {
        step(Index<2>{});
        if (--left == 0) return;
      }
    }
  }
};

// Any window, four pixels of a line at a time while there are four: they share the weights.
struct AnyWindow {
  template <class P, class P8>
  static void run(const DepthwiseArgs& args, const StageArgs* stage) {
    for_each_pass<P, P8>(args, [&](auto products, const Pass& pass)
                                   OTTAVA_INLINE_LAMBDA { lines<decltype(products)>(args, stage, pass); });
  }
  template <class P>
  static __attribute__((noinline)) void lines(const DepthwiseArgs& args, const StageArgs* stage, const Pass& pass) {
    for (size_t line = 0; line < args.lines; ++line) {
      size_t pixel = 0;
      for (; pixel + 4 <= args.pixels; pixel += 4) pixels<P, 4>(args, stage, pass, line, pixel);
      for (; pixel < args.pixels; ++pixel) pixels<P, 1>(args, stage, pass, line, pixel);
    }
  }

 private:
  template <class P, size_t kPixels>
  static OTTAVA_INLINE void pixels(const DepthwiseArgs& args, const StageArgs* stage, const Pass& pass, size_t line,
                                   size_t pixel) {
    int32x4_t sums[kPixels][P::channels / 4];
    begin_sums<P>(pass, sums);
    const size_t step = args.stride_width * args.column_rows;
    const uint8_t* const* from = args.table + pixel * step + line * args.line_step;
    for (size_t j = 0; j < args.kernel_width; ++j, from += args.dilation_width * args.column_rows) {
      const auto* weights = static_cast<const typename P::Weight*>(pass.weights) + j * kDepthwiseChannels;
      for (size_t i = 0; i < args.kernel_height; ++i, weights += args.kernel_width * kDepthwiseChannels) {
        const auto w = P::load_weights(weights);
        unroll<kPixels>(
            [&](auto p) OTTAVA_INLINE_LAMBDA { P::add_one(sums[p], P::load(from[p * step + i] + pass.channel), w); });
      }
    }
    store_tile<1, kPixels>(args, stage, pass.first, pixel, sums, line);
  }
};

// 5 x 5 at stride 1 and 2, in tiles of one or two lines by two pixels, whose inputs are loaded once: column by column,
// and in it from top to bottom. Weights come from memory, for the left pixel and for the right one.
template <size_t kStride>
struct Tiled5x5 {
  template <class P, class P8>
  static void run(const DepthwiseArgs& args, const StageArgs* stage) {
    for_each_pass<P, P8>(args, [&](auto products, const Pass& pass) OTTAVA_INLINE_LAMBDA {
      using Products = decltype(products);
      if (args.pixels == 1) return AnyWindow::lines<Products>(args, stage, pass);
      if (args.lines == 2) return line_of_tiles<Products, 2>(args, stage, pass);
      line_of_tiles<Products, 1>(args, stage, pass);
    });
  }

 private:
  // Of an odd number of pixels the last tile has one that the tile before it had.
  template <class P, size_t kLines>
  static __attribute__((noinline)) void line_of_tiles(const DepthwiseArgs& args, const StageArgs* stage,
                                                      const Pass& pass) {
    const size_t step = kStride * args.column_rows;
    for (size_t pixel = 0;; pixel += 2) {
      if (pixel + 2 > args.pixels) --pixel;
      tile<P, kLines>(args, stage, pass, pixel, args.table + pixel * step);
      if (pixel + 2 >= args.pixels) return;
    }
  }

  template <class P, size_t kLines>
  static OTTAVA_INLINE void tile(const DepthwiseArgs& args, const StageArgs* stage, const Pass& pass, size_t pixel,
                                 const uint8_t* const* column) {
    constexpr size_t kPixels = 2;
    constexpr size_t kRows = 5 + (kLines - 1) * kStride;
    constexpr size_t kColumns = 5 + (kPixels - 1) * kStride;
    int32x4_t sums[kLines * kPixels][P::channels / 4];
    begin_sums<P>(pass, sums);
    // The right pixel's weights are those that the left one used some columns before: hidden from the compiler, which
    // would keep them, in memory of its own.
    const typename P::Weight* weights[kPixels];
    unroll<kPixels>([&](auto p) OTTAVA_INLINE_LAMBDA {
      weights[p] = static_cast<const typename P::Weight*>(pass.weights);
      asm("" : "+r"(weights[p]));
    });
    typename P::X bottom[2][kLines];  // of an even column and of the odd one after it
    unroll<kColumns>([&](auto column_index) OTTAVA_INLINE_LAMBDA {
      constexpr size_t c = decltype(column_index)::value;
      typename P::X x[kRows];
      unroll<kRows>([&](auto r) OTTAVA_INLINE_LAMBDA { x[r] = P::load(column[r] + pass.channel); });
      column += args.column_rows;
      unroll<2>([&](auto pair) OTTAVA_INLINE_LAMBDA {
        unroll<kPixels>([&](auto p) OTTAVA_INLINE_LAMBDA {
          if constexpr (c >= p * kStride && c < p * kStride + 5) {
            const auto upper = weights_of<P>(weights[p], 10 * pair + c - p * kStride);
            const auto lower = weights_of<P>(weights[p], 10 * pair + 5 + c - p * kStride);
            const auto* const from = x + 2 * pair;
            if constexpr (kLines == 2) {
              P::add_two(sums[p], sums[kPixels + p], from[0], from[kStride], upper, from[1], from[kStride + 1], lower);
            } else {
              P::add_two(sums[p], from[0], upper, from[1], lower);
            }
          }
        });
      });
      unroll<kLines>([&](auto l) OTTAVA_INLINE_LAMBDA { bottom[c % 2][l] = x[l * kStride + 4]; });
      if constexpr (c % 2 == 1 || c + 1 == kColumns) {
        unroll<kPixels>([&](auto p) OTTAVA_INLINE_LAMBDA {
          add_bottom<P, c - c % 2, decltype(p)::value, kLines>(sums + p, weights[p], bottom);
        });
      }
    });
    store_tile<kLines, kPixels>(args, stage, pass.first, pixel, sums);
  }

  // The last row of the window, an even column and the odd one after it together where both are in the window.
  template <class P, size_t kEven, size_t kPixel, size_t kLines>
  static OTTAVA_INLINE void add_bottom(int32x4_t (*sums)[P::channels / 4], const typename P::Weight* weights,
                                       const typename P::X (&bottom)[2][kLines]) {
    constexpr size_t kFirst = kPixel * kStride;
    constexpr bool has_even = kEven >= kFirst && kEven < kFirst + 5;
    constexpr bool has_odd = kEven + 1 >= kFirst && kEven + 1 < kFirst + 5;
    if constexpr (has_even && has_odd) {
      const auto even = weights_of<P>(weights, 20 + kEven - kFirst);
      const auto odd = weights_of<P>(weights, 21 + kEven - kFirst);
      if constexpr (kLines == 2) {
        P::add_two(sums[0], sums[2], bottom[0][0], bottom[0][1], even, bottom[1][0], bottom[1][1], odd);
      } else {
        P::add_two(sums[0], bottom[0][0], even, bottom[1][0], odd);
      }
    } else if constexpr (has_even || has_odd) {
      constexpr size_t which = has_even ? 0 : 1;
      const auto w = weights_of<P>(weights, 20 + kEven + which - kFirst);
      unroll<kLines>([&](auto l) OTTAVA_INLINE_LAMBDA { P::add_one(sums[2 * l], bottom[which][l], w); });
    }
  }
};

}  // namespace
}  // namespace ottava

#endif  // OTTAVA_SRC_KERNELS_ARM_NEON_DEPTHWISE_WINDOWS_H_
