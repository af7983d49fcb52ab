// Running a contraction.
#ifndef OTTAVA_SRC_CONTRACTION_RUN_H_
#define OTTAVA_SRC_CONTRACTION_RUN_H_

#include "base/view.h"
#include "contraction/row_table.h"
#include "contraction/tasks.h"
#include "output/saturation.h"

namespace ottava {

// One operand of all batches: matrix b begins at matrices[b], or where there is no such array at
// first + b * batch_stride bytes.
template <class Byte, class Pointer>
struct Operand3d {
  Byte* first;
  Pointer const* matrices;
  ptrdiff_t batch_stride;
  ptrdiff_t row_stride;  // bytes
  ptrdiff_t column_stride;

  Byte* data(size_t batch) const {
    return matrices != nullptr ? static_cast<Byte*>(matrices[batch])
                               : first + static_cast<ptrdiff_t>(batch) * batch_stride;
  }
};
using ConstMatrices = Operand3d<const uint8_t, const void*>;
using Matrices = Operand3d<uint8_t, void*>;

// Everything that one run is given. Rows and columns say which part of each matrix is computed.
struct RunRequest {
  size_t m;  // rows of the whole
  size_t batches;
  size_t first_row;
  size_t rows;
  size_t first_column;  // a multiple of NR
  size_t columns;
  ConstMatrices lhs;      // its strides where rows come from strides; else its data alone, for what follows
  FillRowTable fill;      // by RowsFrom, or null
  AssembleRows assemble;  // likewise
  const void* geometry;   // first argument of both
  ConstMatrices rhs;      // with a run-time rhs
  Matrices dst;
  ConstMatrices second;      // what an output with an addition adds, strides in the order of dst
  const float* row_scales;   // batches * m, where the operator asks for them
  const int32_t* row_zeros;  // raw; likewise
  bool accumulate;
  Saturation* saturation;  // added to; or null
};

// `schedule` comes from make_schedule for this request; `workspace` holds its layout.total bytes, any alignment. Rows,
// columns and batches are at least 1.
void run_contraction(const PreparedContraction& op, const RunRequest& request, const Schedule& schedule,
                     void* workspace, const Parallel& parallel);

}  // namespace ottava

#endif  // OTTAVA_SRC_CONTRACTION_RUN_H_
