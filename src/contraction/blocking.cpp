#include "contraction/blocking.h"

#include "base/checked.h"

namespace ottava {
namespace {

// More rows than this gain nothing, and would only grow the workspace.
constexpr size_t kMostBlockRows = 1024;
// About what starting and joining a thread costs, in multiply-accumulates.
constexpr uint64_t kMinWorkPerThread = uint64_t{1} << 20;

// Where few rows pass over them, the weights have to be read more than they are multiplied: one counts like so many
// multiply-accumulates.
constexpr size_t kWeightCost = 4;
// So that a worker that comes late or is slow takes fewer of them.
constexpr size_t kPiecesPerWorker = 8;

// In multiply-accumulates; saturates.
uint64_t work_of(size_t m, size_t n, size_t depth, size_t batches) {
  uint64_t work = larger(m, kWeightCost);
  const uint64_t factors[] = {depth < 1 ? 1 : depth, n, batches};
  for (const uint64_t factor : factors) work = work > UINT64_MAX / factor ? UINT64_MAX : work * factor;
  return work;
}

// Rows of a block, a multiple of mr and at most `most`, such that the workers end together: the blocks are cut as fine
// as need be, and coarse where that makes no difference.
size_t even_block(size_t m, size_t parts, size_t mr, size_t most) {
  size_t best = most;
  size_t shortest = SIZE_MAX;  // rows of the worker that has most
  for (size_t each = 1; each <= kPiecesPerWorker; ++each) {
    const size_t block = smaller(most, round_up(ceil_div(m, parts * each), mr));
    const size_t longest = ceil_div(ceil_div(m, block), parts) * block;
    if (longest < shortest || (longest == shortest && each <= kPiecesPerWorker / 2)) {
      best = block;
      shortest = longest;
    }
  }
  return best;
}

}  // namespace

Blocking choose_blocking(const TileShape& tile, size_t depth, const Machine& machine) {
  // Half of the second-level cache for the lhs block, which every rhs panel passes over; the rest is
  // for the panels streaming by.
  const uint64_t row_bytes = static_cast<uint64_t>(depth < 1 ? 1 : depth) * tile.lhs_bytes;
  const uint64_t rows = machine.l2_bytes / 2 / row_bytes;
  const size_t bounded = rows > kMostBlockRows ? kMostBlockRows : static_cast<size_t>(rows);
  return {larger(bounded / tile.mr, 1) * tile.mr, static_cast<size_t>(machine.l1d_bytes / 2), kMinWorkPerThread};
}

void choose_grid(const Blocking& blocking, const TileShape& tile, size_t m, size_t n, size_t depth, size_t batches,
                 uint32_t threads, Grid* grid) {
  // Small runs come first: a division costs as much as a small tile.
  grid->m_block = m <= tile.mr ? tile.mr : smaller(blocking.m_block, round_up(m, tile.mr));
  grid->n_block = n;
  grid->m_blocks = m <= grid->m_block ? 1 : ceil_div(m, grid->m_block);
  grid->n_blocks = 1;
  grid->workers = 1;
  if (threads == 1) return;

  const uint64_t least = blocking.min_work_per_thread;
  const uint64_t worthwhile = work_of(m, n, depth, batches) / (least < 1 ? 1 : least);
  const size_t workers = worthwhile < 1 ? 1 : worthwhile < threads ? static_cast<size_t>(worthwhile) : threads;
  const size_t parts = ceil_div(workers, batches);  // that one matrix is to be cut into
  if (parts > 1) {
    const size_t width = tile.width;
    const size_t pieces = parts * kPiecesPerWorker;
    // Cutting M lets each worker prepare its own rows once, cutting N its own weights: what there is more of is cut.
    if (m < most_rows_of_column_cuts(parts, tile) && (n >= pieces * width || m < 2 * parts * tile.mr)) {
      const size_t cuts = ceil_div(n >= pieces * width ? pieces : parts, grid->m_blocks);
      grid->n_block = round_up(ceil_div(n, cuts), width);
      grid->n_blocks = ceil_div(n, grid->n_block);
    } else {
      grid->m_block = even_block(m, parts, tile.mr, grid->m_block);
      grid->m_blocks = ceil_div(m, grid->m_block);
    }
  }
  const Size pieces = Size(grid->pieces()) * batches;
  grid->workers = static_cast<uint32_t>(pieces.valid() ? smaller(workers, pieces.value()) : workers);
}

size_t most_rows_of_column_cuts(size_t parts, const TileShape& tile) { return parts * kPiecesPerWorker * 2 * tile.mr; }

}  // namespace ottava
