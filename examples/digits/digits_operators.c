/* From layers to operators, and batches through them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "digits_operators.h"

#include <stdio.h>
#include <stdlib.h>

void destroy_operators(Operators *operators) {
  for (int i = 0; i < LAYERS; ++i) {
    ottava_matmul_destroy(operators->layers[INT8][i]);
    ottava_matmul_destroy(operators->layers[HYBRID][i]);
  }
  ottava_context_destroy(operators->context);
  free(operators->workspace);
}

/* What the int8 operator has beyond the weights. */
static void describe_int8(const Int8Layer *layer, ottava_matmul_desc *desc, ottava_output *output) {
  desc->lhs_scale = layer->input.scale;
  desc->lhs_zero_point = layer->input.zero_point;
  output->scale = layer->output.scale;
  output->zero_point = layer->output.zero_point;
  output->clamp_min = layer->least_output; /* the relu */
  output->requantization = OTTAVA_REQUANTIZE_FIXED_TWO_ROUNDINGS;
  output->bias = layer->bias;
}

/* And the hybrid one. */
static void describe_hybrid(const Int8Layer *layer, ottava_matmul_desc *desc, ottava_output *output) {
  desc->lhs_type = OTTAVA_TYPE_F32;
  desc->lhs_quantization = OTTAVA_QUANTIZE_TFLITE_ASYMMETRIC;
  output->type = OTTAVA_TYPE_F32;
  output->requantization = OTTAVA_REQUANTIZE_NONE;
  output->clamp_min_f32 = layer->least_real; /* the relu */
  output->bias_f32 = layer->real_bias;
}

static int create_operator(const Int8Layer *layer, Operators *operators, int mode, int index, ottava_error *error) {
  ottava_matmul_desc desc = OTTAVA_MATMUL_DESC_INIT;
  ottava_output output = OTTAVA_OUTPUT_INIT;
  ottava_matmul_constants constants = OTTAVA_MATMUL_CONSTANTS_INIT;
  desc.k = layer->inputs;
  desc.n = layer->outputs;
  desc.max_m = BATCH;
  constants.rhs = layer->weights;
  constants.rhs_scales = layer->weight_scales;
  if (mode == INT8) {
    describe_int8(layer, &desc, &output);
  } else {
    describe_hybrid(layer, &desc, &output);
  }

  ottava_matmul **const operation = &operators->layers[mode][index];
  ottava_matmul_info info = OTTAVA_MATMUL_INFO_INIT;
  if (ottava_matmul_create(operators->context, &desc, &output, &constants, operation, error) != OTTAVA_OK ||
      ottava_matmul_query(*operation, BATCH, &info, error) != OTTAVA_OK) {
    return 0;
  }
  if (info.workspace_bytes > operators->workspace_bytes) operators->workspace_bytes = info.workspace_bytes;
  if (mode == INT8 && info.packed_bytes > operators->info.packed_bytes) operators->info = info;
  return 1;
}

int create_operators(const Int8Network *network, uint32_t tier, Operators *operators, ottava_error *error) {
  ottava_context_options options = OTTAVA_CONTEXT_OPTIONS_INIT;
  options.tier_cap = tier;
  if (ottava_context_create(&options, NULL, &operators->context, error) != OTTAVA_OK) return 0;
  for (int i = 0; i < LAYERS; ++i) {
    for (int mode = 0; mode < MODES; ++mode) {
      if (!create_operator(&network->layers[i], operators, mode, i, error)) return 0;
    }
  }
  operators->workspace = malloc((size_t)operators->workspace_bytes + 1);
  if (!operators->workspace) snprintf(error->message, sizeof error->message, "no memory for the workspace");
  return operators->workspace != NULL;
}

int run_operators(const Operators *operators, int mode, int images, const void *input, void *logits,
                  ottava_error *error) {
  static float hidden[LAYERS - 1][BATCH * WIDEST_LAYER]; /* of either mode */
  const size_t bytes = kElementBytes[mode];
  for (int first = 0; first < images; first += BATCH) {
    const int rows = images - first < BATCH ? images - first : BATCH;
    const void *from = (const char *)input + (size_t)(first * PIXELS) * bytes;
    for (int i = 0; i < LAYERS; ++i) {
      void *to = i + 1 == LAYERS ? (char *)logits + (size_t)(first * CLASSES) * bytes : (char *)hidden[i];
      if (ottava_matmul_run(operators->layers[mode][i], rows, from, 0, to, 0, operators->workspace,
                            operators->workspace_bytes, error) != OTTAVA_OK) {
        return 0;
      }
      from = to;
    }
  }
  return 1;
}
