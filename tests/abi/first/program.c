/* A program compiled against the first header, which has the values of its constants and the sizes of its structures in
 * it, on the library of today. */
#include "first.h"

#include <limits.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

int main(void) {
  const int8_t weights[3 * 2] = {1, 4, 2, 5, 3, 6}, input[2 * 3] = {1, 2, 3, 4, 5, 6};
  const int8_t expected[2 * 2] = {7, 16, 16, 39};
  int8_t result[2 * 2];
  ottava_context *context = NULL;
  ottava_matmul *matmul = NULL;
  ottava_matmul_desc desc;
  ottava_output output;
  ottava_matmul_constants constants;
  memset(&desc, 0, sizeof desc);
  desc.struct_size = sizeof desc, desc.n = 2, desc.k = 3;
  desc.lhs_type = desc.rhs_type = 1; /* s8 */
  desc.lhs_scale = desc.rhs_scale = 1.0f;
  memset(&output, 0, sizeof output);
  output.struct_size = sizeof output, output.type = 1, output.scale = 2.0f;
  output.requantization = 1; /* fixed point, two roundings */
  output.clamp_min = INT_MIN, output.clamp_max = INT_MAX;
  output.clamp_min_f32 = -INFINITY, output.clamp_max_f32 = INFINITY;
  memset(&constants, 0, sizeof constants);
  constants.struct_size = sizeof constants, constants.rhs = weights;
  if (ottava_context_create(NULL, NULL, &context, NULL) != 0) return 1;
  if (ottava_matmul_create(context, &desc, &output, &constants, &matmul, NULL) != 0) return 2;
  if (ottava_matmul_run(matmul, 2, input, 0, result, 0, NULL, 0, NULL) != 0) return 3;
  printf("%d %d %d %d\n", result[0], result[1], result[2], result[3]);
  if (ottava_matmul_destroy(matmul) != 0 || ottava_context_destroy(context) != 0) return 4;
  return memcmp(result, expected, sizeof expected) != 0;
}
