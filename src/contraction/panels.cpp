#include "contraction/panels.h"

#include "base/memory.h"
#include "contraction/row_table.h"
#include "contraction/tile.h"

#if OTTAVA_ARCH_IS_X86_64

namespace ottava {
namespace {

constexpr size_t kMostRows = 8;           // MR of these kernels
constexpr size_t kMostTileBytes = 1024;   // of dst, a tile of theirs
constexpr size_t kMostFloatBytes = 8192;  // what the rows of a tile become, on the stack

// Channels that one call of a kernel computes.
struct Part {
  const TileArgs* tile;
  const StageArgs* output;

  explicit Part(const FirstTile& first) : tile(&first.tile), output(&first.output) {}
  Part(const FirstTile& first, const StageArgs& own_output) : tile(&first.tile), output(&own_output) {}
};

// The rest of a tile whose vectors dst has no room for.
OTTAVA_INLINE void run_narrow_rest(const PanelTiles& panels, const Part& rest, const uint8_t* const* rows, size_t m,
                                   uint8_t* dst, ptrdiff_t dst_stride) {
  alignas(16) uint8_t tile[kMostTileBytes];
  const size_t line = panels.rest_bytes + panels.overhang;
  panels.run(rest.tile, rest.output, rows, m, tile, static_cast<ptrdiff_t>(line));
  copy_few_lines(dst, dst_stride, tile, line, panels.rest_bytes, m);
}

// The rows of a tile. `behind` bytes of dst, behind its last row, are yet to be written: the rest may write there, and
// into the rows below it. So it comes first.
OTTAVA_INLINE void run_tile_rows(const PreparedContraction& op, const Part& whole, const Part& rest, bool has_rest,
                                 size_t behind, const uint8_t* const* rows, size_t m, uint8_t* dst,
                                 ptrdiff_t dst_stride) {
  const PanelTiles& panels = op.panels;
  if (has_rest) {
    uint8_t* const to = dst + whole.tile->n * op.plan.output.element_bytes;
    if (behind >= panels.overhang) {
      panels.run(rest.tile, rest.output, rows, m, to, dst_stride);
    } else {
      run_narrow_rest(panels, rest, rows, m, to, dst_stride);
    }
  }
  if (whole.tile->n != 0) panels.run(whole.tile, whole.output, rows, m, dst, dst_stride);
}

// Tile by tile. With `dense`, `whole` and `rest` are all channels of rows that lie side by side.
template <class RowsOf>
OTTAVA_INLINE void run_tiles(const PreparedContraction& op, const Part& whole, const Part& rest, bool has_rest,
                             bool dense, size_t rows, uint8_t* dst, ptrdiff_t dst_stride, RowsOf rows_of) {
  const uint8_t* pointers[kMostRows];
  const size_t height = even_height(rows, op.plan.routes.small_m.tile.mr);
  for (size_t row = 0; row < rows; row += height, dst += static_cast<ptrdiff_t>(height) * dst_stride) {
    const size_t m = smaller(rows - row, height);
    rows_of(row, m, pointers);
    const size_t behind = dense ? (rows - row - m) * static_cast<size_t>(dst_stride) : 0;
    run_tile_rows(op, whole, rest, has_rest, behind, pointers, m, dst, dst_stride);
  }
}

OTTAVA_NOINLINE void run_bytes(const PreparedContraction& op, const FirstTile& whole, bool has_rest, bool dense,
                               size_t rows, const uint8_t* lhs, ptrdiff_t lhs_stride, uint8_t* dst,
                               ptrdiff_t dst_stride) {
  run_tiles(op, Part(whole), Part(op.panels.rest), has_rest, dense, rows, dst, dst_stride,
            [&](size_t, size_t m, const uint8_t** pointers) OTTAVA_INLINE_LAMBDA {
              for (size_t i = 0; i < m; ++i, lhs += lhs_stride) pointers[i] = lhs;
            });
}

// Rows of floats, a tile of them quantized at a time.
OTTAVA_NOINLINE void run_floats(const PreparedContraction& op, const FirstTile& whole, bool has_rest, bool dense,
                                size_t rows, const uint8_t* lhs, ptrdiff_t lhs_stride, uint8_t* dst,
                                ptrdiff_t dst_stride) {
  const ContractionPlan& plan = op.plan;
  alignas(16) uint8_t values[kMostFloatBytes];
  float scales[kMostRows];
  int32_t zeros[kMostRows];
  StageArgs outputs[] = {whole.output, op.panels.rest.output};
  for (StageArgs& output : outputs) {
    output.row_scale = plan.row_scales ? scales : nullptr;
    output.row_zero = plan.row_zero_points ? zeros : nullptr;
  }
  run_tiles(op, Part(whole, outputs[0]), Part(op.panels.rest, outputs[1]), has_rest, dense, rows, dst, dst_stride,
            [&](size_t row, size_t m, const uint8_t** pointers) OTTAVA_INLINE_LAMBDA {
              const ConstView view = {lhs + static_cast<ptrdiff_t>(row) * lhs_stride, lhs_stride,
                                      static_cast<ptrdiff_t>(plan.lhs_element_bytes)};
              quantize_few(plan, plan.routes.small_m, view, m, values, scales, zeros);
              for (size_t i = 0; i < m; ++i) pointers[i] = values + i * plan.k;
            });
}

}  // namespace

void prepare_panels(bool floats, PreparedContraction* op) {
  const ContractionPlan& plan = op->plan;
  const Route& route = plan.routes.small_m;
  PanelTiles& panels = op->panels;
  panels = {};
  if (!op->lone_tile) return;
  op->lone_tile = !floats;  // no other short way takes them
  const FusedEpilogue& fused = route.on(plan.core_order).fused;
  const size_t width = route.tile.width, element_bytes = plan.output.element_bytes;
  if (fused.panels == nullptr || route.tile.mr > kMostRows || route.tile.mr * width * element_bytes > kMostTileBytes ||
      (floats && plan.k > kMostFloatBytes / kMostRows)) {
    return;
  }
  op->lone_tile = true;
  panels.run = fused.panels;
  if (op->packed == nullptr) return;  // planned to be looked at, not to be run
  const size_t rest = plan.n % width, whole = plan.n - rest;
  op->small_m.tile.n = op->small_m.output.n = whole;
  panels.rest = op->small_m;
  move_to_channel(op->small_m, whole, op->small_m.tile.rhs, whole / plan.nr * plan.packed.panel_bytes,
                  &panels.rest.tile, &panels.rest.output);
  panels.rest.output.weight_sum += whole;
  panels.rest.tile.n = panels.rest.output.n = rest;
  panels.rest_bytes = rest * element_bytes;
  panels.row_bytes = plan.n * element_bytes;
  panels.overhang = (round_up(rest, fused.part) - rest) * element_bytes;
}

void run_all_panels(const PreparedContraction& op, size_t rows, const uint8_t* lhs, ptrdiff_t lhs_stride, uint8_t* dst,
                    ptrdiff_t dst_stride) {
  const PanelTiles& panels = op.panels;
  const bool has_rest = panels.rest_bytes != 0;
  const bool floats = op.plan.lhs_quantization != Quantization::none;
  if (rows > op.plan.routes.small_m.tile.mr || floats) {
    const bool dense = dst_stride == static_cast<ptrdiff_t>(panels.row_bytes);
    return (floats ? run_floats : run_bytes)(op, op.small_m, has_rest, dense, rows, lhs, lhs_stride, dst, dst_stride);
  }
  const uint8_t* pointers[kMostRows];
  size_t i = 0;
  do pointers[i] = lhs, lhs += lhs_stride;
  while (++i < rows);
  run_tile_rows(op, Part(op.small_m), Part(panels.rest), has_rest, 0, pointers, rows, dst, dst_stride);
}

void run_panels(const PreparedContraction& op, size_t first, size_t end, size_t rows, const uint8_t* lhs,
                ptrdiff_t lhs_stride, uint8_t* dst, ptrdiff_t dst_stride) {
  const ContractionPlan& plan = op.plan;
  if (first == 0 && end == plan.n) return run_all_panels(op, rows, lhs, lhs_stride, dst, dst_stride);
  FirstTile whole = op.small_m;
  const size_t whole_end = op.small_m.tile.n;
  move_to_channel(op.small_m, first, whole.tile.rhs, first / plan.nr * plan.packed.panel_bytes, &whole.tile,
                  &whole.output);
  whole.output.weight_sum += first;
  whole.tile.n = whole.output.n = smaller(end, whole_end) - first;
  const bool floats = plan.lhs_quantization != Quantization::none;
  (floats ? run_floats : run_bytes)(op, whole, end > whole_end, false, rows, lhs, lhs_stride, dst, dst_stride);
}

}  // namespace ottava

#endif
