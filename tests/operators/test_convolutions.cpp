// Convolutions against the oracle, on every kernel that this machine runs: random cases around every edge.
#include <algorithm>
#include <chrono>
#include <vector>

#include "catch.h"
#include "convolution_case.h"
#include "small_layer.h"
#include "support.h"

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
  sweep(ConvolutionKind::conv2d, static_cast<int>(3000 / test_sample()) + fewer(20));
}

TEST_CASE("depthwise equals seven plain loops on every kernel") {
  sweep(ConvolutionKind::depthwise, static_cast<int>(3000 / test_sample()) + fewer(20));
}

// Those of one window alone are met by chance too seldom.
TEST_CASE("depthwise with the window of each kernel equals seven plain loops") {
  Random random(test_seed());
  for (const DepthwiseKernel* kernel : runnable_depthwise_kernels()) {
    if (kernel->kernel_height == 0) continue;
    INFO(kernel->name << ", OTTAVA_TEST_SEED " << test_seed());
    const KernelContext context(kernel->isa);
    for (int i = 0; i < static_cast<int>(1000 / test_sample()) + 10; ++i) {
      ConvolutionCase c = draw_convolution(random, ConvolutionKind::depthwise);
      const std::int64_t multiplier = c.input_channels == 0 ? 1 : c.output_channels / c.input_channels;
      if (random.chance(2)) c.input_channels = c.groups = 16 * random.between(1, 4);
      c.output_channels = c.input_channels * multiplier;
      c.window.kernel_height = static_cast<std::int32_t>(kernel->kernel_height);
      c.window.kernel_width = static_cast<std::int32_t>(kernel->kernel_width);
      c.window.stride_height = static_cast<std::int32_t>(kernel->stride_height);
      c.window.stride_width = static_cast<std::int32_t>(kernel->stride_width);
      c.window.dilation_height = c.window.dilation_width = 1;
      check_convolution(c, context.get());
    }
  }
}

// More of them than a kernel keeps the pointers of.
TEST_CASE("depthwise with windows of many taps equals seven plain loops on every kernel") {
  Random random(test_seed());
  for (const Kernel* kernel : runnable_kernels()) {
    INFO(kernel->name << ", OTTAVA_TEST_SEED " << test_seed());
    const KernelContext context(kernel->name);
    for (int i = 0; i < static_cast<int>(100 / test_sample()) + 5; ++i) {
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
  sweep(ConvolutionKind::transposed, static_cast<int>(3000 / test_sample()) + fewer(20));
}

// Far more lines without taps than with them: few and wide gaps, and many narrow ones.
TEST_CASE("transposed by strides beyond the kernel equals seven plain loops") {
  Random random(test_seed());
  const KernelContext context(nullptr);
  const std::int64_t most = kSmallMemory ? 12 : 40, most_apart = kSmallMemory ? 20 : 90;
  for (int i = 0; i < static_cast<int>(300 / test_sample()) + fewer(100); ++i) {
    ConvolutionCase c = draw_convolution(random, ConvolutionKind::transposed);
    c.window.stride_height = static_cast<std::int32_t>(random.between(1, most));
    c.window.stride_width = static_cast<std::int32_t>(random.between(1, most));
    c.window.dilation_height = static_cast<std::int32_t>(random.between(1, random.chance(2) ? 3 : most_apart));
    c.window.dilation_width = static_cast<std::int32_t>(random.between(1, random.chance(2) ? 3 : most_apart));
    c.height = random.between(1, 3), c.width = random.between(1, 3);
    c.groups = random.between(1, 2);
    c.input_channels = 2 * c.groups, c.output_channels = c.groups * random.between(1, 3);
    check_convolution(c, context.get());
  }
}

TEST_CASE("transposed by the largest strides costs what it writes") {
  const KernelContext context(nullptr);
  const std::int32_t wide = kSmallMemory ? 300 : 1500;
  const std::int32_t largest = sizeof(std::size_t) < 8 ? 40000 : 65535;  // whose output has an address
  for (const std::int32_t kernel : {1, 2, 3}) {
    const auto layer = [&](std::int32_t stride) {
      return LayerShapeCase{LayerShapeCase::transposed, 4, 1, 1, kernel, stride};
    };
    const auto start = std::chrono::steady_clock::now();
    CHECK(SmallLayer(context.get(), layer(largest), narrow_output()).query(1, 1).output_width == largest);
    CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(5));

    // All the taps of one pixel, and what the bias gives, which there is none of.
    const SmallLayer near(context.get(), layer(kernel), narrow_output());
    const SmallLayer far(context.get(), layer(wide), narrow_output());
    const std::vector<std::int8_t> input = near.draw_input(1, 1);
    const std::vector<std::uint8_t> taps = near.run(1, 1, 1, input);
    std::vector<std::uint8_t> expected(static_cast<std::size_t>(wide * wide));
    for (std::int32_t i = 0; i < kernel; ++i) {
      std::copy_n(taps.begin() + i * kernel, kernel, expected.begin() + i * wide);
    }
    CHECK(far.run(1, 1, 1, input) == expected);
  }
}

}  // namespace
}  // namespace ottava
