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
  uint8_t* lhs = NULL;
  uint8_t* rhs = NULL;
  uint8_t* dst;
  int64_t n;
  if (g->n == 0 || state->broken) return;
  dst = allocate((size_t)g->n * bytes_of(g->desc.dst_type));
  g->desc.n = g->n;
  if (g->desc.dst_type == OTTAVA_TYPE_F32) {
    spread(g, &lhs, &rhs, &g->desc.k);
    g->desc.lhs_type = OTTAVA_TYPE_U8;
    g->desc.flags = OTTAVA_MATMUL_ALLOW_WRAP; /* the sums fit, but not whatever the lhs */
    constants.rhs = rhs;
    constants.bias_f32 = g->bias_f32;
  } else {
    constants.bias = g->x;
  }
  if (g->desc.parameters == OTTAVA_PARAMETERS_INTEGER) {
    constants.multipliers = g->multipliers;
    constants.shifts = g->shifts;
  } else if (g->desc.dst_type != OTTAVA_TYPE_S32 || g->desc.rule != OTTAVA_RULE_NONE) {
    constants.rhs_scales = g->rhs_scales;
  }
  if (compute(state, g->lines[0], &g->desc, &constants, 1, lhs, dst, NULL)) {
    for (n = 0; n < g->n; ++n) {
      state->passed +=
          same(state, g->lines[n], "result", g->expected[n], element(dst, g->desc.dst_type, n), g->desc.dst_type);
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
  float rhs_scale = 1.0f, bias = 0.0f;
  int32_t multiplier = 0, shift = 0, x;
  int64_t* expected;
  desc.rule = OTTAVA_RULE_NONE;
  if (strcmp(kind, "f32") == 0) {
    desc.dst_type = OTTAVA_TYPE_F32;
    desc.clamp_min_f32 = real(state, v, "clamp_min");
    desc.clamp_max_f32 = real(state, v, "clamp_max");
    bias = real(state, v, "bias");
  } else {
    desc.dst_type = OTTAVA_TYPE_S32;
    desc.clamp_min = integer(state, v, "clamp_min");
    desc.clamp_max = integer(state, v, "clamp_max");
  }
  if (strcmp(kind, "requantize") == 0) {
    desc.rule = rule_of(state, v);
    desc.dst_type = type_of(state, v, "dst_type");
    desc.dst_zero_point = integer(state, v, "zero_point");
  }
  if (find(v, "multiplier") != NULL) {
    desc.parameters = OTTAVA_PARAMETERS_INTEGER;
    multiplier = integer(state, v, "multiplier");
    shift = integer(state, v, "shift");
  } else if (strcmp(kind, "s32") != 0) {
    desc.lhs_scale = real(state, v, "lhs_scale");
    rhs_scale = real(state, v, "rhs_scale");
    if (strcmp(kind, "requantize") == 0) desc.dst_scale = real(state, v, "dst_scale");
  }
  x = integer(state, v, "x");
  expected = numbers(state, v, "result", 1, desc.dst_type == OTTAVA_TYPE_F32 ? parse_bits : parse_integer);
  check_all_used(state, v);
  if (!state->broken) {
    /* The structure holds no padding, so its bytes are its settings; n and k are set as the group runs. */
    desc.n = g->desc.n;
    desc.k = g->desc.k;
    desc.flags = g->desc.flags;
    desc.lhs_type = g->desc.lhs_type;
    if (g->n == MOST_CHANNELS || memcmp(&desc, &g->desc, sizeof desc) != 0) run_group(state, g);
    if (g->n == 0) {
      desc.n = 0;
      desc.k = 0;
      desc.flags = 0;
      desc.lhs_type = OTTAVA_TYPE_S8;
      g->desc = desc;
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
