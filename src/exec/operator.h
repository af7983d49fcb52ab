// An operator ready to run: its plan, its packed weights, and what its constants make of each channel. Immutable once
// made.
#ifndef OTTAVA_SRC_EXEC_OPERATOR_H_
#define OTTAVA_SRC_EXEC_OPERATOR_H_

#include "plan/exactness.h"
#include "plan/plan.h"

namespace ottava {

// For runs of few rows, see few_rows.h: what their tiles are given, but for what comes with the run.
struct FewRows {
  const Kernel* kernel;  // null: such runs want more
  StageFn stage;
  Finishing finishing;       // instead of the kernel's tile and the stage
  Finishing fused_in_order;  // with the tuning for in-order cores
  uint64_t work;             // multiply-accumulates of one row
  size_t height;             // rows of a tile
  size_t width;              // channels of a tile
  size_t tile_bytes;         // of packed rhs
  TileArgs tile;             // the first one
  StageArgs output;
};

struct Operator {
  Plan plan;
  const uint8_t* packed;    // plan.packed.total bytes, aligned to kAlignment; null with a run-time rhs
  const uint8_t* channels;  // plan.channels.total bytes, likewise
  FewRows few_rows;
  bool float_bias;       // there are biases in float
  bool row_term;         // some canonical rhs zero point is not 0, so row sums of the lhs are needed
  uint64_t max_exact_k;  // for queries: the largest K that cannot overflow whatever the weights, bias apart
  Exactness exactness;
};

// An array per channel, from the channel on that the offset in `bytes` leads to.
template <class Value>
const Value* channel_array(const uint8_t* memory, size_t offset, size_t channel) {
  return reinterpret_cast<const Value*>(memory + offset) + channel;
}

}  // namespace ottava

#endif  // OTTAVA_SRC_EXEC_OPERATOR_H_
