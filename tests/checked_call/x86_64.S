// The checked call on x86-64, System V: ottava_checked_call_run(CheckedCallState*), and the two trials
// of XGETBV with ECX = 1. checked_call.cpp prepares the state and reads the verdict from it.
//
// The state is found again through a variable: after the call no register and not even the stack
// pointer can be trusted.
//
// Stack during the call, from high to low:
//   saved registers of the checker | padding | canary | return address | frame of the function
#include "state.h"

#define WORD(index) ((index) * 8)
#define VECTORS(byte) (OTTAVA_STATE_WORDS * 8 + (byte))
#define GARBAGE(lane) VECTORS(OTTAVA_STATE_GARBAGE_BYTE + (lane) * 4)

  .local current_state
  .comm current_state, 8, 8

// rdi: the state. Fills xmm, ymm, zmm and mask registers as far as the CPU has them. Clobbers eax.
fill_vectors:
  movl WORD(OTTAVA_STATE_FEATURES)(%rdi), %eax
  testl $OTTAVA_FEATURE_AVX512, %eax
  jnz 2f
  testl $OTTAVA_FEATURE_AVX, %eax
  jnz 1f
.irp r, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
  movups GARBAGE(4)(%rdi), %xmm\r
.endr
  ret
1:
.irp r, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
  vmovups GARBAGE(0)(%rdi), %ymm\r
.endr
  jmp 3f
2:
.irp r, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
  vmovups GARBAGE(0)(%rdi), %zmm\r
.endr
.irp r, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
  vmovups GARBAGE(0)(%rdi), %zmm\r
.endr
.irp r, 0, 1, 2, 3, 4, 5, 6, 7
  kmovw GARBAGE(1)(%rdi), %k\r
.endr
3:
  testl $OTTAVA_FEATURE_CLEAN_UPPER_HALVES, %eax
  jz 4f
  vzeroupper  // not the upper halves of zmm16 to zmm31: they keep their garbage
4:
  ret

function ottava_checked_call_run
  pushq %rbx
  pushq %rbp
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  subq $(OTTAVA_CANARY_BYTES + 8), %rsp  // aligned to 16 from here on
  movq %rdi, current_state(%rip)
  movq %rsp, WORD(OTTAVA_STATE_OWN_STACK)(%rdi)
  movq %rsp, WORD(OTTAVA_STATE_KNOWN + 6)(%rdi)
  stmxcsr WORD(OTTAVA_STATE_CONTROL_BEFORE)(%rdi)
  fnstcw WORD(OTTAVA_STATE_X87_CONTROL_BEFORE)(%rdi)
  call fill_vectors

  movq GARBAGE(0)(%rdi), %rax
  leaq -OTTAVA_STACK_GARBAGE_BYTES(%rsp), %rdx
  leaq OTTAVA_CANARY_BYTES(%rsp), %rcx
1:  // the canary and the stack below it, in one go
  movq %rax, (%rdx)
  addq $8, %rdx
  cmpq %rcx, %rdx
  jne 1b

  movq WORD(OTTAVA_STATE_KNOWN + 0)(%rdi), %rbx
  movq WORD(OTTAVA_STATE_KNOWN + 1)(%rdi), %rbp
  movq WORD(OTTAVA_STATE_KNOWN + 2)(%rdi), %r12
  movq WORD(OTTAVA_STATE_KNOWN + 3)(%rdi), %r13
  movq WORD(OTTAVA_STATE_KNOWN + 4)(%rdi), %r14
  movq WORD(OTTAVA_STATE_KNOWN + 5)(%rdi), %r15
  movq GARBAGE(2)(%rdi), %rax
  movq GARBAGE(4)(%rdi), %r8
  movq GARBAGE(6)(%rdi), %r9
  movq GARBAGE(8)(%rdi), %r10
  movq WORD(OTTAVA_STATE_FUNCTION)(%rdi), %r11
  movq WORD(OTTAVA_STATE_ARGUMENTS + 3)(%rdi), %rcx
  movq WORD(OTTAVA_STATE_ARGUMENTS + 2)(%rdi), %rdx
  movq WORD(OTTAVA_STATE_ARGUMENTS + 1)(%rdi), %rsi
  movq WORD(OTTAVA_STATE_ARGUMENTS + 0)(%rdi), %rdi
  call *%r11

  movq current_state(%rip), %rdi
  movq %rbx, WORD(OTTAVA_STATE_FOUND + 0)(%rdi)
  movq %rbp, WORD(OTTAVA_STATE_FOUND + 1)(%rdi)
  movq %r12, WORD(OTTAVA_STATE_FOUND + 2)(%rdi)
  movq %r13, WORD(OTTAVA_STATE_FOUND + 3)(%rdi)
  movq %r14, WORD(OTTAVA_STATE_FOUND + 4)(%rdi)
  movq %r15, WORD(OTTAVA_STATE_FOUND + 5)(%rdi)
  movq %rsp, WORD(OTTAVA_STATE_FOUND + 6)(%rdi)
  movq WORD(OTTAVA_STATE_OWN_STACK)(%rdi), %rsp

  pushfq  // nothing above changes flags
  popq WORD(OTTAVA_STATE_FLAGS)(%rdi)
  cld
  stmxcsr WORD(OTTAVA_STATE_CONTROL_AFTER)(%rdi)
  ldmxcsr WORD(OTTAVA_STATE_CONTROL_BEFORE)(%rdi)
  fnstenv -32(%rsp)  // control word at 0, tag word at 8
  movzwl -32(%rsp), %eax
  movq %rax, WORD(OTTAVA_STATE_X87_CONTROL_AFTER)(%rdi)
  movzwl -24(%rsp), %eax
  movq %rax, WORD(OTTAVA_STATE_X87_TAGS)(%rdi)
  fninit
  fldcw WORD(OTTAVA_STATE_X87_CONTROL_BEFORE)(%rdi)

  movl WORD(OTTAVA_STATE_FEATURES)(%rdi), %esi
  testl $OTTAVA_FEATURE_AVX, %esi
  jz 3f
  testl $OTTAVA_FEATURE_XGETBV1, %esi
  jz 2f
  movl $1, %ecx
  xgetbv
  movq %rax, WORD(OTTAVA_STATE_XINUSE)(%rdi)
2:
.irp r, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
  vextractf128 $1, %ymm\r, (VECTORS(OTTAVA_STATE_FOUND_VECTORS_BYTE) + \r * 16)(%rdi)
.endr
  vzeroupper
3:

  movq GARBAGE(0)(%rdi), %rdx
  xorl %eax, %eax
  xorl %ecx, %ecx
4:
  cmpq %rdx, (%rsp, %rcx)
  je 5f
  incq %rax
5:
  addq $8, %rcx
  cmpq $OTTAVA_CANARY_BYTES, %rcx
  jne 4b
  movq %rax, WORD(OTTAVA_STATE_CANARY_DAMAGE)(%rdi)

  addq $(OTTAVA_CANARY_BYTES + 8), %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbp
  popq %rbx
  ret
end_function ottava_checked_call_run

// uintptr_t f(const CheckedCallState*): the state components in use (bit 2: upper halves of ymm, bit 6:
// upper halves of zmm0 to zmm15) with the registers filled as for a call. Whether vzeroupper follows
// the filling is up to the features of the state.
function ottava_checked_call_upper_halves_in_use
  call fill_vectors
  movl $1, %ecx
  xgetbv
  vzeroupper
  ret
end_function ottava_checked_call_upper_halves_in_use
