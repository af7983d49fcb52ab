/* What each OTTAVA_..._INIT macro leaves in each field, against what ottava.h says; and that each ottava_..._init
 * function leaves the same. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ottava/ottava.h"

static int failures = 0;

static void expect(int holds, int line, const char *what) {
  if (holds) return;
  printf("line %d: not so: %s\n", line, what);
  ++failures;
}
#define EXPECT(condition) expect(condition, __LINE__, #condition)

static int all_zero(const void *memory, size_t bytes) {
  const unsigned char *byte = memory;
  while (bytes != 0 && byte[bytes - 1] == 0) --bytes;
  return bytes == 0;
}
/* True if nothing but struct_size is set. */
#define SIZE_ALONE(s)              \
  ((s).struct_size == sizeof(s) && \
   all_zero((const char *)&(s) + sizeof(s).struct_size, sizeof(s) - sizeof(s).struct_size))

/* Each ..._init function leaves the bytes of the macro, whatever was there; and zeroes beyond them for a caller that
 * knows a larger structure. */
#define EXPECT_INIT(name, like)                                                                       \
  do {                                                                                                \
    union {                                                                                           \
      ottava_##name structure;                                                                        \
      unsigned char bytes[sizeof(ottava_##name) + 16];                                                \
    } filled;                                                                                         \
    const uint64_t size = sizeof filled.structure;                                                    \
    memset(&filled, 0x5a, sizeof filled);                                                             \
    EXPECT(ottava_##name##_init(&filled.structure, size) == OTTAVA_OK);                               \
    EXPECT(memcmp(&filled.structure, &like, sizeof like) == 0);                                       \
    EXPECT(filled.bytes[size] == 0x5a);                                                               \
    EXPECT(ottava_##name##_init(&filled.structure, size + 16) == OTTAVA_OK);                          \
    EXPECT(filled.structure.struct_size == size + 16);                                                \
    filled.structure.struct_size = (uint32_t)size;                                                    \
    EXPECT(memcmp(&filled.structure, &like, sizeof like) == 0);                                       \
    EXPECT(all_zero(filled.bytes + size, 16));                                                        \
    memset(&filled, 0x5a, sizeof filled);                                                             \
    EXPECT(ottava_##name##_init(NULL, size) == OTTAVA_NULL_POINTER);                                  \
    EXPECT(ottava_##name##_init(&filled.structure, 0) == OTTAVA_BAD_STRUCT);                          \
    EXPECT(ottava_##name##_init(&filled.structure, size - 1) == OTTAVA_BAD_STRUCT);                   \
    EXPECT(ottava_##name##_init(&filled.structure, 4100) == OTTAVA_BAD_STRUCT);                       \
    EXPECT(ottava_##name##_init(&filled.structure, ((uint64_t)1 << 32) + size) == OTTAVA_BAD_STRUCT); \
    EXPECT(filled.bytes[0] == 0x5a && filled.bytes[size - 1] == 0x5a);                                \
  } while (0)

int main(void) {
  const ottava_error error = OTTAVA_ERROR_INIT;
  const ottava_context_options options = OTTAVA_CONTEXT_OPTIONS_INIT;
  const ottava_context_host host = OTTAVA_CONTEXT_HOST_INIT;
  const ottava_cpu_info cpu = OTTAVA_CPU_INFO_INIT;
  const ottava_tier_info tier = OTTAVA_TIER_INFO_INIT;
  const ottava_matmul_desc desc = OTTAVA_MATMUL_DESC_INIT;
  const ottava_output output = OTTAVA_OUTPUT_INIT;
  const ottava_matmul_constants constants = OTTAVA_MATMUL_CONSTANTS_INIT;
  const ottava_matmul_info info = OTTAVA_MATMUL_INFO_INIT;
  const ottava_matmul_run_desc run = OTTAVA_MATMUL_RUN_DESC_INIT;
  const ottava_matmul_operands operands = OTTAVA_MATMUL_OPERANDS_INIT;
  const ottava_foreign_parameters foreign = OTTAVA_FOREIGN_PARAMETERS_INIT;

  EXPECT(SIZE_ALONE(error));
  EXPECT(SIZE_ALONE(cpu));
  EXPECT(SIZE_ALONE(tier));
  EXPECT(SIZE_ALONE(info));

  EXPECT(options.struct_size == sizeof options);
  EXPECT(options.flags == 0);
  EXPECT(options.threads == 1);
  EXPECT(options.tier_cap == OTTAVA_TIER_ANY);

  EXPECT(host.struct_size == sizeof host);
  EXPECT(host.reserved == 0);
  EXPECT(host.allocate == NULL && host.release == NULL && host.allocator_user == NULL);
  EXPECT(host.parallel_for == NULL && host.parallel_user == NULL);
  EXPECT(host.kernel == NULL);

  EXPECT(desc.struct_size == sizeof desc);
  EXPECT(desc.flags == 0);
  EXPECT(desc.n == 0 && desc.k == 0 && desc.max_m == 0 && desc.rhs_stride == 0);
  EXPECT(desc.lhs_type == OTTAVA_TYPE_S8 && desc.rhs_type == OTTAVA_TYPE_S8 && output.type == OTTAVA_TYPE_S8);
  EXPECT(desc.lhs_order == OTTAVA_ORDER_ROW && desc.rhs_order == OTTAVA_ORDER_ROW &&
         desc.dst_order == OTTAVA_ORDER_ROW);
  EXPECT(desc.lhs_zero_point == 0 && desc.rhs_zero_point == 0 && output.zero_point == 0);
  EXPECT(desc.lhs_scale == 1.0f && desc.rhs_scale == 1.0f && output.scale == 1.0f);
  EXPECT(output.requantization == OTTAVA_REQUANTIZE_FIXED_TWO_ROUNDINGS);
  EXPECT(output.clamp_min == INT32_MIN && output.clamp_max == INT32_MAX);
  EXPECT(isinf(output.clamp_min_f32) && output.clamp_min_f32 < 0.0f);
  EXPECT(isinf(output.clamp_max_f32) && output.clamp_max_f32 > 0.0f);
  EXPECT(output.struct_size == sizeof output && output.flags == 0);
  EXPECT(output.parameters == OTTAVA_PARAMETERS_REAL && output.multiplier == 0 && output.shift == 0);
  EXPECT(desc.lhs_quantization == OTTAVA_QUANTIZE_NONE && desc.lhs_quantized_type == 0 && desc.reserved == 0);
  EXPECT(output.activation == OTTAVA_ACTIVATION_NONE && output.tanh_zero == 0 && output.tanh_amplitude == 0);

  EXPECT(constants.struct_size == sizeof constants);
  EXPECT(constants.reserved == 0);
  EXPECT(output.multipliers == NULL);
  EXPECT(output.shifts == NULL);
  EXPECT(constants.rhs == NULL && constants.rhs_scales == NULL && constants.rhs_zero_points == NULL);
  EXPECT(output.bias == NULL && output.bias_f32 == NULL);
  EXPECT(output.table == NULL);

  EXPECT(run.struct_size == sizeof run && run.flags == 0 && run.m == 0 && run.batches == 1);
  EXPECT(run.lhs_stride == 0 && run.rhs_stride == 0 && run.dst_stride == 0);
  EXPECT(run.lhs_batch_stride == 0 && run.rhs_batch_stride == 0 && run.dst_batch_stride == 0);
  EXPECT(run.first_row == 0 && run.rows == OTTAVA_TO_THE_END);
  EXPECT(run.first_column == 0 && run.columns == OTTAVA_TO_THE_END);
  EXPECT(operands.workspace_bytes == 0);
  EXPECT(operands.struct_size == sizeof operands && operands.reserved == 0);
  EXPECT(operands.lhs == NULL && operands.rhs == NULL && operands.dst == NULL);
  EXPECT(operands.lhs_scales == NULL && operands.lhs_zero_points == NULL);
  EXPECT(operands.lhs_matrices == NULL && operands.rhs_matrices == NULL && operands.dst_matrices == NULL);
  EXPECT(operands.workspace == NULL && operands.saturated == NULL);

  EXPECT(foreign.struct_size == sizeof foreign);
  EXPECT(foreign.system == OTTAVA_SYSTEM_TFLITE);
  EXPECT(foreign.lhs_offset == 0 && foreign.rhs_offset == 0 && foreign.dst_offset == 0);
  EXPECT(foreign.multiplier == 0 && foreign.shift == 0);
  EXPECT(foreign.clamp_min == INT32_MIN && foreign.clamp_max == INT32_MAX);
  EXPECT(foreign.lhs_scale == 1.0f && foreign.rhs_scale == 1.0f && foreign.dst_scale == 1.0f);

  EXPECT_INIT(error, error);
  EXPECT_INIT(context_options, options);
  EXPECT_INIT(context_host, host);
  EXPECT_INIT(cpu_info, cpu);
  EXPECT_INIT(tier_info, tier);
  EXPECT_INIT(output, output);
  EXPECT_INIT(matmul_desc, desc);
  EXPECT_INIT(matmul_constants, constants);
  EXPECT_INIT(matmul_info, info);
  EXPECT_INIT(matmul_run_desc, run);
  const ottava_layer_run_desc layer_run = OTTAVA_LAYER_RUN_DESC_INIT;
  const ottava_layer_operands layer_operands = OTTAVA_LAYER_OPERANDS_INIT;
  const ottava_layer_info layer_info = OTTAVA_LAYER_INFO_INIT;
  const ottava_conv2d_desc conv2d = OTTAVA_CONV2D_DESC_INIT;
  const ottava_depthwise_conv2d_desc depthwise = OTTAVA_DEPTHWISE_CONV2D_DESC_INIT;
  const ottava_transposed_conv2d_desc transposed = OTTAVA_TRANSPOSED_CONV2D_DESC_INIT;
  const ottava_conv2d_constants conv2d_constants = OTTAVA_CONV2D_CONSTANTS_INIT;
  const ottava_pool2d_desc pool2d = OTTAVA_POOL2D_DESC_INIT;
  const ottava_add_desc add = OTTAVA_ADD_DESC_INIT;
  EXPECT_INIT(layer_run_desc, layer_run);
  EXPECT_INIT(layer_operands, layer_operands);
  EXPECT_INIT(layer_info, layer_info);
  EXPECT_INIT(conv2d_desc, conv2d);
  EXPECT_INIT(depthwise_conv2d_desc, depthwise);
  EXPECT_INIT(transposed_conv2d_desc, transposed);
  EXPECT_INIT(conv2d_constants, conv2d_constants);
  EXPECT_INIT(pool2d_desc, pool2d);
  EXPECT_INIT(add_desc, add);
  EXPECT(output.addition == NULL && run.second_stride == 0 && run.second_batch_stride == 0);
  EXPECT(run.n == 0 && run.k == 0);
  EXPECT(operands.second == NULL && operands.second_matrices == NULL);
  EXPECT(pool2d.flags == 0 && pool2d.channels == 0 && pool2d.kind == OTTAVA_POOL_MAX && pool2d.input_scale == 1.0f);
  EXPECT(pool2d.window.kernel_width == 1 && pool2d.input_type == OTTAVA_TYPE_S8 && pool2d.input_zero_point == 0);
  EXPECT(add.flags == 0 && add.channels == 0 && add.arithmetic == OTTAVA_ADD_TFLITE && add.type == OTTAVA_TYPE_S8);
  EXPECT(add.first_zero_point == 0 && add.second_zero_point == 0 && add.zero_point == 0);
  EXPECT(add.first_scale == 1.0f && add.second_scale == 1.0f && add.scale == 1.0f);
  EXPECT(add.clamp_min == INT32_MIN && add.clamp_max == INT32_MAX);
  EXPECT(layer_run.batch == 1 && layer_run.height == 0 && layer_run.width == 0);
  EXPECT(conv2d.groups == 1 && conv2d.window.kernel_height == 1 && conv2d.window.dilation_width == 1);
  EXPECT(conv2d.input_type == OTTAVA_TYPE_S8 && conv2d.input_scale == 1.0f && conv2d.weights_scale == 1.0f);
  EXPECT(depthwise.multiplier == 1 && depthwise.weights_layout == OTTAVA_WEIGHTS_HWIO);
  EXPECT(transposed.groups == 1 && transposed.weights_layout == OTTAVA_WEIGHTS_OHWI);
  EXPECT_INIT(matmul_operands, operands);
  EXPECT_INIT(foreign_parameters, foreign);
  const ottava_packed_info packed = OTTAVA_PACKED_INFO_INIT;
  EXPECT_INIT(packed_info, packed);
  const ottava_kernel_info kernel = OTTAVA_KERNEL_INFO_INIT;
  const ottava_knobs knobs = OTTAVA_KNOBS_INIT;
  const ottava_route route = OTTAVA_ROUTE_INIT;
  EXPECT_INIT(kernel_info, kernel);
  EXPECT_INIT(knobs, knobs);
  EXPECT_INIT(route, route);
  const ottava_tune_problem problem = OTTAVA_TUNE_PROBLEM_INIT;
  const ottava_tune_options tune_options = OTTAVA_TUNE_OPTIONS_INIT;
  const ottava_tuned_info tuned = OTTAVA_TUNED_INFO_INIT;
  EXPECT(SIZE_ALONE(problem) && SIZE_ALONE(tune_options) && tuned.knobs.struct_size == sizeof tuned.knobs);
  EXPECT_INIT(tune_problem, problem);
  EXPECT_INIT(tune_options, tune_options);
  EXPECT_INIT(tuned_info, tuned);

  EXPECT(OTTAVA_VERSION_MAJOR == 0 && OTTAVA_VERSION_MINOR == 1);
  return failures != 0;
}
