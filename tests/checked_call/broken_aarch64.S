// Functions for AArch64 that break the calling convention on purpose, and honest ones that keep it while
// they do all that it allows. test_checked_call.cpp expects the checked call to tell them apart.
#include "state.h"

begin_table

.macro breaks_register register
broken ottava_broken_\register, \register
  eor \register, \register, #1
  ret
end_function ottava_broken_\register
.endm

.irp register, x19, x20, x21, x22, x23, x24, x25, x26, x27, x28, x29
  breaks_register \register
.endr

#ifndef __ANDROID__
  breaks_register x18
#endif

// A register of which the lower half alone was kept.
broken ottava_broken_x19_upper_half, "x19"
  mov w19, w19
  ret
end_function ottava_broken_x19_upper_half

broken ottava_broken_sp, "sp"
  sub sp, sp, #16
  ret
end_function ottava_broken_sp

.macro breaks_vector number
broken ottava_broken_d\number, d\number
  movi v0.8b, #1
  eor v0.8b, v0.8b, v\number\().8b
  ins v\number\().d[0], v0.d[0]
  ret
end_function ottava_broken_d\number
.endm

.irp number, 8, 9, 10, 11, 12, 13, 14, 15
  breaks_vector \number
.endr

// The first and the last byte of the canary.
broken ottava_broken_canary_first, "stack canary"
  strb wzr, [sp]
  ret
end_function ottava_broken_canary_first

broken ottava_broken_canary_last, "stack canary"
  strb wzr, [sp, #(OTTAVA_CANARY_BYTES - 1)]
  ret
end_function ottava_broken_canary_last

// Two ways at once.
broken ottava_broken_x20_and_canary, "x20, stack canary"
  mov x20, #0
  str x20, [sp]
  ret
end_function ottava_broken_x20_and_canary

.macro breaks_fpcr name, bits
broken ottava_broken_fpcr_\name, "FPCR"
  mrs x9, fpcr
  eor x9, x9, #\bits
  msr fpcr, x9
  ret
end_function ottava_broken_fpcr_\name
.endm

breaks_fpcr rounding, 0x00c00000
breaks_fpcr flush_to_zero, 0x01000000
breaks_fpcr default_nan, 0x02000000

// Overwrites every scratch register (the upper halves of v8 to v15 included) and its own frame, saves
// and restores what it must keep, raises floating-point flags.
honest ottava_honest
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
.irp number, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17
  mov x\number, #-1
.endr
.irp number, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29
  mov x\number, #-1
.endr
.irp number, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
  movi v\number\().16b, #255
.endr
.irp number, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
  movi v\number\().16b, #255
.endr
  fmov s0, #1.0
  fmov s1, #3.0
  fdiv s0, s0, s1  // inexact
  ldp x19, x20, [sp, #16]
  ldp x21, x22, [sp, #32]
  ldp x23, x24, [sp, #48]
  ldp x25, x26, [sp, #64]
  ldp x27, x28, [sp, #80]
  ldp d8, d9, [sp, #96]  // clears the upper halves
  ldp d10, d11, [sp, #112]
  ldp d12, d13, [sp, #128]
  ldp d14, d15, [sp, #144]
  ldp x29, x30, [sp], #160
  ret
end_function ottava_honest

// Writes down what it finds in scratch registers and on the stack below it, for 64-bit words:
// 16 general registers, 48 of v0 to v7 and v16 to v31, 8 upper halves of v8 to v15, 2 of the stack.
function ottava_witness
  stp x1, x2, [x0], #16
  stp x3, x4, [x0], #16
  stp x5, x6, [x0], #16
  stp x7, x8, [x0], #16
  stp x9, x10, [x0], #16
  stp x11, x12, [x0], #16
  stp x13, x14, [x0], #16
  stp x15, x17, [x0], #16
.irp number, 0, 1, 2, 3, 4, 5, 6, 7
  str q\number, [x0], #16
.endr
.irp number, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
  str q\number, [x0], #16
.endr
.irp number, 8, 9, 10, 11, 12, 13, 14, 15
  st1 {v\number\().d}[1], [x0], #8
.endr
  ldur x9, [sp, #-8]
  str x9, [x0], #8
  sub x9, sp, #1024
  ldr x9, [x9]
  str x9, [x0], #8
  ret
end_function ottava_witness

end_table
