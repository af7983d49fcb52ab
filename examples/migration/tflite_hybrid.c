/* A hybrid fully-connected layer, float activations by s8 weights, by ottava, compared bit for bit with the arithmetic
 * of TFLite's reference kernels, written out; inputs quantized symmetrically and asymmetrically. docs/migration/
 * tflite_hybrid.md shows it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <ottava/ottava.h>
#include <stdio.h>
#include <stdlib.h>

#include "support.h"

enum { kBatch = 9, kInputs = 130, kUnits = 34 };

static int8_t weights[kUnits * kInputs]; /* units x inputs, as FULLY_CONNECTED keeps them */
static float weights_scales[kUnits];     /* one per unit; the same for all in a layer without scales per channel */
static float bias[kUnits], input[kBatch * kInputs];

static double smaller(double a, double b) { return a < b ? a : b; }
static double larger(double a, double b) { return a > b ? a : b; }

/* One batch, symmetric: round() goes half away from zero. */
static void quantize_symmetric(const float *from, int8_t *to, float *scale, int32_t *offset) {
  float range = 0.0f;
  int i;
  for (i = 0; i < kInputs; i++) range = fmaxf(range, fabsf(from[i]));
  *scale = range == 0.0f ? 1.0f : range / 127.0f;
  *offset = 0;
  for (i = 0; i < kInputs; i++) {
    const float inverse = range == 0.0f ? 0.0f : 127.0f / range;
    to[i] = (int8_t)larger(-127.0, smaller(127.0, (double)roundf(from[i] * inverse)));
  }
}

/* One batch, asymmetric: the zero point is formed from that end of the range where less is lost. */
static void quantize_asymmetric(const float *from, int8_t *to, float *scale, int32_t *offset) {
  double low = 0.0, high = 0.0, step, from_low, from_high;
  float inverse;
  int i;
  for (i = 0; i < kInputs; i++) low = smaller(low, (double)from[i]), high = larger(high, (double)from[i]);
  *scale = 1.0f;
  *offset = 0;
  step = (high - low) / 255.0;
  if (step > 0.0) {
    from_low = -128.0 - low / step, from_high = 127.0 - high / step;
    from_low = 128.0 + fabs(low / step) < 127.0 + fabs(high / step) ? from_low : from_high;
    *offset = (int32_t)round(larger(-128.0, smaller(127.0, from_low)));
    *scale = (float)step;
  }
  inverse = 1.0f / *scale;
  for (i = 0; i < kInputs; i++)
    to[i] = (int8_t)larger(-128.0, smaller(127.0, (double)roundf((float)*offset + from[i] * inverse)));
}

/* output = relu(bias + scales * (weights * (quantized input - offset))) */
static void by_tflite(int asymmetric, float *output) {
  int batch, unit, i;
  for (batch = 0; batch < kBatch; batch++) {
    int8_t quantized[kInputs];
    float scale;
    int32_t offset;
    (asymmetric ? quantize_asymmetric : quantize_symmetric)(input + batch * kInputs, quantized, &scale, &offset);
    for (unit = 0; unit < kUnits; unit++) {
      int32_t sum = 0;
      float factor, scaled;
      for (i = 0; i < kInputs; i++) sum += weights[unit * kInputs + i] * (quantized[i] - offset);
      factor = scale * weights_scales[unit];
      scaled = (float)sum * factor;
      output[batch * kUnits + unit] = fmaxf(scaled + bias[unit], 0.0f);
    }
  }
}

static void must(ottava_status status, const ottava_error *error) {
  if (status == OTTAVA_OK) return;
  fprintf(stderr, "%s %s\n", error->argument, error->message);
  exit(1);
}

static void by_ottava(int asymmetric, float *result) {
  ottava_error error = OTTAVA_ERROR_INIT;
  ottava_context *context = NULL;
  ottava_matmul *matmul = NULL;
  ottava_matmul_desc desc = OTTAVA_MATMUL_DESC_INIT;
  ottava_output output = OTTAVA_OUTPUT_INIT;
  ottava_matmul_constants constants = OTTAVA_MATMUL_CONSTANTS_INIT;
  desc.n = kUnits, desc.k = kInputs;
  desc.lhs_type = OTTAVA_TYPE_F32;
  desc.lhs_quantization = asymmetric ? OTTAVA_QUANTIZE_TFLITE_ASYMMETRIC : OTTAVA_QUANTIZE_TFLITE_SYMMETRIC;
  desc.rhs_order = OTTAVA_ORDER_COLUMN; /* units x inputs */
  constants.rhs = weights, constants.rhs_scales = weights_scales;
  output.type = OTTAVA_TYPE_F32, output.requantization = OTTAVA_REQUANTIZE_NONE;
  output.bias_f32 = bias;
  output.clamp_min_f32 = 0.0f; /* kTfLiteActRelu */
  must(ottava_context_create(NULL, NULL, &context, &error), &error);
  must(ottava_matmul_create(context, &desc, &output, &constants, &matmul, &error), &error);
  must(ottava_matmul_run(matmul, kBatch, input, 0, result, 0, NULL, 0, &error), &error);
  ottava_matmul_destroy(matmul);
  ottava_context_destroy(context);
}

int main(void) {
  static float expected[kBatch * kUnits], result[kBatch * kUnits];
  int i, failed = 0;
  fill_8(1, 0, 127, weights, sizeof weights);
  fill_f32(2, 3.0f, bias, kUnits);
  fill_f32(3, 5.0f, input, kBatch * kInputs);
  for (i = 0; i < kUnits; i++) weights_scales[i] = 0.002f + 0.0001f * (float)i;
  for (i = 0; i < 2 * kInputs; i++)
    input[i] = i < kInputs ? 0.0f : fabsf(input[i]); /* a batch of zeros, one of one sign */
  by_tflite(0, expected);
  by_ottava(0, result);
  failed |= compare("hybrid, symmetric inputs", "the arithmetic of TFLite", result, expected, sizeof result);
  by_tflite(1, expected);
  by_ottava(1, result);
  failed |= compare("hybrid, asymmetric inputs", "the arithmetic of TFLite", result, expected, sizeof result);
  return failed;
}
