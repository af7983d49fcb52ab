#include "operators/matmul/packed.h"

#include "base/memory.h"
#include "contraction/numbers.h"
#include "contraction/pack.h"
#include "contraction/repack.h"
#include "cpu/tiers.h"
#include "kernels/layouts.h"
#include "operators/matmul/validate.h"

namespace ottava {
namespace {

void visit(Numbers& numbers, Operand& operand) {
  numbers.listed(operand.type, 1, 2);
  numbers.integer(operand.zero_point);
  numbers.real(operand.scale);
}

// All that a file says of a matmul but for its arrays.
void visit(Numbers& numbers, StoredMatmul& stored) {
  MatmulProblem& problem = stored.problem;
  numbers.integer(problem.n);
  numbers.integer(problem.k);
  numbers.integer(problem.max_m);
  visit(numbers, problem.lhs);
  visit(numbers, problem.rhs);
  numbers.listed(problem.lhs_order, 0, 1);
  numbers.listed(problem.rhs_order, 0, 1);
  numbers.listed(problem.dst_order, 0, 1);
  numbers.flag(problem.allow_wrap);
  numbers.flag(problem.lhs_row_scales);
  numbers.flag(problem.lhs_row_zero_points);
  numbers.listed(problem.lhs_quantization, 0, 7);
  numbers.flag(problem.weights_unfit);
  visit(numbers, problem.output);
  numbers.flag(stored.float_bias);
  numbers.listed(stored.exactness.kind, 1, 3);
  numbers.integer(stored.exactness.wrapping_channels);
  numbers.integer(stored.max_exact_k);
}

size_t count_numbers() {
  StoredMatmul any = {};
  Numbers numbers(Numbers::Way::count, nullptr);
  visit(numbers, any);
  return numbers.count();
}

PackedSource source_of(const StoredMatmul& stored) {
  return {&stored.contraction.plan, stored.contraction.channels, stored.contraction.packed};
}

// A file says of its parameters only that something is wrong with them.
Status corrupt(Error* error) {
  if (error->status == Status::bad_packed) return Status::bad_packed;
  const Error inner = *error;
  error->set(Status::bad_packed, "packed") << "is corrupt: " << inner.argument << " " << inner.message;
  return Status::bad_packed;
}

const char* tier_name(Isa isa) {
  const Tier* const tier = tier_of(isa);
  return tier != nullptr ? tier->name : "unknown";
}

Status refuse_kernel(const StoredMatmul& stored, const char* why, const Choice& choice, const Machine& machine,
                     Error* error) {
  const char* usable = "portable";
  for (size_t i = choice.kernels.count; i-- > 0;) {
    char words[160];
    Text unusable(words);
    explain_unusable(*choice.kernels.kernels[i], machine, choice, unusable);
    if (unusable.empty()) usable = tier_name(choice.kernels.kernels[i]->isa);
  }
  error->set(Status::unsupported, "packed")
      << "is for " << stored.header->kernel << "; here runs " << usable << ", by OTTAVA_LOAD_REPACK: " << why;
  return Status::unsupported;
}

// As settle_matmul, for weights that nobody has unpacked: they are looked at only where a kernel asks something of
// them, whichever kernels were asked before, and `problem` tells what was found.
Status plan_of_source(MatmulProblem* problem, const PackedSource& source, const Machine& machine, const Choice& choice,
                      uint32_t threads, MatmulPlan* plan, Error* error) {
  problem->weights_unfit = false;
  const Status status = plan_matmul(*problem, machine, choice, threads, plan, error);
  if (status != Status::ok) return status;
  const Routes& routes = plan->contraction.routes;
  const Kernel* const small_m = routes.small_m.kernel;  // may ask more than the one for many rows, if that was named
  const bool unfit = packed_rule_out(*routes.many.kernel, source, *problem) ||
                     (small_m != nullptr && packed_rule_out(*small_m, source, *problem));
  if (!unfit) return status;
  problem->weights_unfit = true;
  return plan_matmul(*problem, machine, choice, threads, plan, error);
}

}  // namespace

Status read_packed(const void* file, uint64_t bytes, StoredMatmul* stored, Error* error) {
  *stored = {};
  stored->header = check_packed(file, bytes, error);
  if (stored->header == nullptr) return error->status;
  if (stored->header->kind != PackedKind::matmul || stored->header->numbers != count_numbers()) {
    error->set(Status::unsupported, "packed") << "holds another operator than a matmul";
    return Status::unsupported;
  }
  Numbers numbers(numbers_of(*stored->header));
  visit(numbers, *stored);
  if (!numbers.sound()) {
    error->set(Status::bad_packed, "packed") << "is corrupt: a parameter has a value that does not exist";
    return Status::bad_packed;
  }
  stored->problem.contiguous_rows = stored->problem.lhs_order == Order::row;
  Status status = validate(stored->problem, error);
  if (status == Status::ok) status = find_contraction(*stored->header, stored->problem, &stored->contraction, error);
  return status == Status::ok ? status : corrupt(error);
}

Status plan_in_place(const StoredMatmul& stored, const Machine& machine, const Choice& choice, uint32_t threads,
                     MatmulPlan* plan, Error* error) {
  const PackedHeader& header = *stored.header;
  Choice first = choice;
  first.first = kernel_named(choice.kernels, header.kernel);
  if (first.first == nullptr) return refuse_kernel(stored, "this build has no such kernel", choice, machine, error);
  char words[160];
  Text why(words);
  explain_unusable(*first.first, machine, choice, why);
  if (!why.empty()) return refuse_kernel(stored, words, choice, machine, error);
  const Status status = plan_matmul(stored.problem, machine, first, threads, plan, error);
  if (status != Status::ok) return status == Status::kernel_unavailable ? corrupt(error) : status;

  ContractionPlan& runs = plan->contraction;
  const ContractionPlan& lies = stored.contraction.plan;
  const bool same_element = (first.first->rhs->element == Element::u8) == (header.rhs_is_unsigned != 0);
  const bool own_small_m = has_own_small_m(runs.routes);
  if (runs.nr != lies.nr || runs.routes.many.tile.kr != lies.routes.many.tile.kr || !same_element ||
      (own_small_m && header.own_small_m == 0)) {
    return refuse_kernel(stored, "its layout is another here", choice, machine, error);
  }
  // A context of one kernel alone has no use for the offsets of the other.
  runs.packed = lies.packed;
  if (!own_small_m) runs.packed.small_m_offset = runs.packed.offset;
  return Status::ok;
}

void assemble_in_place(const MatmulPlan& plan, const StoredMatmul& stored, Matmul* matmul) {
  assemble(plan.contraction, stored.contraction.channels, stored.contraction.packed, stored.float_bias, matmul);
  finish_matmul(plan, stored.problem, stored.max_exact_k, stored.exactness, matmul);
}

Status plan_repacked(StoredMatmul* stored, const Machine& machine, const Choice& choice, uint32_t threads,
                     MatmulPlan* plan, Error* error) {
  return plan_of_source(&stored->problem, source_of(*stored), machine, choice, threads, plan, error);
}

void assemble_repacked(const MatmulPlan& plan, const StoredMatmul& stored, uint8_t* memory, Matmul* matmul) {
  uint8_t* const packed = memory + plan.contraction.channels.total;
  repack(source_of(stored), plan.contraction, stored.problem, memory, packed);
  assemble(plan.contraction, memory, packed, stored.float_bias, matmul);
  finish_matmul(plan, stored.problem, stored.max_exact_k, stored.exactness, matmul);
}

Status plan_file(const Matmul& matmul, const Machine& machine, const KernelList& kernels, const char* target,
                 MatmulProblem* problem, MatmulPlan* plan, Error* error) {
  if (matmul.packed == nullptr) {
    error->set(Status::unsupported, "operation") << "has no weights of its own, but OTTAVA_MATMUL_RUNTIME_RHS";
    return Status::unsupported;
  }
  // What is named comes from the description of all kernels, the same on every machine.
  Choice choice = {target == nullptr ? kernels : described_kernels(), Isa::any, nullptr};
  choice.first = target == nullptr ? matmul.plan.routes.many.kernel : kernel_named(choice.kernels, target);
  const Tier* const tier = choice.first != nullptr ? tier_of(choice.first->isa) : tier_named(target);
  if (tier == nullptr) {
    error->set(Status::unknown_name, "kernel") << "is no kernel of ottava, and no tier: " << target;
    return Status::unknown_name;
  }
  choice.cap = tier->isa;
  Machine other = machine;  // one that has the tier, and what is named no better one
  if (target != nullptr) other.architecture = tier->architecture, other.features = 0;
  other.features |= tier->required_features;
  *problem = matmul.problem;
  return plan_of_source(problem, {&matmul.plan, matmul.channels, matmul.packed}, other, choice, 1, plan, error);
}

Size file_bytes(const MatmulPlan& plan) { return channels_from(count_numbers()) + operator_bytes(plan.contraction); }

void write_packed(const Matmul& matmul, const MatmulProblem& problem, const MatmulPlan& plan, uint32_t library,
                  uint8_t* file) {
  const ContractionPlan& to = plan.contraction;
  const Kernel& kernel = *to.routes.many.kernel;
  const size_t numbers = count_numbers(), channels = channels_from(numbers).value();
  zero_bytes(file, channels);
  PackedHeader header = {};
  header.byte_order = kByteOrder;
  header.format = kPackedFormat;
  header.library = library;
  header.kind = PackedKind::matmul;
  header.bytes = file_bytes(plan).value();
  header.numbers = numbers;
  header.weights_from = channels + to.channels.total;
  header.tier = static_cast<uint32_t>(kernel.isa);
  header.nr = static_cast<uint32_t>(to.nr);
  header.kr = static_cast<uint32_t>(to.routes.many.tile.kr);
  header.rhs_is_unsigned = kernel.rhs->element == Element::u8 ? 1 : 0;
  header.own_small_m = has_own_small_m(to.routes) ? 1 : 0;
  Text(header.kernel) << kernel.name;
  copy_bytes(file, &header, sizeof header);

  StoredMatmul stored = {};
  stored.problem = problem;
  stored.float_bias = matmul.many.output.has_bias != 0;
  stored.exactness = matmul.exactness;
  stored.max_exact_k = matmul.max_exact_k;
  Numbers writer(Numbers::Way::write, file + sizeof header);
  visit(writer, stored);
  repack({&matmul.plan, matmul.channels, matmul.packed}, to, problem, file + channels,
         file + channels + to.channels.total);
  seal_packed(file);
}

}  // namespace ottava
