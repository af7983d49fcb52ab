// The defaults of every structure, for callers that cannot use the macros of the header.
#include "boundary.h"

using namespace ottava;

namespace {

// `bytes`: of the structure as the caller knows it. `first_bytes` as in boundary.h.
template <class T>
ottava_status init(const T& defaults, size_t first_bytes, T* to, uint64_t bytes) {
  if (to == nullptr) return OTTAVA_NULL_POINTER;
  const uint32_t size = bytes > kMostStructBytes ? UINT32_MAX : static_cast<uint32_t>(bytes);
  if (!plausible_size<T>(size, first_bytes)) return OTTAVA_BAD_STRUCT;
  to->struct_size = size;
  write_struct(defaults, to);
  return OTTAVA_OK;
}

}  // namespace

#define OTTAVA_INIT_FUNCTION(name, MACRO, first_bytes)                                      \
  extern "C" ottava_status ottava_##name##_init(ottava_##name* structure, uint64_t bytes) { \
    return init<ottava_##name>(MACRO, first_bytes, structure, bytes);                       \
  }
OTTAVA_INIT_FUNCTION(error, OTTAVA_ERROR_INIT, sizeof(ottava_error))
OTTAVA_INIT_FUNCTION(context_options, OTTAVA_CONTEXT_OPTIONS_INIT, sizeof(ottava_context_options))
OTTAVA_INIT_FUNCTION(context_host, OTTAVA_CONTEXT_HOST_INIT, sizeof(ottava_context_host))
OTTAVA_INIT_FUNCTION(output, OTTAVA_OUTPUT_INIT, sizeof(ottava_output))
OTTAVA_INIT_FUNCTION(matmul_desc, OTTAVA_MATMUL_DESC_INIT, sizeof(ottava_matmul_desc))
OTTAVA_INIT_FUNCTION(matmul_constants, OTTAVA_MATMUL_CONSTANTS_INIT, sizeof(ottava_matmul_constants))
OTTAVA_INIT_FUNCTION(matmul_info, OTTAVA_MATMUL_INFO_INIT, kFirstMatmulInfoBytes)
OTTAVA_INIT_FUNCTION(matmul_run_desc, OTTAVA_MATMUL_RUN_DESC_INIT, kFirstMatmulRunBytes)
OTTAVA_INIT_FUNCTION(matmul_operands, OTTAVA_MATMUL_OPERANDS_INIT, sizeof(ottava_matmul_operands))
OTTAVA_INIT_FUNCTION(cpu_info, OTTAVA_CPU_INFO_INIT, sizeof(ottava_cpu_info))
OTTAVA_INIT_FUNCTION(tier_info, OTTAVA_TIER_INFO_INIT, sizeof(ottava_tier_info))
OTTAVA_INIT_FUNCTION(foreign_parameters, OTTAVA_FOREIGN_PARAMETERS_INIT, sizeof(ottava_foreign_parameters))
OTTAVA_INIT_FUNCTION(layer_run_desc, OTTAVA_LAYER_RUN_DESC_INIT, sizeof(ottava_layer_run_desc))
OTTAVA_INIT_FUNCTION(layer_operands, OTTAVA_LAYER_OPERANDS_INIT, sizeof(ottava_layer_operands))
OTTAVA_INIT_FUNCTION(layer_info, OTTAVA_LAYER_INFO_INIT, sizeof(ottava_layer_info))
OTTAVA_INIT_FUNCTION(conv2d_desc, OTTAVA_CONV2D_DESC_INIT, sizeof(ottava_conv2d_desc))
OTTAVA_INIT_FUNCTION(depthwise_conv2d_desc, OTTAVA_DEPTHWISE_CONV2D_DESC_INIT, sizeof(ottava_depthwise_conv2d_desc))
OTTAVA_INIT_FUNCTION(transposed_conv2d_desc, OTTAVA_TRANSPOSED_CONV2D_DESC_INIT, sizeof(ottava_transposed_conv2d_desc))
OTTAVA_INIT_FUNCTION(conv2d_constants, OTTAVA_CONV2D_CONSTANTS_INIT, sizeof(ottava_conv2d_constants))
OTTAVA_INIT_FUNCTION(pool2d_desc, OTTAVA_POOL2D_DESC_INIT, sizeof(ottava_pool2d_desc))
OTTAVA_INIT_FUNCTION(add_desc, OTTAVA_ADD_DESC_INIT, sizeof(ottava_add_desc))
OTTAVA_INIT_FUNCTION(packed_info, OTTAVA_PACKED_INFO_INIT, sizeof(ottava_packed_info))
OTTAVA_INIT_FUNCTION(kernel_info, OTTAVA_KERNEL_INFO_INIT, sizeof(ottava_kernel_info))
OTTAVA_INIT_FUNCTION(knobs, OTTAVA_KNOBS_INIT, sizeof(ottava_knobs))
OTTAVA_INIT_FUNCTION(route, OTTAVA_ROUTE_INIT, sizeof(ottava_route))
OTTAVA_INIT_FUNCTION(tune_problem, OTTAVA_TUNE_PROBLEM_INIT, sizeof(ottava_tune_problem))
OTTAVA_INIT_FUNCTION(tune_options, OTTAVA_TUNE_OPTIONS_INIT, sizeof(ottava_tune_options))
OTTAVA_INIT_FUNCTION(tuned_info, OTTAVA_TUNED_INFO_INIT, sizeof(ottava_tuned_info))
#undef OTTAVA_INIT_FUNCTION
