// AVX2 kernel, s8 x s8, 6 x 16 tile, 2 depths a step, lhs read in place through row pointers: for small M, and where
// one panel has all channels, since packing the lhs would cost as much as it saves. Its rhs panels are those of
// s8s8s32_6x16x2.cpp; pairs.h has the step and says why it is exact.
//
// Read WideBlock, then Multiply::add: a block of depths of each row has its signs flipped and is widened to s16 on the
// stack, sixteen at a time (3 instructions for 8 steps of a row): then, as from a packed panel, one vpbroadcastd yields
// the two depths of a row in every lane, where widening in registers would take a shuffle for each pair.
//
// Registers: 12 accumulators, 2 rhs vectors, 1 broadcast lhs pair, 1 product. The sums are chained through
// vpaddd, a cycle each: one set of them is enough, but for a row of one vector.
// Loop body of a step, 32 bytes of weights: 2 vpmovsxbw and, for each row, 1 vpbroadcastd + 2 vpmaddwd +
// 2 vpaddd; 1 row: 2 cycles.
#include "kernels/next_panel.h"
#include "kernels/vector_kernel.h"
#include "kernels/x86_avx2/load_few.h"
#include "kernels/x86_avx2/pack.h"
#include "kernels/x86_avx2/pairs.h"

namespace ottava {
namespace {

constexpr size_t kLanes = 16;   // depths that are widened at a time
constexpr size_t kBlock = 256;  // depths that are widened before they are used

// Steps of an iteration, for which as much of the next panel is fetched.
constexpr size_t kSteps = NextPanel::kBytes / kStepBytes;
constexpr size_t kDepths = kSteps * kKr;
constexpr size_t kUnrolled = 4;

// A block of depths of M rows, widened. In front of each row is room for depths of the block before, which
// the last load repeats.
template <size_t M>
struct WideBlock {
  alignas(32) int16_t elements[M][kLanes + kBlock];

  OTTAVA_INLINE void fill(size_t i, const uint8_t* from, ptrdiff_t at, __m128i flip) {
    widen(i, _mm_loadu_si128(reinterpret_cast<const __m128i*>(from + at)), at, flip);
  }
  OTTAVA_INLINE void widen(size_t i, __m128i raw, ptrdiff_t at, __m128i flip) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(row(i) + at), _mm256_cvtepi8_epi16(_mm_xor_si128(raw, flip)));
  }
  // The last vector begins at a pair as the others do, and a depth without a partner gets one: what is stored at once
  // is loaded sooner than what two stores have made.
  OTTAVA_INLINE void fill_end(const uint8_t* const (&from)[M], size_t count, __m128i flip) {
    const size_t even = count / kKr * kKr;
    unroll<M>([&](auto i) OTTAVA_INLINE_LAMBDA {
      fill(i, from[i], static_cast<ptrdiff_t>(even) - static_cast<ptrdiff_t>(kLanes), flip);
    });
    if (even == count) return;
    unroll<M>([&](auto i) OTTAVA_INLINE_LAMBDA {
      const __m128i last = _mm_cvtepi8_epi16(_mm_xor_si128(_mm_cvtsi32_si128(from[i][even]), flip));
      const int32_t pair = _mm_cvtsi128_si32(last);
      __builtin_memcpy(row(i) + even, &pair, sizeof pair);
    });
  }
  // Depths of rows of `depth`.
  OTTAVA_INLINE void fill_rows(const uint8_t* const (&from)[M], size_t depth, size_t count, __m128i flip) {
    if (depth < kLanes) return fill_short(from, count, flip);
    size_t d = 0;
    for (; d + kLanes <= count; d += kLanes) {
      unroll<M>([&](auto i) OTTAVA_INLINE_LAMBDA { fill(i, from[i], static_cast<ptrdiff_t>(d), flip); });
    }
    if (d != count) fill_end(from, count, flip);
  }
  // Rows that are shorter than a vector.
  OTTAVA_NOINLINE void fill_short(const uint8_t* const (&from)[M], size_t depth, __m128i flip) {
    for (size_t i = 0; i < M; ++i) widen(i, load_few(from[i], depth), 0, flip);
  }
  OTTAVA_INLINE int16_t* row(size_t i) { return elements[i] + kLanes; }
};

struct Multiply {
  static constexpr size_t kMr = 6;
  static constexpr size_t kVectors = 2;
  static constexpr bool kIndirect = true;
  static constexpr bool kWidensRows = true;

  // Two streams of weights arrive sooner than one, and the row is broadcast once for both. Not so where weights are too
  // many for the caches nearby and a panel is no longer than a page: the processor foresees where a stream goes on
  // within its page, and across all panels only if they are read one after the other. Nor where weights are fetched
  // ahead, for what is fetched is the second panel.
  static constexpr bool kTwoPanels = true;
  static constexpr size_t kFewWeights = size_t{128} << 10;
  static constexpr size_t kPage = 4096;
  static OTTAVA_INLINE bool pays_by_two_panels(const TileArgs& args) {
    const size_t weights = args.n / kNr * args.panel_stride;
    return args.fetch == Fetch::nothing && (weights <= kFewWeights || args.panel_stride > kPage);
  }

