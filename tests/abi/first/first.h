/* What the first frozen header of the series declared and program.c uses, as it stood then: never to be changed. A
 * program that was compiled against it has these sizes and values in it. */
#ifndef OTTAVA_TESTS_FIRST_H_
#define OTTAVA_TESTS_FIRST_H_

#include <stdint.h>

typedef uint32_t ottava_status;
typedef struct ottava_context ottava_context;
typedef struct ottava_context_options ottava_context_options;
typedef struct ottava_context_host ottava_context_host;
typedef struct ottava_matmul ottava_matmul;
typedef struct ottava_error ottava_error;

typedef struct ottava_matmul_desc {
  uint32_t struct_size;
  uint32_t flags;
  int64_t n, k, max_m, rhs_stride;
  uint32_t lhs_type, lhs_order;
  int32_t lhs_zero_point;
  float lhs_scale;
  uint32_t lhs_quantization, lhs_quantized_type;
  uint32_t rhs_type, rhs_order;
  int32_t rhs_zero_point;
  float rhs_scale;
  uint32_t dst_order, reserved;
} ottava_matmul_desc;

typedef struct ottava_matmul_constants {
  uint32_t struct_size, reserved;
  const void *rhs;
  const float *rhs_scales;
  const int32_t *rhs_zero_points;
} ottava_matmul_constants;

typedef struct ottava_output {
  uint32_t struct_size, flags, type;
  int32_t zero_point;
  float scale;
  uint32_t requantization, parameters;
  int32_t multiplier, shift, clamp_min, clamp_max;
  float clamp_min_f32, clamp_max_f32;
  uint32_t activation;
  int32_t tanh_zero, tanh_amplitude;
  const int32_t *bias;
  const float *bias_f32;
  const int32_t *multipliers, *shifts;
  const void *table;
  const struct ottava_add_desc *addition;
} ottava_output;

ottava_status ottava_context_create(const ottava_context_options *options, const ottava_context_host *host,
                                    ottava_context **context, ottava_error *error);
ottava_status ottava_context_destroy(ottava_context *context);
ottava_status ottava_matmul_create(const ottava_context *context, const ottava_matmul_desc *desc,
                                   const ottava_output *output, const ottava_matmul_constants *constants,
                                   ottava_matmul **operation, ottava_error *error);
ottava_status ottava_matmul_run(const ottava_matmul *operation, int64_t m, const void *lhs, int64_t lhs_stride,
                                void *dst, int64_t dst_stride, void *workspace, uint64_t workspace_bytes,
                                ottava_error *error);
ottava_status ottava_matmul_destroy(ottava_matmul *operation);

#endif
