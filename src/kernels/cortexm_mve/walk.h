// How the fused epilogues walk depths and positions: a block of unrolled steps that is entered in the middle, and
// around it what only some operators have: more than one block, a last step of fewer than 16 depths, several positions.
// The ways between these are jumps to addresses in the frame, chosen once for a call, so that a walk pays for no
// question whose answer is always the same:
//
//     ENTRY -> [BEGIN_POSITIONS] -> ENTRY1 -> [BEGIN_LOOP -> ENTRY2] -> block
//     block -> EXIT -> [END_LOOP -> block] -> EXIT1 -> [LAST_STEP] -> EXIT2 -> [NEXT_POSITION -> ENTRY1] -> DONE
// clang-format off
#ifndef OTTAVA_SRC_KERNELS_CORTEXM_MVE_WALK_H_
#define OTTAVA_SRC_KERNELS_CORTEXM_MVE_WALK_H_

#include "kernels/assembly.h"
#include "kernels/cortexm_mve/rows.h"

// Words of the frame, the same in each function. Those before them are its own.
#define FRAME_ENTRY 104
#define FRAME_ENTRY1 108
#define FRAME_ENTRY2 112
#define FRAME_EXIT 116
#define FRAME_EXIT1 120
#define FRAME_EXIT2 136
#define FRAME_LOOPS 140
#define FRAME_SAVED 144
#define FRAME_LAST_DEPTHS 148
#define FRAME_TABLE_STRIDE 152
#define FRAME_TABLE_END 156
#define FRAME_ROWS 160
#define FRAME_ROW 164
#define FRAME_SIZE 168

  .syntax unified
  .arch armv8.1-m.main  // whatever the flags are: projects give theirs to compilers, and often not to the assembler
  .arch_extension mve
  .thumb

// The address of Thumb code.
.macro address register, label
  adr.w \register, \label + 1
.endm

// From the TileArgs at r0 to the frame and the ways of the walk; r0 to r2 stay. A block has 8 steps of \bytes bytes.
.macro begin_walk name, bytes
  push {r3-r11, lr}
  vpush {d8-d15}
  sub sp, sp, #FRAME_SIZE
  ldrd r3, r4, [r0, #TILE_DEPTH]  // and m
  ldr r5, [r0, #TILE_POSITIONS]
  ldr r6, [r0, #TILE_LHS]
  lsl r4, r4, #2
  mla r6, r4, r5, r6
  strd r4, r6, [sp, #FRAME_TABLE_STRIDE]

  cmp r5, #1
  address r6, .L\name\()_done
  address r7, .L\name\()_next_position
  csel r6, r7, r6, hi
  str r6, [sp, #FRAME_EXIT2]
  ands r4, r3, #15
  str r4, [sp, #FRAME_LAST_DEPTHS]
  address r7, .L\name\()_last_step
  csel r6, r7, r6, ne
  str r6, [sp, #FRAME_EXIT1]

  lsr r3, r3, #4  // whole steps
  sub r8, r3, #1
  and r8, r8, #7
  add r8, r8, #1  // those of the first block
  mov r10, #\bytes
  address r12, .L\name\()_block_end
  mls r8, r8, r10, r12
  str r8, [sp, #FRAME_ENTRY2]
  add r10, r3, #7
  lsr r10, r10, #3  // blocks
  str r10, [sp, #FRAME_LOOPS]
  cmp r3, #8
  address r10, .L\name\()_begin_loop
  address r12, .L\name\()_end_loop
  csel r8, r10, r8, hi
  csel r6, r12, r6, hi
  str r6, [sp, #FRAME_EXIT]
  cmp r3, #0
  csel r8, r7, r8, eq
  str r8, [sp, #FRAME_ENTRY1]
  cmp r5, #1
  address r10, .L\name\()_begin_positions
  csel r8, r10, r8, hi
  str r8, [sp, #FRAME_ENTRY]
.endm

.macro end_walk
  add sp, sp, #FRAME_SIZE
  vpop {d8-d15}
  pop {r3-r11, pc}
.endm

// The loop over blocks counts in \register, which has another use around it.
.macro loop_over_blocks name, register
.L\name\()_begin_loop:
  str \register, [sp, #FRAME_SAVED]
  ldr \register, [sp, #FRAME_LOOPS]
  ldr pc, [sp, #FRAME_ENTRY2]
.L\name\()_end_loop:
  subs \register, \register, #1
  bne .L\name\()_block
  ldr \register, [sp, #FRAME_SAVED]
  ldr pc, [sp, #FRAME_EXIT1]
.endm

#endif  // OTTAVA_SRC_KERNELS_CORTEXM_MVE_WALK_H_
