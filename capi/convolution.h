// What the descriptors of all kinds of convolutions have in common.
#ifndef OTTAVA_CAPI_CONVOLUTION_H_
#define OTTAVA_CAPI_CONVOLUTION_H_

#include "layers.h"
#include "operators/convolution/problem.h"
#include "output.h"

namespace ottava {

struct ConvolutionFields {
  uint32_t flags;
  const ottava_window& window;
  Operand input;
  Operand weights;
  uint32_t input_type;
  uint32_t weights_type;
  uint32_t weights_layout;
  uint32_t reserved;
};
Status read_convolution_fields(const ConvolutionFields& fields, ConvolutionProblem* problem, Error* error);

// The fields that have the same name in every one of these descriptors.
template <class Desc>
Status read_convolution(const Desc& desc, ConvolutionProblem* problem, Error* error) {
  return read_convolution_fields({desc.flags,
                                  desc.window,
                                  {Type::s8, desc.input_zero_point, desc.input_scale},
                                  {Type::s8, desc.weights_zero_point, desc.weights_scale},
                                  desc.input_type,
                                  desc.weights_type,
                                  desc.weights_layout,
                                  desc.reserved},
                                 problem, error);
}

Status read_convolution_constants(const ottava_conv2d_constants* caller, ConvolutionConstants* constants, Error* error);

}  // namespace ottava

#endif  // OTTAVA_CAPI_CONVOLUTION_H_
