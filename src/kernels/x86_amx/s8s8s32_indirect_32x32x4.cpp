// AMX-INT8 kernel, s8 x s8, 32 x 32 tile, 4 depths a step, lhs read in place: tdpbssd. All else is in
// indirect_32x32x4.h.
#include "kernels/x86_amx/indirect_32x32x4.h"

namespace ottava {

extern const Kernel kernel_s8s8s32_indirect_32x32x4_x86_amx =
    tiles_kernel<Element::s8>("s8s8s32_indirect_32x32x4_x86_amx");

}  // namespace ottava
