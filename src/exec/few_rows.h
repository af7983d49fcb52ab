// A run of so few rows that one tile holds them, or two, on the calling thread: no schedule, no workspace, nothing but
// tiles. What most runs of language models and of other small networks are, and where every nanosecond outside the
// kernel counts. run.h does the same for any run.
#ifndef OTTAVA_SRC_EXEC_FEW_ROWS_H_
#define OTTAVA_SRC_EXEC_FEW_ROWS_H_

#include "exec/operator.h"

namespace ottava {

// Fills op->few_rows; everything else of *op is there.
void prepare_few_rows(Operator* op);

// Whether a run of so many rows, at least 1, may take this way.
inline bool is_few_rows(const Operator& op, size_t rows) {
  return op.few_rows.kernel != nullptr && rows <= op.plan.most_few_rows &&
         (op.plan.threads == 1 || rows * op.few_rows.work <= op.plan.blocking.min_work_per_thread);
}

// Rows of the lhs and of dst are dense; their strides are in bytes. No structures: what is passed in memory here would
// be waited for.
void run_few_rows(const Operator& op, size_t rows, const uint8_t* lhs, ptrdiff_t lhs_stride, uint8_t* dst,
                  ptrdiff_t dst_stride);

}  // namespace ottava

#endif  // OTTAVA_SRC_EXEC_FEW_ROWS_H_
