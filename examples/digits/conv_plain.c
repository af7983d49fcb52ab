/* The convolutional network in plain C loops over integers, written from the formulas in ottava.h and layers.h: what a
 * program without ottava would do, in speed and in bits.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>
#include <string.h>

#include "conv_network.h"
#include "digits_fixed_point.h"

enum { ADD_SHIFT = 20 }; /* bits that both tensors of an addition are shifted left by before they are scaled */

/* The factors of a layer: one per output channel, or those of an addition. */
typedef struct Factors {
  Factor channels[MOST_CHANNELS];
  Factor first, second, sum;
} Factors;

struct PlainConvNetwork {
  const Int8ConvNetwork *network;
  Factors factors[CONV_LAYERS];
};

static const Quantization *of_tensor(const Int8ConvNetwork *network, int tensor) {
  return &network->layers[tensor].input;
}

/* OTTAVA_ADD_TFLITE: both tensors in units of twice the larger scale, times 2^20. */
static void form_addition(const Int8Layer *layer, double second_scale, Factors *factors) {
  const double first_scale = layer->input.scale;
  const double unit = 2.0 * (first_scale > second_scale ? first_scale : second_scale);
  factors->first = factor_of(first_scale / unit);
  factors->second = factor_of(second_scale / unit);
  factors->sum = factor_of(unit / ((double)(1 << ADD_SHIFT) * layer->output.scale));
}

PlainConvNetwork *create_plain_conv(const Int8ConvNetwork *network) {
  PlainConvNetwork *plain = malloc(sizeof *plain);
  if (!plain) return NULL;
  plain->network = network;
  for (int i = 0; i < CONV_LAYERS; ++i) {
    const Int8Layer *layer = &network->layers[i];
    for (int n = 0; n < layer->outputs; ++n) {
      plain->factors[i].channels[n] =
          factor_of((double)layer->input.scale * layer->weight_scales[n] / layer->output.scale);
    }
    if (kConvShapes[i].kind == ADDITION) {
      form_addition(layer, of_tensor(network, kConvShapes[i].second)->scale, &plain->factors[i]);
    }
  }
  return plain;
}

void free_plain_conv(PlainConvNetwork *plain) { free(plain); }

static int8_t stored(const Int8Layer *layer, int32_t value) {
  value += layer->output.zero_point;
  return (int8_t)(value < layer->least_output ? layer->least_output : value > INT8_MAX ? INT8_MAX : value);
}

/* The weighted layers, fully connected ones as a window of one tap. Padding adds nothing: it is a real 0. */
static void run_window(const ConvShape *shape, const Int8Layer *layer, const Factors *factors, const int8_t *input,
                       int8_t *output) {
  const int depth = shape->kind == DEPTHWISE ? 1 : shape->inputs;
  for (int at = 0; at < shape->output_side * shape->output_side; ++at) {
    const Taps lines = taps_within(shape, at / shape->output_side);
    const Taps columns = taps_within(shape, at % shape->output_side);
    int32_t sums[MOST_CHANNELS];
    memcpy(sums, layer->bias, (size_t)shape->outputs * sizeof sums[0]);
    for (int i = lines.first; i < lines.end; ++i) {
      for (int j = columns.first; j < columns.end; ++j) {
        const int line = lines.from + i - lines.first;
        const int8_t *pixel = input + (line * shape->side + columns.from + j - columns.first) * shape->inputs;
        const int8_t *weights = layer->weights + (i * shape->kernel + j) * depth * shape->outputs;
        for (int c = 0; c < depth; ++c, weights += shape->outputs) {
          for (int n = 0; n < shape->outputs; ++n) {
            /* In 16 bits, which compilers multiply twice as fast as 32. */
            const int16_t value = (int16_t)(pixel[shape->kind == DEPTHWISE ? n : c] - layer->input.zero_point);
            sums[n] += value * weights[n];
          }
        }
      }
    }
    for (int n = 0; n < shape->outputs; ++n) {
      output[at * shape->outputs + n] = stored(layer, requantize(sums[n], factors->channels[n]));
    }
  }
}

static void run_addition(const ConvShape *shape, const Int8Layer *layer, const Factors *factors, const int8_t *first,
                         const int8_t *second, int32_t second_zero_point, int8_t *output) {
  for (int i = 0; i < shape->side * shape->side * shape->inputs; ++i) {
    const int32_t a = requantize((first[i] - layer->input.zero_point) * (1 << ADD_SHIFT), factors->first);
    const int32_t b = requantize((second[i] - second_zero_point) * (1 << ADD_SHIFT), factors->second);
    output[i] = stored(layer, requantize(a + b, factors->sum));
  }
}

/* OTTAVA_POOL_AVERAGE. */
static void run_average(const ConvShape *shape, const int8_t *input, int8_t *output) {
  const int pixels = shape->side * shape->side;
  for (int n = 0; n < shape->outputs; ++n) {
    int32_t sum = 0;
    for (int i = 0; i < pixels; ++i) sum += input[i * shape->inputs + n];
    output[n] = (int8_t)((sum + (sum > 0 ? pixels / 2 : -pixels / 2)) / pixels);
  }
}

static void run_image(const PlainConvNetwork *plain, const int8_t *input, int8_t *logits) {
  int8_t tensors[CONV_TENSORS][LARGEST_TENSOR];
  memcpy(tensors[0], input, PIXELS);
  for (int i = 0; i < CONV_LAYERS; ++i) {
    const ConvShape *shape = &kConvShapes[i];
    const Int8Layer *layer = &plain->network->layers[i];
    const Factors *factors = &plain->factors[i];
    if (shape->kind == ADDITION) {
      const int32_t zero_point = of_tensor(plain->network, shape->second)->zero_point;
      run_addition(shape, layer, factors, tensors[i], tensors[shape->second], zero_point, tensors[i + 1]);
    } else if (shape->kind == GLOBAL_AVERAGE) {
      run_average(shape, tensors[i], tensors[i + 1]);
    } else {
      run_window(shape, layer, factors, tensors[i], tensors[i + 1]);
    }
  }
  memcpy(logits, tensors[CONV_LAYERS], CLASSES);
}

void run_plain_conv(const PlainConvNetwork *plain, int images, const int8_t *input, int8_t *logits) {
  for (int i = 0; i < images; ++i) run_image(plain, input + i * PIXELS, logits + i * CLASSES);
}
