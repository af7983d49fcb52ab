// A convolution of any kind, drawn at random, made and run through the C ABI in guarded memory, and held against the
// oracle bit for bit.
#ifndef OTTAVA_TESTS_CONVOLUTION_CASE_H_
#define OTTAVA_TESTS_CONVOLUTION_CASE_H_

#include <string>

#include "oracle/convolution.h"
#include "random.h"
#include "through_file.h"

namespace ottava {

enum class ConvolutionKind { conv2d, depthwise, transposed };

struct ConvolutionCase {
  ConvolutionKind kind = ConvolutionKind::conv2d;
  std::int64_t batch = 1, height = 1, width = 1;
  std::int64_t input_channels = 1, output_channels = 1, groups = 1;
  ottava_window window = OTTAVA_WINDOW_INIT;
  std::int32_t adjustment_height = 0, adjustment_width = 0;
  std::uint32_t input_type = OTTAVA_TYPE_S8, weights_type = OTTAVA_TYPE_S8, layout = OTTAVA_WEIGHTS_OHWI;
  std::uint32_t output_type = OTTAVA_TYPE_S32, rule = OTTAVA_REQUANTIZE_NONE;
  std::int32_t input_zero_point = 0;
  bool per_channel = false;       // scales and zero points of weights
  bool zero_points = false;       // of weights; else 0
  bool narrow_weights = false;    // no -128
  std::int64_t weight_bound = 0;  // not 0: canonical weights lie between the negative of it and itself
  bool extremes = false;          // values at the ends of their types alone
  bool bias = true;
  bool accumulate = false;
  bool counters = false;
  bool adds = false;                           // a second tensor to its 8-bit output
  bool in_place = false;                       // which the output replaces
  std::int64_t input_gap = 0, output_gap = 0;  // pixel strides beyond the channels
  std::uint64_t seed = 0;                      // of values
  Way way = Way::direct;                       // of the layer to its run
};

// A case around the edges of everything. Few of them are refused; none but for good reasons.
ConvolutionCase draw_convolution(Random& random, ConvolutionKind kind);

std::string describe(const ConvolutionCase& c);

// Fails the running test where the library differs from the oracle, or touches a byte that is not its own. Returns the
// name of the kernel; empty where the case was refused.
std::string check_convolution(const ConvolutionCase& c, const ottava_context* context);

}  // namespace ottava

#endif  // OTTAVA_TESTS_CONVOLUTION_CASE_H_
