#include "contraction/blocking.h"

#include "base/checked.h"

namespace ottava {
namespace {

// Of so deep products that half of the second-level cache holds fewer, so many tiles of rows share what they read of
// the weights, which come from further away.
constexpr size_t kFewestTiles = 4;
// That a host may ask for.
constexpr size_t kMostAskedRows = size_t{1} << 16;
// Least work that pays for a thread, in steps of a tile. A tile fills the registers of its tier, so that a step takes
// about a dozen cycles on every one, and these about two microseconds; or twice as long, and then fewer. A worker that
// waits busily costs a quarter of that.
constexpr uint64_t kStepsPerThread = 600;
constexpr uint64_t kSlowStepsPerThread = 350;
// Vectors that are multiplied in such a step. A tile with depths in its lanes has as many as accumulators, and its step
// takes longer.
constexpr uint64_t kVectorsOfStep = 24;
// Where channels are cut, two workers write to one line of dst in each row. So many multiply-accumulates is what a
// line that they take from each other costs.
constexpr uint64_t kSharedLine = 8192;
// What the output stage does with an element takes about as long as so many multiply-accumulates.
constexpr uint64_t kOutputCost = 16;
// What adds up the lanes of an element, in vectors that are multiplied.
constexpr uint64_t kLanesCost = 2;
// Bytes of weights that arrive from the second-level cache while a row of a tile takes its step.
constexpr size_t kWeightsOfRowStep = 48;

// Fewer rows wait for the weights, and take as long as so many. Not more than half of a tile: of the deepest steps,
// whose multiplications take longer.
size_t rows_of_weights(const TileShape& tile) {
  return larger(smaller(tile.nr * tile.kr / kWeightsOfRowStep, tile.mr / 2), 1);
}
// Channels that are computed for n: half a panel takes half the time on many tiers.
size_t computed_channels(size_t n, const TileShape& tile) {
  const size_t half = tile.width / 2;
  return n > 0 && n <= half ? half : round_up(n, tile.width);
}

// Pieces of a long run that its workers take each, about, as they share it out evenly; of shorter ones fewer.
constexpr size_t kPiecesPerWorker = 8;
// Grains of a worker, if lower blocks of rows can make them; likewise.
constexpr size_t kFewestGrains = 48;

// Grains that are multiples of `unit`, at most `most` and about `grains` for a worker: the finest with which workers
// end together as nearly as they can, or one for each.
size_t even_grain(size_t size, size_t parts, size_t grains, size_t unit, size_t most) {
  const size_t units = ceil_div(ceil_div(size, unit), parts);
  const size_t finest = ceil_div(units, grains), coarsest = smaller(2 * finest, finest + 8);
  size_t best = units, least = units + units / 32 + 1;
  const auto consider = [&](size_t count) {
    const size_t taken = ceil_div(ceil_div(size, count * unit), parts) * count;
    if (taken < least) best = count, least = taken;
    return least > units + units / 256 && count * unit < most;
  };
  for (size_t count = finest; count < coarsest && count < units && consider(count); ++count) {
  }
  // Where none of these is even, finer ones: with one for each worker, all would wait for the slowest.
  for (size_t count = finest; best == units && 2 * count > finest + 1 && consider(--count);) {
  }
  return smaller(most, best * unit);
}

// Rows or channels as they are cut.
struct Cut {
  size_t block;
  size_t m_grain;
  size_t n_grain;
  size_t grains;
  size_t longest;  // what the worker has that has most
};

// The first piece of a range is no more than a slow core has time for before fast ones have done theirs.
constexpr size_t first_piece(size_t range) { return (range * 3 + 7) / 8; }

// So many lines or a few more, at least two tiles high: those that take the least time if the last one, which has what
// is left, is as high as the others. For each line a worker reads the weights in as much time as a row takes.
size_t even_lines(size_t m, size_t lines, size_t mr) {
  const size_t tiles = ceil_div(m, mr), highest = ceil_div(tiles, lines);
  size_t best = highest, least = SIZE_MAX;
  for (size_t height = highest; height >= 2 && height > highest / 2 && height + 8 > highest; --height) {
    const size_t taken = ceil_div(tiles, height) * (height * mr + 1);
    if (taken < least) best = height, least = taken;
  }
  return best * mr;
}

// Channels for blocks of at most so many rows, lower ones where there are few channels.
Cut cut_columns(size_t m, size_t n, size_t parts, size_t grains, const TileShape& tile, size_t most) {
  Cut cut;
  cut.n_grain = even_grain(n, parts, grains, tile.width, SIZE_MAX);
  const size_t of_line = ceil_div(n, cut.n_grain);
  cut.longest = smaller(n, ceil_div(of_line, parts) * cut.n_grain);
  size_t lines = m <= most ? 1 : ceil_div(m, most);
  const size_t fewest = parts * smaller(grains, kFewestGrains);
  if (of_line * lines < fewest) {
    lines = larger(lines, smaller(ceil_div(fewest, of_line), m / (2 * tile.mr)));
  }
  cut.m_grain = lines == 1 ? most : even_lines(m, lines, tile.mr);
  lines = lines == 1 ? 1 : ceil_div(m, cut.m_grain);
  cut.grains = of_line * lines;
  // Two blocks or more in a line: else lines would be shared out, and not channels.
  cut.block = smaller(ceil_div(of_line, 2), first_piece(ceil_div(cut.grains, parts))) * cut.n_grain;
  return cut;
}

// Lines of at most so many rows, whose channels are cut where there are few.
Cut cut_rows(size_t m, size_t n, size_t parts, size_t grains, const TileShape& tile, size_t most) {
  Cut cut;
  cut.m_grain = even_grain(m, parts, grains, tile.mr, most);
  cut.n_grain = n;
  cut.grains = ceil_div(m, cut.m_grain);
  size_t of_line = 1;
  if (3 * cut.grains <= 2 * parts * grains) {
    const size_t panels = ceil_div(n, tile.width), panels_of_grain = ceil_div(panels * cut.grains, parts * grains);
    of_line = ceil_div(panels, panels_of_grain);
    cut.n_grain = panels_of_grain * tile.width;
    cut.grains *= of_line;
  }
  const size_t range = ceil_div(cut.grains, parts);
  cut.block = cut.m_grain * larger(smaller(most / cut.m_grain, first_piece(range) / of_line), 1);
  cut.longest = smaller(m, ceil_div(range * cut.m_grain, of_line));
  return cut;
}

// How long a worker takes for so many rows and channels, in multiply-accumulates: it packs the rows, each in half of
// what a tile takes for it, and reads the weights in as much as a row takes.
uint64_t time_of(size_t rows, size_t channels, size_t depth, const TileShape& tile) {
  const uint64_t row_of_tile = uint64_t{tile.width} * (depth + kOutputCost);
  return ((uint64_t{rows} + 1) * ceil_div(channels, tile.width) + rows / 2) * row_of_tile;
}

size_t workers_for(uint64_t worthwhile, uint32_t threads) {
  return worthwhile < 1 ? 1 : worthwhile < threads ? static_cast<size_t>(worthwhile) : threads;
}

// Runs of fewer rows may be cut by columns, and then every worker prepares all of them.
size_t most_rows_of_column_cuts(size_t parts, const TileShape& tile) { return parts * kPiecesPerWorker * 2 * tile.mr; }

// Pieces of no more channels than were asked for.
void bound_channels(const Blocking& blocking, const TileShape& tile, size_t n, Grid* grid) {
  const size_t most = round_up(blocking.n_block, tile.width);
  grid->n_grain = smaller(grid->n_grain, most);
  grid->n_block = larger(smaller(grid->n_block, most) / grid->n_grain, 1) * grid->n_grain;
  grid->n_blocks = ceil_div(n, grid->n_block);
}

}  // namespace

Blocking choose_blocking(const TileShape& tile, size_t depth, const Machine& machine, const Knobs& knobs) {
  // Half of the second-level cache for the lhs block, which every rhs panel passes over; the rest is
  // for the panels streaming by.
  const uint64_t row_bytes = static_cast<uint64_t>(depth < 1 ? 1 : depth) * tile.lhs_bytes;
  const uint64_t rows = machine.l2_bytes / 2 / row_bytes;
  const size_t bounded = rows > kMostBlockRows ? kMostBlockRows : static_cast<size_t>(rows);
  Blocking blocking;
  blocking.m_block = larger(bounded / tile.mr, kFewestTiles) * tile.mr;
  if (knobs.block_rows > 0) {
    blocking.m_block =
        smaller(round_up(static_cast<size_t>(knobs.block_rows), tile.mr), kMostAskedRows / tile.mr * tile.mr);
  }
  blocking.resident_bytes = static_cast<size_t>(machine.l1d_bytes / 2);
  blocking.l2_bytes = static_cast<size_t>(machine.l2_bytes);
  blocking.n_block = SIZE_MAX;
  if (knobs.block_columns > 0) blocking.n_block = round_up(static_cast<size_t>(knobs.block_columns), tile.width);
  blocking.slow_steps = false;
  blocking.wide_tiles = false;
  blocking.work_per_thread = static_cast<uint64_t>(knobs.work_per_thread);
  blocking.thread_cut = knobs.thread_cut;
  return blocking;
}

void choose_grid(const Blocking& blocking, const TileShape& tile, size_t m, size_t n, size_t depth, size_t batches,
                 uint32_t threads, Grid* grid) {
  // Small runs come first: a division costs as much as a small tile.
  grid->m_block = m <= tile.mr ? tile.mr : smaller(blocking.m_block, round_up(m, tile.mr));
  grid->n_block = n;
  grid->m_blocks = m <= grid->m_block ? 1 : ceil_div(m, grid->m_block);
  grid->n_blocks = 1;
  grid->m_grain = grid->m_block;
  grid->n_grain = n;
  grid->workers = 1;
  grid->cut = ThreadCut::none;
  if (blocking.n_block < n) bound_channels(blocking, tile, n, grid);
  if (threads == 1 || blocking.thread_cut == ThreadCut::none) return;

  const uint64_t least = least_work_per_thread(blocking, tile);
  const uint64_t worthwhile = work_of(tile, m, n, depth, batches) / least;
  const size_t workers = workers_for(worthwhile, threads);
  const size_t parts = ceil_div(workers, batches);  // that one matrix is to be cut into
  size_t grains = grid->m_blocks;
  if (parts > 1) {
    const size_t each = grains_of_range(worthwhile / workers);
    const Cut rows = cut_rows(m, n, parts, each, tile, grid->m_block);
    const Cut columns = cut_columns(m, n, parts, each, tile, grid->m_block);
    // Cutting M lets each worker prepare its own rows alone, cutting N read its own weights. Few rows stay whole where
    // neither saves what a thread costs.
    const bool few = m < most_rows_of_column_cuts(parts, tile);
    const uint64_t by_rows = few ? time_of(rows.longest, n, depth, tile) : 0;
    const uint64_t by_columns = few ? time_of(m, columns.longest, depth, tile) + m * kSharedLine : 1;
    const bool asked = blocking.thread_cut != ThreadCut::any;
    const bool cut_columns = asked ? blocking.thread_cut == ThreadCut::columns : by_columns < by_rows;
    const bool pays =
        asked || !few || (by_rows < by_columns ? by_rows : by_columns) + least / 2 < time_of(m, n, depth, tile);
    if (pays && cut_columns) {
      grid->cut = ThreadCut::columns;
      grid->m_block = grid->m_grain = columns.m_grain;
      grid->m_blocks = ceil_div(m, grid->m_block);
      grid->n_block = columns.block;
      grid->n_grain = columns.n_grain;
      grid->n_blocks = ceil_div(n, grid->n_block);
      grains = columns.grains;
    } else if (pays) {
      grid->cut = ThreadCut::rows;
      grid->m_block = rows.block;
      grid->m_blocks = ceil_div(m, grid->m_block);
      grid->m_grain = rows.m_grain;
      grid->n_grain = rows.n_grain;
      grains = rows.grains;
    }
  }
  if (blocking.n_block < n) {
    bound_channels(blocking, tile, n, grid);
    grains = ceil_div(m, grid->line_rows()) * ceil_div(n, grid->n_grain);
  }
  const Size all = Size(grains) * batches;
  grid->workers = static_cast<uint32_t>(all.valid() ? smaller(workers, all.value()) : workers);
}

uint64_t work_of(const TileShape& tile, size_t m, size_t n, size_t depth, size_t batches) {
  uint64_t work = depth + kOutputCost + (tile.lanes_of_depth ? kLanesCost * tile.kr : 0);
  const uint64_t factors[] = {larger(m, rows_of_weights(tile)), computed_channels(n, tile), batches};
  for (const uint64_t factor : factors) {
    if (__builtin_mul_overflow(work, factor, &work)) work = UINT64_MAX;
  }
  return work;
}

uint64_t least_work_per_thread(const Blocking& blocking, const TileShape& tile) {
  if (blocking.work_per_thread != 0) return blocking.work_per_thread;
  const uint64_t steps = blocking.slow_steps ? kSlowStepsPerThread : kStepsPerThread;
  const uint64_t work = steps * (tile.lanes_of_depth ? kVectorsOfStep : tile.accumulators()) * tile.kr;
  return work < 1 ? 1 : work;
}

size_t most_rows_alone(const Blocking& blocking, const TileShape& tile, size_t most, size_t n, size_t depth,
                       uint32_t threads) {
  if (threads == 1 || blocking.thread_cut == ThreadCut::none) return most;
  uint64_t twice = 0;
  if (__builtin_mul_overflow(2, least_work_per_thread(blocking, tile), &twice)) return most;
  const size_t fewest = rows_of_weights(tile);
  const uint64_t rows = (twice - 1) / (work_of(tile, 1, n, depth, 1) / fewest);
  return rows < fewest ? 0 : rows < most ? static_cast<size_t>(rows) : most;
}

void bound_grids(const Blocking& blocking, const TileShape& tile, size_t m, size_t n, size_t depth, size_t batches,
                 uint32_t threads, Grid* grid) {
  const uint64_t worthwhile = work_of(tile, m, n, depth, batches) / least_work_per_thread(blocking, tile);
  const size_t workers = workers_for(worthwhile, threads);
  const size_t parts = ceil_div(workers, batches);
  const size_t by_rows = smaller(ceil_div(m, parts), blocking.m_block) + tile.mr;
  const bool any_height = blocking.thread_cut == ThreadCut::columns;
  const size_t tallest = any_height ? m : larger(by_rows, most_rows_of_column_cuts(workers, tile) - 1);
  grid->m_block = smaller(round_up(smaller(m, tallest), tile.mr), blocking.m_block);
  grid->n_block = smaller(blocking.n_block, larger(n / (workers * kPiecesPerWorker), 1));
  grid->m_blocks = ceil_div(m, grid->m_block);
  grid->n_blocks = ceil_div(n, grid->n_block);
  grid->m_grain = grid->m_block;
  grid->n_grain = grid->n_block;
  grid->workers = static_cast<uint32_t>(workers);
  grid->cut = ThreadCut::none;
}

}  // namespace ottava
