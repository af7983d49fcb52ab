// Start reading here: the loops of a run, outermost first.
//
//     batches          one after the other where each packs a run-time rhs   (run_contraction)
//       workers        each takes pieces until none is left                  (contraction/tasks.h)
//         piece        m_block rows by n_block channels of one batch's dst   (contraction/blocking.h)
//           lhs block  packed, or pointed at, once for all its pieces        (contraction/row_table.h)
//             rhs panel  NR channels, stays in cache while                   (PieceTiles)
//               tile   up to MR rows pass over it: kernel and output stage   (contraction/tile.h)
// Where all panels stay in the cache, the last two loops change places, and a packed kernel of x86 runs both in one
// call (TileRunner::run_rectangle).
//
// Assumed here: what run.h says of the request; the operator has checked it.
#include "contraction/run.h"

#include "base/checked.h"
#include "base/memory.h"
#include "contraction/pack.h"
#include "contraction/panels.h"
#include "output/addition_plan.h"

namespace ottava {
namespace {

// A run as its workers share it: batches from first_batch on, as many as there are pieces.
struct Run {
  const PreparedContraction& op;
  const RunRequest& request;
  const Schedule& schedule;
  uint8_t* workspace;  // aligned
  size_t first_batch;
  const uint8_t* packed;  // the rhs of these batches; null where each worker packs its own
  uint8_t* pack_to;       // where it is being packed
  Grains grains;          // of a batch
  PieceCounter pieces;
};

// Whether pieces of a run are rows and channels for contraction/panels.h.
bool runs_by_panels(const PreparedContraction& op, const RunRequest& request, const Schedule& schedule) {
  if (!takes_panels(op)) return false;
  const ContractionPlan& plan = op.plan;
  const Route& route = *schedule.route;
  return route.kernel == plan.routes.small_m.kernel && (route.small_m || plan.n <= route.tile.width) &&
         schedule.packing == RhsPacking::done && !request.accumulate && request.saturation == nullptr &&
         plan.rows_from == RowsFrom::strides && plan.lhs_quantization == Quantization::none &&
         request.columns == plan.n && request.lhs.column_stride == 1 &&
         request.dst.column_stride == static_cast<ptrdiff_t>(plan.output.element_bytes);
}

// What a worker keeps between its pieces.
struct Worker {
  RowBlock rows;
  uint8_t* private_rhs;
  uint8_t* products;  // of a piece, where the output adds
  RowSource source;
  size_t prepared_batch;
  size_t prepared_row;  // and so many more
  size_t prepared_rows;
  bool by_panels;
};

// Most runs have one piece, one batch and begin at channel 0: a division costs as much as a small tile.
size_t quotient(size_t a, size_t b) { return a == 0 ? 0 : b == 1 ? a : a / b; }

RhsView rhs_of(const RunRequest& request, size_t batch) {
  return {{request.rhs.data(batch), request.rhs.row_stride, request.rhs.column_stride}, 0};
}

// Where the rows of one block come from. Field by field: a copy of the whole would stall on the stores that made it.
void set_source(const RunRequest& request, const Schedule& schedule, bool has_depth, size_t batch, size_t row0,
                RowSource* source) {
  const size_t at = batch * request.m + row0;
  source->route = schedule.route;
  source->sizes = schedule.sizes;
  source->fill = request.fill;
  source->assemble = request.assemble;
  source->geometry = request.geometry;
  source->matrix = batch;
  source->first_row = row0;
  const ptrdiff_t rows_before = request.geometry != nullptr ? 0 : static_cast<ptrdiff_t>(row0);
  source->lhs.data = has_depth ? request.lhs.data(batch) + rows_before * request.lhs.row_stride : nullptr;
  source->lhs.row_stride = request.lhs.row_stride;
  source->lhs.column_stride = request.lhs.column_stride;
  source->scales = request.row_scales != nullptr ? request.row_scales + at : nullptr;
  source->zeros = request.row_zeros != nullptr ? request.row_zeros + at : nullptr;
}

// The panels that hold the channels of a request.
size_t first_panel(const PreparedContraction& op, const RunRequest& request) {
  return request.first_column / op.plan.nr;
}
size_t end_panel(const PreparedContraction& op, const RunRequest& request) {
  return ceil_div(request.first_column + request.columns, op.plan.nr);
}

// The part of dst that a piece computes.
struct Piece {
  size_t row0;
  size_t rows;
  size_t first_channel;
  size_t end_channel;
};

// All tiles of a piece, whose rows have been prepared.
class PieceTiles {
 public:
  PieceTiles(const Run& run, const Piece& piece, Worker* worker, TileRunner* tiles)
      : op_(run.op),
        sizes_(*run.schedule.sizes),
        route_(*run.schedule.route),
        piece_(piece),
        dst_bytes_(run.request.rows * run.request.columns * run.op.plan.output.element_bytes),
        worker_(*worker),
        tiles_(*tiles) {
    const TileShape& tile = route_.tile;
    height_ = tile.mr;
    if (route_.in_place && !route_.indirect()) {
      // Tiles of even height: a last one of few rows would leave much of the multiplier idle.
      if (piece.rows > tile.mr) height_ = ceil_div(piece.rows, ceil_div(piece.rows, tile.mr));
      tiles_.set_lhs_strides(static_cast<size_t>(worker_.source.lhs.row_stride), tile.kr);
    } else if (route_.indirect()) {
      tiles_.set_lhs_strides(distance_of_rows(op_.plan, worker_.source), 0);
    } else {
      tiles_.set_lhs_strides(tile.kr * tile.lhs_bytes, tile.mr * tile.kr * tile.lhs_bytes);
    }
  }

