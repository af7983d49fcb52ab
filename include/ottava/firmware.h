/* clang-format off */
/* ottava: operators that are part of a program, for firmware. Weights are packed on a PC (`ottava pack --c`, or
 * ottava_packed_source below), the operator is a constant in flash, and a link takes the kernel and the output stage that
 * it names and no other: no creation, no packing, no choice between kernels is in the image, and nothing in RAM.
 *
 *     extern const ottava_bound_matmul layer;   // in the source that ottava_packed_source wrote on the PC
 *
 *     ottava_matmul_run(ottava_bound(&layer), M, lhs, 0, dst, 0, NULL, 0, &error);   // the same bits as on the PC
 *
 * ottava_matmul_run is all that such an operator takes; it uses the stack alone (docs/firmware.md says how much of it),
 * on one thread, at most as many at a time as the program likes. A program that wants more loads the packed file instead
 * (packed.h).
 *
 * Include it beside ottava.h. Since 0.1.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef OTTAVA_FIRMWARE_H_
#define OTTAVA_FIRMWARE_H_

#include "ottava.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A kernel with one output stage: ottava_part_<kernel>_<stage>, where a stage is a requantization in small letters
 * (fixed_two_roundings, ...), plain_s32 or scaled_f32. A new form of what follows has other names, so that a source
 * written by one version of the library does not link with another. */
typedef struct ottava_part ottava_part;

/* Written by ottava_packed_source, not by hand: nothing checks these values when they are used. Arrays hold one value for
 * each channel of all panels; one that the stage has no use for may be any of them, and is not NULL. */
typedef struct ottava_bound_matmul {
  const ottava_part *part;
  const void *weights;       /* packed for the kernel of that part */
  const int32_t *offset;     /* what each accumulator begins with */
  const int32_t *multiplier;
  const int32_t *exponent;
  const float *scale;
  const float *bias;
  uint32_t n;
  uint32_t k;
  uint32_t panel_bytes;      /* from a panel of the weights to the next */
  uint32_t max_m;            /* 0: any M */
  int32_t zero_point;
  int32_t clamp_min;
  int32_t clamp_max;
  uint32_t clamp_min_f32;    /* the bits of a float */
  uint32_t clamp_max_f32;
  uint32_t sign_flip;        /* 128 where bytes of the lhs are unsigned */
  uint32_t has_bias;
  uint32_t reserved;         /* 0 */
} ottava_bound_matmul;

/* The operator that it is: for ottava_matmul_run alone. Other functions refuse it with UNSUPPORTED. */
static inline const ottava_matmul *ottava_bound(const ottava_bound_matmul *bound) {
  return (const ottava_matmul *)bound;
}

#ifdef __cplusplus
}
#endif

#endif /* OTTAVA_FIRMWARE_H_ */
