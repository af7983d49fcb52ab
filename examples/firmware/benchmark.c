/* What whole calls cost: the rows of rows.c, matmuls packed on the PC, layers made here.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "arena.h"
#include "checksum.h"
#include "network.h"
#include "report.h"

static int8_t input[LARGEST_INPUT], output[LARGEST_OUTPUT];
static ottava_error error;

typedef struct Call {
  const Row *row;
  ottava_matmul *matmul;
  ottava_layer *layer;
} Call;

static void run(void *argument) {
  const Call *call = argument;
  if (call->matmul) {
    ottava_matmul_run(call->matmul, call->row->height, input, 0, output, 0, 0, 0, &error);
  } else {
    run_row_layer(call->row, call->layer, input, output, &error);
  }
}

int main(void) {
  static char memory[65536];
  Arena arena = {memory, sizeof memory, 0};
  const ottava_context_host host = arena_host(&arena);
  ottava_context *context = 0;
  uint64_t checksum = CHECKSUM_START;
  if (ottava_context_create(0, &host, &context, &error) != OTTAVA_OK) return failed(&error);
  for (int i = 0; i < ROWS; ++i) {
    Call call = {&kRows[i], 0, 0};
    const PackedMatmul *packed = i == 0 ? &kPackedRow0 : &kPackedRow1;
    const ottava_status status = i < MATMULS
                                     ? ottava_matmul_load(context, packed->file, packed->bytes, 0, &call.matmul, &error)
                                     : create_row_layer(context, call.row, &call.layer, &error);
    if (status != OTTAVA_OK) return failed(&error);
    draw(1, input, row_input_bytes(call.row));
    const BoardCost cost = board_measure(run, &call);
    if (error.status != OTTAVA_OK) return failed(&error);
    checksum = add_to_checksum(checksum, output, row_output_bytes(call.row));
    report_cost(call.row->name, row_macs(call.row), &cost);
  }
  report_checksum(checksum);
  return 0;
}
