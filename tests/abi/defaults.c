/* What each OTTAVA_..._INIT macro leaves in each field, against what ottava.h says. */
#include <math.h>
#include <stdio.h>

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

int main(void) {
  const ottava_error error = OTTAVA_ERROR_INIT;
  const ottava_context_options options = OTTAVA_CONTEXT_OPTIONS_INIT;
  const ottava_context_host host = OTTAVA_CONTEXT_HOST_INIT;
  const ottava_cpu_info cpu = OTTAVA_CPU_INFO_INIT;
  const ottava_tier_info tier = OTTAVA_TIER_INFO_INIT;
  const ottava_matmul_desc desc = OTTAVA_MATMUL_DESC_INIT;
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
  EXPECT(desc.lhs_type == OTTAVA_TYPE_S8 && desc.rhs_type == OTTAVA_TYPE_S8 && desc.dst_type == OTTAVA_TYPE_S8);
  EXPECT(desc.lhs_order == OTTAVA_ORDER_ROW && desc.rhs_order == OTTAVA_ORDER_ROW &&
         desc.dst_order == OTTAVA_ORDER_ROW);
  EXPECT(desc.lhs_zero_point == 0 && desc.rhs_zero_point == 0 && desc.dst_zero_point == 0);
  EXPECT(desc.lhs_scale == 1.0f && desc.rhs_scale == 1.0f && desc.dst_scale == 1.0f);
  EXPECT(desc.rule == OTTAVA_RULE_FIXED_TWO_ROUNDINGS);
  EXPECT(desc.clamp_min == INT32_MIN && desc.clamp_max == INT32_MAX);
  EXPECT(isinf(desc.clamp_min_f32) && desc.clamp_min_f32 < 0.0f);
  EXPECT(isinf(desc.clamp_max_f32) && desc.clamp_max_f32 > 0.0f);
  EXPECT(desc.reserved == 0 && desc.reserved2 == 0);
  EXPECT(desc.parameters == OTTAVA_PARAMETERS_REAL && desc.multiplier == 0 && desc.shift == 0);
  EXPECT(desc.lhs_quantization == OTTAVA_QUANTIZE_NONE && desc.lhs_quantized_type == 0 && desc.reserved3 == 0);
  EXPECT(desc.activation == OTTAVA_ACTIVATION_NONE && desc.tanh_zero == 0 && desc.tanh_amplitude == 0);

  EXPECT(constants.struct_size == sizeof constants);
  EXPECT(constants.reserved == 0);
  EXPECT(constants.multipliers == NULL);
  EXPECT(constants.shifts == NULL);
  EXPECT(constants.rhs == NULL && constants.rhs_scales == NULL && constants.rhs_zero_points == NULL);
  EXPECT(constants.bias == NULL && constants.bias_f32 == NULL);
  EXPECT(constants.table == NULL);

  EXPECT(run.struct_size == sizeof run && run.flags == 0 && run.m == 0 && run.batches == 1);
  EXPECT(run.lhs_stride == 0 && run.rhs_stride == 0 && run.dst_stride == 0);
  EXPECT(run.lhs_batch_stride == 0 && run.rhs_batch_stride == 0 && run.dst_batch_stride == 0);
  EXPECT(run.first_row == 0 && run.rows == OTTAVA_TO_THE_END);
  EXPECT(run.first_column == 0 && run.columns == OTTAVA_TO_THE_END);
  EXPECT(run.workspace_bytes == 0 && run.reserved == 0);
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

  EXPECT(OTTAVA_VERSION_MAJOR == 0 && OTTAVA_VERSION_MINOR == 1);
  return failures != 0;
}
