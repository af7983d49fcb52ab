/* What `firmware_pack` (pack.c) writes on the PC as C source, for images: operators packed for one kernel, networks,
 * the held-out images of digits.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef NETWORK_H_
#define NETWORK_H_

#include <ottava/ottava.h>

#include "conv_network.h"
#include "rows.h"

enum { HELD_OUT = 540 };

typedef struct PackedMatmul {
  const void *file; /* that ottava_matmul_save wrote */
  uint64_t bytes;
} PackedMatmul;

extern const PackedMatmul kPackedDigits0, kPackedDigits1, kPackedDigits2;
extern const int8_t kDigitsInput[HELD_OUT * PIXELS];

extern const Int8ConvNetwork kConvNetwork;
extern const int8_t kConvInput[HELD_OUT * PIXELS];

extern const PackedMatmul kPackedRow0, kPackedRow1;

#endif /* NETWORK_H_ */
