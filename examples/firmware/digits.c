/* Handwritten digits by the fully-connected network of examples/digits, in int8: weights packed on the PC, used from
 * flash, one image at a time. It prints the checksum of all logits that examples/digits prints.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "arena.h"
#include "checksum.h"
#include "network.h"
#include "report.h"

enum { FIRST = 128, SECOND = 64 }; /* outputs of the two hidden layers */

static ottava_matmul *layers[LAYERS];
static uint64_t checksum = CHECKSUM_START;
static ottava_error error;

static ottava_status classify(const int8_t *pixels, int8_t *logits) {
  int8_t first[FIRST], second[SECOND];
  ottava_status status = ottava_matmul_run(layers[0], 1, pixels, 0, first, 0, 0, 0, &error);
  if (status == OTTAVA_OK) status = ottava_matmul_run(layers[1], 1, first, 0, second, 0, 0, 0, &error);
  if (status == OTTAVA_OK) status = ottava_matmul_run(layers[2], 1, second, 0, logits, 0, 0, 0, &error);
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
  static char memory[8192];
  Arena arena = {memory, sizeof memory, 0};
  const ottava_context_host host = arena_host(&arena);
  ottava_context *context = 0;
  if (ottava_context_create(0, &host, &context, &error) != OTTAVA_OK) return failed(&error);
  const PackedMatmul *const files[LAYERS] = {&kPackedDigits0, &kPackedDigits1, &kPackedDigits2};
  for (int i = 0; i < LAYERS; ++i) {
    const PackedMatmul *packed = files[i];
    if (ottava_matmul_load(context, packed->file, packed->bytes, 0, &layers[i], &error) != OTTAVA_OK) {
      return failed(&error);
    }
  }
  int next = 0;
  const BoardCost cost = board_measure(classify_next, &next);
  while (next < HELD_OUT && error.status == OTTAVA_OK) classify_next(&next);
  if (error.status != OTTAVA_OK) return failed(&error);
  report_checksum(checksum);
  report_cost("image", PIXELS * FIRST + FIRST * SECOND + SECOND * CLASSES, &cost);
  return 0;
}
