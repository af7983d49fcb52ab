// One tile: the kernel, then the output stage on the accumulators that it left in the first-level cache; or both in one
// where the route has a fused epilogue. Everything that fills TileArgs and StageArgs is here.
#ifndef OTTAVA_SRC_CONTRACTION_TILE_H_
#define OTTAVA_SRC_CONTRACTION_TILE_H_

#include "base/memory.h"
#include "base/view.h"
#include "contraction/prepared.h"
#include "output/saturation.h"

namespace ottava {

// Arguments of the first tile of a route over packed weights of these sizes; over none they are for the output stage
// alone, with the bias as its offset.
void begin_first_tile(const PreparedContraction& op, const ContractionSizes& sizes, const Route& route,
                      const uint8_t* packed, bool float_bias, FirstTile* first);

// Moves the arguments of a copy of `first` to the tile that begins at `channel`, whose packed weights lie `rhs_bytes`
// behind those at `rhs`.
OTTAVA_INLINE void move_to_channel(const FirstTile& first, size_t channel, const void* rhs, size_t rhs_bytes,
                                   TileArgs* tile, StageArgs* output) {
  tile->rhs = static_cast<const uint8_t*>(rhs) + rhs_bytes;
  if (first.tile.bias != nullptr) tile->bias = first.tile.bias + channel;
  if (first.output.offset != nullptr) output->offset = first.output.offset + channel;
  output->multiplier = first.output.multiplier + channel;
  output->exponent = first.output.exponent + channel;
  output->scale = first.output.scale + channel;
  output->bias = first.output.bias + channel;
}

// A fused epilogue of fewer channels than it writes: its whole rows go to where accumulators would lie, the valid part
// on to dst.
OTTAVA_INLINE void run_narrow(const FusedEpilogue& fused, size_t element_bytes, const TileArgs& tile,
                              StageArgs* output) {
  uint8_t* to = output->dst;
  const ptrdiff_t stride = output->dst_row_stride;
  const size_t line = fused.width * element_bytes;
  const uint8_t* from = reinterpret_cast<const uint8_t*>(tile.acc);
  output->dst = reinterpret_cast<uint8_t*>(tile.acc);
  output->dst_row_stride = static_cast<ptrdiff_t>(line);
  output->n = fused.width;
  fused.run(&tile, output);
  output->dst_row_stride = stride;
  output->n = tile.n;
  if (kHavePanels) return copy_few_lines(to, stride, from, line, tile.n * element_bytes, tile.m);
  for (size_t i = 0; i < tile.m; ++i, from += line, to += stride) copy_few(to, from, tile.n * element_bytes);
}

// The scratch of one worker, see WorkspaceLayout; what its operator does not use may be null.
struct TileScratch {
  int32_t* acc;     // a tile, aligned to kAlignment
  void* factors;    // 2 words for each channel of a tile
  uint8_t* staged;  // a tile of elements of dst
};

// What the output stage is told about the rows of a tile; from its first row on. Null where it needs none.
struct TileRows {
  const int32_t* sums;
  const int32_t* zeros;  // canonical
  const float* scales;
};

class TileRunner {
  // Far more than arrives while one line comes from memory, and a small part of a second-level cache.
  static constexpr size_t kFetchAhead = size_t{64} << 10;

 public:
  // `first` is the first tile of the route over the packed rhs, and outlives this. `saturation` may be null.
  TileRunner(const PreparedContraction& op, const Route& route, const FirstTile& first, const TileScratch& scratch,
             bool accumulate, Saturation* saturation);

  void set_dst(uint8_t* data, ptrdiff_t row_stride, ptrdiff_t column_stride);

  // The tiles that follow begin at `channel`, a multiple of NR, and have n valid ones; their packed weights lie
  // `rhs_bytes` behind the first.
  void begin_channels(size_t channel, size_t rhs_bytes, size_t n);

  // So many tiles, one below the other, share out what is to be fetched while they pass over a panel.
  void set_tiles_of_panel(size_t tiles);

  // How the tiles that follow take a packed or strided lhs, see TileArgs.
  void set_lhs_strides(size_t row_stride, size_t step_stride);

