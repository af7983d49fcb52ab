// One run of a matmul: from the numbers and pointers of a call to a RunRequest. Everything is checked before dst is
// touched.
#ifndef OTTAVA_SRC_OPERATORS_MATMUL_CALL_H_
#define OTTAVA_SRC_OPERATORS_MATMUL_CALL_H_

#include "contraction/run.h"
#include "operators/matmul/matmul.h"
#include "operators/placement.h"

namespace ottava {

// A call in the library's own terms, as any function of the interface describes it.
struct MatmulCall {
  bool accumulate;
  int64_t m;
  int64_t lhs_stride, rhs_stride, dst_stride;
  int64_t batches;
  int64_t lhs_batch_stride, rhs_batch_stride, dst_batch_stride;
  int64_t first_row, rows, first_column, columns;
  const void *lhs, *rhs;
  void* dst;
  const void *const *lhs_matrices, *const *rhs_matrices;
  void* const* dst_matrices;
  const float* row_scales;
  const int32_t* row_zeros;
  Saturation* saturation;
};

// Refuses an m that the operator does not take.
Status check_rows(const Matmul& matmul, int64_t m, Error* error);

// Whether batches have an rhs each.
bool has_distinct_rhs(const Matmul& matmul, const MatmulCall& call);

// Checks a call. With `empty` there is nothing to compute, and *request is not filled.
Status resolve_call(const Matmul& matmul, const MatmulCall& call, bool* empty, RunRequest* request, Error* error);

// How a run of this shape is done, and the workspace that is enough for it and for each that is not larger.
Status measure_workspace(const Matmul& matmul, const RunShape& shape, Schedule* schedule, uint64_t* bytes,
                         Error* error);
// The same for a call, whose pointers do not matter: arrays of pointers may be given in the run.
Status measure_call(const Matmul& matmul, const MatmulCall& call, uint64_t* bytes, Error* error);

// A schedule within the caller's workspace: on fewer threads where it is too small for all of them, as it may be when
// it was sized for a larger m, whose rows the threads share. One thread never needs more than that.
Status make_schedule_within(const Matmul& matmul, const RunShape& shape, uint64_t bytes, Schedule* schedule,
                            Error* error);

}  // namespace ottava

#endif  // OTTAVA_SRC_OPERATORS_MATMUL_CALL_H_
