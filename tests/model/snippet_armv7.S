// As snippet_aarch64.S, for 32-bit Arm: a loop in Thumb code, as compilers write it, that calls a function in Arm code.
//
// SPDX-License-Identifier: Apache-2.0
        .syntax unified
        .arch   armv7-a
        .fpu    neon
        .text
        .thumb
        .globl  main
        .type   main, %function
        .thumb_func
main:
        push    {r4, lr}
        ldr     r1, =numbers
        mov     r2, #10
        .inst.w 0xf3af8070              // begin
        nop                             // scalar 1
0:      vld1.8  {q0}, [r1]              // load
        ldr     r3, [r1]                // load
        str     r3, [r1]                // store
        vmull.s8  q8, d0, d1            // mul8, 8 MAC
        vmlal.s8  q8, d0, d1            // mul8, 8 MAC
        vmlal.s16 q9, d0, d1[0]         // mul16, 4 MAC
        vpadal.s16 q10, q8              // other SIMD
        blx     called                  // branch
        subs    r2, r2, #1              // scalar
        bne     0b                      // branch
        nop                             // scalar 2
        .inst.w 0xf3af8071              // end
        mov     r0, #0
        pop     {r4, pc}
        .size   main, . - main
        .ltorg

        .arm
        .balign 4
        .type   called, %function
called: eor     r3, r3, r3              // scalar
        bx      lr                      // branch
        .size   called, . - called

        // Never run: loops to be found.
        .type   nested, %function
nested: mov     r3, #2
0:      vmull.s8  q8, d0, d1
1:      vmlal.s16 q9, d0, d1
        subs    r2, r2, #1
        bne     1b
        subs    r3, r3, #1
        bne     0b
        bx      lr
        .size   nested, . - nested

        .data
        .balign 64
numbers: .zero  128

        .section .note.GNU-stack, "", %progbits