  void run() {
    const ContractionPlan& plan = op_.plan;
    const size_t columns = piece_.end_channel - piece_.first_channel;
    const size_t weights = columns * sizes_.packed_k;
    size_t width = route_.tile.width;
    size_t tile_bytes = route_.tile.panels * sizes_.packed.panel_bytes;
    if (tiles_.takes_panels() && columns > width &&
        (piece_.rows <= height_ || weights <= plan.blocking.resident_bytes)) {
      const size_t panels = columns / width;
      width *= panels;
      tile_bytes *= panels;
    }
    const size_t first_bytes = quotient(piece_.first_channel, plan.nr) * sizes_.packed.panel_bytes;
    const auto begin_channels = [&](size_t channel, size_t rhs_bytes) {
      tiles_.begin_channels(channel, rhs_bytes, smaller(piece_.end_channel - channel, width));
    };
    const bool line_by_line =
        columns > route_.tile.width && goes_line_by_line(plan.blocking, route_, weights, dst_bytes_);
    // A table is looked up in whole rows rather than in those of a panel.
    const bool has_table = plan.output.activation == Activation::table;
    const bool in_l2 = weights <= plan.blocking.l2_bytes / 2;
    if (tiles_.takes_rectangles() && (line_by_line || columns <= width || (has_table && in_l2))) {
      tiles_.begin_channels(piece_.first_channel, first_bytes, columns);
      return run_rectangle(columns);
    }
    if (line_by_line) {
      for (size_t i = 0; i < piece_.rows; i += height_) {
        size_t rhs_bytes = first_bytes;
        for (size_t channel = piece_.first_channel; channel < piece_.end_channel; channel += width) {
          begin_channels(channel, rhs_bytes);
          run_tile(i, height_);
          rhs_bytes += tile_bytes;
        }
      }
      return;
    }
    tiles_.set_tiles_of_panel(ceil_div(piece_.rows, height_));
    const bool by_rectangles = tiles_.takes_rectangles() && !tiles_.fetches_weights() && !has_table;
    if (by_rectangles && plan.blocking.wide_tiles) width *= 2, tile_bytes *= 2;
    size_t rhs_bytes = first_bytes;
    for (size_t channel = piece_.first_channel; channel < piece_.end_channel; channel += width) {
      begin_channels(channel, rhs_bytes);
      if (by_rectangles) {
        run_rectangle(width);
        rhs_bytes += tile_bytes;
        continue;
      }
      const size_t height = tiles_.takes_all_rows() ? piece_.rows : height_;
      for (size_t i = 0; i < piece_.rows; i += height) run_tile(i, height);
      rhs_bytes += tile_bytes;
    }
  }

