// Depthwise convolution: each channel is a sum of its own, so it is no contraction and has kernels of its own
// (kernels/depthwise.h). Start reading here, then depthwise.cpp for how it is made and run.cpp for how it runs.
#ifndef OTTAVA_SRC_OPERATORS_DEPTHWISE_DEPTHWISE_H_
#define OTTAVA_SRC_OPERATORS_DEPTHWISE_DEPTHWISE_H_

#include "base/checked.h"
#include "contraction/route.h"
#include "kernels/depthwise.h"
#include "operators/convolution/problem.h"
#include "operators/layer.h"

namespace ottava {

struct DepthwisePlan {
  const DepthwiseKernel* kernel;
  const DepthwiseKernel* kernel_of_any_weights;  // where `kernel` takes narrow ones alone; else the same
  OutputPlan output;
  size_t channels;      // of the output
  size_t packed_bytes;  // of the weights, whichever of the two packs them
  uint32_t threads;
  char reason[208];
};

// What constants make of each channel, in the layer's memory; as long as the channels rounded up to
// kDepthwiseChannels.
struct DepthwiseChannels {
  int32_t* bias;  // with the terms of the input's zero point
  int32_t* multiplier;
  int32_t* exponent;
  float* scale;
  float* bias_f32;
  uint8_t* table;  // of an activation
};

struct Depthwise : Layer {
  const DepthwiseKernel* kernel;
  DepthwiseKernel::Entry entry;  // of it, for the sign of the input
  OutputPlan output;
  const void* weights;
  DepthwiseChannels channels;
  size_t multiplier;  // output channels of an input channel
  uint8_t padding;    // the raw zero point of the input
  bool has_float_bias;
  char reason[208];
};

// `problem` has a group for each input channel.
Status plan_depthwise(const ConvolutionProblem& problem, const Machine& machine, const Choice& choice, uint32_t threads,
                      DepthwisePlan* plan, Error* error);

// After the weights have been looked at.
Status settle_depthwise(const ConvolutionProblem& problem, const ConvolutionConstants& constants, DepthwisePlan* plan,
                        Error* error);

Size depthwise_bytes(const DepthwisePlan& plan);

// `memory` holds depthwise_bytes(plan), aligned to kAlignment, and stays with the layer.
const Layer* prepare_depthwise(const DepthwisePlan& plan, const ConvolutionProblem& problem,
                               const ConvolutionConstants& constants, uint8_t* memory);

// Of LayerFunctions, in run.cpp.
Status schedule_depthwise(const Layer& layer, const LayerShape& shape, uint32_t threads, Enough enough,
                          LayerSchedule* schedule, Error* error);
void run_depthwise(const Layer& layer, const LayerRequest& request, uint32_t threads, void* workspace,
                   const Parallel& parallel);

}  // namespace ottava

#endif  // OTTAVA_SRC_OPERATORS_DEPTHWISE_DEPTHWISE_H_
