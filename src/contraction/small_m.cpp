#include "contraction/small_m.h"

#include "base/checked.h"
#include "contraction/panels.h"
#include "contraction/tile.h"

namespace ottava {
namespace {

// Accumulators of a tile and pointers to its rows stand on the stack, as large as the tile is, up to so many bytes.
constexpr size_t kMostStackBytes = 16384;
// Most tiles want no more than this, which takes a nanosecond less to lay out than memory of the very size.
constexpr size_t kUsualStackBytes = 4224;

OTTAVA_INLINE void run_tile(const OutputPlan& plan, const TunedRoute& tuned, const TileArgs& tile, StageArgs* output) {
  if (tuned.fused.run == nullptr) {
    tuned.run(&tile);
    plan.run(output);
  } else if (tuned.fused.fits(tile.n)) {
    tuned.fused.run(&tile, output);
  } else {
    run_narrow(tuned.fused, plan.element_bytes, tile, output);
  }
}

// The tiles below one of whole height, while its weights are in the cache. Apart from the single tile that most runs
// are, whose registers these would take.
OTTAVA_NOINLINE void run_lower_tiles(const PreparedContraction& op, const TunedRoute& tuned, size_t rows, uint8_t* dst,
                                     TileArgs* tile, StageArgs* output) {
  const void* const first = tile->lhs;
  const size_t height = tile->m;
  for (size_t row = height; row < rows; row += height) {
    tile->lhs = static_cast<const uint8_t* const*>(first) + row;
    tile->m = output->m = smaller(rows - row, height);
    output->dst = dst + static_cast<ptrdiff_t>(row) * output->dst_row_stride;
    run_tile(op.plan.output, tuned, *tile, output);
  }
  tile->lhs = first;
  tile->m = output->m = height;
}

// The channels from `first` on, a multiple of the width, to `end`; dst is where the first of them goes. `stack` holds
// op.stack_bytes, aligned to kAlignment.
OTTAVA_INLINE void run_tiles(const PreparedContraction& op, size_t first, size_t end, size_t rows, const uint8_t* lhs,
                             ptrdiff_t lhs_stride, uint8_t* dst, ptrdiff_t dst_stride, uint8_t* stack) {
  const ContractionPlan& plan = op.plan;
  const Route& route = plan.routes.small_m;
  const TunedRoute& tuned = route.on(plan.core_order);
  const size_t width = route.tile.width;
  const uint8_t** const pointers = reinterpret_cast<const uint8_t**>(stack);
  for (size_t i = 0; i < rows; ++i, lhs += lhs_stride) pointers[i] = lhs;

  TileArgs tile = op.small_m.tile;
  StageArgs output = op.small_m.output;
  tile.acc = reinterpret_cast<int32_t*>(stack + op.pointer_bytes);
  tile.lhs = pointers;
  tile.m = output.m = even_height(rows, route.tile.mr);
  output.acc = tile.acc;
  output.dst_row_stride = dst_stride;
  if (first != 0) {
    move_to_channel(op.small_m, first, tile.rhs, first / plan.nr * plan.packed.panel_bytes, &tile, &output);
  }
  for (size_t channel = first;; dst += width * plan.output.element_bytes) {
    tile.n = output.n = smaller(end - channel, width);
    output.dst = dst;
    run_tile(plan.output, tuned, tile, &output);
    if (rows > tile.m) run_lower_tiles(op, tuned, rows, dst, &tile, &output);
    channel += width;
    if (channel >= end) return;
    move_to_channel(op.small_m, channel, tile.rhs, route.tile.panels * tile.panel_stride, &tile, &output);
  }
}

// What most runs are: one tile.
OTTAVA_INLINE void run_lone_tile(const PreparedContraction& op, size_t rows, const uint8_t* lhs, ptrdiff_t lhs_stride,
                                 uint8_t* dst, ptrdiff_t dst_stride, uint8_t* stack) {
  const uint8_t** const pointers = reinterpret_cast<const uint8_t**>(stack);
  for (size_t i = 0; i < rows; ++i, lhs += lhs_stride) pointers[i] = lhs;
  TileArgs tile = op.small_m.tile;
  StageArgs output = op.small_m.output;
  tile.acc = reinterpret_cast<int32_t*>(stack + op.pointer_bytes);
  output.acc = tile.acc;
  tile.lhs = pointers;
  tile.m = output.m = rows;
  tile.n = output.n = op.plan.n;
  output.dst = dst;
  output.dst_row_stride = dst_stride;
  run_tile(op.plan.output, op.plan.routes.small_m.on(op.plan.core_order), tile, &output);
}

OTTAVA_NOINLINE void run_wide_tiles(const PreparedContraction& op, size_t first, size_t end, size_t rows,
                                    const uint8_t* lhs, ptrdiff_t lhs_stride, uint8_t* dst, ptrdiff_t dst_stride) {
  run_tiles(op, first, end, rows, lhs, lhs_stride, dst, dst_stride,
            static_cast<uint8_t*>(__builtin_alloca_with_align(op.stack_bytes, 8 * kAlignment)));
}

OTTAVA_NOINLINE void run_by_tiles(const PreparedContraction& op, size_t rows, const uint8_t* lhs, ptrdiff_t lhs_stride,
                                  uint8_t* dst, ptrdiff_t dst_stride) {
  if (op.stack_bytes > kUsualStackBytes) {
    return run_wide_tiles(op, 0, op.plan.n, rows, lhs, lhs_stride, dst, dst_stride);
  }
  alignas(kAlignment) uint8_t stack[kUsualStackBytes];
  const TileShape& shape = op.plan.routes.small_m.tile;
  if (rows <= shape.mr && op.plan.n <= shape.width) {
    return run_lone_tile(op, rows, lhs, lhs_stride, dst, dst_stride, stack);
  }
  run_tiles(op, 0, op.plan.n, rows, lhs, lhs_stride, dst, dst_stride, stack);
}

// A run as its workers share it.
struct SharedTiles {
  const PreparedContraction& op;
  size_t rows;
  const uint8_t* lhs;
  ptrdiff_t lhs_stride;
  uint8_t* dst;
  ptrdiff_t dst_stride;
  Grid grid;
  Grains grains;
  PieceCounter pieces;
};

void run_worker(void* task, uint32_t index) {
  SharedTiles& run = *static_cast<SharedTiles*>(task);
  const PreparedContraction& op = run.op;
  alignas(kAlignment) uint8_t stack[kUsualStackBytes];
  for (Share share; run.pieces.take(index, &share);) {
    const size_t lines = run.grains.lines(share);
    const size_t first_row = share.line * run.grid.line_rows();
    const size_t rows = smaller(run.rows - first_row, lines * run.grid.line_rows());
    const ptrdiff_t row = static_cast<ptrdiff_t>(first_row);
    const size_t first = share.first * run.grid.n_grain;
    const size_t end = smaller(op.plan.n, (share.first + share.count) * run.grid.n_grain);
    const uint8_t* const lhs = run.lhs + row * run.lhs_stride;
    uint8_t* const dst = run.dst + row * run.dst_stride + first * op.plan.output.element_bytes;
    if (takes_panels(op)) {
      run_panels(op, first, end, rows, lhs, run.lhs_stride, dst, run.dst_stride);
    } else if (op.stack_bytes > kUsualStackBytes) {
      run_wide_tiles(op, first, end, rows, lhs, run.lhs_stride, dst, run.dst_stride);
    } else {
      run_tiles(op, first, end, rows, lhs, run.lhs_stride, dst, run.dst_stride, stack);
    }
  }
}

}  // namespace

void prepare_lone_tile(PreparedContraction* op) {
  const ContractionPlan& plan = op->plan;
  const Route& route = plan.routes.small_m;
  op->lone_tile = false;
  op->rows_alone = op->pointer_bytes = op->stack_bytes = 0;
  if (route.most_rows == 0 || plan.n == 0 || plan.k == 0) return prepare_panels(false, op);  // not by them either
  op->pointer_bytes = round_up(route.most_rows * sizeof(void*), kAlignment);
  op->stack_bytes = op->pointer_bytes + route.tile.accumulators() * sizeof(int32_t);
  const bool floats = plan.lhs_quantization != Quantization::none;
  const bool plain = plan.output.activation == Activation::none && plan.output.add == nullptr && !plan.runtime_rhs &&
                     !plan.given_row_scales && !plan.given_row_zero_points && !op->row_term;
  op->lone_tile =
      op->stack_bytes <= kMostStackBytes && plain && plan.positions == 1 && route.kernel->release == nullptr;
  prepare_panels(floats, op);
  if (op->lone_tile) {
    op->rows_alone = most_rows_alone(plan.blocking, route.tile, route.most_rows, plan.n, plan.packed_k, plan.threads);
  }
}

void run_small_m(const PreparedContraction& op, size_t rows, const uint8_t* lhs, ptrdiff_t lhs_stride, uint8_t* dst,
                 ptrdiff_t dst_stride) {
  if (takes_panels(op)) return run_all_panels(op, rows, lhs, lhs_stride, dst, dst_stride);
  run_by_tiles(op, rows, lhs, lhs_stride, dst, dst_stride);
}

void share_small_m(const PreparedContraction& op, size_t rows, const uint8_t* lhs, ptrdiff_t lhs_stride, uint8_t* dst,
                   ptrdiff_t dst_stride, const Parallel& parallel) {
  const ContractionPlan& plan = op.plan;
  if (!OTTAVA_HOSTED || is_small_m_alone(op, rows)) return run_small_m(op, rows, lhs, lhs_stride, dst, dst_stride);
  Grid grid;
  choose_grid(plan.blocking, plan.routes.small_m.tile, rows, plan.n, plan.packed_k, 1, plan.threads, &grid);
  if (grid.workers == 1) return run_small_m(op, rows, lhs, lhs_stride, dst, dst_stride);
  const Grains grains = grid.grains(rows, plan.n);
  SharedTiles run = {op,         rows,   lhs,
                     lhs_stride, dst,    dst_stride,
                     grid,       grains, PieceCounter(grains.lines_of_batch, grid.workers, grains)};
  on_workers(parallel, grid.workers, run_worker, &run);
}

}  // namespace ottava
