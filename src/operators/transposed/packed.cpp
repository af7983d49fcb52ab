#include "operators/transposed/packed.h"

#include "contraction/pack.h"

namespace ottava {
namespace {

TransposedPlan phases_of_problem(const TransposedProblem& problem) {
  return {phases_of(problem.window.y), phases_of(problem.window.x), false, 0};
}

// The contractions of a file, phase by phase.
class StoredPhases {
 public:
  explicit StoredPhases(const StoredTransposed& stored)
      : problem_(stored.problem), phases_(phases_of_problem(stored.problem)), contractions_(*stored.header) {}

  // Without channels, and without the table of an activation, there is nothing, but perhaps many times.
  bool more() const {
    const bool anything = problem_.output_channels != 0 || problem_.output.activation == Activation::table;
    return anything && number_ < contractions_of_group(phases_.y, phases_.x);
  }
  Status next(StoredContraction* stored, Error* error) {
    const Contraction part = contraction_of_phase(problem_, phases_, number_++);
    return contractions_.next(part, static_cast<size_t>(problem_.groups), stored, error);
  }
  Status finish(Error* error) const { return contractions_.finish(error); }

 private:
  const TransposedProblem& problem_;
  TransposedPlan phases_;
  StoredContractions contractions_;
  size_t number_ = 0;
};

// The kernel that creation chooses for weights of which nothing is known, or that are known to be unfit.
const Kernel* kernel_of(const TransposedProblem& problem, bool unfit, const Machine& machine, const Choice& choice,
                        Error* error) {
  Contraction whole = whole_contraction(problem);
  whole.weights_unfit = unfit;
  char words[208];
  Text reason(words);
  return select_kernel(whole, machine, choice, reason, error);
}

// A phase of every group: of a layer in memory.
PackedSource source_of(const Transposed& layer, size_t number) {
  return source_of(layer.contractions + number, layer.groups, contractions_of_group(layer.y, layer.x));
}

bool rules_out(const Kernel& kernel, const PackedSource& source, const Contraction& part, size_t groups) {
  for (size_t group = 0; group < groups && part.n != 0; ++group) {
    if (packed_rule_out(kernel, source, part, {}, group * static_cast<size_t>(part.n))) return true;
  }
  return false;
}

}  // namespace

void StoredTransposed::visit(Numbers& numbers) {
  ottava::visit(numbers, problem);
  numbers.integer(problem.adjustment_height);
  numbers.integer(problem.adjustment_width);
  numbers.flag(float_bias);
}

Status read_packed(const void* file, uint64_t bytes, StoredTransposed* stored, Error* error) {
  Status status = read_numbers(file, bytes, PackedKind::transposed_conv2d,
                               "holds another operator than a transposed convolution", stored, error);
  if (status != Status::ok) return status;
  status = validate_stored(stored->problem, error);
  if (status == Status::ok) status = validate(stored->problem, error);
  if (status != Status::ok) return corrupt(error);
  if (stored->problem.output.adds) return corrupt("a transposed convolution adds nothing", error);
  StoredPhases phases(*stored);
  while (status == Status::ok && phases.more()) {
    StoredContraction phase;
    status = phases.next(&phase, error);
    if (status == Status::ok) {
      status = check_channels(*stored->header, phase, static_cast<size_t>(stored->problem.groups), error);
    }
  }
  if (status == Status::ok) status = phases.finish(error);
  return status == Status::ok ? status : corrupt(error);
}

Status plan_loading(const StoredTransposed& stored, const Site& site, bool repacked, TransposedPlan* plan,
                    Error* error) {
  StoredPhases phases(stored);
  if (repacked) {
    Status status = plan_transposed(stored.problem, site.machine, site.choice, site.threads, plan, error);
    if (status != Status::ok) return status;
    const Kernel* const kernel = kernel_of(stored.problem, false, site.machine, site.choice, error);
    for (size_t number = 0; kernel != nullptr && phases.more() && !plan->weights_unfit; ++number) {
      StoredContraction phase;
      status = phases.next(&phase, error);
      if (status != Status::ok) return status;
      plan->weights_unfit = rules_out(*kernel, source_of(phase), contraction_of_phase(stored.problem, *plan, number),
                                      static_cast<size_t>(stored.problem.groups));
    }
    return Status::ok;
  }
  *plan = phases_of_problem(stored.problem);
  const size_t front = channels_from(static_cast<size_t>(stored.header->numbers)).value();
  plan->bytes = static_cast<size_t>(stored.header->bytes) - front;
  Choice choice;
  Status status = choose_stored_kernel(*stored.header, site.machine, site.choice, &choice, error);
  for (size_t number = 0; status == Status::ok && phases.more(); ++number) {
    StoredContraction phase;
    status = phases.next(&phase, error);
    if (status != Status::ok) return status;
    ContractionPlan runs;
    status = make_plan(contraction_of_phase(stored.problem, *plan, number), site.machine, choice, site.threads, &runs,
                       error);
    if (status != Status::ok) return status == Status::kernel_unavailable ? corrupt(error) : status;
    status = settle_in_place(*stored.header, phase.plan, site.machine, site.choice, &runs, error);
  }
  return status;
}

Size loaded_bytes(const StoredTransposed& stored, const TransposedPlan& plan, bool repacked) {
  return repacked ? transposed_bytes(stored.problem, plan) : transposed_bytes_alone(stored.problem, plan);
}

const Layer* load(const StoredTransposed& stored, const TransposedPlan& plan, const Site& site, bool repacked,
                  uint8_t* memory) {
  const TransposedProblem& problem = stored.problem;
  const size_t groups = static_cast<size_t>(problem.groups), of_group = contractions_of_group(plan.y, plan.x);
  Error ignored;  // all has been planned before
  Choice choice = site.choice;
  if (!repacked) choose_stored_kernel(*stored.header, site.machine, site.choice, &choice, &ignored);
  StoredContractions contractions(*stored.header);
  uint8_t* to = memory + transposed_bytes_alone(problem, plan).value();
  for (size_t number = 0; number < of_group; ++number) {
    const Contraction part = contraction_of_phase(problem, plan, number);
    StoredContraction lies;
    ContractionPlan runs;
    contractions.next(part, groups, &lies, &ignored);
    make_plan(part, site.machine, choice, site.threads, &runs, &ignored);
    if (!repacked) settle_in_place(*stored.header, lies.plan, site.machine, choice, &runs, &ignored);
    for (size_t group = 0; group < groups; ++group) {
      const uint8_t* channels = lies.channels + group * lies.plan.channels.total;
      const uint8_t* packed = lies.packed + group * lies.plan.packed.total;
      if (repacked) {
        repack(source_of(lies), runs, part, to, to + runs.channels.total, {}, group * runs.n);
        channels = to, packed = to + runs.channels.total;
        to += operator_bytes(runs).value();
      }
      assemble(runs, channels, packed, stored.float_bias, phases_in(memory) + group * of_group + number);
    }
  }
  return finish_transposed(plan, problem, site.threads, memory);
}

Status plan_saving(const Transposed& layer, const Site& site, const char* name, StoredTransposed* stored,
                   TransposedSaving* saving, Error* error) {
  const TransposedProblem& problem = layer.problem;
  Status status = find_target(*layer.contractions->plan.routes.kernel, site.machine, site.choice.kernels, name,
                              &saving->target, error);
  if (status != Status::ok) return status;
  saving->plan = phases_of_problem(problem);
  const Machine& machine = saving->target.machine;
  Choice& choice = saving->target.choice;
  const Kernel* kernel = kernel_of(problem, false, machine, choice, error);
  if (kernel == nullptr) return error->status;
  const size_t of_group = contractions_of_group(layer.y, layer.x);
  bool unfit = false;
  for (size_t number = 0; number < of_group && !unfit; ++number) {
    const Contraction part = contraction_of_phase(problem, saving->plan, number);
    unfit = rules_out(*kernel, source_of(layer, number), part, layer.groups);
  }
  if (unfit) kernel = kernel_of(problem, true, machine, choice, error);
  if (kernel == nullptr) return error->status;
  choice.first = kernel;  // for every phase, however short its depth
  saving->plan.weights_unfit = unfit;
  bool own_small_m = false;
  for (size_t number = 0; number < of_group; ++number) {
    ContractionPlan made;
    status = make_plan(contraction_of_phase(problem, saving->plan, number), machine, choice, 1, &made, error);
    if (status != Status::ok) return status;
    own_small_m = own_small_m || has_own_small_m(made.routes);
    saving->laid_out_for = packed_for(made);
  }
  saving->laid_out_for.own_small_m = own_small_m;
  saving->array_bytes = saving->weight_bytes = Size(0);
  for (size_t number = 0; number < of_group; ++number) {
    const PackedFor& at = saving->laid_out_for;
    ContractionPlan lies;
    status = plan_layout(contraction_of_phase(problem, saving->plan, number), kernel->rhs->element, at.nr, at.kr,
                         own_small_m, &lies, error);
    if (status != Status::ok) return status;
    saving->array_bytes = saving->array_bytes + Size(lies.channels.total) * layer.groups;
    saving->weight_bytes = saving->weight_bytes + Size(lies.packed.total) * layer.groups;
  }
  stored->problem = problem;
  stored->float_bias = layer.contractions->many.output.has_bias != 0;
  return Status::ok;
}

Size file_bytes(const StoredTransposed&, const TransposedSaving& saving) {
  return channels_from(count_numbers<StoredTransposed>()) + saving.array_bytes + saving.weight_bytes;
}

void write_packed(const Transposed& layer, const StoredTransposed& stored, const TransposedSaving& saving,
                  uint32_t library, uint8_t* file) {
  const PackedFor& at = saving.laid_out_for;
  const size_t numbers = count_numbers<StoredTransposed>();
  begin_packed(PackedKind::transposed_conv2d, library, at, numbers, saving.array_bytes.value(),
               saving.weight_bytes.value(), file);
  write_numbers(stored, file);
  uint8_t* channels = file + channels_from(numbers).value();
  uint8_t* packed = channels + saving.array_bytes.value();
  for (size_t number = 0; number < contractions_of_group(layer.y, layer.x); ++number) {
    const Contraction part = contraction_of_phase(layer.problem, saving.plan, number);
    ContractionPlan to, lies;
    Error ignored;  // planned before
    make_plan(part, saving.target.machine, saving.target.choice, 1, &to, &ignored);
    plan_layout(part, saving.target.choice.first->rhs->element, at.nr, at.kr, at.own_small_m, &lies, &ignored);
    to.packed = lies.packed;  // offsets of the small M wherever another phase has its own
    for (size_t group = 0; group < layer.groups; ++group) {
      repack(source_of(layer, number), to, part, channels, packed, {}, group * to.n);
      channels += to.channels.total;
      packed += to.packed.total;
    }
  }
  seal_packed(file);
}

}  // namespace ottava
