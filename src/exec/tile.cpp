#include "exec/tile.h"

#include "base/memory.h"
#include "output/arithmetic.h"
#include "plan/factor.h"

namespace ottava {
namespace {

// The factors of one row with a scale of its own, for the channels of a tile: formed as those of a whole operator are
// when it is created.
void fill_row_factors(const Plan& plan, float row_scale, const float* rhs_scale, size_t n, const TileScratch& scratch,
                      StageArgs* output) {
  if (is_fixed(plan.stage)) {
    int32_t* const multiplier = static_cast<int32_t*>(scratch.factors);
    int32_t* const exponent = multiplier + output->acc_stride;
    for (size_t channel = 0; channel < n; ++channel) {
      const double scale = static_cast<double>(row_scale) * static_cast<double>(rhs_scale[channel]) /
                           static_cast<double>(plan.dst_scale);
      const FixedPoint factor = factor_of_scale(plan.rule, scale);
      multiplier[channel] = factor.multiplier;
      exponent[channel] = factor.exponent;
    }
    output->multiplier = multiplier;
    output->exponent = exponent;
  } else {
    float* const scale = static_cast<float*>(scratch.factors);
    for (size_t channel = 0; channel < n; ++channel) {
      scale[channel] = finite_scale(row_channel_scale(row_scale, rhs_scale[channel]) / plan.dst_scale);
    }
    output->scale = scale;
  }
}

// Four at a time: a store of bytes may alias the table, which would order each look-up behind the store before it.
void look_up(const uint8_t* table, const uint8_t* from, size_t n, uint8_t* to) {
  size_t i = 0;
  for (; i + 4 <= n; i += 4) {
    const uint8_t four[4] = {table[from[i]], table[from[i + 1]], table[from[i + 2]], table[from[i + 3]]};
    copy_bytes(to + i, four, sizeof four);
  }
  for (; i < n; ++i) to[i] = table[from[i]];
}

}  // namespace

void TileRunner::finish_alone(size_t row, size_t m, const float* row_scales) {
  const size_t channel =
      static_cast<size_t>(rhs_zero_ - channel_array<int32_t>(op_.channels, op_.plan.channels.rhs_zero, 0));
  output_.offset = channel_array<int32_t>(op_.channels, op_.plan.channels.bias_s32, channel);
  finish(row, m, {nullptr, nullptr, row_scales});
}

// A row at a time, each with its factors.
void TileRunner::run_rows_with_factors(size_t m, const TileRows& rows) {
  const StageArgs whole = output_;
  output_.m = 1;
  output_.row_scale = nullptr;
  for (size_t i = 0; i < m; ++i) {
    fill_row_factors(op_.plan, rows.scales[i], whole.scale, whole.n, scratch_, &output_);
    run_stage();
    output_.acc += output_.acc_stride;
    output_.dst += output_.dst_row_stride;
    if (output_.row_sum != nullptr) ++output_.row_sum;
    if (output_.row_zero != nullptr) ++output_.row_zero;
  }
  output_ = whole;
}

void TileRunner::activate(View to, size_t m) {
  const Plan& plan = op_.plan;
  const size_t n = output_.n;
  const uint8_t* const table = op_.channels + plan.channels.table;
  for (size_t row = 0; row < m; ++row) {
    const uint8_t* const from = scratch_.staged + row * output_.acc_stride * plan.dst_element_bytes;
    if (plan.activation == Activation::table && to.column_stride == 1) {
      look_up(table, from, n, to.at(row, 0));
      continue;
    }
    if (plan.activation == Activation::table) {
      for (size_t channel = 0; channel < n; ++channel) *to.at(row, channel) = table[from[channel]];
      continue;
    }
    for (size_t channel = 0; channel < n; ++channel) {
      int32_t x;
      copy_bytes(&x, from + channel * sizeof x, sizeof x);
      const int32_t y = fixed_tanh(x, plan.tanh);
      copy_bytes(to.at(row, channel), &y, sizeof y);
    }
  }
}

}  // namespace ottava
