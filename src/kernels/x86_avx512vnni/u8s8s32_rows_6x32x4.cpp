// AVX512-VNNI kernel, u8 x s8, 6 x 32 tile, 4 depths a step, lhs read in place through row pointers: for
// runs of few rows, where packing the lhs would cost as much as it saves. Its rhs panels are those of
// u8s8s32_12x32x4.cpp, which also says why vpdpbusd is exact.
//
// Registers: 2 accumulators a row, in as many sets as hide the latency of vpdpbusd (4 sets for 1 row, 2
// for 2 and 3 rows: 8 to 12 chains); 2 rhs vectors, which for 1 row are memory operands instead; 1
// broadcast lhs quad, 1 flip.
// Loop body of a step, 128 bytes of weights: 1 row: 1 vpbroadcastd + 2 vpdpbusd + 1 prefetch, so that the
// weights are read as fast as the cache or the memory delivers them. 6 rows: 2 loads + 6 vpbroadcastd + 12
// vpdpbusd; 12 cycles where vpdpbusd issues once a cycle, 6 where it issues twice. To flip, vpxord with a
// broadcast memory operand takes the place of vpbroadcastd.
#include "kernels/kernel.h"
#include "kernels/tile_end.h"
#include "kernels/unroll.h"
#include "kernels/x86_avx512vnni/output_stage.h"
#include "kernels/x86_avx512vnni/pack.h"
#include "kernels/x86_avx512vnni/vector_operations.h"

#include <immintrin.h>

#if !defined(__AVX512VNNI__)
#error "compile this file with -mavx512f -mavx512bw -mavx512dq -mavx512vl -mavx512vnni"
#endif

namespace ottava {
namespace {

constexpr size_t kMr = 6;
constexpr size_t kNr = 32;
constexpr size_t kKr = 4;
constexpr size_t kStepBytes = kNr * kKr;

// Independent sets of accumulators, each for every kSets-th step.
template <size_t M>
constexpr size_t kSets = M == 1   ? 4
                         : M <= 3 ? 2
                                  : 1;

// With 1 or 2 rows memory is the limit, and its streams start anew at every page: weights are fetched two
// pages ahead, one line of every two, whose other one comes with it. Beyond the end of a panel lies the
// next one. Short panels are as fast without.
template <size_t M>
constexpr bool kPrefetches = M <= 2;
constexpr size_t kAhead = 8192;
constexpr size_t kShortDepth = 1024;

// In integers: the address may lie beyond the panel.
OTTAVA_INLINE void prefetch(const uint8_t* weights, size_t ahead) {
  _mm_prefetch(reinterpret_cast<const char*>(reinterpret_cast<uintptr_t>(weights) + ahead), _MM_HINT_T0);
}

template <bool Flips>
OTTAVA_INLINE __m512i canonical(__m512i raw) {
  return Flips ? _mm512_xor_si512(raw, _mm512_set1_epi8(-128)) : raw;
}

OTTAVA_INLINE __m512i broadcast_quad(const uint8_t* quad) {
  int32_t bits;
  __builtin_memcpy(&bits, quad, sizeof bits);
  return _mm512_set1_epi32(bits);
}

// 1 to 3 bytes; zeros fill the quad.
OTTAVA_INLINE __m512i broadcast_part(const uint8_t* quad, __mmask16 valid) {
  return _mm512_broadcastd_epi32(_mm_maskz_loadu_epi8(valid, quad));
}

template <bool Flips>
struct Multiply {
  static constexpr size_t kMr = ottava::kMr;

