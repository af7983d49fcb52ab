// Matmul operators, made: from C descriptors to a MatmulProblem, from a plan to memory. capi/run.cpp runs them.
#include "matmul.h"
#include "base/checked.h"
#include "boundary.h"
#include "contraction/pack.h"
#include "contraction/small_m.h"
#include "handles.h"
#include "operators/matmul/apart.h"
#include "operators/matmul/call.h"
#include "output.h"

using namespace ottava;

namespace {

constexpr uint32_t kFlags = OTTAVA_MATMUL_ALLOW_WRAP | OTTAVA_MATMUL_WEIGHTS_LEFT | OTTAVA_MATMUL_RUNTIME_RHS |
                            OTTAVA_MATMUL_LHS_ROW_SCALES | OTTAVA_MATMUL_LHS_ROW_ZERO_POINTS;

// The type of the lhs inside: what a float lhs becomes.
Status read_lhs_type(const ottava_matmul_desc& desc, Type* type, Error* error) {
  const bool quantized = desc.lhs_quantization != OTTAVA_QUANTIZE_NONE;
  if (quantized != (desc.lhs_type == OTTAVA_TYPE_F32)) {
    error->set(Status::unsupported, "desc.lhs_quantization")
        << (quantized ? "does not go with an lhs that is not f32"
                      : "is OTTAVA_QUANTIZE_NONE, which does not go with an f32 lhs");
    return Status::unsupported;
  }
  if (!quantized && desc.lhs_quantized_type != 0) {
    error->set(Status::unsupported, "desc.lhs_quantized_type") << "does not go with an lhs that is not f32";
    return Status::unsupported;
  }
  const uint32_t usual = desc.lhs_quantization == OTTAVA_QUANTIZE_ONNX_DYNAMIC ? OTTAVA_TYPE_U8 : OTTAVA_TYPE_S8;
  const uint32_t becomes = desc.lhs_quantized_type != 0 ? desc.lhs_quantized_type : usual;
  if (becomes != OTTAVA_TYPE_S8 && becomes != OTTAVA_TYPE_U8) {
    return refuse_listed("desc.lhs_quantized_type", becomes,
                         "OTTAVA_TYPE_S8 (1), OTTAVA_TYPE_U8 (2), 0 for the usual one", error);
  }
  *type = static_cast<Type>(quantized ? becomes : desc.lhs_type);
  return Status::ok;
}

Status read_desc(const ottava_matmul_desc* caller, MatmulProblem* problem, Error* error) {
  ottava_matmul_desc desc = OTTAVA_MATMUL_DESC_INIT;
  Status status = read_struct(*caller, sizeof(ottava_matmul_desc), "desc", &desc, error);
  if (status != Status::ok) return status;
  if ((desc.flags & ~kFlags) != 0) {
    error->set(Status::bad_option, "desc.flags") << "is " << desc.flags << ", with a flag that is not defined";
    return Status::bad_option;
  }
  status = require_zero(desc.reserved, "desc.reserved", error);
  if (status != Status::ok) return status;
  const char* const orders = "OTTAVA_ORDER_ROW (0), OTTAVA_ORDER_COLUMN (1)";
  const ListedValue listed[] = {
      {"desc.lhs_type", desc.lhs_type, OTTAVA_TYPE_S8, OTTAVA_TYPE_F32,
       "OTTAVA_TYPE_S8 (1), OTTAVA_TYPE_U8 (2), OTTAVA_TYPE_F32 (5)"},
      {"desc.rhs_type", desc.rhs_type, OTTAVA_TYPE_S8, OTTAVA_TYPE_F32, "OTTAVA_TYPE_S8 (1), OTTAVA_TYPE_U8 (2)"},
      {"desc.lhs_order", desc.lhs_order, 0, OTTAVA_ORDER_COLUMN, orders},
      {"desc.rhs_order", desc.rhs_order, 0, OTTAVA_ORDER_COLUMN, orders},
      {"desc.dst_order", desc.dst_order, 0, OTTAVA_ORDER_COLUMN, orders},
      {"desc.lhs_quantization", desc.lhs_quantization, 0, OTTAVA_QUANTIZE_ONNX_DYNAMIC,
       "OTTAVA_QUANTIZE_NONE (0) to OTTAVA_QUANTIZE_ONNX_DYNAMIC (7)"},
  };
  status = check_listed(listed, error);
  Type lhs_type = Type::s8;
  if (status == Status::ok) status = read_lhs_type(desc, &lhs_type, error);
  if (status != Status::ok) return status;
  // With the weights on the left, the transposed product is the same sum.
  const uint32_t transposed = (desc.flags & OTTAVA_MATMUL_WEIGHTS_LEFT) != 0 ? 1 : 0;

  problem->n = desc.n;
  problem->k = desc.k;
  problem->max_m = desc.max_m;
  problem->rhs_stride = desc.rhs_stride;
  problem->lhs.type = lhs_type;
  problem->lhs_order = static_cast<Order>(desc.lhs_order ^ transposed);
  problem->lhs.zero_point = desc.lhs_zero_point;
  problem->lhs.scale = desc.lhs_scale;
  problem->rhs.type = static_cast<Type>(desc.rhs_type);
  problem->rhs_order = static_cast<Order>(desc.rhs_order ^ transposed);
  problem->rhs.zero_point = desc.rhs_zero_point;
  problem->rhs.scale = desc.rhs_scale;
  problem->contiguous_rows = problem->lhs_order == Order::row;
  problem->dst_order = static_cast<Order>(desc.dst_order ^ transposed);
  problem->allow_wrap = (desc.flags & OTTAVA_MATMUL_ALLOW_WRAP) != 0;
  problem->runtime_rhs = (desc.flags & OTTAVA_MATMUL_RUNTIME_RHS) != 0;
  problem->lhs_row_scales = (desc.flags & OTTAVA_MATMUL_LHS_ROW_SCALES) != 0;
  problem->lhs_row_zero_points = (desc.flags & OTTAVA_MATMUL_LHS_ROW_ZERO_POINTS) != 0;
  problem->lhs_quantization = static_cast<Quantization>(desc.lhs_quantization);
  return Status::ok;
}

Status read_constants(const ottava_matmul_constants* caller, const MatmulProblem& problem, Constants* constants,
                      Error* error) {
  ottava_matmul_constants read = OTTAVA_MATMUL_CONSTANTS_INIT;
  const Status status = read_struct(*caller, sizeof(ottava_matmul_constants), "constants", &read, error);
  if (status != Status::ok) return status;
  const Status reserved = require_zero(read.reserved, "constants.reserved", error);
  if (reserved != Status::ok) return reserved;
  constants->rhs = rhs_view(problem, read.rhs);
  constants->rhs_scales = read.rhs_scales;
  constants->rhs_zero_points = read.rhs_zero_points;
  return Status::ok;
}

// The handle, then the packed weights: bytes with room for alignment.
Status handle_bytes(const ContractionPlan& plan, uint64_t* bytes, Error* error) {
  const Size total = Size(round_up(sizeof(ottava_matmul), kAlignment)) + operator_bytes(plan) + Size(kAlignment - 1);
  if (!total.valid()) {
    error->set(Status::size_overflow, "desc") << "the operator would not fit the address space";
    return Status::size_overflow;
  }
  *bytes = total.value();
  return Status::ok;
}

struct Request {
  MatmulProblem problem;
  Constants constants;
  MatmulPlan plan;
  uint64_t bytes;
  Exactness exactness;
};

Status plan_request(const ottava_context* context, const ottava_matmul_desc* desc, const ottava_output* output,
                    Request* request, Error* error) {
  Status status = require(context, "context", error);
  if (status == Status::ok) status = require(desc, "desc", error);
  if (status == Status::ok) status = require(output, "output", error);
  if (status == Status::ok) status = read_desc(desc, &request->problem, error);
  if (status == Status::ok) {
    status = read_output(output, &request->problem.output, &request->constants.output, error, Adding::taken);
  }
  if (status != Status::ok) return status;
  status = plan_matmul(request->problem, context->machine, context->choice, context->threads, &request->plan, error);
  return status == Status::ok ? handle_bytes(request->plan.contraction, &request->bytes, error) : status;
}

Status plan_with_constants(const ottava_context* context, const ottava_matmul_desc* desc, const ottava_output* output,
                           const ottava_matmul_constants* constants, ottava_matmul** operation, Request* request,
                           Error* error) {
  Status status = require(operation, "operation", error);
  if (status == Status::ok) status = plan_request(context, desc, output, request, error);
  if (status == Status::ok) status = require(constants, "constants", error);
  if (status == Status::ok) status = read_constants(constants, request->problem, &request->constants, error);
  if (status != Status::ok) return status;
  return settle_matmul(&request->problem, request->constants, context->machine, context->choice, context->threads,
                       &request->plan, &request->exactness, error);
}

ottava_matmul* build(const Request& request, const ottava_context* context, void* memory) {
  ottava_matmul* handle = static_cast<ottava_matmul*>(align_up(memory, kAlignment));
  uint8_t* packed = reinterpret_cast<uint8_t*>(handle) + round_up(sizeof(ottava_matmul), kAlignment);
  handle->context = context;
  handle->memory = nullptr;
  handle->memory_bytes = 0;
  prepare_matmul(request.plan, request.problem, request.constants, request.exactness, packed, &handle->op);
  handle->functions = functions_of(*handle);
  return handle;
}

}  // namespace