  // The tile whose first element is dst(row, the first of the channels): m valid rows. `lhs` is what the kernel's form
  // asks for.
  void run(const void* lhs, size_t row, size_t m, const TileRows& rows);

  // Whether m may be any number at these channels, the lhs being packed panels one behind the other.
  bool takes_all_rows() const { return fits_ && fused_.all_rows; }

  // Whether n may be a multiple of the tile's width.
  bool takes_panels() const { return kHavePanels && fused_.panels != nullptr && kernel_.form == LhsForm::indirect; }

  // Whether run_rectangle() serves, for any m and n.
  bool takes_rectangles() const {
    const OutputPlan& output = op_.plan.output;
    const bool finishes =
        output.activation == Activation::none || (output.activation == Activation::table && output.look_up != nullptr);
    return kHavePanels && fused_.panels != nullptr && kernel_.form == LhsForm::packed && finishes;
  }
  // The most rows of n channels that run_rectangle() is to be told: a table is looked up in what the first-level cache
  // still holds.
  size_t rows_of_rectangle(size_t rows, size_t n) const {
    constexpr size_t kLookedUp = 8192;
    if (op_.plan.output.activation == Activation::none) return rows;
    const size_t mr = op_.plan.routes.many.tile.mr;
    return larger(kLookedUp / n / mr, 1) * mr;
  }
  bool fetches_weights() const { return tile_.fetch_step != 0; }

  // All tiles of m rows and the channels begun, one row of tiles after the other, in one call of the kernel. Of the
  // packed form; the lhs of the tiles lies as FusedPanelsFn has it.
  void run_rectangle(const void* lhs, size_t row, size_t m, const TileRows& rows) {
    set_rows(row, m, rows);
    fused_.panels(&tile_, &output_, lhs, m, output_.dst, dst_row_stride_, 0);
    if (op_.plan.output.activation == Activation::table) look_up_rows(m);
  }

  // The output stage alone, on accumulators of m rows that are in the scratch.
  void finish_alone(size_t row, size_t m, const TileRows& rows) {
    set_rows(row, m, rows);
    finish(m, rows);
  }

  // After the last tile.
  void release() {
    if (kernel_.release != nullptr && prepared_m_ != 0) kernel_.release();
    prepared_m_ = 0;
  }

 private:
  void set_rows(size_t row, size_t m, const TileRows& rows);
  void finish(size_t m, const TileRows& rows);
  void run_before_table(size_t m);
  void look_up_rows(size_t m);
  void stage_rows();
  void activate_rows(size_t m, uint8_t* to);
  void run_stage();

