// What runs, and why: "which kernel runs a call of so many rows here?" is answered by this file and the ordered list of
// kernels (kernels/kernels.inc). Everything is decided when an operator is created, for two classes of runs: many rows,
// and the small M that a kernel of another form computes sooner. Running code follows the route and decides nothing.
#ifndef OTTAVA_SRC_CONTRACTION_ROUTE_H_
#define OTTAVA_SRC_CONTRACTION_ROUTE_H_

#include "base/status.h"
#include "contraction/contraction.h"
#include "contraction/knobs.h"
#include "cpu/machine.h"
#include "kernels/registry.h"
#include "kernels/tile_shape.h"
#include "output/output_plan.h"

namespace ottava {

struct ContractionPlan;
struct MatmulProblem;
struct Choice;

// What plans the matmuls of a context that has a kernel among its knobs, or a tuning: tuning/plan.h. Null: make_plan. A
// pointer, so that a program without these has no code for them.
struct TunedPlanner {
  Status (*plan)(const MatmulProblem& problem, const Machine& machine, const Choice& choice, uint32_t threads,
                 ContractionPlan* plan, Error* error);
  const void* tuning;  // or null
};

// What a context fixes for its operators.
struct Choice {
  KernelList kernels;  // best first
  Isa cap;             // no tier above this one; Isa::any for no cap
  const Kernel* only;  // this kernel or none; null: any
  // This kernel for many rows, whether or not another would be faster, for weights that have its layout; null: any.
  const Kernel* first = nullptr;
  Knobs knobs = {};  // knobs.kernel: likewise, but where it declines the others are asked
  TunedPlanner tuned = {};
};

// How a kernel sees an operand.
struct CanonicalOperand {
  uint8_t flip;        // turns raw bytes into canonical ones
  int32_t zero_shift;  // canonical minus raw zero point
};

// Kernel and output stage in one.
struct FusedEpilogue {
  FusedEpilogueFn run;                       // or null
  bool all_rows;                             // see FusedEpilogues
  size_t part;                               // channels: n leaves none of them over if dst may end there
  size_t width;                              // or n is this
  FusedPanelsFn panels = nullptr;            // or null
  ChooseDenseTilesFn dense_tiles = nullptr;  // or null

  bool fits(size_t n) const { return n == width || (n & (part - 1)) == 0; }
};

// The functions of one tuning.
struct TunedRoute {
  TileFn run;
  FusedEpilogue fused;
};

struct Route {
  const Kernel* kernel;  // null: there is no such class
  TileShape tile;
  CanonicalOperand lhs;
  int32_t lhs_zero_point;  // canonical; 0 where rows have their own
  size_t most_rows;        // runs of more go another way
  bool in_place;           // the kernel reads the rows of the lhs where they lie, or where they have been quantized
  bool small_m;            // the class of small M
  bool has_in_order;       // the kernel has a tuning for in-order cores
  TunedRoute tuned[2];     // by whether the core is in-order; alike if there is but one tuning

  bool indirect() const { return kernel->form == LhsForm::indirect; }
  const TunedRoute& on(const CoreOrder& order) const {
    return has_in_order && on_in_order_core(order) ? tuned[1] : tuned[0];
  }
};

struct Routes {
  const Kernel* kernel;  // as it was selected: the weights are packed for it, whichever kernel of the same layout runs
  Route many;
  Route small_m;
  char reason[208];  // why this kernel: which better ones declined, and why

  // Runs without rows count as many.
  const Route& of(size_t rows) const { return rows - 1 < small_m.most_rows ? small_m : many; }
};

// Whether a kernel of this tier could be chosen, were the machine able to run it.
bool admits(const Choice& choice, Isa isa);

// Whether code of this tier that is no kernel for products may run: a context that names such a kernel gets that of its
// tier and of those below.
bool runs_here(Isa isa, const Machine& machine, const Choice& choice);

// Why `kernel` cannot run on `machine` under `choice` is appended to `why`; nothing if it can.
void explain_unusable(const Kernel& kernel, const Machine& machine, const Choice& choice, Text& why);

// The first kernel of the list that takes the contraction, null with *error filled if none does: possible only under
// `only`, as the portable kernels take everything. `reason` receives the names of those that declined and why.
const Kernel* select_kernel(const Contraction& problem, const Machine& machine, const Choice& choice, Text& reason,
                            Error* error);

// Appends each kernel that stands before `chosen` in the list, and why the problem did not get it.
void list_declined(const Contraction& problem, const Machine& machine, const Choice& choice, const Kernel& chosen,
                   Text& declined);

// The routes of an operator whose kernel has been selected. `packed_bytes` is what its packed weights take.
void make_routes(const Kernel& kernel, const Contraction& problem, const OutputPlan& output, const Machine& machine,
                 const Choice& choice, size_t packed_bytes, Text& reason, Routes* routes);

CanonicalOperand canonical_operand(Type raw, Element canonical);

// Appends what a run of `rows` rows does.
void describe_route(const Routes& routes, size_t rows, Text& text);

}  // namespace ottava

#endif  // OTTAVA_SRC_CONTRACTION_ROUTE_H_
