/* What the calls share that are counted: memory, operands, the context. See call.c.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef OTTAVA_BENCHMARKS_MODEL_CALL_H_
#define OTTAVA_BENCHMARKS_MODEL_CALL_H_

#include <stdint.h>

#include "marker.h"
#include "ottava/ottava.h"

enum { input_zero_point = 3, output_zero_point = -2, probes = 64 };

void fail(const char *what, const ottava_error *error) __attribute__((noreturn));

/* Zeroed, aligned as far as any cache line or page could matter. */
void *take(uint64_t bytes);

int8_t *take_inputs(int64_t count);
/* -127 to 127, as TFLite has them. */
int8_t *take_weights(int64_t count);

struct channels {
  float *scales;
  int32_t *bias;
};

/* Scales with which the outputs of sums of `depth` products spread by about 40, so that few are clamped and each tells
 * right from wrong. */
struct channels take_channels(int64_t count, int64_t depth);

/* Whether an output is that of its sum without the bias, to one unit: tests/ judge bits, this tells a kernel that does
 * nothing. */
int is_near(const struct channels *channels, int64_t channel, int64_t sum, int8_t output);

/* Each takes the sizes of its call, makes the operator, calls it once to warm up and once between the markers, and
 * returns the name of its kernel. */
const char *count_matmul(const ottava_context *context, const int64_t *sizes);
const char *count_matmul_tflite(const ottava_context *context, const int64_t *sizes);
const char *count_conv2d(const ottava_context *context, const int64_t *sizes);
const char *count_depthwise(const ottava_context *context, const int64_t *sizes);

#endif /* OTTAVA_BENCHMARKS_MODEL_CALL_H_ */
