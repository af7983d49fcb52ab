// Stand-ins for functions of the interface that are not written yet.
#include "ottava/ottava.h"

extern "C" ottava_status ottava_requantize(const ottava_context*, const ottava_matmul_desc*, int64_t, const int32_t*, void*,
                                           ottava_error*) { return OTTAVA_UNSUPPORTED; }
