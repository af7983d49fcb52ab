/* The smallest image that multiplies: one matmul, s8 to s8 with a scale per channel. made_by_<way>.c says where the
 * operator comes from.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "matmul.h"

#include "checksum.h"
#include "report.h"
#include "rows.h"

enum { INPUTS = 256, OUTPUTS = 128 }; /* of the first row */

static ottava_matmul *matmul;
static int8_t input[INPUTS], output[OUTPUTS];
static ottava_error error;

static void run(void *argument) {
  (void)argument;
  ottava_matmul_run(matmul, 1, input, 0, output, 0, 0, 0, &error);
}

int main(void) {
  matmul = make_matmul(&error);
  if (!matmul) return failed(&error);
  draw(1, input, INPUTS);
  const BoardCost cost = board_measure(run, 0);
  if (error.status != OTTAVA_OK) return failed(&error);
  report_checksum(add_to_checksum(CHECKSUM_START, output, OUTPUTS));
  report_cost("call", INPUTS * OUTPUTS, &cost);
  return 0;
}
