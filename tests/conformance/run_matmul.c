/* Vectors of whole products: matmul, hybrid, rows, accumulate and left. */
#include <stdlib.h>
#include <string.h>

#include "run.h"

/* What is allocated for one vector. */
typedef struct memory {
  void* lhs;
  uint8_t *rhs, *dst;
  int32_t *rhs_zero_points, *lhs_zero_points, *bias, *multipliers, *shifts;
  float *rhs_scales, *lhs_scales, *bias_f32;
  int64_t *previous, *expected;
} memory;

static void release(memory* all) {
  free(all->lhs);
  free(all->rhs);
  free(all->dst);
  free(all->rhs_zero_points);
  free(all->lhs_zero_points);
  free(all->bias);
  free(all->multipliers);
  free(all->shifts);
  free(all->rhs_scales);
  free(all->lhs_scales);
  free(all->bias_f32);
  free(all->previous);
  free(all->expected);
}

/* The lhs: its type, and zero points and scales where they are not found from it. */
static void read_lhs(run* state, vector* v, const char* kind, int64_t m, ottava_matmul_desc* desc,
                     const ottava_output* output, memory* all) {
  const int with_scales = output->parameters != OTTAVA_PARAMETERS_INTEGER &&
                          (output->type != OTTAVA_TYPE_S32 || output->requantization != OTTAVA_REQUANTIZE_NONE);
  const int own = strcmp(kind, "rows") == 0;
  int dynamic = 0;
  desc->lhs_type = type_of(state, v, "lhs_type");
  if (strcmp(kind, "hybrid") == 0) {
    desc->lhs_quantization = quantization_of(state, v, "quantization");
    desc->lhs_quantized_type = type_of(state, v, "quantized_type");
    dynamic = desc->lhs_quantization >= OTTAVA_QUANTIZE_TFLITE_SYMMETRIC;
  }
  if (own && find(v, "lhs_zero_points") != NULL) {
    desc->flags |= OTTAVA_MATMUL_LHS_ROW_ZERO_POINTS;
    all->lhs_zero_points = integers(state, v, "lhs_zero_points", m);
  } else if (!dynamic) {
    desc->lhs_zero_point = integer(state, v, "lhs_zero_point");
  }
  if (own && with_scales && find(v, "lhs_scales") != NULL) {
    desc->flags |= OTTAVA_MATMUL_LHS_ROW_SCALES;
    all->lhs_scales = reals(state, v, "lhs_scales", m);
  } else if (with_scales && !dynamic) {
    desc->lhs_scale = real(state, v, "lhs_scale");
  }
  all->lhs = desc->lhs_type == OTTAVA_TYPE_F32 ? (void*)reals(state, v, "lhs", m * desc->k)
                                               : (void*)bytes(state, v, "lhs", m * desc->k);
}

static void read_parameters(run* state, vector* v, ottava_matmul_desc* desc, ottava_output* output, memory* all) {
  if (find(v, "multipliers") != NULL) {
    output->parameters = OTTAVA_PARAMETERS_INTEGER;
    all->multipliers = integers(state, v, "multipliers", desc->n);
    all->shifts = integers(state, v, "shifts", desc->n);
  } else if (output->type != OTTAVA_TYPE_S32 || output->requantization != OTTAVA_REQUANTIZE_NONE) {
    output->parameters = real_parameters_of(state, v);
    all->rhs_scales = reals(state, v, "rhs_scales", desc->n);
    if (output->requantization != OTTAVA_REQUANTIZE_NONE) output->scale = real(state, v, "dst_scale");
  }
}

static void read_dst(run* state, vector* v, const char* kind, int64_t m, ottava_matmul_desc* desc,
                     ottava_output* output, memory* all) {
  const int is_float = output->type == OTTAVA_TYPE_F32;
  const parse_fn parse = is_float ? parse_bits : parse_integer;
  if (is_float) {
    output->clamp_min_f32 = real(state, v, "clamp_min");
    output->clamp_max_f32 = real(state, v, "clamp_max");
  } else {
    output->clamp_min = integer(state, v, "clamp_min");
    output->clamp_max = integer(state, v, "clamp_max");
    output->zero_point = integer(state, v, "zero_point");
  }
  if (strcmp(kind, "hybrid") == 0 || (strcmp(kind, "rows") == 0 && find(v, "bias_f32") != NULL))
    all->bias_f32 = reals(state, v, "bias_f32", desc->n);
  if (strcmp(kind, "hybrid") != 0 && is_float) {
    free(all->bias_f32);
    all->bias_f32 = reals(state, v, "bias", desc->n);
  } else if (strcmp(kind, "hybrid") != 0) {
    all->bias = integers(state, v, "bias", desc->n);
  }
  if (strcmp(kind, "accumulate") == 0) all->previous = numbers(state, v, "previous", m * desc->n, parse);
  all->expected = numbers(state, v, "dst", m * desc->n, parse);
}

void run_matmul(run* state, vector* v, const char* kind) {
  ottava_matmul_desc desc = OTTAVA_MATMUL_DESC_INIT;
  ottava_output output = OTTAVA_OUTPUT_INIT;
  ottava_matmul_constants constants = OTTAVA_MATMUL_CONSTANTS_INIT;
  extras more;
  memory all;
  const int64_t m = integer(state, v, "m");
  const int plain = strcmp(kind, "rows") != 0 && strcmp(kind, "accumulate") != 0;
  int64_t i;
  int good;
  memset(&all, 0, sizeof all);
  desc.n = integer(state, v, "n");
  desc.k = integer(state, v, "k");
  if (m < 0 || m > 4096 || desc.n < 0 || desc.n > 4096 || desc.k < 0 || desc.k > 4096) {
    complain(state, v->line, "a size beyond what these vectors are for");
    return;
  }
  output.requantization = rule_of(state, v);
  desc.rhs_type = type_of(state, v, "rhs_type");
  output.type = type_of(state, v, "dst_type");
  if (strcmp(kind, "left") == 0) desc.flags = OTTAVA_MATMUL_WEIGHTS_LEFT;
  read_parameters(state, v, &desc, &output, &all);
  read_lhs(state, v, kind, m, &desc, &output, &all);
  read_dst(state, v, kind, m, &desc, &output, &all);
  all.rhs_zero_points = integers(state, v, "rhs_zero_points", desc.n);
  all.rhs = bytes(state, v, "rhs", desc.k * desc.n);
  all.dst = allocate((size_t)(m * desc.n) * bytes_of(output.type));
  check_all_used(state, v);
  if (!state->broken) {
    constants.rhs = all.rhs;
    constants.rhs_zero_points = all.rhs_zero_points;
    constants.rhs_scales = all.rhs_scales;
    output.bias = all.bias;
    output.bias_f32 = all.bias_f32;
    output.multipliers = all.multipliers;
    output.shifts = all.shifts;
    more.flags = all.previous != NULL ? OTTAVA_RUN_ACCUMULATE : 0;
    more.lhs_scales = all.lhs_scales;
    more.lhs_zero_points = all.lhs_zero_points;
    for (i = 0; all.previous != NULL && i < m * desc.n; ++i) set_element(all.dst, output.type, i, all.previous[i]);
    good = compute(state, v->line, &desc, &output, &constants, m, all.lhs, all.dst, plain ? NULL : &more);
    for (i = 0; good && i < m * desc.n; ++i) {
      good = same(state, v->line, "an element of dst", all.expected[i], element(all.dst, output.type, i), output.type);
    }
    if (good) ++state->passed;
  }
  release(&all);
}
