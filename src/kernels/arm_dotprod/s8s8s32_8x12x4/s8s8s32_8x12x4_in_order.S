// The kernel s8s8s32_8x12x4 of AArch64 with dot products, for in-order cores (Cortex-A55): another tuning of
// s8s8s32_8x12x4.S, which says what is computed.
//
// In which order to read: tile.h down to its pictures of the registers, the functions below, steps_in_order.h,
// epilogue.h, epilogue_in_order.h.
//
// Such a core issues two instructions a cycle, at most one of them an SDOT. A load of 128 bits takes both places for
// two cycles; one of 64 bits, or an INS, goes beside an SDOT. So each operand register is loaded as a low half and, by
// way of a scalar register, a high half, right after its last use in the step before: 15 such instructions, 2
// prefetches and 4 of loop control beside 24 SDOT.
//
// Tiles at the edges are scheduled likewise, but for those of fewer rows and fewer channels both. 5 to 7 rows are
// multiplied as 8, which takes no longer.
//
// Loop: one step, 384 MAC in 45 instructions and 24 cycles: 16 MAC per cycle of Cortex-A55 by its published dual-issue
// rules, the most that it has.
#define IN_ORDER 1
#include "kernels/arm_dotprod/s8s8s32_8x12x4/epilogue_in_order.h"
#include "kernels/arm_dotprod/s8s8s32_8x12x4/steps_in_order.h"

FUNCTION(ottava_s8s8s32_8x12x4_arm_dotprod_in_order)
  .set FUSED, 0
  begin_tile_8x12x4
  push_d8_to_d15
  begin_accumulators_8x12x4 8, 3
  cbz x3, 6f
  load_first_full_8x12x4
  subs x3, x3, #1
  b.eq 4f
  .p2align 4
3:
  step_full_8x12x4 1
  b.ne 3b
4:
  step_full_8x12x4 0
6:
  each_row_8x12x4 move_row_8x12x4, 8, 3, str, stp
  pop_d8_to_d15
  ret

  edge_tiles_in_order_8x12x4 acc
END_FUNCTION(ottava_s8s8s32_8x12x4_arm_dotprod_in_order)

// There is at least one step.
FUNCTION(ottava_s8s8s32_8x12x4_arm_dotprod_in_order_fused)
  .set FUSED, 1
  begin_fused_8x12x4
  cmp x6, #2
  b.ne LOCAL(edge_fused)
  cmp x5, #4
  b.ls LOCAL(edge_fused)
  sub x5, x5, #8
  mov x1, x2
  mov x3, x4
  begin_full_8x12x4
  .p2align 4
  nop
  nop
LOCAL(full_fused):  // a tile. x5: rows behind it, or less than 0
  subs x3, x3, #1
  b.eq 4f
  .p2align 4
3:
  step_full_8x12x4 1
  b.ne 3b
4:
  step_full_8x12x4 0
  tbnz x5, #63, LOCAL(partial_3)
  tbnz w15, #EPILOGUE_SECOND_VALUES, LOCAL(full_second_values)
  epilogue_full_8x12x4 FLOAT
LOCAL(next_full):
  b.hs LOCAL(full_fused)
  cmn x5, #3
  b.ge LOCAL(full_fused)
  adds x5, x5, #8
  b.ne LOCAL(edge_fused)
  end_fused_8x12x4
  begin_aside
LOCAL(full_second_values):
  tbnz w15, #EPILOGUE_FIXED, 5f
  epilogue_full_8x12x4 BIASED
  b LOCAL(next_full)
5:
  tbz w15, #EPILOGUE_TWO_ROUNDINGS, 6f
  epilogue_full_8x12x4 TWO_ROUNDINGS
  b LOCAL(next_full)
6:
  epilogue_full_8x12x4 ONE_ROUNDING
  b LOCAL(next_full)
  end_aside

  edge_tiles_in_order_8x12x4 fused
LOCAL(partial_3):
  epilogue_partial_8x12x4 3
LOCAL(partial_2):
  epilogue_partial_8x12x4 2
LOCAL(partial_1):
  epilogue_partial_8x12x4 1
END_FUNCTION(ottava_s8s8s32_8x12x4_arm_dotprod_in_order_fused)
