// The depthwise kernels of AArch64 with dot products: SDOT adds four taps of a channel at once. Four inputs of eight
// channels are transposed into two vectors, whose lanes are the four inputs of a channel. Two lines of output share
// them: each has its own weights for the four rows of a column, one of which is 0 where the window does not reach.
#if !defined(__ARM_FEATURE_DOTPROD)
#error "arm_dotprod/depthwise.cpp is code for AArch64 with dot products: compile it with -march=armv8.2-a+dotprod"
#endif

#include "kernels/arm_neon/depthwise_frame.h"
#include "kernels/arm_neon/output_stage.h"

namespace ottava {
namespace {

constexpr size_t kVectorChannels = 8;

// Four inputs of eight channels: the quads of the lower and of the upper channels.
struct Quads {
  int8x16_t low, high;
};

// The lower halves count.
OTTAVA_INLINE Quads transposed(int8x16_t a, int8x16_t b, int8x16_t c, int8x16_t d) {
  const int16x8_t upper = vreinterpretq_s16_s8(vzip1q_s8(a, b));
  const int16x8_t lower = vreinterpretq_s16_s8(vzip1q_s8(c, d));
  return {vreinterpretq_s8_s16(vzip1q_s16(upper, lower)), vreinterpretq_s8_s16(vzip2q_s16(upper, lower))};
}

OTTAVA_INLINE Quads load_quads(const int8_t* from) { return {vld1q_s8(from), vld1q_s8(from + 16)}; }
OTTAVA_INLINE void add_dot(int32x4_t (&sums)[2], const Quads& x, const Quads& w) {
  sums[0] = vdotq_s32(sums[0], x.low, w.low);
  sums[1] = vdotq_s32(sums[1], x.high, w.high);
}

template <bool kUnsigned>
OTTAVA_INLINE int8x16_t load_pixel(const uint8_t* from) {
  const uint8x8_t x = vld1_u8(from);
  const uint8x8_t flipped = kUnsigned ? veor_u8(x, vdup_n_u8(0x80)) : x;
  return vreinterpretq_s8_u8(vcombine_u8(flipped, vdup_n_u8(0)));
}

// Which tap a lane of a quad multiplies: kSize * i + j, or none.
constexpr size_t kNoTap = SIZE_MAX;

// Packed weights: of each eight channels, and once more of the last eight of the layer, the quads of a plan.
template <class Plan>
size_t packed_quads_bytes(size_t, size_t channels) {
  return ((channels + kVectorChannels - 1) / kVectorChannels + 1) * Plan::quads * 4 * kVectorChannels;
}
template <class Plan>
void pack_quads(const DepthwisePackArgs* args) {
  auto* to = static_cast<int8_t*>(args->to);
  const size_t blocks = (args->channels + kVectorChannels - 1) / kVectorChannels;
  for (size_t block = 0; block <= blocks; ++block) {
    const size_t first = block < blocks ? block * kVectorChannels : args->channels - kVectorChannels;
    for (size_t quad = 0; quad < Plan::quads; ++quad) {
      for (size_t c = first; c < first + kVectorChannels; ++c) {
        for (size_t lane = 0; lane < 4; ++lane) {
          const size_t tap = Plan::tap(quad, lane);
          *to++ = static_cast<int8_t>(tap == kNoTap ? 0 : difference(*args, tap, c));
        }
      }
    }
  }
}

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
      const Quads next = middle_of(j + 1);
      unroll<kLines>([&](auto l) OTTAVA_INLINE_LAMBDA {
        const Quads w = quads_of(2 * j + l);
        add_dot(sums[2 * l], x, w);
        add_dot(sums[2 * l + 1], next, w);
      });
      x = next;
    });
    unroll<kLines>([&](auto l) OTTAVA_INLINE_LAMBDA {
      constexpr size_t kRow = l == 0 ? 0 : kLastRow;
      const Quads edge = transposed(at(kRow, 1), at(kRow, 2), at(kRow, 3), at(kRow, 4));
      unroll<2>([&](auto p) OTTAVA_INLINE_LAMBDA { add_dot(sums[2 * l + p], edge, quads_of(edges + 2 * l + p)); });
    });
    const Quads corner = transposed(at(0, 0), at(0, 5), at(kLastRow, 0), at(kLastRow, 5));
    unroll<kOutputs>([&](auto o) OTTAVA_INLINE_LAMBDA { add_dot(sums[o], corner, quads_of(corners + o)); });
    // Of a single pixel, the second one is stored in its place, and then it.
    const size_t second = args.pixels > 1 ? pixel + 1 : pixel;
    unroll<kLines>([&](auto l) OTTAVA_INLINE_LAMBDA {
      end.store(l, second, sums[2 * l + 1]);
      end.store(l, pixel, sums[2 * l]);
    });
  }
};

