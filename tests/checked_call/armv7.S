// The checked call on ARMv7 with NEON, AAPCS hard float: ottava_checked_call_run(CheckedCallState*).
// checked_call.cpp prepares the state and reads the verdict from it.
//
// The state is found again through a variable: after the call no register and not even the stack
// pointer can be trusted.
//
// Stack during the call, from high to low:
//   saved registers of the checker | canary | frame of the function
#include "state.h"

#define WORD(index) ((index) * 4)
#define VECTORS(byte) (OTTAVA_STATE_WORDS * 4 + (byte))
#define GARBAGE(lane) VECTORS(OTTAVA_STATE_GARBAGE_BYTE + (lane) * 4)

  .syntax unified
  .arch armv7-a
  .fpu neon
  .arm

  .local current_state
  .comm current_state, 4, 4

function ottava_checked_call_run
  push {r4-r11, r12, lr}  // r12 for the alignment of the stack to 8
  vpush {d8-d15}
  sub sp, sp, #OTTAVA_CANARY_BYTES
  ldr r1, .Lstate_before
.Lhere_before:
  add r1, pc, r1
  str r0, [r1]
  str sp, [r0, #WORD(OTTAVA_STATE_OWN_STACK)]
  str sp, [r0, #WORD(OTTAVA_STATE_KNOWN + 8)]
  vmrs r1, fpscr
  str r1, [r0, #WORD(OTTAVA_STATE_CONTROL_BEFORE)]

  ldr r1, [r0, #GARBAGE(0)]
  sub r2, sp, #OTTAVA_STACK_GARBAGE_BYTES
  add r3, sp, #OTTAVA_CANARY_BYTES
1:  // the canary and the stack below it, in one go
  str r1, [r2], #4
  cmp r2, r3
  bne 1b

  add r1, r0, #GARBAGE(0)
  vldm r1, {d0-d7}
  vldm r1, {d16-d23}
  vldm r1, {d24-d31}
  add r1, r0, #VECTORS(OTTAVA_STATE_KNOWN_VECTORS_BYTE)
  vldm r1, {d8-d15}
  add r1, r0, #WORD(OTTAVA_STATE_KNOWN)
  ldm r1, {r4-r11}
  ldr r12, [r0, #GARBAGE(1)]
  ldr lr, [r0, #WORD(OTTAVA_STATE_FUNCTION)]
  ldr r3, [r0, #WORD(OTTAVA_STATE_ARGUMENTS + 3)]
  ldr r2, [r0, #WORD(OTTAVA_STATE_ARGUMENTS + 2)]
  ldr r1, [r0, #WORD(OTTAVA_STATE_ARGUMENTS + 1)]
  ldr r0, [r0, #WORD(OTTAVA_STATE_ARGUMENTS + 0)]
  blx lr

  ldr r0, .Lstate_after
.Lhere_after:
  add r0, pc, r0
  ldr r0, [r0]
  add r1, r0, #WORD(OTTAVA_STATE_FOUND)
  stm r1, {r4-r11}
  str sp, [r0, #WORD(OTTAVA_STATE_FOUND + 8)]
  ldr sp, [r0, #WORD(OTTAVA_STATE_OWN_STACK)]
  add r1, r0, #VECTORS(OTTAVA_STATE_FOUND_VECTORS_BYTE)
  vstm r1, {d8-d15}
  vmrs r1, fpscr
  str r1, [r0, #WORD(OTTAVA_STATE_CONTROL_AFTER)]
  ldr r1, [r0, #WORD(OTTAVA_STATE_CONTROL_BEFORE)]
  vmsr fpscr, r1

  ldr r1, [r0, #GARBAGE(0)]
  mov r2, sp
  add r3, sp, #OTTAVA_CANARY_BYTES
  mov r4, #0
2:
  ldr r5, [r2], #4
  cmp r5, r1
  addne r4, r4, #1
  cmp r2, r3
  bne 2b
  str r4, [r0, #WORD(OTTAVA_STATE_CANARY_DAMAGE)]

  add sp, sp, #OTTAVA_CANARY_BYTES
  vpop {d8-d15}
  pop {r4-r11, r12, pc}

.Lstate_before:
  .word current_state - (.Lhere_before + 8)
.Lstate_after:
  .word current_state - (.Lhere_after + 8)
end_function ottava_checked_call_run
