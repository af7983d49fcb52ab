#include "kernels/layouts.h"

namespace ottava {
namespace {

constexpr StageTable kNothingRuns = {};

constexpr Kernel describe(const char* name, Isa isa, LhsForm form, Element lhs, uint16_t mr, const RhsLayout* rhs,
                          Weights weights, uint16_t min_depth, uint16_t min_m, uint16_t min_n, uint16_t channel_depth,
                          uint16_t most_channels) {
  Kernel kernel = {name, isa, form, lhs, mr, rhs, nullptr, &kNothingRuns, nullptr, {}};
  kernel.weights = weights;
  kernel.min_depth = min_depth;
  kernel.min_m = min_m;
  kernel.min_n = min_n;
  kernel.min_depth_per_channel = channel_depth;
  kernel.most_channels = most_channels;
  return kernel;
}

namespace rhs {
#define OTTAVA_RHS_LAYOUT(name, element, nr, kr) constexpr RhsLayout name = {Element::element, nr, kr, nullptr};
#define OTTAVA_LAYOUT(name, isa, form, lhs, mr, layout, weights, min_depth, min_m, min_n, channel_depth, most_channels)
#include "kernels/layouts.inc"
#undef OTTAVA_LAYOUT
#undef OTTAVA_RHS_LAYOUT
}  // namespace rhs

#define OTTAVA_RHS_LAYOUT(name, element, nr, kr)
#define OTTAVA_LAYOUT(name, isa, form, lhs, mr, layout, weights, min_depth, min_m, min_n, channel_depth,             \
                      most_channels)                                                                                 \
  constexpr Kernel name = describe(#name, Isa::isa, LhsForm::form, Element::lhs, mr, &rhs::layout, Weights::weights, \
                                   min_depth, min_m, min_n, channel_depth, most_channels);
#include "kernels/layouts.inc"
#undef OTTAVA_LAYOUT

}  // namespace

KernelList described_kernels() {
  static const Kernel* const kernels[] = {
#define OTTAVA_LAYOUT(name, isa, form, lhs, mr, layout, weights, min_depth, min_m, min_n, channel_depth, \
                      most_channels)                                                                     \
  &name,
#include "kernels/layouts.inc"
#undef OTTAVA_LAYOUT
  };
#undef OTTAVA_RHS_LAYOUT
  return {kernels, sizeof kernels / sizeof kernels[0]};
}

}  // namespace ottava
