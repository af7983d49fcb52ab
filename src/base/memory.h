// The libc seam: the memory functions that the core takes from outside, and nothing else of libc.
// A firmware that links ottava provides these three (every C library and most boot ROMs do).
#ifndef OTTAVA_SRC_BASE_MEMORY_H_
#define OTTAVA_SRC_BASE_MEMORY_H_

#include "base/platform.h"

namespace ottava {

inline void copy_bytes(void* to, const void* from, size_t bytes) { __builtin_memcpy(to, from, bytes); }
inline void set_bytes(void* to, uint8_t value, size_t bytes) { __builtin_memset(to, value, bytes); }
inline void zero_bytes(void* to, size_t bytes) { __builtin_memset(to, 0, bytes); }

template <size_t kBytes>
OTTAVA_INLINE void copy_ends(uint8_t* to, const uint8_t* from, size_t bytes) {
  uint8_t first[kBytes], last[kBytes];
  __builtin_memcpy(first, from, kBytes);
  __builtin_memcpy(last, from + bytes - kBytes, kBytes);
  __builtin_memcpy(to, first, kBytes);
  __builtin_memcpy(to + bytes - kBytes, last, kBytes);
}

// For the few bytes of an edge: no call.
OTTAVA_INLINE void copy_few(uint8_t* to, const uint8_t* from, size_t bytes) {
  if (bytes >= 16) {
    for (size_t i = 0; i + 16 < bytes; i += 16) __builtin_memcpy(to + i, from + i, 16);
    __builtin_memcpy(to + bytes - 16, from + bytes - 16, 16);
  } else if (bytes >= 8) {
    copy_ends<8>(to, from, bytes);
  } else if (bytes >= 4) {
    copy_ends<4>(to, from, bytes);
  } else if (bytes >= 2) {
    copy_ends<2>(to, from, bytes);
  } else if (bytes == 1) {
    *to = *from;
  }
}

// Lines of so few bytes. Which way a line goes is found once for all of them.
template <size_t kBytes>
OTTAVA_INLINE void copy_lines_by_ends(uint8_t* to, ptrdiff_t to_stride, const uint8_t* from, size_t from_stride,
                                      size_t bytes, size_t lines) {
  for (; lines > 0; --lines, to += to_stride, from += from_stride) copy_ends<kBytes>(to, from, bytes);
}
OTTAVA_INLINE void copy_few_lines(uint8_t* to, ptrdiff_t to_stride, const uint8_t* from, size_t from_stride,
                                  size_t bytes, size_t lines) {
  if (bytes > 16 || lines == 1) {
    for (; lines > 0; --lines, to += to_stride, from += from_stride) copy_few(to, from, bytes);
  } else if (bytes >= 8) {
    copy_lines_by_ends<8>(to, to_stride, from, from_stride, bytes, lines);
  } else if (bytes >= 4) {
    copy_lines_by_ends<4>(to, to_stride, from, from_stride, bytes, lines);
  } else if (bytes >= 2) {
    copy_lines_by_ends<2>(to, to_stride, from, from_stride, bytes, lines);
  } else if (bytes == 1) {
    for (; lines > 0; --lines, to += to_stride, from += from_stride) *to = *from;
  }
}

// `memory` moved up to the next multiple of `alignment`, a power of two.
inline void* align_up(void* memory, size_t alignment) {
  return reinterpret_cast<void*>((reinterpret_cast<uintptr_t>(memory) + alignment - 1) & ~(alignment - 1));
}

}  // namespace ottava

#endif  // OTTAVA_SRC_BASE_MEMORY_H_
