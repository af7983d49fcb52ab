// conv2d to and from packed files: see operators/packed_layer.h. The file says how it is cut into contractions, as a
// kernel with other panels would cut it otherwise; loaded where it lies it stays as it is cut, repacked it is cut anew.
#ifndef OTTAVA_SRC_OPERATORS_CONV2D_PACKED_H_
#define OTTAVA_SRC_OPERATORS_CONV2D_PACKED_H_

#include "operators/conv2d/conv2d.h"
#include "operators/convolution/packed.h"

namespace ottava {

struct StoredConv2d {
  using Plan = Conv2dPlan;
  using Saving = Conv2dPlan;

  const PackedHeader* header;
  ConvolutionProblem problem;
  Conv2dSplit split;
  bool float_bias;
  StoredContraction contraction;  // the first of them

  void visit(Numbers& numbers);
  int64_t n() const { return problem.output_channels; }
  int64_t k() const { return problem.group_depth() * problem.window.taps(); }
};

Status read_packed(const void* file, uint64_t bytes, StoredConv2d* stored, Error* error);
Status plan_loading(const StoredConv2d& stored, const Site& site, bool repacked, Conv2dPlan* plan, Error* error);
Size loaded_bytes(const StoredConv2d& stored, const Conv2dPlan& plan, bool repacked);
const Layer* load(const StoredConv2d& stored, const Conv2dPlan& plan, const Site& site, bool repacked, uint8_t* memory);

Status plan_saving(const Conv2d& conv, const Site& site, const char* target, StoredConv2d* stored, Conv2dPlan* plan,
                   Error* error);
Size file_bytes(const StoredConv2d& stored, const Conv2dPlan& plan);
void write_packed(const Conv2d& conv, const StoredConv2d& stored, const Conv2dPlan& plan, uint32_t library,
                  uint8_t* file);

}  // namespace ottava

#endif  // OTTAVA_SRC_OPERATORS_CONV2D_PACKED_H_
