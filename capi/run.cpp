// Matmul operators, run: from the numbers and pointers of a call to a RunRequest. Everything is checked before dst is
// touched.
#include "exec/run.h"

#include "base/checked.h"
#include "exec/few_rows.h"
#include "matmul.h"
#include "output/validate_output.h"
#include "placement.h"

using namespace ottava;

namespace {

// A call in the library's own terms, as either function of the interface describes it.
struct Call {
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

// The numbers of a call: what is left once they have been checked.
struct Extent {
  size_t m;
  size_t batches;
  size_t first_row, rows, first_column, columns;
  bool empty() const { return rows == 0 || columns == 0 || batches == 0; }
};
Status resolve_extent(const Plan& plan, const Call& call, Extent* extent, Error* error) {
  Status status = check_rows(plan, call.m, error);
  if (status != Status::ok) return status;
  extent->m = static_cast<size_t>(call.m);
  if (call.batches < 0) {
    error->set(Status::bad_shape, "run.batches") << "is " << call.batches << ", negative";
    return Status::bad_shape;
  }
  if (static_cast<uint64_t>(call.batches) > static_cast<uint64_t>(PTRDIFF_MAX)) {
    return refuse(Status::size_overflow, "run.batches", "is more than the address space holds", error);
  }
  extent->batches = static_cast<size_t>(call.batches);
  status = resolve_part(call.first_row, call.rows, extent->m, "run.first_row", "run.rows", &extent->first_row,
                        &extent->rows, error);
  if (status == Status::ok) {
    status = resolve_part(call.first_column, call.columns, plan.n, "run.first_column", "run.columns",
                          &extent->first_column, &extent->columns, error);
  }
  if (status == Status::ok && extent->first_column % plan.nr != 0 && extent->columns != 0) {
    error->set(Status::out_of_range, "run.first_column")
        << "is " << call.first_column << ", no multiple of the column_granularity, " << static_cast<uint64_t>(plan.nr);
    return Status::out_of_range;
  }
  return status;
}

// A run-time rhs where the operator wants one, and none where it does not.
Status check_rhs_given(const Plan& plan, const Call& call, Error* error) {
  if (plan.runtime_rhs) return Status::ok;
  const char* given = nullptr;
  if (call.rhs != nullptr) given = "operands.rhs";
  if (call.rhs_matrices != nullptr) given = "operands.rhs_matrices";
  if (call.rhs_stride != 0) given = "run.rhs_stride";
  if (call.rhs_batch_stride != 0) given = "run.rhs_batch_stride";
  if (given == nullptr) return Status::ok;
  return refuse(Status::unsupported, given,
                "does not go with an operator that has its weights: OTTAVA_MATMUL_RUNTIME_RHS", error);
}

Status check_accumulate(const Plan& plan, const Call& call, Error* error) {
  if (call.accumulate && (plan.run_accumulating_stage == nullptr || plan.activation != Activation::none)) {
    return refuse(Status::unsupported, "run.flags",
                  plan.activation != Activation::none
                      ? "OTTAVA_RUN_ACCUMULATE does not go with an activation"
                      : "OTTAVA_RUN_ACCUMULATE does not go with requantization, but with s32 and f32",
                  error);
  }
  return Status::ok;
}

Status check_row_arrays(const Plan& plan, const Call& call, const Extent& extent, Error* error) {
  const char* const scales = "operands.lhs_scales";
  const char* const zeros = "operands.lhs_zero_points";
  if (plan.given_row_scales != (call.row_scales != nullptr)) {
    return plan.given_row_scales ? refuse(Status::null_pointer, scales, "is NULL, and the operator wants them", error)
                                 : refuse(Status::unsupported, scales,
                                          "does not go with this operator: OTTAVA_MATMUL_LHS_ROW_SCALES", error);
  }
  if (plan.given_row_zero_points != (call.row_zeros != nullptr)) {
    return plan.given_row_zero_points
               ? refuse(Status::null_pointer, zeros, "is NULL, and the operator wants them", error)
               : refuse(Status::unsupported, zeros, "does not go with this operator: OTTAVA_MATMUL_LHS_ROW_ZERO_POINTS",
                        error);
  }
  // Raw zero points are those of the type before it was made canonical.
  const bool is_unsigned = (plan.lhs.flip != 0) != (plan.kernel->lhs_element == Element::u8);
  const int32_t lowest = is_unsigned ? 0 : -128;
  for (size_t batch = 0; batch < extent.batches; ++batch) {
    for (size_t row = extent.first_row; row < extent.first_row + extent.rows; ++row) {
      const size_t i = batch * extent.m + row;
      const char* const fault = call.row_scales != nullptr ? fault_of_scale(call.row_scales[i]) : nullptr;
      if (fault != nullptr) {
        error->set(Status::bad_scale, scales)
            << "of row " << static_cast<uint64_t>(row) << ", batch " << static_cast<uint64_t>(batch) << " " << fault
            << "; a scale is finite and above 0";
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
  Strides lhs, rhs, dst;
};
Status resolve_layout(const Plan& plan, const Call& call, const Extent& extent, OperandStrides* strides, Error* error) {
  const bool many = extent.batches > 1;
  const Placement lhs = {extent.m,
                         plan.k,
                         plan.lhs_order,
                         plan.lhs_element_bytes,
                         call.lhs_stride,
                         "lhs_stride",
                         call.lhs_batch_stride,
                         "run.lhs_batch_stride",
                         many && call.lhs_matrices == nullptr ? extent.batches : 1};
  const Placement rhs = {plan.k,
                         plan.n,
                         plan.rhs_order,
                         1,
                         call.rhs_stride,
                         "run.rhs_stride",
                         call.rhs_batch_stride,
                         "run.rhs_batch_stride",
                         many && call.rhs_matrices == nullptr ? extent.batches : 1};
  const Placement dst = {extent.m,
                         plan.n,
                         plan.dst_order,
                         plan.dst_element_bytes,
                         call.dst_stride,
                         "dst_stride",
                         call.dst_batch_stride,
                         "run.dst_batch_stride",
                         many && call.dst_matrices == nullptr ? extent.batches : 1};
  Status status = check_dst_overlap(dst, error);
  if (status == Status::ok && plan.k != 0) status = resolve_strides(lhs, &strides->lhs, error);
  if (status == Status::ok && plan.k != 0 && plan.runtime_rhs) status = resolve_strides(rhs, &strides->rhs, error);
  if (status == Status::ok) status = resolve_strides(dst, &strides->dst, error);
  return status;
}

// Everything but the workspace.
Status resolve_call(const Plan& plan, const Call& call, const Extent& extent, RunRequest* request, Error* error) {
  Status status = Status::ok;
  if (plan.k != 0) {
    status = check_pointers(call.lhs, call.lhs_matrices, extent.batches, plan.lhs_element_bytes, "lhs",
                            "operands.lhs_matrices", error);
    if (status == Status::ok && plan.runtime_rhs) {
      status = check_pointers(call.rhs, call.rhs_matrices, extent.batches, 1, "operands.rhs", "operands.rhs_matrices",
                              error);
    }
  }
  if (status == Status::ok) {
    status = check_pointers(call.dst, call.dst_matrices, extent.batches, 1, "dst", "operands.dst_matrices", error);
  }
  if (status != Status::ok) return status;

  OperandStrides strides = {};
  status = resolve_layout(plan, call, extent, &strides, error);
  if (status == Status::ok && (plan.given_row_scales || plan.given_row_zero_points || call.row_scales != nullptr ||
                               call.row_zeros != nullptr)) {
    status = check_row_arrays(plan, call, extent, error);
  }
  if (status != Status::ok) return status;

  *request = {
      extent.m,
      extent.batches,
      extent.first_row,
      extent.rows,
      extent.first_column,
      extent.columns,
      {static_cast<const uint8_t*>(call.lhs), call.lhs_matrices, strides.lhs.batch, strides.lhs.row,
       strides.lhs.column},
      {static_cast<const uint8_t*>(call.rhs), call.rhs_matrices, strides.rhs.batch, strides.rhs.row,
       strides.rhs.column},
      {static_cast<uint8_t*>(call.dst), call.dst_matrices, strides.dst.batch, strides.dst.row, strides.dst.column},
      call.row_scales,
      call.row_zeros,
      call.accumulate,
      call.saturation};
  return Status::ok;
}

// A schedule within the caller's workspace: on fewer threads where it is too small for all of them, as it may be when
// it was sized for a larger m, whose rows the threads share. One thread never needs more than that.
Status make_schedule_within(const Plan& plan, const RunShape& shape, uint64_t bytes, Schedule* schedule, Error* error) {
  for (uint32_t threads = plan.threads;; threads = schedule->grid.workers - 1) {
    const Status status = make_schedule(plan, shape, threads, schedule, error);
    if (status != Status::ok || schedule->layout.total <= bytes) return status;
    if (schedule->grid.workers == 1) break;
  }
  error->set(Status::bad_memory, "workspace_bytes")
      << "is " << bytes << ", this run needs at least " << static_cast<uint64_t>(schedule->layout.total);
  return Status::bad_memory;
}

bool distinct_rhs(const Plan& plan, const Call& call) {
  return plan.runtime_rhs && call.batches > 1 && (call.rhs_matrices != nullptr || call.rhs_batch_stride != 0);
}

// A request that has been checked.
Status run_request(const ottava_matmul& operation, const RunRequest& request, bool distinct_rhs, void* workspace,
                   uint64_t workspace_bytes, Error* error) {
  const Plan& plan = operation.op.plan;
  const RunShape shape = {request.rows, request.columns, request.batches, distinct_rhs};
  Schedule schedule;
  const Status status = workspace != nullptr ? make_schedule_within(plan, shape, workspace_bytes, &schedule, error)
                                             : make_schedule(plan, shape, plan.threads, &schedule, error);
  if (status != Status::ok) return status;

  const ottava_context& context = *operation.context;
  const uint64_t total = schedule.layout.total;
  void* scratch = workspace;
  if (workspace == nullptr) {
    if (context.allocator.allocate == nullptr) {
      return refuse(Status::bad_memory, "workspace", "is NULL, and the context has no allocator", error);
    }
    scratch = context.allocator.allocate(context.allocator.user, total, kAlignment);
    if (scratch == nullptr) {
      error->set(Status::out_of_memory, "workspace") << "the allocator returned NULL for " << total << " bytes";
      return Status::out_of_memory;
    }
  }
  run_operator(operation.op, request, schedule, scratch, context.parallel);
  if (workspace == nullptr) context.allocator.release(context.allocator.user, scratch, total);
  return Status::ok;
}

// Whether a run of few rows, which uses none, could have had its workspace: what a caller gives must suffice all the
// same, or an operator would ask for more on another CPU.
bool has_workspace(const ottava_matmul& operation, const void* workspace, uint64_t bytes) {
  return workspace != nullptr ? bytes >= operation.few_rows_bytes : operation.context->allocator.allocate != nullptr;
}

Status run_call(const ottava_matmul& operation, const Call& call, void* workspace, uint64_t workspace_bytes,
                Error* error) {
  const Operator& op = operation.op;
  const Plan& plan = op.plan;
  Extent extent = {};
  Status status = resolve_extent(plan, call, &extent, error);
  if (status == Status::ok) status = check_rhs_given(plan, call, error);
  if (status == Status::ok) status = check_accumulate(plan, call, error);
  if (status != Status::ok) return status;
  if (extent.empty()) return Status::ok;

  RunRequest request;
  status = resolve_call(plan, call, extent, &request, error);
  if (status != Status::ok) return status;
  return run_request(operation, request, distinct_rhs(plan, call), workspace, workspace_bytes, error);
}

// A run with few rows cuts N, and every thread packs all of its rows: it can need more than one with many rows.
size_t rows_of_largest_workspace(const Plan& plan, size_t m) {
  return smaller(m, most_rows_of_column_cuts(plan.threads, *plan.kernel) - 1);
}

Status read_run(const ottava_matmul_run_desc* caller, ottava_matmul_run_desc* run, Error* error) {
  *run = OTTAVA_MATMUL_RUN_DESC_INIT;
  const Status status = read_struct(*caller, sizeof(ottava_matmul_run_desc), "run", run, error);
  if (status != Status::ok) return status;
  if ((run->flags & ~OTTAVA_RUN_ACCUMULATE) != 0) {
    error->set(Status::bad_option, "run.flags") << "is " << run->flags << ", with a flag that is not defined";
    return Status::bad_option;
  }
  return Status::ok;
}

Status read_operands(const ottava_matmul_operands* caller, ottava_matmul_operands* operands, Error* error) {
  *operands = OTTAVA_MATMUL_OPERANDS_INIT;
  const Status status = read_struct(*caller, sizeof(ottava_matmul_operands), "operands", operands, error);
  if (status != Status::ok) return status;
  if (operands->reserved != 0) return refuse(Status::bad_option, "operands.reserved", "is not 0", error);
  return Status::ok;
}

Call call_of(const ottava_matmul_run_desc& run, const ottava_matmul_operands& operands) {
  return {(run.flags & OTTAVA_RUN_ACCUMULATE) != 0,
          run.m,
          run.lhs_stride,
          run.rhs_stride,
          run.dst_stride,
          run.batches,
          run.lhs_batch_stride,
          run.rhs_batch_stride,
          run.dst_batch_stride,
          run.first_row,
          run.rows,
          run.first_column,
          run.columns,
          operands.lhs,
          operands.rhs,
          operands.dst,
          operands.lhs_matrices,
          operands.rhs_matrices,
          operands.dst_matrices,
          operands.lhs_scales,
          operands.lhs_zero_points,
          nullptr};
}

}  // namespace

Status ottava::check_rows(const Plan& plan, int64_t m, Error* error) {
  if (m < 0) {
    error->set(Status::bad_shape, "m") << "is " << m << ", negative";
    return Status::bad_shape;
  }
  if (plan.max_m != 0 && static_cast<uint64_t>(m) > plan.max_m) {
    error->set(Status::bad_shape, "m") << "is " << m << ", above the operator's max_m, "
                                       << static_cast<uint64_t>(plan.max_m);
    return Status::bad_shape;
  }
  if (static_cast<uint64_t>(m) > static_cast<uint64_t>(PTRDIFF_MAX)) {
    error->set(Status::size_overflow, "m") << "is " << m << ", more than the address space holds";
    return Status::size_overflow;
  }
  return Status::ok;
}

Status ottava::measure_workspace(const Plan& plan, const RunShape& shape, Schedule* schedule, uint64_t* bytes,
                                 Error* error) {
  // One thread takes the longest blocks, and is what a run falls back on.
  Status status = make_schedule(plan, shape, 1, schedule, error);
  if (status != Status::ok) return status;
  uint64_t most = schedule->layout.total;
  RunShape few = shape;
  few.rows = rows_of_largest_workspace(plan, shape.rows);
  status = make_schedule(plan, few, plan.threads, schedule, error);
  if (status != Status::ok) return status;
  most = schedule->layout.total > most ? schedule->layout.total : most;
  status = make_schedule(plan, shape, plan.threads, schedule, error);
  if (status != Status::ok) return status;
  *bytes = schedule->layout.total > most ? schedule->layout.total : most;
  return Status::ok;
}

extern "C" ottava_status ottava_matmul_run(const ottava_matmul* operation, int64_t m, const void* lhs,
                                           int64_t lhs_stride, void* dst, int64_t dst_stride, void* workspace,
                                           uint64_t workspace_bytes, ottava_error* error) {
  return at_boundary(error, [=](Error* words) {
    Status status = require(operation, "operation", words);
    if (status != Status::ok) return status;
    const Plan& plan = operation->op.plan;
    if (plan.runtime_rhs || plan.given_row_scales || plan.given_row_zero_points) {
      return refuse(Status::unsupported, "operation",
                    plan.runtime_rhs ? "wants its rhs at run time: use ottava_matmul_execute"
                                     : "wants scales or zero points per row: use ottava_matmul_execute",
                    words);
    }
    if (m < 0 || m > kFewLines || plan.max_m != 0) status = check_rows(plan, m, words);
    const size_t rows = static_cast<size_t>(m);
    if (status != Status::ok || rows == 0 || plan.n == 0) return status;
    if (plan.k != 0 && (lhs == nullptr || !is_aligned(lhs, plan.lhs_element_bytes))) {
      return check_pointers(lhs, nullptr, 1, plan.lhs_element_bytes, "lhs", "", words);
    }
    if (dst == nullptr) return require(dst, "dst", words);
    // What most calls are is read here alone: a whole Call, mostly empty, would cost a small one more than its product.
    Strides lhs_strides = {};
    Strides dst_strides = {};
    if (plan.k != 0 && !resolve_dense(rows, plan.k, plan.lhs_order, plan.lhs_element_bytes, lhs_stride, &lhs_strides)) {
      const Placement from = {rows, plan.k, plan.lhs_order, plan.lhs_element_bytes, lhs_stride, "lhs_stride", 0, "", 1};
      status = resolve_strides(from, &lhs_strides, words);
    }
    if (status == Status::ok &&
        !resolve_dense(rows, plan.n, plan.dst_order, plan.dst_element_bytes, dst_stride, &dst_strides)) {
      const Placement to = {rows, plan.n, plan.dst_order, plan.dst_element_bytes, dst_stride, "dst_stride", 0, "", 1};
      status = check_dst_overlap(to, words);
      if (status == Status::ok) status = resolve_strides(to, &dst_strides, words);
    }
    if (status != Status::ok) return status;
    if (is_few_rows(operation->op, rows) && has_workspace(*operation, workspace, workspace_bytes)) {
      run_few_rows(operation->op, rows, static_cast<const uint8_t*>(lhs), lhs_strides.row, static_cast<uint8_t*>(dst),
                   dst_strides.row);
      return Status::ok;
    }
    RunRequest request;
    request.m = request.rows = rows;
    request.batches = 1;
    request.first_row = request.first_column = 0;
    request.columns = plan.n;
    request.lhs = {static_cast<const uint8_t*>(lhs), nullptr, 0, lhs_strides.row, lhs_strides.column};
    request.dst = {static_cast<uint8_t*>(dst), nullptr, 0, dst_strides.row, dst_strides.column};
    request.row_scales = nullptr;
    request.row_zeros = nullptr;
    request.accumulate = false;
    request.saturation = nullptr;
    return run_request(*operation, request, false, workspace, workspace_bytes, words);
  });
}

extern "C" ottava_status ottava_matmul_execute(const ottava_matmul* operation, const ottava_matmul_run_desc* run,
                                               const ottava_matmul_operands* operands, ottava_error* error) {
  return at_boundary(error, [=](Error* words) {
    Status status = require(operation, "operation", words);
    if (status == Status::ok) status = require(run, "run", words);
    if (status == Status::ok) status = require(operands, "operands", words);
    ottava_matmul_run_desc numbers;
    ottava_matmul_operands memory;
    if (status == Status::ok) status = read_run(run, &numbers, words);
    if (status == Status::ok) status = read_operands(operands, &memory, words);
    if (status != Status::ok) return status;

    Call call = call_of(numbers, memory);
    Saturation saturation = {0, 0};
    if (memory.saturated != nullptr) call.saturation = &saturation;
    status = run_call(*operation, call, memory.workspace, memory.workspace_bytes, words);
    if (status == Status::ok && memory.saturated != nullptr) {
      memory.saturated[0] = saturation.below;
      memory.saturated[1] = saturation.above;
    }
    return status;
  });
}

extern "C" ottava_status ottava_matmul_workspace(const ottava_matmul* operation, const ottava_matmul_run_desc* run,
                                                 uint64_t* bytes, ottava_error* error) {
  return at_boundary(error, [=](Error* words) {
    Status status = require(operation, "operation", words);
    if (status == Status::ok) status = require(run, "run", words);
    if (status == Status::ok) status = require(bytes, "bytes", words);
    ottava_matmul_run_desc numbers;
    if (status == Status::ok) status = read_run(run, &numbers, words);
    if (status != Status::ok) return status;
    const Plan& plan = operation->op.plan;
    const ottava_matmul_operands none = OTTAVA_MATMUL_OPERANDS_INIT;
    Extent extent = {};
    const Call call = call_of(numbers, none);
    status = resolve_extent(plan, call, &extent, words);
    if (status == Status::ok) status = check_rhs_given(plan, call, words);
    if (status == Status::ok) status = check_accumulate(plan, call, words);
    if (status != Status::ok) return status;
    uint64_t needed = 0;
    Schedule schedule;
    if (!extent.empty()) {
      // Arrays of pointers may be given: batch strides do not count then, and a run-time rhs may differ in each batch.
      Extent one = extent;
      one.batches = 1;
      OperandStrides strides = {};
      status = resolve_layout(plan, call, one, &strides, words);
      if (status != Status::ok) return status;
      const RunShape shape = {extent.rows, extent.columns, extent.batches, plan.runtime_rhs && extent.batches > 1};
      status = measure_workspace(plan, shape, &schedule, &needed, words);
      if (status != Status::ok) return status;
    }
    *bytes = needed;
    return Status::ok;
  });
}
