// AVX2 kernel, s8 x s8, 4 x 16 tile, 2 depths a step, lhs read in place through row pointers: for small M,
// where packing the lhs would cost as much as it saves. Its rhs panels are those of s8s8s32_6x16x2.cpp; pairs.h has the
// step and says why it is exact.
//
// Read WideBlock, then Multiply::add: a block of depths of each row has its signs flipped and is widened to s16 on the
// stack, sixteen at a time (3 instructions for 8 steps of a row): then, as from a packed panel, one vpbroadcastd yields
// the two depths of a row in every lane, where widening in registers would take a shuffle for each pair.
//
// Registers: 8 accumulators, 2 rhs vectors, 1 broadcast lhs pair, 1 product. The sums are chained through
// vpaddd, a cycle each: one set of them is enough for any number of rows.
// Loop body of a step, 32 bytes of weights: 2 vpmovsxbw and, for each row, 1 vpbroadcastd + 2 vpmaddwd +
// 2 vpaddd; 1 row: 2 cycles.
#include "kernels/vector_kernel.h"
#include "kernels/x86_avx2/pack.h"
#include "kernels/x86_avx2/pairs.h"

namespace ottava {
namespace {

constexpr size_t kLanes = 16;   // depths that are widened at a time
constexpr size_t kBlock = 256;  // depths that are widened before they are used

// Steps of an iteration: compilers gather the sums of all of them before adding, so more rows would not
// leave enough registers.
template <size_t M>
constexpr size_t kSteps = M == 1 ? 4 : 1;

// Two canonical bytes, widened.
OTTAVA_INLINE int32_t widened_pair(int32_t first, int32_t second) {
  return static_cast<int8_t>(second) * 0x10000 + (static_cast<int8_t>(first) & 0xFFFF);
}

// A block of depths of M rows, widened. In front of each row is room for depths of the block before, which
// the last load repeats.
template <size_t M>
struct WideBlock {
  alignas(32) int16_t elements[M][kLanes + kBlock];

  OTTAVA_INLINE void fill(size_t i, const uint8_t* from, ptrdiff_t at, __m128i flip) {
    const __m128i raw = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from + at));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(row(i) + at), _mm256_cvtepi8_epi16(_mm_xor_si128(raw, flip)));
  }
  OTTAVA_INLINE int16_t* row(size_t i) { return elements[i] + kLanes; }
};

struct Multiply {
  static constexpr size_t kMr = 4;

  template <size_t M, size_t W>
  static OTTAVA_INLINE void add(const TileArgs& args, __m256i (&acc)[M][W]) {
    WideBlock<M> wide;
    const uint8_t* const* rows = static_cast<const uint8_t* const*>(args.lhs);
    const int8_t* rhs = static_cast<const int8_t*>(args.rhs);
    const int32_t flip = static_cast<int32_t>(args.sign_flip);
    const __m128i flips = _mm_set1_epi8(static_cast<char>(flip));
    for (size_t position = 0; position < args.positions; ++position, rows += args.m) {
      const uint8_t* row[M];
      unroll<M>([&](auto i) OTTAVA_INLINE_LAMBDA { row[i] = rows[i]; });
      if (args.depth < kLanes) {
        for (size_t k = 0; k < args.depth; k += kKr, rhs += kStepBytes) {
          const size_t next = k + 1 < args.depth ? k + 1 : k;  // any value will do where the rhs is padded
          add_step(rhs, acc, [&](auto i) OTTAVA_INLINE_LAMBDA {
            return _mm256_set1_epi32(widened_pair(row[i][k] ^ flip, row[i][next] ^ flip));
          });
        }
        continue;
      }
      for (size_t left = args.depth; left != 0;) {
        const size_t count = left < kBlock ? left : kBlock;
        if (count % kKr != 0) unroll<M>([&](auto i) OTTAVA_INLINE_LAMBDA { wide.row(i)[count] = 0; });
        size_t d = 0;
        for (; d + kLanes <= count; d += kLanes) {
          unroll<M>([&](auto i) OTTAVA_INLINE_LAMBDA { wide.fill(i, row[i], static_cast<ptrdiff_t>(d), flips); });
        }
        if (d != count) {
          const ptrdiff_t last = static_cast<ptrdiff_t>(count) - static_cast<ptrdiff_t>(kLanes);
          unroll<M>([&](auto i) OTTAVA_INLINE_LAMBDA { wide.fill(i, row[i], last, flips); });
        }

        const auto add_numbered = [&](auto step) OTTAVA_INLINE_LAMBDA {
          add_step(rhs + step * kStepBytes, acc,
                   [&](auto i) OTTAVA_INLINE_LAMBDA { return broadcast_pair(wide.row(i) + d + step * kKr); });
        };
        d = 0;
        if constexpr (kSteps<M> != 1) {
          for (; d + kSteps<M> * kKr <= count; d += kSteps<M> * kKr, rhs += kSteps<M> * kStepBytes) {
            unroll<kSteps<M>>(add_numbered);
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

extern const Kernel kernel_s8s8s32_indirect_4x16x2_x86_avx2 = tile_kernel<Avx2, Multiply>(
    "s8s8s32_indirect_4x16x2_x86_avx2", Isa::x86_avx2, Element::s8, s8_16x2_x86_avx2, nullptr);

}  // namespace ottava
