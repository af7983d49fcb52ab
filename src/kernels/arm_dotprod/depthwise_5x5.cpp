// The depthwise kernel of AArch64 with dot products for 5 x 5 at stride 1.
#include "kernels/arm_dotprod/depthwise_quads.h"

namespace ottava {
namespace {

// 5 x 5 at stride 1, tiles of two lines by two pixels, l and p: six rows and columns of inputs. Of the four rows in the
// middle, each column is a quad for all four outputs; the upper row is line 0's alone and the lower one line 1's, and
// of each the four columns in the middle are a quad for both pixels; what is left are the corners, one for each output.
struct Tiles5x5 {
  // In the order in which they are used: columns, of each line the taps j; edges, of each line and pixel; corners.
  static constexpr size_t edges = 10;
  static constexpr size_t corners = 14;
  static constexpr size_t quads = 18;
  static constexpr size_t tap(size_t quad, size_t lane) {
    if (quad < edges) return (quad % 2 == 0 ? lane + 1 : lane) * 5 + quad / 2;
    const size_t output = (quad - (quad < corners ? edges : corners));
    const size_t line = output / 2, p = output % 2;
    if (quad < corners) return line * 20 + (p == 0 ? lane + 1 : lane);
    return lane == output ? line * 20 + p * 4 : kNoTap;
  }

  // Of an odd number of pixels the last tile has one that the tile before it had; a single one has the last column
  // twice.
  template <bool kUnsigned, size_t kLines, class End>
  static OTTAVA_INLINE void run(const DepthwiseArgs& args, const Pass& pass, const End& end) {
    for (size_t pixel = 0;; pixel += 2) {
      if (pixel > 0 && pixel + 2 > args.pixels) --pixel;
      tile<kUnsigned, kLines>(args, pass, pixel, end);
      if (pixel + 2 >= args.pixels) return;
    }
  }

 private:
  template <bool kUnsigned, size_t kLines, class End>
  static OTTAVA_INLINE void tile(const DepthwiseArgs& args, const Pass& pass, size_t pixel, const End& end) {
    constexpr size_t kOutputs = 2 * kLines;
    constexpr size_t kLastRow = 3 + kLines;
    const size_t channel = pass.channel;
    const uint8_t* const* column[6];
    column[0] = args.table + pixel * args.column_rows;
    unroll<4>([&](auto c) OTTAVA_INLINE_LAMBDA { column[c + 1] = column[c] + args.column_rows; });
    column[5] = column[4] + (args.pixels > 1 ? args.column_rows : 0);
    const auto at = [&](size_t r, size_t c)
                        OTTAVA_INLINE_LAMBDA { return load_pixel<kUnsigned>(column[c][r] + channel); };
    const auto quads_of = [&](size_t quad) OTTAVA_INLINE_LAMBDA {
      return load_quads(static_cast<const int8_t*>(pass.weights) + quad * 4 * kVectorChannels);
    };
    int32x4_t sums[kOutputs][2];
    begin_sums<Narrow8<kUnsigned>>(pass, sums);
    const auto middle_of = [&](size_t c)
                               OTTAVA_INLINE_LAMBDA { return transposed(at(1, c), at(2, c), at(3, c), at(4, c)); };
    Quads x = middle_of(0);
    unroll<5>([&](auto j) OTTAVA_INLINE_LAMBDA {
      Quads w[kLines];  // before they are wanted: in-order cores would wait
      unroll<kLines>([&](auto l) OTTAVA_INLINE_LAMBDA { w[l] = quads_of(2 * j + l); });
      const Quads next = middle_of(j + 1);
      unroll<kLines>([&](auto l) OTTAVA_INLINE_LAMBDA { add_dot(sums[2 * l], x, w[l]); });
      unroll<kLines>([&](auto l) OTTAVA_INLINE_LAMBDA { add_dot(sums[2 * l + 1], next, w[l]); });
      x = next;
    });
    unroll<kLines>([&](auto l) OTTAVA_INLINE_LAMBDA {
      constexpr size_t kRow = l == 0 ? 0 : kLastRow;
      const Quads w[2] = {quads_of(edges + 2 * l), quads_of(edges + 2 * l + 1)};
      const Quads edge = transposed(at(kRow, 1), at(kRow, 2), at(kRow, 3), at(kRow, 4));
      unroll<2>([&](auto p) OTTAVA_INLINE_LAMBDA { add_dot(sums[2 * l + p], edge, w[p]); });
    });
    Quads w[kOutputs];
    unroll<kOutputs>([&](auto o) OTTAVA_INLINE_LAMBDA { w[o] = quads_of(corners + o); });
    const Quads corner = transposed(at(0, 0), at(0, 5), at(kLastRow, 0), at(kLastRow, 5));
    unroll<kOutputs>([&](auto o) OTTAVA_INLINE_LAMBDA { add_dot(sums[o], corner, w[o]); });
    // Of a single pixel, the second one is stored in its place, and then it.
    const size_t second = args.pixels > 1 ? pixel + 1 : pixel;
    unroll<kLines>([&](auto l) OTTAVA_INLINE_LAMBDA {
      end.store(l, second, sums[2 * l + 1]);
      end.store(l, pixel, sums[2 * l]);
    });
  }
};

}  // namespace

extern const DepthwiseKernel depthwise_5x5s1_arm_dotprod = kernel_of<Tiles5x5>("depthwise_5x5s1_arm_dotprod", 5);

}  // namespace ottava
