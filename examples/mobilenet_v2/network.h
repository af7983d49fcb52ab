/* MobileNetV2 1.0 as a list of ottava's layers, with weights from a formula.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef MOBILENET_V2_NETWORK_H_
#define MOBILENET_V2_NETWORK_H_

#include <ottava/ottava.h>

enum { MOST_LAYERS = 80, BUFFERS = 3, IMAGE_CHANNELS = 3, CLASSES = 1000 };

/* An image of one layer's values: a square of pixels, each with its channels side by side.
 * real value = scale * (stored value - zero_point). */
typedef struct Tensor {
  int64_t side;
  int64_t channels;
  float scale;
  int32_t zero_point;
  int buffer; /* where it lies, of Network.buffers */
} Tensor;

typedef struct Layer {
  const char *name;
  Tensor input;
  Tensor second; /* what is added; without channels where nothing is */
  Tensor output;
  double products; /* multiplications of a weight and a value */
  ottava_layer *layer;
  ottava_matmul *matmul; /* the classifier alone; layer is NULL then */
  char kernel[48];
} Layer;

typedef struct Network {
  ottava_context *context; /* the caller's */
  int separate_additions;  /* residual additions as layers of their own, not as epilogues of the projections */
  int count;
  Layer layers[MOST_LAYERS];
  int8_t *buffers[BUFFERS]; /* layers pass their results on in these */
  uint64_t buffer_bytes;
  void *workspace; /* one for all layers */
  uint64_t workspace_bytes;
  uint32_t seed; /* of the next weights */
} Network;

/* Makes the network for square images of `side` pixels, with its context and separate_additions set and all else
 * zero. Returns 0 with the reason in *error; destroy_network takes what it made, even in part. */
int create_network(Network *network, int64_t side, ottava_error *error);
void destroy_network(Network *network);

/* Writes the image that the formula gives into the first layer's input. */
void fill_input(Network *network);

ottava_status run_layer(const Network *network, int index, ottava_error *error);

/* The result, CLASSES values, after all layers have run. */
const int8_t *network_output(const Network *network);

#endif /* MOBILENET_V2_NETWORK_H_ */
