/* SPDX-License-Identifier: Apache-2.0 */
#include "rows.h"

enum { LARGEST_WEIGHTS = 256 * 128, MOST_OUTPUTS = 128 };

const Row kRows[ROWS] = {
    {"1x256x128", ROW_MATMUL, 1, 1, 256, 128, 1},       {"16x128x64", ROW_MATMUL, 16, 1, 128, 64, 1},
    {"conv1x1", ROW_CONV2D, 4, 4, 128, 64, 1},          {"conv3x3", ROW_CONV2D, 8, 8, 32, 32, 3},
    {"depthwise3x3", ROW_DEPTHWISE, 16, 16, 32, 32, 3},
};

void draw(uint32_t seed, int8_t *values, int count) {
  for (int i = 0; i < count; ++i) {
    seed = seed * 1664525u + 1013904223u;
    values[i] = (int8_t)((int)(seed >> 24) - 128);
  }
}

/* What every operator is made from, and read when it is. */
typedef struct Constants {
  int8_t weights[LARGEST_WEIGHTS];
  float scales[MOST_OUTPUTS];
  int32_t bias[MOST_OUTPUTS];
} Constants;

static const Constants *draw_constants(const Row *row, ottava_output *output) {
  static Constants constants;
  draw(2, constants.weights, (int)row_macs(row) / (row->height * row->width));
  for (int n = 0; n < row->outputs; ++n) {
    constants.scales[n] = (float)(8 + n % 8) / 32768.0f;
    constants.bias[n] = 1000 * (n % 16) - 8000;
  }
  output->zero_point = -5;
  output->bias = constants.bias;
  return &constants;
}

ottava_status create_row_matmul(const ottava_context *context, const Row *row, ottava_matmul **matmul,
                                ottava_error *error) {
  ottava_matmul_desc desc = OTTAVA_MATMUL_DESC_INIT;
  ottava_output output = OTTAVA_OUTPUT_INIT;
  ottava_matmul_constants constants = OTTAVA_MATMUL_CONSTANTS_INIT;
  const Constants *drawn = draw_constants(row, &output);
  desc.k = row->inputs;
  desc.n = row->outputs;
  desc.lhs_zero_point = 3;
  constants.rhs = drawn->weights;
  constants.rhs_scales = drawn->scales;
  return ottava_matmul_create(context, &desc, &output, &constants, matmul, error);
}

static ottava_window describe_window(const Row *row) {
  ottava_window window = OTTAVA_WINDOW_INIT;
  window.kernel_height = window.kernel_width = row->kernel;
  window.padding = OTTAVA_PADDING_SAME;
  return window;
}

ottava_status create_row_layer(const ottava_context *context, const Row *row, ottava_layer **layer,
                               ottava_error *error) {
  ottava_output output = OTTAVA_OUTPUT_INIT;
  ottava_conv2d_constants constants = OTTAVA_CONV2D_CONSTANTS_INIT;
  const Constants *drawn = draw_constants(row, &output);
  constants.weights = drawn->weights;
  constants.weights_scales = drawn->scales;
  if (row->kind == ROW_CONV2D) {
    ottava_conv2d_desc desc = OTTAVA_CONV2D_DESC_INIT;
    desc.input_channels = row->inputs;
    desc.output_channels = row->outputs;
    desc.input_zero_point = 3;
    desc.window = describe_window(row);
    return ottava_conv2d_create(context, &desc, &output, &constants, layer, error);
  }
  ottava_depthwise_conv2d_desc desc = OTTAVA_DEPTHWISE_CONV2D_DESC_INIT;
  desc.channels = row->inputs;
  desc.input_zero_point = 3;
  desc.window = describe_window(row);
  return ottava_depthwise_conv2d_create(context, &desc, &output, &constants, layer, error);
}

ottava_status run_row_layer(const Row *row, const ottava_layer *layer, const int8_t *input, int8_t *output,
                            ottava_error *error) {
  ottava_layer_run_desc run = OTTAVA_LAYER_RUN_DESC_INIT;
  ottava_layer_operands operands = OTTAVA_LAYER_OPERANDS_INIT;
  run.height = row->height;
  run.width = row->width;
  operands.input = input;
  operands.output = output;
  return ottava_layer_run(layer, &run, &operands, error);
}
