// The kernels, fused epilogues and stages of the tier cortexm_mve, on the core.
#include "firmware/test_contraction.h"
#include "firmware/test_depthwise.h"
#include "firmware/test_fused.h"
#include "firmware/test_fused_depthwise.h"
#include "firmware/test_layout.h"
#include "firmware/test_stage.h"
#include "firmware/told.h"
#include "kernels/cortexm_mve/kernels.h"

namespace ottava {
extern const Kernel kernel_s8s8s32_indirect_16x4x16_cortexm_mve;
extern const DepthwiseKernel depthwise_any_cortexm_mve;
extern const DepthwiseKernel depthwise_3x3s1_cortexm_mve;
extern const DepthwiseKernel depthwise_3x3s2_cortexm_mve;
}  // namespace ottava

namespace {

using namespace ottava_test;

// A tile of any width: its panels are walked one by one.
using Contraction16x4x16 = ContractionTest<5, 4, 16, 20>;
using Fused16x4x16 = FusedTest<kRowsCortexmMve, 4, 16, 24>;

constexpr FusedCase kTwoRoundings = {fused_two_roundings_cortexm_mve, fused_two_roundings_flip_cortexm_mve,
                                     fixed_two_roundings, 31, false};
constexpr FusedCase kOneRounding = {fused_one_rounding_cortexm_mve, fused_one_rounding_flip_cortexm_mve,
                                    fixed_one_rounding, 30, true};

}  // namespace

extern "C" int main() {
  bool good = run_test<Contraction16x4x16>("s8s8s32_indirect_16x4x16", s8s8s32_indirect_16x4x16_cortexm_mve,
                                           s8_4x16_cortexm_mve);
  good &= told("its description", test_layout(kernel_s8s8s32_indirect_16x4x16_cortexm_mve));
  good &= run_test<Fused16x4x16>("fused_two_roundings", kTwoRoundings, s8_4x16_cortexm_mve);
  good &= run_test<Fused16x4x16>("fused_one_rounding", kOneRounding, s8_4x16_cortexm_mve);
  good &= run_test<DepthwiseTest>("depthwise_any", depthwise_any_cortexm_mve);
  const DepthwiseKernel* const depthwise[] = {&depthwise_any_cortexm_mve, &depthwise_3x3s1_cortexm_mve,
                                              &depthwise_3x3s2_cortexm_mve};
  for (const DepthwiseKernel* kernel : depthwise) {
    const DepthwiseCase two = {*kernel, Stage::fixed_two_roundings, fixed_two_roundings, 31, false};
    const DepthwiseCase one = {*kernel, Stage::fixed_one_rounding, fixed_one_rounding, 30, true};
    board_text(kernel->name);
    good &= run_test<FusedDepthwiseTest>(", two roundings", two);
    board_text(kernel->name);
    good &= run_test<FusedDepthwiseTest>(", one rounding", one);
  }
#define STAGE(rule, largest_exponent, normalized) \
  good &= told(#rule, test_stage(stage_##rule##_8_cortexm_mve, rule, largest_exponent, normalized))
  STAGE(fixed_two_roundings, 31, false);
  STAGE(fixed_two_roundings_saturating, 31, false);
  STAGE(fixed_one_rounding, 30, true);
  STAGE(fixed_one_rounding_away, 30, true);
  STAGE(fixed_acl_fused, 30, false);
  STAGE(multiply_shift_floor, 0, false);
  STAGE(multiply_shift_half_up, 0, false);
  STAGE(multiply_shift_half_away, 0, false);
  return good ? 0 : 1;
}
