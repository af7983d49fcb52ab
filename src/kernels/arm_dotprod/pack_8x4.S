// The inner loop of pack.cpp for an lhs that is packed as it is: 8 rows whose depths lie side by side, 16 depths of
// each a round, to panels of 4 depths a step.
//
//   x0  from                            x2  rounds, at least 1
//   x1  bytes from one row to the next  x3  to
//   x4 to x10  rows 1 to 7              v0 to v7, v16 to v23  scratch
//
// A register holds 8 depths, two quads, of a row and of the next one; of two such registers UZP1 takes the first quads
// and UZP2 the second ones. Loads are of 64 bits, beside which an in-order core issues another operation: a round takes
// 33 cycles of Cortex-A55 by its dual-issue rules, 16 of which store.
#include "kernels/assembly.h"

// The second 8 depths, beside which the first ones are sorted.
.macro load_second
  uzp1 v16.4s, v0.4s, v1.4s
  ldr d4, [x0], #8
  uzp2 v18.4s, v0.4s, v1.4s
  ldr d5, [x5], #8
  uzp1 v17.4s, v2.4s, v3.4s
  ldr d6, [x7], #8
  uzp2 v19.4s, v2.4s, v3.4s
  ldr d7, [x9], #8
  ld1 {v4.d}[1], [x4], #8
  ld1 {v5.d}[1], [x6], #8
  ld1 {v6.d}[1], [x8], #8
  ld1 {v7.d}[1], [x10], #8
  stp q16, q17, [x3]
  stp q18, q19, [x3, #32]
.endm

FUNCTION(ottava_pack_8x4_along_arm_dotprod)
  add x4, x0, x1
  add x5, x0, x1, lsl #1
  add x6, x4, x1, lsl #1
  add x7, x0, x1, lsl #2
  add x8, x4, x1, lsl #2
  add x9, x5, x1, lsl #2
  add x10, x6, x1, lsl #2
  ldr d0, [x0], #8
  ldr d1, [x5], #8
  ldr d2, [x7], #8
  ldr d3, [x9], #8
  ld1 {v0.d}[1], [x4], #8
  ld1 {v1.d}[1], [x6], #8
  ld1 {v2.d}[1], [x8], #8
  ld1 {v3.d}[1], [x10], #8
  subs x2, x2, #1
  b.eq 2f
1:
  load_second
  uzp1 v20.4s, v4.4s, v5.4s
  ldr d0, [x0], #8
  uzp2 v22.4s, v4.4s, v5.4s
  ldr d1, [x5], #8
  uzp1 v21.4s, v6.4s, v7.4s
  ldr d2, [x7], #8
  uzp2 v23.4s, v6.4s, v7.4s
  ldr d3, [x9], #8
  ld1 {v0.d}[1], [x4], #8
  ld1 {v1.d}[1], [x6], #8
  subs x2, x2, #1
  ld1 {v2.d}[1], [x8], #8
  ld1 {v3.d}[1], [x10], #8
  stp q20, q21, [x3, #64]
  stp q22, q23, [x3, #96]
  add x3, x3, #128
  b.ne 1b
2:
  load_second
  uzp1 v20.4s, v4.4s, v5.4s
  uzp2 v22.4s, v4.4s, v5.4s
  uzp1 v21.4s, v6.4s, v7.4s
  uzp2 v23.4s, v6.4s, v7.4s
  stp q20, q21, [x3, #64]
  stp q22, q23, [x3, #96]
  ret
END_FUNCTION(ottava_pack_8x4_along_arm_dotprod)
