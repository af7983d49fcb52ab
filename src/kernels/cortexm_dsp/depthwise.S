// The loops of the depthwise kernel of Cortex-M cores with the DSP extension: any window, four channels at a time,
// three taps a step. SXTB16 or UXTB16 widens the inputs of channels 0 and 2 of a pixel, and of 1 and 3; the weights of a
// tap stand in that order, as s16, and SMLAxy multiplies a channel. A step is 27 instructions for 12 products.
//
//   void ottava_depthwise_..._cortexm_dsp(const uint8_t* const* taps, const int16_t* weights, size_t channel,
//                                         size_t steps, const int32_t* from, int32_t* to, size_t end)
//
// adds the products of the channels from `channel` on to those before `end`, a multiple of 4 of them, to the sums at
// `from`, and stores what comes of it from `to` on. `taps` are pixels, the weights those of one four channels after the
// other, aligned to words.
#include "kernels/assembly.h"

  .syntax unified
  .arch armv7e-m  // whatever the flags are: projects give theirs to compilers, and often not to the assembler
  .thumb

// What stands on the stack; the last three are arguments.
#define TAPS 0
#define STEPS 4
#define FROM (11 * 4)
#define TO (FROM + 4)
#define END (FROM + 8)

//   r0  taps      r3      steps left     r6, r7   weights
//   r1  weights   r4, r12, lr  pixels    r8-r11   sums of the four channels
//   r2  channel   r5      inputs of channels 1 and 3
.macro tap extend, pixel
  ldr \pixel, [\pixel, r2]
  ldrd r6, r7, [r1], #8
  \extend r5, \pixel, ror #8
  \extend \pixel, \pixel
  smlabb r8, \pixel, r6, r8
  smlabb r9, r5, r7, r9
  smlatt r10, \pixel, r6, r10
  smlatt r11, r5, r7, r11
.endm

.macro depthwise extend
  push {r0, r3-r11, lr}
1:
  ldr r12, [sp, #FROM]
  ldrd r0, r3, [sp, #TAPS]
  ldm r12!, {r8-r11}
  str r12, [sp, #FROM]
2:
  ldm r0!, {r4, r12, lr}
  tap \extend, r4
  tap \extend, r12
  tap \extend, lr
  subs r3, #1
  bne 2b
  ldrd r12, r4, [sp, #TO]
  adds r2, #4
  stm r12!, {r8-r11}
  str r12, [sp, #TO]
  cmp r2, r4
  bne 1b
  add sp, #8
  pop {r4-r11, pc}
.endm

THUMB_FUNCTION(ottava_depthwise_s8_cortexm_dsp)
  depthwise sxtb16
END_FUNCTION(ottava_depthwise_s8_cortexm_dsp)

THUMB_FUNCTION(ottava_depthwise_u8_cortexm_dsp)
  depthwise uxtb16
END_FUNCTION(ottava_depthwise_u8_cortexm_dsp)
