// Matmul operators, run: reads the structures of a call, gives it memory, and hands it to operators/matmul/call.h.
#include "base/checked.h"
#include "boundary.h"
#include "contraction/panels.h"
#include "contraction/small_m.h"
#include "handles.h"
#include "operators/matmul/apart.h"
#include "operators/matmul/call.h"

using namespace ottava;

namespace {

// A request that has been checked.
Status run_request(const ottava_matmul& operation, const ContractionSizes& sizes, const RunRequest& request,
                   bool distinct_rhs, void* workspace, uint64_t workspace_bytes, const void* counters, Error* error) {
  const Matmul& matmul = operation.op;
  const RunShape shape = {request.rows, request.columns, request.batches, distinct_rhs, &sizes};
  Schedule schedule;
  Status status = workspace != nullptr ? make_schedule_within(matmul.plan, shape, workspace_bytes, &schedule, error)
                                       : make_schedule(matmul.plan, shape, matmul.plan.threads, &schedule, error);
  const uint64_t total = schedule.layout.total;
  if (status == Status::ok) {
    status = check_apart(matmul, sizes, request, {workspace, static_cast<size_t>(total), counters}, error);
  }
  if (status != Status::ok) return status;

  const ottava_context& context = *operation.context;
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
  run_contraction(matmul, request, schedule, scratch, context.parallel);
  if (workspace == nullptr) context.allocator.release(context.allocator.user, scratch, total);
  return Status::ok;
}

// Whether a run of the small M, which uses none, could have had its workspace: what a caller gives must suffice all the
// same, or an operator would ask for more on another CPU.
bool has_workspace(const ottava_matmul& operation, size_t rows, const void* workspace, uint64_t bytes) {
  return workspace != nullptr ? bytes >= small_m_workspace(operation.op, rows)
                              : operation.context->allocator.allocate != nullptr;
}

Status read_run(const ottava_matmul_run_desc* caller, ottava_matmul_run_desc* run, Error* error) {
  *run = OTTAVA_MATMUL_RUN_DESC_INIT;
  const Status status = read_struct(*caller, kFirstMatmulRunBytes, "run", run, error);
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
  return require_zero(operands->reserved, "operands.reserved", error);
}

MatmulCall call_of(const ottava_matmul_run_desc& run, const ottava_matmul_operands& operands) {
  MatmulCall call;
  call.accumulate = (run.flags & OTTAVA_RUN_ACCUMULATE) != 0;
  call.m = run.m;
  call.n = run.n;
  call.k = run.k;
  call.lhs_stride = run.lhs_stride;
  call.rhs_stride = run.rhs_stride;
  call.dst_stride = run.dst_stride;
  call.batches = run.batches;
  call.lhs_batch_stride = run.lhs_batch_stride;
  call.rhs_batch_stride = run.rhs_batch_stride;
  call.dst_batch_stride = run.dst_batch_stride;
  call.first_row = run.first_row;
  call.rows = run.rows;
  call.first_column = run.first_column;
  call.columns = run.columns;
  call.lhs = operands.lhs;
  call.rhs = operands.rhs;
  call.dst = operands.dst;
  call.lhs_matrices = operands.lhs_matrices;
  call.rhs_matrices = operands.rhs_matrices;
  call.dst_matrices = operands.dst_matrices;
  call.row_scales = operands.lhs_scales;
  call.row_zeros = operands.lhs_zero_points;
  call.second = operands.second;
  call.second_matrices = operands.second_matrices;
  call.second_stride = run.second_stride;
  call.second_batch_stride = run.second_batch_stride;
  call.saturation = nullptr;
  return call;
}

// One matrix, checked but for strides and memory.
OTTAVA_NOINLINE Status run_matrix(const ottava_matmul& operation, size_t rows, const void* lhs, int64_t lhs_stride,
                                  void* dst, int64_t dst_stride, void* workspace, uint64_t workspace_bytes,
                                  Error* error) {
  const Matmul& matmul = operation.op;
  const ContractionPlan& plan = matmul.plan;
  const Placement from = {rows, plan.k, matmul.lhs_order, plan.lhs_element_bytes, lhs_stride, "lhs_stride", 0, "", 1};
  const Placement to = {rows, plan.n, matmul.dst_order, plan.output.element_bytes, dst_stride, "dst_stride", 0, "", 1};
  Strides lhs_strides = {};
  Strides dst_strides = {};
  Status status = Status::ok;
  if (plan.k != 0) status = resolve_strides(from, &lhs_strides, error);
  if (status == Status::ok) status = check_dst_overlap(to, error);
  if (status == Status::ok) status = resolve_strides(to, &dst_strides, error);
  if (status != Status::ok) return status;
  if (is_small_m(matmul, rows) && has_workspace(operation, rows, workspace, workspace_bytes) &&
      is_small_m_apart(matmul, rows, lhs, lhs_strides, dst, dst_strides, workspace)) {
    share_small_m(matmul, rows, static_cast<const uint8_t*>(lhs), lhs_strides.row, static_cast<uint8_t*>(dst),
                  dst_strides.row, operation.context->parallel);
    return Status::ok;
  }
  RunRequest request;
  request.m = request.rows = rows;
  request.batches = 1;
  request.first_row = request.first_column = 0;
  request.columns = plan.n;
  request.lhs = {static_cast<const uint8_t*>(lhs), nullptr, 0, lhs_strides.row, lhs_strides.column};
  request.fill = nullptr;
  request.assemble = nullptr;
  request.geometry = nullptr;
  request.dst = {static_cast<uint8_t*>(dst), nullptr, 0, dst_strides.row, dst_strides.column};
  request.row_scales = nullptr;
  request.row_zeros = nullptr;
  request.accumulate = false;
  request.saturation = nullptr;
  return run_request(operation, plan, request, false, workspace, workspace_bytes, nullptr, error);
}

OTTAVA_NOINLINE ottava_status run_checked(const ottava_matmul* operation, int64_t m, const void* lhs,
                                          int64_t lhs_stride, void* dst, int64_t dst_stride, void* workspace,
                                          uint64_t workspace_bytes, ottava_error* error) {
  return at_boundary(error, [=](Error* words) {
    Status status = Status::ok;
    const Matmul& matmul = operation->op;
    const ContractionPlan& plan = matmul.plan;
    if (plan.runtime_rhs || plan.given_row_scales || plan.given_row_zero_points || plan.output.add != nullptr) {
      return refuse(Status::unsupported, "operation",
                    plan.runtime_rhs             ? "wants its rhs at run time: use ottava_matmul_execute"
                    : plan.output.add != nullptr ? "adds a second matrix: use ottava_matmul_execute"
                                                 : "wants scales or zero points per row: use ottava_matmul_execute",
                    words);
    }
    if (m < 0 || m > kFewLines || matmul.max_m != 0) status = check_rows(matmul, m, words);
    const size_t rows = static_cast<size_t>(m);
    if (status != Status::ok || rows == 0 || plan.n == 0) return status;
    if (plan.k != 0 && lhs == nullptr) return require(lhs, "lhs", words);
    if (dst == nullptr) return require(dst, "dst", words);
    return run_matrix(*operation, rows, lhs, lhs_stride, dst, dst_stride, workspace, workspace_bytes, words);
  });
}

// What most calls are, few rows side by side, is seen to be right by these comparisons alone; whatever is not is left
// to run_checked, which has the words for it.
OTTAVA_NOINLINE ottava_status run_prepared(const ottava_matmul* operation, int64_t m, const void* lhs,
                                           int64_t lhs_stride, void* dst, int64_t dst_stride, void* workspace,
                                           uint64_t workspace_bytes, ottava_error* error) {
  const Matmul& matmul = operation->op;
  const size_t rows = static_cast<size_t>(m);
  const bool few = static_cast<uint64_t>(m) - 1 < matmul.most_dense_rows;
  if (few && (lhs_stride | dst_stride) == 0 && lhs != nullptr && dst != nullptr &&
      (error == nullptr || error->struct_size == sizeof *error) &&
      has_workspace(*operation, rows, workspace, workspace_bytes)) {
    const size_t lhs_line = matmul.lhs_line, dst_line = matmul.dst_line;
    if (are_small_m_blocks_apart(lhs, rows * lhs_line, dst, rows * dst_line, workspace,
                                 small_m_workspace(matmul, rows))) {
      if (error != nullptr) write_ok_first(error);  // nothing can go wrong any more
      if (takes_panels(matmul)) {
        run_dense_panels(matmul, rows, static_cast<const uint8_t*>(lhs), static_cast<uint8_t*>(dst));
        return OTTAVA_OK;
      }
      run_small_m(matmul, rows, static_cast<const uint8_t*>(lhs), static_cast<ptrdiff_t>(lhs_line),
                  static_cast<uint8_t*>(dst), static_cast<ptrdiff_t>(dst_line));
      return OTTAVA_OK;
    }
  }
  return run_checked(operation, m, lhs, lhs_stride, dst, dst_stride, workspace, workspace_bytes, error);
}

// Likewise, of an operator whose rows one tile holds, in a context that has an allocator: these comparisons leave
// nothing to be decided, and what they do not like is looked at again by those above. A function of its own with a
// workspace, whose place takes registers to compare that a run without one would save for nothing.
template <bool kWorkspace>
OTTAVA_INLINE ottava_status run_lone(const ottava_matmul* operation, int64_t m, const void* lhs, int64_t lhs_stride,
                                     void* dst, int64_t dst_stride, void* workspace, uint64_t workspace_bytes,
                                     ottava_error* error) {
  const Matmul& matmul = operation->op;
  if (static_cast<uint64_t>(m) - 1 < matmul.most_lone_rows && (lhs_stride | dst_stride) == 0 && lhs != nullptr &&
      dst != nullptr && (error == nullptr || error->struct_size == sizeof *error)) {
    const size_t rows = static_cast<size_t>(m), lhs_bytes = rows * matmul.lhs_line, dst_bytes = rows * matmul.dst_line;
    const size_t wanted = static_cast<size_t>(matmul.lone_tile_bytes);
    if (are_apart(lhs, lhs_bytes, dst, dst_bytes) &&
        (!kWorkspace || (workspace_bytes >= wanted && are_apart(lhs, lhs_bytes, workspace, wanted) &&
                         are_apart(dst, dst_bytes, workspace, wanted)))) {
      if (error != nullptr) write_ok_first(error);
      run_lone_tile(matmul, rows, lhs, dst, static_cast<uint8_t*>(dst) + dst_bytes);
      return OTTAVA_OK;
    }
  }
  return run_prepared(operation, m, lhs, lhs_stride, dst, dst_stride, workspace, workspace_bytes, error);
}

OTTAVA_NOINLINE ottava_status run_lone_with_workspace(const ottava_matmul* operation, int64_t m, const void* lhs,
                                                      int64_t lhs_stride, void* dst, int64_t dst_stride,
                                                      void* workspace, uint64_t workspace_bytes, ottava_error* error) {
  return run_lone<true>(operation, m, lhs, lhs_stride, dst, dst_stride, workspace, workspace_bytes, error);
}
ottava_status run_lone_either_way(const ottava_matmul* operation, int64_t m, const void* lhs, int64_t lhs_stride,
                                  void* dst, int64_t dst_stride, void* workspace, uint64_t workspace_bytes,
                                  ottava_error* error) {
  if (workspace != nullptr) {
    return run_lone_with_workspace(operation, m, lhs, lhs_stride, dst, dst_stride, workspace, workspace_bytes, error);
  }
  return run_lone<false>(operation, m, lhs, lhs_stride, dst, dst_stride, workspace, workspace_bytes, error);
}

constexpr ottava_matmul_functions kPrepared = {run_prepared};
constexpr ottava_matmul_functions kLone = {run_lone_either_way};

}  // namespace