Status ottava::plan_without_weights(const ottava_context* context, const ottava_matmul_desc* desc,
                                    const ottava_output* output, Matmul* matmul, Error* error) {
  Request request;
  const Status status = plan_request(context, desc, output, &request, error);
  if (status != Status::ok) return status;
  const ContractionPlan& plan = request.plan.contraction;
  matmul->plan = plan;
  matmul->packed = matmul->channels = nullptr;
  matmul->row_term = request.problem.rhs.zero_point != 0;
  prepare_lone_tile(matmul);
  const uint64_t max_exact_k = max_exact_depth(request.problem, {});
  // Where types do not show that it is exact, weights are to decide.
  const Exact exact = plan.k <= max_exact_k ? Exact::by_types : Exact{};
  finish_matmul(request.plan, request.problem, max_exact_k, {exact, 0}, matmul);
  return Status::ok;
}

Status ottava::measure_rows(const Matmul& matmul, size_t rows, Schedule* schedule, uint64_t* workspace, Error* error) {
  const ContractionPlan& plan = matmul.plan;
  const RunShape shape = {rows, plan.n, 1, plan.runtime_rhs};
  const Status status = measure_workspace(plan, shape, plan.threads, schedule, workspace, error);
  if (status != Status::ok) return status;
  // What a run that goes the short way looks for at once.
  const uint64_t short_way = is_small_m_alone(matmul, rows) ? small_m_workspace(matmul, rows) : 0;
  if (*workspace < short_way) *workspace = short_way;
  return Status::ok;
}

