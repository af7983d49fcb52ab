/* The public header with nothing before it, and every initializer where C is strictest: a constant expression. */
#include "ottava/ottava.h"

extern const ottava_error ottava_test_error;
extern const ottava_context_options ottava_test_context_options;
extern const ottava_context_host ottava_test_context_host;
extern const ottava_cpu_info ottava_test_cpu_info;
extern const ottava_tier_info ottava_test_tier_info;
extern const ottava_output ottava_test_output;
extern const ottava_matmul_desc ottava_test_matmul_desc;
extern const ottava_matmul_constants ottava_test_matmul_constants;
extern const ottava_matmul_info ottava_test_matmul_info;

const ottava_error ottava_test_error = OTTAVA_ERROR_INIT;
const ottava_context_options ottava_test_context_options = OTTAVA_CONTEXT_OPTIONS_INIT;
const ottava_context_host ottava_test_context_host = OTTAVA_CONTEXT_HOST_INIT;
const ottava_cpu_info ottava_test_cpu_info = OTTAVA_CPU_INFO_INIT;
const ottava_tier_info ottava_test_tier_info = OTTAVA_TIER_INFO_INIT;
const ottava_output ottava_test_output = OTTAVA_OUTPUT_INIT;
const ottava_matmul_desc ottava_test_matmul_desc = OTTAVA_MATMUL_DESC_INIT;
const ottava_matmul_constants ottava_test_matmul_constants = OTTAVA_MATMUL_CONSTANTS_INIT;
const ottava_matmul_info ottava_test_matmul_info = OTTAVA_MATMUL_INFO_INIT;
