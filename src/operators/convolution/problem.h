// A convolution of any kind as the caller describes it, in the library's own types.
#ifndef OTTAVA_SRC_OPERATORS_CONVOLUTION_PROBLEM_H_
#define OTTAVA_SRC_OPERATORS_CONVOLUTION_PROBLEM_H_

#include "contraction/contraction.h"
#include "operators/window.h"

namespace ottava {

// Values are those of the public header.
enum class WeightsLayout : uint32_t { ohwi = 0, hwio = 1 };

struct ConvolutionProblem {
  int64_t input_channels = 0;
  int64_t output_channels = 0;
  int64_t groups = 1;
  Window window;
  Operand input;
  Operand weights;
  WeightsLayout layout = WeightsLayout::ohwi;
  Output output;
  bool allow_wrap = false;

  int64_t group_depth() const { return input_channels / groups; }
  int64_t group_channels() const { return output_channels / groups; }
};

// Null where the value for all channels stands in.
struct ConvolutionConstants {
  const uint8_t* weights = nullptr;
  const float* scales = nullptr;
  const int32_t* zero_points = nullptr;
  OutputArrays output;
};

// What the numbers alone can show. What is chosen from a list holds known values already, and so does the window.
Status validate(const ConvolutionProblem& problem, Error* error);

// What the constant arrays add: their values, and that no sum leaves int32. Only after validate().
Status validate(const ConvolutionProblem& problem, const ConvolutionConstants& constants, Error* error);

// All channels of all groups as one contraction of the depth of a group: what checks look at.
Contraction whole_contraction(const ConvolutionProblem& problem);
Constants whole_constants(const ConvolutionProblem& problem, const ConvolutionConstants& constants);

// The arrays from a channel on.
Constants constants_from(const ConvolutionProblem& problem, const ConvolutionConstants& constants, size_t channel);

}  // namespace ottava

#endif  // OTTAVA_SRC_OPERATORS_CONVOLUTION_PROBLEM_H_
