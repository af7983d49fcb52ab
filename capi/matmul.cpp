// Matmul operators: from C descriptors to a Problem, from a Plan to memory, from a call to a run.
#include "base/checked.h"
#include "boundary.h"
#include "exec/pack.h"
#include "exec/run.h"
#include "handles.h"
#include "plan/validate.h"

using namespace ottava;

namespace {

Status refuse_type(uint32_t value, const char* argument, const char* what, Error* error) {
  error->set(Status::bad_type, argument) << "is " << value << ", no " << what;
  return Status::bad_type;
}

bool known_type(uint32_t type) { return type >= OTTAVA_TYPE_S8 && type <= OTTAVA_TYPE_F32; }

Status read_problem(const ottava_matmul_desc* caller, Problem* problem, Error* error) {
  ottava_matmul_desc desc = OTTAVA_MATMUL_DESC_INIT;
  const Status status = read_struct(*caller, 112, "desc", &desc, error);
  if (status != Status::ok) return status;
  if ((desc.flags & ~OTTAVA_MATMUL_ALLOW_WRAP) != 0) {
    error->set(Status::bad_option, "desc.flags") << "is " << desc.flags << ", with a flag that is not defined";
    return Status::bad_option;
  }
  if (desc.reserved != 0 || desc.reserved2 != 0) {
    error->set(Status::bad_option, desc.reserved != 0 ? "desc.reserved" : "desc.reserved2") << "is not 0";
    return Status::bad_option;
  }
  if (!known_type(desc.lhs_type)) return refuse_type(desc.lhs_type, "desc.lhs_type", "OTTAVA_TYPE_...", error);
  if (!known_type(desc.rhs_type)) return refuse_type(desc.rhs_type, "desc.rhs_type", "OTTAVA_TYPE_...", error);
  if (!known_type(desc.dst_type)) return refuse_type(desc.dst_type, "desc.dst_type", "OTTAVA_TYPE_...", error);
  if (desc.lhs_order > OTTAVA_ORDER_COLUMN)
    return refuse_type(desc.lhs_order, "desc.lhs_order", "OTTAVA_ORDER_...", error);
  if (desc.rhs_order > OTTAVA_ORDER_COLUMN)
    return refuse_type(desc.rhs_order, "desc.rhs_order", "OTTAVA_ORDER_...", error);
  if (desc.dst_order > OTTAVA_ORDER_COLUMN)
    return refuse_type(desc.dst_order, "desc.dst_order", "OTTAVA_ORDER_...", error);
  if (desc.rule > OTTAVA_RULE_MULTIPLY_SHIFT_HALF_AWAY)
    return refuse_type(desc.rule, "desc.rule", "OTTAVA_RULE_...", error);
  if (desc.parameters > OTTAVA_PARAMETERS_INTEGER) {
    return refuse_type(desc.parameters, "desc.parameters", "OTTAVA_PARAMETERS_...", error);
  }

  *problem = {
      desc.n,
      desc.k,
      desc.max_m,
      desc.rhs_stride,
      {static_cast<Type>(desc.lhs_type), static_cast<Order>(desc.lhs_order), desc.lhs_zero_point, desc.lhs_scale},
      {static_cast<Type>(desc.rhs_type), static_cast<Order>(desc.rhs_order), desc.rhs_zero_point, desc.rhs_scale},
      {static_cast<Type>(desc.dst_type), static_cast<Order>(desc.dst_order), desc.dst_zero_point, desc.dst_scale},
      static_cast<Rule>(desc.rule),
      static_cast<Parameters>(desc.parameters),
      desc.multiplier,
      desc.shift,
      desc.clamp_min,
      desc.clamp_max,
      desc.clamp_min_f32,
      desc.clamp_max_f32,
      (desc.flags & OTTAVA_MATMUL_ALLOW_WRAP) != 0};
  return Status::ok;
}

Status read_constants(const ottava_matmul_constants* caller, Constants* constants, Error* error) {
  ottava_matmul_constants read = OTTAVA_MATMUL_CONSTANTS_INIT;
  const Status status = read_struct(*caller, 8 + 5 * sizeof(void*), "constants", &read, error);
  if (status != Status::ok) return status;
  if (read.reserved != 0) {
    error->set(Status::bad_option, "constants.reserved") << "is not 0";
    return Status::bad_option;
  }
  *constants = {static_cast<const uint8_t*>(read.rhs),
                read.rhs_scales,
                read.rhs_zero_points,
                read.bias,
                read.bias_f32,
                read.multipliers,
                read.shifts};
  return Status::ok;
}

// The handle, then the packed weights: bytes with room for alignment.
Status handle_bytes(const Plan& plan, uint64_t* bytes, Error* error) {
  const Size total = Size(round_up(sizeof(ottava_matmul), kAlignment)) + plan.packed.total + Size(kAlignment - 1);
  if (!total.valid()) {
    error->set(Status::size_overflow, "desc") << "the operator would not fit the address space";
    return Status::size_overflow;
  }
  *bytes = total.value();
  return Status::ok;
}

struct Request {
  Problem problem;
  Constants constants;
  Plan plan;
  uint64_t bytes;
};

Status plan_request(const ottava_context* context, const ottava_matmul_desc* desc, Request* request, Error* error) {
  Status status = require(context, "context", error);
  if (status == Status::ok) status = require(desc, "desc", error);
  if (status == Status::ok) status = read_problem(desc, &request->problem, error);
  if (status == Status::ok) {
    status = make_plan(request->problem, context->machine, context->choice, context->threads, &request->plan, error);
  }
  if (status == Status::ok) status = handle_bytes(request->plan, &request->bytes, error);
  return status;
}

Status plan_with_constants(const ottava_context* context, const ottava_matmul_desc* desc,
                           const ottava_matmul_constants* constants, ottava_matmul** operation, Request* request,
                           Error* error) {
  Status status = require(operation, "operation", error);
  if (status == Status::ok) status = plan_request(context, desc, request, error);
  if (status == Status::ok) status = require(constants, "constants", error);
  if (status == Status::ok) status = read_constants(constants, &request->constants, error);
  if (status == Status::ok) status = validate(request->problem, request->constants, error);
  return status;
}

ottava_matmul* build(const Request& request, const ottava_context* context, void* memory) {
  ottava_matmul* handle = static_cast<ottava_matmul*>(align_up(memory, kAlignment));
  uint8_t* packed = reinterpret_cast<uint8_t*>(handle) + round_up(sizeof(ottava_matmul), kAlignment);
  handle->context = context;
  handle->memory = nullptr;
  handle->memory_bytes = 0;
  pack_operator(request.plan, request.problem, request.constants, packed, &handle->op);
  return handle;
}

// Grid and workspace of a run on so many threads at most; m and n at least 1.
Status plan_run(const Plan& plan, size_t m, uint32_t threads, Grid* grid, WorkspaceLayout* layout, Error* error) {
  *grid = choose_grid(plan.blocking, *plan.kernel, m, plan.n, plan.packed_k, threads);
  return lay_out_workspace(plan, *grid, layout, error);
}

// The same within the caller's workspace: on fewer threads where it is too small for all of them, as it may be
// when it was sized for a larger m, whose rows the threads share. One thread never needs more than that.
Status plan_run_within(const Plan& plan, size_t m, uint64_t bytes, Grid* grid, WorkspaceLayout* layout, Error* error) {
  for (uint32_t threads = plan.threads;; threads = grid->workers - 1) {
    const Status status = plan_run(plan, m, threads, grid, layout, error);
    if (status != Status::ok || layout->total <= bytes) return status;
    if (grid->workers == 1) break;
  }
  error->set(Status::bad_memory, "workspace_bytes")
      << "is " << bytes << ", this run needs at least " << static_cast<uint64_t>(layout->total);
  return Status::bad_memory;
}

// A run with few rows cuts N, and every thread packs all of its rows: it can need more than one with many rows.
size_t rows_of_largest_workspace(const Plan& plan, size_t m) {
  return smaller(m, static_cast<size_t>(plan.threads) * plan.mr * 2 - 1);
}

Status check_rows(const Plan& plan, int64_t m, Error* error) {
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

struct Strides {
  ptrdiff_t row;  // bytes
  ptrdiff_t column;
};

// A matrix of rows x columns as the caller lays it out; refuses what does not fit the address space.
Status resolve_strides(size_t rows, size_t columns, Order order, int64_t stride, size_t element_bytes,
                       const char* argument, Strides* strides, Error* error) {
  const size_t outer = order == Order::row ? rows : columns;
  const size_t inner = order == Order::row ? columns : rows;
  const int64_t element = static_cast<int64_t>(element_bytes);
  int64_t step = 0;
  int64_t reach = 0;
  int64_t line = 0;
  const bool overflow = __builtin_mul_overflow(stride != 0 ? stride : static_cast<int64_t>(inner), element, &step) ||
                        __builtin_mul_overflow(static_cast<int64_t>(outer) - 1, step, &reach) ||
                        __builtin_mul_overflow(static_cast<int64_t>(inner), element, &line) ||
                        __builtin_add_overflow(reach < 0 ? -(reach + 1) : reach, line, &reach) || reach > PTRDIFF_MAX ||
                        step > PTRDIFF_MAX || step < -PTRDIFF_MAX;
  if (overflow) {
    error->set(Status::size_overflow, argument) << "is " << stride << ": the matrix would not fit the address space";
    return Status::size_overflow;
  }
  const ptrdiff_t by_line = static_cast<ptrdiff_t>(step);
  const ptrdiff_t by_element = static_cast<ptrdiff_t>(element);
  *strides = order == Order::row ? Strides{by_line, by_element} : Strides{by_element, by_line};
  return Status::ok;
}

Status check_dst_stride(const Plan& plan, size_t m, int64_t stride, Error* error) {
  const bool by_row = plan.dst_order == Order::row;
  const size_t inner = by_row ? plan.n : m;
  const size_t outer = by_row ? m : plan.n;
  const uint64_t magnitude = stride < 0 ? 0 - static_cast<uint64_t>(stride) : static_cast<uint64_t>(stride);
  if (stride == 0 || outer <= 1 || magnitude >= inner) return Status::ok;
  error->set(Status::bad_stride, "dst_stride") << "is " << stride << ", shorter than a " << (by_row ? "row" : "column")
                                               << " of dst, " << static_cast<uint64_t>(inner) << " elements";
  return Status::bad_stride;
}

}  // namespace

extern "C" ottava_status ottava_matmul_create(const ottava_context* context, const ottava_matmul_desc* desc,
                                              const ottava_matmul_constants* constants, ottava_matmul** operation,
                                              ottava_error* error) {
  return at_boundary(error, [=](Error* words) {
    Request request;
    const Status status = plan_with_constants(context, desc, constants, operation, &request, words);
    if (status != Status::ok) return status;
    const Allocator& allocator = context->allocator;
    if (allocator.allocate == nullptr) {
      words->set(Status::bad_memory, "context") << "has no allocator: use ottava_matmul_init_at";
      return Status::bad_memory;
    }
    void* memory = allocator.allocate(allocator.user, request.bytes, kAlignment);
    if (memory == nullptr) {
      words->set(Status::out_of_memory, "operation") << "the allocator returned NULL for " << request.bytes << " bytes";
      return Status::out_of_memory;
    }
    ottava_matmul* handle = build(request, context, memory);
    handle->memory = memory;
    handle->memory_bytes = request.bytes;
    *operation = handle;
    return Status::ok;
  });
}

extern "C" ottava_status ottava_matmul_size(const ottava_context* context, const ottava_matmul_desc* desc,
                                            uint64_t* bytes, ottava_error* error) {
  return at_boundary(error, [=](Error* words) {
    Request request;
    Status status = require(bytes, "bytes", words);
    if (status == Status::ok) status = plan_request(context, desc, &request, words);
    if (status == Status::ok) *bytes = request.bytes;
    return status;
  });
}

extern "C" ottava_status ottava_matmul_init_at(void* memory, uint64_t bytes, const ottava_context* context,
                                               const ottava_matmul_desc* desc, const ottava_matmul_constants* constants,
                                               ottava_matmul** operation, ottava_error* error) {
  return at_boundary(error, [=](Error* words) {
    Request request;
    Status status = require(memory, "memory", words);
    if (status == Status::ok) status = plan_with_constants(context, desc, constants, operation, &request, words);
    if (status != Status::ok) return status;
    if (bytes < request.bytes) {
      words->set(Status::bad_memory, "bytes") << "is " << bytes << ", this operator needs " << request.bytes;
      return Status::bad_memory;
    }
    *operation = build(request, context, memory);
    return Status::ok;
  });
}

extern "C" ottava_status ottava_matmul_destroy(ottava_matmul* operation) {
  if (operation == nullptr || operation->memory == nullptr) return OTTAVA_OK;
  const Allocator& allocator = operation->context->allocator;
  allocator.release(allocator.user, operation->memory, operation->memory_bytes);
  return OTTAVA_OK;
}

extern "C" ottava_status ottava_matmul_query(const ottava_matmul* operation, int64_t m, ottava_matmul_info* info,
                                             ottava_error* error) {
  return at_boundary(error, [=](Error* words) {
    Status status = require(operation, "operation", words);
    if (status == Status::ok) status = check_struct(info, 304, "info", words);
    if (status == Status::ok) status = check_rows(operation->op.plan, m, words);
    if (status != Status::ok) return status;

    const Plan& plan = operation->op.plan;
    Grid grid = {};
    WorkspaceLayout layout = {};
    size_t workspace = 0;
    if (m != 0 && plan.n != 0) {
      const size_t rows = static_cast<size_t>(m);
      status = plan_run(plan, rows_of_largest_workspace(plan, rows), plan.threads, &grid, &layout, words);
      if (status != Status::ok) return status;
      workspace = layout.total;
      status = plan_run(plan, rows, plan.threads, &grid, &layout, words);
      if (status != Status::ok) return status;
      workspace = larger(workspace, layout.total);
    }
    ottava_matmul_info filled = OTTAVA_MATMUL_INFO_INIT;
    filled.tier = static_cast<uint32_t>(plan.kernel->isa);
    filled.tile_m = static_cast<uint32_t>(plan.mr);
    filled.tile_n = static_cast<uint32_t>(plan.nr);
    filled.tile_k = plan.kernel->kr;
    filled.threads = grid.workers > 1 ? grid.workers : 1;
    filled.packed_bytes = plan.packed.total;
    filled.workspace_bytes = workspace;
    filled.max_exact_k = operation->op.max_exact_k;
    Text(filled.kernel) << plan.kernel->name;
    Text(filled.reason) << plan.reason;
    write_struct(filled, info);
    return Status::ok;
  });
}

extern "C" ottava_status ottava_matmul_run(const ottava_matmul* operation, int64_t m, const void* lhs,
                                           int64_t lhs_stride, void* dst, int64_t dst_stride, void* workspace,
                                           uint64_t workspace_bytes, ottava_error* error) {
  return at_boundary(error, [=](Error* words) {
    Status status = require(operation, "operation", words);
    if (status == Status::ok) status = check_rows(operation->op.plan, m, words);
    if (status != Status::ok) return status;
    const Operator& op = operation->op;
    const Plan& plan = op.plan;
    const size_t rows = static_cast<size_t>(m);
    if (rows == 0 || plan.n == 0) return Status::ok;

    if (plan.k != 0) status = require(lhs, "lhs", words);
    if (status == Status::ok) status = require(dst, "dst", words);
    if (status == Status::ok) status = check_dst_stride(plan, rows, dst_stride, words);
    Strides lhs_strides = {};
    Strides dst_strides = {};
    if (status == Status::ok) {
      status = resolve_strides(rows, plan.k, plan.lhs_order, lhs_stride, 1, "lhs_stride", &lhs_strides, words);
    }
    if (status == Status::ok) {
      status = resolve_strides(rows, plan.n, plan.dst_order, dst_stride, plan.dst_element_bytes, "dst_stride",
                               &dst_strides, words);
    }
    Grid grid = {};
    WorkspaceLayout layout = {};
    if (status == Status::ok) {
      status = workspace != nullptr ? plan_run_within(plan, rows, workspace_bytes, &grid, &layout, words)
                                    : plan_run(plan, rows, plan.threads, &grid, &layout, words);
    }
    if (status != Status::ok) return status;

    const ottava_context& context = *operation->context;
    void* scratch = workspace;
    if (workspace == nullptr) {
      if (context.allocator.allocate == nullptr) {
        words->set(Status::bad_memory, "workspace") << "is NULL, and the context has no allocator";
        return Status::bad_memory;
      }
      scratch = context.allocator.allocate(context.allocator.user, layout.total, kAlignment);
      if (scratch == nullptr) {
        words->set(Status::out_of_memory, "workspace")
            << "the allocator returned NULL for " << static_cast<uint64_t>(layout.total) << " bytes";
        return Status::out_of_memory;
      }
    }
    const ConstView lhs_view = {static_cast<const uint8_t*>(lhs), lhs_strides.row, lhs_strides.column};
    const View dst_view = {static_cast<uint8_t*>(dst), dst_strides.row, dst_strides.column};
    run_operator(op, rows, lhs_view, dst_view, grid, layout, scratch, context.parallel);
    if (workspace == nullptr) context.allocator.release(context.allocator.user, scratch, layout.total);
    return Status::ok;
  });
}