template <class Plan, bool kUnsigned, size_t kLines, class End>
__attribute__((noinline)) void passes(const DepthwiseArgs& args, const StageArgs* stage) {
  const typename End::Bounds bounds(stage);
  const auto* const weights = static_cast<const int8_t*>(args.weights);
  for (size_t first = 0; first < args.channels; first += kVectorChannels) {
    size_t block = (args.channel + first) / kVectorChannels;
    if (first + kVectorChannels > args.channels) {
      first = args.channels - kVectorChannels;
      ++block;
    }
    const Pass pass = {first, args.channel + first, weights + block * Plan::quads * 4 * kVectorChannels,
                       args.bias + first};
    Plan::template run<kUnsigned, kLines>(args, pass, End(args, stage, bounds, first));
  }
}

template <class Plan, bool kUnsigned, class End>
OTTAVA_INLINE void run_to(const DepthwiseArgs& args, const StageArgs* stage) {
  if (args.lines == 2) {
    passes<Plan, kUnsigned, 2, End>(args, stage);
  } else {
    passes<Plan, kUnsigned, 1, End>(args, stage);
  }
}
template <class Plan, bool kUnsigned>
void run(const DepthwiseArgs* args) {
  run_to<Plan, kUnsigned, ToAcc<2>>(*args, nullptr);
}
template <class Plan, bool kUnsigned>
void run_fused(const DepthwiseArgs* args, const StageArgs* stage) {
  if (needs_no_bounds(*stage)) {
    run_to<Plan, kUnsigned, ToDst<2, true>>(*args, stage);
  } else {
    run_to<Plan, kUnsigned, ToDst<2, false>>(*args, stage);
  }
}

template <class Plan, bool kUnsigned>
constexpr DepthwiseKernel::Entry entry_of() {
  DepthwiseKernel::Entry entry = {};
  entry.run = run<Plan, kUnsigned>;
  entry.fused[static_cast<size_t>(Stage::float_nearest_even)] = run_fused<Plan, kUnsigned>;
  entry.zero_shift = kUnsigned ? -128 : 0;
  return entry;
}
template <class Plan>
constexpr DepthwiseKernel kernel_of(const char* name, uint16_t size) {
  DepthwiseKernel kernel = depthwise_kernel<Narrow8<false>>(name, Isa::arm_dotprod, arm_neon_stages, size, 1,
                                                            entry_of<Plan, false>(), entry_of<Plan, true>());
  kernel.packed_bytes = packed_quads_bytes<Plan>;
  kernel.pack = pack_quads<Plan>;
  return kernel;
}

}  // namespace

extern const DepthwiseKernel depthwise_3x3s1_arm_dotprod = kernel_of<Columns3x3>("depthwise_3x3s1_arm_dotprod", 3);
extern const DepthwiseKernel depthwise_5x5s1_arm_dotprod = kernel_of<Tiles5x5>("depthwise_5x5s1_arm_dotprod", 5);

}  // namespace ottava
