// The loops of the fixed-point output stages to 8 bits of Cortex-M cores with the DSP extension: one or two rows,
// channel by channel.
//
//   size_t ottava_<rule>_cortexm_dsp(const Rows* rows, size_t kind)
//
// Rows: kernels/cortexm_dsp/fixed_point.cpp, which loads it says how it lies in registers. Kind 0: two rows to all of
// s8; 1: two rows to any bounds; 2, 3: the same for one row. They go on to the last channel, or to one whose factor is
// none of theirs, and tell how many channels are left, that one included.
//
// The rule with two roundings, for a multiplier M of 2^30 or more and a shift s > 0 to the right. y is never -2^31, as M
// is below 2^31:
//
//     smmlar y, x, 2 M - 2^32, x    floor((x * M + 2^30) / 2^31): a product with 2 M in 33 bits, its upper word rounded
//     add y, y, y, asr #31          1 less where it is negative, so that half up becomes half away from zero
//     asrs y, y, s                  the last bit that goes is the carry,
//     adc y, y, offset              which rounds
//
// The rule with one rounding, for s > 1:
//
//     smmul y, x, M                 floor(x * M / 2^32): what that leaves out has no say in the sum with half of 2^(s-1)
//     asrs y, y, s - 1
//     adc y, y, offset
//
// The offset is the zero point; where there are bounds, less the upper one, so that the bound is at 0.
//
// An output of two rows takes 11 instructions, of one row 15; with bounds 3 more, with one rounding 1 less.
#include "kernels/assembly.h"

  .syntax unified
  .arch armv7e-m  // whatever the flags are: projects give theirs to compilers, and often not to the assembler
  .thumb

//   r0  acc           r4  channels left           r8   upper bound less lower one    r12  of the first row
//   r1  dst           r5  bytes from row to row   r9   lower bound                   lr   of the second row
//   r2  multipliers   r6  the same in dst         r10  2 M - 2^32, or M
//   r3  exponents     r7  offset                  r11  shift

.macro take_two_roundings
  ldr r10, [r2], #4
  ldr r11, [r3], #4
  lsls r10, r10, #1
  bpl 9f
  rsbs r11, r11, #0
  ble 9f
.endm
.macro round_two_roundings y
  smmlar \y, \y, r10, \y
  add \y, \y, \y, asr #31
  asrs \y, \y, r11
  adc \y, \y, r7
.endm

.macro take_one_rounding
  ldr r10, [r2], #4
  ldr r11, [r3], #4
  rsbs r11, r11, #-1
  ble 9f
.endm
.macro round_one_rounding y
  smmul \y, \y, r10
  asrs \y, \y, r11
  adc \y, \y, r7
.endm

.macro bound_s8 y
  ssat \y, #8, \y
.endm
.macro bound_any y
  and \y, \y, \y, asr #31
  add \y, \y, r8
  bic \y, \y, \y, asr #31
  add \y, \y, r9
.endm

.macro rows count, rule, bounds
1:
  take_\rule
  .if \count == 2
  ldr lr, [r0, r5]
  .endif
  ldr r12, [r0], #4
  round_\rule r12
  bound_\bounds r12
  .if \count == 2
  round_\rule lr
  bound_\bounds lr
  strb lr, [r1, r6]
  .endif
  strb r12, [r1], #1
  subs r4, #1
  bne 1b
  b 9f
.endm

.macro stage rule
  push {r4-r11, lr}
  mov r12, r1
  ldm r0, {r0-r9}
  cmp r12, #1
  beq 3f
  bhi 4f
  rows 2, \rule, s8
3:
  rows 2, \rule, any
4:
  cmp r12, #3
  beq 5f
  rows 1, \rule, s8
5:
  rows 1, \rule, any
9:
  mov r0, r4
  pop {r4-r11, pc}
.endm

THUMB_FUNCTION(ottava_two_roundings_cortexm_dsp)
  stage two_roundings
END_FUNCTION(ottava_two_roundings_cortexm_dsp)

THUMB_FUNCTION(ottava_one_rounding_cortexm_dsp)
  stage one_rounding
END_FUNCTION(ottava_one_rounding_cortexm_dsp)
