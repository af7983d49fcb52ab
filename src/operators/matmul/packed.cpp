#include "operators/matmul/packed.h"

#include "base/memory.h"
#include "contraction/in_place.h"
#include "contraction/pack.h"
#include "contraction/target.h"
#include "operators/matmul/validate.h"

namespace ottava {
namespace {

// As settle_matmul, for weights that nobody has unpacked: they are looked at only where a kernel asks something of
// them, whichever kernels were asked before, and `problem` tells what was found.
Status plan_of_source(MatmulProblem* problem, const PackedSource& source, const Machine& machine, const Choice& choice,
                      uint32_t threads, MatmulPlan* plan, Error* error) {
  problem->weights_unfit = false;
  const Status status = plan_matmul(*problem, machine, choice, threads, plan, error);
  if (status != Status::ok) return status;
  const Routes& routes = plan->contraction.routes;
  const Kernel* const small_m = routes.small_m.kernel;  // may ask more than the one for many rows, if that was named
  const bool unfit = packed_rule_out(*routes.kernel, source, *problem) ||
                     (small_m != nullptr && packed_rule_out(*small_m, source, *problem));
  if (!unfit) return status;
  problem->weights_unfit = true;
  return plan_matmul(*problem, machine, choice, threads, plan, error);
}

}  // namespace

void StoredMatmul::visit(Numbers& numbers) {
  numbers.integer(problem.n);
  numbers.integer(problem.k);
  numbers.integer(problem.max_m);
  ottava::visit(numbers, problem.lhs);
  ottava::visit(numbers, problem.rhs);
  numbers.listed(problem.lhs_order, 0, 1);
  numbers.listed(problem.rhs_order, 0, 1);
  numbers.listed(problem.dst_order, 0, 1);
  numbers.flag(problem.allow_wrap);
  numbers.flag(problem.lhs_row_scales);
  numbers.flag(problem.lhs_row_zero_points);
  numbers.listed(problem.lhs_quantization, 0, 7);
  numbers.flag(problem.weights_unfit);
  ottava::visit(numbers, problem.output);
  numbers.flag(float_bias);
  numbers.listed(exactness.kind, 1, 3);
  numbers.integer(exactness.wrapping_channels);
  numbers.integer(max_exact_k);
}

Status read_packed(const void* file, uint64_t bytes, StoredMatmul* stored, Error* error) {
  Status status = read_numbers(file, bytes, PackedKind::matmul, "holds another operator than a matmul", stored, error);
  if (status != Status::ok) return status;
  stored->problem.contiguous_rows = stored->problem.lhs_order == Order::row;
  status = validate(stored->problem, error);
  if (status == Status::ok) status = find_contraction(*stored->header, stored->problem, &stored->contraction, error);
  return status == Status::ok ? status : corrupt(error);
}

Status plan_in_place(const StoredMatmul& stored, const Machine& machine, const Choice& choice, uint32_t threads,
                     MatmulPlan* plan, Error* error) {
  Choice first;
  Status status = choose_stored_kernel(*stored.header, machine, choice, &first, error);
  if (status != Status::ok) return status;
  status = plan_matmul(stored.problem, machine, first, threads, plan, error);
  if (status != Status::ok) return status == Status::kernel_unavailable ? corrupt(error) : status;
  return settle_in_place(*stored.header, stored.contraction.plan, machine, choice, &plan->contraction, error);
}

void assemble_in_place(const MatmulPlan& plan, const StoredMatmul& stored, Matmul* matmul) {
  assemble(plan.contraction, stored.contraction.channels, stored.contraction.packed, stored.float_bias, matmul);
  finish_matmul(plan, stored.problem, stored.max_exact_k, stored.exactness, matmul);
}

Status plan_repacked(StoredMatmul* stored, const Machine& machine, const Choice& choice, uint32_t threads,
                     MatmulPlan* plan, Error* error) {
  return plan_of_source(&stored->problem, source_of(stored->contraction), machine, choice, threads, plan, error);
}

void assemble_repacked(const MatmulPlan& plan, const StoredMatmul& stored, uint8_t* memory, Matmul* matmul) {
  uint8_t* const packed = memory + plan.contraction.channels.total;
  repack(source_of(stored.contraction), plan.contraction, stored.problem, memory, packed);
  assemble(plan.contraction, memory, packed, stored.float_bias, matmul);
  finish_matmul(plan, stored.problem, stored.max_exact_k, stored.exactness, matmul);
}

Status plan_file(const Matmul& matmul, const Machine& machine, const KernelList& kernels, const char* name,
                 MatmulProblem* problem, MatmulPlan* plan, Error* error) {
  if (matmul.packed == nullptr) {
    error->set(Status::unsupported, "operation") << "has no weights of its own, but OTTAVA_MATMUL_RUNTIME_RHS";
    return Status::unsupported;
  }
  Target target;
  const Status status = find_target(*matmul.plan.routes.kernel, machine, kernels, name, &target, error);
  if (status != Status::ok) return status;
  *problem = matmul.problem;
  return plan_of_source(problem, {&matmul.plan, matmul.channels, matmul.packed}, target.machine, target.choice, 1, plan,
                        error);
}

Size file_bytes(const MatmulPlan& plan) {
  return channels_from(count_numbers<StoredMatmul>()) + operator_bytes(plan.contraction);
}

void write_packed(const Matmul& matmul, const MatmulProblem& problem, const MatmulPlan& plan, uint32_t library,
                  uint8_t* file) {
  const ContractionPlan& to = plan.contraction;
  const size_t numbers = count_numbers<StoredMatmul>(), channels = channels_from(numbers).value();
  begin_packed(PackedKind::matmul, library, packed_for(to), numbers, to.channels.total, to.packed.total, file);
  StoredMatmul stored = {};
  stored.problem = problem;
  stored.float_bias = matmul.many.output.has_bias != 0;
  stored.exactness = matmul.exactness;
  stored.max_exact_k = matmul.max_exact_k;
  write_numbers(stored, file);
  repack({&matmul.plan, matmul.channels, matmul.packed}, to, problem, file + channels,
         file + channels + to.channels.total);
  seal_packed(file);
}

}  // namespace ottava
