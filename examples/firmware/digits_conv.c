/* The same digits by the convolutional network: its layers lie in flash as packed files. Their handles, and what a run
 * needs, are in one static block. It prints the checksum that digits_conv of examples/digits prints, whose
 * conv_layers.c runs the layers here too.
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

/* Weights stay where they are, but for those of depthwise layers, 720 bytes: a PC lays them out for its own kernels. */
static ottava_status load_layer(int i) {
  const PackedLayer *from = &kConvLayers[i];
  ottava_layer **to = &layers.layers[i];
  switch (kConvShapes[i].kind) {
    case CONV2D: return ottava_conv2d_load(layers.context, from->packed, from->bytes, 0, to, &error);
    case DEPTHWISE:
      return ottava_depthwise_conv2d_load(layers.context, from->packed, from->bytes, OTTAVA_LOAD_REPACK, to, &error);
    case ADDITION: return ottava_add_load(layers.context, from->packed, from->bytes, 0, to, &error);
    case GLOBAL_AVERAGE: return ottava_pool2d_load(layers.context, from->packed, from->bytes, 0, to, &error);
    case FULLY_CONNECTED:
      return ottava_matmul_load(layers.context, from->packed, from->bytes, 0, &layers.classifier, &error);
  }
  return OTTAVA_OK;
}

static void classify_next(void *argument) {
  int *next = argument;
  int8_t logits[CLASSES];
  if (!run_layers(&layers, 1, kConvInput + *next * PIXELS, logits, &error)) return;
  checksum = add_to_checksum(checksum, logits, CLASSES);
  ++*next;
}

int main(void) {
  static char memory[49152];
  Arena arena = {memory, sizeof memory, 0};
  const ottava_context_host host = arena_host(&arena);
  if (ottava_context_create(0, &host, &layers.context, &error) != OTTAVA_OK) return failed(&error);
  for (int i = 0; i < CONV_LAYERS; ++i) {
    if (load_layer(i) != OTTAVA_OK) return failed(&error);
  }
  report("arena", "bytes", (uint32_t)arena.used);
  int next = 0;
  const BoardCost cost = board_measure(classify_next, &next);
  while (next < HELD_OUT && error.status == OTTAVA_OK) classify_next(&next);
  if (error.status != OTTAVA_OK) return failed(&error);
  report_checksum(checksum);
  report_cost("image", MACS, &cost);
  return 0;
}
