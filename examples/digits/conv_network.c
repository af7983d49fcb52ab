/* The weights of the convolutional network from the file, its float form and its quantization. As in
 * digits_quantize.c the float arithmetic is made of single operations in a fixed order, the same on every CPU.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "conv_network.h"

#include <stdio.h>
#include <string.h>

#if defined(__clang__)
#pragma STDC FP_CONTRACT OFF
#endif

static int is_weighted(const ConvShape *shape) { return shape->kernel > 0; }

int load_conv_network(const char *folder, FloatConvNetwork *network) {
  FloatLayer weighted[CONV_LAYERS] = {{0}};
  int count = 0;
  for (int i = 0; i < CONV_LAYERS; ++i) count += is_weighted(&kConvShapes[i]);
  int fits = load_layers(folder, "conv_weights.bin", count, weighted);
  const int loaded = fits;
  for (int i = 0, from = 0; i < CONV_LAYERS; ++i) {
    const ConvShape *shape = &kConvShapes[i];
    if (!is_weighted(shape)) continue;
    FloatLayer *layer = &network->layers[i];
    *layer = weighted[from++];
    fits &= layer->inputs == shape->kernel * shape->kernel * (shape->kind == DEPTHWISE ? 1 : shape->inputs);
    fits &= layer->outputs == shape->outputs;
  }
  if (loaded && !fits) fprintf(stderr, "digits: conv_weights.bin holds layers of other shapes\n");
  return fits;
}

Taps taps_within(const ConvShape *shape, int output) {
  const int padding = (shape->output_side - 1) * shape->stride + shape->kernel - shape->side;
  Taps taps;
  taps.from = output * shape->stride - (padding > 0 ? padding / 2 : 0);
  taps.first = taps.from < 0 ? -taps.from : 0;
  taps.end = shape->side - taps.from < shape->kernel ? shape->side - taps.from : shape->kernel;
  taps.from += taps.first;
  return taps;
}

static void add_window(const ConvShape *shape, const float *weights, const float *input, int y, int x, float *sums) {
  const Taps lines = taps_within(shape, y);
  const Taps columns = taps_within(shape, x);
  const int depth = shape->kind == DEPTHWISE ? 1 : shape->inputs;
  for (int i = lines.first; i < lines.end; ++i) {
    for (int j = columns.first; j < columns.end; ++j) {
      const int line = lines.from + i - lines.first;
      const float *pixel = input + (line * shape->side + columns.from + j - columns.first) * shape->inputs;
      const float *of_tap = weights + (i * shape->kernel + j) * depth * shape->outputs;
      if (shape->kind == DEPTHWISE) {
        for (int n = 0; n < shape->outputs; ++n) sums[n] += pixel[n] * of_tap[n];
      } else {
        for (int c = 0; c < depth; ++c) {
          for (int n = 0; n < shape->outputs; ++n) sums[n] += pixel[c] * of_tap[c * shape->outputs + n];
        }
      }
    }
  }
}

static void run_float_layer(const ConvShape *shape, const FloatLayer *layer, const float *input, const float *second,
                            float *output) {
  const int pixels = shape->output_side * shape->output_side;
  for (int pixel = 0; pixel < pixels; ++pixel) {
    float *sums = output + pixel * shape->outputs;
    for (int n = 0; n < shape->outputs; ++n) {
      if (is_weighted(shape)) {
        sums[n] = layer->bias[n];
      } else if (shape->kind == ADDITION) {
        sums[n] = input[pixel * shape->outputs + n] + second[pixel * shape->outputs + n];
      } else {
        sums[n] = 0.0f;
        for (int i = 0; i < shape->side * shape->side; ++i) sums[n] += input[i * shape->inputs + n];
        sums[n] /= (float)(shape->side * shape->side);
      }
    }
    if (is_weighted(shape)) {
      add_window(shape, layer->weights, input, pixel / shape->output_side, pixel % shape->output_side, sums);
    }
    for (int n = 0; n < shape->outputs && shape->relu; ++n) sums[n] = sums[n] > 0.0f ? sums[n] : 0.0f;
  }
}

/* Runs one image; ranges, where given, widen to hold every value of each tensor. */
static void run_observed(const FloatConvNetwork *network, const uint8_t *pixels, float *logits, Range *ranges) {
  float tensors[CONV_TENSORS][LARGEST_TENSOR];
  real_pixels(pixels, PIXELS, tensors[0]);
  if (ranges) observe(&ranges[0], tensors[0], PIXELS);
  for (int i = 0; i < CONV_LAYERS; ++i) {
    const ConvShape *shape = &kConvShapes[i];
    run_float_layer(shape, &network->layers[i], tensors[i], tensors[shape->second], tensors[i + 1]);
    if (ranges) observe(&ranges[i + 1], tensors[i + 1], shape->output_side * shape->output_side * shape->outputs);
  }
  memcpy(logits, tensors[CONV_LAYERS], CLASSES * sizeof(float));
}

void run_float_conv(const FloatConvNetwork *network, const uint8_t *pixels, float *logits) {
  run_observed(network, pixels, logits, NULL);
}

int quantize_conv_network(const FloatConvNetwork *network, const Images *images, Int8ConvNetwork *quantized) {
  Range ranges[CONV_TENSORS] = {{0.0f, 0.0f}};
  float logits[CLASSES];
  for (int i = 0; i < images->calibration_count; ++i) {
    run_observed(network, images->calibration + i * PIXELS, logits, ranges);
  }
  Quantization input;
  if (!choose_quantization(ranges[0], &input)) return 0;
  for (int i = 0; i < CONV_LAYERS; ++i) {
    const ConvShape *shape = &kConvShapes[i];
    Int8Layer *layer = &quantized->layers[i];
    layer->input = input;
    layer->output = input; /* TFLite's average keeps scale and zero point */
    if (shape->kind != GLOBAL_AVERAGE && !choose_quantization(ranges[i + 1], &layer->output)) return 0;
    layer->least_output = shape->relu ? layer->output.zero_point : INT8_MIN;
    if (is_weighted(shape) && !quantize_layer(&network->layers[i], layer)) return 0;
    input = layer->output;
  }
  return 1;
}

void free_int8_conv_network(Int8ConvNetwork *quantized) {
  for (int i = 0; i < CONV_LAYERS; ++i) free_layer(&quantized->layers[i]);
}
