/* Runs ottava on one product and compares what it gives. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "run.h"

enum { MOST_SHOWN = 5 };

size_t bytes_of(uint32_t type) {
  return type == OTTAVA_TYPE_S8 || type == OTTAVA_TYPE_U8 ? 1 : type == OTTAVA_TYPE_S16 ? 2 : 4;
}

int64_t element(const uint8_t* dst, uint32_t type, int64_t i) {
  const uint8_t* at = dst + (size_t)i * bytes_of(type);
  int16_t s16;
  int32_t s32;
  uint32_t bits;
  switch (type) {
    case OTTAVA_TYPE_S8: return *at < 128 ? *at : *at - 256;
    case OTTAVA_TYPE_U8: return *at;
    case OTTAVA_TYPE_S16: memcpy(&s16, at, sizeof s16); return s16;
    case OTTAVA_TYPE_S32: memcpy(&s32, at, sizeof s32); return s32;
    default: memcpy(&bits, at, sizeof bits); return bits;
  }
}

void set_element(uint8_t* dst, uint32_t type, int64_t i, int64_t value) {
  const size_t size = bytes_of(type);
  const int8_t s8 = (int8_t)(value < 128 ? value : value - 256);
  const int16_t s16 = (int16_t)value;
  const uint32_t word = (uint32_t)value;
  memcpy(dst + (size_t)i * size, size == 1 ? (const void*)&s8 : size == 2 ? (const void*)&s16 : &word, size);
}

static int execute(const ottava_matmul* operation, int64_t m, const void* lhs, uint8_t* dst, const extras* more,
                   ottava_error* error) {
  ottava_matmul_run_desc desc = OTTAVA_MATMUL_RUN_DESC_INIT;
  ottava_matmul_operands operands = OTTAVA_MATMUL_OPERANDS_INIT;
  if (more == NULL) return ottava_matmul_run(operation, m, lhs, 0, dst, 0, NULL, 0, error) == OTTAVA_OK;
  desc.m = m;
  desc.flags = more->flags;
  operands.lhs = lhs;
  operands.dst = dst;
  operands.lhs_scales = more->lhs_scales;
  operands.lhs_zero_points = more->lhs_zero_points;
  return ottava_matmul_execute(operation, &desc, &operands, error) == OTTAVA_OK;
}

int compute(run* state, long line, const ottava_matmul_desc* desc, const ottava_output* output,
            const ottava_matmul_constants* constants, int64_t m, const void* lhs, uint8_t* dst, const extras* more) {
  ottava_error error = OTTAVA_ERROR_INIT;
  ottava_matmul* operation = NULL;
  ottava_matmul_info info = OTTAVA_MATMUL_INFO_INIT;
  int good;
  if (ottava_matmul_create(state->context, desc, output, constants, &operation, &error) != OTTAVA_OK) {
    complain(state, line, "refused: %s %s", error.argument, error.message);
    return 0;
  }
  good = ottava_matmul_query(operation, m, &info, &error) == OTTAVA_OK && execute(operation, m, lhs, dst, more, &error);
  if (!good) complain(state, line, "failed: %s %s", error.argument, error.message);
  if (good && info.tier != state->tier_number) {
    complain(state, line, "ran on another tier, with kernel %s", info.kernel);
    good = 0;
  }
  ottava_matmul_destroy(operation);
  return good;
}

int same(run* state, long line, const char* what, int64_t expected, int64_t found, uint32_t type) {
  if (expected == found) return 1;
  if (++state->differences <= MOST_SHOWN) {
    if (type == OTTAVA_TYPE_F32) {
      fprintf(state->out, "%s: %s:%ld: %s is %08" PRIx32 ", ottava gives %08" PRIx32 "\n", state->tier, state->file,
              line, what, (uint32_t)expected, (uint32_t)found);
    } else {
      fprintf(state->out, "%s: %s:%ld: %s is %" PRId64 ", ottava gives %" PRId64 "\n", state->tier, state->file, line,
              what, expected, found);
    }
  }
  return 0;
}
