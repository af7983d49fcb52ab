// The independent oracle of convolutions: seven plain loops over values. It shares no code with src/.
#ifndef OTTAVA_TESTS_ORACLE_CONVOLUTION_H_
#define OTTAVA_TESTS_ORACLE_CONVOLUTION_H_

#include "oracle/oracle.h"

namespace oracle {

// Values of a tensor, NHWC.
struct Image {
  std::int64_t batch = 0, height = 0, width = 0, channels = 0;
  std::vector<std::int64_t> values;

  std::size_t index(std::int64_t b, std::int64_t y, std::int64_t x, std::int64_t c) const {
    return static_cast<std::size_t>(((b * height + y) * width + x) * channels + c);
  }
};

struct Convolution {
  std::int64_t kernel_height = 1, kernel_width = 1;
  std::int64_t stride_height = 1, stride_width = 1;
  std::int64_t dilation_height = 1, dilation_width = 1;
  std::int64_t pad_top = 0, pad_left = 0;
  std::int64_t groups = 1;
  std::int64_t output_height = 0, output_width = 0, output_channels = 0;
  std::int64_t input_zero_point = 0;
  std::vector<std::int64_t> weights;              // O H W I, I the channels of one group
  std::vector<std::int64_t> weights_zero_points;  // one per output channel
  bool transposed = false;                        // the taps lead from input to output

  std::int64_t weight(std::int64_t o, std::int64_t i, std::int64_t j, std::int64_t c, std::int64_t depth) const {
    return weights[static_cast<std::size_t>(((o * kernel_height + i) * kernel_width + j) * depth + c)];
  }
};

// `previous`, if not null, is added as in apply_stage.
Image convolve(const Image& input, const Convolution& convolution, const Stage& stage, const Image* previous = nullptr,
               Counts* counts = nullptr);

}  // namespace oracle

#endif  // OTTAVA_TESTS_ORACLE_CONVOLUTION_H_
