/* From weights as they come, which the core checks and packs itself.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "arena.h"
#include "matmul.h"
#include "rows.h"

ottava_matmul *make_matmul(ottava_error *error) {
  static char memory[40960];
  static Arena arena = {memory, sizeof memory, 0};
  const ottava_context_host host = arena_host(&arena);
  ottava_context *context = 0;
  ottava_matmul *matmul = 0;
  if (ottava_context_create(0, &host, &context, error) == OTTAVA_OK) {
    create_row_matmul(context, &kRows[0], &matmul, error);
  }
  return matmul;
}
