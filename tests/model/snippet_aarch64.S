// What test_model.py counts: a loop of 10 rounds whose instructions are known one by one, between the markers, with
// instructions before and behind them that must not be counted, one of them in the same block as a marker.
//
// SPDX-License-Identifier: Apache-2.0
        .arch   armv8.2-a+dotprod+i8mm
        .text
        .globl  main
        .type   main, %function
main:
        mov     x5, x30
        adr     x1, numbers
        mov     w2, #10
        add     x3, x1, #64
        .inst   0xd5032e1f              // begin
        nop                             // scalar 1
0:      ldr     q0, [x1]                // load
        ldp     d1, d2, [x1, #16]       // load
        ld1     {v3.16b}, [x1]          // load
        prfm    pldl1keep, [x1]         // load
        str     q0, [x3]                // store
        sdot    v4.4s, v0.16b, v3.4b[1] // sdot, 16 MAC
        sdot    v4.4s, v0.16b, v3.16b   // sdot, 16 MAC
        smmla   v5.4s, v0.16b, v3.16b   // smmla, 32 MAC
        smull   v6.8h, v1.8b, v2.8b     // mul8, 8 MAC
        smlal2  v6.8h, v0.16b, v3.16b   // mul8, 8 MAC
        smlal   v7.4s, v1.4h, v2.h[0]   // mul16, 4 MAC
        sadalp  v16.4s, v6.8h           // other SIMD
        scvtf   v17.4s, v16.4s          // other SIMD
        umov    w4, v0.b[0]             // other SIMD
        add     w4, w4, #1              // scalar
        bl      called                  // branch
        subs    w2, w2, #1              // scalar
        b.ne    0b                      // branch
        nop                             // scalar 2
        .inst   0xd5032e3f              // end
        mov     w0, wzr
        ret     x5
        .size   main, . - main

        .type   called, %function
called: eor     w4, w4, w4              // scalar
        ret                             // branch
        .size   called, . - called

        // Never run: loops to be found.
        .type   nested, %function
nested: mov     w3, #2
0:      smull   v6.8h, v1.8b, v2.8b
1:      smlal   v7.4s, v1.4h, v2.4h
        subs    w2, w2, #1
        b.ne    1b
        subs    w3, w3, #1
        b.ne    0b
        ret
        .size   nested, . - nested

        .data
        .balign 64
numbers: .zero  128

        .section .note.GNU-stack, "", %progbits
