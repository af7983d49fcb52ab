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
  const bool fixed = is_fixed(plan->stage);
  const bool scaled = plan->stage == Stage::float_nearest_even || plan->stage == Stage::scaled_f32;
  const bool biased = plan->stage == Stage::scaled_f32;
  const Size array = channels * sizeof(int32_t);

  Size end = panel_bytes * plan->panels();
  const Size offset = append(&end, array);
  const Size rhs_zero = append(&end, array);
  const Size multiplier = fixed ? append(&end, array) : offset;
  const Size exponent = fixed ? append(&end, array) : offset;
  const Size scale = scaled ? append(&end, array) : offset;
  const Size bias = biased ? append(&end, array) : offset;
  end = end.rounded_up(kAlignment);
  if (!packed_k.valid() || !end.valid() || end.value() > static_cast<size_t>(PTRDIFF_MAX)) {
    error->set(Status::size_overflow, "desc.k") << "times desc.n: the packed weights would not fit the address space";
    return Status::size_overflow;
  }
  plan->packed_k = packed_k.value();
  plan->packed = {panel_bytes.value(), offset.value(), rhs_zero.value(), multiplier.value(),
                  exponent.value(),    scale.value(),  bias.value(),     end.value()};
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
  plan->dst_order = problem.dst.order;
  plan->lhs_flip = flip_for(problem.lhs.type, kernel.lhs_element);
  plan->rhs_flip = flip_for(problem.rhs.type, kernel.rhs_element);
  plan->lhs_zero_point = problem.lhs.zero_point + shift_for(plan->lhs_flip, kernel.lhs_element);
  plan->rhs_zero_shift = shift_for(plan->rhs_flip, kernel.rhs_element);

  plan->stage = stage_of(problem.rule, problem.dst.type);
  const size_t stage = static_cast<size_t>(plan->stage);
  plan->run_stage = problem.dst.type == Type::s16 ? kernel.stages->run_s16[stage] : kernel.stages->run[stage];
  plan->dst_element_bytes = bytes_of(problem.dst.type);
  plan->dst_zero_point = problem.dst.zero_point;
  const Range range = range_of(problem.dst.type);
  plan->clamp_min = problem.clamp_min == INT32_MIN ? range.min : problem.clamp_min;
  plan->clamp_max = problem.clamp_max == INT32_MAX ? range.max : problem.clamp_max;
  plan->clamp_min_f32 = problem.clamp_min_f32;
  plan->clamp_max_f32 = problem.clamp_max_f32;

  plan->threads = threads;
  const Status laid_out = lay_out_packed(plan, error);
  if (laid_out != Status::ok) return laid_out;
  plan->blocking = choose_blocking(kernel, plan->packed_k, machine);
  return Status::ok;
}

Status lay_out_workspace(const Plan& plan, const Grid& grid, WorkspaceLayout* layout, Error* error) {
  const bool packed = plan.kernel->lhs_form == LhsForm::packed;
  Size end = Size(plan.mr) * plan.nr * sizeof(int32_t);
  const Size row_sums = append(&end, Size(grid.m_block) * sizeof(int32_t));
  const Size lhs = append(&end, packed ? Size(grid.m_block) * plan.packed_k * bytes_of(plan.kernel->lhs_element)
                                       : Size(plan.mr) * sizeof(void*));
  const Size worker_bytes = end.rounded_up(kAlignment);
  const Size total = worker_bytes * grid.workers + Size(kAlignment - 1);
  if (!total.valid() || total.value() > static_cast<size_t>(PTRDIFF_MAX)) {
    error->set(Status::size_overflow, "m") << "the workspace would not fit the address space";
    return Status::size_overflow;
  }
  *layout = {row_sums.value(), lhs.value(), worker_bytes.value(), total.value()};
  return Status::ok;
}

}  // namespace ottava
