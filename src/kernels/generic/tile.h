// What the portable kernels share: the shape of their tile, and which of two ways the code takes.
//
// vector_tile.h is written in the vectors of 128 bits that GCC and Clang offer on any CPU that has them,
// scalar_tile.h in plain C++ for registers of 32 bits and few of them. The packed layouts are the same.
#ifndef OTTAVA_SRC_KERNELS_GENERIC_TILE_H_
#define OTTAVA_SRC_KERNELS_GENERIC_TILE_H_

#include "kernels/kernel.h"

// Only CPUs whose baseline has such vectors: elsewhere a compiler takes them apart into scalar code that
// is far slower than loops. The order of bytes tells how a vector of pairs reads as one of wider lanes.
#define OTTAVA_GENERIC_VECTORS 0
#if defined(__has_builtin) && (defined(__SSE2__) || defined(__ARM_NEON))
#if __has_builtin(__builtin_shufflevector) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#undef OTTAVA_GENERIC_VECTORS
#define OTTAVA_GENERIC_VECTORS 1
#endif
#endif

namespace ottava {
namespace generic {

constexpr size_t kMr = 4;
constexpr size_t kNr = 8;
constexpr size_t kKr = 2;
constexpr size_t kRhsStep = kNr * kKr;  // bytes of rhs panel that a step of kKr depths takes

}  // namespace generic

void s8s8s32_indirect_4x8x2_portable(const TileArgs* args);

}  // namespace ottava

#if OTTAVA_GENERIC_VECTORS
#include "kernels/generic/vector_tile.h"
#else
#include "kernels/generic/scalar_tile.h"
#endif

#endif  // OTTAVA_SRC_KERNELS_GENERIC_TILE_H_
