// What checked_call.cpp and the assembly beside it tell each other, in machine words, and the few
// macros that the assembly files share. Included by C++ and by assembly.
/* Half of this is assembly: */
/* clang-format off */
#ifndef OTTAVA_TESTS_CHECKED_CALL_STATE_H_
#define OTTAVA_TESTS_CHECKED_CALL_STATE_H_

// Word offsets into CheckedCallState.
#define OTTAVA_STATE_FUNCTION 0
#define OTTAVA_STATE_ARGUMENTS 1 /* four */
#define OTTAVA_STATE_FEATURES 5
#define OTTAVA_STATE_OWN_STACK 6     /* the stack pointer of the checker itself */
#define OTTAVA_STATE_CANARY_DAMAGE 7 /* out: words of the stack canary that changed */
#define OTTAVA_STATE_KNOWN 8         /* sixteen: callee-saved registers and stack pointer at the call */
#define OTTAVA_STATE_FOUND 24        /* sixteen, out: the same on return */
#define OTTAVA_STATE_CONTROL_BEFORE 40
#define OTTAVA_STATE_CONTROL_AFTER 41 /* out: MXCSR, FPCR or FPSCR */
#define OTTAVA_STATE_X87_CONTROL_BEFORE 42
#define OTTAVA_STATE_X87_CONTROL_AFTER 43 /* out */
#define OTTAVA_STATE_X87_TAGS 44          /* out */
#define OTTAVA_STATE_FLAGS 45             /* out */
#define OTTAVA_STATE_XINUSE 46            /* out */
#define OTTAVA_STATE_WORDS 48             /* one word of padding: the vectors below are aligned */

// Bytes behind those words.
#define OTTAVA_STATE_GARBAGE_BYTE 0          /* 64 bytes: for every scratch register and the stack */
#define OTTAVA_STATE_KNOWN_VECTORS_BYTE 64   /* 64 bytes: d8 to d15 at the call */
#define OTTAVA_STATE_FOUND_VECTORS_BYTE 128  /* 256 bytes, out: d8 to d15, or the upper halves of ymm0 to ymm15 */

// Bits of the word at OTTAVA_STATE_FEATURES.
#define OTTAVA_FEATURE_AVX 1
#define OTTAVA_FEATURE_AVX512 2
#define OTTAVA_FEATURE_XGETBV1 4
#define OTTAVA_FEATURE_CLEAN_UPPER_HALVES 8
#define OTTAVA_FEATURE_SVE 16

#define OTTAVA_CANARY_BYTES 128         /* above the frame of the called function */
#define OTTAVA_STACK_GARBAGE_BYTES 2048 /* below it */

#ifdef __ASSEMBLER__

.macro function name
  .text
  .balign 16
  .globl \name
  .hidden \name
  .type \name, %function
\name:
.endm

.macro end_function name
  .size \name, . - \name
.endm

#if __SIZEOF_POINTER__ == 8
#define POINTER .quad
#else
#define POINTER .word
#endif

// The table ottava_broken_functions that the test walks: name, function, expected report, and whether
// the function needs AVX. begin_table, any number of functions, end_table.
.macro begin_table
  .section .data.rel.ro, "aw", %progbits
  .balign 8
  .globl ottava_broken_functions
  .hidden ottava_broken_functions
ottava_broken_functions:
.endm

.macro expected name, report, needs_avx=0
  .section .rodata
77:
  .asciz "\name"
78:
  .asciz "\report"
  .section .data.rel.ro, "aw", %progbits
  POINTER 77b, \name, 78b, \needs_avx
.endm

.macro end_table
  .section .data.rel.ro, "aw", %progbits
  POINTER 0, 0, 0, 0
.endm

// A function that the checked call must report with these words, and one that it must find clean.
.macro broken name, report, needs_avx=0
  expected \name, "\report", \needs_avx
  function \name
.endm

.macro honest name, needs_avx=0
  expected \name, "", \needs_avx
  function \name
.endm

.section .note.GNU-stack, "", %progbits
.text

#endif  // __ASSEMBLER__

#endif  // OTTAVA_TESTS_CHECKED_CALL_STATE_H_
