// What the assembly of every Arm kernel shares: how a function begins and ends for each object format, and where the
// fields of TileArgs (kernels/kernel.h) and StageArgs (output/stage.h) lie. Included by .S files alone, through the C
// preprocessor; GNU as and the assembler of clang both take it.
// clang-format off
#ifndef OTTAVA_SRC_KERNELS_ASSEMBLY_H_
#define OTTAVA_SRC_KERNELS_ASSEMBLY_H_

#define TILE_LHS (0 * __SIZEOF_POINTER__)
#define TILE_RHS (1 * __SIZEOF_POINTER__)
#define TILE_ACC (2 * __SIZEOF_POINTER__)
#define TILE_DEPTH (3 * __SIZEOF_POINTER__)
#define TILE_M (4 * __SIZEOF_POINTER__)
#define TILE_N (5 * __SIZEOF_POINTER__)
#define TILE_POSITIONS (6 * __SIZEOF_POINTER__)
#define TILE_SIGN_FLIP (7 * __SIZEOF_POINTER__)
#define TILE_BIAS (8 * __SIZEOF_POINTER__)
#define TILE_ACCUMULATE (9 * __SIZEOF_POINTER__)
#define TILE_PANEL_STRIDE (10 * __SIZEOF_POINTER__)

#define STAGE_DST (4 * __SIZEOF_POINTER__)
#define STAGE_DST_ROW_STRIDE (5 * __SIZEOF_POINTER__)
#define STAGE_OFFSET (7 * __SIZEOF_POINTER__)
#define STAGE_SCALE (14 * __SIZEOF_POINTER__)
#define STAGE_BIAS (15 * __SIZEOF_POINTER__)
#define STAGE_ZERO_POINT (17 * __SIZEOF_POINTER__)
#define STAGE_CLAMP_MIN (17 * __SIZEOF_POINTER__ + 4)
#define STAGE_CLAMP_MAX (17 * __SIZEOF_POINTER__ + 8)
#define STAGE_HAS_BIAS (17 * __SIZEOF_POINTER__ + 20)

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

// FUNCTION(name) ... END_FUNCTION(name): a function of C linkage that the linker keeps inside the library.
.macro begin_function name
  .text
  .p2align 6
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
