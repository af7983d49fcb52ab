#include "plan/select.h"

#include "cpu/tiers.h"

namespace ottava {
namespace {

// Why a kernel that runs here does not take this problem; null if it does.
const char* reason_to_decline(const Kernel& kernel, const Problem& problem, bool asked_for) {
  // Float rows are quantized into rows that lie side by side, whatever their own order.
  if (kernel.lhs_form == LhsForm::indirect && problem.lhs.order != Order::row && !has_float_lhs(problem)) {
    return "reads the lhs in place, which wants row order";
  }
  if (kernel.needs_no_minus_128 && problem.runtime_rhs) {
    return "a weight may be -128, weights being known at run time alone: sums of two products could leave 16 bits";
  }
  if (kernel.needs_no_minus_128 && problem.weights_hold_minus_128) {
    return "a weight is -128: sums of two products could leave 16 bits";
  }
  if (asked_for) return nullptr;
  // Not what it cannot do, but what others do faster.
  if (problem.k < kernel.min_depth) return "the depth is too short for it";
  const bool canonical = (problem.lhs.type == Type::u8) == (kernel.lhs_element == Element::u8);
  if (kernel.min_m != 0 && !canonical) return "reads the lhs in place, which has another sign";
  return nullptr;
}

}  // namespace

void explain_unusable(const Kernel& kernel, const Machine& machine, const Choice& choice, Text& why) {
  const Tier* tier = tier_of(kernel.isa);
  if (tier == nullptr) {
    why << "of an unknown tier";
  } else if (!machine_has_tier(machine, *tier)) {
    explain_missing(machine, *tier, why);
  } else if (choice.cap != Isa::any && kernel.isa > choice.cap) {
    why << "above the cap " << tier_of(choice.cap)->name;
  } else if (choice.only != nullptr && choice.only != &kernel) {
    why << "the context asks for " << choice.only->name;
  }
}

const Kernel* select_kernel(const Problem& problem, const Machine& machine, const Choice& choice, Text& reason,
                            Error* error) {
  Isa unusable = Isa::any;  // the tier of the last kernel that cannot run: the same words hold for its others
  for (size_t i = 0; i < choice.kernels.count; ++i) {
    const Kernel& kernel = *choice.kernels.kernels[i];
    if (kernel.isa == unusable) continue;
    char words[160];
    Text why(words);
    explain_unusable(kernel, machine, choice, why);
    const Tier* const tier = tier_of(kernel.isa);
    if (!why.empty() && choice.only == nullptr && tier != nullptr) {
      unusable = kernel.isa;
      reason << tier->name << ": " << words << "; ";
      continue;
    }
    if (why.empty()) {
      const char* declined = reason_to_decline(kernel, problem, choice.only == &kernel);
      if (declined == nullptr) {
        if (kernel.needs_no_minus_128) {
          reason << (reason.empty() ? "" : "; ") << "no weight is -128";
        } else if (reason.empty()) {
          reason << "the first of the list";
        }
        return &kernel;
      }
      why << declined;
    }
    reason << (reason.empty() ? "" : "; ") << kernel.name << ": " << words;
  }
  Text message = error->set(Status::kernel_unavailable, "host.kernel");
  if (choice.only != nullptr) {
    const char* declined = reason_to_decline(*choice.only, problem, true);
    message << choice.only->name << " declines: " << (declined != nullptr ? declined : "it cannot run here");
  } else {
    message << "no kernel takes this operator";
  }
  return nullptr;
}

bool weights_rule_out(const Kernel& kernel, const Problem& problem, const Constants& constants) {
  if (!kernel.needs_no_minus_128 || problem.runtime_rhs || problem.weights_hold_minus_128) return false;
  if (problem.n == 0 || problem.k == 0) return false;
  const uint8_t minus_128 = problem.rhs.type == Type::u8 ? 0 : 0x80;
  const ConstView rhs = rhs_view(problem, constants.rhs);
  const bool by_row = problem.rhs.order == Order::row;
  const size_t lines = static_cast<size_t>(by_row ? problem.k : problem.n);
  const size_t length = static_cast<size_t>(by_row ? problem.n : problem.k);
  for (size_t i = 0; i < lines; ++i) {
    const uint8_t* const line = by_row ? rhs.at(i, 0) : rhs.at(0, i);
    uint32_t found = 0;
    for (size_t j = 0; j < length; ++j) found |= line[j] == minus_128 ? 1u : 0u;
    if (found != 0) return true;
  }
  return false;
}

const Kernel* select_few_rows(const Kernel& kernel, const Problem& problem, const Machine& machine,
                              const Choice& choice) {
  if ((kernel.lhs_form == LhsForm::indirect && kernel.min_m == 0) || choice.only != nullptr) return nullptr;
  for (size_t i = 0; i < choice.kernels.count; ++i) {
    const Kernel& other = *choice.kernels.kernels[i];
    const bool same_rhs = other.nr == kernel.nr && other.kr == kernel.kr && other.rhs_element == kernel.rhs_element &&
                          other.pack_rhs == kernel.pack_rhs;
    if (&other == &kernel || other.lhs_form != LhsForm::indirect || other.min_m != 0 || !same_rhs) continue;
    if (other.mr > kernel.mr || reason_to_decline(other, problem, false) != nullptr) continue;
    char words[160];
    Text why(words);
    explain_unusable(other, machine, choice, why);
    if (why.empty()) return &other;
  }
  return nullptr;
}

}  // namespace ottava
