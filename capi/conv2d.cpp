// conv2d made: from C descriptors to a ConvolutionProblem, from a plan to memory. capi/layers.cpp runs it.
#include "operators/conv2d/conv2d.h"

#include "convolution.h"
#include "layers.h"

using namespace ottava;

namespace {

struct Draft {
  const ottava_context* context;
  const ottava_conv2d_desc* desc;
  const ottava_output* output;
  const ottava_conv2d_constants* arrays;
  uint64_t bytes = 0;
  ConvolutionProblem problem = {};
  ConvolutionConstants constants = {};
  Conv2dPlan made = {};

  Status plan(Error* error) {
    Status status = require(desc, "desc", error);
    ottava_conv2d_desc read = OTTAVA_CONV2D_DESC_INIT;
    if (status == Status::ok) status = read_struct(*desc, sizeof read, "desc", &read, error);
    if (status == Status::ok) status = read_convolution(read, &problem, error);
    if (status == Status::ok) status = require(output, "output", error);
    if (status == Status::ok) status = read_output(output, &problem.output, &constants.output, error, Adding::taken);
    if (status != Status::ok) return status;
    problem.input_channels = read.input_channels;
    problem.output_channels = read.output_channels;
    problem.groups = read.groups;
    status = plan_conv2d(problem, context->machine, context->choice, context->threads, &made, error);
    return status == Status::ok ? layer_handle_bytes(conv2d_bytes(made), &bytes, error) : status;
  }

  Status settle(Error* error) {
    const Status status = read_convolution_constants(arrays, &constants, error);
    if (status != Status::ok) return status;
    return settle_conv2d(problem, constants, context->machine, context->choice, context->threads, &made, error);
  }

  const Layer* build(uint8_t* memory) const { return prepare_conv2d(made, problem, constants, memory); }
};

}  // namespace

extern "C" ottava_status ottava_conv2d_create(const ottava_context* context, const ottava_conv2d_desc* desc,
                                              const ottava_output* output, const ottava_conv2d_constants* constants,
                                              ottava_layer** layer, ottava_error* error) {
  return at_boundary(error, [=](Error* words) {
    Draft draft = {context, desc, output, constants};
    return create_layer(context, &draft, layer, words);
  });
}

extern "C" ottava_status ottava_conv2d_size(const ottava_context* context, const ottava_conv2d_desc* desc,
                                            const ottava_output* output, uint64_t* bytes, ottava_error* error) {
  return at_boundary(error, [=](Error* words) {
    Draft draft = {context, desc, output, nullptr};
    return measure_layer_memory(context, &draft, bytes, words);
  });
}

extern "C" ottava_status ottava_conv2d_init_at(void* memory, uint64_t bytes, const ottava_context* context,
                                               const ottava_conv2d_desc* desc, const ottava_output* output,
                                               const ottava_conv2d_constants* constants, ottava_layer** layer,
                                               ottava_error* error) {
  return at_boundary(error, [=](Error* words) {
    Draft draft = {context, desc, output, constants};
    return init_layer_at(memory, bytes, context, &draft, layer, words);
  });
}
