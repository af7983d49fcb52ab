// The plan: what is frozen when an operator is created, beside its route: sizes, layouts, blocking. Everything that a
// run can know before M is known is here or in the route; the rest of src/contraction only follows them.
#ifndef OTTAVA_SRC_CONTRACTION_PLAN_H_
#define OTTAVA_SRC_CONTRACTION_PLAN_H_

#include "base/status.h"
#include "contraction/blocking.h"
#include "contraction/route.h"

namespace ottava {

// Byte offsets of the parts of the packed weights: in the operator's memory, or with a run-time rhs in the workspace.
// The per-channel arrays are as long as the channels of all panels.
struct PackedLayout {
  size_t panel_bytes;  // one rhs panel: NR channels of packed depth
  size_t offset;       // int32: bias, weight sums and zero points, see output/stage.h
  size_t
      small_m_offset;  // likewise, for a small-M kernel to which other signs are canonical; else the place of `offset`
  size_t weight_sum;   // int32, where rows have zero points of their own; elsewhere the place of `offset`
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
  size_t factors;   // of one row: multipliers and exponents, or scales
  size_t staged;    // the tile before its activation
  size_t products;  // a piece of dst before its addition
  size_t total;
};

// Sizes, and what follows from them: those of the plan, or of one run whose rhs has fewer channels or depths.
struct ContractionSizes {
  size_t n;
  size_t k;              // depth of one position
  size_t padded_k;       // k rounded up to KR
  size_t packed_k;       // that of all positions
  size_t most_of_piece;  // elements, where the output adds; no less than a tile of all channels
  PackedLayout packed;
};

struct ContractionPlan : ContractionSizes {
  Routes routes;
  OutputPlan output;

  size_t positions;
  size_t nr;  // of all routes, which share the packed weights
  PackFn pack_rhs;
  const QuantizeTable* quantize;

  CanonicalOperand rhs;
  uint8_t padding;  // the raw byte that stands for a real 0 in the lhs
  RowsFrom rows_from;
  bool runtime_rhs;
  bool given_row_scales;       // with each run
  bool given_row_zero_points;  // likewise
  bool row_scales;             // each row has its own scale, given or found while it is quantized
  bool row_zero_points;        // likewise
  Quantization lhs_quantization;
  RowQuantization static_quantization;  // of a static rule
  bool lhs_is_unsigned;
  size_t lhs_element_bytes;  // of the caller's lhs

  ChannelLayout channels;
  ScratchLayout scratch;
  Blocking blocking;
  bool tuned;   // a tuning has the knobs
  Fetch fetch;  // of the weights, by what holds them between two runs
  uint32_t threads;
  CoreOrder core_order;  // of the machine, for the choice between tunings

  size_t panels() const { return (n + nr - 1) / nr; }
  size_t depth() const { return positions * k; }
  // Rows that are written into the workspace before a kernel or its packing sees them.
  bool dense_rows() const { return lhs_quantization != Quantization::none || rows_from == RowsFrom::assembled; }
};

// Selects the kernels of a contraction that has been checked, and lays everything out.
Status make_plan(const Contraction& problem, const Machine& machine, const Choice& choice, uint32_t threads,
                 ContractionPlan* plan, Error* error);

// The sizes and layouts of weights packed with this NR and KR, and nothing that runs: for weights of any kernel,
// whether or not this build has it.
Status plan_layout(const Contraction& problem, Element rhs, size_t nr, size_t kr, bool own_small_m,
                   ContractionPlan* plan, Error* error);

// Sizes of a run with so many channels and depths, neither more than the plan has. All else that is planned stays, so
// that nothing is chosen anew and no run takes more workspace than one of the plan's own sizes.
void shrink(const ContractionPlan& plan, size_t n, size_t k, ContractionSizes* sizes);

// Whether the kernel for the small M has folded offsets of its own, as other signs are canonical to it.
inline bool has_own_small_m(const Routes& routes) {
  return routes.small_m.kernel != nullptr && routes.small_m.lhs.zero_shift != routes.many.lhs.zero_shift;
}

// Of the packed offsets that go with a route.
inline size_t offset_of(const PackedLayout& packed, const Route& route) {
  return route.small_m ? packed.small_m_offset : packed.offset;
}

// Whether all channels of some rows are computed before the next rows, so that each line of dst is written at once:
// where weights of so many bytes stay in a cache that is near enough. Rows in place pass them in the first-level cache.
// Where a kernel reads rows by their pointers, a processor does not foresee which lines come next, but of weights it
// does: so a tile of rows stays in the first-level cache, and the weights come from the second-level one. Lines of a
// dst that this does not hold come from further away: foreseen are those of a few rows that are written from end to
// end, and not those of many that are written in pieces.
inline bool goes_line_by_line(const Blocking& blocking, const Route& route, uint64_t weights, uint64_t dst) {
  if (route.in_place && weights <= blocking.resident_bytes) return true;
  const bool far = route.indirect() || dst > blocking.l2_bytes;
  return far && weights <= blocking.l2_bytes / 2 && !route.tuned[0].fused.all_rows;
}

// What a run asks for, as far as its schedule depends on it.
struct RunShape {
  size_t rows;  // of each matrix, those of the part to be computed; at least 1
  size_t columns;
  size_t batches;
  bool distinct_rhs;                        // a run-time rhs that differs from batch to batch
  const ContractionSizes* sizes = nullptr;  // which outlive the schedule; null: the plan's
};

// Who packs a run-time rhs, and where.
enum class RhsPacking : uint8_t {
  done,        // when the operator was created
  shared,      // all workers together, before the batches
  sequential,  // all workers together, before each batch: one batch at a time
  private_,    // each worker for itself, a whole batch being one piece
};

// Byte offsets of the parts of the workspace. What a run does not need takes no room.
struct WorkspaceLayout {
  size_t workers;  // the first slice; a shared packed rhs lies before it
  // Within a slice, behind plan.scratch:
  size_t row_sums;
  size_t row_zeros;
  size_t row_scales;
  size_t dense;    // 8-bit rows that were float, or are assembled
  size_t table;    // row pointers, see row_table.h
  size_t padding;  // the row that padding points at
  size_t lhs;      // the packed block
  size_t private_rhs;
  size_t worker_bytes;  // a multiple of kAlignment
  size_t total;         // with room for alignment
};

// Dense rows that are made of a block at a time: a kernel that reads them in place wants all of it, for one that packs
// they are a few panels, which are packed while they are in the first-level cache.
size_t rows_made_at_once(const ContractionPlan& plan, const Route& route, size_t block_rows);

// How one run is done.
struct Schedule {
  const Route* route;
  const ContractionSizes* sizes;
  Grid grid;
  RhsPacking packing;
  WorkspaceLayout layout;
};
Status make_schedule(const ContractionPlan& plan, const RunShape& shape, uint32_t threads, Schedule* schedule,
                     Error* error);

// How a run of this shape is done, and the workspace that is enough for it and for each that is not larger.
Status measure_workspace(const ContractionPlan& plan, const RunShape& shape, uint32_t threads, Schedule* schedule,
                         uint64_t* bytes, Error* error);

// A schedule within the caller's workspace: on fewer threads where it is too small for all of them, as it may be when
// it was sized for a larger m, whose rows the threads share. One thread never needs more than that.
Status make_schedule_within(const ContractionPlan& plan, const RunShape& shape, uint64_t bytes, Schedule* schedule,
                            Error* error);

}  // namespace ottava

#endif  // OTTAVA_SRC_CONTRACTION_PLAN_H_