  // Rows that fit a block are widened once, for all panels.
  template <size_t M>
  struct Rows {
    const uint8_t* const* lhs;
    bool whole;
    WideBlock<M> wide;
    OTTAVA_INLINE Rows(const TileArgs& args, const void* pointers)
        : lhs(static_cast<const uint8_t* const*>(pointers)), whole(args.positions == 1 && args.depth <= kBlock) {
      if (!whole) return;
      const uint8_t* row[M];
      unroll<M>([&](auto i) OTTAVA_INLINE_LAMBDA { row[i] = lhs[i]; });
      wide.fill_rows(row, args.depth, args.depth, _mm_set1_epi8(static_cast<char>(args.sign_flip)));
    }
  };

  template <size_t M, size_t W>
  static OTTAVA_INLINE void add(const TileArgs& args, const uint8_t* rhs, Rows<M>* kept, __m256i (&acc)[M][W]) {
    if (kept->whole) return add_block(args, rhs, rhs, args.depth, &kept->wide, acc);
    const uint8_t* const panel = rhs;
    const uint8_t* const* rows = kept->lhs;
    for (size_t position = 0; position < args.positions; ++position, rows += M) {
      const uint8_t* row[M];
      unroll<M>([&](auto i) OTTAVA_INLINE_LAMBDA { row[i] = rows[i]; });
      for (size_t left = args.depth; left != 0;) {
        const size_t count = left < kBlock ? left : kBlock;
        kept->wide.fill_rows(row, args.depth, count, _mm_set1_epi8(static_cast<char>(args.sign_flip)));
        add_block(args, panel, rhs, count, &kept->wide, acc);
        rhs += (count + kKr - 1) / kKr * kStepBytes;
        unroll<M>([&](auto i) OTTAVA_INLINE_LAMBDA { row[i] += count; });
        left -= count;
      }
    }
  }

  // A lone vector has two sums, one of every other step: in one, additions that wait for each other take longer than
  // all else.
  template <size_t M, size_t W>
  static constexpr bool kTwoSums = M == 1 && W == 1;

  // `rhs`, in the panel, is where the weights of the block begin.
  template <size_t M, size_t W>
  static OTTAVA_INLINE void add_block(const TileArgs& args, const uint8_t* panel, const uint8_t* rhs, size_t count,
                                      WideBlock<M>* wide, __m256i (&acc)[M][W]) {
    size_t d = 0;
    __m256i odd[M][W];  // sums of the steps with an odd number
    unroll<M>([&](auto i) OTTAVA_INLINE_LAMBDA {
      unroll<W>([&](auto v) OTTAVA_INLINE_LAMBDA { odd[i][v] = _mm256_setzero_si256(); });
    });
    const auto add_numbered = [&](auto step) OTTAVA_INLINE_LAMBDA {
      add_step(
          rhs + step * kStepBytes, step % 2 == 1 && kTwoSums<M, W> ? odd : acc,
          [&](auto i) OTTAVA_INLINE_LAMBDA { return wide->row(i) + d + step * kKr; }, args.panel_stride);
    };
    const auto add_unrolled = [&]() OTTAVA_INLINE_LAMBDA {
      unroll<kUnrolled>(add_numbered);
      d += kUnrolled * kKr, rhs += kUnrolled * kStepBytes;
    };
    if (args.fetch != Fetch::nothing && count >= kDepths) {
      NextPanel next_panel(args, panel, rhs, true);
      do {
        next_panel.fetch();
        size_t end = d + kDepths;
        keep_loop(&end);
        while (d < end) add_unrolled();
      } while (count - d >= kDepths);
    }
    const size_t even = count + count % kKr;
    while (even - d >= kUnrolled * kKr) add_unrolled();
    for (; d < even; d += kKr, rhs += kStepBytes) add_numbered(Index<0>{});
    if (!kTwoSums<M, W>) return;
    unroll<M>([&](auto i) OTTAVA_INLINE_LAMBDA {
      unroll<W>([&](auto v) OTTAVA_INLINE_LAMBDA { acc[i][v] = _mm256_add_epi32(acc[i][v], odd[i][v]); });
    });
  }
};

constexpr Kernel entry() {
  Kernel kernel = tile_kernel<Avx2, Multiply>("s8s8s32_indirect_6x16x2_x86_avx2", Isa::x86_avx2, Element::s8,
                                              s8_16x2_x86_avx2, nullptr);
  kernel.depth_widened_once = kBlock;
  return kernel;
}

}  // namespace

extern const Kernel kernel_s8s8s32_indirect_6x16x2_x86_avx2 = entry();

}  // namespace ottava
