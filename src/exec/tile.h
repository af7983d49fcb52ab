// One tile: the kernel, then the output stage on the accumulators that it left in the first-level cache.
#ifndef OTTAVA_SRC_EXEC_TILE_H_
#define OTTAVA_SRC_EXEC_TILE_H_

#include "base/memory.h"
#include "base/view.h"
#include "exec/operator.h"
#include "output/saturation.h"

namespace ottava {

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
 public:
  // `packed` is the rhs as plan.packed lays it out. `saturation` may be null.
  TileRunner(const Operator& op, const Kernel& kernel, const uint8_t* packed, const TileScratch& scratch,
             bool accumulate, Saturation* saturation);

  void set_dst(uint8_t* data, ptrdiff_t row_stride, ptrdiff_t column_stride);

  // The tiles that follow lie in panel number `panel`, of which n channels are valid.
  void begin_panel(size_t panel, size_t n);

  // How the tiles that follow take a packed or strided lhs, see TileArgs.
  void set_lhs_strides(size_t row_stride, size_t step_stride);

  // The tile whose first element is dst(row, the panel's first channel): m valid rows. `lhs` is what the kernel's form
  // asks for.
  void run(const void* lhs, size_t row, size_t m, const TileRows& rows);

  // Whether m may be any number in this panel, the lhs being packed panels one behind the other.
  bool takes_all_rows() const { return fits_ && finishing_.all_rows; }

  // After the last tile.
  void release() {
    if (release_ != nullptr && prepared_m_ != 0) release_();
    prepared_m_ = 0;
  }

  // The output stage alone, with the operator's bias as its offset, on accumulators that are in the scratch.
  void finish_alone(size_t row, size_t m, const float* row_scales);

 private:
  void set_rows(size_t row, size_t m, const TileRows& rows);
  void finish(size_t row, size_t m, const TileRows& rows);
  void finish_narrow();
  void run_rows_with_factors(size_t m, const TileRows& rows);
  void run_stage();
  void activate(View to, size_t m);

  const Operator& op_;
  TileFn kernel_;
  TileFn prepare_;
  void (*release_)();
  size_t prepared_m_;  // 0: not prepared
  const uint8_t* packed_;
  uint8_t* dst_;
  ptrdiff_t dst_row_stride_;  // bytes
  ptrdiff_t dst_column_stride_;
  uint8_t* dst_panel_;  // of dst, the first element of the panel
  TileScratch scratch_;
  StageFn stage_;
  Finishing finishing_;  // instead of kernel and stage
  bool fits_;            // it may write to dst in this panel
  Saturation* saturation_;
  bool starts_;              // the kernel begins with the offsets
  size_t offset_;            // of the packed offsets that go with the kernel
  const int32_t* rhs_zero_;  // of the panel
  TileArgs tile_;
  StageArgs output_;
};

// What follows runs for every tile, so it is inlined into the loops.

inline TileRunner::TileRunner(const Operator& op, const Kernel& kernel, const uint8_t* packed,
                              const TileScratch& scratch, bool accumulate, Saturation* saturation)
    : op_(op),
      kernel_(kernel.run),
      prepare_(kernel.prepare),
      release_(kernel.release),
      prepared_m_(0),
      packed_(packed),
      dst_(nullptr),
      dst_row_stride_(0),
      dst_column_stride_(0),
      dst_panel_(nullptr),
      scratch_(scratch),
      stage_(accumulate ? op.plan.run_accumulating_stage : op.plan.run_stage),
      finishing_(),
      fits_(false),
      saturation_(saturation),
      starts_(kernel.starts),
      offset_(offset_of(op.plan, kernel)),
      rhs_zero_(nullptr),
      tile_(),
      output_() {
  const Plan& plan = op.plan;
  const bool in_order = kernel.run_in_order != nullptr && on_in_order_core(plan.core_order);
  if (in_order) kernel_ = kernel.run_in_order;
  tile_.acc = scratch.acc;
  tile_.depth = plan.k;
  tile_.positions = 1;
  tile_.flip = lhs_of(plan, kernel).flip;
  tile_.accumulate = 0;
  tile_.panel_stride = plan.packed.panel_bytes;

  output_.acc = scratch.acc;
  output_.acc_stride = tile_width(kernel);
  output_.zero_point = plan.dst_zero_point;
  output_.clamp_min = plan.clamp_min;
  output_.clamp_max = plan.clamp_max;
  output_.clamp_min_f32 = plan.clamp_min_f32;
  output_.clamp_max_f32 = plan.clamp_max_f32;
  if (plan.row_factors) zero_bytes(scratch.factors, output_.acc_stride * (2 * sizeof(int32_t)));
  output_.has_bias = op.float_bias ? 1 : 0;
  if (!accumulate && saturation == nullptr) finishing_ = fused_epilogue(plan, kernel, in_order);
}

