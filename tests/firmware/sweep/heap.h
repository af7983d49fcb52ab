// The C library's heap as a host of a context.
#ifndef OTTAVA_TESTS_FIRMWARE_SWEEP_HEAP_H_
#define OTTAVA_TESTS_FIRMWARE_SWEEP_HEAP_H_

#include <malloc.h>
#include <stdint.h>

namespace ottava {

inline void* heap_allocate(void*, uint64_t bytes, uint64_t alignment) {
  return bytes > SIZE_MAX ? nullptr : memalign(static_cast<size_t>(alignment), static_cast<size_t>(bytes));
}
inline void heap_release(void*, void* memory, uint64_t) { free(memory); }

}  // namespace ottava

#endif  // OTTAVA_TESTS_FIRMWARE_SWEEP_HEAP_H_
