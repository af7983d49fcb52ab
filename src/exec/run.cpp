// Start reading here: the loops of a run, outermost first.
//
//     workers            each takes pieces until none is left              (exec/tasks.h)
//       piece            m_block rows by n_block channels of dst           (plan/blocking.h)
//         lhs block      packed, or summed only, once for all its pieces   (prepare_rows)
//           rhs panel    NR channels, stays in cache while                 (run_piece)
//             tile       MR rows pass over it: kernel, then output stage   (exec/tile.h)
//
// Assumed here: m and n are at least 1, the grid is that of choose_grid, the workspace is large enough;
// capi/matmul.cpp has checked all that.
#include "exec/run.h"

#include "base/checked.h"
#include "base/memory.h"
#include "exec/tile.h"

namespace ottava {
namespace {

struct Run {
  const Operator& op;
  size_t m;
  ConstView lhs;
  View dst;
  const Grid& grid;
  const WorkspaceLayout& layout;
  uint8_t* workspace;
  PieceCounter pieces;
};

// What a worker keeps between its pieces.
struct Worker {
  int32_t* row_sums;
  uint8_t* lhs;  // packed block, or row pointers of one tile
  size_t prepared_block;
};
constexpr size_t kNoBlock = SIZE_MAX;

// Sum of the canonical values of one dense lhs row, for kernels that read the lhs in place.
int32_t sum_row(const uint8_t* row, size_t depth, uint8_t flip, bool is_unsigned) {
  uint32_t sum = 0;
  for (size_t k = 0; k < depth; ++k) {
    const uint8_t value = static_cast<uint8_t>(row[k] ^ flip);
    sum += is_unsigned ? value : static_cast<uint32_t>(static_cast<int8_t>(value));
  }
  return static_cast<int32_t>(sum);
}

size_t panel_bytes(const Plan& plan) { return plan.mr * plan.packed_k * bytes_of(plan.kernel->lhs_element); }

// Makes the rows of one block ready for the kernel: packs them where it wants them packed, and sums them
// where the output stage needs the sums.
void prepare_rows(const Run& run, size_t row0, size_t rows, Worker* worker) {
  const Plan& plan = run.op.plan;
  const Kernel& kernel = *plan.kernel;
  if (plan.k == 0) {
    zero_bytes(worker->row_sums, rows * sizeof(int32_t));
    return;
  }
  if (kernel.lhs_form == LhsForm::rows) {
    for (size_t i = 0; run.op.row_term && i < rows; ++i) {
      worker->row_sums[i] = sum_row(run.lhs.at(row0 + i, 0), plan.k, plan.lhs_flip, kernel.lhs_element == Element::u8);
    }
    return;
  }
  for (size_t i = 0; i < rows; i += plan.mr) {
    PackArgs args = {};
    args.from = run.lhs.at(row0 + i, 0);
    args.row_stride = run.lhs.row_stride;
    args.depth_stride = run.lhs.column_stride;
    args.rows = smaller(rows - i, plan.mr);
    args.panel_rows = plan.mr;
    args.depth = plan.k;
    args.kr = kernel.kr;
    args.flip = plan.lhs_flip;
    args.to = worker->lhs + i / plan.mr * panel_bytes(plan);
    args.row_sum = run.op.row_term ? worker->row_sums + i : nullptr;
    kernel.pack_lhs(&args);
  }
}

// The lhs of one tile as the kernel takes it.
const void* lhs_of_tile(const Run& run, size_t row0, size_t i, size_t rows, const Worker& worker) {
  const Plan& plan = run.op.plan;
  if (plan.kernel->lhs_form == LhsForm::packed) return worker.lhs + i / plan.mr * panel_bytes(plan);
  const uint8_t** pointers = reinterpret_cast<const uint8_t**>(worker.lhs);
  for (size_t row = 0; row < rows; ++row) {
    // With no depth there is nothing to point at: lhs itself may be null.
    pointers[row] = plan.k == 0 ? nullptr : run.lhs.at(row0 + i + row, 0);
  }
  return pointers;
}

void run_piece(const Run& run, size_t piece, Worker* worker, TileRunner* tiles) {
  const Plan& plan = run.op.plan;
  const size_t block = piece / run.grid.n_blocks;
  const size_t row0 = block * run.grid.m_block;
  const size_t rows = smaller(run.m - row0, run.grid.m_block);
  const size_t first_channel = piece % run.grid.n_blocks * run.grid.n_block;
  const size_t end_channel = smaller(plan.n, first_channel + run.grid.n_block);

  if (worker->prepared_block != block) {
    prepare_rows(run, row0, rows, worker);
    worker->prepared_block = block;
  }
  for (size_t channel = first_channel; channel < end_channel; channel += plan.nr) {
    const size_t n = smaller(end_channel - channel, plan.nr);
    for (size_t i = 0; i < rows; i += plan.mr) {
      const size_t m = smaller(rows - i, plan.mr);
      tiles->run(lhs_of_tile(run, row0, i, m, *worker), row0 + i, channel, m, n, worker->row_sums + i);
    }
  }
}

void run_worker(void* task, uint32_t index) {
  Run& run = *static_cast<Run*>(task);
  uint8_t* slice = run.workspace + index * run.layout.worker_bytes;
  Worker worker = {reinterpret_cast<int32_t*>(slice + run.layout.row_sums), slice + run.layout.lhs, kNoBlock};
  TileRunner tiles(run.op, run.dst, reinterpret_cast<int32_t*>(slice));
  const bool shared = run.grid.workers > 1;
  for (size_t piece; run.pieces.take(shared, &piece);) run_piece(run, piece, &worker, &tiles);
}

}  // namespace

void run_operator(const Operator& op, size_t m, ConstView lhs, View dst, const Grid& grid,
                  const WorkspaceLayout& layout, void* workspace, const Parallel& parallel) {
  uint8_t* aligned = static_cast<uint8_t*>(align_up(workspace, kAlignment));
  Run run = {op, m, lhs, dst, grid, layout, aligned, PieceCounter(grid.pieces())};
  if (grid.workers == 1) {
    run_worker(&run, 0);
  } else {
    parallel.parallel_for(parallel.user, grid.workers, run_worker, &run);
  }
}

}  // namespace ottava
