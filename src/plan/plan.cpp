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
  const Size weight_sum = plan->row_zero_points ? append(&end, array) : offset;
  end = end.rounded_up(kAlignment);
  if (!packed_k.valid() || !end.valid() || end.value() > static_cast<size_t>(PTRDIFF_MAX)) {
    error->set(Status::size_overflow, "desc.k") << "times desc.n: the packed weights would not fit the address space";
    return Status::size_overflow;
  }
  plan->packed_k = packed_k.value();
  plan->packed = {panel_bytes.value(), offset.value(), weight_sum.value(), end.value()};
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

// The caller's size as this machine's; false if it does not fit.
bool narrow(int64_t size, size_t* narrowed) {
  *narrowed = static_cast<size_t>(size);
  return static_cast<uint64_t>(size) == *narrowed;
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

  const Kernel& kernel = *plan->kernel;
  plan->mr = kernel.mr;
  plan->nr = kernel.nr;
  plan->lhs_order = problem.lhs.order;
  plan->rhs_order = problem.rhs.order;
  plan->dst_order = problem.dst.order;
  plan->lhs_flip = flip_for(problem.lhs.type, kernel.lhs_element);
  plan->rhs_flip = flip_for(problem.rhs.type, kernel.rhs_element);
  plan->lhs_zero_shift = shift_for(plan->lhs_flip, kernel.lhs_element);
  plan->rhs_zero_shift = shift_for(plan->rhs_flip, kernel.rhs_element);
  plan->row_scales = has_row_scales(problem);
  plan->row_zero_points = has_row_zero_points(problem);
  // The one zero point of a symmetric dynamic rule is 0.
  const int32_t lhs_zero_point = is_dynamic(problem.lhs_quantization) ? 0 : problem.lhs.zero_point;
  plan->lhs_zero_point = plan->row_zero_points ? 0 : lhs_zero_point + plan->lhs_zero_shift;
  plan->runtime_rhs = problem.runtime_rhs;
  plan->given_row_scales = problem.lhs_row_scales;
  plan->given_row_zero_points = problem.lhs_row_zero_points;
  plan->lhs_quantization = problem.lhs_quantization;
  plan->lhs_element_bytes = has_float_lhs(problem) ? sizeof(float) : 1;
  if (has_float_lhs(problem) && !is_dynamic(problem.lhs_quantization)) {
    plan->static_quantization = static_quantization(problem.lhs_quantization, problem.lhs.scale,
                                                    problem.lhs.zero_point, problem.lhs.type == Type::u8);
  }

  plan->rule = problem.rule;
  plan->stage = stage_of(problem.rule, problem.dst.type);
  plan->run_stage = stage_function(*kernel.stages, plan->stage, problem.dst.type);
  plan->run_accumulating_stage = accumulating_stage(*kernel.stages, plan->stage);
  plan->row_factors = plan->row_scales && is_requantization(plan->stage);
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
  Status laid_out = lay_out_packed(plan, error);
  if (laid_out == Status::ok) laid_out = lay_out_channels(plan, error);
  if (laid_out != Status::ok) return laid_out;
  plan->blocking = choose_blocking(kernel, plan->packed_k, machine);
  return Status::ok;
}

Status make_schedule(const Plan& plan, const RunShape& shape, uint32_t threads, Schedule* schedule, Error* error) {
  Grid grid = choose_grid(plan.blocking, *plan.kernel, shape.rows, shape.columns, plan.packed_k, shape.batches, threads);
  RhsPacking packing = RhsPacking::done;
  if (plan.runtime_rhs && !shape.distinct_rhs) packing = RhsPacking::shared;
  if (plan.runtime_rhs && shape.distinct_rhs) {
    packing = shape.batches >= grid.workers ? RhsPacking::private_ : RhsPacking::sequential;
  }
  if (packing == RhsPacking::sequential) {
    grid = choose_grid(plan.blocking, *plan.kernel, shape.rows, shape.columns, plan.packed_k, 1, threads);
  }

  const Kernel& kernel = *plan.kernel;
  const bool packed = kernel.lhs_form == LhsForm::packed;
  const bool quantized = plan.lhs_quantization != Quantization::none;
  const Size tile = Size(plan.mr) * plan.nr * sizeof(int32_t);
  const Size per_row = Size(grid.m_block) * sizeof(int32_t);
  WorkspaceLayout* const layout = &schedule->layout;
  Size end = tile;
  const Size factors = append(&end, plan.row_factors ? Size(plan.nr) * (2 * sizeof(int32_t)) : Size(0));
  const Size staged = append(&end, plan.activation != Activation::none ? tile : Size(0));
  const Size row_sums = append(&end, per_row);
  const Size row_zeros = append(&end, plan.row_zero_points ? per_row : Size(0));
  const Size row_scales = append(&end, plan.row_scales ? per_row : Size(0));
  // A packing kernel takes quantized rows a panel at a time; one that reads rows in place keeps those of the block.
  const Size kept = packed ? plan.mr : grid.m_block;
  const Size quantized_rows = append(&end, quantized ? kept * plan.k : Size(0));
  const Size lhs = append(&end, packed ? Size(grid.m_block) * plan.packed_k * bytes_of(kernel.lhs_element)
                                       : Size(plan.mr) * sizeof(void*));
  const Size private_rhs = append(&end, packing == RhsPacking::private_ ? Size(plan.packed.total) : Size(0));
  const Size worker_bytes = end.rounded_up(kAlignment);
  const bool shared = packing == RhsPacking::shared || packing == RhsPacking::sequential;
  const Size workers = shared ? Size(plan.packed.total).rounded_up(kAlignment) : Size(0);
  const Size total = workers + worker_bytes * grid.workers + Size(kAlignment - 1);
  if (!total.valid() || total.value() > static_cast<size_t>(PTRDIFF_MAX)) {
    error->set(Status::size_overflow, "m") << "the workspace would not fit the address space";
    return Status::size_overflow;
  }
  *layout = {workers.value(),
             factors.value(),
             staged.value(),
             row_sums.value(),
             row_zeros.value(),
             row_scales.value(),
             quantized_rows.value(),
             lhs.value(),
             private_rhs.value(),
             worker_bytes.value(),
             total.value()};
  schedule->grid = grid;
  schedule->packing = packing;
  return Status::ok;
}

}  // namespace ottava
