// The kernel of AArch64 with dot products for in-order cores (Cortex-A55): another tuning of s8s8s32_8x12x4.S, which
// says what is computed.
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
#include "kernels/arm_dotprod/steps_8x12x4_in_order.h"

// The output stage of a full tile, as finish_rows does it, and the beginning of the next one. What issues beside an
// operation of 128 bits follows it: stores of the upper rows beside the narrowing of the lower ones, theirs beside the
// new accumulators. v5 to v7 hold the scales. Leaves the flags of
// what x5 then is.
.macro finish_full
  dup v0.8h, w17
  each_row convert_row, 8, 3
  each_row scale_row, 8, 3
  tbz w15, #0, 7f
  load_values 3, x14, 1, 2, 3
  each_row bias_row, 8, 3
7:
  each_row round_row, 8, 3
  sqxtn v16.4h, v16.4s
  sqxtn v19.4h, v19.4s
  sqxtn v22.4h, v22.4s
  sqxtn v25.4h, v25.4s
  sqxtn v18.4h, v18.4s
  sqxtn v24.4h, v24.4s
  sqxtn2 v16.8h, v17.4s
  sqxtn2 v19.8h, v20.4s
  sqxtn2 v22.8h, v23.4s
  sqxtn2 v25.8h, v26.4s
  sqxtn2 v18.8h, v21.4s
  sqxtn2 v24.8h, v27.4s
  sqadd v16.8h, v16.8h, v0.8h
  ldr d17, [x7, #16]
  sqadd v19.8h, v19.8h, v0.8h
  ldr x8, [x7, #24]
  sqadd v22.8h, v22.8h, v0.8h
  ldr d21, [x7, #32]
  sqadd v25.8h, v25.8h, v0.8h
  ldr x9, [x7, #40]
  sqadd v18.8h, v18.8h, v0.8h
  sqadd v24.8h, v24.8h, v0.8h
  mov v17.d[1], x8
  sqxtn v16.8b, v16.8h
  sqxtn v22.8b, v22.8h
  mov v21.d[1], x9
  sqxtn v18.8b, v18.8h
  cmp x5, #0  // behind the last tile there is nothing to read
  sqxtn v28.4h, v28.4s
  csel x0, x0, x2, ne
  sqxtn2 v16.16b, v19.8h
  mov x1, x2
  sqxtn2 v22.16b, v25.8h
  sqxtn2 v18.16b, v24.8h
  tbz w15, #1, 7f
  ldp q1, q2, [sp]
  bound_low 16
  bound_low 22
  bound_low 18
  bound_high 16
  bound_high 22
  bound_high 18
7:
  tbz w15, #2, 7f
  ldr q3, [sp, #32]
  flip 16
  flip 22
  flip 18
7:
  sqxtn v31.4h, v31.4s
  ldr d19, [x7]
  sqxtn v10.4h, v10.4s
  ldr x8, [x7, #8]
  sqxtn v13.4h, v13.4s
  st1 {v16.d}[0], [x11], x12
  sqxtn v30.4h, v30.4s
  st1 {v16.d}[1], [x11], x12
  sqxtn v12.4h, v12.4s
  st1 {v22.d}[0], [x11], x12
  sqxtn2 v28.8h, v29.4s
  st1 {v22.d}[1], [x11], x12
  sqxtn2 v31.8h, v8.4s
  mov v19.d[1], x8
  sqxtn2 v10.8h, v11.4s
  st1 {v18.s}[0], [x13], x12
  sqxtn2 v13.8h, v14.4s
  st1 {v18.s}[1], [x13], x12
  sqxtn2 v30.8h, v9.4s
  st1 {v18.s}[2], [x13], x12
  sqxtn2 v12.8h, v15.4s
  st1 {v18.s}[3], [x13], x12
  sqadd v28.8h, v28.8h, v0.8h
  mov x3, x4
  sqadd v31.8h, v31.8h, v0.8h
  subs x5, x5, #8
  sqadd v10.8h, v10.8h, v0.8h
  sqadd v13.8h, v13.8h, v0.8h
  sqadd v30.8h, v30.8h, v0.8h
  sqadd v12.8h, v12.8h, v0.8h
  sqxtn v28.8b, v28.8h
  sqxtn v10.8b, v10.8h
  sqxtn v30.8b, v30.8h
  mov v20.16b, v17.16b
  mov v23.16b, v17.16b
  mov v26.16b, v17.16b
  sqxtn2 v28.16b, v31.8h
  sqxtn2 v10.16b, v13.8h
  sqxtn2 v30.16b, v12.8h
  tbz w15, #1, 7f
  ldp q1, q2, [sp]
  bound_low 28
  bound_low 10
  bound_low 30
  bound_high 28
  bound_high 10
  bound_high 30
7:
  tbz w15, #2, 7f
  ldr q3, [sp, #32]
  flip 28
  flip 10
  flip 30
7:
  mov v22.16b, v19.16b
  st1 {v28.d}[0], [x11], x12
  mov v25.16b, v19.16b
  st1 {v28.d}[1], [x11], x12
  mov v31.16b, v19.16b
  st1 {v10.d}[0], [x11], x12
  mov v13.16b, v19.16b
  st1 {v10.d}[1], [x11], x12
  mov v16.16b, v19.16b
  st1 {v30.s}[0], [x13], x12
  mov v24.16b, v21.16b
  st1 {v30.s}[1], [x13], x12
  mov v27.16b, v21.16b
  st1 {v30.s}[2], [x13], x12
  mov v9.16b, v21.16b
  st1 {v30.s}[3], [x13], x12
  mov v12.16b, v21.16b
  ldr d0, [x0]
  mov v15.16b, v21.16b
  ldr x8, [x0, #8]
  mov v18.16b, v21.16b
  ldr d2, [x1]
  mov v29.16b, v17.16b
  ldr x9, [x1, #8]
  mov v8.16b, v17.16b
  mov v0.d[1], x8
  mov v11.16b, v17.16b
  ldr d3, [x1, #16]
  mov v14.16b, v17.16b
  mov v2.d[1], x9
  mov v28.16b, v19.16b
  ldr x16, [x1, #24]
  mov v10.16b, v19.16b
  mov v30.16b, v21.16b
.endm

// The output stage of 5 to 7 rows in x5, the last ones.
.macro partial_tile vectors
  cmp x5, #6
  b.lo 5f
  b.eq 6f
  finish_rows 7, \vectors
  end_finishing_tiles
5:
  finish_rows 5, \vectors
  end_finishing_tiles
6:
  finish_rows 6, \vectors
  end_finishing_tiles
.endm

FUNCTION(ottava_s8s8s32_8x12x4_arm_dotprod_in_order)
  .set FINISHING, 0
  begin_tile
  save_registers
  begin_accumulators 8, 3
  cbz x3, 6f
  load_first
  multiply_full
6:
  each_row store_row, 8, 3
  restore_registers
  ret

  edge_tiles_in_order acc
END_FUNCTION(ottava_s8s8s32_8x12x4_arm_dotprod_in_order)

// With the output stage. There is at least one step.
FUNCTION(ottava_s8s8s32_8x12x4_arm_dotprod_in_order_finish)
  .set FINISHING, 1
  begin_finishing_tiles
  cmp x6, #2
  b.ne LOCAL(edge_finish)
  cmp x5, #4
  b.ls LOCAL(edge_finish)
  sub x5, x5, #8
  mov x1, x2
  mov x3, x4
  load_values 3, x10, 5, 6, 7
  begin_accumulators 8, 3
  load_first
  .p2align 4
  nop
  nop
LOCAL(full_finish):  // x5: rows behind this tile, or less than 0
  multiply_full
  tbnz x5, #63, LOCAL(partial_3)
  add x0, x0, #32
  finish_full
  b.hs LOCAL(full_finish)
  cmn x5, #3
  b.ge LOCAL(full_finish)
  adds x5, x5, #8
  b.ne LOCAL(edge_finish)
  end_finishing_tiles

  edge_tiles_in_order finish
LOCAL(partial_3):
  add x5, x5, #8
  partial_tile 3
LOCAL(partial_2):
  partial_tile 2
LOCAL(partial_1):
  partial_tile 1
END_FUNCTION(ottava_s8s8s32_8x12x4_arm_dotprod_in_order_finish)
