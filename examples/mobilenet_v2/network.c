/* What belongs to a real network's file stands here as formulas: weights, bias and the scales of all tensors, chosen so
 * that values spread over the range of s8 in every layer. All else is as in the network that TFLite runs: per-channel
 * scales of the weights, relu6 behind every layer but the projections, TFLite's arithmetic.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "network.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a tensor holds, and the scale and zero point that go with it. The range of s8 is relu6's clamp. */
enum { RELU6, LINEAR, SUM };
static const struct {
  float scale;
  int32_t zero_point;
} kQuantizations[] = {{6.0f / 255.0f, -128}, {0.08f, 4}, {0.1f, -6}};

/* ---- Constants from formulas ----------------------------------------------------------------- */

/* Values of -127 to 127, from a linear congruential generator. */
static void fill(int8_t *values, uint64_t count, uint32_t *seed) {
  for (uint64_t i = 0; i < count; ++i) {
    *seed = *seed * 1664525u + 1013904223u;
    values[i] = (int8_t)((int32_t)((*seed >> 16) % 255u) - 127);
  }
}

/* The square root, by Newton's method in a fixed number of steps: the same bits on every CPU. */
static double root(double value) {
  double result = value;
  for (int i = 0; i < 40; ++i) result = 0.5 * (result + value / result);
  return result;
}

/* The constants of one layer with weights, for as long as it is being created. */
typedef struct Constants {
  int8_t *weights;
  float *scales;
  int32_t *bias;
} Constants;

static void free_constants(Constants *constants) {
  free(constants->weights);
  free(constants->scales);
  free(constants->bias);
}

/* `depth` products make one output. The scales keep the spread of the outputs near that of the inputs. */
static int make_constants(int64_t depth, int64_t outputs, uint32_t *seed, Constants *constants, ottava_error *error) {
  constants->weights = malloc((size_t)(depth * outputs));
  constants->scales = malloc((size_t)outputs * sizeof(float));
  constants->bias = malloc((size_t)outputs * sizeof(int32_t));
  if (!constants->weights || !constants->scales || !constants->bias) {
    snprintf(error->message, sizeof error->message, "no memory for the weights");
    return 0;
  }
  const double spread = root((double)depth);
  fill(constants->weights, (uint64_t)(depth * outputs), seed);
  for (int64_t n = 0; n < outputs; ++n) {
    int8_t value = 0;
    fill(&value, 1, seed);
    constants->bias[n] = value * (int32_t)(spread * 16.0);
    constants->scales[n] = (float)((1.0 + (double)(n % 8) / 16.0) / (72.0 * spread));
  }
  return 1;
}

/* ---- Layers ---------------------------------------------------------------------------------- */

static Tensor tensor_of(int kind, int64_t side, int64_t channels) {
  const Tensor tensor = {side, channels, kQuantizations[kind].scale, kQuantizations[kind].zero_point, 0};
  return tensor;
}

/* The layer that is next. Its output lies in a buffer apart from those of `input` and `kept`. */
static Layer *next_layer(Network *network, const char *name, Tensor input, Tensor output, int kept) {
  Layer *layer = &network->layers[network->count++];
  layer->name = name;
  layer->input = input;
  layer->output = output;
  while (layer->output.buffer == input.buffer || layer->output.buffer == kept) ++layer->output.buffer;
  return layer;
}

/* After a layer was made: its kernel's name, and memory for its run. */
static int finish_layer(Network *network, Layer *layer, ottava_error *error) {
  ottava_layer_info info = OTTAVA_LAYER_INFO_INIT;
  ottava_matmul_info matmul_info = OTTAVA_MATMUL_INFO_INIT;
  ottava_layer_run_desc run = OTTAVA_LAYER_RUN_DESC_INIT;
  run.height = run.width = layer->input.side;
  const ottava_status status = layer->matmul ? ottava_matmul_query(layer->matmul, 1, &matmul_info, error)
                                             : ottava_layer_query(layer->layer, &run, &info, error);
  const uint64_t workspace_bytes = layer->matmul ? matmul_info.workspace_bytes : info.workspace_bytes;
  const uint64_t output_bytes = (uint64_t)(layer->output.side * layer->output.side * layer->output.channels);
  memcpy(layer->kernel, layer->matmul ? matmul_info.kernel : info.kernel, sizeof layer->kernel);
  if (workspace_bytes > network->workspace_bytes) network->workspace_bytes = workspace_bytes;
  if (output_bytes > network->buffer_bytes) network->buffer_bytes = output_bytes;
  return status == OTTAVA_OK;
}

