#include "oracle/convolution.h"

namespace oracle {
namespace {

// The input coordinate that output `at` takes through `tap`; false if it is padding, or if none is there.
bool meets(bool transposed, std::int64_t at, std::int64_t tap, std::int64_t stride, std::int64_t dilation,
           std::int64_t pad, std::int64_t size, std::int64_t* from) {
  if (transposed) {
    const std::int64_t reached = at + pad - tap * dilation;  // stride * input
    if (reached < 0 || reached % stride != 0) return false;
    *from = reached / stride;
  } else {
    *from = at * stride + tap * dilation - pad;
  }
  return *from >= 0 && *from < size;
}

std::int64_t sum(const Image& input, const Convolution& c, std::int64_t b, std::int64_t y, std::int64_t x,
                 std::int64_t o) {
  const std::int64_t depth = input.channels / c.groups;
  const std::int64_t first = o / (c.output_channels / c.groups) * depth;
  const std::int64_t zero = c.weights_zero_points[static_cast<std::size_t>(o)];
  std::int64_t total = 0;
  for (std::int64_t i = 0; i < c.kernel_height; ++i) {
    for (std::int64_t j = 0; j < c.kernel_width; ++j) {
      std::int64_t line = 0, column = 0;
      if (!meets(c.transposed, y, i, c.stride_height, c.dilation_height, c.pad_top, input.height, &line)) continue;
      if (!meets(c.transposed, x, j, c.stride_width, c.dilation_width, c.pad_left, input.width, &column)) continue;
      for (std::int64_t k = 0; k < depth; ++k) {
        const std::int64_t value = input.values[input.index(b, line, column, first + k)];
        total += (value - c.input_zero_point) * (c.weight(o, i, j, k, depth) - zero);
      }
    }
  }
  return total;
}

}  // namespace

Image convolve(const Image& input, const Convolution& c, const Stage& stage, const Image* previous, Counts* counts) {
  Image output = {input.batch, c.output_height, c.output_width, c.output_channels, {}};
  for (std::int64_t b = 0; b < output.batch; ++b) {
    for (std::int64_t y = 0; y < output.height; ++y) {
      for (std::int64_t x = 0; x < output.width; ++x) {
        for (std::int64_t o = 0; o < output.channels; ++o) {
          const std::size_t channel = static_cast<std::size_t>(o);
          std::int64_t accumulator = sum(input, c, b, y, x, o);
          if (!stage.bias.empty()) accumulator += stage.bias[channel];
          const std::int64_t wrapped = static_cast<std::int32_t>(static_cast<std::uint32_t>(accumulator));
          const std::int64_t* const before = previous != nullptr ? &previous->values[output.values.size()] : nullptr;
          output.values.push_back(apply_stage(stage, wrapped, channel, 0, before, counts));
        }
      }
    }
  }
  return output;
}

}  // namespace oracle
