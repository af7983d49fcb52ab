// The kernel of AArch64 with 8-bit matrix products (Armv8.6 i8mm): s8 x s8 -> s32, a tile of 8 x 8,
// 8 depths a step. Run by the loops over tiles for one tile of packed operands.
//
// SMMLA multiplies two rows by two channels: an accumulator is a square of results,
//
//     [ row 0 channel 0 | row 0 channel 1 | row 1 channel 0 | row 1 channel 1 ]
//
// which the end of the kernel takes apart into rows of acc.
//
// Registers: 16 accumulators (4 pairs of rows by 4 pairs of channels), 4 of the lhs, 4 of the rhs.
// Loop body: 512 MAC in 24 instructions (GCC 12 and Clang 14), 16 of them SMMLA: 0.047 instructions per
// MAC.
#if !defined(__aarch64__) || !defined(__ARM_FEATURE_MATMUL_INT8)
#error "arm_i8mm/s8s8s32_8x8x8.cpp is code for AArch64: compile it with -march=armv8.2-a+dotprod+i8mm"
#endif

#include <arm_neon.h>

#include "kernels/arm_i8mm/pack.h"
#include "kernels/arm_neon/output_stage.h"
#include "kernels/kernel.h"
#include "kernels/unroll.h"

namespace ottava {
namespace {

constexpr size_t kMr = 8;
constexpr size_t kNr = 8;
constexpr size_t kKr = 8;

constexpr size_t kSquares = kNr / 2;  // of a pair of rows of the tile

OTTAVA_INLINE int32x4_t low_halves(int32x4_t a, int32x4_t b) {
  return vreinterpretq_s32_s64(vtrn1q_s64(vreinterpretq_s64_s32(a), vreinterpretq_s64_s32(b)));
}
OTTAVA_INLINE int32x4_t high_halves(int32x4_t a, int32x4_t b) {
  return vreinterpretq_s32_s64(vtrn2q_s64(vreinterpretq_s64_s32(a), vreinterpretq_s64_s32(b)));
}

OTTAVA_INLINE void store(int32_t* to, int32x4_t sums, bool accumulate) {
  vst1q_s32(to, accumulate ? vaddq_s32(sums, vld1q_s32(to)) : sums);
}

// An odd last row is computed and stored together with the padded row below it.
template <size_t kPairs>
void run_pairs(const TileArgs* args) {
  const int8_t* lhs_step = static_cast<const int8_t*>(args->lhs);
  const int8_t* rhs_step = static_cast<const int8_t*>(args->rhs);
  int32x4_t acc[kPairs][kSquares];
  unroll<kPairs>([&](auto pair) { unroll<kSquares>([&](auto square) { acc[pair][square] = vdupq_n_s32(0); }); });

  for (size_t steps = (args->depth + kKr - 1) / kKr; steps != 0; --steps) {
    int8x16_t rhs[kSquares];
    unroll<kSquares>([&](auto square) { rhs[square] = vld1q_s8(rhs_step + square * 2 * kKr); });
    unroll<kPairs>([&](auto pair) {
      const int8x16_t lhs = vld1q_s8(lhs_step + pair * 2 * kKr);
      unroll<kSquares>([&](auto square) { acc[pair][square] = vmmlaq_s32(acc[pair][square], lhs, rhs[square]); });
    });
    lhs_step += kMr * kKr;
    rhs_step += kNr * kKr;
  }

  const bool accumulate = args->accumulate != 0;
  unroll<kPairs>([&](auto pair) {
    int32_t* upper = args->acc + pair * 2 * kNr;
    int32_t* lower = upper + kNr;
    store(upper, low_halves(acc[pair][0], acc[pair][1]), accumulate);
    store(upper + 4, low_halves(acc[pair][2], acc[pair][3]), accumulate);
    store(lower, high_halves(acc[pair][0], acc[pair][1]), accumulate);
    store(lower + 4, high_halves(acc[pair][2], acc[pair][3]), accumulate);
  });
}

void run(const TileArgs* args) {
  switch ((args->m + 1) / 2) {
    case 1: return run_pairs<1>(args);
    case 2: return run_pairs<2>(args);
    case 3: return run_pairs<3>(args);
    default: return run_pairs<kMr / 2>(args);
  }
}

}  // namespace

extern const Kernel kernel_s8s8s32_8x8x8_arm_i8mm = {
    "s8s8s32_8x8x8_arm_i8mm",
    Isa::arm_i8mm,
    LhsForm::packed,
    Element::s8,
    Element::s8,
    kMr,
    kNr,
    kKr,
    run,
    pack_s8_8x8_arm_i8mm,
    pack_s8_8x8_arm_i8mm,
    &arm_neon_stages,
    &arm_neon_quantize,
};

}  // namespace ottava
