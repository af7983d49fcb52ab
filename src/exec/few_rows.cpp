#include "exec/few_rows.h"

#include "base/checked.h"
#include "base/memory.h"

namespace ottava {
namespace {

constexpr size_t kMostRows = 16;
constexpr size_t kMostAccumulators = 1024;  // that are kept on the stack

// Null where rows want more than their bytes, or a tile more than the stack.
const Kernel* few_rows_kernel(const Operator& op) {
  const Plan& plan = op.plan;
  const Kernel& kernel = plan.few_rows != nullptr ? *plan.few_rows : *plan.kernel;
  const bool fits = kernel.lhs_form == LhsForm::indirect &&
                    size_t{kernel.mr} * kernel.small_m_in_order_tiles <= kMostRows &&
                    kernel.mr * tile_width(kernel) <= kMostAccumulators && kernel.release == nullptr;
  const bool plain = plan.lhs_quantization == Quantization::none && plan.activation == Activation::none &&
                     !plan.runtime_rhs && !plan.row_scales && !plan.row_zero_points && !op.row_term;
  const bool dense = plan.lhs_order == Order::row && plan.dst_order == Order::row;
  return fits && plain && dense && plan.k != 0 && plan.n != 0 ? &kernel : nullptr;
}

void move_on(const FewRows& few, TileArgs* tile, StageArgs* output) {
  tile->rhs = static_cast<const uint8_t*>(tile->rhs) + few.tile_bytes;
  if (tile->start != nullptr) tile->start += few.width;
  if (output->offset != nullptr) output->offset += few.width;
  output->multiplier += few.width;
  output->exponent += few.width;
  output->scale += few.width;
  output->bias += few.width;
}

// A finishing tile of fewer channels: its whole rows go to where accumulators would lie, the valid part on to dst.
void finish_narrow(const FewRows& few, FusedEpilogueFn finishing, size_t element_bytes, const TileArgs& tile,
                   StageArgs* output) {
  const uint8_t* from = reinterpret_cast<const uint8_t*>(tile.acc);
  const size_t line = few.width * element_bytes;
  uint8_t* to = output->dst;
  const ptrdiff_t stride = output->dst_row_stride;
  output->dst = reinterpret_cast<uint8_t*>(tile.acc);
  output->dst_row_stride = static_cast<ptrdiff_t>(line);
  output->n = few.width;
  finishing(&tile, output);
  output->dst_row_stride = stride;
  for (size_t i = 0; i < tile.m; ++i, from += line, to += stride) copy_few(to, from, tile.n * element_bytes);
}

}  // namespace

void prepare_few_rows(Operator* op) {
  const Plan& plan = op->plan;
  FewRows& few = op->few_rows;
  few = FewRows();
  const Kernel* const kernel = few_rows_kernel(*op);
  if (kernel == nullptr) return;
  few.kernel = kernel;
  few.stage = plan.run_stage;
  few.finishing = fused_epilogue(plan, *kernel, false);
  few.fused_in_order = fused_epilogue(plan, *kernel, true);
  few.work = static_cast<uint64_t>(plan.n) * plan.k;  // no more than the bytes of the weights
  few.height = kernel->mr;
  few.width = tile_width(*kernel);
  few.tile_bytes = kernel->panels * plan.packed.panel_bytes;

  few.tile.rhs = op->packed;
  few.tile.depth = plan.k;
  few.tile.positions = 1;
  few.tile.flip = lhs_of(plan, *kernel).flip;
  few.tile.panel_stride = plan.packed.panel_bytes;

  few.output.acc_stride = few.width;
  few.output.dst_column_stride = static_cast<ptrdiff_t>(plan.dst_element_bytes);
  const int32_t* const offset = channel_array<int32_t>(op->packed, offset_of(plan, *kernel), 0);
  few.tile.start = kernel->starts ? offset : nullptr;
  few.output.offset = kernel->starts ? nullptr : offset;
  few.output.multiplier = channel_array<int32_t>(op->channels, plan.channels.multiplier, 0);
  few.output.exponent = channel_array<int32_t>(op->channels, plan.channels.exponent, 0);
  few.output.scale = channel_array<float>(op->channels, plan.channels.scale, 0);
  few.output.bias = channel_array<float>(op->channels, plan.channels.bias, 0);
  few.output.zero_point = plan.dst_zero_point;
  few.output.clamp_min = plan.clamp_min;
  few.output.clamp_max = plan.clamp_max;
  few.output.clamp_min_f32 = plan.clamp_min_f32;
  few.output.clamp_max_f32 = plan.clamp_max_f32;
  few.output.has_bias = op->float_bias ? 1 : 0;
}

void run_few_rows(const Operator& op, size_t rows, const uint8_t* lhs, ptrdiff_t lhs_stride, uint8_t* dst,
                  ptrdiff_t dst_stride) {
  alignas(kAlignment) int32_t acc[kMostAccumulators];
  const uint8_t* pointers[kMostRows];
  for (size_t i = 0; i < rows; ++i, lhs += lhs_stride) pointers[i] = lhs;
  const FewRows& few = op.few_rows;
  const size_t element_bytes = op.plan.dst_element_bytes;
  const bool in_order = few.kernel->run_in_order != nullptr && on_in_order_core(op.plan.core_order);
  const Finishing& finishing = in_order ? few.fused_in_order : few.finishing;
  const size_t height = few.height;

  TileArgs tile = few.tile;
  StageArgs output = few.output;
  tile.lhs = pointers;
  tile.acc = acc;
  tile.m = output.m = smaller(rows, height);
  output.acc = acc;
  output.dst_row_stride = dst_stride;
  const auto run_tile = [&](uint8_t* to, size_t n, bool fits) {
    output.dst = to;
    output.n = n;
    if (finishing.run == nullptr) {
      (in_order ? few.kernel->run_in_order : few.kernel->run)(&tile);
      few.stage(&output);
    } else if (fits) {
      finishing.run(&tile, &output);
    } else {
      finish_narrow(few, finishing.run, element_bytes, tile, &output);
    }
  };
  for (size_t left = op.plan.n;; left -= few.width, dst += few.width * element_bytes) {
    const size_t n = smaller(left, few.width);
    const bool fits = finishing.fits(n);
    tile.n = n;
    run_tile(dst, n, fits);
    if (rows > height) {  // the weights of the tile are still in the cache
      for (size_t first = height; first < rows; first += height) {
        tile.lhs = pointers + first;
        tile.m = output.m = smaller(rows - first, height);
        run_tile(dst + static_cast<ptrdiff_t>(first) * dst_stride, n, fits);
      }
      tile.lhs = pointers;
      tile.m = output.m = height;
    }
    if (left <= few.width) return;
    move_on(few, &tile, &output);
  }
}

}  // namespace ottava
