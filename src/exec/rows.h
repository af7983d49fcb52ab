// The lhs of a run, a block of rows at a time: quantized where it is float, packed where the kernel wants it packed,
// with what the output stage is told about each row.
#ifndef OTTAVA_SRC_EXEC_ROWS_H_
#define OTTAVA_SRC_EXEC_ROWS_H_

#include "base/view.h"
#include "exec/operator.h"
#include "exec/tile.h"

namespace ottava {

// What a worker keeps of the block that it has prepared, in its slice of the workspace.
struct RowBlock {
  int32_t* sums;
  int32_t* zeros;
  float* scales;
  uint8_t* quantized;
  uint8_t* lhs;  // packed panels, or row pointers of one tile, or nothing
};

// Where the rows come from: row 0 is the first of the block.
struct RowSource {
  const Kernel* kernel;  // which takes them
  bool in_place;         // where they lie, or where they have been quantized
  ConstView lhs;
  const float* scales;   // given with the run; or null
  const int32_t* zeros;  // raw, likewise
};

void prepare_rows(const Operator& op, const RowSource& source, size_t rows, const RowBlock& block);

// Bytes of one packed lhs panel.
inline size_t lhs_panel_bytes(const Kernel& kernel, size_t packed_k) {
  return kernel.mr * packed_k * bytes_of(kernel.lhs_element);
}

// Points the block's row pointers at the tile that begins at its row i, for a kernel that reads rows in place.
void point_at_rows(const Operator& op, const RowSource& source, size_t i, size_t rows, const RowBlock& block);

inline TileRows rows_of_tile(const Operator& op, size_t i, const RowBlock& block) {
  return {op.row_term ? block.sums + i : nullptr, op.plan.row_zero_points ? block.zeros + i : nullptr,
          op.plan.row_scales ? block.scales + i : nullptr};
}

}  // namespace ottava

#endif  // OTTAVA_SRC_EXEC_ROWS_H_
