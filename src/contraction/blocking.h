// Sizes of the blocks that a run walks in: from cache sizes when the plan is made, from M and the number
// of threads when it runs.
#ifndef OTTAVA_SRC_CONTRACTION_BLOCKING_H_
#define OTTAVA_SRC_CONTRACTION_BLOCKING_H_

#include "contraction/knobs.h"
#include "cpu/machine.h"
#include "kernels/tile_shape.h"

namespace ottava {

// More rows than this gain nothing, and would only grow the workspace.
constexpr size_t kMostBlockRows = 1024;

// Frozen with the plan.
struct Blocking {
  size_t m_block;            // rows of lhs prepared at once; a multiple of MR
  size_t resident_bytes;     // of packed rhs that stay in the first-level cache beside what passes through it
  size_t n_block;            // channels of a piece at most; SIZE_MAX: as many as there are
  uint64_t work_per_thread;  // multiply-accumulates below which a further thread does not pay; 0: as a tile has it
  ThreadCut thread_cut;
};
Blocking choose_blocking(const TileShape& tile, size_t depth, const Machine& machine, const Knobs& knobs);

// How one run is cut into pieces, row blocks by column blocks.
struct Grid {
  size_t m_block;  // rows of a piece, a multiple of MR
  size_t n_block;  // channels of a piece; a multiple of NR if there are several
  size_t m_blocks;
  size_t n_blocks;
  uint32_t workers;  // at most threads, at most pieces, at least 1

  size_t pieces() const { return m_blocks * n_blocks; }
};
// m, n, batches >= 1. The grid is that of one matrix of the batch, the workers those of all.
void choose_grid(const Blocking& blocking, const TileShape& tile, size_t m, size_t n, size_t depth, size_t batches,
                 uint32_t threads, Grid* grid);

// What a run of this shape takes, in multiply-accumulates; saturates. m, n, batches >= 1.
uint64_t work_of(size_t m, size_t n, size_t depth, size_t batches);
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
