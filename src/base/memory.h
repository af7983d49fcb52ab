// The libc seam: the memory functions that the core takes from outside, and nothing else of libc.
// A firmware that links ottava provides these three (every C library and most boot ROMs do).
#ifndef OTTAVA_SRC_BASE_MEMORY_H_
#define OTTAVA_SRC_BASE_MEMORY_H_

#include "base/platform.h"

namespace ottava {

inline void copy_bytes(void* to, const void* from, size_t bytes) { __builtin_memcpy(to, from, bytes); }
inline void zero_bytes(void* to, size_t bytes) { __builtin_memset(to, 0, bytes); }

// `memory` moved up to the next multiple of `alignment`, a power of two.
inline void* align_up(void* memory, size_t alignment) {
  return reinterpret_cast<void*>((reinterpret_cast<uintptr_t>(memory) + alignment - 1) & ~(alignment - 1));
}

}  // namespace ottava

#endif  // OTTAVA_SRC_BASE_MEMORY_H_
