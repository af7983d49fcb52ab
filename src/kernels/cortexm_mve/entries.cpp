// The entries of this tier in the lists of kernels. An image that names the parts of kernels.h itself does without
// them.
#include "kernels/cortexm_mve/kernels.h"
#include "output/quantize.h"

namespace ottava {
namespace {

constexpr FusedEpilogues fused(FusedEpilogueFn two_roundings, FusedEpilogueFn one_rounding) {
  FusedEpilogues epilogues = {};
  epilogues.run[static_cast<size_t>(Stage::fixed_two_roundings)] = two_roundings;
  epilogues.run[static_cast<size_t>(Stage::fixed_one_rounding)] = one_rounding;
  epilogues.channels = 1;
  return epilogues;
}
constexpr FusedEpilogues kFused = fused(fused_two_roundings_cortexm_mve, fused_one_rounding_cortexm_mve);
constexpr FusedEpilogues kFusedFlip = fused(fused_two_roundings_flip_cortexm_mve, fused_one_rounding_flip_cortexm_mve);

constexpr Kernel kernel() {
  Kernel entry = {"s8s8s32_indirect_16x4x16_cortexm_mve",
                  Isa::cortexm_mve,
                  LhsForm::indirect,
                  Element::s8,
                  uint16_t{kRowsCortexmMve},
                  &s8_4x16_cortexm_mve,
                  nullptr,
                  &cortexm_mve_stages,
                  &portable_quantize,
                  {s8s8s32_indirect_16x4x16_cortexm_mve, &kFused, &kFusedFlip}};
  entry.panels = uint16_t{kPanelsCortexmMve};
  entry.bias_initialized = true;
  return entry;
}

}  // namespace

extern const Kernel kernel_s8s8s32_indirect_16x4x16_cortexm_mve;
const Kernel kernel_s8s8s32_indirect_16x4x16_cortexm_mve = kernel();

extern const DepthwiseKernel depthwise_any_cortexm_mve;
const DepthwiseKernel depthwise_any_cortexm_mve = {
    "depthwise_any_cortexm_mve",
    Isa::cortexm_mve,
    0,
    0,
    0,
    0,
    1,
    1,
    false,
    depthwise_packed_bytes_cortexm_mve,
    depthwise_pack_cortexm_mve,
    &cortexm_mve_stages,
    {{depthwise_s8_cortexm_mve,
      {depthwise_s8_two_roundings_cortexm_mve, nullptr, depthwise_s8_one_rounding_cortexm_mve},
      0},
     {depthwise_u8_cortexm_mve,
      {depthwise_u8_two_roundings_cortexm_mve, nullptr, depthwise_u8_one_rounding_cortexm_mve},
      0}}};
static_assert(static_cast<int>(Stage::fixed_two_roundings) == 0 && static_cast<int>(Stage::fixed_one_rounding) == 2,
              "the fused entries are in this order");

namespace {
constexpr DepthwiseKernel kernel_3x3(const char* name, uint16_t stride) {
  return {name,
          Isa::cortexm_mve,
          3,
          3,
          stride,
          stride,
          1,
          uint16_t{kDepthwiseChannels},
          false,
          depthwise_3x3_packed_bytes_cortexm_mve,
          depthwise_3x3_pack_cortexm_mve,
          &cortexm_mve_stages,
          {{depthwise_3x3_s8_cortexm_mve,
            {depthwise_3x3_s8_two_roundings_cortexm_mve, nullptr, depthwise_3x3_s8_one_rounding_cortexm_mve},
            0},
           {depthwise_3x3_u8_cortexm_mve,
            {depthwise_3x3_u8_two_roundings_cortexm_mve, nullptr, depthwise_3x3_u8_one_rounding_cortexm_mve},
            -128}}};
}
}  // namespace

extern const DepthwiseKernel depthwise_3x3s1_cortexm_mve;
extern const DepthwiseKernel depthwise_3x3s2_cortexm_mve;
const DepthwiseKernel depthwise_3x3s1_cortexm_mve = kernel_3x3("depthwise_3x3s1_cortexm_mve", 1);
const DepthwiseKernel depthwise_3x3s2_cortexm_mve = kernel_3x3("depthwise_3x3s2_cortexm_mve", 2);

}  // namespace ottava
