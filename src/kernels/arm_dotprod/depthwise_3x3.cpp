// The depthwise kernel of AArch64 with dot products for 3 x 3 at stride 1.
#include "kernels/arm_dotprod/depthwise_quads.h"

namespace ottava {
namespace {

// 3 x 3 at stride 1, two lines: the quads of a column are its four rows, of which line 0 wants the first three, line 1
// the last three. A single line has the third row twice. (At stride 2 lines share too little, and the kernels without
// dot products are faster.)
struct Columns3x3 {
  static constexpr size_t quads = 6;
  static constexpr size_t tap(size_t quad, size_t lane) {
    const size_t line = quad / 3;
    return lane >= line && lane < line + 3 ? (lane - line) * 3 + quad % 3 : kNoTap;
  }

  template <bool kUnsigned, size_t kLines, class End>
  static OTTAVA_INLINE void run(const DepthwiseArgs& args, const Pass& pass, End end) {
    Quads w[kLines][3];
    unroll<kLines * 3>([&](auto q) OTTAVA_INLINE_LAMBDA {
      w[q / 3][q % 3] = load_quads(static_cast<const int8_t*>(pass.weights) + q * 4 * kVectorChannels);
    });
    const int32x4_t bias[2] = {vld1q_s32(pass.bias), vld1q_s32(pass.bias + 4)};
    const uint8_t* const* column = args.table;
    const size_t column_rows = args.column_rows;
    const size_t channel = pass.channel;
    const auto load_column = [&]() OTTAVA_INLINE_LAMBDA {
      int8x16_t x[4];
      unroll<2 + kLines>([&](auto i) OTTAVA_INLINE_LAMBDA { x[i] = load_pixel<kUnsigned>(column[i] + channel); });
      if constexpr (kLines == 1) x[3] = x[2];
      advance_column(column, column_rows);
      return transposed(x[0], x[1], x[2], x[3]);
    };
    const auto pixel = [&](const Quads& left, const Quads& middle, const Quads& right) OTTAVA_INLINE_LAMBDA {
      int32x4_t sums[kLines][2];
      unroll<kLines>([&](auto l) OTTAVA_INLINE_LAMBDA {
        sums[l][0] = bias[0];
        sums[l][1] = bias[1];
      });
      unroll<kLines>([&](auto l) OTTAVA_INLINE_LAMBDA { add_dot(sums[l], left, w[l][0]); });
      unroll<kLines>([&](auto l) OTTAVA_INLINE_LAMBDA { add_dot(sums[l], middle, w[l][1]); });
      unroll<kLines>([&](auto l) OTTAVA_INLINE_LAMBDA { add_dot(sums[l], right, w[l][2]); });
      end.store_lines(sums);
      end.advance(1);
    };
    // Columns take turns in the registers.
    Quads x[3];
    const auto step = [&](auto form) OTTAVA_INLINE_LAMBDA {
      constexpr size_t f = decltype(form)::value;
      x[(f + 2) % 3] = load_column();
      pixel(x[f], x[(f + 1) % 3], x[(f + 2) % 3]);
    };
    x[0] = load_column();
    x[1] = load_column();
    for (size_t left = args.pixels;;) {
      step(Index<0>{});
      if (--left == 0) return;
      step(Index<1>{});
      if (--left == 0) return;
      step(Index<2>{});
      if (--left == 0) return;
    }
  }
};

}  // namespace

extern const DepthwiseKernel depthwise_3x3s1_arm_dotprod = kernel_of<Columns3x3>("depthwise_3x3s1_arm_dotprod", 3);

}  // namespace ottava