const ottava_matmul_functions* ottava::functions_of(const ottava_matmul& operation) {
  const bool lone = kHavePanels && operation.op.most_lone_rows != 0 && operation.context->allocator.allocate != nullptr;
  return lone ? &kLone : &kPrepared;
}

bool ottava::is_prepared(const ottava_matmul& operation) {
  return operation.functions == &kPrepared || (kHavePanels && operation.functions == &kLone);
}

Status ottava::require_prepared(const ottava_matmul* operation, Error* error) {
  const Status status = require(operation, "operation", error);
  if (status != Status::ok || is_prepared(*operation)) return status;
  return refuse(Status::unsupported, "operation", "is bound to its program, which ottava_matmul_run alone takes",
                error);
}

extern "C" ottava_status ottava_matmul_run(const ottava_matmul* operation, int64_t m, const void* lhs,
                                           int64_t lhs_stride, void* dst, int64_t dst_stride, void* workspace,
                                           uint64_t workspace_bytes, ottava_error* error) {
  if (operation != nullptr) {
    return operation->functions->run(operation, m, lhs, lhs_stride, dst, dst_stride, workspace, workspace_bytes, error);
  }
  return at_boundary(error, [](Error* words) { return require(nullptr, "operation", words); });
}

extern "C" ottava_status ottava_matmul_execute(const ottava_matmul* operation, const ottava_matmul_run_desc* run,
                                               const ottava_matmul_operands* operands, ottava_error* error) {
  return at_boundary(error, [=](Error* words) {
    Status status = require_prepared(operation, words);
    if (status == Status::ok) status = require(run, "run", words);
    if (status == Status::ok) status = require(operands, "operands", words);
    ottava_matmul_run_desc numbers;
    ottava_matmul_operands memory;
    if (status == Status::ok) status = read_run(run, &numbers, words);
    if (status == Status::ok) status = read_operands(operands, &memory, words);
    if (status != Status::ok) return status;

    MatmulCall call = call_of(numbers, memory);
    Saturation saturation = {0, 0};
    if (memory.saturated != nullptr) call.saturation = &saturation;
    ContractionSizes fewer;
    const ContractionSizes* sizes = nullptr;
    bool empty = false;
    RunRequest request;
    status = resolve_sizes(operation->op, call, &fewer, &sizes, words);
    if (status == Status::ok) status = resolve_call(operation->op, *sizes, call, &empty, &request, words);
    if (status == Status::ok && !empty) {
      status = run_request(*operation, *sizes, request, has_distinct_rhs(operation->op, call), memory.workspace,
                           memory.workspace_bytes, memory.saturated, words);
    }
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
    Status status = require_prepared(operation, words);
    if (status == Status::ok) status = require(run, "run", words);
    if (status == Status::ok) status = require(bytes, "bytes", words);
    ottava_matmul_run_desc numbers;
    if (status == Status::ok) status = read_run(run, &numbers, words);
    if (status != Status::ok) return status;
    const ottava_matmul_operands none = OTTAVA_MATMUL_OPERANDS_INIT;
    uint64_t needed = 0;
    const MatmulCall call = call_of(numbers, none);
    ContractionSizes fewer;
    const ContractionSizes* sizes = nullptr;
    status = resolve_sizes(operation->op, call, &fewer, &sizes, words);
    if (status == Status::ok) status = measure_call(operation->op, *sizes, call, &needed, words);
    if (status == Status::ok) *bytes = needed;
    return status;
  });
}
