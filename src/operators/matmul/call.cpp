#include "operators/matmul/call.h"

#include "output/validate_output.h"

namespace ottava {
namespace {

// The numbers of a call: what is left once they have been checked.
struct Extent {
  size_t m;
  size_t batches;
  size_t first_row, rows, first_column, columns;
  bool empty() const { return rows == 0 || columns == 0 || batches == 0; }
};
Status resolve_extent(const Matmul& matmul, const ContractionSizes& sizes, const MatmulCall& call, Extent* extent,
                      Error* error) {
  Status status = check_rows(matmul, call.m, error);
  if (status != Status::ok) return status;
  extent->m = static_cast<size_t>(call.m);
  if (call.batches < 0) {
    error->set(Status::bad_shape, "run.batches") << "is " << call.batches << ", negative";
    return Status::bad_shape;
  }
  if (static_cast<uint64_t>(call.batches) > static_cast<uint64_t>(PTRDIFF_MAX)) {
    error->set(Status::size_overflow, "run.batches") << "is " << call.batches << ", more than the address space holds";
    return Status::size_overflow;
  }
  extent->batches = static_cast<size_t>(call.batches);
  status = resolve_part(call.first_row, call.rows, extent->m, "run.first_row", "run.rows", &extent->first_row,
                        &extent->rows, error);
  if (status == Status::ok) {
    status = resolve_part(call.first_column, call.columns, sizes.n, "run.first_column", "run.columns",
                          &extent->first_column, &extent->columns, error);
  }
  if (status == Status::ok && extent->first_column % matmul.plan.nr != 0 && extent->columns != 0) {
    error->set(Status::out_of_range, "run.first_column")
        << "is " << call.first_column << ", no multiple of the column_granularity, "
        << static_cast<uint64_t>(matmul.plan.nr);
    return Status::out_of_range;
  }
  return status;
}

// Whether one of the sizes of a call is 0, the operator's, or with a run-time rhs less.
bool is_size(const ContractionPlan& plan, int64_t asked, size_t most) {
  const uint64_t least = plan.runtime_rhs ? 1 : most;
  return asked == 0 || (asked > 0 && static_cast<uint64_t>(asked) >= least && static_cast<uint64_t>(asked) <= most);
}

OTTAVA_NOINLINE bool are_sizes(const ContractionPlan& plan, const MatmulCall& call) {
  return is_size(plan, call.n, plan.n) && is_size(plan, call.k, plan.k);
}

Status refuse_size(const ContractionPlan& plan, int64_t asked, size_t most, const char* argument, Error* error) {
  if (asked > 0 && !plan.runtime_rhs) {
    error->set(Status::unsupported, argument)
        << "is " << asked << ", and the weights that the operator has are made for " << static_cast<uint64_t>(most)
        << ": another size goes with OTTAVA_MATMUL_RUNTIME_RHS alone";
    return Status::unsupported;
  }
  Text message = error->set(Status::bad_shape, argument);
  message << "is " << asked;
  if (asked < 0) {
    message << ", negative";
  } else {
    message << ", above that of the operator, " << static_cast<uint64_t>(most);
  }
  return Status::bad_shape;
}

// The first of them that is wrong.
OTTAVA_NOINLINE Status refuse_sizes(const ContractionPlan& plan, const MatmulCall& call, Error* error) {
  return !is_size(plan, call.n, plan.n) ? refuse_size(plan, call.n, plan.n, "run.n", error)
                                        : refuse_size(plan, call.k, plan.k, "run.k", error);
}

// A run-time rhs where the operator wants one, and none where it does not.
Status check_rhs_given(const Matmul& matmul, const MatmulCall& call, Error* error) {
  if (matmul.plan.runtime_rhs) return Status::ok;
  const char* given = nullptr;
  if (call.rhs != nullptr) given = "operands.rhs";
  if (call.rhs_matrices != nullptr) given = "operands.rhs_matrices";
  if (call.rhs_stride != 0) given = "run.rhs_stride";
  if (call.rhs_batch_stride != 0) given = "run.rhs_batch_stride";
  if (given == nullptr) return Status::ok;
  return refuse(Status::unsupported, given,
                "does not go with an operator that has its weights: OTTAVA_MATMUL_RUNTIME_RHS", error);
}

// A second matrix where the output adds one, and none where it does not.
Status check_second_given(const Matmul& matmul, const MatmulCall& call, Error* error) {
  if (matmul.plan.output.add != nullptr) return Status::ok;
  const char* given = nullptr;
  if (call.second != nullptr) given = "operands.second";
  if (call.second_matrices != nullptr) given = "operands.second_matrices";
  if (call.second_stride != 0) given = "run.second_stride";
  if (call.second_batch_stride != 0) given = "run.second_batch_stride";
  if (given == nullptr) return Status::ok;
  return refuse(Status::unsupported, given, "does not go with an operator whose output has no addition", error);
}

Status check_accumulate(const Matmul& matmul, const MatmulCall& call, Error* error) {
  if (call.accumulate &&
      (matmul.plan.output.run_accumulating == nullptr || matmul.plan.output.activation != Activation::none)) {
    return refuse(Status::unsupported, "run.flags",
                  matmul.plan.output.activation != Activation::none
                      ? "OTTAVA_RUN_ACCUMULATE does not go with an activation"
                      : "OTTAVA_RUN_ACCUMULATE does not go with requantization, but with s32 and f32",
                  error);
  }
  return Status::ok;
}

Status check_row_arrays(const Matmul& matmul, const MatmulCall& call, const Extent& extent, Error* error) {
  const char* const scales = "operands.lhs_scales";
  const char* const zeros = "operands.lhs_zero_points";
  if (matmul.plan.given_row_scales != (call.row_scales != nullptr)) {
    return matmul.plan.given_row_scales
               ? refuse(Status::null_pointer, scales, "is NULL, and the operator wants them", error)
               : refuse(Status::unsupported, scales, "does not go with this operator: OTTAVA_MATMUL_LHS_ROW_SCALES",
                        error);
  }
  if (matmul.plan.given_row_zero_points != (call.row_zeros != nullptr)) {
    return matmul.plan.given_row_zero_points
               ? refuse(Status::null_pointer, zeros, "is NULL, and the operator wants them", error)
               : refuse(Status::unsupported, zeros, "does not go with this operator: OTTAVA_MATMUL_LHS_ROW_ZERO_POINTS",
                        error);
  }
  const bool is_unsigned = matmul.plan.lhs_is_unsigned;
  const int32_t lowest = is_unsigned ? 0 : -128;
  for (size_t batch = 0; batch < extent.batches; ++batch) {
    for (size_t row = extent.first_row; row < extent.first_row + extent.rows; ++row) {
      const size_t i = batch * extent.m + row;
      if (call.row_scales != nullptr && fault_of_scale(call.row_scales[i]) != nullptr) {
        Text message = error->set(Status::bad_scale, scales);
        message << "of row " << static_cast<uint64_t>(row) << ", batch " << static_cast<uint64_t>(batch) << " ";
        explain_scale(call.row_scales[i], message);
        return Status::bad_scale;
      }
      if (call.row_zeros != nullptr && (call.row_zeros[i] < lowest || call.row_zeros[i] > lowest + 255)) {
        error->set(Status::bad_zero_point, zeros)
            << "of row " << static_cast<uint64_t>(row) << ", batch " << static_cast<uint64_t>(batch) << " is "
            << call.row_zeros[i] << ", outside " << (is_unsigned ? "u8" : "s8");
        return Status::bad_zero_point;
      }
    }
  }
  return Status::ok;
}

struct OperandStrides {
  Strides lhs, rhs, dst, second;
};
Status resolve_layout(const Matmul& matmul, const ContractionSizes& sizes, const MatmulCall& call, const Extent& extent,
                      OperandStrides* strides, Error* error) {
  const bool many = extent.batches > 1;
  const Placement lhs = {extent.m,
                         sizes.k,
                         matmul.lhs_order,
                         matmul.plan.lhs_element_bytes,
                         call.lhs_stride,
                         "lhs_stride",
                         call.lhs_batch_stride,
                         "run.lhs_batch_stride",
                         many && call.lhs_matrices == nullptr ? extent.batches : 1};
  const Placement rhs = {sizes.k,
                         sizes.n,
                         matmul.rhs_order,
                         1,
                         call.rhs_stride,
                         "run.rhs_stride",
                         call.rhs_batch_stride,
                         "run.rhs_batch_stride",
                         many && call.rhs_matrices == nullptr ? extent.batches : 1};
  const Placement dst = {extent.m,
                         sizes.n,
                         matmul.dst_order,
                         matmul.plan.output.element_bytes,
                         call.dst_stride,
                         "dst_stride",
                         call.dst_batch_stride,
                         "run.dst_batch_stride",
                         many && call.dst_matrices == nullptr ? extent.batches : 1};
  Status status = check_dst_overlap(dst, error);
  if (status == Status::ok && sizes.k != 0) status = resolve_strides(lhs, &strides->lhs, error);
  if (status == Status::ok && sizes.k != 0 && matmul.plan.runtime_rhs) {
    status = check_stride(rhs, error);
    if (status == Status::ok) status = resolve_strides(rhs, &strides->rhs, error);
  }
  if (status == Status::ok) status = resolve_strides(dst, &strides->dst, error);
  if (status != Status::ok || matmul.plan.output.add == nullptr) return status;
  const Placement second = {extent.m,
                            sizes.n,
                            matmul.dst_order,
                            1,
                            call.second_stride,
                            "run.second_stride",
                            call.second_batch_stride,
                            "run.second_batch_stride",
                            many && call.second_matrices == nullptr ? extent.batches : 1};
  return resolve_strides(second, &strides->second, error);
}

// Everything but the workspace.
Status resolve_operands(const Matmul& matmul, const ContractionSizes& sizes, const MatmulCall& call,
                        const Extent& extent, RunRequest* request, Error* error) {
  Status status = Status::ok;
  if (sizes.k != 0) {
    status = check_pointers(call.lhs, call.lhs_matrices, extent.batches, "lhs", "operands.lhs_matrices", error);
    if (status == Status::ok && matmul.plan.runtime_rhs) {
      status =
          check_pointers(call.rhs, call.rhs_matrices, extent.batches, "operands.rhs", "operands.rhs_matrices", error);
    }
  }
  if (status == Status::ok) {
    status = check_pointers(call.dst, call.dst_matrices, extent.batches, "dst", "operands.dst_matrices", error);
  }
  if (status == Status::ok && matmul.plan.output.add != nullptr) {
    status = check_pointers(call.second, call.second_matrices, extent.batches, "operands.second",
                            "operands.second_matrices", error);
  }
  if (status != Status::ok) return status;

  OperandStrides strides = {};
  status = resolve_layout(matmul, sizes, call, extent, &strides, error);
  if (status == Status::ok && (matmul.plan.given_row_scales || matmul.plan.given_row_zero_points ||
                               call.row_scales != nullptr || call.row_zeros != nullptr)) {
    status = check_row_arrays(matmul, call, extent, error);
  }
  if (status != Status::ok) return status;

  request->m = extent.m;
  request->batches = extent.batches;
  request->first_row = extent.first_row;
  request->rows = extent.rows;
  request->first_column = extent.first_column;
  request->columns = extent.columns;
  request->lhs = {static_cast<const uint8_t*>(call.lhs), call.lhs_matrices, strides.lhs.batch, strides.lhs.row,
                  strides.lhs.column};
  request->fill = nullptr;
  request->assemble = nullptr;
  request->geometry = nullptr;
  request->rhs = {static_cast<const uint8_t*>(call.rhs), call.rhs_matrices, strides.rhs.batch, strides.rhs.row,
                  strides.rhs.column};
  request->dst = {static_cast<uint8_t*>(call.dst), call.dst_matrices, strides.dst.batch, strides.dst.row,
                  strides.dst.column};
  request->second = {static_cast<const uint8_t*>(call.second), call.second_matrices, strides.second.batch,
                     strides.second.row, strides.second.column};
  request->row_scales = call.row_scales;
  request->row_zeros = call.row_zeros;
  request->accumulate = call.accumulate;
  request->saturation = call.saturation;
  return Status::ok;
}

}  // namespace

bool has_distinct_rhs(const Matmul& matmul, const MatmulCall& call) {
  return matmul.plan.runtime_rhs && call.batches > 1 && (call.rhs_matrices != nullptr || call.rhs_batch_stride != 0);
}

Status check_rows(const Matmul& matmul, int64_t m, Error* error) {
  if (m < 0) {
    error->set(Status::bad_shape, "m") << "is " << m << ", negative";
    return Status::bad_shape;
  }
  if (matmul.max_m != 0 && static_cast<uint64_t>(m) > matmul.max_m) {
    error->set(Status::bad_shape, "m") << "is " << m << ", above the operator's max_m, "
                                       << static_cast<uint64_t>(matmul.max_m);
    return Status::bad_shape;
  }
  if (static_cast<uint64_t>(m) > static_cast<uint64_t>(PTRDIFF_MAX)) {
    error->set(Status::size_overflow, "m") << "is " << m << ", more than the address space holds";
    return Status::size_overflow;
  }
  return Status::ok;
}

Status resolve_sizes(const Matmul& matmul, const MatmulCall& call, ContractionSizes* fewer,
                     const ContractionSizes** sizes, Error* error) {
  const ContractionPlan& plan = matmul.plan;
  *sizes = &plan;
  if ((call.n | call.k) == 0) return Status::ok;
  const uint64_t n = call.n == 0 ? plan.n : static_cast<uint64_t>(call.n);
  const uint64_t k = call.k == 0 ? plan.k : static_cast<uint64_t>(call.k);
  const bool shrinks = plan.runtime_rhs && n - 1 < plan.n && k - 1 < plan.k;  // as nearly all that give sizes do
  if (!shrinks && !are_sizes(plan, call)) return refuse_sizes(plan, call, error);
  if (n == plan.n && k == plan.k) return Status::ok;
  *sizes = fewer;
  shrink(plan, static_cast<size_t>(n), static_cast<size_t>(k), fewer);
  return Status::ok;
}

Status resolve_call(const Matmul& matmul, const ContractionSizes& sizes, const MatmulCall& call, bool* empty,
                    RunRequest* request, Error* error) {
  Extent extent = {};
  Status status = resolve_extent(matmul, sizes, call, &extent, error);
  if (status == Status::ok) status = check_rhs_given(matmul, call, error);
  if (status == Status::ok) status = check_second_given(matmul, call, error);
  if (status == Status::ok) status = check_accumulate(matmul, call, error);
  *empty = extent.empty();
  if (status != Status::ok || *empty) return status;
  return resolve_operands(matmul, sizes, call, extent, request, error);
}

Status measure_call(const Matmul& matmul, const ContractionSizes& sizes, const MatmulCall& call, uint64_t* bytes,
                    Error* error) {
  Extent extent = {};
  Status status = resolve_extent(matmul, sizes, call, &extent, error);
  if (status == Status::ok) status = check_rhs_given(matmul, call, error);
  if (status == Status::ok) status = check_second_given(matmul, call, error);
  if (status == Status::ok) status = check_accumulate(matmul, call, error);
  *bytes = 0;
  if (status != Status::ok || extent.empty()) return status;
  // Arrays of pointers may be given: batch strides do not count then, and a run-time rhs may differ in each batch.
  Extent one = extent;
  one.batches = 1;
  OperandStrides strides = {};
  status = resolve_layout(matmul, sizes, call, one, &strides, error);
  if (status != Status::ok) return status;
  const bool distinct_rhs = matmul.plan.runtime_rhs && extent.batches > 1;
  const RunShape shape = {extent.rows, extent.columns, extent.batches, distinct_rhs, &sizes};
  Schedule schedule;
  return measure_workspace(matmul.plan, shape, matmul.plan.threads, &schedule, bytes, error);
}

}  // namespace ottava
