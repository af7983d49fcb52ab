#include "plan/blocking.h"

#include "base/checked.h"

namespace ottava {
namespace {

// More rows than this gain nothing, and would only grow the workspace.
constexpr size_t kMostBlockRows = 1024;
// About what starting and joining a thread costs, in multiply-accumulates.
constexpr uint64_t kMinWorkPerThread = uint64_t{1} << 20;

}  // namespace

Blocking choose_blocking(const Kernel& kernel, size_t depth, const Machine& machine) {
  // Half of the second-level cache for the lhs block, which every rhs panel passes over; the rest is
  // for the panels streaming by.
  const uint64_t row_bytes = static_cast<uint64_t>(depth < 1 ? 1 : depth) * bytes_of(kernel.lhs_element);
  const uint64_t rows = machine.l2_bytes / 2 / row_bytes;
  const size_t bounded = rows > kMostBlockRows ? kMostBlockRows : static_cast<size_t>(rows);
  return {larger(bounded / kernel.mr, 1) * kernel.mr, static_cast<size_t>(machine.l1d_bytes / 2), kMinWorkPerThread};
}

void choose_grid(const Blocking& blocking, const Kernel& kernel, size_t m, size_t n, size_t depth, size_t batches,
                 uint32_t threads, Grid* grid) {
  // Small runs come first: a division costs as much as a small tile.
  grid->m_block = m <= kernel.mr ? kernel.mr : smaller(blocking.m_block, round_up(m, kernel.mr));
  grid->n_block = n;
  grid->m_blocks = m <= grid->m_block ? 1 : ceil_div(m, grid->m_block);
  grid->n_blocks = 1;
  grid->workers = 1;
  if (threads == 1) return;

  uint64_t work = m;
  const uint64_t factors[] = {depth < 1 ? 1 : depth, n, batches};
  for (const uint64_t factor : factors) work = work > UINT64_MAX / factor ? UINT64_MAX : work * factor;
  const uint64_t worthwhile = work / (blocking.min_work_per_thread < 1 ? 1 : blocking.min_work_per_thread);
  const size_t workers = worthwhile < 1 ? 1 : worthwhile < threads ? static_cast<size_t>(worthwhile) : threads;
  const size_t parts = ceil_div(workers, batches);  // that one matrix is to be cut into
  if (parts > 1 && grid->m_blocks < parts) {
    // Cutting M lets each worker pack its own rows once; cutting N makes each pack all rows, so it is
    // left to an M of few tiles.
    if (m >= parts * kernel.mr * 2) {
      grid->m_block = round_up(ceil_div(m, parts), kernel.mr);
      grid->m_blocks = ceil_div(m, grid->m_block);
    } else {
      const size_t cuts = ceil_div(parts, grid->m_blocks);
      grid->n_block = round_up(ceil_div(n, cuts), tile_width(kernel));
      grid->n_blocks = ceil_div(n, grid->n_block);
    }
  }
  const Size pieces = Size(grid->pieces()) * batches;
  grid->workers = static_cast<uint32_t>(pieces.valid() ? smaller(workers, pieces.value()) : workers);
}

}  // namespace ottava
