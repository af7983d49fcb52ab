/* From the file that the PC packed, which is checked from its first byte to its last parameter; whatever kernel, rule
 * and output it has.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "arena.h"
#include "matmul.h"
#include "network.h"

ottava_matmul *make_matmul(ottava_error *error) {
  static char memory[4096];
  static Arena arena = {memory, sizeof memory, 0};
  const ottava_context_host host = arena_host(&arena);
  ottava_context *context = 0;
  ottava_matmul *matmul = 0;
  if (ottava_context_create(0, &host, &context, error) == OTTAVA_OK) {
    ottava_matmul_load(context, kPackedRow0.file, kPackedRow0.bytes, 0, &matmul, error);
  }
  return matmul;
}
