/* The float arithmetic here decides the integers of the network, so it is made of single additions,
 * multiplications and divisions in a fixed order, with a rounding of its own and no call to libm: then it
 * gives the same bits on every CPU.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "digits_quantize.h"

#include <stdlib.h>

#include <ottava/ottava.h>

/* GCC takes -ffp-contract=off from the command line and warns of the pragma. */
#if defined(__clang__)
#pragma STDC FP_CONTRACT OFF
#endif

enum { TENSORS = LAYERS + 1, S8_MIN = -128, S8_MAX = 127 };

/* Magnitudes between these, divided and multiplied as below, stay normal float numbers. */
static const float kSmallest = 1e-30f;
static const float kLargest = 1e15f;

int32_t round_within(double value, int32_t low, int32_t high) {
  if (value <= low) return low;
  if (value >= high) return high;
  const int32_t whole = (int32_t)value;
  const double rest = value - whole;
  return whole + (rest >= 0.5) - (rest <= -0.5);
}

void observe(Range *range, const float *values, int count) {
  for (int i = 0; i < count; ++i) {
    if (values[i] < range->low) range->low = values[i];
    if (values[i] > range->high) range->high = values[i];
  }
}

static float real_pixel(uint8_t pixel) { return (float)pixel / PIXEL_MAXIMUM; }

/* Runs one image; ranges, where given, widen to hold every value of each tensor. */
static void run_float_observed(const FloatNetwork *network, const uint8_t *pixels, float *logits, Range *ranges) {
  float tensors[2][WIDEST_LAYER];
  float *input = tensors[0];
  float *output = tensors[1];
  for (int i = 0; i < PIXELS; ++i) input[i] = real_pixel(pixels[i]);
  for (int index = 0; index < TENSORS; ++index) {
    const int size = index < LAYERS ? network->layers[index].inputs : CLASSES;
    if (ranges) observe(&ranges[index], input, size);
    if (index == LAYERS) break;

    const FloatLayer *layer = &network->layers[index];
    for (int n = 0; n < layer->outputs; ++n) output[n] = layer->bias[n];
    for (int k = 0; k < layer->inputs; ++k) {
      const float *weights = layer->weights + k * layer->outputs;
      for (int n = 0; n < layer->outputs; ++n) output[n] += input[k] * weights[n];
    }
    for (int n = 0; n < layer->outputs && index + 1 < LAYERS; ++n) output[n] = output[n] > 0.0f ? output[n] : 0.0f;
    float *const swap = input;
    input = output;
    output = swap;
  }
  for (int i = 0; i < CLASSES; ++i) logits[i] = input[i];
}

void run_float(const FloatNetwork *network, const uint8_t *pixels, float *logits) {
  run_float_observed(network, pixels, logits, NULL);
}

static int is_sane(float value) { return value >= -kLargest && value <= kLargest; }

int choose_quantization(Range range, Quantization *quantization) {
  if (!is_sane(range.low) || !is_sane(range.high)) return 0;
  const float width = range.high - range.low;
  quantization->scale = width > kSmallest ? width / 255.0f : 1.0f;
  quantization->zero_point = round_within(S8_MIN - (double)range.low / quantization->scale, S8_MIN, S8_MAX);
  return 1;
}

int quantize_layer(const FloatLayer *layer, Int8Layer *result) {
  const int outputs = layer->outputs;
  result->inputs = layer->inputs;
  result->outputs = outputs;
  result->weights = malloc((size_t)layer->inputs * (size_t)outputs);
  result->weight_scales = malloc((size_t)outputs * sizeof(float));
  result->bias = malloc((size_t)outputs * sizeof(int32_t));
  if (!result->weights || !result->weight_scales || !result->bias) return 0;

  for (int n = 0; n < outputs; ++n) {
    float largest = 0.0f;
    for (int k = 0; k < layer->inputs; ++k) {
      const float weight = layer->weights[k * outputs + n];
      const float magnitude = weight < 0.0f ? -weight : weight;
      if (!is_sane(weight)) return 0;
      if (magnitude > largest) largest = magnitude;
    }
    const float scale = largest > kSmallest ? largest / S8_MAX : 1.0f;
    result->weight_scales[n] = scale;
    for (int k = 0; k < layer->inputs; ++k) {
      const double weight = layer->weights[k * outputs + n];
      result->weights[k * outputs + n] = (int8_t)round_within(weight / scale, -S8_MAX, S8_MAX);
    }
    if (!is_sane(layer->bias[n])) return 0;
    const double bias_unit = (double)result->input.scale * scale;
    result->bias[n] = round_within(layer->bias[n] / bias_unit, -(1 << 30), 1 << 30);
  }
  return 1;
}

int quantize_network(const FloatNetwork *network, const Images *images, Int8Network *quantized) {
  Range ranges[TENSORS] = {{0.0f, 0.0f}};
  float logits[CLASSES];
  for (int i = 0; i < images->calibration_count; ++i) {
    run_float_observed(network, images->calibration + i * PIXELS, logits, ranges);
  }
  for (int i = 0; i < LAYERS; ++i) {
    Int8Layer *layer = &quantized->layers[i];
    if (!choose_quantization(ranges[i], &layer->input) || !choose_quantization(ranges[i + 1], &layer->output)) return 0;
    layer->real_bias = network->layers[i].bias;
    layer->least_real = i + 1 < LAYERS ? 0.0f : OTTAVA_FLOAT_LOWEST_BOUND;
    layer->least_output = i + 1 < LAYERS ? layer->output.zero_point : S8_MIN;
    if (!quantize_layer(&network->layers[i], layer)) return 0;
  }
  return 1;
}

void free_layer(Int8Layer *layer) {
  free(layer->weights);
  free(layer->weight_scales);
  free(layer->bias);
}

void free_int8_network(Int8Network *quantized) {
  for (int i = 0; i < LAYERS; ++i) free_layer(&quantized->layers[i]);
}

void quantize_pixels(Quantization as, const uint8_t *pixels, int count, int8_t *input) {
  for (int i = 0; i < count; ++i) {
    const double steps = (double)real_pixel(pixels[i]) / as.scale;
    input[i] = (int8_t)round_within(steps + as.zero_point, S8_MIN, S8_MAX);
  }
}

void real_pixels(const uint8_t *pixels, int count, float *input) {
  for (int i = 0; i < count; ++i) input[i] = real_pixel(pixels[i]);
}
