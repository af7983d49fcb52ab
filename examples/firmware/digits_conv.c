/* The same digits by the convolutional network: its layers are made when the image starts, from the weights in flash,
 * into one static block; conv_layers.c of examples/digits makes and runs them. It prints the checksum that digits_conv
 * prints.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "arena.h"
#include "checksum.h"
#include "conv_layers.h"
#include "network.h"
#include "report.h"

enum { MACS = 230208 }; /* of one image */

static Layers layers;
static uint64_t checksum = CHECKSUM_START;
static ottava_error error;

static void classify_next(void *argument) {
  int *next = argument;
  int8_t logits[CLASSES];
  if (!run_layers(&layers, 1, kConvInput + *next * PIXELS, logits, &error)) return;
  checksum = add_to_checksum(checksum, logits, CLASSES);
  ++*next;
}

int main(void) {
  static char memory[98304];
  Arena arena = {memory, sizeof memory, 0};
  const ottava_context_host host = arena_host(&arena);
  if (!create_layers(&kConvNetwork, OTTAVA_TIER_ANY, &host, &layers, &error)) return failed(&error);
  report("arena", "bytes", (uint32_t)arena.used);
  int next = 0;
  const BoardCost cost = board_measure(classify_next, &next);
  while (next < HELD_OUT && error.status == OTTAVA_OK) classify_next(&next);
  if (error.status != OTTAVA_OK) return failed(&error);
  report_checksum(checksum);
  report_cost("image", MACS, &cost);
  return 0;
}
