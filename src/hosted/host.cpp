#include "hosted/host.h"

#include <stdlib.h>

#if defined(_WIN32)
#include <malloc.h>
#endif

#if OTTAVA_WITH_PTHREADPOOL
#include <pthreadpool.h>
#endif

namespace ottava {

extern "C" void* heap_allocate(void*, uint64_t bytes, uint64_t alignment) {
  if (bytes > SIZE_MAX || alignment > SIZE_MAX) return nullptr;
#if defined(_WIN32)
  return _aligned_malloc(static_cast<size_t>(bytes), static_cast<size_t>(alignment));
#else
  void* memory = nullptr;
  const int failed = posix_memalign(&memory, static_cast<size_t>(alignment), static_cast<size_t>(bytes));
  return failed != 0 ? nullptr : memory;
#endif
}

extern "C" void heap_release(void*, void* memory, uint64_t) {
#if defined(_WIN32)
  _aligned_free(memory);
#else
  free(memory);
#endif
}

const char* environment(const char* name) { return getenv(name); }

#if OTTAVA_WITH_PTHREADPOOL

namespace {

struct Call {
  TaskFn fn;
  void* task;
};

extern "C" void call_task(void* context, size_t index) {
  const Call* call = static_cast<const Call*>(context);
  call->fn(call->task, static_cast<uint32_t>(index));
}

}  // namespace

bool has_thread_pool() { return true; }
void* create_thread_pool(uint32_t threads) { return pthreadpool_create(threads); }
void destroy_thread_pool(void* pool) { pthreadpool_destroy(static_cast<pthreadpool_t>(pool)); }

extern "C" void thread_pool_parallel_for(void* pool, uint32_t count, TaskFn fn, void* task) {
  Call call = {fn, task};
  pthreadpool_parallelize_1d(static_cast<pthreadpool_t>(pool), call_task, &call, count, 0);
}

#else

bool has_thread_pool() { return false; }
void* create_thread_pool(uint32_t) { return nullptr; }
void destroy_thread_pool(void*) {}

extern "C" void thread_pool_parallel_for(void*, uint32_t count, TaskFn fn, void* task) {
  for (uint32_t i = 0; i < count; ++i) fn(task, i);
}

#endif

}  // namespace ottava
