// AVX2 kernel, s8 x s8, 6 x 16 tile, 2 depths a step, lhs read in place through row pointers: for small M, and where
// one panel has all channels, since packing the lhs would cost as much as it saves. Its rhs panels are those of
// s8s8s32_6x16x2.cpp; pairs.h has the step and says why it is exact.
//
// Read WideBlock, then Multiply::add: a block of depths of each row has its signs flipped and is widened to s16 on the
// stack, sixteen at a time (3 instructions for 8 steps of a row): then, as from a packed panel, one vpbroadcastd yields
// the two depths of a row in every lane, where widening in registers would take a shuffle for each pair.
//
// Registers: 12 accumulators, 2 rhs vectors, 1 broadcast lhs pair, 1 product. The sums are chained through
// vpaddd, a cycle each: one set of them is enough for any number of rows.
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
// Steps that are unrolled: compilers gather the sums of all of them before adding, so more would not leave enough
// registers.
template <size_t M>
constexpr size_t kUnrolled = M == 1 ? 4 : 1;

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
  // Rows that are shorter than a vector.
  OTTAVA_NOINLINE void fill_short(const uint8_t* const (&from)[M], size_t depth, __m128i flip) {
    for (size_t i = 0; i < M; ++i) widen(i, load_few(from[i], depth), 0, flip);
  }
  OTTAVA_INLINE int16_t* row(size_t i) { return elements[i] + kLanes; }
};

struct Multiply {
  static constexpr size_t kMr = 6;

  template <size_t M, size_t W>
  static OTTAVA_INLINE void add(const TileArgs& args, __m256i (&acc)[M][W]) {
    WideBlock<M> wide;
    const uint8_t* const* rows = static_cast<const uint8_t* const*>(args.lhs);
    const int8_t* rhs = static_cast<const int8_t*>(args.rhs);
    NextPanel next_panel(args);
    const __m128i flips = _mm_set1_epi8(static_cast<char>(args.sign_flip));
    for (size_t position = 0; position < args.positions; ++position, rows += args.m) {
      const uint8_t* row[M];
      unroll<M>([&](auto i) OTTAVA_INLINE_LAMBDA { row[i] = rows[i]; });
      for (size_t left = args.depth; left != 0;) {
        const size_t count = left < kBlock ? left : kBlock;
        if (count % kKr != 0) unroll<M>([&](auto i) OTTAVA_INLINE_LAMBDA { wide.row(i)[count] = 0; });
        size_t d = 0;
        for (; d + kLanes <= count; d += kLanes) {
          unroll<M>([&](auto i) OTTAVA_INLINE_LAMBDA { wide.fill(i, row[i], static_cast<ptrdiff_t>(d), flips); });
        }
        if (args.depth < kLanes) {
          wide.fill_short(row, count, flips);
        } else if (d != count) {
          const ptrdiff_t last = static_cast<ptrdiff_t>(count) - static_cast<ptrdiff_t>(kLanes);
          unroll<M>([&](auto i) OTTAVA_INLINE_LAMBDA { wide.fill(i, row[i], last, flips); });
        }

        const auto add_numbered = [&](auto step) OTTAVA_INLINE_LAMBDA {
          add_step(rhs + step * kStepBytes, acc,
                   [&](auto i) OTTAVA_INLINE_LAMBDA { return broadcast_pair(wide.row(i) + d + step * kKr); });
        };
        d = 0;
        while (count - d >= kDepths) {
          next_panel.fetch();
          size_t end = d + kDepths;
          keep_loop(&end);
          while (d < end) {
            unroll<kUnrolled<M>>(add_numbered);
            d += kUnrolled<M> * kKr, rhs += kUnrolled<M> * kStepBytes;
          }
        }
        for (; d < count; d += kKr, rhs += kStepBytes) add_numbered(Index<0>{});
        unroll<M>([&](auto i) OTTAVA_INLINE_LAMBDA { row[i] += count; });
        left -= count;
      }
    }
  }
};

}  // namespace

extern const Kernel kernel_s8s8s32_indirect_6x16x2_x86_avx2 = tile_kernel<Avx2, Multiply>(
    "s8s8s32_indirect_6x16x2_x86_avx2", Isa::x86_avx2, Element::s8, s8_16x2_x86_avx2, nullptr);

}  // namespace ottava
