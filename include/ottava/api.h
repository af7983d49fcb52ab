/* ottava: the table of functions, for hosts that load the library at run time. Part of ottava.h, which includes it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
/* clang-format off */
#ifndef OTTAVA_OTTAVA_H_
#include "ottava.h" /* which includes this file where it is wanted */
#endif
#ifndef OTTAVA_API_H_
#define OTTAVA_API_H_

#ifdef __cplusplus
extern "C" {
#endif

#define OTTAVA_API_VERSION 1u

/* Grows only at its end: a member is there if struct_size covers it. */
typedef struct ottava_api {
  uint32_t struct_size;
  uint32_t version;
  ottava_status (*status_string)(ottava_status, const char **);
  ottava_status (*version_of_library)(uint32_t *, uint32_t *, uint32_t *);
  ottava_status (*error_init)(ottava_error *, uint64_t);
  ottava_status (*context_options_init)(ottava_context_options *, uint64_t);
  ottava_status (*context_host_init)(ottava_context_host *, uint64_t);
  ottava_status (*output_init)(ottava_output *, uint64_t);
  ottava_status (*matmul_desc_init)(ottava_matmul_desc *, uint64_t);
  ottava_status (*matmul_constants_init)(ottava_matmul_constants *, uint64_t);
  ottava_status (*matmul_info_init)(ottava_matmul_info *, uint64_t);
  ottava_status (*matmul_run_desc_init)(ottava_matmul_run_desc *, uint64_t);
  ottava_status (*matmul_operands_init)(ottava_matmul_operands *, uint64_t);
  ottava_status (*cpu_info_init)(ottava_cpu_info *, uint64_t);
  ottava_status (*tier_info_init)(ottava_tier_info *, uint64_t);
  ottava_status (*foreign_parameters_init)(ottava_foreign_parameters *, uint64_t);
  ottava_status (*context_create)(const ottava_context_options *, const ottava_context_host *, ottava_context **,
                                  ottava_error *);
  ottava_status (*context_size)(uint64_t *);
  ottava_status (*context_init_at)(void *, uint64_t, const ottava_context_options *, const ottava_context_host *,
                                   ottava_context **, ottava_error *);
  ottava_status (*context_destroy)(ottava_context *);
  ottava_status (*cpu_query)(const ottava_context *, ottava_cpu_info *, ottava_error *);
  ottava_status (*tier_query)(const ottava_context *, uint32_t, ottava_tier_info *, ottava_error *);
  ottava_status (*matmul_create)(const ottava_context *, const ottava_matmul_desc *, const ottava_output *,
                                 const ottava_matmul_constants *, ottava_matmul **, ottava_error *);
  ottava_status (*matmul_size)(const ottava_context *, const ottava_matmul_desc *, const ottava_output *, uint64_t *,
                               ottava_error *);
  ottava_status (*matmul_init_at)(void *, uint64_t, const ottava_context *, const ottava_matmul_desc *,
                                  const ottava_output *, const ottava_matmul_constants *, ottava_matmul **,
                                  ottava_error *);
  ottava_status (*matmul_destroy)(ottava_matmul *);
  ottava_status (*matmul_query)(const ottava_matmul *, int64_t, ottava_matmul_info *, ottava_error *);
  ottava_status (*matmul_run)(const ottava_matmul *, int64_t, const void *, int64_t, void *, int64_t, void *, uint64_t,
                              ottava_error *);
  ottava_status (*matmul_execute)(const ottava_matmul *, const ottava_matmul_run_desc *, const ottava_matmul_operands *,
                                  ottava_error *);
  ottava_status (*matmul_workspace)(const ottava_matmul *, const ottava_matmul_run_desc *, uint64_t *, ottava_error *);
  ottava_status (*matmul_output_stage)(const ottava_matmul *, int64_t, const int32_t *, int64_t, const float *, void *,
                                       int64_t, ottava_error *);
  ottava_status (*range)(const ottava_context *, int64_t, const float *, float *, float *, ottava_error *);
  ottava_status (*quantize)(const ottava_context *, uint32_t, uint32_t, float, int32_t, int64_t, const float *, void *,
                            ottava_error *);
  ottava_status (*quantize_rows)(const ottava_context *, uint32_t, int64_t, int64_t, const float *, int64_t, void *,
                                 int64_t, float *, int32_t *, ottava_error *);
  ottava_status (*dequantize)(const ottava_context *, uint32_t, float, int32_t, int64_t, const void *, float *,
                              ottava_error *);
  ottava_status (*requantize)(const ottava_context *, const ottava_output *, float, int64_t, const int32_t *, void *,
                              ottava_error *);
  ottava_status (*form_multiplier)(uint32_t, double, int32_t *, int32_t *, double *, ottava_error *);
  ottava_status (*choose_parameters)(uint32_t, uint32_t, float, float, float *, int32_t *, ottava_error *);
  ottava_status (*import_parameters)(const ottava_foreign_parameters *, ottava_matmul_desc *, ottava_output *,
                                     ottava_error *);
  ottava_status (*make_table)(uint32_t, uint32_t, float, int32_t, float, int32_t, void *, ottava_error *);
  ottava_status (*layer_run_desc_init)(ottava_layer_run_desc *, uint64_t);
  ottava_status (*layer_operands_init)(ottava_layer_operands *, uint64_t);
  ottava_status (*layer_info_init)(ottava_layer_info *, uint64_t);
  ottava_status (*conv2d_desc_init)(ottava_conv2d_desc *, uint64_t);
  ottava_status (*conv2d_constants_init)(ottava_conv2d_constants *, uint64_t);
  ottava_status (*window_resolve)(const ottava_window *, int64_t, int64_t, ottava_window *, int64_t *, int64_t *,
                                  ottava_error *);
  ottava_status (*layer_query)(const ottava_layer *, const ottava_layer_run_desc *, ottava_layer_info *, ottava_error *);
  ottava_status (*layer_run)(const ottava_layer *, const ottava_layer_run_desc *, const ottava_layer_operands *,
                             ottava_error *);
  ottava_status (*layer_destroy)(ottava_layer *);
  ottava_status (*conv2d_create)(const ottava_context *, const ottava_conv2d_desc *, const ottava_output *,
                                 const ottava_conv2d_constants *, ottava_layer **, ottava_error *);
  ottava_status (*conv2d_size)(const ottava_context *, const ottava_conv2d_desc *, const ottava_output *, uint64_t *,
                               ottava_error *);
  ottava_status (*conv2d_init_at)(void *, uint64_t, const ottava_context *, const ottava_conv2d_desc *,
                                  const ottava_output *, const ottava_conv2d_constants *, ottava_layer **,
                                  ottava_error *);
  ottava_status (*depthwise_conv2d_desc_init)(ottava_depthwise_conv2d_desc *, uint64_t);
  ottava_status (*depthwise_conv2d_create)(const ottava_context *, const ottava_depthwise_conv2d_desc *,
                                           const ottava_output *, const ottava_conv2d_constants *, ottava_layer **,
                                           ottava_error *);
  ottava_status (*depthwise_conv2d_size)(const ottava_context *, const ottava_depthwise_conv2d_desc *,
                                         const ottava_output *, uint64_t *, ottava_error *);
  ottava_status (*depthwise_conv2d_init_at)(void *, uint64_t, const ottava_context *,
                                            const ottava_depthwise_conv2d_desc *, const ottava_output *,
                                            const ottava_conv2d_constants *, ottava_layer **, ottava_error *);
  ottava_status (*transposed_conv2d_desc_init)(ottava_transposed_conv2d_desc *, uint64_t);
  ottava_status (*transposed_conv2d_create)(const ottava_context *, const ottava_transposed_conv2d_desc *,
                                            const ottava_output *, const ottava_conv2d_constants *, ottava_layer **,
                                            ottava_error *);
  ottava_status (*transposed_conv2d_size)(const ottava_context *, const ottava_transposed_conv2d_desc *,
                                          const ottava_output *, uint64_t *, ottava_error *);
  ottava_status (*transposed_conv2d_init_at)(void *, uint64_t, const ottava_context *,
                                             const ottava_transposed_conv2d_desc *, const ottava_output *,
                                             const ottava_conv2d_constants *, ottava_layer **, ottava_error *);
  ottava_status (*pool2d_desc_init)(ottava_pool2d_desc *, uint64_t);
  ottava_status (*pool2d_create)(const ottava_context *, const ottava_pool2d_desc *, const ottava_output *,
                                 ottava_layer **, ottava_error *);
  ottava_status (*pool2d_size)(const ottava_context *, const ottava_pool2d_desc *, const ottava_output *, uint64_t *,
                               ottava_error *);
  ottava_status (*pool2d_init_at)(void *, uint64_t, const ottava_context *, const ottava_pool2d_desc *,
                                  const ottava_output *, ottava_layer **, ottava_error *);
  ottava_status (*add_desc_init)(ottava_add_desc *, uint64_t);
  ottava_status (*add_create)(const ottava_context *, const ottava_add_desc *, ottava_layer **, ottava_error *);
  ottava_status (*add_size)(const ottava_context *, const ottava_add_desc *, uint64_t *, ottava_error *);
  ottava_status (*add_init_at)(void *, uint64_t, const ottava_context *, const ottava_add_desc *, ottava_layer **,
                               ottava_error *);
  ottava_status (*packed_info_init)(ottava_packed_info *, uint64_t);
  ottava_status (*packed_query)(const void *, uint64_t, ottava_packed_info *, ottava_error *);
  ottava_status (*packed_verify)(const void *, uint64_t, ottava_error *);
  ottava_status (*matmul_save_size)(const ottava_matmul *, const char *, uint64_t *, ottava_error *);
  ottava_status (*matmul_save)(const ottava_matmul *, const char *, void *, uint64_t, ottava_error *);
  ottava_status (*matmul_load)(const ottava_context *, const void *, uint64_t, uint32_t, ottava_matmul **,
                               ottava_error *);
  ottava_status (*matmul_load_size)(const ottava_context *, const void *, uint64_t, uint32_t, uint64_t *,
                                    ottava_error *);
  ottava_status (*matmul_load_at)(void *, uint64_t, const ottava_context *, const void *, uint64_t, uint32_t,
                                  ottava_matmul **, ottava_error *);
  ottava_status (*packed_source)(const void *, uint64_t, const char *, char *, uint64_t, uint64_t *, ottava_error *);
  ottava_status (*layer_save_size)(const ottava_layer *, const char *, uint64_t *, ottava_error *);
  ottava_status (*layer_save)(const ottava_layer *, const char *, void *, uint64_t, ottava_error *);
  ottava_status (*conv2d_load)(const ottava_context *, const void *, uint64_t, uint32_t, ottava_layer **,
                               ottava_error *);
  ottava_status (*conv2d_load_size)(const ottava_context *, const void *, uint64_t, uint32_t, uint64_t *,
                                    ottava_error *);
  ottava_status (*conv2d_load_at)(void *, uint64_t, const ottava_context *, const void *, uint64_t, uint32_t,
                                  ottava_layer **, ottava_error *);
  ottava_status (*depthwise_conv2d_load)(const ottava_context *, const void *, uint64_t, uint32_t, ottava_layer **,
                                         ottava_error *);
  ottava_status (*depthwise_conv2d_load_size)(const ottava_context *, const void *, uint64_t, uint32_t, uint64_t *,
                                              ottava_error *);
  ottava_status (*depthwise_conv2d_load_at)(void *, uint64_t, const ottava_context *, const void *, uint64_t, uint32_t,
                                            ottava_layer **, ottava_error *);
  ottava_status (*transposed_conv2d_load)(const ottava_context *, const void *, uint64_t, uint32_t, ottava_layer **,
                                          ottava_error *);
  ottava_status (*transposed_conv2d_load_size)(const ottava_context *, const void *, uint64_t, uint32_t, uint64_t *,
                                               ottava_error *);
  ottava_status (*transposed_conv2d_load_at)(void *, uint64_t, const ottava_context *, const void *, uint64_t, uint32_t,
                                             ottava_layer **, ottava_error *);
  ottava_status (*pool2d_load)(const ottava_context *, const void *, uint64_t, uint32_t, ottava_layer **,
                               ottava_error *);
  ottava_status (*pool2d_load_size)(const ottava_context *, const void *, uint64_t, uint32_t, uint64_t *,
                                    ottava_error *);
  ottava_status (*pool2d_load_at)(void *, uint64_t, const ottava_context *, const void *, uint64_t, uint32_t,
                                  ottava_layer **, ottava_error *);
  ottava_status (*add_load)(const ottava_context *, const void *, uint64_t, uint32_t, ottava_layer **, ottava_error *);
  ottava_status (*add_load_size)(const ottava_context *, const void *, uint64_t, uint32_t, uint64_t *, ottava_error *);
  ottava_status (*add_load_at)(void *, uint64_t, const ottava_context *, const void *, uint64_t, uint32_t,
                               ottava_layer **, ottava_error *);
  ottava_status (*kernel_info_init)(ottava_kernel_info *, uint64_t);
  ottava_status (*kernel_query)(const ottava_context *, uint32_t, ottava_kernel_info *, ottava_error *);
  ottava_status (*knobs_init)(ottava_knobs *, uint64_t);
  ottava_status (*context_derive)(const ottava_context *, const ottava_knobs *, const ottava_tuning *, ottava_context **,
                                  ottava_error *);
  ottava_status (*context_derive_at)(void *, uint64_t, const ottava_context *, const ottava_knobs *,
                                     const ottava_tuning *, ottava_context **, ottava_error *);
  ottava_status (*route_init)(ottava_route *, uint64_t);
  ottava_status (*matmul_route)(const ottava_matmul *, int64_t, ottava_route *, ottava_error *);
  ottava_status (*matmul_predict)(const ottava_context *, const ottava_matmul_desc *, const ottava_output *, int64_t,
                                  ottava_route *, ottava_error *);
  ottava_status (*layer_route)(const ottava_layer *, const ottava_layer_run_desc *, ottava_route *, ottava_error *);
  ottava_status (*tune_problem_init)(ottava_tune_problem *, uint64_t);
  ottava_status (*tune_options_init)(ottava_tune_options *, uint64_t);
  ottava_status (*tune)(const ottava_context *, const ottava_tune_problem *, uint32_t, const ottava_tune_options *,
                        ottava_tuning **, ottava_error *);
  ottava_status (*tuning_destroy)(ottava_tuning *);
  ottava_status (*tuning_write)(const ottava_tuning *, char *, uint64_t, uint64_t *, ottava_error *);
  ottava_status (*tuning_read)(const ottava_context *, const char *, uint64_t, uint32_t, ottava_tuning **,
                               ottava_error *);
  ottava_status (*tuning_merge)(const ottava_tuning *, const ottava_tuning *, ottava_tuning **, ottava_error *);
  ottava_status (*tuned_info_init)(ottava_tuned_info *, uint64_t);
  ottava_status (*tuning_query)(const ottava_tuning *, uint32_t, ottava_tuned_info *, ottava_error *);
} ottava_api;

/* Points *api at the table of `version` (OTTAVA_API_VERSION of the header that the host was built with), which lives as
 * long as the library is loaded.
 * Errors: NULL_POINTER, OUT_OF_RANGE. */
OTTAVA_API ottava_status ottava_get_api(uint32_t version, const ottava_api **api);

#ifdef __cplusplus
}
#endif

#endif /* OTTAVA_API_H_ */
