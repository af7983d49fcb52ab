/* The shortest complete use of ottava; README.md quotes it from the first include on.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <ottava/ottava.h>
#include <stdio.h>

int main(void) {
  const int8_t weights[3 * 2] = {1, 4, 2, 5, 3, 6}, input[2 * 3] = {1, 2, 3, 4, 5, 6}; /* K x N, M x K */
  int8_t result[2 * 2];                                                                /* M x N */
  ottava_context *context = NULL;
  ottava_matmul *matmul = NULL;
  ottava_matmul_desc desc = OTTAVA_MATMUL_DESC_INIT;
  ottava_output output = OTTAVA_OUTPUT_INIT;
  ottava_matmul_constants constants = OTTAVA_MATMUL_CONSTANTS_INIT;
  desc.k = 3, desc.n = 2, output.scale = 2.0f; /* result = (input * weights) / 2, rounded */
  constants.rhs = weights;
  if (ottava_context_create(NULL, NULL, &context, NULL) != OTTAVA_OK) return 1;
  if (ottava_matmul_create(context, &desc, &output, &constants, &matmul, NULL) != OTTAVA_OK) return 1;
  if (ottava_matmul_run(matmul, 2, input, 0, result, 0, NULL, 0, NULL) != OTTAVA_OK) return 1;
  printf("%d %d\n%d %d\n", result[0], result[1], result[2], result[3]); /* 7 16, 16 39 */
  ottava_matmul_destroy(matmul);
  ottava_context_destroy(context);
  return 0;
}
