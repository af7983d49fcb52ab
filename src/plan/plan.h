// The plan: the frozen choice of kernel, blocking and sizes for one operator. Everything that a run can
// know before M is known is here; src/exec only follows it.
//
// A plan copies the tile sizes out of the kernel, so that kernels whose tile depends on the vector length
// need no other contract.
#ifndef OTTAVA_SRC_PLAN_PLAN_H_
#define OTTAVA_SRC_PLAN_PLAN_H_

#include "base/status.h"
#include "plan/blocking.h"
#include "plan/problem.h"
#include "plan/select.h"

namespace ottava {

// Byte offsets of the parts of the packed weights. The per-channel arrays are as long as the channels of
// all panels; those that the stage does not use take no room and share the place of `offset`.
struct PackedLayout {
  size_t panel_bytes;  // one rhs panel: NR channels of packed depth
  size_t offset;       // int32: bias, weight sums and zero points, see output/stage.h
  size_t rhs_zero;     // int32: canonical zero points
  size_t multiplier;   // int32: fixed-point rules
  size_t exponent;     // int32: fixed-point rules
  size_t scale;        // float: float rules and f32
  size_t bias;         // float: f32
  size_t total;
};

struct Plan {
  const Kernel* kernel;
  char reason[208];  // why this kernel

  size_t n;
  size_t k;
  size_t max_m;  // 0: no limit
  size_t mr;
  size_t nr;
  size_t packed_k;  // k rounded up to KR

  Order lhs_order;
  Order dst_order;
  uint8_t lhs_flip;  // turns raw lhs bytes into canonical ones
  uint8_t rhs_flip;
  int32_t lhs_zero_point;  // canonical
  int32_t rhs_zero_shift;  // canonical minus raw rhs zero point

  Stage stage;
  StageFn run_stage;
  size_t dst_element_bytes;
  int32_t dst_zero_point;
  int32_t clamp_min;
  int32_t clamp_max;
  float clamp_min_f32;
  float clamp_max_f32;

  PackedLayout packed;
  Blocking blocking;
  uint32_t threads;

  size_t panels() const { return (n + nr - 1) / nr; }
};

// Validates the problem, selects the kernel and lays everything out.
Status make_plan(const Problem& problem, const Machine& machine, const Choice& choice, uint32_t threads, Plan* plan,
                 Error* error);

// Sizes of a run with m rows: scratch of one worker, and all of it with room for alignment.
struct WorkspaceLayout {
  size_t row_sums;      // byte offsets within a worker's slice, which begins with the accumulator tile
  size_t lhs;           // packed lhs block, or row pointers
  size_t worker_bytes;  // a multiple of kAlignment
  size_t total;
};
Status lay_out_workspace(const Plan& plan, const Grid& grid, WorkspaceLayout* layout, Error* error);

}  // namespace ottava

#endif  // OTTAVA_SRC_PLAN_PLAN_H_
