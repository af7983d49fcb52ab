// One tile: the kernel, then the output stage on the accumulators that it left in the first-level cache.
#ifndef OTTAVA_SRC_EXEC_TILE_H_
#define OTTAVA_SRC_EXEC_TILE_H_

#include "base/view.h"
#include "exec/operator.h"

namespace ottava {

class TileRunner {
 public:
  // `acc` is the worker's scratch for one MR x NR tile, aligned to kAlignment.
  TileRunner(const Operator& op, View dst, int32_t* acc);

  // The tile whose first element is dst(row, channel): m x n valid elements. `lhs` is what the kernel's
  // form asks for. `row_sums` points at the sum of the tile's first row; unused without a row term.
  void run(const void* lhs, size_t row, size_t channel, size_t m, size_t n, const int32_t* row_sums);

 private:
  const Operator& op_;
  View dst_;
  TileArgs tile_;
  StageArgs output_;
};

}  // namespace ottava

#endif  // OTTAVA_SRC_EXEC_TILE_H_