extern "C" ottava_status ottava_matmul_create(const ottava_context* context, const ottava_matmul_desc* desc,
                                              const ottava_output* output, const ottava_matmul_constants* constants,
                                              ottava_matmul** operation, ottava_error* error) {
  return at_boundary(error, [=](Error* words) {
    Request request;
    const Status status = plan_with_constants(context, desc, output, constants, operation, &request, words);
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
                                            const ottava_output* output, uint64_t* bytes, ottava_error* error) {
  return at_boundary(error, [=](Error* words) {
    Request request;
    Status status = require(bytes, "bytes", words);
    if (status == Status::ok) status = plan_request(context, desc, output, &request, words);
    if (status == Status::ok) *bytes = request.bytes;
    return status;
  });
}

extern "C" ottava_status ottava_matmul_init_at(void* memory, uint64_t bytes, const ottava_context* context,
                                               const ottava_matmul_desc* desc, const ottava_output* output,
                                               const ottava_matmul_constants* constants, ottava_matmul** operation,
                                               ottava_error* error) {
  return at_boundary(error, [=](Error* words) {
    Request request;
    Status status = require(memory, "memory", words);
    if (status == Status::ok)
      status = plan_with_constants(context, desc, output, constants, operation, &request, words);
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
  if (operation == nullptr || !is_prepared(*operation)) return OTTAVA_OK;
  if (operation->memory == nullptr) return OTTAVA_OK;
  const Allocator& allocator = operation->context->allocator;
  allocator.release(allocator.user, operation->memory, operation->memory_bytes);
  return OTTAVA_OK;
}

extern "C" ottava_status ottava_matmul_query(const ottava_matmul* operation, int64_t m, ottava_matmul_info* info,
                                             ottava_error* error) {
  return at_boundary(error, [=](Error* words) {
    Status status = require_prepared(operation, words);
    if (status == Status::ok) status = check_struct(info, kFirstMatmulInfoBytes, "info", words);
    if (status == Status::ok) status = check_rows(operation->op, m, words);
    if (status != Status::ok) return status;

    const ContractionPlan& plan = operation->op.plan;
    const Route& route = plan.routes.of(static_cast<size_t>(m));
    Schedule schedule = {};
    schedule.grid.workers = 1;
    uint64_t workspace = 0;
    if (m != 0 && plan.n != 0) {
      status = measure_rows(operation->op, static_cast<size_t>(m), &schedule, &workspace, words);
      if (status != Status::ok) return status;
    }
    ottava_matmul_info filled = OTTAVA_MATMUL_INFO_INIT;
    filled.tier = static_cast<uint32_t>(route.kernel->isa);
    filled.tile_m = static_cast<uint32_t>(route.tile.mr);
    filled.tile_n = static_cast<uint32_t>(route.tile.nr);
    filled.tile_k = static_cast<uint32_t>(route.tile.kr);
    filled.threads = schedule.grid.workers;
    filled.packed_bytes = operator_bytes(plan).value();
    filled.workspace_bytes = workspace;
    filled.max_exact_k = operation->op.max_exact_k;
    filled.exactness = static_cast<uint32_t>(operation->op.exactness.kind);
    filled.wrapping_channels = operation->op.exactness.wrapping_channels;
    filled.row_granularity = filled.tile_m;
    filled.column_granularity = filled.tile_n;
    Text(filled.kernel) << route.kernel->name;
    Text(filled.reason) << plan.routes.reason;
    Text words_of_route(filled.route);
    describe_route(plan.routes, static_cast<size_t>(m), words_of_route);
    write_struct(filled, info);
    return Status::ok;
  });
}
