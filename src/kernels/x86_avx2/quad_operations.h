// What kernels/dot_quads.h wants of 256 bits beside the product of quads.
//
// In an anonymous namespace: files with different ISA flags share no code.
#ifndef OTTAVA_SRC_KERNELS_X86_AVX2_QUAD_OPERATIONS_H_
#define OTTAVA_SRC_KERNELS_X86_AVX2_QUAD_OPERATIONS_H_

#include "kernels/x86_avx2/vector_operations.h"

namespace ottava {
namespace {

struct QuadOperations : Avx2 {
  static OTTAVA_INLINE size_t part_of(size_t count) { return count; }
  static OTTAVA_INLINE I broadcast_part(const uint8_t* quad, size_t count) {
    const uint32_t first = quad[0], middle = quad[count / 2], last = quad[count - 1];
    return broadcast(static_cast<int32_t>(first | middle << 8 * (count / 2) | last << 8 * (count - 1)));
  }
};

}  // namespace
}  // namespace ottava

#endif  // OTTAVA_SRC_KERNELS_X86_AVX2_QUAD_OPERATIONS_H_
