// Max and average pooling of AArch64 with Advanced SIMD.
#include "kernels/arm_neon/pooling_operations.h"

namespace ottava {

extern const PoolingKernel pooling_arm_neon = pooling_kernel<NeonPooling>("pooling_arm_neon", Isa::arm_neon);

}  // namespace ottava
