// The baseline kernel of AArch64: s8 x s8 -> s32, a tile of 4 x 4, 16 depths a step. Run by the loops
// over tiles for one tile of packed operands.
//
// Each of the 16 results has a vector of its own, whose lanes are added up at the end. A product of two
// s8 values fits in 16 bits, the sum of two need not (-128 * -128 twice is 2^15), so every product goes
// from SMULL straight into 32 bits by SADALP.
//
// Registers: 16 accumulators, 4 rows of the lhs, channels of the rhs one at a time, products.
// Loop body: 256 MAC in 73 instructions (GCC 12; Clang 14: 72), 64 of them SMULL, SMULL2 and SADALP:
// 0.29 instructions per MAC.
#if !defined(__aarch64__) || !defined(__ARM_NEON)
#error "arm_neon/s8s8s32_4x4x16.cpp is code for AArch64 with Advanced SIMD"
#endif

#include <arm_neon.h>

#include "kernels/arm_neon/output_stage.h"
#include "kernels/arm_neon/pack.h"
#include "kernels/kernel.h"
#include "kernels/unroll.h"

namespace ottava {
namespace {

constexpr size_t kMr = 4;
constexpr size_t kNr = 4;
constexpr size_t kKr = 16;

// Emits nothing. The compiler sees `later` depend on `earlier`, and so leaves the work on the next
// channel behind that on this one: hoisting all products to the front would take more registers than
// there are.
OTTAVA_INLINE int8x16_t after(int32x4_t earlier, int8x16_t later) {
  __asm__("" : "+w"(later) : "w"(earlier));
  return later;
}

template <size_t kRows>
void run_rows(const TileArgs* args) {
  const int8_t* lhs_step = static_cast<const int8_t*>(args->lhs);
  const int8_t* rhs_step = static_cast<const int8_t*>(args->rhs);
  int32x4_t acc[kRows][kNr];
  unroll<kRows>([&](auto row) { unroll<kNr>([&](auto channel) { acc[row][channel] = vdupq_n_s32(0); }); });

  for (size_t steps = (args->depth + kKr - 1) / kKr; steps != 0; --steps) {
    int8x16_t lhs[kRows];
    unroll<kRows>([&](auto row) { lhs[row] = vld1q_s8(lhs_step + row * kKr); });
    int8x16_t rhs = vld1q_s8(rhs_step);
    unroll<kNr>([&](auto channel) {
      int8x16_t next_rhs = rhs;
      if constexpr (channel + 1 < kNr) next_rhs = vld1q_s8(rhs_step + (channel + 1) * kKr);
      unroll<kRows>([&](auto row) {
        acc[row][channel] = vpadalq_s16(acc[row][channel], vmull_s8(vget_low_s8(lhs[row]), vget_low_s8(rhs)));
      });
      unroll<kRows>(
          [&](auto row) { acc[row][channel] = vpadalq_s16(acc[row][channel], vmull_high_s8(lhs[row], rhs)); });
      unroll<kRows>([&](auto row) { next_rhs = after(acc[row][channel], next_rhs); });
      rhs = next_rhs;
    });
    lhs_step += kMr * kKr;
    rhs_step += kNr * kKr;
  }

  unroll<kRows>([&](auto row) {
    int32_t* to = args->acc + row * kNr;
    int32x4_t sums = vpaddq_s32(vpaddq_s32(acc[row][0], acc[row][1]), vpaddq_s32(acc[row][2], acc[row][3]));
    if (args->accumulate != 0) sums = vaddq_s32(sums, vld1q_s32(to));
    vst1q_s32(to, sums);
  });
}

void run(const TileArgs* args) {
  switch (args->m) {
    case 1: return run_rows<1>(args);
    case 2: return run_rows<2>(args);
    case 3: return run_rows<3>(args);
    default: return run_rows<kMr>(args);
  }
}

}  // namespace

extern const Kernel kernel_s8s8s32_4x4x16_arm_neon = {
    "s8s8s32_4x4x16_arm_neon",
    Isa::arm_neon,
    LhsForm::packed,
    Element::s8,
    Element::s8,
    kMr,
    kNr,
    kKr,
    run,
    pack_s8_4x16_arm_neon,
    pack_s8_4x16_arm_neon,
    &arm_neon_stages,
    &arm_neon_quantize,
};

}  // namespace ottava
