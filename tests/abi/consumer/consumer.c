/* The smallest user of the installed library. */
#include <ottava/ottava.h>
#include <stdio.h>

int main(void) {
  static const int8_t weights[] = {1, 2, 3, 4, 5, 6};
  static const int8_t lhs[] = {1, 1, 1};
  int8_t dst[2] = {0, 0};
  ottava_error error = OTTAVA_ERROR_INIT;
  ottava_matmul_desc desc = OTTAVA_MATMUL_DESC_INIT;
  ottava_output output = OTTAVA_OUTPUT_INIT;
  ottava_matmul_constants constants = OTTAVA_MATMUL_CONSTANTS_INIT;
  ottava_context *context = NULL;
  ottava_matmul *matmul = NULL;
  desc.n = 2;
  desc.k = 3;
  constants.rhs = weights;
  if (ottava_context_create(NULL, NULL, &context, &error) != OTTAVA_OK ||
      ottava_matmul_create(context, &desc, &output, &constants, &matmul, &error) != OTTAVA_OK ||
      ottava_matmul_run(matmul, 1, lhs, 0, dst, 0, NULL, 0, &error) != OTTAVA_OK) {
    printf("%s %s\n", error.argument, error.message);
    return 1;
  }
  ottava_matmul_destroy(matmul);
  ottava_context_destroy(context);
  return dst[0] == 9 && dst[1] == 12 ? 0 : 1;
}
