/* The int8 and the hybrid network in plain C loops, written from the formulas in ottava.h: what a program without
 * ottava would do, in speed and in bits.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>

#include "digits_fixed_point.h"
#include "digits_quantize.h"

#if defined(__clang__)
#pragma STDC FP_CONTRACT OFF
#endif

struct PlainNetwork {
  const Int8Network *network;
  Factor factors[LAYERS][WIDEST_LAYER];
};

PlainNetwork *create_plain(const Int8Network *network) {
  PlainNetwork *plain = malloc(sizeof *plain);
  if (!plain) return NULL;
  plain->network = network;
  for (int i = 0; i < LAYERS; ++i) {
    const Int8Layer *layer = &network->layers[i];
    for (int n = 0; n < layer->outputs; ++n) {
      plain->factors[i][n] = factor_of((double)layer->input.scale * layer->weight_scales[n] / layer->output.scale);
    }
  }
  return plain;
}

void free_plain(PlainNetwork *plain) { free(plain); }

static void run_layer(const Int8Layer *layer, const Factor *factors, const int8_t *input, int8_t *output) {
  int32_t sums[WIDEST_LAYER];
  for (int n = 0; n < layer->outputs; ++n) sums[n] = layer->bias[n];
  for (int k = 0; k < layer->inputs; ++k) {
    /* In 16 bits, which compilers multiply twice as fast as 32. */
    const int16_t value = (int16_t)(input[k] - layer->input.zero_point);
    const int8_t *weights = layer->weights + k * layer->outputs;
    for (int n = 0; n < layer->outputs; ++n) sums[n] += value * weights[n];
  }
  for (int n = 0; n < layer->outputs; ++n) {
    const int32_t stored = requantize(sums[n], factors[n]) + layer->output.zero_point;
    output[n] = (int8_t)(stored < layer->least_output ? layer->least_output : stored > 127 ? 127 : stored);
  }
}

void run_plain(const PlainNetwork *plain, int images, const int8_t *input, int8_t *logits) {
  const Int8Layer *layers = plain->network->layers;
  int8_t hidden[LAYERS - 1][WIDEST_LAYER];
  for (int image = 0; image < images; ++image) {
    for (int i = 0; i < LAYERS; ++i) {
      run_layer(&layers[i], plain->factors[i], i == 0 ? input + image * PIXELS : hidden[i - 1],
                i + 1 == LAYERS ? logits + image * CLASSES : hidden[i]);
    }
  }
}

/* OTTAVA_QUANTIZE_TFLITE_ASYMMETRIC for one row of sane numbers: whole numbers less their zero point. Returns the
 * scale. */
static float quantize_row(const float *input, int count, int16_t *values) {
  float low = 0.0f;
  float high = 0.0f;
  for (int k = 0; k < count; ++k) {
    if (input[k] < low) low = input[k];
    if (input[k] > high) high = input[k];
  }
  const double step = high - low < 0x1p-110f ? 1.0 : ((double)high - low) / 255.0;
  const double steps_below = -(low / step);
  const double steps_above = high / step;
  const double zero = 128.0 + steps_below < 127.0 + steps_above ? -128.0 + steps_below : 127.0 - steps_above;
  const int32_t zero_point = high - low < 0x1p-110f ? 0 : round_within(zero, -128, 127);
  const float scale = (float)step;
  const float inverse = 1.0f / scale;
  for (int k = 0; k < count; ++k) {
    const float steps = input[k] * inverse;
    values[k] = (int16_t)(round_within((float)zero_point + steps, -128, 127) - zero_point);
  }
  return scale;
}

static void run_hybrid_layer(const Int8Layer *layer, const float *input, float *output) {
  int16_t values[WIDEST_LAYER];
  int32_t sums[WIDEST_LAYER] = {0};
  const float input_scale = quantize_row(input, layer->inputs, values);
  for (int k = 0; k < layer->inputs; ++k) {
    const int8_t *weights = layer->weights + k * layer->outputs;
    for (int n = 0; n < layer->outputs; ++n) sums[n] += values[k] * weights[n];
  }
  for (int n = 0; n < layer->outputs; ++n) {
    const float scale = input_scale * layer->weight_scales[n];
    const float product = (float)sums[n] * scale;
    const float real = product + layer->real_bias[n];
    output[n] = real < layer->least_real ? layer->least_real : real;
  }
}

void run_plain_hybrid(const PlainNetwork *plain, int images, const float *input, float *logits) {
  float hidden[LAYERS - 1][WIDEST_LAYER];
  for (int image = 0; image < images; ++image) {
    for (int i = 0; i < LAYERS; ++i) {
      run_hybrid_layer(&plain->network->layers[i], i == 0 ? input + image * PIXELS : hidden[i - 1],
                       i + 1 == LAYERS ? logits + image * CLASSES : hidden[i]);
    }
  }
}
