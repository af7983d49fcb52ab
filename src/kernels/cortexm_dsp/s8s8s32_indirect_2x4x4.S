// The loops of the kernel s8s8s32_indirect_2x4x4 of Cortex-M cores with the DSP extension: s8 x s8 -> s32, 1 or 2 rows
// by as many channels as a tile has, 4 depths a step. First the rows are widened into pairs of s16, depths 0 and 2 of a
// step in the first word and 1 and 3 in the second one, as SXTB16 widens the weights:
//
//     lhs, 2 rows   step: row 0 {0, 2} {1, 3}, row 1 {0, 2} {1, 3}        rhs   step: channels 0 to 3, 4 bytes each
//          1 row    step: {0, 2} {1, 3}
//
// Of 2 rows two channels at a time are multiplied, of 1 row four: as many sums as the registers hold beside operands
// that are loaded by few instructions. A loop has two steps, and is entered at the second one where their number is odd.
//
//     2 rows   14 instructions for 16 products     1 row   18 instructions for 16 products
//
//   void ottava_widen_row(const uint8_t* from, uint32_t* to, size_t steps, uint32_t flip, size_t rows)
//
// widens a step or more of one row, whose bytes are flipped by `flip`, into the place that it has among so many rows.
//
//   void ottava_add_..._rows(int32_t* acc, const void* lhs, const void* rhs, size_t steps, size_t panel_stride,
//                            int32_t* end)
//
// adds to the sums from acc on to those before end, of the second row to those ROW bytes behind. acc, lhs and rhs are
// aligned to words, lhs and rhs have a step or more.
#include "kernels/assembly.h"

  .syntax unified
  .arch armv7e-m  // whatever the flags are: projects give theirs to compilers, and often not to the assembler
  .thumb

// Seven instructions a step.
.macro widen_steps stride
1:
  ldr r12, [r0], #4
  eor r12, r12, r3
  sxtb16 r4, r12
  sxtb16 r12, r12, ror #8
  strd r4, r12, [r1], #\stride
  subs r2, #1
  bne 1b
  pop {r4, pc}
.endm

THUMB_FUNCTION(ottava_widen_row_cortexm_dsp)
  push {r4, lr}
  ldr r4, [sp, #8]
  cmp r4, #1
  beq 2f
  widen_steps 16
2:
  widen_steps 8
END_FUNCTION(ottava_widen_row_cortexm_dsp)

#define ROW 128  // bytes from one row of acc to the next: 32 channels

// What stands on the stack while the loop has the registers. The last two are arguments.
#define LHS 0
#define RHS 4
#define STEPS 8  // and 1 more
#define ACC 12
#define FRAME (4 * 4)
#define STRIDE (FRAME + 9 * 4)
#define END (STRIDE + 4)

.macro begin_rows
  push {r4-r11, lr}
  adds r3, #1
  sub sp, #FRAME
  strd r1, r2, [sp, #LHS]
  strd r3, r0, [sp, #STEPS]
.endm
.macro end_rows
  add sp, #FRAME
  pop {r4-r11, pc}
.endm

//             rhs  r8  r9
//     lhs  r4 r5   r3  r10     r0  lhs      r2  steps left
//          r6 r7   r11 r12     r1  rhs      lr  half of the weights of a channel
.macro step_of_two_rows
  ldm r0!, {r4-r7}
  ldrd r8, r9, [r1], #16
  sxtb16 lr, r8
  sxtb16 r8, r8, ror #8
  smlad r3, r4, lr, r3
  smlad r11, r6, lr, r11
  sxtb16 lr, r9
  smlad r3, r5, r8, r3
  smlad r11, r7, r8, r11
  sxtb16 r9, r9, ror #8
  smlad r10, r4, lr, r10
  smlad r12, r6, lr, r12
  smlad r10, r5, r9, r10
  smlad r12, r7, r9, r12
.endm

THUMB_FUNCTION(ottava_add_two_rows_cortexm_dsp)
  begin_rows
  movs r4, #8
  str r4, [sp, #-4]!  // bytes to the next two channels: in turn 8 and the rest of the way to the next panel
1:
  ldr r1, [sp, #4 + RHS]
  ldr r0, [sp, #4 + LHS]
  ldrd r2, lr, [sp, #4 + STEPS]
  ldrd r3, r10, [lr]
  ldrd r11, r12, [lr, #ROW]
  lsrs r2, r2, #1
  bcc 3f
2:
  step_of_two_rows
3:
  step_of_two_rows
  subs r2, #1
  bne 2b
  ldrd r0, r2, [sp, #4 + STRIDE]
  ldr lr, [sp, #4 + ACC]
  strd r11, r12, [lr, #ROW]
  strd r3, r10, [lr], #8
  cmp lr, r2
  beq 4f
  ldr r3, [sp]
  ldr r1, [sp, #4 + RHS]
  add r1, r3
  subs r3, r0, r3
  str r3, [sp]
  str r1, [sp, #4 + RHS]
  str lr, [sp, #4 + ACC]
  b 1b
4:
  add sp, #4
  end_rows
END_FUNCTION(ottava_add_two_rows_cortexm_dsp)

//             rhs  r4  r5  r6  r7     r0  lhs      lr   steps left
//     lhs  r2 r3   r8  r9  r10 r11    r1  rhs      r12  half of the weights of a channel
.macro channel_of_one_row weights, sum
  sxtb16 r12, \weights
  sxtb16 \weights, \weights, ror #8
  smlad \sum, r2, r12, \sum
  smlad \sum, r3, \weights, \sum
.endm
.macro step_of_one_row
  ldrd r2, r3, [r0], #8
  ldm r1!, {r4-r7}
  channel_of_one_row r4, r8
  channel_of_one_row r5, r9
  channel_of_one_row r6, r10
  channel_of_one_row r7, r11
.endm

THUMB_FUNCTION(ottava_add_one_row_cortexm_dsp)
  begin_rows
1:
  ldr r1, [sp, #RHS]
  ldr r0, [sp, #LHS]
  ldrd lr, r12, [sp, #STEPS]
  ldm r12, {r8-r11}
  lsrs lr, lr, #1
  bcc 3f
2:
  step_of_one_row
3:
  step_of_one_row
  subs lr, #1
  bne 2b
  ldrd r2, r3, [sp, #STRIDE]
  ldr r1, [sp, #RHS]
  ldr r12, [sp, #ACC]
  add r1, r2
  stm r12!, {r8-r11}
  str r1, [sp, #RHS]
  str r12, [sp, #ACC]
  cmp r12, r3
  bne 1b
  end_rows
END_FUNCTION(ottava_add_one_row_cortexm_dsp)
