// What an operating system adds: a heap, the environment, threads. Absent from a firmware build; capi/ asks
// for it under OTTAVA_HOSTED alone.
#ifndef OTTAVA_SRC_HOSTED_HOST_H_
#define OTTAVA_SRC_HOSTED_HOST_H_

#include "contraction/tasks.h"

namespace ottava {

// The C heap, in the shape of the C ABI's allocator functions; `user` is ignored. These and
// thread_pool_parallel_for go where a function with C linkage is asked for, but have C++ linkage: an archive
// must not define C names beyond ottava_*.
void* heap_allocate(void* user, uint64_t bytes, uint64_t alignment);
void heap_release(void* user, void* memory, uint64_t bytes);

// The value of an environment variable, or null.
const char* environment(const char* name);

// A clock that only goes forward.
uint64_t monotonic_nanoseconds();

// True if this build can start threads of its own.
bool has_thread_pool();
// Null if the threads cannot be had. The pool takes its memory from the C heap.
void* create_thread_pool(uint32_t threads);
void destroy_thread_pool(void* pool);
void thread_pool_parallel_for(void* pool, uint32_t count, TaskFn fn, void* task);

}  // namespace ottava

#endif  // OTTAVA_SRC_HOSTED_HOST_H_
