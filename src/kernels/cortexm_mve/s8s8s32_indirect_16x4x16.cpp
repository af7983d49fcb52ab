// The product of Arm's M profile with Helium, s8 x s8: up to 16 rows, read in place, by panels of 4 channels, 16 depths
// a step. VMLADAVA multiplies 16 pairs and adds them to a register of the core, of which the even ones may be sums: two
// rows by four channels.
//
// This is the form that leaves its sums in memory, for the output stages that are not fused: 2 + 4 loads and 8
// multiplications a step. The others: fused.cpp.
#if !defined(__ARM_FEATURE_MVE)
#error "cortexm_mve/s8s8s32_indirect_16x4x16.cpp is code for Arm's M profile with MVE: compile it with -mcpu=cortex-m55"
#endif

#include <arm_mve.h>

#include "kernels/cortexm_mve/kernels.h"
#include "kernels/pack.h"

namespace ottava {
namespace {

constexpr size_t kNr = 4;
constexpr size_t kKr = 16;

// One panel by kRows rows; `lhs` points at the pointer of the first.
template <size_t kRows>
OTTAVA_INLINE void multiply(const TileArgs& args, const uint8_t* const* lhs, const int8_t* rhs, const int32_t* bias,
                            int32_t* acc) {
  int32_t sums[kRows][kNr];
  for (size_t j = 0; j < kNr; ++j) {
    for (size_t i = 0; i < kRows; ++i) {
      sums[i][j] = args.accumulate != 0 ? acc[i * args.width + j] : bias != nullptr ? bias[j] : 0;
    }
  }
  const int8x16_t flip = vdupq_n_s8(static_cast<int8_t>(args.sign_flip));
  for (size_t position = 0; position < args.positions; ++position, lhs += args.m) {
    const int8_t* rows[2] = {reinterpret_cast<const int8_t*>(lhs[0]), reinterpret_cast<const int8_t*>(lhs[kRows - 1])};
    for (size_t k = 0; k < args.depth; k += kKr) {
      const mve_pred16_t valid = vctp8q(static_cast<uint32_t>(args.depth - k));
      int8x16_t values[kRows];
      for (size_t i = 0; i < kRows; ++i) values[i] = veorq_s8(vldrbq_z_s8(rows[i] + k, valid), flip);
      for (size_t j = 0; j < kNr; ++j, rhs += kKr) {
        const int8x16_t weights = vldrbq_s8(rhs);
        for (size_t i = 0; i < kRows; ++i) sums[i][j] = vmladavaq_s8(sums[i][j], values[i], weights);
      }
    }
  }
  for (size_t i = 0; i < kRows; ++i) {
    for (size_t j = 0; j < kNr; ++j) acc[i * args.width + j] = sums[i][j];
  }
}

}  // namespace

void s8s8s32_indirect_16x4x16_cortexm_mve(const TileArgs* args) {
  const uint8_t* const* const lhs = static_cast<const uint8_t* const*>(args->lhs);
  const int8_t* rhs = static_cast<const int8_t*>(args->rhs);
  for (size_t channel = 0; channel < args->n; channel += kNr, rhs += args->panel_stride) {
    const int32_t* const bias = args->bias != nullptr ? args->bias + channel : nullptr;
    int32_t* const acc = args->acc + channel;
    size_t row = 0;
    for (; row + 2 <= args->m; row += 2) multiply<2>(*args, lhs + row, rhs, bias, acc + row * args->width);
    if (row < args->m) multiply<1>(*args, lhs + row, rhs, bias, acc + row * args->width);
  }
}

const RhsLayout s8_4x16_cortexm_mve = {Element::s8, kNr, kKr, pack_s8};

}  // namespace ottava