  const PreparedContraction& op_;
  const Kernel& kernel_;
  TileFn run_;
  FusedEpilogue fused_;   // instead of kernel and stage
  bool fits_;             // it may write to dst at these channels
  size_t prepared_m_;     // 0: not prepared
  size_t fetch_ahead_;    // bytes behind the weights at hand that the first tile of a panel fetches
  size_t fetch_bytes_;    // of a tile
  uintptr_t fetch_from_;  // of the next tile; an integer, as it may lie beyond the weights
  const FirstTile& first_;
  uint8_t* dst_;
  ptrdiff_t dst_row_stride_;  // bytes
  ptrdiff_t dst_column_stride_;
  uint8_t* dst_channels_;  // row 0 of the channels
  TileScratch scratch_;
  StageFn stage_;
  Saturation* saturation_;
  const int32_t* rhs_zero_;  // of the channels
  TileArgs tile_;
  StageArgs output_;
};

// The output stage alone on m x n accumulators, with the operator's bias.
void run_output_stage(const PreparedContraction& op, size_t m, ConstView accumulators, const float* row_scales,
                      View dst);

// What follows runs for every tile, so it is inlined into the loops.

inline TileRunner::TileRunner(const PreparedContraction& op, const Route& route, const FirstTile& first,
                              const TileScratch& scratch, bool accumulate, Saturation* saturation)
    : op_(op),
      kernel_(*route.kernel),
      run_(route.on(op.plan.core_order).run),
      fused_(),
      fits_(false),
      prepared_m_(0),
      fetch_ahead_(0),
      fetch_bytes_(0),
      fetch_from_(0),
      first_(first),
      dst_(nullptr),
      dst_row_stride_(0),
      dst_column_stride_(0),
      dst_channels_(nullptr),
      scratch_(scratch),
      stage_(accumulate ? op.plan.output.run_accumulating : op.plan.output.run),
      saturation_(saturation),
      rhs_zero_(nullptr),
      tile_(first.tile),
      output_(first.output) {
  if (!accumulate && saturation == nullptr) fused_ = route.on(op.plan.core_order).fused;
  tile_.acc = scratch.acc;
  output_.acc = scratch.acc;
  if (op.plan.output.row_factors) zero_bytes(scratch.factors, output_.acc_stride * (2 * sizeof(int32_t)));
}

inline void TileRunner::set_dst(uint8_t* data, ptrdiff_t row_stride, ptrdiff_t column_stride) {
  dst_ = data;
  output_.dst_row_stride = dst_row_stride_ = row_stride;
  output_.dst_column_stride = dst_column_stride_ = column_stride;
  if (column_stride != static_cast<ptrdiff_t>(op_.plan.output.element_bytes)) fused_ = {};
}

inline void TileRunner::set_lhs_strides(size_t row_stride, size_t step_stride) {
  tile_.row_stride = row_stride;
  tile_.step_stride = step_stride;
}

// Of several tiles, each fetches its part of the next panel. A lone one fetches what comes soon: panels may be so large
// that few of them find room beside the rows.
inline void TileRunner::set_tiles_of_panel(size_t tiles) {
  if (tile_.fetch != Fetch::far && tile_.fetch != Fetch::many_rows) return;
  const ContractionPlan& plan = op_.plan;
  const size_t step_bytes = plan.nr * plan.routes.many.tile.kr;
  tile_.fetch_step = ceil_div(step_bytes, tiles);
  fetch_bytes_ = tile_.panel_stride / tiles;
  fetch_ahead_ = tiles == 1 ? kFetchAhead : tile_.panel_stride;
}

inline void TileRunner::begin_channels(size_t channel, size_t rhs_bytes, size_t n) {
  move_to_channel(first_, channel, first_.tile.rhs, rhs_bytes, &tile_, &output_);
  output_.weight_sum = first_.output.weight_sum + channel;
  rhs_zero_ = channel_array<int32_t>(op_.channels, op_.plan.channels.rhs_zero, channel);
  fetch_from_ = reinterpret_cast<uintptr_t>(tile_.rhs) + fetch_ahead_;
  tile_.n = output_.n = n;
  fits_ = fused_.run != nullptr && op_.plan.output.activation == Activation::none && fused_.fits(n);
  dst_channels_ = dst_ + static_cast<ptrdiff_t>(channel) * dst_column_stride_;
}

inline void TileRunner::run(const void* lhs, size_t row, size_t m, const TileRows& rows) {
  tile_.lhs = lhs;
  tile_.m = m;
  tile_.fetch_from = reinterpret_cast<const void*>(fetch_from_);
  fetch_from_ += fetch_bytes_;
  if (kernel_.prepare != nullptr && prepared_m_ != m) {
    kernel_.prepare(&tile_);
    prepared_m_ = m;
  }
  set_rows(row, m, rows);
  if (fits_) {
    fused_.run(&tile_, &output_);
  } else if (fused_.run != nullptr && op_.plan.output.activation == Activation::table) {
    run_before_table(m);
  } else if (fused_.run != nullptr) {
    run_narrow(fused_, op_.plan.output.element_bytes, tile_, &output_);
  } else {
    run_(&tile_);
    finish(m, rows);
  }
}

inline void TileRunner::set_rows(size_t row, size_t m, const TileRows& rows) {
  output_.m = m;
  output_.dst = dst_channels_ + static_cast<ptrdiff_t>(row) * dst_row_stride_;
  output_.rhs_zero = rows.sums != nullptr ? rhs_zero_ : nullptr;
  output_.row_sum = rows.sums;
  output_.row_zero = rows.zeros;
  output_.row_scale = rows.scales;
}

inline void TileRunner::run_stage() {
  const OutputPlan& plan = op_.plan.output;
  if (saturation_ != nullptr) count_saturated(output_, plan.stage, stage_ != plan.run, saturation_);
  stage_(&output_);
}

}  // namespace ottava

#endif  // OTTAVA_SRC_CONTRACTION_TILE_H_
