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
  int64_t n, k;  // 0: the operator's
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
  const void* second;
  const void* const* second_matrices;
  int64_t second_stride, second_batch_stride;
  Saturation* saturation;
};

// Refuses an m that the operator does not take.
Status check_rows(const Matmul& matmul, int64_t m, Error* error);

// Whether batches have an rhs each.
bool has_distinct_rhs(const Matmul& matmul, const MatmulCall& call);

// The sizes of a call: those of the operator, or with a run-time rhs what it fills in of *fewer.
Status resolve_sizes(const Matmul& matmul, const MatmulCall& call, ContractionSizes* fewer,
                     const ContractionSizes** sizes, Error* error);

// Checks a call of these sizes. With `empty` there is nothing to compute, and *request is not filled.
Status resolve_call(const Matmul& matmul, const ContractionSizes& sizes, const MatmulCall& call, bool* empty,
                    RunRequest* request, Error* error);

// The workspace that is enough for a call of these sizes and for each that is not larger; pointers do not matter:
// arrays of them may be given in the run.
Status measure_call(const Matmul& matmul, const ContractionSizes& sizes, const MatmulCall& call, uint64_t* bytes,
                    Error* error);

}  // namespace ottava

#endif  // OTTAVA_SRC_OPERATORS_MATMUL_CALL_H_
