// Sizes of the blocks that a run walks in: from cache sizes when the plan is made, from M and the number
// of threads when it runs.
#ifndef OTTAVA_SRC_CONTRACTION_BLOCKING_H_
#define OTTAVA_SRC_CONTRACTION_BLOCKING_H_

#include "base/checked.h"
#include "contraction/knobs.h"
#include "contraction/tasks.h"
#include "cpu/machine.h"
#include "kernels/tile_shape.h"

namespace ottava {

// More rows than this gain nothing, and would only grow the workspace.
constexpr size_t kMostBlockRows = 1024;

// Frozen with the plan.
struct Blocking {
  size_t m_block;            // rows of lhs prepared at once; a multiple of MR
  size_t resident_bytes;     // of packed rhs that stay in the first-level cache beside what passes through it
  size_t l2_bytes;           // of the second-level cache
  size_t n_block;            // channels of a piece at most; SIZE_MAX: as many as there are
  bool slow_steps;           // the core takes a step of a tile in twice the usual time
  bool wide_tiles;           // what the kernel is told of them (TileArgs)
  uint64_t work_per_thread;  // multiply-accumulates below which a further thread does not pay; 0: as a tile has it
  ThreadCut thread_cut;
};
Blocking choose_blocking(const TileShape& tile, size_t depth, const Machine& machine, const Knobs& knobs);

// How one run is cut: into lines of a few rows and all channels, these into grains of a few channels
// (contraction/tasks.h). A piece of work is several lines or a part of one.
struct Grid {
  size_t m_block;  // rows of a piece at most, a multiple of MR
  size_t n_block;  // channels of a piece at most; a multiple of NR if there are several
  size_t m_blocks;
  size_t n_blocks;
  size_t m_grain;    // rows of a line, likewise
  size_t n_grain;    // channels of a grain, likewise
  uint32_t workers;  // at most threads, at most grains, at least 1
  ThreadCut cut;     // what they share out of one matrix

  size_t line_rows() const { return smaller(m_grain, m_block); }
  Grains grains(size_t m, size_t n) const {
    Grains grains;
    grains.of_line = n <= n_grain ? 1 : ceil_div(n, n_grain);
    grains.lines_of_batch = m <= line_rows() ? 1 : ceil_div(m, line_rows());
    grains.most =
        n <= n_block ? grains.of_line * (m_block == line_rows() ? 1 : m_block / line_rows()) : n_block / n_grain;
    return grains;
  }
};
// m, n, batches >= 1. The grid is that of one matrix of the batch, the workers those of all.
void choose_grid(const Blocking& blocking, const TileShape& tile, size_t m, size_t n, size_t depth, size_t batches,
                 uint32_t threads, Grid* grid);

// What a run of this shape takes, in multiply-accumulates; saturates. m, n, batches >= 1.
uint64_t work_of(const TileShape& tile, size_t m, size_t n, size_t depth, size_t batches);
// Work below which a further thread does not pay.
uint64_t least_work_per_thread(const Blocking& blocking, const TileShape& tile);

// The most rows up to `most` that choose_grid leaves to one worker; 0 if even one is too much.
size_t most_rows_alone(const Blocking& blocking, const TileShape& tile, size_t most, size_t n, size_t depth,
                       uint32_t threads);

// A grid with as many workers, and blocks as tall, as any that choose_grid gives a run on several threads of this shape
// or of one of fewer rows.
void bound_grids(const Blocking& blocking, const TileShape& tile, size_t m, size_t n, size_t depth, size_t batches,
                 uint32_t threads, Grid* grid);

}  // namespace ottava

#endif  // OTTAVA_SRC_CONTRACTION_BLOCKING_H_
