// The independent oracle of pooling and of the addition of two tensors: plain loops over values. It shares no code with
// src/.
#ifndef OTTAVA_TESTS_ORACLE_ELEMENTWISE_H_
#define OTTAVA_TESTS_ORACLE_ELEMENTWISE_H_

#include "oracle/convolution.h"

namespace oracle {

enum class Pooling { max, average, average_rescaled };

struct Pool {
  Pooling kind = Pooling::max;
  std::int64_t kernel_height = 1, kernel_width = 1;
  std::int64_t stride_height = 1, stride_width = 1;
  std::int64_t dilation_height = 1, dilation_width = 1;
  std::int64_t pad_top = 0, pad_left = 0;
  std::int64_t output_height = 0, output_width = 0;
  std::int64_t input_zero_point = 0;
  float input_scale = 1;
};

// The stage has rule, output, dst_scale, zero point and bounds; of a maximum and an average the bounds alone count.
Image pool(const Image& input, const Pool& pool, const Stage& stage);

enum class Adding { tflite, qnnpack, xnnpack };

struct Sum {
  Adding arithmetic = Adding::tflite;
  bool subtract = false;
  std::int64_t first_zero_point = 0, second_zero_point = 0, zero_point = 0;
  float first_scale = 1, second_scale = 1, scale = 1;
  std::int64_t clamp_min = 0, clamp_max = 0;
};

std::int64_t add(const Sum& sum, std::int64_t first, std::int64_t second);

}  // namespace oracle

#endif  // OTTAVA_TESTS_ORACLE_ELEMENTWISE_H_
