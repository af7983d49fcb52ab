/* The smallest image that multiplies: one matmul, s8 to s8 with a scale per channel, packed on the PC and used from
 * flash.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "arena.h"
#include "checksum.h"
#include "network.h"
#include "report.h"

enum { INPUTS = 256, OUTPUTS = 128 }; /* of the first row */

static ottava_matmul *matmul;
static int8_t input[INPUTS], output[OUTPUTS];
static ottava_error error;

static void run(void *argument) {
  (void)argument;
  ottava_matmul_run(matmul, 1, input, 0, output, 0, 0, 0, &error);
}

int main(void) {
  static char memory[4096];
  Arena arena = {memory, sizeof memory, 0};
  const ottava_context_host host = arena_host(&arena);
  ottava_context *context = 0;
  if (ottava_context_create(0, &host, &context, &error) != OTTAVA_OK ||
      ottava_matmul_load(context, kPackedRows[0].file, kPackedRows[0].bytes, 0, &matmul, &error) != OTTAVA_OK) {
    return failed(&error);
  }
  draw(1, input, INPUTS);
  const BoardCost cost = board_measure(run, 0);
  if (error.status != OTTAVA_OK) return failed(&error);
  report_checksum(add_to_checksum(CHECKSUM_START, output, OUTPUTS));
  report_cost("call", INPUTS * OUTPUTS, &cost);
  return 0;
}
