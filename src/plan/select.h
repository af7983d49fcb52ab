// Which kernel runs an operator: the first of the ordered list that takes it, and why each better one
// declined.
#ifndef OTTAVA_SRC_PLAN_SELECT_H_
#define OTTAVA_SRC_PLAN_SELECT_H_

#include "base/status.h"
#include "cpu/machine.h"
#include "kernels/registry.h"
#include "plan/problem.h"

namespace ottava {

// What a context fixes for its operators.
struct Choice {
  KernelList kernels;  // best first
  Isa cap;             // no tier above this one; Isa::any for no cap
  const Kernel* only;  // this kernel or none; null: any
};

// Appends why `kernel` cannot run on `machine` under `choice`; appends nothing if it can.
void explain_unusable(const Kernel& kernel, const Machine& machine, const Choice& choice, Text& why);

// Null, with error filled, if no kernel takes the problem: possible only under `only`, as the portable
// kernels take everything. `reason` receives the names of the kernels that declined and why.
const Kernel* select_kernel(const Problem& problem, const Machine& machine, const Choice& choice, Text& reason,
                            Error* error);

// Whether `kernel`, chosen before anybody looked at the weights, does not take these: then they hold a -128.
bool weights_rule_out(const Kernel& kernel, const Problem& problem, const Constants& constants);

// A kernel on the same packed rhs that reads the rows of the lhs in place, for runs of so few rows that one tile of it
// holds them; or null. A context that asks for one kernel by name gets no other.
const Kernel* select_few_rows(const Kernel& kernel, const Problem& problem, const Machine& machine,
                              const Choice& choice);

}  // namespace ottava

#endif  // OTTAVA_SRC_PLAN_SELECT_H_