inline void TileRunner::set_dst(uint8_t* data, ptrdiff_t row_stride, ptrdiff_t column_stride) {
  dst_ = data;
  output_.dst_row_stride = dst_row_stride_ = row_stride;
  output_.dst_column_stride = dst_column_stride_ = column_stride;
  if (column_stride != static_cast<ptrdiff_t>(op_.plan.dst_element_bytes)) finishing_ = {};
}

inline void TileRunner::set_lhs_strides(size_t row_stride, size_t step_stride) {
  tile_.row_stride = row_stride;
  tile_.step_stride = step_stride;
}

inline void TileRunner::begin_panel(size_t panel, size_t n) {
  const Plan& plan = op_.plan;
  const ChannelLayout& layout = plan.channels;
  const size_t channel = panel * plan.nr;
  tile_.n = output_.n = n;
  fits_ = finishing_.run != nullptr && finishing_.fits(n);
  dst_panel_ = dst_ + static_cast<ptrdiff_t>(channel) * dst_column_stride_;
  if (packed_ != nullptr) {  // there is none where the output stage runs alone
    tile_.rhs = packed_ + panel * plan.packed.panel_bytes;
    const int32_t* const offset = channel_array<int32_t>(packed_, offset_, channel);
    tile_.start = starts_ ? offset : nullptr;
    output_.offset = starts_ ? nullptr : offset;
    output_.weight_sum = channel_array<int32_t>(packed_, plan.packed.weight_sum, channel);
  }
  output_.multiplier = channel_array<int32_t>(op_.channels, layout.multiplier, channel);
  output_.exponent = channel_array<int32_t>(op_.channels, layout.exponent, channel);
  output_.scale = channel_array<float>(op_.channels, layout.scale, channel);
  output_.bias = channel_array<float>(op_.channels, layout.bias, channel);
  rhs_zero_ = channel_array<int32_t>(op_.channels, layout.rhs_zero, channel);
}

inline void TileRunner::run(const void* lhs, size_t row, size_t m, const TileRows& rows) {
  tile_.lhs = lhs;
  tile_.m = m;
  if (prepare_ != nullptr && prepared_m_ != m) {
    prepare_(&tile_);
    prepared_m_ = m;
  }
  if (finishing_.run != nullptr) {
    set_rows(row, m, rows);
    return fits_ ? finishing_.run(&tile_, &output_) : finish_narrow();
  }
  kernel_(&tile_);
  finish(row, m, rows);
}

inline void TileRunner::set_rows(size_t row, size_t m, const TileRows& rows) {
  output_.m = m;
  output_.dst = dst_panel_ + static_cast<ptrdiff_t>(row) * dst_row_stride_;
  output_.rhs_zero = rows.sums != nullptr ? rhs_zero_ : nullptr;
  output_.row_sum = rows.sums;
  output_.row_zero = rows.zeros;
  output_.row_scale = rows.scales;
}

// A finishing tile of fewer channels: its whole rows go to where accumulators would lie, the valid part on to dst.
inline void TileRunner::finish_narrow() {
  uint8_t* to = output_.dst;
  const size_t element = op_.plan.dst_element_bytes;
  const size_t width = output_.acc_stride;
  uint8_t* from = reinterpret_cast<uint8_t*>(scratch_.acc);
  output_.dst = from;
  output_.dst_row_stride = static_cast<ptrdiff_t>(width * element);
  output_.n = width;
  finishing_.run(&tile_, &output_);
  output_.dst_row_stride = dst_row_stride_;
  output_.n = tile_.n;
  for (size_t i = 0; i < output_.m; ++i, from += width * element, to += dst_row_stride_) {
    copy_few(to, from, tile_.n * element);
  }
}

inline void TileRunner::finish(size_t row, size_t m, const TileRows& rows) {
  const Plan& plan = op_.plan;
  set_rows(row, m, rows);
  uint8_t* const to = output_.dst;
  if (plan.activation != Activation::none) {
    output_.dst = scratch_.staged;
    output_.dst_column_stride = static_cast<ptrdiff_t>(plan.dst_element_bytes);
    output_.dst_row_stride = static_cast<ptrdiff_t>(output_.acc_stride * plan.dst_element_bytes);
  }
  if (plan.row_factors) {
    run_rows_with_factors(m, rows);
  } else {
    run_stage();
  }
  if (plan.activation != Activation::none) activate({to, dst_row_stride_, dst_column_stride_}, m);
}

inline void TileRunner::run_stage() {
  if (saturation_ != nullptr) count_saturated(output_, op_.plan.stage, stage_ != op_.plan.run_stage, saturation_);
  stage_(&output_);
}

}  // namespace ottava

#endif  // OTTAVA_SRC_EXEC_TILE_H_