 private:
  void run_tile(size_t i, size_t height) {
    const size_t m = smaller(piece_.rows - i, height);
    tiles_.run(lhs_of_tile(i), piece_.row0 + i, m, rows_of_tile(op_, i, worker_.rows));
  }

  void run_rectangle(size_t columns) {
    const size_t height = tiles_.rows_of_rectangle(piece_.rows, columns);
    for (size_t i = 0; i < piece_.rows; i += height) {
      const size_t m = smaller(piece_.rows - i, height);
      tiles_.run_rectangle(lhs_of_tile(i), piece_.row0 + i, m, rows_of_tile(op_, i, worker_.rows));
    }
  }

  const void* lhs_of_tile(size_t i) {
    const ContractionPlan& plan = op_.plan;
    if (route_.indirect()) return worker_.rows.table + i * plan.positions;
    if (route_.in_place) return worker_.source.lhs.at(i, 0);
    return worker_.rows.lhs + i * sizes_.packed_k * route_.tile.lhs_bytes;
  }

  const PreparedContraction& op_;
  const ContractionSizes& sizes_;
  const Route& route_;
  const Piece piece_;
  const size_t dst_bytes_;  // of each matrix
  Worker& worker_;
  TileRunner& tiles_;
  size_t height_;
};

// An output that adds: the products of a piece are put into the slice of a worker, and their sum with the second tensor
// into dst, which may be that tensor. Out of line: other outputs pay one branch for it.
class Products {
 public:
  Products(const Run& run, const Piece& piece, uint8_t* memory)
      : request_(run.request),
        output_(run.op.plan.output),
        piece_(piece),
        memory_(memory),
        by_row_(request_.dst.column_stride == 1 && request_.second.column_stride == 1),
        count_(by_row_ ? piece.end_channel - piece.first_channel : piece.rows) {}

  // Where dst would begin if this piece of it were in the memory.
  OTTAVA_NOINLINE void set_dst(TileRunner* tiles) const {
    const ptrdiff_t line = static_cast<ptrdiff_t>(count_);
    const ptrdiff_t row_stride = by_row_ ? line : 1, column_stride = by_row_ ? 1 : line;
    const uintptr_t before = static_cast<uintptr_t>(offset(row_stride, column_stride));
    tiles->set_dst(reinterpret_cast<uint8_t*>(reinterpret_cast<uintptr_t>(memory_) - before), row_stride,
                   column_stride);
  }

  OTTAVA_NOINLINE void add(size_t batch) const {
    const Matrices& dst = request_.dst;
    const ConstMatrices& second = request_.second;
    const ptrdiff_t second_stride = by_row_ ? second.row_stride : second.column_stride;
    run_addition(output_.add,
                 {&output_.addition, memory_, second.data(batch) + offset(second.row_stride, second.column_stride),
                  dst.data(batch) + offset(dst.row_stride, dst.column_stride),
                  by_row_ ? piece_.rows : piece_.end_channel - piece_.first_channel, count_,
                  static_cast<ptrdiff_t>(count_), second_stride, by_row_ ? dst.row_stride : dst.column_stride});
  }

 private:
  // Of the first element of the piece.
  ptrdiff_t offset(ptrdiff_t row_stride, ptrdiff_t column_stride) const {
    return static_cast<ptrdiff_t>(piece_.row0) * row_stride +
           static_cast<ptrdiff_t>(piece_.first_channel) * column_stride;
  }

