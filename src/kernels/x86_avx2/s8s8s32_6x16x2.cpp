// AVX2 kernel, s8 x s8, 6 x 16 tile, 2 depths a step.
//
// The lhs is packed widened to s16, so one vpbroadcastd yields the two depths of a row in every lane; the
// rhs stays 8-bit in memory and is widened by vpmovsxbw as it is loaded. vpmaddwd multiplies s16 pairs
// and adds each two products exactly: 2 * 128 * 128 = 2^15 is far inside int32 (the saturating
// vpmaddubsw, which 8-bit operands could use directly, is not exact).
//
// Registers: 12 accumulators, 2 rhs vectors, 1 broadcast lhs pair, 1 product. Up to 8 valid channels take half of it: 6
// accumulators, 1 rhs vector.
// Loop body: 192 MAC in 2 vpmovsxbw + 6 vpbroadcastd + 12 vpmaddwd + 12 vpaddd; 12 cycles where
// vpmaddwd issues once a cycle, 6 where it issues twice and vpaddd elsewhere.
#include "kernels/kernel.h"
#include "kernels/tile_end.h"
#include "kernels/unroll.h"
#include "kernels/x86_avx2/output_stage.h"
#include "kernels/x86_avx2/pack.h"
#include "kernels/x86_avx2/vector_operations.h"

namespace ottava {
namespace {

constexpr size_t kMr = 6;
constexpr size_t kNr = 16;
constexpr size_t kKr = 2;

OTTAVA_INLINE __m256i broadcast_pair(const int16_t* pair) {
  int32_t bits;
  __builtin_memcpy(&bits, pair, sizeof bits);
  return _mm256_set1_epi32(bits);
}

OTTAVA_INLINE __m256i load_widened(const int8_t* from) {
  return _mm256_cvtepi8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)));
}

struct Multiply {
  static constexpr size_t kMr = ottava::kMr;

  template <size_t M, size_t W>
  static OTTAVA_INLINE void add(const TileArgs& args, __m256i (&acc)[M][W]) {
    const int16_t* lhs = static_cast<const int16_t*>(args.lhs);
    const int8_t* rhs = static_cast<const int8_t*>(args.rhs);
    for (size_t k = 0; k < args.depth; k += kKr, lhs += kMr * kKr, rhs += kNr * kKr) {
      __m256i weights[W];
      unroll<W>([&](auto v) OTTAVA_INLINE_LAMBDA { weights[v] = load_widened(rhs + v * kNr); });
      unroll<M>([&](auto i) OTTAVA_INLINE_LAMBDA {
        const __m256i pair = broadcast_pair(lhs + i * kKr);
        unroll<W>([&](auto v) OTTAVA_INLINE_LAMBDA {
          acc[i][v] = _mm256_add_epi32(acc[i][v], _mm256_madd_epi16(pair, weights[v]));
        });
      });
    }
  }
};

constexpr FusedEpilogues kFused = make_fused_epilogues<Avx2, Multiply>();

}  // namespace

extern const Kernel kernel_s8s8s32_6x16x2_x86_avx2;
const Kernel kernel_s8s8s32_6x16x2_x86_avx2 = [] {
  Kernel kernel = {"s8s8s32_6x16x2_x86_avx2",
                   Isa::x86_avx2,
                   LhsForm::packed,
                   Element::s16,
                   kMr,
                   &s8_16x2_x86_avx2,
                   pack_s16_6x2_x86_avx2,
                   &x86_avx2_stages,
                   &x86_avx2_quantize,
                   {run_to_memory<Avx2, Multiply>, &kFused}};
  kernel.bias_initialized = true;
  return kernel;
}();

}  // namespace ottava
