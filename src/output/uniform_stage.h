// An output stage whose parameters are the same for every channel: that of tensors without weights.
#ifndef OTTAVA_SRC_OUTPUT_UNIFORM_STAGE_H_
#define OTTAVA_SRC_OUTPUT_UNIFORM_STAGE_H_

#include "output/output_plan.h"

namespace ottava {

class UniformStage {
 public:
  static constexpr size_t kChunk = 256;  // channels at a time: a multiple of every kernel's lanes

  // The plan outlives this.
  UniformStage(const OutputPlan& plan, const ChannelValues& values);

  // Rows of n accumulators, `acc_stride` apart; may be read up to a multiple of kPadding. dst is dense within a row.
  static constexpr size_t kPadding = 64;
  void run(size_t rows, size_t n, const int32_t* acc, size_t acc_stride, uint8_t* dst, ptrdiff_t dst_row_stride) const;

 private:
  const OutputPlan& plan_;
  alignas(kAlignment) int32_t multiplier_[kChunk];
  alignas(kAlignment) int32_t exponent_[kChunk];
  alignas(kAlignment) float scale_[kChunk];
  alignas(kAlignment) float bias_[kChunk];
};

}  // namespace ottava

#endif  // OTTAVA_SRC_OUTPUT_UNIFORM_STAGE_H_