static ottava_output describe_output(Tensor tensor, const Constants *constants) {
  ottava_output output = OTTAVA_OUTPUT_INIT; /* s8, TFLite's fixed point */
  output.scale = tensor.scale;
  output.zero_point = tensor.zero_point;
  output.bias = constants->bias;
  return output;
}

static ottava_add_desc describe_addition(Tensor first, Tensor second, Tensor sum) {
  ottava_add_desc desc = OTTAVA_ADD_DESC_INIT; /* TFLite's */
  desc.channels = sum.channels;
  desc.first_scale = first.scale;
  desc.first_zero_point = first.zero_point;
  desc.second_scale = second.scale;
  desc.second_zero_point = second.zero_point;
  desc.scale = sum.scale;
  desc.zero_point = sum.zero_point;
  return desc;
}

static ottava_window describe_window(int kernel, int stride) {
  ottava_window window = OTTAVA_WINDOW_INIT;
  window.kernel_height = window.kernel_width = kernel;
  window.stride_height = window.stride_width = stride;
  window.padding = OTTAVA_PADDING_SAME;
  return window;
}

/* Each of these appends a layer to the network, replaces *tensor, its input, by its output, and returns 0 with the
 * reason in *error if something is wrong. */

/* What differs between the convolutions. */
typedef struct Conv2d {
  const char *name;
  int kernel, stride;
  int64_t channels;
  int kind;             /* of the output */
  const Tensor *second; /* what is added to the output, or NULL */
} Conv2d;

static int add_conv2d(Network *network, Conv2d conv, int kept, Tensor *tensor, ottava_error *error) {
  const int64_t side = (tensor->side + conv.stride - 1) / conv.stride;
  const Tensor product = tensor_of(conv.kind, side, conv.channels);
  const Tensor result = conv.second ? tensor_of(SUM, side, conv.channels) : product;
  Layer *layer = next_layer(network, conv.name, *tensor, result, kept);
  const int64_t depth = conv.kernel * conv.kernel * tensor->channels;
  Constants made = {NULL, NULL, NULL};
  ottava_conv2d_desc desc = OTTAVA_CONV2D_DESC_INIT;
  ottava_conv2d_constants constants = OTTAVA_CONV2D_CONSTANTS_INIT;
  ottava_add_desc addition;
  int succeeded = make_constants(depth, conv.channels, &network->seed, &made, error);
  desc.input_channels = tensor->channels;
  desc.output_channels = conv.channels;
  desc.window = describe_window(conv.kernel, conv.stride);
  desc.input_scale = tensor->scale;
  desc.input_zero_point = tensor->zero_point;
  constants.weights = made.weights;
  constants.weights_scales = made.scales;
  layer->products = (double)(side * side * conv.channels * depth);
  ottava_output output = describe_output(product, &made);
  if (conv.second) {
    layer->second = *conv.second;
    addition = describe_addition(product, *conv.second, result);
    output.addition = &addition;
  }
  succeeded = succeeded &&
              ottava_conv2d_create(network->context, &desc, &output, &constants, &layer->layer, error) == OTTAVA_OK &&
              finish_layer(network, layer, error);
  free_constants(&made);
  *tensor = layer->output;
  return succeeded;
}

