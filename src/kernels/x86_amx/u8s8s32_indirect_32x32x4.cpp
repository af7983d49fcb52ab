// AMX-INT8 kernel, u8 x s8, 32 x 32 tile, 4 depths a step, lhs read in place: tdpbusd. All else is in
// indirect_32x32x4.h.
#include "kernels/x86_amx/indirect_32x32x4.h"

namespace ottava {

extern const Kernel kernel_u8s8s32_indirect_32x32x4_x86_amx =
    tiles_kernel<Element::u8>("u8s8s32_indirect_32x32x4_x86_amx");

}  // namespace ottava
