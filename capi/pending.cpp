// Stand-ins for functions of the interface that are not written yet.
#include "ottava/ottava.h"

extern "C" ottava_status ottava_requantize(const ottava_context*, const ottava_matmul_desc*, int64_t, const int32_t*, void*,
                                           ottava_error*) { return OTTAVA_UNSUPPORTED; }
extern "C" ottava_status ottava_form_multiplier(uint32_t, double, int32_t*, int32_t*, double*, ottava_error*) { return OTTAVA_UNSUPPORTED; }
extern "C" ottava_status ottava_choose_parameters(uint32_t, uint32_t, float, float, float*, int32_t*, ottava_error*) { return OTTAVA_UNSUPPORTED; }
extern "C" ottava_status ottava_import_parameters(const ottava_foreign_parameters*, ottava_matmul_desc*, ottava_error*) { return OTTAVA_UNSUPPORTED; }
extern "C" ottava_status ottava_make_table(uint32_t, uint32_t, float, int32_t, float, int32_t, void*, ottava_error*) { return OTTAVA_UNSUPPORTED; }
