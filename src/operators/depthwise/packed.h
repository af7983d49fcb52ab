// Depthwise convolutions to and from packed files: see operators/packed_layer.h. The file holds the block of a layer
// (DepthwiseLayout), the weights twice: as its kernel wants them, and as they were given, for any other.
#ifndef OTTAVA_SRC_OPERATORS_DEPTHWISE_PACKED_H_
#define OTTAVA_SRC_OPERATORS_DEPTHWISE_PACKED_H_

#include "operators/convolution/packed.h"
#include "operators/depthwise/depthwise.h"

namespace ottava {

struct StoredDepthwise {
  using Plan = DepthwisePlan;
  using Saving = DepthwisePlan;

  const PackedHeader* header;
  ConvolutionProblem problem;
  size_t packed_bytes;  // of the weights for its kernel
  int32_t zero_shift;   // of its kernel
  bool float_bias;
  DepthwiseLayout layout;
  const uint8_t* block;

  void visit(Numbers& numbers);
  int64_t n() const { return problem.output_channels; }
  int64_t k() const { return problem.window.taps(); }
};

Status read_packed(const void* file, uint64_t bytes, StoredDepthwise* stored, Error* error);
Status plan_loading(const StoredDepthwise& stored, const Site& site, bool repacked, DepthwisePlan* plan, Error* error);
Size loaded_bytes(const StoredDepthwise& stored, const DepthwisePlan& plan, bool repacked);
const Layer* load(const StoredDepthwise& stored, const DepthwisePlan& plan, const Site& site, bool repacked,
                  uint8_t* memory);

Status plan_saving(const Depthwise& layer, const Site& site, const char* target, StoredDepthwise* stored,
                   DepthwisePlan* plan, Error* error);
Size file_bytes(const StoredDepthwise& stored, const DepthwisePlan& plan);
void write_packed(const Depthwise& layer, const StoredDepthwise& stored, const DepthwisePlan& plan, uint32_t library,
                  uint8_t* file);

}  // namespace ottava

#endif  // OTTAVA_SRC_OPERATORS_DEPTHWISE_PACKED_H_
