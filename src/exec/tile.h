// One tile: the kernel, then the output stage on the accumulators that it left in the first-level cache.
#ifndef OTTAVA_SRC_EXEC_TILE_H_
#define OTTAVA_SRC_EXEC_TILE_H_

#include "base/view.h"
#include "exec/operator.h"
#include "output/saturation.h"

namespace ottava {

// The scratch of one worker, see WorkspaceLayout; what its operator does not use may be null.
struct TileScratch {
  int32_t* acc;     // MR x NR, aligned to kAlignment
  void* factors;    // 2 * NR words
  uint8_t* staged;  // MR x NR elements of dst
};

// What the output stage is told about the rows of a tile; from its first row on. Null where it needs none.
struct TileRows {
  const int32_t* sums;
  const int32_t* zeros;  // canonical
  const float* scales;
};

class TileRunner {
 public:
  // `packed` is the rhs as plan.packed lays it out. `saturation` may be null.
  TileRunner(const Operator& op, const Kernel& kernel, const uint8_t* packed, const TileScratch& scratch,
             bool accumulate, Saturation* saturation);

  void set_dst(View dst);

  // The tiles that follow lie in panel number `panel`, of which n channels are valid.
  void begin_panel(size_t panel, size_t n);

  // The tile whose first element is dst(row, the panel's first channel): m valid rows. `lhs` is what the kernel's form
  // asks for.
  void run(const void* lhs, size_t row, size_t m, const TileRows& rows);

  // The output stage alone, with the operator's bias as its offset, on accumulators that are in the scratch.
  void finish_alone(size_t row, size_t m, const float* row_scales);

 private:
  void finish(size_t row, size_t m, const TileRows& rows);
  void run_rows_with_factors(size_t m, const TileRows& rows);
  void run_stage();
  void activate(View to, size_t m);

  const Operator& op_;
  TileFn kernel_;
  const uint8_t* packed_;
  View dst_;
  uint8_t* dst_panel_;  // of dst, the first element of the panel
  TileScratch scratch_;
  StageFn stage_;
  Saturation* saturation_;
  const int32_t* rhs_zero_;  // of the panel
  TileArgs tile_;
  StageArgs output_;
};

}  // namespace ottava

#endif  // OTTAVA_SRC_EXEC_TILE_H_
