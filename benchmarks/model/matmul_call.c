/* A matmul: see call.c.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "call.h"

static const char *count_under(uint32_t rule, const ottava_context *context, const int64_t *sizes) {
  static ottava_matmul_info info = OTTAVA_MATMUL_INFO_INIT;
  const int64_t m = sizes[0], n = sizes[1], k = sizes[2];
  const int8_t *const lhs = take_inputs(m * k);
  const int8_t *const rhs = take_weights(k * n);
  int8_t *const dst = take((uint64_t)(m * n));
  const struct channels channels = take_channels(n, k);
  ottava_matmul_desc desc = OTTAVA_MATMUL_DESC_INIT;
  ottava_output output = OTTAVA_OUTPUT_INIT;
  ottava_matmul_constants constants = OTTAVA_MATMUL_CONSTANTS_INIT;
  ottava_error error = OTTAVA_ERROR_INIT;
  ottava_matmul *matmul = NULL;
  ottava_status status;
  uint64_t bytes = 0;
  void *memory;
  void *workspace;
  int64_t probe;

  desc.n = n;
  desc.k = k;
  desc.lhs_zero_point = input_zero_point;
  output.zero_point = output_zero_point;
  output.requantization = rule;
  constants.rhs = rhs;
  constants.rhs_scales = channels.scales;
  output.bias = channels.bias;
  if (ottava_matmul_size(context, &desc, &output, &bytes, &error) != OTTAVA_OK) fail("size", &error);
  memory = take(bytes);
  if (ottava_matmul_init_at(memory, bytes, context, &desc, &output, &constants, &matmul, &error) != OTTAVA_OK)
    fail("operator", &error);
  if (ottava_matmul_query(matmul, m, &info, &error) != OTTAVA_OK) fail("query", &error);
  workspace = take(info.workspace_bytes);

  if (ottava_matmul_run(matmul, m, lhs, 0, dst, 0, workspace, info.workspace_bytes, &error) != OTTAVA_OK)
    fail("warm-up", &error);
  memset(dst, 0x55, (size_t)(m * n));
  MARK_BEGIN();
  status = ottava_matmul_run(matmul, m, lhs, 0, dst, 0, workspace, info.workspace_bytes, &error);
  MARK_END();
  if (status != OTTAVA_OK) fail("run", &error);

  for (probe = 0; probe < probes; ++probe) {
    const int64_t row = probe * 7919 % m;
    const int64_t channel = probe * 104729 % n;
    int64_t sum = 0;
    int64_t i;
    for (i = 0; i < k; ++i) sum += (lhs[row * k + i] - input_zero_point) * rhs[i * n + channel];
    if (!is_near(&channels, channel, sum, dst[row * n + channel])) fail("the result is wrong", NULL);
  }
  return info.kernel;
}

const char *count_matmul(const ottava_context *context, const int64_t *sizes) {
  return count_under(OTTAVA_REQUANTIZE_FLOAT_NEAREST_EVEN, context, sizes);
}

const char *count_matmul_tflite(const ottava_context *context, const int64_t *sizes) {
  return count_under(OTTAVA_REQUANTIZE_FIXED_TWO_ROUNDINGS, context, sizes);
}
