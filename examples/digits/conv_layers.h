/* The convolutional network as layers of one tier.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CONV_LAYERS_H_
#define CONV_LAYERS_H_

#include <ottava/ottava.h>

#include "conv_network.h"

#ifndef CONV_BATCH
#define CONV_BATCH 8 /* images of one run */
#endif

typedef struct Layers {
  ottava_context *context;
  ottava_layer *layers[CONV_LAYERS]; /* NULL for the last one, which is a matmul */
  ottava_matmul *classifier;
  char kernels[CONV_LAYERS][48]; /* for the report */
  uint32_t tier;                 /* the best of any kernel */
} Layers;

/* All layers, on the tier asked for. `host` supplies the memory of layers and runs; NULL: the C heap. Returns 0 with
 * the reason in *error. */
int create_layers(const Int8ConvNetwork *network, uint32_t tier, const ottava_context_host *host, Layers *layers,
                  ottava_error *error);

/* Frees what create_layers made, even in part. */
void destroy_layers(Layers *layers);

/* Logits of all images, batch by batch. */
int run_layers(const Layers *layers, int images, const int8_t *input, int8_t *logits, ottava_error *error);

#endif /* CONV_LAYERS_H_ */
