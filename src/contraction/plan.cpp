#include "contraction/plan.h"

#include "base/checked.h"

namespace ottava {
namespace {

// Appends `bytes` to the running end, aligned, and returns where they start.
Size append(Size* end, Size bytes) {
  const Size start = end->rounded_up(kAlignment);
  *end = start + bytes;
  return start;
}

bool fits(Size size) { return size.valid() && size.value() <= static_cast<size_t>(PTRDIFF_MAX); }

Status refuse_size(const char* argument, const char* words, Error* error) {
  error->set(Status::size_overflow, argument) << words;
  return Status::size_overflow;
}

Size panel_bytes(const ContractionPlan& plan) { return (Size(plan.packed_k) * plan.nr).rounded_up(kAlignment); }

Status lay_out_depth(size_t kr, ContractionPlan* plan, Error* error) {
  const Size padded_k = Size(plan->k).rounded_up(kr);
  const Size packed_k = padded_k * plan->positions;
  const Size panels = ((packed_k * plan->nr).rounded_up(kAlignment) + Size(kAlignment)) * plan->panels();
  if (!fits(packed_k) || !fits(panels)) {
    return refuse_size("desc.k", "times desc.n: the packed weights would not fit the address space", error);
  }
  plan->padded_k = padded_k.value();
  plan->packed_k = packed_k.value();
  return Status::ok;
}

Status lay_out_packed(bool own_small_m, ContractionPlan* plan, Error* error) {
  const Size array = Size(plan->n).rounded_up(plan->nr) * sizeof(int32_t);
  Size end = panel_bytes(*plan) * plan->panels();
  const Size offset = append(&end, array);
  const Size small_m_offset = own_small_m ? append(&end, array) : offset;
  const Size weight_sum = plan->row_zero_points ? append(&end, array) : offset;
  end = end.rounded_up(kAlignment);
  if (!fits(end))
    return refuse_size("desc.k", "times desc.n: the packed weights would not fit the address space", error);
  plan->packed.panel_bytes = panel_bytes(*plan).value();
  plan->packed.offset = offset.value();
  plan->packed.small_m_offset = small_m_offset.value();
  plan->packed.weight_sum = weight_sum.value();
  plan->packed.total = end.value();
  return Status::ok;
}

Status lay_out_channels(ContractionPlan* plan, Error* error) {
  const Stage stage = plan->output.stage;
  const bool floats = stage == Stage::float_nearest_even || stage == Stage::scaled_f32;
  const Size array = Size(plan->n).rounded_up(plan->nr) * sizeof(int32_t);
  Size end = array;
  ChannelLayout& channels = plan->channels;
  channels.bias_s32 = 0;
  const auto place = [&end](bool wanted, Size bytes) { return wanted ? append(&end, bytes).value() : 0; };
  channels.rhs_zero = place(true, array);
  channels.multiplier = place(is_fixed(stage), array);
  channels.exponent = place(is_fixed(stage), array);
  channels.scale = place(floats || plan->output.row_factors, array);
  channels.bias = place(floats, array);
  channels.table = place(plan->output.activation == Activation::table, 256);
  end = end.rounded_up(kAlignment);
  if (!fits(end)) return refuse_size("desc.n", "is more than the address space holds", error);
  channels.total = end.value();
  return Status::ok;
}

constexpr size_t aligned(size_t bytes) { return (bytes + kAlignment - 1) & ~(kAlignment - 1); }

// Pointers of the row table: of the block where the kernel reads rows, of a panel where several positions are gathered.
size_t table_rows(const ContractionPlan& plan, const Route& route, size_t m_block) {
  return route.indirect() ? m_block : plan.rows_from == RowsFrom::table ? route.tile.mr : 0;
}

// Elements of dst that are computed before the second tensor is added to them: the first-level cache holds both.
constexpr size_t kMostOfPiece = size_t{1} << 14;

// Refuses an operator whose largest block would not fit, so that a run need not look at each sum.
Status lay_out_scratch(ContractionPlan* plan, Error* error) {
  const Route& many = plan->routes.many;
  const Route& small_m = plan->routes.small_m.kernel != nullptr ? plan->routes.small_m : many;
  const size_t widest = larger(many.tile.width, small_m.tile.width);
  const Size tile = Size(larger(many.tile.accumulators(), small_m.tile.accumulators())) * sizeof(int32_t);
  Size end = tile;
  const Size factors = append(&end, plan->output.row_factors ? Size(widest) * (2 * sizeof(int32_t)) : Size(0));
  const Size staged = append(&end, plan->output.activation != Activation::none ? tile : Size(0));
  const Size tall = Size(plan->n) * larger(many.tile.mr, small_m.tile.mr);
  const Size piece = tall.valid() ? larger(tall.value(), kMostOfPiece) : tall;
  const Size products = append(&end, plan->output.add != nullptr ? piece : Size(0));
  end = end.rounded_up(kAlignment);
  plan->scratch = {factors.value(), staged.value(), products.value(), end.value()};
  plan->most_of_piece = piece.value();

  const size_t m_block = plan->blocking.m_block, noted = larger(m_block, kMostBlockRows);
  for (int array = 0; array < 3; ++array) append(&end, Size(noted) * sizeof(int32_t));
  append(&end, Size(rows_made_at_once(*plan, many, m_block)) * plan->k);
  append(&end, (Size(noted) + Size(small_m.tile.mr)) * plan->positions * sizeof(void*));
  append(&end, Size(plan->k));
  append(&end, Size(m_block) * plan->packed_k * many.tile.lhs_bytes);
  append(&end, Size(plan->packed.total));
  end = end.rounded_up(kAlignment);
  if (fits(end)) return Status::ok;
  return refuse_size("desc.k", "is so large that the workspace would not fit the address space", error);
}

// What lies within so many times the second-level cache comes from the third soon enough for tiles of few rows, if that
// is near. For a far one kernels of any number of rows wait.
constexpr uint64_t kNearCaches = 8;

Fetch fetch_of(uint64_t packed_bytes, const Machine& machine) {
  const bool beyond_l2 = packed_bytes > machine.l2_bytes;
  if (has_far_l3(machine) && beyond_l2) return Fetch::far;
  if (fetches_ahead_itself(machine)) return beyond_l2 ? Fetch::many_rows : Fetch::nothing;
  return packed_bytes > kNearCaches * machine.l2_bytes ? Fetch::next_panel : Fetch::nothing;
}

// As many channels as let tiles of rows go line by line over them (goes_line_by_line), where the weights of all are
// somewhat too large for that and a tile of rows fits the first-level cache.
size_t channels_at_once(const ContractionPlan& plan, uint64_t packed_bytes, const Machine& machine) {
  const TileShape& tile = plan.routes.many.tile;
  const uint64_t most = machine.l2_bytes / 2;
  const bool pays = packed_bytes > most && packed_bytes < 2 * machine.l2_bytes;
  if (!plan.routes.many.indirect() || !pays || plan.packed_k * tile.mr > machine.l1d_bytes) return SIZE_MAX;
  return larger(static_cast<size_t>(most) / plan.packed_k / tile.width, 1) * tile.width;
}

// The caller's size as this machine's; false if it does not fit.
bool narrow(int64_t size, size_t* narrowed) {
  *narrowed = static_cast<size_t>(size);
  return static_cast<uint64_t>(size) == *narrowed;
}

// Bytes of dense rows that the first-level cache holds beside what they are made of and packed into.
constexpr size_t kMadeAtOnce = 4096;

// Of sizes that come with a run: a division costs as much as a small tile, and nearly every step is a power of two.
size_t round_up_undivided(size_t value, size_t step) {
  return (step & (step - 1)) == 0 ? (value + step - 1) & ~(step - 1) : round_up(value, step);
}

}  // namespace

size_t rows_made_at_once(const ContractionPlan& plan, const Route& route, size_t block_rows) {
  if (route.indirect()) return block_rows;
  size_t rows = 4 * route.tile.mr;
  while (rows > route.tile.mr && plan.k > kMadeAtOnce / rows) rows -= route.tile.mr;
  return smaller(rows, block_rows);
}

Status make_plan(const Contraction& problem, const Machine& machine, const Choice& choice, uint32_t threads,
                 ContractionPlan* plan, Error* error) {
  if (!narrow(problem.n, &plan->n) || !narrow(problem.k, &plan->k) || !narrow(problem.positions, &plan->positions)) {
    return refuse_size("desc", "n or k does not fit the address space", error);
  }
  Text reason(plan->routes.reason);
  const Kernel* const kernel = select_kernel(problem, machine, choice, reason, error);
  if (kernel == nullptr) return error->status;
  plan->row_scales = has_row_scales(problem);
  plan->row_zero_points = has_row_zero_points(problem);
  plan->output = plan_output(problem.output, *kernel->stages, plan->row_scales);
  if (has(machine, Feature::avx512vbmi) && kernel->stages->look_up_with_vbmi != nullptr) {
    plan->output.look_up = kernel->stages->look_up_with_vbmi;
  }
  plan->nr = resolve(kernel->rhs->nr, machine);
  plan->pack_rhs = kernel->rhs->pack;
  plan->quantize = kernel->quantize;
  plan->rhs = canonical_operand(problem.rhs.type, kernel->rhs->element);
  plan->padding = static_cast<uint8_t>(problem.lhs.zero_point);
  plan->rows_from = problem.rows_from;
  plan->runtime_rhs = problem.runtime_rhs;
  plan->given_row_scales = problem.lhs_row_scales;
  plan->given_row_zero_points = problem.lhs_row_zero_points;
  plan->lhs_quantization = problem.lhs_quantization;
  plan->lhs_is_unsigned = problem.lhs.type == Type::u8;
  plan->lhs_element_bytes = has_float_lhs(problem) ? sizeof(float) : 1;
  if (has_float_lhs(problem) && !is_dynamic(problem.lhs_quantization)) {
    plan->static_quantization =
        static_quantization(problem.lhs_quantization, problem.lhs.scale, problem.lhs.zero_point, plan->lhs_is_unsigned);
  }
  plan->threads = threads;
  plan->tuned = false;
  plan->core_order = machine.core_order;

  Status laid_out = lay_out_depth(kernel->rhs->kr, plan, error);
  if (laid_out != Status::ok) return laid_out;
  const size_t packed_bytes = panel_bytes(*plan).value() * plan->panels();
  make_routes(*kernel, problem, plan->output, machine, choice, packed_bytes, reason, &plan->routes);
  plan->blocking = choose_blocking(plan->routes.many.tile, plan->packed_k, machine, choice.knobs);
  plan->blocking.slow_steps = kernel->isa == Isa::x86_avx512vnni && halves_512_bits(machine);
  // Where another program shares the core, what counts is how many instructions a product takes. With halved vectors
  // these are few beside the cycles.
  plan->blocking.wide_tiles = kernel->wide_tiles && !plan->blocking.slow_steps;
  if (choice.knobs.block_columns == 0) plan->blocking.n_block = channels_at_once(*plan, packed_bytes, machine);
  plan->fetch = fetch_of(packed_bytes, machine);
  laid_out = lay_out_packed(has_own_small_m(plan->routes), plan, error);
  if (laid_out == Status::ok) laid_out = lay_out_channels(plan, error);
  return laid_out == Status::ok ? lay_out_scratch(plan, error) : laid_out;
}

Status plan_layout(const Contraction& problem, Element rhs, size_t nr, size_t kr, bool own_small_m,
                   ContractionPlan* plan, Error* error) {
  constexpr StageTable nothing_runs = {};
  *plan = {};
  if (!narrow(problem.n, &plan->n) || !narrow(problem.k, &plan->k) || !narrow(problem.positions, &plan->positions)) {
    return refuse_size("desc", "n or k does not fit the address space", error);
  }
  plan->row_scales = has_row_scales(problem);
  plan->row_zero_points = has_row_zero_points(problem);
  plan->output = plan_output(problem.output, nothing_runs, plan->row_scales);
  plan->rhs = canonical_operand(problem.rhs.type, rhs);
  plan->nr = nr;
  plan->routes.many.tile.kr = kr;
  Status laid_out = lay_out_depth(kr, plan, error);
  if (laid_out == Status::ok) laid_out = lay_out_packed(own_small_m, plan, error);
  return laid_out == Status::ok ? lay_out_channels(plan, error) : laid_out;
}

void shrink(const ContractionPlan& plan, size_t n, size_t k, ContractionSizes* sizes) {
  sizes->n = n;
  sizes->k = k;
  sizes->padded_k = round_up_undivided(k, plan.routes.many.tile.kr);
  sizes->packed_k = sizes->padded_k * plan.positions;
  // Of as many rows as before.
  sizes->most_of_piece =
      n == plan.n || plan.output.add == nullptr ? plan.most_of_piece : plan.most_of_piece / plan.n * n;
  // As lay_out_packed does it, which has seen that more does not overflow.
  const size_t channels = round_up_undivided(n, plan.nr);
  const size_t array = aligned(channels * sizeof(int32_t));
  PackedLayout& packed = sizes->packed;
  packed.panel_bytes = aligned(sizes->packed_k * plan.nr);
  packed.offset = packed.panel_bytes * (channels == plan.nr ? 1 : channels / plan.nr);
  packed.small_m_offset = packed.offset + (has_own_small_m(plan.routes) ? array : 0);
  packed.weight_sum = plan.row_zero_points ? packed.small_m_offset + array : packed.offset;
  packed.total = larger(packed.small_m_offset, packed.weight_sum) + array;
}

namespace {

const ContractionSizes& sizes_of(const ContractionPlan& plan, const RunShape& shape) {
  return shape.sizes != nullptr ? *shape.sizes : plan;
}

// Of a run that has less depth than the plan, blocks are as many times taller as their rows are shorter.
Blocking blocking_of(const ContractionPlan& plan, const RunShape& shape) {
  Blocking blocking = plan.blocking;
  const ContractionSizes& sizes = sizes_of(plan, shape);
  if (sizes.k < plan.k && shape.rows > blocking.m_block) {
    const size_t times = smaller(plan.k / sizes.k, plan.packed_k / sizes.packed_k);
    const size_t mr = plan.routes.of(shape.rows).tile.mr;
    blocking.m_block = larger(blocking.m_block, smaller(blocking.m_block * times, kMostBlockRows) / mr * mr);
  }
  return blocking;
}

// Rows for which a slice has room where each takes a few bytes: with a run-time rhs those of any depth.
size_t rows_noted(const ContractionPlan& plan, const RunShape& shape, const Route& route, size_t m_block) {
  if (!plan.runtime_rhs) return m_block;
  return larger(m_block, smaller(shape.rows + route.tile.mr - 1, kMostBlockRows));
}

RhsPacking packing_of(const ContractionPlan& plan, const RunShape& shape, uint32_t workers) {
  if (!plan.runtime_rhs) return RhsPacking::done;
  if (!shape.distinct_rhs) return RhsPacking::shared;
  return shape.batches >= workers ? RhsPacking::private_ : RhsPacking::sequential;
}

// The rest of a schedule whose grid has been chosen.
Status lay_out_run(const ContractionPlan& plan, const RunShape& shape, RhsPacking packing, Schedule* schedule,
                   Error* error) {
  const Route& route = plan.routes.of(shape.rows);
  const ContractionSizes& sizes = sizes_of(plan, shape);
  Grid& grid = schedule->grid;
  if (plan.output.add != nullptr) {
    // A part of few columns has no taller pieces than the whole, and so wants no more workspace.
    const size_t columns = grid.n_blocks > 1 ? grid.n_block : sizes.n;
    const size_t rows = sizes.most_of_piece / columns / route.tile.mr * route.tile.mr;
    grid.m_block = smaller(grid.m_block, larger(rows, route.tile.mr));
    grid.m_blocks = ceil_div(shape.rows, grid.m_block);
  }

  // lay_out_scratch has seen that no sum of one slice overflows.
  const size_t noted = rows_noted(plan, shape, route, grid.m_block);
  const size_t per_row = aligned(noted * sizeof(int32_t));
  WorkspaceLayout* const layout = &schedule->layout;
  size_t end = plan.scratch.total;
  const auto append = [&end](bool wanted, size_t bytes) {
    const size_t start = end;
    if (wanted) end += aligned(bytes);
    return start;
  };
  layout->row_sums = append(true, per_row);
  layout->row_zeros = append(plan.row_zero_points, per_row);
  layout->row_scales = append(plan.row_scales, per_row);
  layout->dense = append(plan.dense_rows(), rows_made_at_once(plan, route, grid.m_block) * sizes.k);
  layout->table = append(true, table_rows(plan, route, noted) * plan.positions * sizeof(void*));
  layout->padding = append(plan.rows_from == RowsFrom::table, sizes.k);
  layout->lhs = append(!route.in_place, grid.m_block * sizes.packed_k * route.tile.lhs_bytes);
  layout->private_rhs = append(packing == RhsPacking::private_, sizes.packed.total);
  layout->worker_bytes = end;
  const bool shared = packing == RhsPacking::shared || packing == RhsPacking::sequential;
  layout->workers = shared ? aligned(sizes.packed.total) : 0;
  const Size total = Size(layout->workers) + Size(end) * grid.workers + Size(kAlignment - 1);
  if (!fits(total)) return refuse_size("m", "the workspace would not fit the address space", error);
  layout->total = total.value();
  schedule->route = &route;
  schedule->sizes = &sizes;
  schedule->packing = packing;
  return Status::ok;
}

// Raises *most to what is enough on several threads for each run of this shape and of fewer rows, as far as these go
// the same route.
Status raise_to_bound(const ContractionPlan& plan, const RunShape& shape, uint32_t threads, Schedule* schedule,
                      size_t* most, Error* error) {
  const bool distinct = plan.runtime_rhs && shape.distinct_rhs;
  Grid& grid = schedule->grid;
  // One matrix at a time where workers share each, and then where they share out the matrices.
  for (size_t batches = distinct ? 1 : shape.batches;; batches = shape.batches) {
    bound_grids(blocking_of(plan, shape), plan.routes.of(shape.rows).tile, shape.rows, shape.columns,
                sizes_of(plan, shape).packed_k, batches, threads, &grid);
    RhsPacking packing = packing_of(plan, shape, grid.workers);
    if (distinct && batches == shape.batches) {
      packing = RhsPacking::private_;
      grid.workers = static_cast<uint32_t>(smaller(grid.workers, batches));
    }
    const Status status = lay_out_run(plan, shape, packing, schedule, error);
    if (status != Status::ok) return status;
    *most = larger(*most, schedule->layout.total);
    if (batches == shape.batches) return Status::ok;
  }
}

}  // namespace

Status make_schedule(const ContractionPlan& plan, const RunShape& shape, uint32_t threads, Schedule* schedule,
                     Error* error) {
  const Route& route = plan.routes.of(shape.rows);
  const size_t depth = sizes_of(plan, shape).packed_k;
  // Written in place: copies of structures whose fields were just stored one by one stall on those stores.
  Grid& grid = schedule->grid;
  const Blocking blocking = blocking_of(plan, shape);
  choose_grid(blocking, route.tile, shape.rows, shape.columns, depth, shape.batches, threads, &grid);
  const RhsPacking packing = packing_of(plan, shape, grid.workers);
  if (packing == RhsPacking::sequential) {
    choose_grid(blocking, route.tile, shape.rows, shape.columns, depth, 1, threads, &grid);
  }
  return lay_out_run(plan, shape, packing, schedule, error);
}

Status measure_workspace(const ContractionPlan& plan, const RunShape& shape, uint32_t threads, Schedule* schedule,
                         uint64_t* bytes, Error* error) {
  // One thread takes the longest blocks, and is what a run falls back on.
  Status status = make_schedule(plan, shape, 1, schedule, error);
  if (status != Status::ok) return status;
  size_t most = schedule->layout.total;
  // A run of the small M has another kernel with a layout of its own.
  RunShape few = shape;
  few.rows = smaller(shape.rows, plan.routes.small_m.most_rows);
  if (few.rows != 0) {
    status = make_schedule(plan, few, 1, schedule, error);
    if (status != Status::ok) return status;
    most = larger(most, schedule->layout.total);
  }
  if (threads > 1) {
    status = raise_to_bound(plan, shape, threads, schedule, &most, error);
    if (status == Status::ok && few.rows != 0) status = raise_to_bound(plan, few, threads, schedule, &most, error);
    if (status != Status::ok) return status;
  }
  status = make_schedule(plan, shape, threads, schedule, error);
  *bytes = larger(most, schedule->layout.total);
  return status;
}

Status make_schedule_within(const ContractionPlan& plan, const RunShape& shape, uint64_t bytes, Schedule* schedule,
                            Error* error) {
  for (uint32_t threads = plan.threads;; threads = schedule->grid.workers - 1) {
    const Status status = make_schedule(plan, shape, threads, schedule, error);
    if (status != Status::ok || schedule->layout.total <= bytes) return status;
    if (schedule->grid.workers == 1) break;
  }
  error->set(Status::bad_memory, "workspace_bytes")
      << "is " << bytes << ", this run needs at least " << static_cast<uint64_t>(schedule->layout.total);
  return Status::bad_memory;
}

}  // namespace ottava
