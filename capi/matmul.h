// What the files of the C ABI that make and run operators share.
#ifndef OTTAVA_CAPI_MATMUL_H_
#define OTTAVA_CAPI_MATMUL_H_

#include "boundary.h"
#include "handles.h"

namespace ottava {

// Refuses an m that the operator does not take.
Status check_rows(const Plan& plan, int64_t m, Error* error);

// How a run of this shape is done, and the workspace that is enough for it and for each that is not larger.
Status measure_workspace(const Plan& plan, const RunShape& shape, Schedule* schedule, uint64_t* bytes, Error* error);

}  // namespace ottava

#endif  // OTTAVA_CAPI_MATMUL_H_
