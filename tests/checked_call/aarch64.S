// The checked call on AArch64, AAPCS64: ottava_checked_call_run(CheckedCallState*). checked_call.cpp
// prepares the state and reads the verdict from it.
//
// The state is found again through a variable: after the call no register and not even the stack
// pointer can be trusted.
//
// Stack during the call, from high to low:
//   saved registers of the checker | canary | frame of the function
#include "state.h"

#define WORD(index) ((index) * 8)
#define VECTORS(byte) (OTTAVA_STATE_WORDS * 8 + (byte))
#define GARBAGE(lane) VECTORS(OTTAVA_STATE_GARBAGE_BYTE + (lane) * 4)

  .local current_state
  .comm current_state, 8, 8

function ottava_checked_call_run
  stp x29, x30, [sp, #-160]!
  stp x19, x20, [sp, #16]
  stp x21, x22, [sp, #32]
  stp x23, x24, [sp, #48]
  stp x25, x26, [sp, #64]
  stp x27, x28, [sp, #80]
  stp d8, d9, [sp, #96]
  stp d10, d11, [sp, #112]
  stp d12, d13, [sp, #128]
  stp d14, d15, [sp, #144]
  sub sp, sp, #OTTAVA_CANARY_BYTES
  adrp x9, current_state
  str x0, [x9, #:lo12:current_state]
  mov x9, sp
  str x9, [x0, #WORD(OTTAVA_STATE_OWN_STACK)]
  str x9, [x0, #WORD(OTTAVA_STATE_KNOWN + 12)]
  mrs x10, fpcr
  str x10, [x0, #WORD(OTTAVA_STATE_CONTROL_BEFORE)]

  ldr x10, [x0, #GARBAGE(0)]
  sub x11, x9, #OTTAVA_STACK_GARBAGE_BYTES
  add x12, x9, #OTTAVA_CANARY_BYTES
1:  // the canary and the stack below it, in one go
  str x10, [x11], #8
  cmp x11, x12
  b.ne 1b

  ldr x10, [x0, #WORD(OTTAVA_STATE_FEATURES)]
  tbnz x10, #4, 2f
.irp r, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
  ldr q\r, [x0, #GARBAGE(0)]
.endr
.irp r, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
  ldr q\r, [x0, #GARBAGE(4)]
.endr
  b 3f
2:  // SVE: z0 to z31 in their whole length, p0 to p15 and the first-fault register
  .arch armv8-a+sve
  ldr x10, [x0, #GARBAGE(0)]
  ldr x11, [x0, #GARBAGE(4)]
.irp r, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
  dup z\r\().d, x10
  ptrue p\r\().b, mul3
.endr
.irp r, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
  dup z\r\().d, x11
.endr
  wrffr p0.b
  .arch armv8-a
3:
  add x10, x0, #VECTORS(OTTAVA_STATE_KNOWN_VECTORS_BYTE)
.irp r, 8, 9, 10, 11, 12, 13, 14, 15
  ld1 {v\r\().d}[0], [x10], #8  // the rest of the register keeps its garbage, as far as it may
.endr

  ldp x19, x20, [x0, #WORD(OTTAVA_STATE_KNOWN + 0)]
  ldp x21, x22, [x0, #WORD(OTTAVA_STATE_KNOWN + 2)]
  ldp x23, x24, [x0, #WORD(OTTAVA_STATE_KNOWN + 4)]
  ldp x25, x26, [x0, #WORD(OTTAVA_STATE_KNOWN + 6)]
  ldp x27, x28, [x0, #WORD(OTTAVA_STATE_KNOWN + 8)]
  ldr x29, [x0, #WORD(OTTAVA_STATE_KNOWN + 10)]
#ifndef __ANDROID__
  ldr x18, [x0, #WORD(OTTAVA_STATE_KNOWN + 11)]
#endif
  ldp x4, x5, [x0, #GARBAGE(0)]
  ldp x6, x7, [x0, #GARBAGE(4)]
  ldp x8, x9, [x0, #GARBAGE(8)]
  ldp x10, x11, [x0, #GARBAGE(12)]
  ldp x12, x13, [x0, #GARBAGE(0)]
  ldp x14, x15, [x0, #GARBAGE(4)]
  ldr x17, [x0, #GARBAGE(8)]
  ldr x16, [x0, #WORD(OTTAVA_STATE_FUNCTION)]
  ldp x2, x3, [x0, #WORD(OTTAVA_STATE_ARGUMENTS + 2)]
  ldp x0, x1, [x0, #WORD(OTTAVA_STATE_ARGUMENTS)]
  blr x16

  adrp x9, current_state
  ldr x9, [x9, #:lo12:current_state]
  stp x19, x20, [x9, #WORD(OTTAVA_STATE_FOUND + 0)]
  stp x21, x22, [x9, #WORD(OTTAVA_STATE_FOUND + 2)]
  stp x23, x24, [x9, #WORD(OTTAVA_STATE_FOUND + 4)]
  stp x25, x26, [x9, #WORD(OTTAVA_STATE_FOUND + 6)]
  stp x27, x28, [x9, #WORD(OTTAVA_STATE_FOUND + 8)]
  str x29, [x9, #WORD(OTTAVA_STATE_FOUND + 10)]
#ifdef __ANDROID__
  ldr x18, [x9, #WORD(OTTAVA_STATE_KNOWN + 11)]
#endif
  str x18, [x9, #WORD(OTTAVA_STATE_FOUND + 11)]
  mov x10, sp
  str x10, [x9, #WORD(OTTAVA_STATE_FOUND + 12)]
  ldr x10, [x9, #WORD(OTTAVA_STATE_OWN_STACK)]
  mov sp, x10
  mrs x10, fpcr
  str x10, [x9, #WORD(OTTAVA_STATE_CONTROL_AFTER)]
  ldr x10, [x9, #WORD(OTTAVA_STATE_CONTROL_BEFORE)]
  msr fpcr, x10
  add x10, x9, #VECTORS(OTTAVA_STATE_FOUND_VECTORS_BYTE)
  stp d8, d9, [x10]
  stp d10, d11, [x10, #16]
  stp d12, d13, [x10, #32]
  stp d14, d15, [x10, #48]

  ldr x10, [x9, #GARBAGE(0)]
  mov x11, sp
  add x12, x11, #OTTAVA_CANARY_BYTES
  mov x13, #0
4:
  ldr x14, [x11], #8
  cmp x14, x10
  cinc x13, x13, ne
  cmp x11, x12
  b.ne 4b
  str x13, [x9, #WORD(OTTAVA_STATE_CANARY_DAMAGE)]

  add sp, sp, #OTTAVA_CANARY_BYTES
  ldp x19, x20, [sp, #16]
  ldp x21, x22, [sp, #32]
  ldp x23, x24, [sp, #48]
  ldp x25, x26, [sp, #64]
  ldp x27, x28, [sp, #80]
  ldp d8, d9, [sp, #96]
  ldp d10, d11, [sp, #112]
  ldp d12, d13, [sp, #128]
  ldp d14, d15, [sp, #144]
  ldp x29, x30, [sp], #160
  ret
end_function ottava_checked_call_run
