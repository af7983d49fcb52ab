#include "exec/tile.h"

namespace ottava {

TileRunner::TileRunner(const Operator& op, View dst, int32_t* acc) : op_(op), dst_(dst), tile_(), output_() {
  const Plan& plan = op.plan;
  tile_.acc = acc;
  tile_.depth = plan.k;
  tile_.taps = 1;
  tile_.flip = plan.lhs_flip;
  tile_.accumulate = 0;

  output_.acc = acc;
  output_.acc_stride = plan.nr;
  output_.dst_row_stride = dst.row_stride;
  output_.dst_column_stride = dst.column_stride;
  output_.zero_point = plan.dst_zero_point;
  output_.clamp_min = plan.clamp_min;
  output_.clamp_max = plan.clamp_max;
  output_.clamp_min_f32 = plan.clamp_min_f32;
  output_.clamp_max_f32 = plan.clamp_max_f32;
}

void TileRunner::run(const void* lhs, size_t row, size_t channel, size_t m, size_t n, const int32_t* row_sums) {
  const Plan& plan = op_.plan;
  tile_.lhs = lhs;
  tile_.rhs = op_.packed + channel / plan.nr * plan.packed.panel_bytes;
  tile_.m = m;
  tile_.n = n;
  plan.kernel->run(&tile_);

  const size_t at = channel * sizeof(int32_t);  // every per-channel array has 4-byte elements
  output_.m = m;
  output_.n = n;
  output_.dst = dst_.at(row, channel);
  output_.offset = reinterpret_cast<const int32_t*>(op_.packed + plan.packed.offset + at);
  output_.multiplier = reinterpret_cast<const int32_t*>(op_.packed + plan.packed.multiplier + at);
  output_.exponent = reinterpret_cast<const int32_t*>(op_.packed + plan.packed.exponent + at);
  output_.scale = reinterpret_cast<const float*>(op_.packed + plan.packed.scale + at);
  output_.bias = reinterpret_cast<const float*>(op_.packed + plan.packed.bias + at);
  output_.rhs_zero = op_.row_term ? reinterpret_cast<const int32_t*>(op_.packed + plan.packed.rhs_zero + at) : nullptr;
  output_.row_sum = row_sums;
  plan.run_stage(&output_);
}

}  // namespace ottava
