/* The network as operators of one tier: one matmul per layer, in int8 and in the hybrid mode.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef DIGITS_OPERATORS_H_
#define DIGITS_OPERATORS_H_

#include <stddef.h>

#include <ottava/ottava.h>

#include "digits_quantize.h"

enum { BATCH = 64 };

/* What the activations are. */
enum { INT8, HYBRID, MODES };
static const size_t kElementBytes[MODES] = {sizeof(int8_t), sizeof(float)};

typedef struct Operators {
  ottava_context *context;
  ottava_matmul *layers[MODES][LAYERS];
  ottava_matmul_info info; /* of the largest int8 layer, for the report */
  uint64_t workspace_bytes;
  void *workspace;
} Operators;

/* One operator per layer and mode, on the tier asked for. Returns 0 with the reason in *error. */
int create_operators(const Int8Network *network, uint32_t tier, Operators *operators, ottava_error *error);

/* Frees what create_operators made, even in part. */
void destroy_operators(Operators *operators);

/* Logits of all images, batch by batch. */
int run_operators(const Operators *operators, int mode, int images, const void *input, void *logits,
                  ottava_error *error);

#endif /* DIGITS_OPERATORS_H_ */
