/* From the quantized network to layers, and batches through them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "conv_layers.h"

#include <string.h>

void destroy_layers(Layers *layers) {
  for (int i = 0; i < CONV_LAYERS; ++i) ottava_layer_destroy(layers->layers[i]);
  ottava_matmul_destroy(layers->classifier);
  ottava_context_destroy(layers->context);
}

static ottava_output describe_output(const Int8Layer *layer) {
  ottava_output output = OTTAVA_OUTPUT_INIT;
  output.scale = layer->output.scale;
  output.zero_point = layer->output.zero_point;
  output.clamp_min = layer->least_output; /* the relu */
  output.clamp_max = INT8_MAX;
  output.requantization = OTTAVA_REQUANTIZE_FIXED_TWO_ROUNDINGS;
  output.bias = layer->bias;
  return output;
}

static ottava_window describe_window(const ConvShape *shape) {
  ottava_window window = OTTAVA_WINDOW_INIT;
  window.kernel_height = window.kernel_width = shape->kernel;
  window.stride_height = window.stride_width = shape->stride;
  window.padding = OTTAVA_PADDING_SAME;
  return window;
}

static ottava_conv2d_constants describe_constants(const Int8Layer *layer) {
  ottava_conv2d_constants constants = OTTAVA_CONV2D_CONSTANTS_INIT;
  constants.weights = layer->weights;
  constants.weights_scales = layer->weight_scales;
  return constants;
}

static ottava_status create_conv2d(const ConvShape *shape, const Int8Layer *from, Layers *layers, int index,
                                   ottava_error *error) {
  ottava_conv2d_desc desc = OTTAVA_CONV2D_DESC_INIT;
  const ottava_output output = describe_output(from);
  const ottava_conv2d_constants constants = describe_constants(from);
  desc.input_channels = shape->inputs;
  desc.output_channels = shape->outputs;
  desc.window = describe_window(shape);
  desc.input_scale = from->input.scale;
  desc.input_zero_point = from->input.zero_point;
  desc.weights_layout = OTTAVA_WEIGHTS_HWIO;
  return ottava_conv2d_create(layers->context, &desc, &output, &constants, &layers->layers[index], error);
}

static ottava_status create_depthwise(const ConvShape *shape, const Int8Layer *from, Layers *layers, int index,
                                      ottava_error *error) {
  ottava_depthwise_conv2d_desc desc = OTTAVA_DEPTHWISE_CONV2D_DESC_INIT;
  const ottava_output output = describe_output(from);
  const ottava_conv2d_constants constants = describe_constants(from);
  desc.channels = shape->inputs;
  desc.window = describe_window(shape);
  desc.input_scale = from->input.scale;
  desc.input_zero_point = from->input.zero_point;
  return ottava_depthwise_conv2d_create(layers->context, &desc, &output, &constants, &layers->layers[index], error);
}

static ottava_status create_addition(const ConvShape *shape, const Int8Layer *from, const Quantization *second,
                                     Layers *layers, int index, ottava_error *error) {
  ottava_add_desc desc = OTTAVA_ADD_DESC_INIT;
  desc.channels = shape->inputs;
  desc.first_scale = from->input.scale;
  desc.first_zero_point = from->input.zero_point;
  desc.second_scale = second->scale;
  desc.second_zero_point = second->zero_point;
  desc.scale = from->output.scale;
  desc.zero_point = from->output.zero_point;
  desc.clamp_min = from->least_output;
  desc.clamp_max = INT8_MAX;
  return ottava_add_create(layers->context, &desc, &layers->layers[index], error);
}

static ottava_status create_average(const ConvShape *shape, const Int8Layer *from, Layers *layers, int index,
                                    ottava_error *error) {
  ottava_pool2d_desc desc = OTTAVA_POOL2D_DESC_INIT;
  desc.flags = OTTAVA_POOL_GLOBAL;
  desc.kind = OTTAVA_POOL_AVERAGE;
  desc.channels = shape->inputs;
  desc.input_scale = from->input.scale;
  desc.input_zero_point = from->input.zero_point;
  return ottava_pool2d_create(layers->context, &desc, NULL, &layers->layers[index], error);
}

