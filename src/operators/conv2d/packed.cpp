#include "operators/conv2d/packed.h"

#include "contraction/pack.h"

namespace ottava {
namespace {

// As settle_conv2d, for weights that are packed already.
Status plan_of_source(const ConvolutionProblem& problem, const PackedSource& source, const Machine& machine,
                      const Choice& choice, uint32_t threads, Conv2dPlan* plan, Error* error) {
  const Status status = plan_conv2d(problem, machine, choice, threads, plan, error);
  if (status != Status::ok) return status;
  const Contraction part = contraction_of(problem, *plan);
  const WeightRuns runs = weight_runs_of(problem, *plan);
  const Kernel& kernel = *plan->contraction.routes.kernel;
  for (size_t index = 0; index < plan->count && part.n != 0; ++index) {
    if (!packed_rule_out(kernel, source, part, runs, index * plan->contraction.n)) continue;
    return plan_split(problem, true, machine, choice, threads, plan, error);
  }
  return status;
}

PackedSource source_of(const StoredConv2d& stored) {
  return source_of(stored.contraction, weight_runs_of(stored.problem, stored.split));
}

// Contraction number `index` of a plan, from wherever it is packed.
void repack_part(const PackedSource& source, const ConvolutionProblem& problem, const Conv2dPlan& plan, size_t index,
                 uint8_t* channels, uint8_t* packed) {
  repack(source, plan.contraction, contraction_of(problem, plan), channels, packed, weight_runs_of(problem, plan),
         index * plan.contraction.n);
}

}  // namespace

void StoredConv2d::visit(Numbers& numbers) {
  ottava::visit(numbers, problem);
  numbers.listed(split.rows_from, 0, 2);
  numbers.integer(split.merged);
  numbers.integer(split.row_depth);
  numbers.flag(float_bias);
}

Status read_packed(const void* file, uint64_t bytes, StoredConv2d* stored, Error* error) {
  Status status =
      read_numbers(file, bytes, PackedKind::conv2d, "holds another operator than a convolution", stored, error);
  if (status != Status::ok) return status;
  status = validate_stored(stored->problem, error);
  if (status != Status::ok) return corrupt(error);
  if (!may_be_split(stored->problem, stored->split)) return corrupt("its contractions are none of its window", error);
  stored->split.count = static_cast<size_t>(stored->problem.groups) / stored->split.merged;
  StoredContractions contractions(*stored->header);
  status = contractions.next(contraction_of(stored->problem, stored->split), stored->split.count, &stored->contraction,
                             error);
  if (status == Status::ok) status = contractions.finish(error);
  if (status == Status::ok) {
    status = check_channels(*stored->header, stored->contraction, stored->split.count, error);
  }
  return status == Status::ok ? status : corrupt(error);
}

Status plan_loading(const StoredConv2d& stored, const Site& site, bool repacked, Conv2dPlan* plan, Error* error) {
  if (repacked) {
    return plan_of_source(stored.problem, source_of(stored), site.machine, site.choice, site.threads, plan, error);
  }
  Choice choice;
  Status status = choose_stored_kernel(*stored.header, site.machine, site.choice, &choice, error);
  if (status != Status::ok) return status;
  static_cast<Conv2dSplit&>(*plan) = stored.split;
  status = plan_split(stored.problem, false, site.machine, choice, site.threads, plan, error);
  if (status != Status::ok) return status == Status::kernel_unavailable ? corrupt(error) : status;
  return settle_in_place(*stored.header, stored.contraction.plan, site.machine, site.choice, &plan->contraction, error);
}

Size loaded_bytes(const StoredConv2d&, const Conv2dPlan& plan, bool repacked) {
  return repacked ? conv2d_bytes(plan) : conv2d_bytes_alone(plan);
}

const Layer* load(const StoredConv2d& stored, const Conv2dPlan& plan, const Site&, bool repacked, uint8_t* memory) {
  const ContractionPlan& runs = plan.contraction;
  uint8_t* to = memory + conv2d_bytes_alone(plan).value();
  for (size_t index = 0; index < plan.count; ++index) {
    const uint8_t* channels = stored.contraction.channels + index * stored.contraction.plan.channels.total;
    const uint8_t* packed = stored.contraction.packed + index * stored.contraction.plan.packed.total;
    if (repacked) {
      repack_part(source_of(stored), stored.problem, plan, index, to, to + runs.channels.total);
      channels = to, packed = to + runs.channels.total;
      to += operator_bytes(runs).value();
    }
    assemble(runs, channels, packed, stored.float_bias, &contractions_of(memory)[index]);
  }
  return finish_conv2d(plan, stored.problem, memory);
}

Status plan_saving(const Conv2d& conv, const Site& site, const char* name, StoredConv2d* stored, Conv2dPlan* plan,
                   Error* error) {
  Target target;
  Status status =
      find_target(*conv.contractions->plan.routes.kernel, site.machine, site.choice.kernels, name, &target, error);
  if (status != Status::ok) return status;
  const PackedSource source = source_of(conv.contractions, conv.count, 1, weight_runs_of(conv.problem, conv));
  status = plan_of_source(conv.problem, source, target.machine, target.choice, 1, plan, error);
  if (status != Status::ok) return status;
  stored->problem = conv.problem;
  stored->split = *plan;
  stored->float_bias = conv.contractions->many.output.has_bias != 0;
  return Status::ok;
}

Size file_bytes(const StoredConv2d&, const Conv2dPlan& plan) {
  return channels_from(count_numbers<StoredConv2d>()) + operator_bytes(plan.contraction) * plan.count;
}

void write_packed(const Conv2d& conv, const StoredConv2d& stored, const Conv2dPlan& plan, uint32_t library,
                  uint8_t* file) {
  const ContractionPlan& to = plan.contraction;
  const size_t numbers = count_numbers<StoredConv2d>(), arrays = to.channels.total * plan.count;
  begin_packed(PackedKind::conv2d, library, packed_for(to), numbers, arrays, to.packed.total * plan.count, file);
  write_numbers(stored, file);
  const PackedSource source = source_of(conv.contractions, conv.count, 1, weight_runs_of(conv.problem, conv));
  uint8_t* const channels = file + channels_from(numbers).value();
  for (size_t index = 0; index < plan.count; ++index) {
    repack_part(source, conv.problem, plan, index, channels + index * to.channels.total,
                channels + arrays + index * to.packed.total);
  }
  seal_packed(file);
}

}  // namespace ottava
