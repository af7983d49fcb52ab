// What the assembly of every Arm kernel shares: how a function begins and ends for each object format, the registers
// that it saves, and the first steps of a fused epilogue. Included by .S files alone, through the C preprocessor; GNU
// as and the assembler of clang both take it.
// clang-format off
#ifndef OTTAVA_SRC_KERNELS_ASSEMBLY_H_
#define OTTAVA_SRC_KERNELS_ASSEMBLY_H_

#include "kernels/tile_offsets.h"
#include "output/stage_offsets.h"

#if defined(__aarch64__)
#if __SIZEOF_POINTER__ != 8
#error "the assembly of AArch64 is written for pointers of 64 bits"
#endif
// Landing pads of branch target identification: for calls, and for jumps through a register. No-operations elsewhere.
#define LANDING_PAD_CALL hint #34
#define LANDING_PAD_JUMP hint #36
#else
#define LANDING_PAD_CALL
#define LANDING_PAD_JUMP
#endif

// C names begin with an underscore in Mach-O. LOCAL labels leave no symbol.
#if defined(__APPLE__)
#define SYMBOL(name) _##name
#define LOCAL(name) L_##name
#else
#define SYMBOL(name) name
#define LOCAL(name) .L_##name
#endif

// FUNCTION(name) ... END_FUNCTION(name): a function of C linkage that the linker keeps inside the library. It begins
// so many instructions of 4 bytes, \ahead, behind a multiple of 64 bytes: loops in it are aligned by that at no cost.
.macro begin_function name, ahead=0
  .text
  .p2align 6
  .if \ahead
  .fill \ahead, 4, 0xd503201f  // nop of AArch64
  .endif
  .globl \name
#if defined(__APPLE__)
  .private_extern \name
#elif defined(__ELF__)
  .hidden \name
  .type \name, %function
#endif
\name:
  LANDING_PAD_CALL
.endm

.macro end_function name
#if defined(__ELF__)
  .size \name, . - \name
#endif
.endm
#define FUNCTION(name) begin_function SYMBOL(name)
#define END_FUNCTION(name) end_function SYMBOL(name)

// The same for Cortex-M, in a section of its own, so that a small image links what it calls alone.
.macro begin_thumb_function name
  .section .text.\name, "ax", %progbits
  .p2align 2
  .globl \name
  .hidden \name
  .thumb_func
  .type \name, %function
\name:
.endm
#define THUMB_FUNCTION(name) begin_thumb_function name

// A line of a schedule that only some of its uses have.
.macro when condition, instruction:vararg
  .if \condition
  \instruction
  .endif
.endm

#if defined(__aarch64__)
// Code beside that which runs mostly. It is filled up to so many instructions modulo 4, with which loops behind it are
// aligned without NOPs on the way to them.
.macro begin_aside
98:
.endm
.macro end_aside instructions=0
  .fill ((16 - (. - 98b - 4 * (\instructions)) % 16) % 16) / 4, 4, 0xd503201f  // nop
.endm

// FUNCTION_OR_FUSED(name, enter) ... END_FUNCTION(name_fused): a kernel and its fused epilogue, which share the body.
// There x1 is the StageArgs or, in the kernel, 0. \enter, a macro, is called with whether it is the fused one.
.macro begin_function_or_fused name, fused, enter
  begin_function \name
  mov x1, #0
  \enter 0
  b LOCAL(fused_body)
  end_function \name
  begin_function \fused, 1
  \enter 1
LOCAL(fused_body):
.endm
.macro enter_alike fused
.endm
#define FUNCTION_OR_FUSED(name, enter) begin_function_or_fused SYMBOL(name), SYMBOL(name##_fused), enter

// The vector registers of which the low halves belong to the caller: to and from 64 bytes at sp + \at, or on the stack.
.macro store_d8_to_d15 at
  stp d8, d9, [sp, #\at]
  store_d10_to_d15 \at
.endm
.macro load_d8_to_d15 at
  ldp d8, d9, [sp, #\at]
  load_d10_to_d15 \at
.endm
.macro push_d8_to_d15
  stp d8, d9, [sp, #-64]!
  store_d10_to_d15 0
.endm
.macro pop_d8_to_d15
  load_d10_to_d15 0
  ldp d8, d9, [sp], #64
.endm
.macro store_d10_to_d15 at
  stp d10, d11, [sp, #\at + 16]
  stp d12, d13, [sp, #\at + 32]
  stp d14, d15, [sp, #\at + 48]
.endm
.macro load_d10_to_d15 at
  ldp d10, d11, [sp, #\at + 16]
  ldp d12, d13, [sp, #\at + 32]
  ldp d14, d15, [sp, #\at + 48]
.endm

// Fused epilogues compute elements of dst as signed bytes. Where elements are unsigned, which the upper bound tells,
// zero point and bounds are 128 less, and a flip of the sign bit turns the bytes into unsigned ones at the end: w\flip
// is 128 there, else 0. The zero point may come from another register than the one it goes to.
.macro sign_flip_of_dst flip, high
  mov w\flip, #128
  cmp w\high, #127
  csel w\flip, w\flip, wzr, gt
.endm
.macro make_signed flip, from, zero_point, low, high
  sub w\zero_point, w\from, w\flip
  sub w\low, w\low, w\flip
  sub w\high, w\high, w\flip
.endm

// 1 less if negative: where a rounding shift right follows, half away from zero instead of half up.
.macro add_sign to, from
  ssra \to, \from, #31
.endm
#endif

#if defined(__ELF__)
.section .note.GNU-stack, "", %progbits  // the stack need not be executable
#if defined(__aarch64__)
// Every entry has its landing pad (and no return address is ever stored, so it needs no signature).
.section .note.gnu.property, "a", %note
  .p2align 3
  .long 4, 16, 5  // lengths of name and descriptor; NT_GNU_PROPERTY_TYPE_0
  .asciz "GNU"
  .long 0xc0000000, 4, 3, 0  // GNU_PROPERTY_AARCH64_FEATURE_1_AND: BTI and PAC
#endif
#endif
.text

#endif  // OTTAVA_SRC_KERNELS_ASSEMBLY_H_
