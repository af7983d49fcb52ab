// Convolutions against the oracle, on every kernel that this machine runs: random cases around every edge.
#include "catch.h"
#include "convolution_case.h"

namespace ottava {
namespace {

void sweep(ConvolutionKind kind, int cases) {
  Random random(test_seed());
  for (const Kernel* kernel : runnable_kernels()) {
    INFO(kernel->name << ", OTTAVA_TEST_SEED " << test_seed());
    const KernelContext context(kernel->name);
    for (int i = 0; i < cases; ++i) check_convolution(draw_convolution(random, kind), context.get());
    record_exercised(*kernel);
  }
}

TEST_CASE("conv2d equals seven plain loops on every kernel") {
  sweep(ConvolutionKind::conv2d, static_cast<int>(3000 / test_sample()) + 20);
}

TEST_CASE("depthwise equals seven plain loops on every kernel") {
  sweep(ConvolutionKind::depthwise, static_cast<int>(3000 / test_sample()) + 20);
}

// More of them than a kernel keeps the pointers of.
TEST_CASE("depthwise with windows of many taps equals seven plain loops on every kernel") {
  Random random(test_seed());
  for (const Kernel* kernel : runnable_kernels()) {
    INFO(kernel->name << ", OTTAVA_TEST_SEED " << test_seed());
    const KernelContext context(kernel->name);
    for (std::size_t i = 0; i < 100 / test_sample() + 5; ++i) {
      ConvolutionCase c = draw_convolution(random, ConvolutionKind::depthwise);
      c.window.kernel_height = static_cast<std::int32_t>(random.between(7, 30));
      c.window.kernel_width = static_cast<std::int32_t>(random.between(7, 12));
      if (random.chance(2)) c.window.padding = OTTAVA_PADDING_SAME;
      if (c.window.padding == OTTAVA_PADDING_SAME) {
        c.window.pad_top = c.window.pad_left = c.window.pad_bottom = c.window.pad_right = 0;
      }
      check_convolution(c, context.get());
    }
  }
}

TEST_CASE("transposed equals seven plain loops on every kernel") {
  sweep(ConvolutionKind::transposed, static_cast<int>(3000 / test_sample()) + 20);
}

}  // namespace
}  // namespace ottava
