// Routes: how a run of an operator is done, or would be.
#include "boundary.h"
#include "contraction/pack.h"
#include "contraction/predict.h"
#include "contraction/small_m.h"
#include "handles.h"
#include "layers.h"
#include "matmul.h"
#include "operators/matmul/apart.h"
#include "operators/matmul/call.h"
#include "tuning.h"

using namespace ottava;

static_assert(OTTAVA_BOUND_MULTIPLY == static_cast<uint32_t>(Bound::multiply) &&
                  OTTAVA_BOUND_MEMORY == static_cast<uint32_t>(Bound::memory) &&
                  OTTAVA_BOUND_CALL == static_cast<uint32_t>(Bound::call),
              "the C ABI pins these values");

namespace {

void fill_plan(const ContractionPlan& plan, size_t rows, ottava_route* filled) {
  const Route& route = plan.routes.of(rows);
  filled->tier = static_cast<uint32_t>(route.kernel->isa);
  filled->small_m = route.small_m ? 1 : 0;
  filled->lhs_rows = route.in_place ? OTTAVA_ROWS_IN_PLACE : OTTAVA_ROWS_PACKED;
  const bool in_order =
      route.kernel->in_order.run != nullptr && route.on(plan.core_order).run == route.kernel->in_order.run;
  filled->schedule = in_order ? OTTAVA_SCHEDULE_IN_ORDER : OTTAVA_SCHEDULE_OUT_OF_ORDER;
  filled->fused = route.on(plan.core_order).fused.run != nullptr ? 1 : 0;
  filled->small_m_rows = static_cast<int64_t>(plan.routes.small_m.most_rows);
  filled->tile_m = static_cast<int64_t>(route.tile.mr);
  filled->tile_n = static_cast<int64_t>(route.tile.width);
  filled->tile_k = static_cast<int64_t>(route.tile.kr);
  Text(filled->kernel) << route.kernel->name;
  Text words(filled->words);
  describe_route(plan.routes, rows, words);
}

void fill_run(const ContractionPlan& plan, const Machine& machine, const RunShape& shape, const Schedule& schedule,
              bool short_way, ottava_route* filled) {
  const Grid& grid = schedule.grid;
  filled->threads = grid.workers;
  filled->thread_cut = grid.workers == 1 ? OTTAVA_CUT_NONE : static_cast<uint32_t>(grid.cut);
  filled->block_rows = static_cast<int64_t>(smaller(grid.m_block, shape.rows));
  filled->block_columns = static_cast<int64_t>(smaller(grid.n_block, shape.columns));
  filled->row_blocks = static_cast<int64_t>(grid.m_blocks);
  filled->column_blocks = static_cast<int64_t>(grid.n_blocks);
  const Prediction prediction = predict(plan, machine, shape, schedule, short_way);
  filled->bound = static_cast<uint32_t>(prediction.bound);
  filled->predicted_cycles = prediction.cycles;
  filled->multiply_cycles = prediction.multiply;
  filled->memory_cycles = prediction.memory;
  filled->call_cycles = prediction.call;
}

Status fill_matmul(const Matmul& matmul, const ottava_context& context, int64_t m, ottava_route* filled, Error* error) {
  const ContractionPlan& plan = matmul.plan;
  const size_t rows = static_cast<size_t>(m);
  fill_plan(plan, rows, filled);
  filled->packed_bytes = operator_bytes(plan).value();
  Text declined(filled->declined);
  list_declined(matmul.problem, context.machine, context.choice, *plan.routes.kernel, declined);
  if (rows == 0 || plan.n == 0) return Status::ok;
  Schedule schedule = {};
  const Status status = measure_rows(matmul, rows, &schedule, &filled->workspace_bytes, error);
  if (status != Status::ok) return status;
  fill_run(plan, context.machine, {rows, plan.n, 1, plan.runtime_rhs}, schedule, is_small_m(matmul, rows), filled);
  return Status::ok;
}

}  // namespace

extern "C" ottava_status ottava_matmul_route(const ottava_matmul* operation, int64_t m, ottava_route* route,
                                             ottava_error* error) {
  return at_boundary(error, [=](Error* words) {
    Status status = require_prepared(operation, words);
    if (status == Status::ok) status = check_struct(route, sizeof(ottava_route), "route", words);
    if (status == Status::ok) status = check_rows(operation->op, m, words);
    if (status != Status::ok) return status;
    ottava_route filled = OTTAVA_ROUTE_INIT;
    filled.exactness = static_cast<uint32_t>(operation->op.exactness.kind);
    filled.tuned = operation->op.plan.tuned ? 1 : 0;
    status = fill_matmul(operation->op, *operation->context, m, &filled, words);
    if (status == Status::ok) write_struct(filled, route);
    return status;
  });
}

extern "C" ottava_status ottava_matmul_predict(const ottava_context* context, const ottava_matmul_desc* desc,
                                               const ottava_output* output, int64_t m, ottava_route* route,
                                               ottava_error* error) {
  return at_boundary(error, [=](Error* words) {
    Matmul matmul;
    Status status = check_struct(route, sizeof(ottava_route), "route", words);
    if (status == Status::ok) status = plan_without_weights(context, desc, output, &matmul, words);
    if (status == Status::ok) status = check_rows(matmul, m, words);
    if (status != Status::ok) return status;
    ottava_route filled = OTTAVA_ROUTE_INIT;
    filled.exactness = static_cast<uint32_t>(matmul.exactness.kind);
    filled.tuned = matmul.plan.tuned ? 1 : 0;
    status = fill_matmul(matmul, *context, m, &filled, words);
    if (status == Status::ok) write_struct(filled, route);
    return status;
  });
}

extern "C" ottava_status ottava_layer_route(const ottava_layer* layer, const ottava_layer_run_desc* run,
                                            ottava_route* route, ottava_error* error) {
  return at_boundary(error, [=](Error* words) {
    Status status = require(layer, "layer", words);
    if (status == Status::ok) status = check_struct(route, sizeof(ottava_route), "route", words);
    ottava_layer_info info = OTTAVA_LAYER_INFO_INIT;
    LayerQuery query = {};
    if (status == Status::ok) status = query_layer(*layer, run, &info, &query, words);
    if (status != Status::ok) return status;
    ottava_route filled = OTTAVA_ROUTE_INIT;
    filled.tier = info.tier;
    Text(filled.kernel) << info.kernel;
    const ContractionPlan* const plan = query.contraction;
    if (plan != nullptr && !query.shape.empty()) {
      const RunShape shape = {query.rows, query.columns, query.batches, false};
      Schedule schedule = {};
      fill_plan(*plan, shape.rows, &filled);
      status = make_schedule(*plan, shape, plan->threads, &schedule, words);
      if (status != Status::ok) return status;
      fill_run(*plan, layer->context->machine, shape, schedule, false, &filled);
    }
    filled.threads = info.threads;
    filled.packed_bytes = info.packed_bytes;
    filled.workspace_bytes = info.workspace_bytes;
    Text(filled.words) << info.route;
    Text(filled.declined) << info.reason;
    write_struct(filled, route);
    return Status::ok;
  });
}
