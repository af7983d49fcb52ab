// The kernel of AArch64 without dot products that reads rows of the lhs in place, for out-of-order cores and weights without -128:
// s8 x s8 -> s32, a tile of up to 4 x 16, 16 depths a step.
#define PAIRS 1
#define SAVES_REGISTERS 0
#include "kernels/arm_neon/rows_4x4x16.h"

FUNCTION(ottava_s8s8s32_pairs_rows_4x4x16_arm_neon)
  begin_rows
  cmp x5, #2
  b.hi LOCAL(three_or_four_rows)
  b.eq LOCAL(two_rows)
  cmp x6, #12
  b.ls LOCAL(one_row_edge)
  rows_tile 1, 4
  end_rows
LOCAL(three_or_four_rows):
  cmp x5, #4
  b.ne LOCAL(three_rows)
LOCAL(four_rows):
  rows_tile 4, 1
  next_panels 1
  b.hi LOCAL(four_rows)
  end_rows

  two_or_three_rows
  fewer_panels_of_one_row
END_FUNCTION(ottava_s8s8s32_pairs_rows_4x4x16_arm_neon)
