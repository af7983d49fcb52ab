/* The end of a residual block of s8, a 3 x 3 convolution with a scale per channel and the addition of the shortcut, by
 * XNNPACK and by ottava, compared bit for bit. docs/migration/xnnpack.md shows it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <ottava/ottava.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xnnpack.h>

#include "support.h"

enum { kHeight = 11, kWidth = 13, kInputs = 12, kOutputs = 20, kKernel = 3 };
enum { kInputElements = kHeight * kWidth * kInputs, kOutputElements = kHeight * kWidth * kOutputs };

static int8_t weights[kOutputs * kKernel * kKernel * kInputs]; /* output, line, pixel, input */
static int32_t bias[kOutputs];
static float weights_scales[kOutputs];
/* Tensors that XNNPACK reads are longer than their elements: it reads further than it needs. */
static int8_t image[kInputElements + XNN_EXTRA_BYTES], shortcut[kOutputElements + XNN_EXTRA_BYTES];

static const float kImageScale = 0.03125f, kConvScale = 0.25f, kShortcutScale = 0.1875f, kSumScale = 0.375f;
enum { kImageZero = -9, kConvZero = 4, kShortcutZero = -3, kSumZero = -100 };

static void must_xnn(enum xnn_status status) {
  if (status == xnn_status_success) return;
  fprintf(stderr, "XNNPACK fails with status %d\n", (int)status);
  exit(1);
}

static void by_xnnpack(int8_t *conv_result, int8_t *sum) {
  static int8_t middle[kOutputElements + XNN_EXTRA_BYTES];
  const size_t shape[] = {kHeight, kWidth, kOutputs};
  xnn_operator_t conv = NULL, add = NULL;
  must_xnn(xnn_initialize(NULL));
  must_xnn(xnn_create_convolution2d_nhwc_qc8(1, 1, 1, 1, kKernel, kKernel, 1, 1, 1, 1, 1, kInputs, kOutputs, kInputs,
                                             kOutputs, kImageZero, kImageScale, weights_scales, weights, bias,
                                             kConvZero, kConvScale, -128, 127, 0, &conv));
  must_xnn(xnn_create_add_nd_qs8(kConvZero, kConvScale, kShortcutZero, kShortcutScale, kSumZero, kSumScale, kSumZero,
                                 127, 0, &add)); /* relu: nothing below the zero point */
  must_xnn(xnn_setup_convolution2d_nhwc_qc8(conv, 1, kHeight, kWidth, image, middle, NULL));
  must_xnn(xnn_run_operator(conv, NULL));
  must_xnn(xnn_setup_add_nd_qs8(add, 3, shape, 3, shape, middle, shortcut, sum, NULL));
  must_xnn(xnn_run_operator(add, NULL));
  xnn_delete_operator(conv);
  xnn_delete_operator(add);
  xnn_deinitialize();
  memcpy(conv_result, middle, kOutputElements);
}

static void must(ottava_status status, const ottava_error *error) {
  if (status == OTTAVA_OK) return;
  fprintf(stderr, "%s %s\n", error->argument, error->message);
  exit(1);
}

/* The convolution alone or, with an addition, as the whole block in one pass. */
static void by_ottava(const ottava_context *context, const ottava_add_desc *addition, int8_t *result) {
  ottava_error error = OTTAVA_ERROR_INIT;
  ottava_conv2d_desc desc = OTTAVA_CONV2D_DESC_INIT; /* s8, OHWI, one group, stride 1 */
  ottava_output output = OTTAVA_OUTPUT_INIT;
  ottava_conv2d_constants constants = OTTAVA_CONV2D_CONSTANTS_INIT;
  ottava_layer_run_desc run = OTTAVA_LAYER_RUN_DESC_INIT;
  ottava_layer_operands operands = OTTAVA_LAYER_OPERANDS_INIT;
  ottava_layer *layer = NULL;
  desc.input_channels = kInputs, desc.output_channels = kOutputs;
  desc.window.kernel_height = desc.window.kernel_width = kKernel;
  desc.window.pad_top = desc.window.pad_left = desc.window.pad_bottom = desc.window.pad_right = 1;
  desc.input_zero_point = kImageZero, desc.input_scale = kImageScale;
  constants.weights = weights, constants.weights_scales = weights_scales;
  output.requantization = OTTAVA_REQUANTIZE_FLOAT_NEAREST_EVEN; /* qc8 */
  output.zero_point = kConvZero, output.scale = kConvScale;
  output.bias = bias;
  output.addition = addition;
  must(ottava_conv2d_create(context, &desc, &output, &constants, &layer, &error), &error);
  run.height = kHeight, run.width = kWidth;
  operands.input = image, operands.output = result;
  operands.second = addition != NULL ? shortcut : NULL;
  must(ottava_layer_run(layer, &run, &operands, &error), &error);
  ottava_layer_destroy(layer);
}

int main(void) {
  static int8_t expected_conv[kOutputElements], conv[kOutputElements];
  static int8_t expected_sum[kOutputElements + XNN_EXTRA_BYTES], sum[kOutputElements];
  ottava_error error = OTTAVA_ERROR_INIT;
  ottava_context *context = NULL;
  ottava_add_desc addition = OTTAVA_ADD_DESC_INIT;
  int i, failed = 0;
  fill_8(1, 0, 3, weights, sizeof weights);
  fill_8(2, 0, 127, image, kInputElements);
  fill_8(3, 0, 127, shortcut, kOutputElements);
  fill_s32(4, 500, bias, kOutputs);
  for (i = 0; i < kOutputs; i++) weights_scales[i] = i % 2 ? 0.25f : 0.1f + 0.01f * (float)i;
  by_xnnpack(expected_conv, expected_sum);

  must(ottava_context_create(NULL, NULL, &context, &error), &error);
  by_ottava(context, NULL, conv);
  failed |= compare("convolution", "XNNPACK", conv, expected_conv, sizeof conv);

  addition.arithmetic = OTTAVA_ADD_XNNPACK; /* its channels, type and first tensor are those of the convolution */
  addition.second_zero_point = kShortcutZero, addition.second_scale = kShortcutScale;
  addition.zero_point = kSumZero, addition.scale = kSumScale, addition.clamp_min = kSumZero, addition.clamp_max = 127;
  by_ottava(context, &addition, sum);
  failed |= compare("convolution and addition in one pass", "XNNPACK's two operators", sum, expected_sum, sizeof sum);
  ottava_context_destroy(context);
  return failed;
}
