#include "plan/plan.h"

#include "base/checked.h"
#include "plan/validate.h"

namespace ottava {
namespace {

Stage stage_of(Rule rule, Type dst) {
  switch (rule) {
    case Rule::fixed_two_roundings:
    case Rule::gemmlowp_by_fixed_point: return Stage::fixed_two_roundings;
    case Rule::fixed_two_roundings_saturating: return Stage::fixed_two_roundings_saturating;
    case Rule::fixed_one_rounding:
    case Rule::fixed_16_bit_multiplier:  // a multiplier with zeros below its 16 bits
    case Rule::power_of_two: return Stage::fixed_one_rounding;
    case Rule::fixed_one_rounding_away: return Stage::fixed_one_rounding_away;
    case Rule::fixed_acl_fused: return Stage::fixed_acl_fused;
    case Rule::multiply_shift_floor: return Stage::multiply_shift_floor;
    case Rule::multiply_shift_half_up: return Stage::multiply_shift_half_up;
    case Rule::multiply_shift_half_away: return Stage::multiply_shift_half_away;
    case Rule::float_nearest_even: return Stage::float_nearest_even;
    case Rule::none: break;
  }
  return dst == Type::s32 ? Stage::plain_s32 : Stage::scaled_f32;
}

StageFn stage_function(const StageTable& stages, Stage stage, Type dst) {
  const size_t index = static_cast<size_t>(stage);
  if (!is_requantization(stage)) return stages.run[index];
  return dst == Type::s32 ? stages.run_s32[index] : dst == Type::s16 ? stages.run_s16[index] : stages.run[index];
}

StageFn accumulating_stage(const StageTable& stages, Stage stage) {
  if (stage == Stage::plain_s32) return stages.run[static_cast<size_t>(Stage::plain_s32_accumulate)];
  if (stage == Stage::scaled_f32) return stages.run[static_cast<size_t>(Stage::scaled_f32_accumulate)];
  return nullptr;
}

bool is_unsigned(Element element) { return element == Element::u8; }

// A raw operand becomes canonical by flipping its top bit where exactly one of both is unsigned.
uint8_t flip_for(Type raw, Element canonical) { return (raw == Type::u8) != is_unsigned(canonical) ? 0x80 : 0; }

// What the flip adds to a value and to its zero point.
int32_t shift_for(uint8_t flip, Element canonical) { return flip == 0 ? 0 : is_unsigned(canonical) ? 128 : -128; }

// Appends `bytes` to the running end, aligned, and returns where they start.
Size append(Size* end, Size bytes) {
  const Size start = end->rounded_up(kAlignment);
  *end = start + bytes;
  return start;
}

Status lay_out_packed(Plan* plan, Error* error) {
  const Size channels = Size(plan->n).rounded_up(plan->nr);
  const Size packed_k = Size(plan->k).rounded_up(plan->kernel->kr);
  const Size panel_bytes = (packed_k * plan->nr).rounded_up(kAlignment);
  const Size array = channels * sizeof(int32_t);

  Size end = panel_bytes * plan->panels();
  const Size offset = append(&end, array);
  const bool own_offset = plan->few_rows != nullptr && plan->few_lhs.zero_shift != plan->lhs.zero_shift;
  const Size few_offset = own_offset ? append(&end, array) : offset;
  const Size weight_sum = plan->row_zero_points ? append(&end, array) : offset;
  end = end.rounded_up(kAlignment);
  if (!packed_k.valid() || !end.valid() || end.value() > static_cast<size_t>(PTRDIFF_MAX)) {
    error->set(Status::size_overflow, "desc.k") << "times desc.n: the packed weights would not fit the address space";
    return Status::size_overflow;
  }
  plan->packed_k = packed_k.value();
  plan->packed = {panel_bytes.value(), offset.value(), few_offset.value(), weight_sum.value(), end.value()};
  return Status::ok;
}

Status lay_out_channels(Plan* plan, Error* error) {
  const bool fixed = is_fixed(plan->stage);
  const bool floats = plan->stage == Stage::float_nearest_even || plan->stage == Stage::scaled_f32;
  const bool scaled = floats || plan->row_factors;
  const Size array = Size(plan->n).rounded_up(plan->nr) * sizeof(int32_t);

  Size end = array;
  const Size bias_s32 = 0;
  const Size rhs_zero = append(&end, array);
  const Size multiplier = fixed ? append(&end, array) : bias_s32;
  const Size exponent = fixed ? append(&end, array) : bias_s32;
  const Size scale = scaled ? append(&end, array) : bias_s32;
  const Size bias = floats ? append(&end, array) : bias_s32;
  const Size table = plan->activation == Activation::table ? append(&end, 256) : bias_s32;
  end = end.rounded_up(kAlignment);
  if (!end.valid() || end.value() > static_cast<size_t>(PTRDIFF_MAX)) {
    error->set(Status::size_overflow, "desc.n") << "is more than the address space holds";
    return Status::size_overflow;
  }
  plan->channels = {bias_s32.value(), rhs_zero.value(), multiplier.value(), exponent.value(),
                    scale.value(),    bias.value(),     table.value(),      end.value()};
  return Status::ok;
}

// Rows that are so many bytes apart, or a multiple of it, share their places in the first-level cache, which holds
// fewer of them than a tile has. Packing them pays when so many columns are computed from them.
constexpr size_t kSamePlace = 4096;
constexpr size_t kFewColumns = 512;

constexpr size_t aligned(size_t bytes) { return (bytes + kAlignment - 1) & ~(kAlignment - 1); }

// Quantized rows that are kept: a packing kernel takes them a panel at a time, one that reads rows in place wants those
// of the block.
size_t kept_rows(const Kernel& kernel, size_t m_block) {
  return kernel.lhs_form == LhsForm::packed ? kernel.mr : m_block;
}

// Refuses an operator whose largest block would not fit, so that a run need not look at each sum.
Status lay_out_scratch(Plan* plan, Error* error) {
  const Kernel& kernel = *plan->kernel;
  const Kernel& few = plan->few_rows != nullptr ? *plan->few_rows : kernel;
  const size_t widest = larger(tile_width(kernel), tile_width(few));
  const size_t largest = larger(kernel.mr * tile_width(kernel), few.mr * tile_width(few));
  const Size tile = Size(largest) * sizeof(int32_t);
  Size end = tile;
  const Size factors = append(&end, plan->row_factors ? Size(widest) * (2 * sizeof(int32_t)) : Size(0));
  const Size staged = append(&end, plan->activation != Activation::none ? tile : Size(0));
  end = end.rounded_up(kAlignment);
  plan->scratch = {factors.value(), staged.value(), end.value()};

  const size_t m_block = plan->blocking.m_block;
  for (int array = 0; array < 3; ++array) append(&end, Size(m_block) * sizeof(int32_t));
  append(&end, Size(kept_rows(*plan->kernel, m_block)) * plan->k);
  append(&end, Size(m_block) * plan->packed_k * bytes_of(plan->kernel->lhs_element));
  append(&end, Size(plan->mr) * sizeof(void*));
  append(&end, Size(plan->packed.total));
  end = end.rounded_up(kAlignment);
  if (end.valid() && end.value() <= static_cast<size_t>(PTRDIFF_MAX)) return Status::ok;
  error->set(Status::size_overflow, "desc.k") << "is so large that the workspace would not fit the address space";
  return Status::size_overflow;
}

// The caller's size as this machine's; false if it does not fit.
bool narrow(int64_t size, size_t* narrowed) {
  *narrowed = static_cast<size_t>(size);
  return static_cast<uint64_t>(size) == *narrowed;
}

CanonicalLhs canonical_lhs(const Problem& problem, const Kernel& kernel) {
  CanonicalLhs lhs;
  lhs.flip = flip_for(problem.lhs.type, kernel.lhs_element);
  lhs.zero_shift = shift_for(lhs.flip, kernel.lhs_element);
  // The one zero point of a symmetric dynamic rule is 0.
  const int32_t raw = is_dynamic(problem.lhs_quantization) ? 0 : problem.lhs.zero_point;
  lhs.zero_point = has_row_zero_points(problem) ? 0 : raw + lhs.zero_shift;
  return lhs;
}

// Rows that one tile of the kernel for few rows holds, or several where those cost less, and that the other kernel does
// not want.
size_t most_few_rows(const Kernel& kernel, const Kernel* few, size_t packed_bytes, const Machine& machine) {
  if (few == nullptr) return kernel.lhs_form == LhsForm::indirect ? kernel.mr : 0;
  const bool several = machine.core_order.some && packed_bytes <= machine.l2_bytes;
  const size_t rows = several ? size_t{few->mr} * few->small_m_in_order_tiles : few->mr;
  return kernel.min_m != 0 ? smaller(rows, kernel.min_m - 1u) : rows;
}

// Whether a kernel takes the rows of a run where they lie.
bool reads_in_place(const Plan& plan, const Kernel& kernel, const RunShape& shape) {
  if (kernel.lhs_form == LhsForm::indirect) return true;
  if (!kernel.strided_lhs || plan.lhs.flip != 0 || plan.lhs_order != Order::row) return false;
  if (plan.lhs_quantization != Quantization::none) return false;
  return shape.columns <= kFewColumns || plan.k % kSamePlace != 0;
}

}  // namespace

Status make_plan(const Problem& problem, const Machine& machine, const Choice& choice, uint32_t threads, Plan* plan,
                 Error* error) {
  const Status valid = validate(problem, error);
  if (valid != Status::ok) return valid;
  if (!narrow(problem.n, &plan->n) || !narrow(problem.k, &plan->k) || !narrow(problem.max_m, &plan->max_m)) {
    error->set(Status::size_overflow, "desc") << "n, k or max_m does not fit the address space";
    return Status::size_overflow;
  }
  Text reason(plan->reason);
  plan->kernel = select_kernel(problem, machine, choice, reason, error);
  if (plan->kernel == nullptr) return error->status;
  plan->few_rows = select_few_rows(*plan->kernel, problem, machine, choice);
  const Kernel& kernel = *plan->kernel;
  plan->mr = kernel.mr;
  plan->nr = kernel.nr;
  plan->lhs_order = problem.lhs.order;
  plan->rhs_order = problem.rhs.order;
  plan->dst_order = problem.dst.order;
  plan->rhs_flip = flip_for(problem.rhs.type, kernel.rhs_element);
  plan->rhs_zero_shift = shift_for(plan->rhs_flip, kernel.rhs_element);
  plan->row_scales = has_row_scales(problem);
  plan->row_zero_points = has_row_zero_points(problem);
  plan->lhs = canonical_lhs(problem, kernel);
  if (plan->few_rows != nullptr) plan->few_lhs = canonical_lhs(problem, *plan->few_rows);
  plan->runtime_rhs = problem.runtime_rhs;
  plan->given_row_scales = problem.lhs_row_scales;
  plan->given_row_zero_points = problem.lhs_row_zero_points;
  plan->lhs_quantization = problem.lhs_quantization;
  plan->lhs_element_bytes = has_float_lhs(problem) ? sizeof(float) : 1;
  if (has_float_lhs(problem) && !is_dynamic(problem.lhs_quantization)) {
    plan->static_quantization = static_quantization(problem.lhs_quantization, problem.lhs.scale, problem.lhs.zero_point,
                                                    problem.lhs.type == Type::u8);
  }

  plan->rule = problem.rule;
  plan->stage = stage_of(problem.rule, problem.dst.type);
  plan->run_stage = stage_function(*kernel.stages, plan->stage, problem.dst.type);
  plan->run_accumulating_stage = accumulating_stage(*kernel.stages, plan->stage);
  plan->row_factors = plan->row_scales && is_requantization(plan->stage);
  plan->finishes_tiles = plan->run_stage == kernel.stages->run[static_cast<size_t>(plan->stage)] &&
                         !plan->row_factors && problem.activation == Activation::none;
  plan->dst_scale = problem.dst.scale;
  plan->activation = problem.activation;
  if (problem.activation == Activation::gemmlowp_tanh) {
    plan->tanh = prepare_tanh(problem.tanh_zero, problem.tanh_amplitude);
  }
  plan->dst_element_bytes = bytes_of(problem.dst.type);
  plan->dst_zero_point = problem.dst.zero_point;
  const Range range = range_of(problem.dst.type);
  plan->clamp_min = problem.clamp_min == INT32_MIN ? range.min : problem.clamp_min;
  plan->clamp_max = problem.clamp_max == INT32_MAX ? range.max : problem.clamp_max;
  plan->clamp_min_f32 = problem.clamp_min_f32;
  plan->clamp_max_f32 = problem.clamp_max_f32;

  plan->threads = threads;
  plan->core_order = machine.core_order;
  Status laid_out = lay_out_packed(plan, error);
  if (laid_out == Status::ok) laid_out = lay_out_channels(plan, error);
  if (laid_out != Status::ok) return laid_out;
  plan->most_few_rows = most_few_rows(kernel, plan->few_rows, plan->packed.total, machine);
  if (plan->few_rows != nullptr)
    reason << "; up to " << static_cast<uint64_t>(plan->most_few_rows) << " rows: " << plan->few_rows->name;
  plan->blocking = choose_blocking(kernel, plan->packed_k, machine);
  return lay_out_scratch(plan, error);
}

Status make_schedule(const Plan& plan, const RunShape& shape, uint32_t threads, Schedule* schedule, Error* error) {
  const bool few = plan.few_rows != nullptr && shape.rows <= plan.most_few_rows;
  const Kernel& kernel = few ? *plan.few_rows : *plan.kernel;
  // Written in place: copies of structures whose fields were just stored one by one wait for those stores.
  schedule->lhs_in_place = reads_in_place(plan, kernel, shape);
  Grid& grid = schedule->grid;
  choose_grid(plan.blocking, kernel, shape.rows, shape.columns, plan.packed_k, shape.batches, threads, &grid);
  RhsPacking packing = RhsPacking::done;
  if (plan.runtime_rhs && !shape.distinct_rhs) packing = RhsPacking::shared;
  if (plan.runtime_rhs && shape.distinct_rhs) {
    packing = shape.batches >= grid.workers ? RhsPacking::private_ : RhsPacking::sequential;
  }
  if (packing == RhsPacking::sequential) {
    choose_grid(plan.blocking, kernel, shape.rows, shape.columns, plan.packed_k, 1, threads, &grid);
  }

  // lay_out_scratch has seen that no sum of one slice overflows.
  const bool packs_lhs = !schedule->lhs_in_place;
  const size_t per_row = aligned(grid.m_block * sizeof(int32_t));
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
  layout->quantized = append(plan.lhs_quantization != Quantization::none, kept_rows(kernel, grid.m_block) * plan.k);
  layout->lhs =
      append(true, packs_lhs ? grid.m_block * plan.packed_k * bytes_of(kernel.lhs_element) : kernel.mr * sizeof(void*));
  layout->private_rhs = append(packing == RhsPacking::private_, plan.packed.total);
  layout->worker_bytes = end;
  const bool shared = packing == RhsPacking::shared || packing == RhsPacking::sequential;
  layout->workers = shared ? aligned(plan.packed.total) : 0;
  const Size total = Size(layout->workers) + Size(end) * grid.workers + Size(kAlignment - 1);
  if (!total.valid() || total.value() > static_cast<size_t>(PTRDIFF_MAX)) {
    error->set(Status::size_overflow, "m") << "the workspace would not fit the address space";
    return Status::size_overflow;
  }
  layout->total = total.value();
  schedule->kernel = &kernel;
  schedule->packing = packing;
  return Status::ok;
}

}  // namespace ottava
