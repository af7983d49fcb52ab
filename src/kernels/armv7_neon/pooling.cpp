// Max and average pooling of 32-bit Arm with NEON.
#include "kernels/arm_neon/pooling_operations.h"

namespace ottava {

extern const PoolingKernel pooling_armv7_neon = pooling_kernel<NeonPooling>("pooling_armv7_neon", Isa::armv7_neon);

}  // namespace ottava
