// The plan: the frozen choice of kernel, blocking and sizes for one operator. Everything that a run can
// know before M is known is here; src/exec only follows it.
//
// A plan copies the tile sizes out of the kernel, so that kernels whose tile depends on the vector length
// need no other contract.
#ifndef OTTAVA_SRC_PLAN_PLAN_H_
#define OTTAVA_SRC_PLAN_PLAN_H_

#include "base/status.h"
#include "output/fixed_tanh.h"
#include "plan/blocking.h"
#include "plan/problem.h"
#include "plan/select.h"

namespace ottava {

// Byte offsets of the parts of the packed weights: in the operator's memory, or with a run-time rhs in the workspace.
// The per-channel arrays are as long as the channels of all panels.
struct PackedLayout {
  size_t panel_bytes;  // one rhs panel: NR channels of packed depth
  size_t offset;       // int32: bias, weight sums and zero points, see output/stage.h
  size_t
      few_offset;  // likewise, for a kernel of few rows to which other signs are canonical; else the place of `offset`
  size_t weight_sum;  // int32, where rows have zero points of their own; elsewhere the place of `offset`
  size_t total;
};

// Byte offsets of what constants alone make of each channel. Arrays that the stage does not use take no room and share
// the place of `bias_s32`.
struct ChannelLayout {
  size_t bias_s32;    // int32
  size_t rhs_zero;    // int32: canonical zero points
  size_t multiplier;  // int32: fixed-point rules
  size_t exponent;    // int32: fixed-point rules
  size_t scale;       // float: float rules and f32; the rhs scale alone where rows have scales of their own
  size_t bias;        // float: likewise
  size_t table;       // 256 bytes: the activation
  size_t total;
};

// Byte offsets of what a worker's slice of the workspace begins with, whatever the rows: the accumulator tile, then
struct ScratchLayout {
  size_t factors;  // of one row: multipliers and exponents, or scales
  size_t staged;   // the tile before its activation
  size_t total;
};

// How a kernel sees the lhs.
struct CanonicalLhs {
  uint8_t flip;        // turns raw lhs bytes into canonical ones
  int32_t zero_shift;  // canonical minus raw lhs zero point
  int32_t zero_point;  // canonical; 0 where rows have their own
};

struct Plan {
  const Kernel* kernel;
  const Kernel* few_rows;  // instead, for runs of at most most_few_rows rows; or null
  size_t most_few_rows;    // rows of runs that may need no schedule, see exec/few_rows.h; 0: none
  char reason[208];        // why this kernel

  size_t n;
  size_t k;
  size_t max_m;  // 0: no limit
  size_t mr;
  size_t nr;
  size_t packed_k;  // k rounded up to KR

  Order lhs_order;
  Order rhs_order;
  Order dst_order;
  CanonicalLhs lhs;        // to `kernel`
  CanonicalLhs few_lhs;    // to `few_rows`
  uint8_t rhs_flip;        // of raw rhs bytes
  int32_t rhs_zero_shift;  // canonical minus raw rhs zero point

  bool runtime_rhs;
  bool given_row_scales;       // with each run
  bool given_row_zero_points;  // likewise
  bool row_scales;             // each row has its own scale, given or found while it is quantized
  bool row_zero_points;        // likewise
  Quantization lhs_quantization;
  RowQuantization static_quantization;  // of a static rule
  size_t lhs_element_bytes;             // of the caller's lhs

  Rule rule;
  Stage stage;
  StageFn run_stage;
  StageFn run_accumulating_stage;  // null where results cannot be added to dst
  bool finishes_tiles;             // a kernel's finishing tiles do for the stage
  bool row_factors;                // the factors of a rule change from row to row
  float dst_scale;
  Activation activation;
  FixedTanh tanh;
  size_t dst_element_bytes;
  int32_t dst_zero_point;
  int32_t clamp_min;
  int32_t clamp_max;
  float clamp_min_f32;
  float clamp_max_f32;

  PackedLayout packed;
  ChannelLayout channels;
  ScratchLayout scratch;
  Blocking blocking;
  uint32_t threads;
  CoreOrder core_order;  // of the machine, for the choice between tunings

  size_t panels() const { return (n + nr - 1) / nr; }
};

// Validates the problem, selects the kernel and lays everything out.
Status make_plan(const Problem& problem, const Machine& machine, const Choice& choice, uint32_t threads, Plan* plan,
                 Error* error);

// `kernel` is one of the plan's two.
inline const CanonicalLhs& lhs_of(const Plan& plan, const Kernel& kernel) {
  return &kernel == plan.few_rows ? plan.few_lhs : plan.lhs;
}
inline size_t offset_of(const Plan& plan, const Kernel& kernel) {
  return &kernel == plan.few_rows ? plan.packed.few_offset : plan.packed.offset;
}

// Tile and stage in one.
struct Finishing {
  FusedEpilogueFn run;  // or null
  bool all_rows;        // see FusedEpilogues
  size_t part;          // channels: n leaves none of them over if dst may end there
  size_t width;         // or n is this

  bool fits(size_t n) const { return n == width || (n & (part - 1)) == 0; }
};

// With the tuning for in-order cores or without.
inline Finishing fused_epilogue(const Plan& plan, const Kernel& kernel, bool in_order) {
  const bool other = lhs_of(plan, kernel).flip != 0 && kernel.fused_flipped != nullptr;
  const FusedEpilogues* const tiles = in_order ? kernel.fused_in_order
                                      : other  ? kernel.fused_flipped
                                               : kernel.finishing;
  if (!plan.finishes_tiles || tiles == nullptr) return {};
  return {tiles->run[static_cast<size_t>(plan.stage)], tiles->all_rows, tiles->channels, tile_width(kernel)};
}

// What a run asks for, as far as its schedule depends on it.
struct RunShape {
  size_t rows;  // of each matrix, those of the part to be computed; at least 1
  size_t columns;
  size_t batches;
  bool distinct_rhs;  // a run-time rhs that differs from batch to batch
};

// Who packs a run-time rhs, and where.
enum class RhsPacking : uint8_t {
  done,        // when the operator was created
  shared,      // all workers together, before the batches
  sequential,  // all workers together, before each batch: one batch at a time
  private_,    // each worker for itself, a whole batch being one piece
};

// Byte offsets of the parts of the workspace.
struct WorkspaceLayout {
  size_t workers;  // the first slice; a shared packed rhs lies before it
  // Within a slice, behind plan.scratch:
  size_t row_sums;
  size_t row_zeros;
  size_t row_scales;
  size_t quantized;  // 8-bit rows that were float
  size_t lhs;        // packed lhs block, or row pointers
  size_t private_rhs;
  size_t worker_bytes;  // a multiple of kAlignment
  size_t total;         // with room for alignment
};

// How one run is done.
struct Schedule {
  const Kernel* kernel;  // of the plan's two
  bool lhs_in_place;     // the kernel reads the rows of the lhs where they lie
  Grid grid;
  RhsPacking packing;
  WorkspaceLayout layout;
};
Status make_schedule(const Plan& plan, const RunShape& shape, uint32_t threads, Schedule* schedule, Error* error);

}  // namespace ottava

#endif  // OTTAVA_SRC_PLAN_PLAN_H_
