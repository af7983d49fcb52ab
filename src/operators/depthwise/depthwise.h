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
  size_t channels;  // of the output
  size_t taps;
  size_t packed_bytes;  // of the weights, whichever of the two packs them
  uint32_t threads;
  char reason[208];
};

// What a layer has in one block of memory, as its packed file has it: arrays per channel, as long as the channels
// rounded up to kDepthwiseChannels, then the weights as a kernel wants them, then as they were given, tap by tap, which
// no run reads: from these they are packed for any other kernel.
struct DepthwiseLayout {
  size_t array;    // bytes of each
  size_t table;    // offset: 256 bytes, of an activation
  size_t weights;  // likewise
  size_t raw;
  size_t total;
};
enum class DepthwiseArray : uint8_t { bias, multiplier, exponent, scale, bias_f32, zero_points };
constexpr size_t kDepthwiseArrays = 6;

// False where it does not fit the address space.
bool lay_out_depthwise(size_t taps, size_t channels, size_t packed_bytes, DepthwiseLayout* layout);

// In that block.
struct DepthwiseChannels {
  const int32_t* bias;  // with the terms of the input's zero point
  const int32_t* multiplier;
  const int32_t* exponent;
  const float* scale;
  const float* bias_f32;
  const int32_t* zero_points;  // of the weights
  const uint8_t* table;
};
DepthwiseChannels channels_of(const DepthwiseLayout& layout, const uint8_t* block);

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
  DepthwiseLayout layout;
  const uint8_t* block;
  ConvolutionProblem problem;  // as it was asked for, with its weights tap by tap: what a packed file says
};

// `problem` has a group for each input channel.
Status plan_depthwise(const ConvolutionProblem& problem, const Machine& machine, const Choice& choice, uint32_t threads,
                      DepthwisePlan* plan, Error* error);

// After the weights have been looked at.
Status settle_depthwise(const ConvolutionProblem& problem, const ConvolutionConstants& constants, DepthwisePlan* plan,
                        Error* error);

// Likewise, by weights that are tap by tap in a block.
void settle_depthwise(const ConvolutionProblem& problem, const int32_t* zero_points, const uint8_t* raw,
                      DepthwisePlan* plan);

// Whether a kernel takes a layer of this window and these channels, whatever its weights are.
bool takes(const DepthwiseKernel& kernel, const ConvolutionProblem& problem);
bool takes_weights(const DepthwiseKernel& kernel, const ConvolutionProblem& problem, const int32_t* zero_points,
                   const uint8_t* raw);

// Packs weights of a block for a kernel. `to` is aligned to kAlignment.
void pack_raw(const DepthwiseKernel& kernel, const ConvolutionProblem& problem, const int32_t* zero_points,
              const uint8_t* raw, uint8_t* to);

// Of a kernel that adds zero_shift to each input: what the zero point of the input adds to the bias of a channel.
int32_t zero_point_term(int32_t zero_shift, const ConvolutionProblem& problem, const int32_t* zero_points,
                        const uint8_t* raw, size_t channel);
inline int32_t zero_shift_of(const DepthwiseKernel& kernel, const ConvolutionProblem& problem) {
  return kernel.by_sign[problem.input.type == Type::u8 ? 1 : 0].zero_shift;
}

Size depthwise_bytes(const DepthwisePlan& plan);
size_t depthwise_bytes_alone();

// `memory` holds depthwise_bytes(plan), aligned to kAlignment, and stays with the layer.
const Layer* prepare_depthwise(const DepthwisePlan& plan, const ConvolutionProblem& problem,
                               const ConvolutionConstants& constants, uint8_t* memory);

// A layer in `memory`, depthwise_bytes_alone(), whose block is ready.
const Layer* finish_depthwise(const DepthwisePlan& plan, const ConvolutionProblem& problem,
                              const DepthwiseLayout& layout, const uint8_t* block, bool has_float_bias,
                              uint8_t* memory);

// Of LayerFunctions, in run.cpp.
Status schedule_depthwise(const Layer& layer, const LayerShape& shape, uint32_t threads, Enough enough,
                          LayerSchedule* schedule, Error* error);
void run_depthwise(const Layer& layer, const LayerRequest& request, uint32_t threads, void* workspace,
                   const Parallel& parallel);

}  // namespace ottava

#endif  // OTTAVA_SRC_OPERATORS_DEPTHWISE_DEPTHWISE_H_
