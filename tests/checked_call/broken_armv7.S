// Functions for ARMv7 that break the calling convention on purpose, and honest ones that keep it while
// they do all that it allows. test_checked_call.cpp expects the checked call to tell them apart.
#include "state.h"

  .syntax unified
  .arch armv7-a
  .fpu neon
  .arm

begin_table

.macro breaks_register register
broken ottava_broken_\register, \register
  eor \register, \register, #1
  bx lr
end_function ottava_broken_\register
.endm

.irp register, r4, r5, r6, r7, r8, r9, r10, r11
  breaks_register \register
.endr

broken ottava_broken_sp, "sp"
  sub sp, sp, #8
  bx lr
end_function ottava_broken_sp

// s16 to s31, two in each of d8 to d15.
.macro breaks_vector number, double
broken ottava_broken_s\number, \double
  vmov r0, s\number
  eor r0, r0, #1
  vmov s\number, r0
  bx lr
end_function ottava_broken_s\number
.endm

  breaks_vector 16, d8
  breaks_vector 17, d8
  breaks_vector 18, d9
  breaks_vector 19, d9
  breaks_vector 20, d10
  breaks_vector 21, d10
  breaks_vector 22, d11
  breaks_vector 23, d11
  breaks_vector 24, d12
  breaks_vector 25, d12
  breaks_vector 26, d13
  breaks_vector 27, d13
  breaks_vector 28, d14
  breaks_vector 29, d14
  breaks_vector 30, d15
  breaks_vector 31, d15

// The first and the last byte of the canary.
broken ottava_broken_canary_first, "stack canary"
  mov r0, #0
  strb r0, [sp]
  bx lr
end_function ottava_broken_canary_first

broken ottava_broken_canary_last, "stack canary"
  mov r0, #0
  strb r0, [sp, #(OTTAVA_CANARY_BYTES - 1)]
  bx lr
end_function ottava_broken_canary_last

// Two ways at once.
broken ottava_broken_r5_and_canary, "r5, stack canary"
  mov r5, #0
  str r5, [sp]
  bx lr
end_function ottava_broken_r5_and_canary

.macro breaks_fpscr name, bits
broken ottava_broken_fpscr_\name, "FPSCR"
  vmrs r0, fpscr
  eor r0, r0, #\bits
  vmsr fpscr, r0
  bx lr
end_function ottava_broken_fpscr_\name
.endm

breaks_fpscr rounding, 0x00c00000
breaks_fpscr flush_to_zero, 0x01000000
breaks_fpscr default_nan, 0x02000000

// Overwrites every scratch register and its own frame, saves and restores what it must keep, raises
// floating-point and saturation flags.
honest ottava_honest
  push {r4-r11, r12, lr}
  vpush {d8-d15}
.irp number, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12
  mvn r\number, #0
.endr
  mvn lr, #0
.irp number, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
  vmov.i8 q\number, #255
.endr
  vqadd.u8 q0, q0, q1  // saturates
  vmov.f32 s0, #1.0
  vmov.f32 s1, #3.0
  vdiv.f32 s0, s0, s1  // inexact
  vcmp.f32 s0, s1      // condition flags
  vpop {d8-d15}
  pop {r4-r11, r12, pc}
end_function ottava_honest

// Writes down what it finds in scratch registers and on the stack below it, for 32-bit words:
// 4 general registers, 48 of d0 to d7 and d16 to d31, 2 of the stack.
function ottava_witness
  stm r0!, {r1, r2, r3, r12}
  vstm r0!, {d0-d7}
  vstm r0!, {d16-d31}
  ldr r1, [sp, #-4]
  ldr r2, [sp, #-1024]
  stm r0!, {r1, r2}
  bx lr
end_function ottava_witness

end_table
