// From reset to the C library's start on an AArch64 core at EL1. Every address is mapped to itself, the 2 MiB of guarded
// memory by pages of 4 KiB that are invalid at first (aarch64.cpp). The C library is that of Linux, linked statically: its
// system calls come back here as exceptions.
  .section .text.boot, "ax"
  .globl boot
boot:
  ldr x0, =stack_top
  mov sp, x0
  mov x0, #(3 << 20) // CPACR_EL1: FP and SIMD
  msr cpacr_el1, x0
  adrp x0, exceptions
  add x0, x0, :lo12:exceptions
  msr vbar_el1, x0

  ldr x0, =level1
  msr ttbr0_el1, x0
  mov x0, #0xFF00 // attribute 0: a device's, 1: cached
  msr mair_el1, x0
  ldr x0, =(32 | 1 << 8 | 1 << 10 | 3 << 12 | 1 << 23) // TCR_EL1: 32 bits of address, cached tables, no upper half
  msr tcr_el1, x0
  isb
  mrs x0, sctlr_el1
  mov x1, #(1 << 0 | 1 << 2 | 1 << 12) // MMU, data and instruction caches
  orr x0, x0, x1
  msr sctlr_el1, x0
  isb

  bl start_stack // what Linux puts on a new stack
  mov sp, x0
  mov x0, #0
  b _start

  .balign 2048
exceptions:
  .rept 16
  .balign 128
  b exception
  .endr

// Keeps what a system call keeps; the frame is x0 to x30, ELR and SPSR.
exception:
  sub sp, sp, #(34 * 8)
  stp x0, x1, [sp, #(0 * 8)]
  stp x2, x3, [sp, #(2 * 8)]
  stp x4, x5, [sp, #(4 * 8)]
  stp x6, x7, [sp, #(6 * 8)]
  stp x8, x9, [sp, #(8 * 8)]
  stp x10, x11, [sp, #(10 * 8)]
  stp x12, x13, [sp, #(12 * 8)]
  stp x14, x15, [sp, #(14 * 8)]
  stp x16, x17, [sp, #(16 * 8)]
  stp x18, x19, [sp, #(18 * 8)]
  stp x20, x21, [sp, #(20 * 8)]
  stp x22, x23, [sp, #(22 * 8)]
  stp x24, x25, [sp, #(24 * 8)]
  stp x26, x27, [sp, #(26 * 8)]
  stp x28, x29, [sp, #(28 * 8)]
  mrs x1, elr_el1
  mrs x2, spsr_el1
  stp x30, x1, [sp, #(30 * 8)]
  str x2, [sp, #(32 * 8)]
  mov x0, sp
  bl handle_exception
  ldp x30, x1, [sp, #(30 * 8)]
  ldr x2, [sp, #(32 * 8)]
  msr elr_el1, x1
  msr spsr_el1, x2
  ldp x28, x29, [sp, #(28 * 8)]
  ldp x26, x27, [sp, #(26 * 8)]
  ldp x24, x25, [sp, #(24 * 8)]
  ldp x22, x23, [sp, #(22 * 8)]
  ldp x20, x21, [sp, #(20 * 8)]
  ldp x18, x19, [sp, #(18 * 8)]
  ldp x16, x17, [sp, #(16 * 8)]
  ldp x14, x15, [sp, #(14 * 8)]
  ldp x12, x13, [sp, #(12 * 8)]
  ldp x10, x11, [sp, #(10 * 8)]
  ldp x8, x9, [sp, #(8 * 8)]
  ldp x6, x7, [sp, #(6 * 8)]
  ldp x4, x5, [sp, #(4 * 8)]
  ldp x2, x3, [sp, #(2 * 8)]
  ldp x0, x1, [sp, #(0 * 8)]
  add sp, sp, #(34 * 8)
  eret

  .data
  .balign 4096
  .globl level3
level3: // guarded memory
  .space 4096
level2: // of the GiB of RAM: blocks of 2 MiB, and guarded memory at 0x48000000
  .set at, 0
  .rept 512
  .if at == 64
  .quad level3 + 3
  .else
  .quad 0x40000000 + at * 0x200000 + 0x705
  .endif
  .set at, at + 1
  .endr
  .balign 4096
level1: // a GiB each: devices, then memory
  .quad 0x0000000000000401 | 3 << 53
  .quad level2 + 3
  .quad 0x0000000080000705
  .quad 0x00000000C0000705

  .bss
  .balign 16
  .space 1 << 20
  .globl stack_top
stack_top:

  .section .note.GNU-stack, "", %progbits
