/* The calls that `matmul` and `benchmark` make, s8 to s8 with a scale per channel: shapes, operands drawn from a fixed
 * sequence, the operators. The PC packs the matmuls and knows the checksums by the same functions.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ROWS_H_
#define ROWS_H_

#include <ottava/ottava.h>

enum { ROWS = 5, MATMULS = 2, LARGEST_INPUT = 16 * 16 * 32, LARGEST_OUTPUT = LARGEST_INPUT };

typedef enum RowKind { ROW_MATMUL, ROW_CONV2D, ROW_DEPTHWISE } RowKind;

typedef struct Row {
  const char *name;
  RowKind kind;
  int height; /* of a matmul: rows, */
  int width;  /* and 1 */
  int inputs;
  int outputs;
  int kernel; /* its side, stride 1, padded to the size of the input */
} Row;

extern const Row kRows[ROWS]; /* matmuls first */

static inline uint32_t row_macs(const Row *row) {
  const int depth = row->kernel * row->kernel * (row->kind == ROW_DEPTHWISE ? 1 : row->inputs);
  return (uint32_t)(row->height * row->width * row->outputs * depth);
}

static inline int row_input_bytes(const Row *row) { return row->height * row->width * row->inputs; }
static inline int row_output_bytes(const Row *row) { return row->height * row->width * row->outputs; }

void draw(uint32_t seed, int8_t *values, int count);

ottava_status create_row_matmul(const ottava_context *context, const Row *row, ottava_matmul **matmul,
                                ottava_error *error);
ottava_status create_row_layer(const ottava_context *context, const Row *row, ottava_layer **layer,
                               ottava_error *error);
ottava_status run_row_layer(const Row *row, const ottava_layer *layer, const int8_t *input, int8_t *output,
                            ottava_error *error);

#endif /* ROWS_H_ */