static int add_depthwise(Network *network, int kernel, int stride, int kept, Tensor *tensor, ottava_error *error) {
  const int64_t side = (tensor->side + stride - 1) / stride;
  Layer *layer = next_layer(network, stride == 1 ? "depthwise 3x3" : "depthwise 3x3 / 2", *tensor,
                            tensor_of(RELU6, side, tensor->channels), kept);
  Constants made = {NULL, NULL, NULL};
  ottava_depthwise_conv2d_desc desc = OTTAVA_DEPTHWISE_CONV2D_DESC_INIT;
  ottava_conv2d_constants constants = OTTAVA_CONV2D_CONSTANTS_INIT;
  int succeeded = make_constants(kernel * kernel, tensor->channels, &network->seed, &made, error);
  desc.channels = tensor->channels;
  desc.window = describe_window(kernel, stride);
  desc.input_scale = tensor->scale;
  desc.input_zero_point = tensor->zero_point;
  constants.weights = made.weights;
  constants.weights_scales = made.scales;
  layer->products = (double)(side * side * tensor->channels * kernel * kernel);
  const ottava_output output = describe_output(layer->output, &made);
  succeeded =
      succeeded &&
      ottava_depthwise_conv2d_create(network->context, &desc, &output, &constants, &layer->layer, error) == OTTAVA_OK &&
      finish_layer(network, layer, error);
  free_constants(&made);
  *tensor = layer->output;
  return succeeded;
}

static int add_addition(Network *network, Tensor second, Tensor *tensor, ottava_error *error) {
  const Tensor sum = tensor_of(SUM, tensor->side, tensor->channels);
  Layer *layer = next_layer(network, "add", *tensor, sum, second.buffer);
  const ottava_add_desc desc = describe_addition(*tensor, second, sum);
  layer->second = second;
  *tensor = layer->output;
  return ottava_add_create(network->context, &desc, &layer->layer, error) == OTTAVA_OK &&
         finish_layer(network, layer, error);
}

static int add_global_average(Network *network, Tensor *tensor, ottava_error *error) {
  Layer *layer = next_layer(network, "average pooling", *tensor, tensor_of(RELU6, 1, tensor->channels), 0);
  ottava_pool2d_desc desc = OTTAVA_POOL2D_DESC_INIT;
  desc.flags = OTTAVA_POOL_GLOBAL;
  desc.kind = OTTAVA_POOL_AVERAGE;
  desc.channels = tensor->channels;
  desc.input_scale = tensor->scale;
  desc.input_zero_point = tensor->zero_point;
  *tensor = layer->output;
  return ottava_pool2d_create(network->context, &desc, NULL, &layer->layer, error) == OTTAVA_OK &&
         finish_layer(network, layer, error);
}

static int add_classifier(Network *network, Tensor *tensor, ottava_error *error) {
  Layer *layer = next_layer(network, "fully connected", *tensor, tensor_of(LINEAR, 1, CLASSES), 0);
  Constants made = {NULL, NULL, NULL};
  ottava_matmul_desc desc = OTTAVA_MATMUL_DESC_INIT;
  ottava_matmul_constants constants = OTTAVA_MATMUL_CONSTANTS_INIT;
  int succeeded = make_constants(tensor->channels, CLASSES, &network->seed, &made, error);
  desc.k = tensor->channels;
  desc.n = CLASSES;
  desc.rhs_order = OTTAVA_ORDER_COLUMN; /* as TFLite keeps them */
  desc.lhs_scale = tensor->scale;
  desc.lhs_zero_point = tensor->zero_point;
  constants.rhs = made.weights;
  constants.rhs_scales = made.scales;
  layer->products = (double)(tensor->channels * CLASSES);
  const ottava_output output = describe_output(layer->output, &made);
  succeeded = succeeded &&
              ottava_matmul_create(network->context, &desc, &output, &constants, &layer->matmul, error) == OTTAVA_OK &&
              finish_layer(network, layer, error);
  free_constants(&made);
  *tensor = layer->output;
  return succeeded;
}

/* ---- The network ----------------------------------------------------------------------------- */

/* An inverted residual: expand, filter, project, and add the input where the output is of the same shape. */
static int add_bottleneck(Network *network, int64_t expansion, int64_t channels, int stride, Tensor *tensor,
                          ottava_error *error) {
  const Tensor input = *tensor;
  const int kept = input.buffer; /* even where it could be overwritten: there are buffers enough */
  const int residual = stride == 1 && input.channels == channels;
  const int fused = residual && !network->separate_additions;
  const Conv2d expand = {"expand 1x1", 1, 1, expansion * input.channels, RELU6, NULL};
  const Conv2d project = {fused ? "project 1x1, add" : "project 1x1", 1, 1, channels, LINEAR, fused ? &input : NULL};
  return (expansion == 1 || add_conv2d(network, expand, kept, tensor, error)) &&
         add_depthwise(network, 3, stride, kept, tensor, error) && add_conv2d(network, project, kept, tensor, error) &&
         (!residual || fused || add_addition(network, input, tensor, error));
}

