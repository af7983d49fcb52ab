// The lhs of a run, a block of rows at a time: quantized where it is float, packed or gathered where the kernel wants
// it packed, with what the output stage is told about each row.
//
// Where a row has several positions, the operator says where they lie: it fills a table of pointers, for the rows of
// one tile at a time, in the workspace. A position that is padding points at one row that holds the zero point. There
// is no table of a whole image: a new size costs nothing, and memory does not grow with it.
#ifndef OTTAVA_SRC_CONTRACTION_ROW_TABLE_H_
#define OTTAVA_SRC_CONTRACTION_ROW_TABLE_H_

#include "base/view.h"
#include "contraction/prepared.h"
#include "contraction/tile.h"

namespace ottava {

// Writes table[position * rows + i] = the depths of (first + i, position), those of the operator's lhs at `lhs`, which
// is number `matrix` of the batches, or `padding`, and returns 0. `geometry` is the operator's own.
// If `even` allows it and the rows of each position lie equally far apart, it may return these bytes instead, and write
// the pointers of row `first` alone.
using FillRowTable = ptrdiff_t (*)(const void* geometry, const uint8_t* lhs, size_t matrix, size_t first, size_t rows,
                                   const uint8_t* padding, bool even, const uint8_t** table);
// Writes the depths of so many rows, one behind the other.
using AssembleRows = void (*)(const void* geometry, const uint8_t* lhs, size_t first, size_t rows, uint8_t* to);

// What a worker keeps of the block that it has prepared, in its slice of the workspace.
struct RowBlock {
  int32_t* sums;
  int32_t* zeros;
  float* scales;
  uint8_t* dense;         // rows that were float, or are assembled
  const uint8_t** table;  // indirect form: tile by tile, [position][row]; else of one panel, while it is gathered
  uint8_t* padding;
  uint8_t* lhs;  // packed panels
};

// Where the rows come from.
struct RowSource {
  const Route* route;
  const ContractionSizes* sizes;
  ConstView lhs;     // of row 0 of the block; but for strides, of the whole
  size_t matrix;     // of the batches
  size_t first_row;  // the number of row 0 of the block
  FillRowTable fill;
  AssembleRows assemble;
  const void* geometry;
  const float* scales;   // given with the run; or null
  const int32_t* zeros;  // raw, likewise
};

void prepare_rows(const PreparedContraction& op, const RowSource& source, size_t rows, const RowBlock& block);

// Bytes from one row to the next in a table of rows of one position; 0 where they may lie anywhere.
size_t distance_of_rows(const ContractionPlan& plan, const RowSource& source);

// Quantizes m rows of floats into k bytes each at `to`, by the operator's rule; a dynamic one yields a scale for each
// and, if they have any, a canonical zero point.
void quantize_few(const ContractionPlan& plan, const Route& route, const ConstView& rows, size_t m, uint8_t* to,
                  float* scales, int32_t* zeros);

// Bytes of one packed lhs panel.
inline size_t lhs_panel_bytes(const ContractionSizes& sizes, const Route& route) {
  return route.tile.mr * sizes.packed_k * route.tile.lhs_bytes;
}

inline TileRows rows_of_tile(const PreparedContraction& op, size_t i, const RowBlock& block) {
  return {op.row_term ? block.sums + i : nullptr, op.plan.row_zero_points ? block.zeros + i : nullptr,
          op.plan.row_scales ? block.scales + i : nullptr};
}

}  // namespace ottava

#endif  // OTTAVA_SRC_CONTRACTION_ROW_TABLE_H_
