#include "output/uniform_stage.h"

#include "base/checked.h"

namespace ottava {

UniformStage::UniformStage(const OutputPlan& plan, const ChannelValues& values) : plan_(plan) {
  for (size_t i = 0; i < kChunk; ++i) {
    multiplier_[i] = values.multiplier;
    exponent_[i] = values.exponent;
    scale_[i] = values.scale;
    bias_[i] = values.bias;
  }
}

void UniformStage::run(size_t rows, size_t n, const int32_t* acc, size_t acc_stride, uint8_t* dst,
                       ptrdiff_t dst_row_stride) const {
  StageArgs args = {};
  begin_stage(plan_, bias_[0] != 0.0f, &args);
  args.acc_stride = acc_stride;
  args.m = rows;
  args.dst_row_stride = dst_row_stride;
  args.multiplier = multiplier_;
  args.exponent = exponent_;
  args.scale = scale_;
  args.bias = bias_;
  for (size_t first = 0; first < n; first += kChunk) {
    args.n = smaller(n - first, kChunk);
    args.acc = acc + first;
    args.dst = dst + first * plan_.element_bytes;
    plan_.run(&args);
  }
}

}  // namespace ottava
