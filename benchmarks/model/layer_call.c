/* Convolutions: see call.c. Their weights lie as HWIO.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "call.h"

struct problem {
  int64_t height, width, inputs, outputs, kernel, stride;
  int64_t out_height, out_width, top, left;
  int64_t depth; /* input channels of an output channel */
  const int8_t *input, *weights;
  int8_t *result;
  struct channels channels;
};

static struct problem make_problem(const int64_t *sizes, int is_depthwise, ottava_window *window) {
  struct problem p;
  ottava_window resolved;
  p.height = sizes[0];
  p.width = sizes[1];
  p.inputs = sizes[2];
  p.outputs = sizes[3];
  p.kernel = sizes[4];
  p.stride = sizes[5];
  window->kernel_height = window->kernel_width = (int32_t)p.kernel;
  window->stride_height = window->stride_width = (int32_t)p.stride;
  window->padding = OTTAVA_PADDING_SAME;
  if (ottava_window_resolve(window, p.height, p.width, &resolved, &p.out_height, &p.out_width, NULL) != OTTAVA_OK)
    fail("not a window", NULL);
  if (is_depthwise && p.outputs != p.inputs) fail("a depthwise layer has as many outputs as channels", NULL);
  p.top = resolved.pad_top;
  p.left = resolved.pad_left;
  p.depth = is_depthwise ? 1 : p.inputs;
  p.input = take_inputs(p.height * p.width * p.inputs);
  p.weights = take_weights(p.kernel * p.kernel * p.depth * p.outputs);
  p.result = take((uint64_t)(p.out_height * p.out_width * p.outputs));
  p.channels = take_channels(p.outputs, p.kernel * p.kernel * p.depth);
  return p;
}

static int64_t sum_of(const struct problem *p, int64_t y, int64_t x, int64_t channel) {
  int64_t sum = 0;
  int64_t i, j, c;
  for (i = 0; i < p->kernel; ++i) {
    for (j = 0; j < p->kernel; ++j) {
      const int64_t line = y * p->stride + i - p->top;
      const int64_t column = x * p->stride + j - p->left;
      if (line < 0 || line >= p->height || column < 0 || column >= p->width) continue;
      for (c = 0; c < p->depth; ++c) {
        const int64_t from = p->depth == 1 && p->outputs == p->inputs ? channel : c;
        sum += (p->input[(line * p->width + column) * p->inputs + from] - input_zero_point) *
               p->weights[((i * p->kernel + j) * p->depth + c) * p->outputs + channel];
      }
    }
  }
  return sum;
}

static const char *count_layer(const ottava_layer *layer, const struct problem *p) {
  static ottava_layer_info info = OTTAVA_LAYER_INFO_INIT;
  ottava_layer_run_desc run = OTTAVA_LAYER_RUN_DESC_INIT;
  ottava_layer_operands operands = OTTAVA_LAYER_OPERANDS_INIT;
  ottava_error error = OTTAVA_ERROR_INIT;
  ottava_status status;
  int64_t probe;
  run.height = p->height;
  run.width = p->width;
  if (ottava_layer_query(layer, &run, &info, &error) != OTTAVA_OK) fail("query", &error);
  operands.input = p->input;
  operands.output = p->result;
  operands.workspace = take(info.workspace_bytes);
  operands.workspace_bytes = info.workspace_bytes;

  if (ottava_layer_run(layer, &run, &operands, &error) != OTTAVA_OK) fail("warm-up", &error);
  memset(p->result, 0x55, (size_t)(p->out_height * p->out_width * p->outputs));
  MARK_BEGIN();
  status = ottava_layer_run(layer, &run, &operands, &error);
  MARK_END();
  if (status != OTTAVA_OK) fail("run", &error);

  for (probe = 0; probe < probes; ++probe) {
    const int64_t y = probe * 7919 % p->out_height;
    const int64_t x = probe * 6947 % p->out_width;
    const int64_t channel = probe * 104729 % p->outputs;
    const int8_t found = p->result[(y * p->out_width + x) * p->outputs + channel];
    if (!is_near(&p->channels, channel, sum_of(p, y, x, channel), found)) fail("the result is wrong", NULL);
  }
  return info.kernel;
}

/* What descriptors of both kinds and their outputs have in common. */
#define DESCRIBE(desc, output, constants, problem)                  \
  do {                                                              \
    (desc).input_zero_point = input_zero_point;                     \
    (desc).weights_layout = OTTAVA_WEIGHTS_HWIO;                    \
    (output).zero_point = output_zero_point;                        \
    (output).requantization = OTTAVA_REQUANTIZE_FLOAT_NEAREST_EVEN; \
    (output).bias = (problem).channels.bias;                        \
    (constants).weights = (problem).weights;                        \
    (constants).weights_scales = (problem).channels.scales;         \
  } while (0)

const char *count_conv2d(const ottava_context *context, const int64_t *sizes) {
  ottava_conv2d_desc desc = OTTAVA_CONV2D_DESC_INIT;
  ottava_output output = OTTAVA_OUTPUT_INIT;
  ottava_conv2d_constants constants = OTTAVA_CONV2D_CONSTANTS_INIT;
  ottava_error error = OTTAVA_ERROR_INIT;
  const struct problem p = make_problem(sizes, 0, &desc.window);
  ottava_layer *layer = NULL;
  uint64_t bytes = 0;
  void *memory;
  DESCRIBE(desc, output, constants, p);
  desc.input_channels = p.inputs;
  desc.output_channels = p.outputs;
  if (ottava_conv2d_size(context, &desc, &output, &bytes, &error) != OTTAVA_OK) fail("size", &error);
  memory = take(bytes);
  if (ottava_conv2d_init_at(memory, bytes, context, &desc, &output, &constants, &layer, &error) != OTTAVA_OK)
    fail("operator", &error);
  return count_layer(layer, &p);
}

const char *count_depthwise(const ottava_context *context, const int64_t *sizes) {
  ottava_depthwise_conv2d_desc desc = OTTAVA_DEPTHWISE_CONV2D_DESC_INIT;
  ottava_output output = OTTAVA_OUTPUT_INIT;
  ottava_conv2d_constants constants = OTTAVA_CONV2D_CONSTANTS_INIT;
  ottava_error error = OTTAVA_ERROR_INIT;
  const struct problem p = make_problem(sizes, 1, &desc.window);
  ottava_layer *layer = NULL;
  uint64_t bytes = 0;
  void *memory;
  DESCRIBE(desc, output, constants, p);
  desc.channels = p.inputs;
  if (ottava_depthwise_conv2d_size(context, &desc, &output, &bytes, &error) != OTTAVA_OK) fail("size", &error);
  memory = take(bytes);
  if (ottava_depthwise_conv2d_init_at(memory, bytes, context, &desc, &output, &constants, &layer, &error) != OTTAVA_OK)
    fail("operator", &error);
  return count_layer(layer, &p);
}
