#include "operators/convolution/contraction_set.h"

#include "base/checked.h"
#include "base/memory.h"

namespace ottava {
namespace {

bool is_empty(const RunShape& shape) { return shape.rows == 0 || shape.columns == 0 || shape.batches == 0; }

// One contraction on these threads. No schedule fails that schedule_set has measured.
void run_one(const ContractionSet& set, const LayerRequest& layer_request, size_t index, uint32_t threads,
             Saturation* saturation, void* workspace, const Parallel& parallel) {
  const RunShape shape = set.shape_of(*set.layer, layer_request.shape, index);
  if (is_empty(shape)) return;
  RunRequest request = {};
  request.m = request.rows = shape.rows;
  request.columns = shape.columns;
  request.batches = shape.batches;
  request.accumulate = layer_request.accumulate;
  request.saturation = saturation;
  GeometryMemory geometry;
  set.request_of(*set.layer, layer_request, index, &geometry, &request);
  const PreparedContraction& op = set.contraction_of(*set.layer, layer_request.shape, index);
  Schedule schedule;
  Error ignored;
  if (make_schedule(op.plan, shape, threads, &schedule, &ignored) != Status::ok) return;
  run_contraction(op, request, schedule, workspace, parallel);
}

// Contractions that are shared out among workers.
struct SharedRun {
  const ContractionSet& set;
  const LayerRequest& request;
  uint8_t* workspace;
  size_t slice;
  PieceCounter pieces;
};

void run_worker(void* task, uint32_t index) {
  SharedRun& run = *static_cast<SharedRun*>(task);
  Saturation saturation = {0, 0};
  Saturation* const counted = run.request.saturation;
  for (size_t taken; run.pieces.take(index, &taken);) {
    run_one(run.set, run.request, taken, 1, counted != nullptr ? &saturation : nullptr,
            run.workspace + index * run.slice, {});
  }
  // In place of what the slice held: see add_counts.
  if (counted != nullptr) copy_bytes(run.workspace + index * run.slice, &saturation, sizeof saturation);
}

// Bytes that each of the contractions wants on so many threads, at most.
Status measure(const ContractionSet& set, const LayerShape& shape, uint32_t threads, Enough enough,
               LayerSchedule* schedule, Error* error) {
  *schedule = {1, 0};
  for (size_t index = 0; index < set.kinds; ++index) {
    const RunShape part = set.shape_of(*set.layer, shape, index);
    if (is_empty(part)) continue;
    Schedule made;
    uint64_t bytes = 0;
    const ContractionPlan& plan = set.contraction_of(*set.layer, shape, index).plan;
    const Status status = enough == Enough::for_smaller_too
                              ? measure_workspace(plan, part, threads, &made, &bytes, error)
                              : make_schedule(plan, part, threads, &made, error);
    if (status != Status::ok) return status;
    if (enough == Enough::for_run) bytes = made.layout.total;
    schedule->bytes = larger(schedule->bytes, static_cast<size_t>(bytes));
    if (made.grid.workers > schedule->workers) schedule->workers = made.grid.workers;
  }
  return Status::ok;
}

// Threads that share the parts out, each computing whole ones; 1 where all of them compute one part after the other.
// Parts that are too small for several threads are shared out too, if all of them together are not.
uint32_t sharing_threads(const ContractionSet& set, const LayerShape& shape, uint32_t threads) {
  if (threads == 1 || set.count < 2) return 1;
  uint64_t work = 0;
  bool small = true;
  uint64_t least = 1;
  for (size_t index = 0; index < set.kinds; ++index) {
    const RunShape part = set.shape_of(*set.layer, shape, index);
    const ContractionPlan& plan = set.contraction_of(*set.layer, shape, index).plan;
    const TileShape& tile = plan.routes.many.tile;
    least = least_work_per_thread(plan.blocking, tile);
    const uint64_t of_part = is_empty(part) ? 0 : work_of(tile, part.rows, part.columns, plan.depth(), part.batches);
    small = small && of_part < 2 * least;
    work = work + of_part < work ? UINT64_MAX : work + of_part;
  }
  if (__builtin_mul_overflow(work, uint64_t{set.count / set.kinds}, &work)) work = UINT64_MAX;
  if (!small && set.count < 2 * size_t{threads}) return 1;
  const uint64_t worthwhile = work / least;
  const size_t most = smaller(threads, set.count);
  return worthwhile < most ? static_cast<uint32_t>(worthwhile < 1 ? 1 : worthwhile) : static_cast<uint32_t>(most);
}

}  // namespace

Status schedule_set(const ContractionSet& set, const LayerShape& shape, uint32_t threads, Enough enough,
                    LayerSchedule* schedule, Error* error) {
  const uint32_t sharing = sharing_threads(set, shape, threads);
  if (sharing == 1) return measure(set, shape, threads, enough, schedule, error);
  const Status status = measure(set, shape, 1, enough, schedule, error);
  if (status != Status::ok) return status;
  const Size total = Size(schedule->bytes).rounded_up(kAlignment) * sharing;
  if (!total.valid()) {
    error->set(Status::size_overflow, "run") << "the workspace would not fit the address space";
    return Status::size_overflow;
  }
  *schedule = {sharing, total.value()};
  return Status::ok;
}

void run_set(const ContractionSet& set, const LayerRequest& request, uint32_t threads, void* workspace,
             const Parallel& parallel) {
  const uint32_t sharing = sharing_threads(set, request.shape, threads);
  if (sharing == 1) {
    for (size_t index = 0; index < set.count; ++index) {
      run_one(set, request, index, threads, request.saturation, workspace, parallel);
    }
    return;
  }
  LayerSchedule one = {};
  Error ignored;
  if (measure(set, request.shape, 1, Enough::for_run, &one, &ignored) != Status::ok) return;
  SharedRun run = {set, request, static_cast<uint8_t*>(workspace), round_up(one.bytes, kAlignment),
                   PieceCounter(set.count, sharing)};
  on_workers(parallel, sharing, run_worker, &run);
  add_counts(run.workspace, run.slice, sharing, request.saturation);
}

}  // namespace ottava
