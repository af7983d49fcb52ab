#include "contraction/tile.h"

#include "base/checked.h"
#include "output/activation.h"
#include "output/factor.h"

namespace ottava {
namespace {

// The factors of one row with a scale of its own, for the channels of a tile: formed as those of a whole operator are
// when it is created.
void fill_row_factors(const OutputPlan& plan, float row_scale, const float* rhs_scale, size_t n, void* factors,
                      StageArgs* output) {
  if (is_fixed(plan.stage)) {
    int32_t* const multiplier = static_cast<int32_t*>(factors);
    int32_t* const exponent = multiplier + output->acc_stride;
    for (size_t channel = 0; channel < n; ++channel) {
      const double product = plan.parameters == Parameters::real_float_product
                                 ? static_cast<double>(row_channel_scale(row_scale, rhs_scale[channel]))
                                 : static_cast<double>(row_scale) * static_cast<double>(rhs_scale[channel]);
      const FixedPoint factor = factor_of_scale(plan.requantization, product / static_cast<double>(plan.scale));
      multiplier[channel] = factor.multiplier;
      exponent[channel] = factor.exponent;
    }
    output->multiplier = multiplier;
    output->exponent = exponent;
  } else {
    float* const scale = static_cast<float*>(factors);
    for (size_t channel = 0; channel < n; ++channel) {
      scale[channel] = finite_scale(row_channel_scale(row_scale, rhs_scale[channel]) / plan.scale);
    }
    output->scale = scale;
  }
}

}  // namespace

void begin_first_tile(const PreparedContraction& op, const ContractionSizes& sizes, const Route& route,
                      const uint8_t* packed, bool float_bias, FirstTile* first) {
  const ContractionPlan& plan = op.plan;
  TileArgs& tile = first->tile;
  StageArgs& output = first->output;
  tile = {};
  output = {};
  // Packed rows hold their positions one behind the other, padding between them.
  tile.depth = route.indirect() || sizes.k == 0 ? sizes.k : sizes.packed_k - sizes.padded_k + sizes.k;
  tile.positions = route.indirect() ? plan.positions : 1;
  tile.sign_flip = route.lhs.flip;
  tile.panel_stride = sizes.packed.panel_bytes;
  tile.fetch = plan.fetch;
  tile.rhs = packed;
  tile.width = route.tile.width;
  tile.wide_tiles = plan.blocking.wide_tiles;
  output.acc_stride = route.tile.width;
  begin_stage(plan.output, float_bias, &output);
  output.offset = channel_array<int32_t>(op.channels, plan.channels.bias_s32, 0);
  output.multiplier = channel_array<int32_t>(op.channels, plan.channels.multiplier, 0);
  output.exponent = channel_array<int32_t>(op.channels, plan.channels.exponent, 0);
  output.scale = channel_array<float>(op.channels, plan.channels.scale, 0);
  output.bias = channel_array<float>(op.channels, plan.channels.bias, 0);
  if (packed == nullptr) {
    output.weight_sum = output.offset;  // which nothing reads: rows have no zero points of their own
    return;
  }
  output.weight_sum = channel_array<int32_t>(packed, sizes.packed.weight_sum, 0);
  const int32_t* const offset = channel_array<int32_t>(packed, offset_of(sizes.packed, route), 0);
  tile.bias = route.kernel->bias_initialized ? offset : nullptr;
  output.offset = route.kernel->bias_initialized ? nullptr : offset;
}

// Elements go to the tile that the activation reads.
void TileRunner::stage_rows() {
  const size_t element_bytes = op_.plan.output.element_bytes;
  output_.dst = scratch_.staged;
  output_.dst_column_stride = static_cast<ptrdiff_t>(element_bytes);
  output_.dst_row_stride = static_cast<ptrdiff_t>(output_.acc_stride * element_bytes);
}

void TileRunner::activate_rows(size_t m, uint8_t* to) {
  activate(op_.plan.output, op_.channels + op_.plan.channels.table, scratch_.staged,
           static_cast<size_t>(output_.dst_row_stride), m, tile_.n, {to, dst_row_stride_, dst_column_stride_});
  output_.dst_row_stride = dst_row_stride_;
  output_.dst_column_stride = dst_column_stride_;
}

// A fused epilogue, a whole tile of it, and the look-up after it.
void TileRunner::run_before_table(size_t m) {
  uint8_t* const to = output_.dst;
  stage_rows();
  output_.n = fused_.width;
  fused_.run(&tile_, &output_);
  output_.n = tile_.n;
  activate_rows(m, to);
}

// Of rows that are in dst.
void TileRunner::look_up_rows(size_t m) {
  const OutputPlan& plan = op_.plan.output;
  const uint8_t* const table = op_.channels + op_.plan.channels.table;
  const bool dense = dst_row_stride_ == static_cast<ptrdiff_t>(tile_.n);
  const size_t lines = dense ? 1 : m, bytes = dense ? m * tile_.n : tile_.n;
  uint8_t* to = output_.dst;
  for (size_t i = 0; i < lines; ++i, to += dst_row_stride_) plan.look_up(table, to, bytes);
}

// The output stage on what the kernel has left in memory, and the activation after it.
void TileRunner::finish(size_t m, const TileRows& rows) {
  const OutputPlan& plan = op_.plan.output;
  uint8_t* const to = output_.dst;
  if (plan.activation != Activation::none) stage_rows();
  if (plan.row_factors) {  // a row at a time, each with its factors
    const StageArgs whole = output_;
    output_.m = 1;
    output_.row_scale = nullptr;
    for (size_t i = 0; i < m; ++i) {
      fill_row_factors(plan, rows.scales[i], whole.scale, whole.n, scratch_.factors, &output_);
      run_stage();
      output_.acc += output_.acc_stride;
      output_.dst += output_.dst_row_stride;
      if (output_.row_sum != nullptr) ++output_.row_sum;
      if (output_.row_zero != nullptr) ++output_.row_zero;
    }
    output_ = whole;
  } else {
    run_stage();
  }
  if (plan.activation != Activation::none) activate_rows(m, to);
}

void run_output_stage(const PreparedContraction& op, size_t m, ConstView accumulators, const float* row_scales,
                      View dst) {
  // A row and as many channels at a time as fit, copied because a stage reads whole vectors.
  constexpr size_t kChannels = 256;
  alignas(kAlignment) int32_t acc[kChannels];
  alignas(kAlignment) int32_t factors[2 * kChannels];
  alignas(kAlignment) uint8_t staged[kChannels * sizeof(int32_t)];
  const ContractionPlan& plan = op.plan;
  FirstTile first;
  begin_first_tile(op, plan, plan.routes.many, nullptr, op.many.output.has_bias != 0, &first);
  first.output.acc_stride = kChannels;
  TileRunner tiles(op, plan.routes.many, first, {acc, factors, staged}, false, nullptr);
  tiles.set_dst(dst.data, dst.row_stride, dst.column_stride);
  for (size_t row = 0; row < m; ++row) {
    for (size_t channel = 0; channel < plan.n; channel += kChannels) {
      const size_t n = smaller(plan.n - channel, kChannels);
      copy_bytes(acc, accumulators.at(row, channel), n * sizeof(int32_t));
      zero_bytes(acc + n, (kChannels - n) * sizeof(int32_t));
      tiles.begin_channels(channel, 0, n);
      tiles.finish_alone(row, 1, {nullptr, nullptr, row_scales != nullptr ? row_scales + row : nullptr});
    }
  }
}

}  // namespace ottava
