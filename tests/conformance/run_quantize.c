/* Vectors of one row of floats that becomes 8-bit values: quantize. */
#include <stdlib.h>
#include <string.h>

#include "run.h"

void run_quantize(run* state, vector* v) {
  ottava_error error = OTTAVA_ERROR_INIT;
  const uint32_t rule = quantization_of(state, v, "rule");
  const uint32_t type = type_of(state, v, "type");
  const int64_t n = integer(state, v, "n");
  const float scale = real(state, v, "scale");
  const int32_t zero_point = integer(state, v, "zero_point");
  const int dynamic = rule >= OTTAVA_QUANTIZE_TFLITE_SYMMETRIC;
  float* row;
  int64_t* expected;
  uint8_t* to;
  int64_t i;
  if (n < 0 || n > 4096) {
    complain(state, v->line, "a size beyond what these vectors are for");
    return;
  }
  row = reals(state, v, "row", n);
  expected = numbers(state, v, "values", n, parse_integer);
  to = allocate((size_t)n);
  check_all_used(state, v);
  if (!state->broken && dynamic && type != (rule == OTTAVA_QUANTIZE_ONNX_DYNAMIC ? OTTAVA_TYPE_U8 : OTTAVA_TYPE_S8))
    complain(state, v->line, "not the type of a dynamic rule");
  if (!state->broken) {
    float found_scale = scale;
    int32_t found_zero_point = zero_point;
    uint32_t found_bits, expected_bits;
    const ottava_status status =
        dynamic
            ? ottava_quantize_rows(state->context, rule, 1, n, row, 0, to, 0, &found_scale, &found_zero_point, &error)
            : ottava_quantize(state->context, rule, type, scale, zero_point, n, row, to, &error);
    if (status != OTTAVA_OK) {
      complain(state, v->line, "failed: %s %s", error.argument, error.message);
    } else {
      int good;
      memcpy(&found_bits, &found_scale, sizeof found_bits);
      memcpy(&expected_bits, &scale, sizeof expected_bits);
      good = same(state, v->line, "the scale", expected_bits, found_bits, OTTAVA_TYPE_F32) &&
             same(state, v->line, "the zero point", zero_point, found_zero_point, OTTAVA_TYPE_S32);
      for (i = 0; good && i < n; ++i) good = same(state, v->line, "a value", expected[i], element(to, type, i), type);
      state->passed += good;
    }
  }
  free(row);
  free(expected);
  free(to);
}
