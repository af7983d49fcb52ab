// AVX2 kernel, s8 x s8, 6 x 16 tile, 2 depths a step, of a lhs that is packed widened to s16. pairs.h has the step and
// says why it is exact.
//
// Registers: 12 accumulators, 2 rhs vectors, 1 broadcast lhs pair, 1 product. Up to 8 valid channels take half of it: 6
// accumulators, 1 rhs vector.
// Loop body: 192 MAC in 2 vpmovsxbw + 6 vpbroadcastd + 12 vpmaddwd + 12 vpaddd; 12 cycles where
// vpmaddwd issues once a cycle, 6 where it issues twice and vpaddd elsewhere.
#include "kernels/fetch_weights.h"
#include "kernels/vector_kernel.h"
#include "kernels/x86_avx2/pack.h"
#include "kernels/x86_avx2/pairs.h"

namespace ottava {
namespace {

struct Multiply {
  static constexpr size_t kMr = 6;
  static constexpr bool kIndirect = false;
  static constexpr bool kWideTiles = false;
  static constexpr size_t kKr = ottava::kKr;
  static constexpr size_t kRowStepBytes = kKr * sizeof(int16_t);

  template <size_t M>
  using Rows = PlainRows;

  template <size_t M, size_t W>
  static OTTAVA_INLINE void add(const TileArgs& args, const uint8_t* rhs, const PlainRows* rows, __m256i (&acc)[M][W]) {
    const int16_t* lhs = static_cast<const int16_t*>(rows->lhs);
    FetchWeights<kStepBytes> fetch(args);
    const auto add_steps = [&](auto fetches) OTTAVA_INLINE_LAMBDA {
      for (size_t k = 0; k < args.depth; k += kKr, lhs += kMr * kKr, rhs += kStepBytes) {
        if constexpr (decltype(fetches)::value) fetch.step();
        add_step(rhs, acc, [&](auto i) OTTAVA_INLINE_LAMBDA { return broadcast_pair(lhs + i * kKr); });
      }
    };
    if (W == 2 && fetch.wanted()) {
      add_steps(Index<true>{});
    } else {
      add_steps(Index<false>{});
    }
  }
};

}  // namespace

extern const Kernel kernel_s8s8s32_6x16x2_x86_avx2 = tile_kernel<Avx2, Multiply>(
    "s8s8s32_6x16x2_x86_avx2", Isa::x86_avx2, Element::s16, s8_16x2_x86_avx2, pack_s16_6x2_x86_avx2);

}  // namespace ottava
