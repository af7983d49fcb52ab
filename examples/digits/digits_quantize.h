/* From the float network to int8: the reference in float, the calibration, the quantized layers.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef DIGITS_QUANTIZE_H_
#define DIGITS_QUANTIZE_H_

#include "digits_data.h"

/* The smallest and the largest value of a tensor, and 0. */
typedef struct Range {
  float low;
  float high;
} Range;

/* What the integers of one tensor mean: real value = scale * (stored value - zero_point). */
typedef struct Quantization {
  float scale;
  int32_t zero_point;
} Quantization;

/* A layer in integers. Activations are s8 with one scale and zero point for the tensor; weights are s8
 * with one scale per output and zero points 0; the bias is s32 in units of input.scale * weight scale. */
typedef struct Int8Layer {
  int inputs;
  int outputs;
  Quantization input;
  Quantization output;
  int32_t least_output; /* the stored zero after a relu, so that the clamp is the relu; or -128 */
  int8_t *weights;      /* inputs x outputs */
  float *weight_scales; /* outputs */
  int32_t *bias;        /* outputs */
  /* The hybrid network has the same weights, activations in float and this bias: that of the float network. */
  const float *real_bias; /* outputs */
  float least_real;       /* 0 for a relu, or minus infinity */
} Int8Layer;

typedef struct Int8Network {
  Int8Layer layers[LAYERS];
} Int8Network;

/* The nearest integer, ties away from zero, within the bounds. */
int32_t round_within(double value, int32_t low, int32_t high);

/* Widens the range to hold the values. */
void observe(Range *range, const float *values, int count);

/* Spreads the range over the 256 values of s8. 0 gets an integer of its own, so it is exact. A range of nothing takes
 * the scale 1, since 0 is none. Returns 0 if a bound is too large for sense. */
int choose_quantization(Range range, Quantization *quantization);

/* Quantizes the weights and the bias for `result->input`. Returns 0 if memory runs out or a number is too large for
 * sense; free_layer takes what it made, even in part (zero-initialize before). */
int quantize_layer(const FloatLayer *layer, Int8Layer *result);
void free_layer(Int8Layer *layer);

/* Runs one image through the float network and writes its CLASSES logits. */
void run_float(const FloatNetwork *network, const uint8_t *pixels, float *logits);

/* Finds the range of every tensor on the calibration images and quantizes the network for it. Returns 0
 * if memory runs out or a number is too large for sense. free_int8_network takes what it made, even in part
 * (zero-initialize before). The float network outlives it. */
int quantize_network(const FloatNetwork *network, const Images *images, Int8Network *quantized);
void free_int8_network(Int8Network *quantized);

/* Turns `count` pixels into the s8 input of a network. */
void quantize_pixels(Quantization as, const uint8_t *pixels, int count, int8_t *input);
/* Turns `count` pixels into the input of a float or hybrid network. */
void real_pixels(const uint8_t *pixels, int count, float *input);

/* The network in plain C loops, with the arithmetic of OTTAVA_REQUANTIZE_FIXED_TWO_ROUNDINGS, and the hybrid one with
 * that of OTTAVA_QUANTIZE_TFLITE_ASYMMETRIC: the operators of ottava have to return the same bits. */
typedef struct PlainNetwork PlainNetwork;

PlainNetwork *create_plain(const Int8Network *network); /* NULL if memory runs out */
void run_plain(const PlainNetwork *plain, int images, const int8_t *input, int8_t *logits);
void run_plain_hybrid(const PlainNetwork *plain, int images, const float *input, float *logits);
void free_plain(PlainNetwork *plain);

#endif /* DIGITS_QUANTIZE_H_ */