/* Runs of bottlenecks; `stride` is that of the first of each. */
static const struct {
  int64_t expansion, channels;
  int count, stride;
} kStages[] = {{1, 16, 1, 1}, {6, 24, 2, 2},  {6, 32, 3, 2}, {6, 64, 4, 2},
               {6, 96, 3, 1}, {6, 160, 3, 2}, {6, 320, 1, 1}};

static int add_layers(Network *network, int64_t side, ottava_error *error) {
  Tensor tensor = {side, IMAGE_CHANNELS, 4.0f / 255.0f, -1, 0};
  const Conv2d stem = {"conv 3x3 / 2", 3, 2, 32, RELU6, NULL};
  const Conv2d last = {"conv 1x1", 1, 1, 1280, RELU6, NULL};
  int succeeded = add_conv2d(network, stem, 0, &tensor, error);
  for (size_t i = 0; i < sizeof kStages / sizeof kStages[0]; ++i) {
    for (int j = 0; j < kStages[i].count; ++j) {
      succeeded = succeeded && add_bottleneck(network, kStages[i].expansion, kStages[i].channels,
                                              j == 0 ? kStages[i].stride : 1, &tensor, error);
    }
  }
  return succeeded && add_conv2d(network, last, 0, &tensor, error) && add_global_average(network, &tensor, error) &&
         add_classifier(network, &tensor, error);
}

int create_network(Network *network, int64_t side, ottava_error *error) {
  network->seed = 1;
  network->buffer_bytes = (uint64_t)(side * side * IMAGE_CHANNELS);
  if (!add_layers(network, side, error)) return 0;
  int allocated = 1;
  for (int i = 0; i < BUFFERS; ++i) allocated &= (network->buffers[i] = malloc((size_t)network->buffer_bytes)) != NULL;
  network->workspace = malloc((size_t)network->workspace_bytes + 1);
  if (!allocated || !network->workspace) snprintf(error->message, sizeof error->message, "no memory for the tensors");
  return allocated && network->workspace;
}

void destroy_network(Network *network) {
  for (int i = 0; i < network->count; ++i) {
    ottava_layer_destroy(network->layers[i].layer);
    ottava_matmul_destroy(network->layers[i].matmul);
  }
  for (int i = 0; i < BUFFERS; ++i) free(network->buffers[i]);
  free(network->workspace);
}

void fill_input(Network *network) {
  const Tensor *image = &network->layers[0].input;
  uint32_t seed = 2;
  fill(network->buffers[image->buffer], (uint64_t)(image->side * image->side * image->channels), &seed);
}

ottava_status run_layer(const Network *network, int index, ottava_error *error) {
  const Layer *layer = &network->layers[index];
  const int8_t *input = network->buffers[layer->input.buffer];
  int8_t *output = network->buffers[layer->output.buffer];
  if (layer->matmul) {
    return ottava_matmul_run(layer->matmul, 1, input, 0, output, 0, network->workspace, network->workspace_bytes,
                             error);
  }
  ottava_layer_run_desc run = OTTAVA_LAYER_RUN_DESC_INIT;
  ottava_layer_operands operands = OTTAVA_LAYER_OPERANDS_INIT;
  run.height = run.width = layer->input.side;
  operands.input = input;
  operands.second = layer->second.channels > 0 ? network->buffers[layer->second.buffer] : NULL;
  operands.output = output;
  operands.workspace = network->workspace;
  operands.workspace_bytes = network->workspace_bytes;
  return ottava_layer_run(layer->layer, &run, &operands, error);
}

const int8_t *network_output(const Network *network) {
  return network->buffers[network->layers[network->count - 1].output.buffer];
}
