// Matmuls that are planned and not made.
#ifndef OTTAVA_CAPI_MATMUL_H_
#define OTTAVA_CAPI_MATMUL_H_

#include "handles.h"

namespace ottava {

// What a matmul of this descriptor would be, but for weights and constants.
Status plan_without_weights(const ottava_context* context, const ottava_matmul_desc* desc, const ottava_output* output,
                            Matmul* matmul, Error* error);

// How a run of so many rows, at least 1, is done, and the workspace that is enough for it and for fewer.
Status measure_rows(const Matmul& matmul, size_t rows, Schedule* schedule, uint64_t* workspace, Error* error);

}  // namespace ottava

#endif  // OTTAVA_CAPI_MATMUL_H_