  template <size_t M, size_t W>
  static OTTAVA_INLINE void add(const TileArgs& args, __m512i (&first)[M][W]) {
    constexpr size_t kUnrolled = kSets<M>;
    const uint8_t* const* rows = static_cast<const uint8_t* const*>(args.lhs);
    const uint8_t* rhs = static_cast<const uint8_t*>(args.rhs);
    const size_t ahead = args.depth < kShortDepth ? 0 : kAhead;
    const __mmask16 valid = static_cast<__mmask16>((1u << args.depth % kKr) - 1);
    __m512i acc[kUnrolled][M][W] = {};
    unroll<M * W>([&](auto v) OTTAVA_INLINE_LAMBDA { acc[0][v / W][v % W] = first[v / W][v % W]; });
    const auto add_set = [&](const uint8_t* at, auto set, auto quad_of) OTTAVA_INLINE_LAMBDA {
      __m512i weights[W];
      unroll<W>([&](auto v) OTTAVA_INLINE_LAMBDA { weights[v] = _mm512_loadu_si512(at + 64 * v); });
      unroll<M>([&](auto i) OTTAVA_INLINE_LAMBDA {
        const __m512i quad = canonical<Flips>(quad_of(i));
        unroll<W>([&](auto v)
                      OTTAVA_INLINE_LAMBDA { acc[set][i][v] = _mm512_dpbusd_epi32(acc[set][i][v], quad, weights[v]); });
      });
    };

    for (size_t tap = 0; tap < args.taps; ++tap, rows += args.m) {
      const uint8_t* row[M];
      unroll<M>([&](auto i) OTTAVA_INLINE_LAMBDA { row[i] = rows[i]; });
      size_t k = 0;
      for (; k + kUnrolled * kKr <= args.depth; k += kUnrolled * kKr, rhs += kUnrolled * kStepBytes) {
        unroll<kUnrolled>([&](auto set) OTTAVA_INLINE_LAMBDA {
          const uint8_t* const weights = rhs + set * kStepBytes;
          if constexpr (kPrefetches<M>) prefetch(weights, ahead);
          add_set(weights, set, [&](size_t i) OTTAVA_INLINE_LAMBDA { return broadcast_quad(row[i] + k + set * kKr); });
        });
      }
      const auto add_step = [&](auto quad_of) OTTAVA_INLINE_LAMBDA {
        add_set(rhs, Index<0>{}, [&](size_t i) OTTAVA_INLINE_LAMBDA { return quad_of(row[i] + k); });
        rhs += kStepBytes;
      };
      if constexpr (kUnrolled > 1) {
        for (; k + kKr <= args.depth; k += kKr) add_step(broadcast_quad);
      }
      if (valid != 0) add_step([&](const uint8_t* quad) OTTAVA_INLINE_LAMBDA { return broadcast_part(quad, valid); });
    }

    unroll<kUnrolled - 1>([&](auto set) OTTAVA_INLINE_LAMBDA {
      unroll<M * W>([&](auto v) OTTAVA_INLINE_LAMBDA {
        acc[0][v / W][v % W] = _mm512_add_epi32(acc[0][v / W][v % W], acc[set + 1][v / W][v % W]);
      });
    });
    unroll<M * W>([&](auto v) OTTAVA_INLINE_LAMBDA { first[v / W][v % W] = acc[0][v / W][v % W]; });
  }
};

constexpr FinishingTiles kFinishing = make_finishing_tiles<Avx512, Multiply<false>>();
constexpr FinishingTiles kFinishingFlipped = make_finishing_tiles<Avx512, Multiply<true>>();

void run(const TileArgs* args) {
  args->flip != 0 ? run_to_memory<Avx512, Multiply<true>>(args) : run_to_memory<Avx512, Multiply<false>>(args);
}

}  // namespace

extern const Kernel kernel_u8s8s32_rows_6x32x4_x86_avx512vnni;
const Kernel kernel_u8s8s32_rows_6x32x4_x86_avx512vnni = [] {
  Kernel kernel = {
      "u8s8s32_rows_6x32x4_x86_avx512vnni",
      Isa::x86_avx512vnni,
      LhsForm::rows,
      Element::u8,
      Element::s8,
      kMr,
      kNr,
      kKr,
      run,
      nullptr,
      pack_s8_32x4_x86_avx512vnni,
      &x86_avx512vnni_stages,
      &x86_avx512vnni_quantize,
  };
  kernel.starts = true;
  kernel.finishing = &kFinishing;
  kernel.finishing_flipped = &kFinishingFlipped;
  return kernel;
}();

}  // namespace ottava
