// The kernels and stages of the tier cortexm_dsp, on the core.
#include "cpu/detect.h"
#include "cpu/tiers.h"
#include "firmware/test_contraction.h"
#include "firmware/test_depthwise.h"
#include "firmware/test_layout.h"
#include "firmware/test_stage.h"
#include "firmware/told.h"
#include "kernels/cortexm_dsp/output_stage.h"
#include "kernels/cortexm_dsp/s8s8s32_indirect_2x4x4.h"

namespace ottava {
extern const Kernel kernel_s8s8s32_indirect_2x4x4_cortexm_dsp;
extern const DepthwiseKernel depthwise_any_cortexm_dsp;
}  // namespace ottava

namespace {

using namespace ottava_test;

using Contraction2x4x4 = ContractionTest<2, 4, 4, 32>;

}  // namespace

extern "C" int main() {
  bool good = told("the tier runs here", machine_has_tier(detect_compiled(), *tier_of(Isa::cortexm_dsp)));
  good &=
      run_test<Contraction2x4x4>("s8s8s32_indirect_2x4x4", run_s8s8s32_indirect_2x4x4_cortexm_dsp, s8_4x4_cortexm_dsp);
  good &= told("its description", test_layout(kernel_s8s8s32_indirect_2x4x4_cortexm_dsp));
  good &= run_test<DepthwiseTest>("depthwise_any", depthwise_any_cortexm_dsp);
  good &= told("fixed_two_roundings", test_stage(fixed_two_roundings_cortexm_dsp, fixed_two_roundings, 31, false));
  good &= told("fixed_two_roundings_saturating",
               test_stage(fixed_two_roundings_saturating_cortexm_dsp, fixed_two_roundings_saturating, 31, false));
  good &= told("fixed_one_rounding", test_stage(fixed_one_rounding_cortexm_dsp, fixed_one_rounding, 30, true));
  return good ? 0 : 1;
}
