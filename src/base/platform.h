// Which machine the code is compiled for: the only file that reads compiler macros of the target.
// Ground floor; everything may include it. Macros and types only, so that files with different ISA
// flags can share it.
#ifndef OTTAVA_SRC_BASE_PLATFORM_H_
#define OTTAVA_SRC_BASE_PLATFORM_H_

#include <stddef.h>
#include <stdint.h>

#if defined(__x86_64__) || defined(_M_X64)
#define OTTAVA_ARCH_IS_X86_64 1
#else
#define OTTAVA_ARCH_IS_X86_64 0
#endif

#if defined(__aarch64__) || defined(_M_ARM64)
#define OTTAVA_ARCH_IS_ARM64 1
#else
#define OTTAVA_ARCH_IS_ARM64 0
#endif

#if defined(__arm__) && !defined(__aarch64__)
#define OTTAVA_ARCH_IS_ARM32 1
#else
#define OTTAVA_ARCH_IS_ARM32 0
#endif

// 1 where an operating system, a heap and threads may be used (src/hosted); the build sets it.
#ifndef OTTAVA_HOSTED
#define OTTAVA_HOSTED 0
#endif

#if defined(__GNUC__)
#define OTTAVA_INLINE inline __attribute__((always_inline))
#define OTTAVA_INLINE_LAMBDA __attribute__((always_inline))
#else
#define OTTAVA_INLINE inline
#define OTTAVA_INLINE_LAMBDA
#endif

namespace ottava {

// Packed operands, accumulator tiles and workspace slices start at multiples of this.
constexpr size_t kAlignment = 64;

}  // namespace ottava

#endif  // OTTAVA_SRC_BASE_PLATFORM_H_
