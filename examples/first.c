/* The shortest complete use of ottava: two rows of activations times constant weights, to int8.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>

#include <ottava/ottava.h>

int main(void) {
  const int8_t weights[3 * 2] = {1, 4, 2, 5, 3, 6}; /* K x N: 3 inputs, 2 channels */
  const int8_t input[2 * 3] = {1, 2, 3, 4, 5, 6};   /* M x K: 2 rows */
  int8_t output[2 * 2];                             /* M x N */
  ottava_context *context = NULL;
  ottava_matmul *matmul = NULL;
  ottava_error error = OTTAVA_ERROR_INIT;
  ottava_matmul_desc desc = OTTAVA_MATMUL_DESC_INIT;
  ottava_matmul_constants constants = OTTAVA_MATMUL_CONSTANTS_INIT;
  desc.k = 3, desc.n = 2, desc.dst_scale = 2.0f; /* output = sum / 2, rounded */
  constants.rhs = weights;
  if (ottava_context_create(NULL, NULL, &context, &error) ||
      ottava_matmul_create(context, &desc, &constants, &matmul, &error) ||
      ottava_matmul_run(matmul, 2, input, 0, output, 0, NULL, 0, &error))
    printf("%s: %s\n", error.argument, error.message);
  else
    printf("%d %d\n%d %d\n", output[0], output[1], output[2], output[3]); /* 7 16, 16 39 */
  ottava_matmul_destroy(matmul);
  ottava_context_destroy(context);
  return error.status;
}
