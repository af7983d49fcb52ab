// Portable packing into the panel layout of kernel.h, by canonical element. A kernel's pack_lhs and
// pack_rhs point here unless its ISA folder packs faster.
#ifndef OTTAVA_SRC_KERNELS_PACK_H_
#define OTTAVA_SRC_KERNELS_PACK_H_

#include "kernels/kernel.h"

namespace ottava {

void pack_s8(const PackArgs* args);
void pack_u8(const PackArgs* args);
void pack_s16(const PackArgs* args);  // canonical s8, widened

extern const RhsLayout s8_8x2_portable;

}  // namespace ottava

#endif  // OTTAVA_SRC_KERNELS_PACK_H_
