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

/* The operator in a context, and what it says of m rows; or NULL, with the words for it in *error. */
static ottava_matmul* create(const ottava_context* context, const ottava_matmul_desc* desc, const ottava_output* output,
                             const ottava_matmul_constants* constants, int64_t m, ottava_matmul_info* info,
                             ottava_error* error) {
  ottava_matmul* operation = NULL;
  if (ottava_matmul_create(context, desc, output, constants, &operation, error) != OTTAVA_OK) return NULL;
  if (ottava_matmul_query(operation, m, info, error) == OTTAVA_OK) return operation;
  ottava_matmul_destroy(operation);
  return NULL;
}

/* The operator on the tier under way; or NULL, which has been complained of. What a tier leaves to lower ones because
 * they are faster (AMX: short depths, few rows), its kernel computes where it is asked by name. Only with the weights
 * on the left may that kernel decline, for the lhs then lies column by column: no row of it can be read in place. */
static ottava_matmul* create_on_tier(run* state, long line, const ottava_matmul_desc* desc, const ottava_output* output,
                                     const ottava_matmul_constants* constants, int64_t m) {
  ottava_error error = OTTAVA_ERROR_INIT;
  ottava_matmul_info info = OTTAVA_MATMUL_INFO_INIT;
  ottava_matmul* operation = create(state->context, desc, output, constants, m, &info, &error);
  if (operation != NULL && info.tier < state->tier_number) {
    ottava_matmul* const named = create(state->named, desc, output, constants, m, &info, &error);
    if (named == NULL && error.status == OTTAVA_KERNEL_UNAVAILABLE && (desc->flags & OTTAVA_MATMUL_WEIGHTS_LEFT) != 0)
      return operation;
    ottava_matmul_destroy(operation);
    operation = named;
  }
  if (operation == NULL) {
    complain(state, line, "refused: %s %s", error.argument, error.message);
  } else if (info.tier != state->tier_number) {
    complain(state, line, "ran on another tier, with kernel %s", info.kernel);
    ottava_matmul_destroy(operation);
    operation = NULL;
  }
  return operation;
}

int compute(run* state, long line, const ottava_matmul_desc* desc, const ottava_output* output,
            const ottava_matmul_constants* constants, int64_t m, const void* lhs, uint8_t* dst, const extras* more) {
  ottava_error error = OTTAVA_ERROR_INIT;
  ottava_matmul* const operation = create_on_tier(state, line, desc, output, constants, m);
  int good;
  if (operation == NULL) return 0;
  good = execute(operation, m, lhs, dst, more, &error);
  if (!good) complain(state, line, "failed: %s %s", error.argument, error.message);
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
