// Start-up of an AArch64 core at EL1, from reset to main.
//
// The MMU is switched on with every address mapped to itself: with it off all memory is a device's, where accesses must
// be aligned.
//
// SPDX-License-Identifier: Apache-2.0
  .section .vectors, "ax"
  .globl start
  .type start, %function
start:
  ldr x0, =stack_top
  mov sp, x0
  mov x0, #(3 << 20) // CPACR_EL1: FP and SIMD
  msr cpacr_el1, x0
  adr x0, exceptions
  msr vbar_el1, x0

  ldr x0, =map
  msr ttbr0_el1, x0
  mov x0, #0xFF00 // attribute 1: cached
  msr mair_el1, x0
  ldr x0, =(32 | 1 << 8 | 1 << 10 | 3 << 12 | 1 << 23) // TCR_EL1: 32 bits of address, cached tables, no upper half
  msr tcr_el1, x0
  isb
  mrs x0, sctlr_el1
  mov x1, #(1 << 0 | 1 << 2 | 1 << 12) // MMU, data and instruction caches
  orr x0, x0, x1
  msr sctlr_el1, x0
  isb

  ldr x0, =bss_start
  ldr x2, =bss_end
  sub x2, x2, x0
  mov w1, #0
  bl memset
  bl main
  bl board_exit

  .balign 2048
exceptions:
  .rept 16
  .balign 128
  b board_fault
  .endr

  .section .rodata.map, "a"
  .balign 64
map: // a GiB each: devices, of which none is used and none mapped, then memory
  .quad 0
  .quad 0x0000000040000705
  .quad 0x0000000080000705
  .quad 0x00000000C0000705

  .section .note.GNU-stack, "", %progbits