  const RunRequest& request_;
  const OutputPlan& output_;
  const Piece& piece_;
  uint8_t* memory_;
  bool by_row_;   // where columns of one element make both steps 1, both operands decide
  size_t count_;  // elements of a line: a row, or a column
};

// A piece of one batch; `share` counts its lines from the first of that.
void run_piece(const Run& run, size_t batch, const Share& share, Worker* worker, TileRunner* tiles) {
  const RunRequest& request = run.request;
  const Grid& grid = run.schedule.grid;
  const size_t lines = run.grains.lines(share);
  Piece piece;
  piece.row0 = request.first_row + share.line * grid.line_rows();
  piece.rows = smaller(request.first_row + request.rows - piece.row0, lines * grid.line_rows());
  piece.first_channel = request.first_column + share.first * grid.n_grain;
  piece.end_channel = request.first_column + smaller(request.columns, (share.first + share.count) * grid.n_grain);

  if (takes_panels(run.op) && worker->by_panels) {
    run_panels(run.op, piece.first_channel, piece.end_channel, piece.rows,
               request.lhs.data(batch) + static_cast<ptrdiff_t>(piece.row0) * request.lhs.row_stride,
               request.lhs.row_stride,
               request.dst.data(batch) + static_cast<ptrdiff_t>(piece.row0) * request.dst.row_stride +
                   static_cast<ptrdiff_t>(piece.first_channel) * request.dst.column_stride,
               request.dst.row_stride);
    return;
  }
  if (worker->prepared_batch != batch || worker->prepared_row != piece.row0 || worker->prepared_rows < piece.rows) {
    set_source(request, run.schedule, run.schedule.sizes->k != 0, batch, piece.row0, &worker->source);
    prepare_rows(run.op, worker->source, piece.rows, worker->rows);
    worker->prepared_batch = batch;
    worker->prepared_row = piece.row0;
    worker->prepared_rows = piece.rows;
    tiles->set_dst(request.dst.data(batch), request.dst.row_stride, request.dst.column_stride);
  }
  const bool adds = run.op.plan.output.add != nullptr;
  if (adds) Products(run, piece, worker->products).set_dst(tiles);
  PieceTiles(run, piece, worker, tiles).run();
  if (adds) Products(run, piece, worker->products).add(batch);
}

void run_batch_alone(const Run& run, size_t batch, Worker* worker, TileRunner* tiles) {
  const ContractionPlan& plan = run.op.plan;
  pack_rhs_panels(plan, *run.schedule.sizes, run.op.channels, rhs_of(run.request, batch),
                  first_panel(run.op, run.request), end_panel(run.op, run.request), worker->private_rhs);
  PieceCounter pieces(run.grains.lines_of_batch, 1, run.grains);
  for (Share share; pieces.take(0, &share);) run_piece(run, batch, share, worker, tiles);
}

void run_worker(void* task, uint32_t index) {
  Run& run = *static_cast<Run*>(task);
  const WorkspaceLayout& layout = run.schedule.layout;
  uint8_t* const slice = run.workspace + layout.workers + index * layout.worker_bytes;
  Worker worker;
  worker.rows.sums = reinterpret_cast<int32_t*>(slice + layout.row_sums);
  worker.rows.zeros = reinterpret_cast<int32_t*>(slice + layout.row_zeros);
  worker.rows.scales = reinterpret_cast<float*>(slice + layout.row_scales);
  worker.rows.dense = slice + layout.dense;
  worker.rows.table = reinterpret_cast<const uint8_t**>(slice + layout.table);
  worker.rows.padding = slice + layout.padding;
  worker.rows.lhs = slice + layout.lhs;
  worker.private_rhs = slice + layout.private_rhs;
  worker.products = slice + run.op.plan.scratch.products;
  worker.prepared_batch = SIZE_MAX;
  if (run.op.plan.rows_from == RowsFrom::table) set_bytes(worker.rows.padding, run.op.plan.padding, run.op.plan.k);
  const ScratchLayout& scratch = run.op.plan.scratch;
  Saturation saturation = {0, 0};
  const bool counts = run.request.saturation != nullptr;
  const bool alone = run.packed == nullptr;
  if (takes_panels(run.op)) worker.by_panels = runs_by_panels(run.op, run.request, run.schedule);
  const Route& route = *run.schedule.route;
  const uint8_t* const packed = alone ? worker.private_rhs : run.packed;
  FirstTile over_packed;  // that of the operator knows its own weights alone
  const bool own = packed == run.op.packed;
  if (!own) {
    const bool float_bias = run.op.many.output.has_bias != 0;
    begin_first_tile(run.op, *run.schedule.sizes, route, packed, float_bias, &over_packed);
  }
  TileRunner tiles(run.op, route, own ? first_tile(run.op, route) : over_packed,
                   {reinterpret_cast<int32_t*>(slice), slice + scratch.factors, slice + scratch.staged},
                   run.request.accumulate, counts ? &saturation : nullptr);

  for (Share share; run.pieces.take(index, &share);) {
    if (alone) {
      run_batch_alone(run, share.line, &worker, &tiles);
    } else {
      const size_t batch = quotient(share.line, run.grains.lines_of_batch);
      share.line -= batch * run.grains.lines_of_batch;
      run_piece(run, run.first_batch + batch, share, &worker, &tiles);
    }
  }
  tiles.release();
  if (counts) *reinterpret_cast<Saturation*>(slice) = saturation;  // in place of the tile, see add_counts
}

// Panels of a run-time rhs that one piece packs: with one at a time a row-ordered rhs would be read in parts of lines.
constexpr size_t kPanelsAtOnce = 4;

void pack_worker(void* task, uint32_t index) {
  Run& run = *static_cast<Run*>(task);
  const RhsView rhs = rhs_of(run.request, run.first_batch);
  for (size_t taken; run.pieces.take(index, &taken);) {
    const size_t first = first_panel(run.op, run.request) + taken * kPanelsAtOnce;
    pack_rhs_panels(run.op.plan, *run.schedule.sizes, run.op.channels, rhs, first,
                    smaller(first + kPanelsAtOnce, end_panel(run.op, run.request)), run.pack_to);
  }
}

void compute(Run* run, const Parallel& parallel) {
  on_workers(parallel, run->schedule.grid.workers, run_worker, run);
  const WorkspaceLayout& layout = run->schedule.layout;
  add_counts(run->workspace + layout.workers, layout.worker_bytes, run->schedule.grid.workers, run->request.saturation);
}

}  // namespace

void run_contraction(const PreparedContraction& op, const RunRequest& request, const Schedule& schedule,
                     void* workspace, const Parallel& parallel) {
  uint8_t* const aligned = static_cast<uint8_t*>(align_up(workspace, kAlignment));
  if (aligned == nullptr) return;  // capi/ never passes null; static analysis cannot see that
  const uint32_t workers = schedule.grid.workers;
  const Grains grains = schedule.grid.grains(request.rows, request.columns);
  const size_t lines = grains.lines_of_batch;
  if (schedule.packing == RhsPacking::done) {
    // A single piece of this kind wants nothing that workers keep.
    if (takes_panels(op) && grains.of_line == 1 && lines == 1 && request.batches == 1 &&
        runs_by_panels(op, request, schedule)) {
      const ptrdiff_t row = static_cast<ptrdiff_t>(request.first_row);
      return run_all_panels(op, request.rows, request.lhs.data(0) + row * request.lhs.row_stride,
                            request.lhs.row_stride, request.dst.data(0) + row * request.dst.row_stride,
                            request.dst.row_stride);
    }
    Run run = {op,      request, schedule,
               aligned, 0,       op.packed,
               nullptr, grains,  PieceCounter(lines * request.batches, workers, grains)};
    return compute(&run, parallel);
  }
  if (schedule.packing == RhsPacking::private_) {
    Run run = {op, request, schedule, aligned, 0, nullptr, nullptr, grains, PieceCounter(request.batches, workers)};
    return compute(&run, parallel);
  }
  const size_t panels = ceil_div(end_panel(op, request) - first_panel(op, request), kPanelsAtOnce);
  const size_t step = schedule.packing == RhsPacking::shared ? request.batches : 1;
  for (size_t batch = 0; batch < request.batches; batch += step) {
    Run pack = {op, request, schedule, aligned, batch, nullptr, aligned, grains, PieceCounter(panels, workers)};
    on_workers(parallel, workers, pack_worker, &pack);
    Run run = {
        op, request, schedule, aligned, batch, aligned, nullptr, grains, PieceCounter(lines * step, workers, grains)};
    compute(&run, parallel);
  }
}

}  // namespace ottava
