// Which machine the code is compiled for. Ground floor; everything may include it. Macros and types only, so that files
// with different ISA flags can share it.
#ifndef OTTAVA_SRC_BASE_PLATFORM_H_
#define OTTAVA_SRC_BASE_PLATFORM_H_

#include <stddef.h>
#include <stdint.h>

// Results are the same bits everywhere, so every float operation must round to float32 by itself.
#if defined(__FAST_MATH__) || (defined(__FLT_EVAL_METHOD__) && __FLT_EVAL_METHOD__ != 0)
#error "ottava wants IEEE float32 arithmetic: no -ffast-math; on 32-bit x86 -msse2 -mfpmath=sse"
#endif

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
#define OTTAVA_NOINLINE __attribute__((noinline))
#else
#define OTTAVA_INLINE inline
#define OTTAVA_NOINLINE
#define OTTAVA_INLINE_LAMBDA
#endif

// For data of another file that code reads: it is addressed directly, and not by a table that a linker makes.
#if defined(__ELF__)
#define OTTAVA_HIDDEN __attribute__((visibility("hidden")))
#else
#define OTTAVA_HIDDEN
#endif

namespace ottava {

// Packed operands, accumulator tiles and workspace slices start at multiples of this.
constexpr size_t kAlignment = 64;

}  // namespace ottava

#endif  // OTTAVA_SRC_BASE_PLATFORM_H_
