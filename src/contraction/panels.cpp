#include "contraction/panels.h"

#include "contraction/row_table.h"
#include "contraction/tile.h"

#if OTTAVA_ARCH_IS_X86_64

namespace ottava {
namespace {

constexpr size_t kMostRows = PanelTiles::kMostRows;
constexpr size_t kMostFloatBytes = 8192;  // what the rows of a tile become, on the stack

// Tile by tile. With `dense` these are all channels of rows that lie side by side: what a tile writes behind its last
// row, the next one overwrites.
template <class RowsOf>
OTTAVA_INLINE void run_tiles(const PreparedContraction& op, const TileArgs& tile, const StageArgs& output, bool dense,
                             size_t rows, uint8_t* dst, ptrdiff_t dst_stride, RowsOf rows_of) {
  const uint8_t* pointers[kMostRows];
  const size_t height = even_height(rows, op.plan.routes.small_m.tile.mr);
  for (size_t row = 0; row < rows; row += height, dst += static_cast<ptrdiff_t>(height) * dst_stride) {
    const size_t m = smaller(rows - row, height);
    rows_of(row, m, pointers);
    const size_t room = dense ? (rows - row - m) * static_cast<size_t>(dst_stride) : 0;
    op.panels.run(&tile, &output, pointers, m, dst, dst_stride, room);
  }
}

OTTAVA_NOINLINE void run_bytes(const PreparedContraction& op, const FirstTile& first, bool dense, size_t rows,
                               const uint8_t* lhs, ptrdiff_t lhs_stride, uint8_t* dst, ptrdiff_t dst_stride) {
  run_tiles(op, first.tile, first.output, dense, rows, dst, dst_stride,
            [&](size_t, size_t m, const uint8_t** pointers) OTTAVA_INLINE_LAMBDA {
              for (size_t i = 0; i < m; ++i, lhs += lhs_stride) pointers[i] = lhs;
            });
}

// Rows of floats, a tile of them quantized at a time.
OTTAVA_NOINLINE void run_floats(const PreparedContraction& op, const FirstTile& first, bool dense, size_t rows,
                                const uint8_t* lhs, ptrdiff_t lhs_stride, uint8_t* dst, ptrdiff_t dst_stride) {
  const ContractionPlan& plan = op.plan;
  alignas(16) uint8_t values[kMostFloatBytes];
  float scales[kMostRows];
  int32_t zeros[kMostRows];
  StageArgs output = first.output;
  output.row_scale = plan.row_scales ? scales : nullptr;
  output.row_zero = plan.row_zero_points ? zeros : nullptr;
  run_tiles(op, first.tile, output, dense, rows, dst, dst_stride,
            [&](size_t row, size_t m, const uint8_t** pointers) OTTAVA_INLINE_LAMBDA {
              const ConstView view = {lhs + static_cast<ptrdiff_t>(row) * lhs_stride, lhs_stride,
                                      static_cast<ptrdiff_t>(plan.lhs_element_bytes)};
              quantize_few(plan, plan.routes.small_m, view, m, values, scales, zeros);
              for (size_t i = 0; i < m; ++i) pointers[i] = values + i * plan.k;
            });
}

OTTAVA_NOINLINE void run_rows(const PreparedContraction& op, const FirstTile& first, bool dense, size_t rows,
                              const uint8_t* lhs, ptrdiff_t lhs_stride, uint8_t* dst, ptrdiff_t dst_stride) {
  const bool floats = op.plan.lhs_quantization != Quantization::none;
  (floats ? run_floats : run_bytes)(op, first, dense, rows, lhs, lhs_stride, dst, dst_stride);
}

}  // namespace

void prepare_panels(bool floats, PreparedContraction* op) {
  const ContractionPlan& plan = op->plan;
  const Route& route = plan.routes.small_m;
  op->panels = {};
  if (!op->lone_tile) return;
  op->lone_tile = !floats;  // no other short way takes them
  const FusedPanelsFn run = route.on(plan.core_order).fused.panels;
  if (run == nullptr || route.tile.mr > kMostRows || (floats && plan.k > kMostFloatBytes / kMostRows)) return;
  op->lone_tile = true;
  op->panels.run = run;
  op->panels.most_rows = floats ? 0 : route.tile.mr;
  op->panels.lhs_line = plan.k * plan.lhs_element_bytes;
  op->panels.dst_line = plan.n * plan.output.element_bytes;
  op->small_m.tile.n = op->small_m.output.n = plan.n;
  const ChooseDenseTilesFn choose = floats ? nullptr : route.on(plan.core_order).fused.dense_tiles;
  for (size_t rows = 1; choose != nullptr && rows <= route.tile.mr; ++rows) {
    op->panels.dense[rows - 1] = choose(op->small_m.tile, op->small_m.output, plan.output.stage, rows);
  }
}

// Rows that lie side by side on both sides, in tiles of even height.
void run_dense_tiles(const PreparedContraction& op, size_t rows, const uint8_t* lhs, uint8_t* dst) {
  const PanelTiles& panels = op.panels;
  const size_t height = even_height(rows, op.plan.routes.small_m.tile.mr), rest = rows % height, whole = rows - rest;
  const uint8_t* const end = dst + rows * panels.dst_line;
  panels.dense[height - 1](&op.small_m.tile, &op.small_m.output, lhs, dst, end);
  if (rest == 0) return;
  panels.dense[rest - 1](&op.small_m.tile, &op.small_m.output, lhs + whole * panels.lhs_line,
                         dst + whole * panels.dst_line, end);
}

void run_all_panels(const PreparedContraction& op, size_t rows, const uint8_t* lhs, ptrdiff_t lhs_stride, uint8_t* dst,
                    ptrdiff_t dst_stride) {
  const bool dense = dst_stride == static_cast<ptrdiff_t>(op.panels.dst_line);
  if (has_dense_tiles(op) && dense && lhs_stride == static_cast<ptrdiff_t>(op.panels.lhs_line)) {
    return run_dense_tiles(op, rows, lhs, dst);
  }
  if (rows > op.panels.most_rows) {
    return run_rows(op, op.small_m, dense, rows, lhs, lhs_stride, dst, dst_stride);
  }
  const uint8_t* pointers[kMostRows];
  size_t i = 0;
  do pointers[i] = lhs, lhs += lhs_stride;
  while (++i < rows);
  op.panels.run(&op.small_m.tile, &op.small_m.output, pointers, rows, dst, dst_stride, 0);
}

void run_dense_panels(const PreparedContraction& op, size_t rows, const uint8_t* lhs, uint8_t* dst) {
  run_all_panels(op, rows, lhs, static_cast<ptrdiff_t>(op.panels.lhs_line), dst,
                 static_cast<ptrdiff_t>(op.panels.dst_line));
}

void run_panels(const PreparedContraction& op, size_t first, size_t end, size_t rows, const uint8_t* lhs,
                ptrdiff_t lhs_stride, uint8_t* dst, ptrdiff_t dst_stride) {
  const ContractionPlan& plan = op.plan;
  if (first == 0 && end == plan.n) return run_all_panels(op, rows, lhs, lhs_stride, dst, dst_stride);
  FirstTile part = op.small_m;
  move_to_channel(op.small_m, first, part.tile.rhs, first / plan.nr * plan.packed.panel_bytes, &part.tile,
                  &part.output);
  part.output.weight_sum += first;
  part.tile.n = part.output.n = end - first;
  run_rows(op, part, false, rows, lhs, lhs_stride, dst, dst_stride);
}

}  // namespace ottava

#endif
