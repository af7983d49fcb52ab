// Functions for x86-64 that break the calling convention on purpose, and honest ones that keep it while
// they do all that it allows. test_checked_call.cpp expects the checked call to tell them apart.
#include "state.h"

begin_table

.macro breaks_register register
broken ottava_broken_\register, \register
  xorq $1, %\register
  ret
end_function ottava_broken_\register
.endm

.irp register, rbx, rbp, r12, r13, r14, r15
  breaks_register \register
.endr

// A register of which the lower half alone was kept.
broken ottava_broken_rbx_upper_half, "rbx"
  movl %ebx, %ebx
  ret
end_function ottava_broken_rbx_upper_half

broken ottava_broken_rsp, "rsp"
  popq %rcx
  subq $16, %rsp
  jmpq *%rcx
end_function ottava_broken_rsp

// The first and the last byte of the canary, behind the return address.
broken ottava_broken_canary_first, "stack canary"
  xorb $1, 8(%rsp)
  ret
end_function ottava_broken_canary_first

broken ottava_broken_canary_last, "stack canary"
  xorb $0x80, (8 + OTTAVA_CANARY_BYTES - 1)(%rsp)
  ret
end_function ottava_broken_canary_last

// Two ways at once.
broken ottava_broken_r12_and_canary, "r12, stack canary"
  xorl %r12d, %r12d
  movq %r12, 8(%rsp)
  ret
end_function ottava_broken_r12_and_canary

broken ottava_broken_direction_flag, "direction flag"
  std
  ret
end_function ottava_broken_direction_flag

broken ottava_broken_emms, "emms"
  pxor %mm7, %mm7
  ret
end_function ottava_broken_emms

broken ottava_broken_x87_stack, "emms"
  fld1
  ret
end_function ottava_broken_x87_stack

broken ottava_broken_x87_control, "x87 control word"
  fnstcw -8(%rsp)
  xorw $0x0c00, -8(%rsp)  // rounding
  fldcw -8(%rsp)
  ret
end_function ottava_broken_x87_control

.macro breaks_mxcsr name, bits
broken ottava_broken_mxcsr_\name, "MXCSR"
  stmxcsr -8(%rsp)
  xorl $\bits, -8(%rsp)
  ldmxcsr -8(%rsp)
  ret
end_function ottava_broken_mxcsr_\name
.endm

breaks_mxcsr rounding, 0x6000
breaks_mxcsr flush_to_zero, 0x8000
breaks_mxcsr denormals_are_zero, 0x0040

// Needs AVX, as does everything below.
.macro leaves_dirty register
broken ottava_broken_vzeroupper_\register, "vzeroupper", 1
  vcmptrueps %ymm\register, %ymm\register, %ymm\register
  ret
end_function ottava_broken_vzeroupper_\register
.endm

.irp register, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
  leaves_dirty \register
.endr

// A wide register in use, though it holds nothing but zeros: what a kernel leaves that skips its loop,
// stores zeros and returns early.
function ottava_broken_vzeroupper_zeros
  vxorps %xmm0, %xmm0, %xmm0
  vmovups %xmm0, -32(%rsp)
  vmovups %xmm0, -16(%rsp)
  vmovups -32(%rsp), %ymm7
  ret
end_function ottava_broken_vzeroupper_zeros

// 128-bit AVX instructions, no vzeroupper: nothing to clean.
honest ottava_honest_narrow_avx, 1
  vxorps %xmm0, %xmm0, %xmm0
  vcmpeqps %xmm0, %xmm0, %xmm1
  vmovaps %xmm1, %xmm15
  ret
end_function ottava_honest_narrow_avx

honest ottava_honest_wide_avx, 1
.irp register, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
  vcmptrueps %ymm\register, %ymm\register, %ymm\register
.endr
  vzeroupper
  ret
end_function ottava_honest_wide_avx

// Without AVX: overwrites every scratch register, the red zone and its own frame, saves and restores
// what it must keep, uses MMX and x87 and cleans up, changes floating-point exception flags.
honest ottava_honest
  pushq %rbx
  pushq %rbp
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
.irp register, rax, rbx, rcx, rdx, rsi, rdi, rbp, r8, r9, r10, r11, r12, r13, r14, r15
  movq $-1, %\register
.endr
.irp register, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
  pcmpeqd %xmm\register, %xmm\register
.endr
  movq %rax, -128(%rsp)
  movq %rax, -8(%rsp)
  pcmpeqd %mm7, %mm7
  emms
  fld1
  fstp %st(0)
  stmxcsr -8(%rsp)
  xorl $0x3f, -8(%rsp)  // exception flags, as any arithmetic may set them
  ldmxcsr -8(%rsp)
  std
  cld
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbp
  popq %rbx
  ret
end_function ottava_honest

// Writes down what it finds in scratch registers and on the stack below it, for 64-bit words:
// 7 general registers, 32 of xmm0 to xmm15, 3 of the stack.
function ottava_witness
  movq %rax, (%rdi)
  movq %rcx, 8(%rdi)
  movq %rdx, 16(%rdi)
  movq %rsi, 24(%rdi)
  movq %r8, 32(%rdi)
  movq %r9, 40(%rdi)
  movq %r10, 48(%rdi)
.irp register, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
  movups %xmm\register, (56 + 16 * \register)(%rdi)
.endr
  movq -8(%rsp), %rax
  movq %rax, (56 + 256)(%rdi)
  movq -128(%rsp), %rax
  movq %rax, (56 + 256 + 8)(%rdi)
  movq -1024(%rsp), %rax
  movq %rax, (56 + 256 + 16)(%rdi)
  ret
end_function ottava_witness

// The same for the upper halves of ymm0 to ymm15. Needs AVX.
function ottava_witness_upper_halves
.irp register, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
  vextractf128 $1, %ymm\register, (16 * \register)(%rdi)
.endr
  ret
end_function ottava_witness_upper_halves

end_table
