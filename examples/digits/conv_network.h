/* The convolutional network of the digits: its layers, in float and in integers, and in plain C loops.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CONV_NETWORK_H_
#define CONV_NETWORK_H_

#include "digits_data.h"
#include "digits_quantize.h"

enum { CONV_LAYERS = 11, CONV_TENSORS = CONV_LAYERS + 1, LARGEST_TENSOR = 8 * 8 * 48, MOST_CHANNELS = 48 };

typedef enum ConvKind { CONV2D, DEPTHWISE, ADDITION, GLOBAL_AVERAGE, FULLY_CONNECTED } ConvKind;

/* Tensor 0 is the image, tensor i + 1 what layer i makes of tensor i. Tensors are squares of pixels, whose channels lie
 * side by side. Kernels are padded as TensorFlow's SAME. */
typedef struct ConvShape {
  ConvKind kind;
  int kernel; /* its side; 0 where there are no weights */
  int stride;
  int side; /* of the input */
  int inputs;
  int output_side;
  int outputs;
  int relu;
  int second; /* the tensor that an addition adds */
  const char *name;
} ConvShape;

extern const ConvShape kConvShapes[CONV_LAYERS];

/* Weights lie tap by tap, in each the channels of the input, in each those of the output: FloatLayer.inputs counts taps
 * times input channels. A depthwise layer has one input channel per tap. Layers without weights are all zero. */
typedef struct FloatConvNetwork {
  FloatLayer layers[CONV_LAYERS];
} FloatConvNetwork;

typedef struct Int8ConvNetwork {
  Int8Layer layers[CONV_LAYERS];
} Int8ConvNetwork;

/* What one output line or column of a window reads: taps `first` to before `end`, the first of them at `from`. */
typedef struct Taps {
  int first;
  int end;
  int from;
} Taps;

Taps taps_within(const ConvShape *shape, int output);

/* As load_network, run_float and quantize_network for the other network. */
int load_conv_network(const char *folder, FloatConvNetwork *network);
void run_float_conv(const FloatConvNetwork *network, const uint8_t *pixels, float *logits);
int quantize_conv_network(const FloatConvNetwork *network, const Images *images, Int8ConvNetwork *quantized);
void free_int8_conv_network(Int8ConvNetwork *quantized);

/* The network in plain C loops, in the arithmetic of TFLite: the layers of ottava have to return the same bits. */
typedef struct PlainConvNetwork PlainConvNetwork;

PlainConvNetwork *create_plain_conv(const Int8ConvNetwork *network); /* NULL if memory runs out */
void run_plain_conv(const PlainConvNetwork *plain, int images, const int8_t *input, int8_t *logits);
void free_plain_conv(PlainConvNetwork *plain);

#endif /* CONV_NETWORK_H_ */
