// AVX-VNNI kernel, u8 x s8, 6 x 16 tile, 4 depths a step, lhs read in place through row pointers: for runs of few rows,
// where packing the lhs would cost as much as it saves. Its rhs panels are those of u8s8s32_6x16x4.cpp; dot.h says why
// vpdpbusd is exact.
//
// Registers: 2 accumulators a row, in as many sets as hide the latency of vpdpbusd (4 sets for 1 row, 2 for 2 and 3
// rows: 8 to 12 chains); 2 rhs vectors, which for 1 row are memory operands instead; 1 broadcast lhs quad, 1 flip.
// Loop body of a step, 64 bytes of weights: 1 row: 1 vpbroadcastd + 2 vpdpbusd, so that the weights are read as fast as
// the cache or the memory delivers them. 6 rows: 2 loads + 6 vpbroadcastd + 12 vpdpbusd; 6 cycles where vpdpbusd issues
// twice a cycle. To flip, a vpxor for each vpbroadcastd.
#include "kernels/kernel.h"
#include "kernels/unroll.h"
#include "kernels/x86_avx2/output_stage.h"
#include "kernels/x86_avxvnni/dot.h"
#include "kernels/x86_avxvnni/pack.h"

namespace ottava {
namespace {

constexpr size_t kMr = 6;
constexpr size_t kNr = 16;
constexpr size_t kKr = 4;
constexpr size_t kStepBytes = kNr * kKr;

// Independent sets of accumulators, each for every kSets-th step.
template <size_t M>
constexpr size_t kSets = M == 1   ? 4
                         : M <= 3 ? 2
                                  : 1;

// With 1 or 2 rows memory is the limit, and its streams start anew at every page: weights are fetched two pages ahead,
// one line of every two, whose other one comes with it. Beyond the end of a panel lies the next one. Short panels are
// as fast without.
template <size_t M>
constexpr bool kPrefetches = M <= 2;
constexpr size_t kAhead = 8192;
constexpr size_t kShortDepth = 1024;

// In integers: the address may lie beyond the panel.
OTTAVA_INLINE void prefetch(const uint8_t* weights, size_t ahead) {
  _mm_prefetch(reinterpret_cast<const char*>(reinterpret_cast<uintptr_t>(weights) + ahead), _MM_HINT_T0);
}

template <bool Flips>
OTTAVA_INLINE __m256i canonical(__m256i raw) {
  return Flips ? _mm256_xor_si256(raw, _mm256_set1_epi8(-128)) : raw;
}

// The last 1 to 3 bytes of a row; zeros fill the quad.
OTTAVA_INLINE __m256i broadcast_part(const uint8_t* quad, size_t bytes) {
  const uint32_t first = quad[0], middle = quad[bytes / 2], last = quad[bytes - 1];
  return _mm256_set1_epi32(static_cast<int32_t>(first | middle << 8 * (bytes / 2) | last << 8 * (bytes - 1)));
}

template <size_t M, bool Flips>
void run_rows(const TileArgs& args) {
  constexpr size_t kUnrolled = kSets<M>;
  const uint8_t* const* rows = static_cast<const uint8_t* const*>(args.lhs);
  const uint8_t* rhs = static_cast<const uint8_t*>(args.rhs);
  const size_t ahead = args.depth < kShortDepth ? 0 : kAhead;
  const size_t rest = args.depth % kKr;
  __m256i acc[kUnrolled][M][2] = {};
  if (args.accumulate != 0) {
    unroll<M * 2>([&](auto v) OTTAVA_INLINE_LAMBDA { acc[0][v / 2][v % 2] = load_32(args.acc + v * 8); });
  }

  for (size_t tap = 0; tap < args.taps; ++tap, rows += args.m) {
    const uint8_t* row[M];
    unroll<M>([&](auto i) OTTAVA_INLINE_LAMBDA { row[i] = rows[i]; });
    size_t k = 0;
    for (; k + kUnrolled * kKr <= args.depth; k += kUnrolled * kKr, rhs += kUnrolled * kStepBytes) {
      unroll<kUnrolled>([&](auto set) OTTAVA_INLINE_LAMBDA {
        const uint8_t* const weights = rhs + set * kStepBytes;
        if constexpr (kPrefetches<M> && set % 2 == 0) prefetch(weights, ahead);
        const __m256i low = load_32(weights);
        const __m256i high = load_32(weights + 32);
        unroll<M>([&](auto i) OTTAVA_INLINE_LAMBDA {
          const __m256i quad = canonical<Flips>(broadcast_quad(row[i] + k + set * kKr));
          acc[set][i][0] = add_dot(acc[set][i][0], quad, low);
          acc[set][i][1] = add_dot(acc[set][i][1], quad, high);
        });
      });
    }
    const auto add_step = [&](auto quad_of) OTTAVA_INLINE_LAMBDA {
      const __m256i low = load_32(rhs);
      const __m256i high = load_32(rhs + 32);
      unroll<M>([&](auto i) OTTAVA_INLINE_LAMBDA {
        const __m256i quad = canonical<Flips>(quad_of(row[i] + k));
        acc[0][i][0] = add_dot(acc[0][i][0], quad, low);
        acc[0][i][1] = add_dot(acc[0][i][1], quad, high);
      });
      rhs += kStepBytes;
    };
    if constexpr (kUnrolled > 1) {
      for (; k + kKr <= args.depth; k += kKr) add_step(broadcast_quad);
    }
    if (rest != 0) add_step([&](const uint8_t* quad) OTTAVA_INLINE_LAMBDA { return broadcast_part(quad, rest); });
  }

  unroll<kUnrolled - 1>([&](auto set) OTTAVA_INLINE_LAMBDA {
    unroll<M * 2>([&](auto v) OTTAVA_INLINE_LAMBDA {
      acc[0][v / 2][v % 2] = _mm256_add_epi32(acc[0][v / 2][v % 2], acc[set + 1][v / 2][v % 2]);
    });
  });
  unroll<M * 2>([&](auto v) OTTAVA_INLINE_LAMBDA { store_32(args.acc + v * 8, acc[0][v / 2][v % 2]); });
}

template <bool Flips>
void run_flipped(const TileArgs& args) {
  switch (args.m) {
    case 1: return run_rows<1, Flips>(args);
    case 2: return run_rows<2, Flips>(args);
    case 3: return run_rows<3, Flips>(args);
    case 4: return run_rows<4, Flips>(args);
    case 5: return run_rows<5, Flips>(args);
    default: return run_rows<6, Flips>(args);
  }
}

void run(const TileArgs* args) { return args->flip != 0 ? run_flipped<true>(*args) : run_flipped<false>(*args); }

}  // namespace

extern const Kernel kernel_u8s8s32_rows_6x16x4_x86_avxvnni;
const Kernel kernel_u8s8s32_rows_6x16x4_x86_avxvnni = {
    "u8s8s32_rows_6x16x4_x86_avxvnni",
    Isa::x86_avxvnni,
    LhsForm::rows,
    Element::u8,
    Element::s8,
    kMr,
    kNr,
    kKr,
    run,
    nullptr,
    pack_s8_16x4_x86_avxvnni,
    &x86_avx2_stages,
    &x86_avx2_quantize,
};

}  // namespace ottava
