/* Attention over a cache of keys and values that grows by a token at a time, both products in 8 bits: each is one
 * operator, made for the longest cache, and a run says how long it is by now.
 *
 *     scores[heads x length] = query x keys^T      the cache gives N
 *     result[heads x kDepth] = weights x values    the cache gives K
 *
 * A cache holds kLongest tokens, and of each kHeads vectors of kDepth side by side. A head is a matrix of the batch.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <ottava/ottava.h>
#include <stdio.h>
#include <stdlib.h>

enum { kHeads = 4, kDepth = 64, kLongest = 48, kToken = kHeads * kDepth };

static const float kQueryScale = 0.02f, kKeyScale = 0.0025f, kValueScale = 0.03f, kWeightScale = 1.0f / 255.0f;
enum { kKeyZero = 3, kValueZero = -7 };

static int8_t keys[kLongest * kToken], values[kLongest * kToken], query[kToken];
static float scores[kHeads * kLongest], result[kToken];
static uint8_t weights[kHeads * kLongest];

static void check(ottava_status status, const ottava_error *error) {
  if (status == OTTAVA_OK) return;
  fprintf(stderr, "%s: %s\n", error->argument, error->message);
  exit(1);
}

static int8_t next_random(void) {
  static uint32_t state = 1;
  state = state * 1664525u + 1013904223u;
  return (int8_t)((int32_t)(state >> 24) - 128);
}

/* A product whose rhs is a cache, to f32. */
static ottava_matmul *make(const ottava_context *context, ottava_matmul_desc desc) {
  const ottava_matmul_constants none = OTTAVA_MATMUL_CONSTANTS_INIT;
  ottava_output output = OTTAVA_OUTPUT_INIT;
  ottava_error error = OTTAVA_ERROR_INIT;
  ottava_matmul *matmul = NULL;
  desc.flags = OTTAVA_MATMUL_RUNTIME_RHS;
  output.type = OTTAVA_TYPE_F32, output.requantization = OTTAVA_REQUANTIZE_NONE;
  check(ottava_matmul_create(context, &desc, &output, &none, &matmul, &error), &error);
  return matmul;
}

/* Enough for every length. */
static uint64_t workspace_of(const ottava_matmul *matmul) {
  ottava_matmul_run_desc run = OTTAVA_MATMUL_RUN_DESC_INIT;
  ottava_error error = OTTAVA_ERROR_INIT;
  uint64_t bytes = 0;
  run.m = 1, run.batches = kHeads;
  check(ottava_matmul_workspace(matmul, &run, &bytes, &error), &error);
  return bytes;
}

/* The weights of one head, which add up to about 1: a softmax. */
static void weigh(const float *score, uint8_t *weight, int64_t length) {
  float most = score[0], sum = 0;
  for (int64_t i = 1; i < length; ++i) most = score[i] > most ? score[i] : most;
  for (int64_t i = 0; i < length; ++i) sum += expf(score[i] - most);
  for (int64_t i = 0; i < length; ++i) weight[i] = (uint8_t)(expf(score[i] - most) / sum / kWeightScale + 0.5f);
}

/* How many elements of one head are not what plain loops make of them. */
static int differences(int head, int64_t length) {
  int count = 0;
  for (int64_t token = 0; token < length; ++token) {
    int32_t sum = 0;
    for (int d = 0; d < kDepth; ++d) {
      sum += query[head * kDepth + d] * (keys[token * kToken + head * kDepth + d] - kKeyZero);
    }
    count += scores[head * kLongest + token] != (float)sum * (kQueryScale * kKeyScale);
  }
  for (int d = 0; d < kDepth; ++d) {
    int32_t sum = 0;
    for (int64_t token = 0; token < length; ++token) {
      sum += weights[head * kLongest + token] * (values[token * kToken + head * kDepth + d] - kValueZero);
    }
    count += result[head * kDepth + d] != (float)sum * (kWeightScale * kValueScale);
  }
  return count;
}

int main(void) {
  ottava_context *context = NULL;
  ottava_error error = OTTAVA_ERROR_INIT;
  check(ottava_context_create(NULL, NULL, &context, &error), &error);

  ottava_matmul_desc by_keys = OTTAVA_MATMUL_DESC_INIT, by_values = OTTAVA_MATMUL_DESC_INIT;
  by_keys.n = kLongest, by_keys.k = kDepth;
  by_keys.rhs_order = OTTAVA_ORDER_COLUMN; /* keys lie N x K */
  by_keys.lhs_scale = kQueryScale, by_keys.rhs_scale = kKeyScale, by_keys.rhs_zero_point = kKeyZero;
  by_values.n = kDepth, by_values.k = kLongest;
  by_values.lhs_type = OTTAVA_TYPE_U8;
  by_values.lhs_scale = kWeightScale, by_values.rhs_scale = kValueScale, by_values.rhs_zero_point = kValueZero;
  ottava_matmul *score = make(context, by_keys), *mix = make(context, by_values);
  const uint64_t score_bytes = workspace_of(score), mix_bytes = workspace_of(mix);
  const uint64_t bytes = score_bytes > mix_bytes ? score_bytes : mix_bytes;
  void *workspace = malloc((size_t)bytes);
  if (workspace == NULL) return 1;

  int wrong = 0;
  for (int64_t length = 1; length <= kLongest; ++length) {
    for (int i = 0; i < kToken; ++i) { /* a token is appended */
      keys[(length - 1) * kToken + i] = next_random(), values[(length - 1) * kToken + i] = next_random();
      query[i] = next_random();
    }
    ottava_matmul_run_desc run = OTTAVA_MATMUL_RUN_DESC_INIT;
    ottava_matmul_operands operands = OTTAVA_MATMUL_OPERANDS_INIT;
    run.m = 1, run.batches = kHeads;
    run.rhs_stride = kToken, run.rhs_batch_stride = kDepth; /* of either cache */
    operands.workspace = workspace, operands.workspace_bytes = bytes;

    run.n = length;
    run.lhs_batch_stride = kDepth, run.dst_batch_stride = kLongest;
    operands.lhs = query, operands.rhs = keys, operands.dst = scores;
    check(ottava_matmul_execute(score, &run, &operands, &error), &error);

    for (int head = 0; head < kHeads; ++head) weigh(scores + head * kLongest, weights + head * kLongest, length);

    run.n = 0, run.k = length; /* 0: all kDepth of them */
    run.lhs_batch_stride = kLongest, run.dst_batch_stride = kDepth;
    operands.lhs = weights, operands.rhs = values, operands.dst = result;
    check(ottava_matmul_execute(mix, &run, &operands, &error), &error);

    for (int head = 0; head < kHeads; ++head) wrong += differences(head, length);
  }
  printf("%d lengths of %d heads, two operators, %d elements other than plain loops have them\n", kLongest, kHeads,
         wrong);
  free(workspace);
  ottava_matmul_destroy(mix);
  ottava_matmul_destroy(score);
  ottava_context_destroy(context);
  return wrong != 0;
}
