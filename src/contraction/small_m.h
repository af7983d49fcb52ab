// A run of so few rows that one tile holds them, or two: no schedule, no workspace, nothing but tiles. What most runs
// of language models and of other small networks are, and where every nanosecond outside the kernel counts. run.h does
// the same for any run.
#ifndef OTTAVA_SRC_CONTRACTION_SMALL_M_H_
#define OTTAVA_SRC_CONTRACTION_SMALL_M_H_

#include "contraction/prepared.h"
#include "contraction/tasks.h"

namespace ottava {

// Decides whether runs of the small M may go this way; everything else of *op is there.
void prepare_lone_tile(PreparedContraction* op);

// Whether a run of so many rows, at least 1, may, and has too little work for a second thread. Rows of the lhs and of
// dst must be dense besides.
inline bool is_small_m_alone(const PreparedContraction& op, size_t rows) { return rows <= op.rows_alone; }

// Whether it may on any number of threads; firmware, whose flash is dear, leaves those of several to run.h.
inline bool is_small_m(const PreparedContraction& op, size_t rows) {
  return OTTAVA_HOSTED ? op.lone_tile && rows <= op.plan.routes.small_m.most_rows : is_small_m_alone(op, rows);
}

// On the calling thread. Strides are in bytes. No structures: what is passed in memory here would stall on its own
// stores.
void run_small_m(const PreparedContraction& op, size_t rows, const uint8_t* lhs, ptrdiff_t lhs_stride, uint8_t* dst,
                 ptrdiff_t dst_stride);

// On as many threads as pay.
void share_small_m(const PreparedContraction& op, size_t rows, const uint8_t* lhs, ptrdiff_t lhs_stride, uint8_t* dst,
                   ptrdiff_t dst_stride, const Parallel& parallel);

}  // namespace ottava

#endif  // OTTAVA_SRC_CONTRACTION_SMALL_M_H_