static ottava_status create_classifier(const Int8Layer *from, Layers *layers, ottava_error *error) {
  ottava_matmul_desc desc = OTTAVA_MATMUL_DESC_INIT;
  ottava_matmul_constants constants = OTTAVA_MATMUL_CONSTANTS_INIT;
  const ottava_output output = describe_output(from);
  desc.k = from->inputs;
  desc.n = from->outputs;
  desc.lhs_scale = from->input.scale;
  desc.lhs_zero_point = from->input.zero_point;
  constants.rhs = from->weights;
  constants.rhs_scales = from->weight_scales;
  return ottava_matmul_create(layers->context, &desc, &output, &constants, &layers->classifier, error);
}

static ottava_layer_run_desc describe_run(const ConvShape *shape, int images) {
  ottava_layer_run_desc run = OTTAVA_LAYER_RUN_DESC_INIT;
  run.batch = images;
  run.height = run.width = shape->side;
  return run;
}

static int create_layer(const Int8ConvNetwork *network, Layers *layers, int index, ottava_error *error) {
  const ConvShape *shape = &kConvShapes[index];
  const Int8Layer *from = &network->layers[index];
  const Quantization *second = &network->layers[shape->second].input;
  ottava_status status = OTTAVA_OK;
  switch (shape->kind) {
    case CONV2D: status = create_conv2d(shape, from, layers, index, error); break;
    case DEPTHWISE: status = create_depthwise(shape, from, layers, index, error); break;
    case ADDITION: status = create_addition(shape, from, second, layers, index, error); break;
    case GLOBAL_AVERAGE: status = create_average(shape, from, layers, index, error); break;
    case FULLY_CONNECTED: status = create_classifier(from, layers, error); break;
  }
  if (status != OTTAVA_OK) return 0;

  uint32_t tier = 0;
  if (shape->kind == FULLY_CONNECTED) {
    ottava_matmul_info info = OTTAVA_MATMUL_INFO_INIT;
    if (ottava_matmul_query(layers->classifier, CONV_BATCH, &info, error) != OTTAVA_OK) return 0;
    memcpy(layers->kernels[index], info.kernel, sizeof info.kernel);
    tier = info.tier;
  } else {
    ottava_layer_info info = OTTAVA_LAYER_INFO_INIT;
    const ottava_layer_run_desc run = describe_run(shape, CONV_BATCH);
    if (ottava_layer_query(layers->layers[index], &run, &info, error) != OTTAVA_OK) return 0;
    memcpy(layers->kernels[index], info.kernel, sizeof info.kernel);
    tier = info.tier;
  }
  if (tier > layers->tier) layers->tier = tier;
  return 1;
}

int create_layers(const Int8ConvNetwork *network, uint32_t tier, const ottava_context_host *host, Layers *layers,
                  ottava_error *error) {
  ottava_context_options options = OTTAVA_CONTEXT_OPTIONS_INIT;
  options.tier_cap = tier;
  if (ottava_context_create(&options, host, &layers->context, error) != OTTAVA_OK) return 0;
  for (int i = 0; i < CONV_LAYERS; ++i) {
    if (!create_layer(network, layers, i, error)) return 0;
  }
  return 1;
}

/* Runs one layer from tensor to tensor. */
static ottava_status run_layer(const Layers *layers, int index, int images, const int8_t *input, const int8_t *second,
                               int8_t *output, ottava_error *error) {
  if (kConvShapes[index].kind == FULLY_CONNECTED) {
    return ottava_matmul_run(layers->classifier, images, input, 0, output, 0, NULL, 0, error);
  }
  const ottava_layer_run_desc run = describe_run(&kConvShapes[index], images);
  ottava_layer_operands operands = OTTAVA_LAYER_OPERANDS_INIT;
  operands.input = input;
  operands.second = kConvShapes[index].kind == ADDITION ? second : NULL;
  operands.output = output;
  return ottava_layer_run(layers->layers[index], &run, &operands, error);
}

int run_layers(const Layers *layers, int images, const int8_t *input, int8_t *logits, ottava_error *error) {
  static int8_t tensors[CONV_TENSORS][CONV_BATCH * LARGEST_TENSOR];
  for (int first = 0; first < images; first += CONV_BATCH) {
    const int batch = images - first < CONV_BATCH ? images - first : CONV_BATCH;
    memcpy(tensors[0], input + first * PIXELS, (size_t)(batch * PIXELS));
    for (int i = 0; i < CONV_LAYERS; ++i) {
      const int8_t *second = tensors[kConvShapes[i].second];
      if (run_layer(layers, i, batch, tensors[i], second, tensors[i + 1], error) != OTTAVA_OK) return 0;
    }
    memcpy(logits + first * CLASSES, tensors[CONV_LAYERS], (size_t)(batch * CLASSES));
  }
  return 1;
}
