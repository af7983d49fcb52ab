// A contraction ready to run: its plan, its packed weights, and what its constants make of each channel. Immutable once
// made.
#ifndef OTTAVA_SRC_CONTRACTION_PREPARED_H_
#define OTTAVA_SRC_CONTRACTION_PREPARED_H_

#include "contraction/plan.h"

namespace ottava {

// The arguments of the first tile of a route, but for what comes with a run: rows, dst, memory for accumulators.
struct FirstTile {
  TileArgs tile;
  StageArgs output;
};

// What contraction/panels.h wants; the arguments are PreparedContraction::small_m.
struct PanelTiles {
  static constexpr size_t kMostRows = 8;  // MR of these kernels

  FusedPanelsFn run;              // or null
  DenseTilesFn dense[kMostRows];  // for tiles of 1, 2, ... rows; or all null
  size_t most_rows;               // that one call takes as they lie
  size_t lhs_line;                // bytes of a dense row
  size_t dst_line;                // likewise
};

struct PreparedContraction {
  ContractionPlan plan;
  const uint8_t* packed;    // plan.packed.total bytes, aligned to kAlignment; null with a run-time rhs
  const uint8_t* channels;  // plan.channels.total bytes, likewise
  FirstTile many;
  FirstTile small_m;
  bool row_term;         // some canonical rhs zero point is not 0, so row sums of the lhs are needed
  bool lone_tile;        // runs of the small M may go by small_m.h
  size_t rows_alone;     // likewise: those of at most so many rows, which have no work for a second thread; else 0
  size_t pointer_bytes;  // likewise: of row pointers, a multiple of kAlignment
  size_t stack_bytes;    // of these and of accumulators behind them
#if OTTAVA_ARCH_IS_X86_64
  PanelTiles panels;
#endif
};

inline const FirstTile& first_tile(const PreparedContraction& op, const Route& route) {
  return route.small_m ? op.small_m : op.many;
}

// An array per channel, from the channel on that the offset in `bytes` leads to.
template <class Value>
const Value* channel_array(const uint8_t* memory, size_t offset, size_t channel) {
  return reinterpret_cast<const Value*>(memory + offset) + channel;
}

}  // namespace ottava

#endif  // OTTAVA_SRC_CONTRACTION_PREPARED_H_
