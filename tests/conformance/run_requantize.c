/* Vectors of one accumulator x: requantize, s32 and f32. One operator takes all successive vectors that share its
 * settings, one channel each. x is its bias, with k = 0; an f32 dst has no integer bias, so there x is a sum of
 * products. */
#include <stdlib.h>
#include <string.h>

#include "run.h"

enum { MOST_CHANNELS = 256 };

/* Vectors that one operator takes, and its settings. */
typedef struct group {
  ottava_matmul_desc desc;
  ottava_output output;
  int64_t n;
  long lines[MOST_CHANNELS];
  int64_t expected[MOST_CHANNELS];
  int32_t x[MOST_CHANNELS];
  float rhs_scales[MOST_CHANNELS];
  float bias_f32[MOST_CHANNELS];
  int32_t multipliers[MOST_CHANNELS];
  int32_t shifts[MOST_CHANNELS];
} group;

/* x[n] = sum of lhs[k] * rhs[k, n] with lhs = 1, 255, 255, ... (u8) and s8 weights. */
static void spread(const group* g, uint8_t** lhs, uint8_t** rhs, int64_t* depth) {
  int64_t most = 0;
  int64_t n, k;
  for (n = 0; n < g->n; ++n) {
    const int64_t size = g->x[n] < 0 ? -(int64_t)g->x[n] : g->x[n];
    if (size > most) most = size;
  }
  *depth = 2 + most / (255 * 127);
  *lhs = allocate((size_t)*depth);
  *rhs = allocate((size_t)(*depth * g->n));
  memset(*lhs, 255, (size_t)*depth);
  (*lhs)[0] = 1;
  for (n = 0; n < g->n; ++n) {
    const int64_t x = g->x[n];
    int64_t rest = (x + (x < 0 ? -127 : 127)) / 255;
    (*rhs)[n] = (uint8_t)(x - 255 * rest);
    for (k = 1; k < *depth; ++k) {
      const int64_t part = rest > 127 ? 127 : rest < -127 ? -127 : rest;
      (*rhs)[k * g->n + n] = (uint8_t)part;
      rest -= part;
    }
  }
}

static void run_group(run* state, group* g) {
  ottava_matmul_constants constants = OTTAVA_MATMUL_CONSTANTS_INIT;
  ottava_output output = g->output;
  uint8_t* lhs = NULL;
  uint8_t* rhs = NULL;
  uint8_t* dst;
  int64_t n;
  if (g->n == 0 || state->broken) return;
  dst = allocate((size_t)g->n * bytes_of(g->output.type));
  g->desc.n = g->n;
  if (g->output.type == OTTAVA_TYPE_F32) {
    spread(g, &lhs, &rhs, &g->desc.k);
    g->desc.lhs_type = OTTAVA_TYPE_U8;
    g->desc.flags = OTTAVA_MATMUL_ALLOW_WRAP; /* the sums fit, but not whatever the lhs */
    constants.rhs = rhs;
    output.bias_f32 = g->bias_f32;
  } else {
    output.bias = g->x;
  }
  if (g->output.parameters == OTTAVA_PARAMETERS_INTEGER) {
    output.multipliers = g->multipliers;
    output.shifts = g->shifts;
  } else if (g->output.type != OTTAVA_TYPE_S32 || g->output.requantization != OTTAVA_REQUANTIZE_NONE) {
    constants.rhs_scales = g->rhs_scales;
  }
  if (compute(state, g->lines[0], &g->desc, &output, &constants, 1, lhs, dst, NULL)) {
    for (n = 0; n < g->n; ++n) {
      state->passed +=
          same(state, g->lines[n], "result", g->expected[n], element(dst, g->output.type, n), g->output.type);
    }
  }
  free(lhs);
  free(rhs);
  free(dst);
  g->n = 0;
}

/* The group under way; large for a stack. */
static group under_way;

void end_singles(run* state) {
  run_group(state, &under_way);
  memset(&under_way, 0, sizeof under_way);
}

void add_single(run* state, vector* v, const char* kind) {
  group* const g = &under_way;
  ottava_matmul_desc desc = OTTAVA_MATMUL_DESC_INIT;
  ottava_output output = OTTAVA_OUTPUT_INIT;
  float rhs_scale = 1.0f, bias = 0.0f;
  int32_t multiplier = 0, shift = 0, x;
  int64_t* expected;
  output.requantization = OTTAVA_REQUANTIZE_NONE;
  if (strcmp(kind, "f32") == 0) {
    output.type = OTTAVA_TYPE_F32;
    output.clamp_min_f32 = real(state, v, "clamp_min");
    output.clamp_max_f32 = real(state, v, "clamp_max");
    bias = real(state, v, "bias");
  } else {
    output.type = OTTAVA_TYPE_S32;
    output.clamp_min = integer(state, v, "clamp_min");
    output.clamp_max = integer(state, v, "clamp_max");
  }
  if (strcmp(kind, "requantize") == 0) {
    output.requantization = rule_of(state, v);
    output.type = type_of(state, v, "dst_type");
    output.zero_point = integer(state, v, "zero_point");
  }
  if (find(v, "multiplier") != NULL) {
    output.parameters = OTTAVA_PARAMETERS_INTEGER;
    multiplier = integer(state, v, "multiplier");
    shift = integer(state, v, "shift");
  } else if (strcmp(kind, "s32") != 0) {
    output.parameters = real_parameters_of(state, v);
    desc.lhs_scale = real(state, v, "lhs_scale");
    rhs_scale = real(state, v, "rhs_scale");
    if (strcmp(kind, "requantize") == 0) output.scale = real(state, v, "dst_scale");
  }
  x = integer(state, v, "x");
  expected = numbers(state, v, "result", 1, output.type == OTTAVA_TYPE_F32 ? parse_bits : parse_integer);
  check_all_used(state, v);
  if (!state->broken) {
    /* The structures hold no padding, so their bytes are their settings; n and k are set as the group runs. */
    desc.n = g->desc.n;
    desc.k = g->desc.k;
    desc.flags = g->desc.flags;
    desc.lhs_type = g->desc.lhs_type;
    if (g->n == MOST_CHANNELS || memcmp(&desc, &g->desc, sizeof desc) != 0 ||
        memcmp(&output, &g->output, sizeof output) != 0) {
      run_group(state, g);
    }
    if (g->n == 0) {
      desc.n = 0;
      desc.k = 0;
      desc.flags = 0;
      desc.lhs_type = OTTAVA_TYPE_S8;
      g->desc = desc;
      g->output = output;
    }
    g->lines[g->n] = v->line;
    g->expected[g->n] = expected[0];
    g->x[g->n] = x;
    g->rhs_scales[g->n] = rhs_scale;
    g->bias_f32[g->n] = bias;
    g->multipliers[g->n] = multiplier;
    g->shifts[g->n] = shift;
    ++g->n;
  }
  free(expected);
}
