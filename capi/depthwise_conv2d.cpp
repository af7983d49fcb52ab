// Depthwise conv2d made; capi/layers.cpp runs it. A single input channel makes it a convolution like any other, whose
// products the kernels of contractions compute sooner.
#include "convolution.h"
#include "layers.h"
#include "operators/conv2d/conv2d.h"
#include "operators/depthwise/depthwise.h"

using namespace ottava;

namespace {

Status check_sizes(const ottava_depthwise_conv2d_desc& desc, int64_t* output_channels, Error* error) {
  if (desc.channels < 0) {
    error->set(Status::bad_shape, "desc.channels") << "is " << desc.channels << ", negative";
    return Status::bad_shape;
  }
  if (desc.multiplier < 1) {
    error->set(Status::bad_shape, "desc.multiplier") << "is " << desc.multiplier << "; 1 is the least";
    return Status::bad_shape;
  }
  if (!__builtin_mul_overflow(desc.channels, desc.multiplier, output_channels)) return Status::ok;
  error->set(Status::size_overflow, "desc.multiplier") << "times desc.channels does not fit 64 bits";
  return Status::size_overflow;
}

struct Draft {
  const ottava_context* context;
  const ottava_depthwise_conv2d_desc* desc;
  const ottava_output* output;
  const ottava_conv2d_constants* arrays;
  uint64_t bytes = 0;
  ConvolutionProblem problem = {};
  ConvolutionConstants constants = {};
  DepthwisePlan depthwise = {};
  Conv2dPlan conv2d = {};

  bool is_conv2d() const { return problem.input_channels == 1; }

  Status plan(Error* error) {
    Status status = require(desc, "desc", error);
    ottava_depthwise_conv2d_desc read = OTTAVA_DEPTHWISE_CONV2D_DESC_INIT;
    if (status == Status::ok) status = read_struct(*desc, sizeof read, "desc", &read, error);
    if (status == Status::ok) status = read_convolution(read, &problem, error);
    if (status == Status::ok) status = check_sizes(read, &problem.output_channels, error);
    if (status == Status::ok) status = require(output, "output", error);
    if (status == Status::ok) status = read_output(output, &problem.output, &constants.output, error);
    if (status != Status::ok) return status;
    problem.input_channels = read.channels;
    problem.groups = read.channels > 0 ? read.channels : 1;
    if (is_conv2d()) {
      status = plan_conv2d(problem, context->machine, context->choice, context->threads, &conv2d, error);
      return status == Status::ok ? layer_handle_bytes(conv2d_bytes(conv2d), &bytes, error) : status;
    }
    status = plan_depthwise(problem, context->machine, context->choice, context->threads, &depthwise, error);
    return status == Status::ok ? layer_handle_bytes(depthwise_bytes(depthwise), &bytes, error) : status;
  }

  Status settle(Error* error) {
    const Status status = read_convolution_constants(arrays, &constants, error);
    if (status != Status::ok) return status;
    return is_conv2d()
               ? settle_conv2d(problem, constants, context->machine, context->choice, context->threads, &conv2d, error)
               : settle_depthwise(problem, constants, &depthwise, error);
  }

  const Layer* build(uint8_t* memory) const {
    return is_conv2d() ? prepare_conv2d(conv2d, problem, constants, memory)
                       : prepare_depthwise(depthwise, problem, constants, memory);
  }
};

}  // namespace

extern "C" ottava_status ottava_depthwise_conv2d_create(const ottava_context* context,
                                                        const ottava_depthwise_conv2d_desc* desc,
                                                        const ottava_output* output,
                                                        const ottava_conv2d_constants* constants, ottava_layer** layer,
                                                        ottava_error* error) {
  return at_boundary(error, [=](Error* words) {
    Draft draft = {context, desc, output, constants};
    return create_layer(context, &draft, layer, words);
  });
}

extern "C" ottava_status ottava_depthwise_conv2d_size(const ottava_context* context,
                                                      const ottava_depthwise_conv2d_desc* desc,
                                                      const ottava_output* output, uint64_t* bytes,
                                                      ottava_error* error) {
  return at_boundary(error, [=](Error* words) {
    Draft draft = {context, desc, output, nullptr};
    return measure_layer_memory(context, &draft, bytes, words);
  });
}

extern "C" ottava_status ottava_depthwise_conv2d_init_at(void* memory, uint64_t bytes, const ottava_context* context,
                                                         const ottava_depthwise_conv2d_desc* desc,
                                                         const ottava_output* output,
                                                         const ottava_conv2d_constants* constants, ottava_layer** layer,
                                                         ottava_error* error) {
  return at_boundary(error, [=](Error* words) {
    Draft draft = {context, desc, output, constants};
    return init_layer_at(memory, bytes, context, &draft, layer, words);
  });
}
