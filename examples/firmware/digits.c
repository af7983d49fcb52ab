/* Handwritten digits by the fully-connected network of examples/digits, in int8: weights packed on the PC, used from
 * flash, one image at a time. It prints the checksum of all logits that examples/digits prints.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "checksum.h"
#include "network.h"
#include "report.h"

enum { FIRST = 128, SECOND = 64 }; /* outputs of the two hidden layers */

static uint64_t checksum = CHECKSUM_START;
static ottava_error error;

static ottava_status run(const ottava_bound_matmul *layer, const int8_t *from, int8_t *to) {
  return ottava_matmul_run(ottava_bound(layer), 1, from, 0, to, 0, 0, 0, &error);
}

static ottava_status classify(const int8_t *pixels, int8_t *logits) {
  int8_t first[FIRST], second[SECOND];
  ottava_status status = run(&digits_layer_0, pixels, first);
  if (status == OTTAVA_OK) status = run(&digits_layer_1, first, second);
  if (status == OTTAVA_OK) status = run(&digits_layer_2, second, logits);
  return status;
}

static void classify_next(void *argument) {
  int *next = argument;
  int8_t logits[CLASSES];
  if (classify(kDigitsInput + *next * PIXELS, logits) != OTTAVA_OK) return;
  checksum = add_to_checksum(checksum, logits, CLASSES);
  ++*next;
}

int main(void) {
  int next = 0;
  const BoardCost cost = board_measure(classify_next, &next);
  while (next < HELD_OUT && error.status == OTTAVA_OK) classify_next(&next);
  if (error.status != OTTAVA_OK) return failed(&error);
  report_checksum(checksum);
  report_cost("image", PIXELS * FIRST + FIRST * SECOND + SECOND * CLASSES, &cost);
  return 0;
}
