/* What `firmware_pack` (pack.c) writes on the PC as C source, for images: operators packed for one kernel, networks,
 * the held-out images of digits.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef NETWORK_H_
#define NETWORK_H_

#include <ottava/firmware.h>

#include "conv_network.h"
#include "rows.h"

enum { HELD_OUT = 540 };

extern const ottava_bound_matmul digits_layer_0, digits_layer_1, digits_layer_2;
extern const int8_t kDigitsInput[HELD_OUT * PIXELS];

typedef struct PackedLayer {
  const void *packed; /* a packed file */
  uint64_t bytes;
} PackedLayer;
extern const PackedLayer kConvLayers[CONV_LAYERS];
extern const int8_t kConvInput[HELD_OUT * PIXELS];

extern const ottava_bound_matmul row_0, row_1;
extern const unsigned char row_0_packed[]; /* the file that row_0 is in; packed_bytes.h has its size */

#endif /* NETWORK_H_ */
