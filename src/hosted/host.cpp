#include "hosted/host.h"

#include <stdlib.h>
#include <time.h>

#if defined(_WIN32)
#include <malloc.h>
#include <windows.h>
#endif

#if defined(__linux__)
#include <sys/mman.h>
#endif

#if OTTAVA_WITH_PTHREADPOOL
#include <pthread.h>
#include <pthreadpool.h>
#endif

// The installed pthreadpool is not instrumented, so the thread sanitizer has to be told that handing a call to
// the pool, and its return, order memory.
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define OTTAVA_THREAD_SANITIZER 1
#endif
#elif defined(__SANITIZE_THREAD__)
#define OTTAVA_THREAD_SANITIZER 1
#endif
#if OTTAVA_THREAD_SANITIZER
#include <sanitizer/tsan_interface.h>
#define OTTAVA_RELEASE(address) __tsan_release(address)
#define OTTAVA_AFTER_RELEASE(address) __tsan_acquire(address)
#else
#define OTTAVA_RELEASE(address) ((void)(address))
#define OTTAVA_AFTER_RELEASE(address) ((void)(address))
#endif

namespace ottava {

#if defined(MADV_HUGEPAGE)
namespace {

constexpr size_t kHugePage = size_t{2} << 20;

// Large blocks are weights, which each run reads from end to end: on pages of 4 KiB it waits for the address of nearly
// every one. Whole huge pages alone, so that no more memory is taken than was asked for.
void* allocate_huge_pages(size_t bytes) {
  void* memory = nullptr;
  if (posix_memalign(&memory, kHugePage, bytes) != 0) return nullptr;
  madvise(memory, bytes / kHugePage * kHugePage, MADV_HUGEPAGE);  // where it is refused, small pages do as well
  return memory;
}

}  // namespace
#endif

void* heap_allocate(void*, uint64_t bytes, uint64_t alignment) {
  if (bytes > SIZE_MAX || alignment > SIZE_MAX) return nullptr;
#if defined(MADV_HUGEPAGE)
  if (bytes >= kHugePage && alignment <= kHugePage) return allocate_huge_pages(static_cast<size_t>(bytes));
#endif
#if defined(_WIN32)
  return _aligned_malloc(static_cast<size_t>(bytes), static_cast<size_t>(alignment));
#else
  void* memory = nullptr;
  const int failed = posix_memalign(&memory, static_cast<size_t>(alignment), static_cast<size_t>(bytes));
  return failed != 0 ? nullptr : memory;
#endif
}

void heap_release(void*, void* memory, uint64_t) {
#if defined(_WIN32)
  _aligned_free(memory);
#else
  free(memory);
#endif
}

const char* environment(const char* name) { return getenv(name); }

uint64_t monotonic_nanoseconds() {
#if defined(_WIN32)
  LARGE_INTEGER ticks, per_second;
  QueryPerformanceCounter(&ticks);
  QueryPerformanceFrequency(&per_second);
  const uint64_t count = static_cast<uint64_t>(ticks.QuadPart), rate = static_cast<uint64_t>(per_second.QuadPart);
  return count / rate * 1000000000 + count % rate * 1000000000 / rate;
#else
  timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<uint64_t>(time.tv_sec) * 1000000000 + static_cast<uint64_t>(time.tv_nsec);
#endif
}

#if OTTAVA_WITH_PTHREADPOOL

namespace {

// How often this process has been forked off. A child has none of the threads that its parent had, so it must not touch
// the pools that come from there: not even to destroy them, as that would join the threads.
uint32_t forks = 0;
void count_fork() { ++forks; }  // in the child, before it has a second thread
pthread_once_t watching_once = PTHREAD_ONCE_INIT;
bool watching = false;
void watch_forks() { watching = pthread_atfork(nullptr, nullptr, count_fork) == 0; }

struct Pool {
  pthreadpool_t threads;
  uint32_t forks;  // when it was made
  bool is_of_parent() const { return forks != ottava::forks; }
};

struct Call {
  TaskFn fn;
  void* task;
};

void call_task(void* context, size_t index) {
  Call* call = static_cast<Call*>(context);
  OTTAVA_AFTER_RELEASE(call);
  call->fn(call->task, static_cast<uint32_t>(index));
  OTTAVA_RELEASE(call);
}

// What the probing threads of can_start wait for.
struct Gate {
  pthread_mutex_t mutex;
};

void* pass_gate(void* context) {
  Gate* gate = static_cast<Gate*>(context);
  pthread_mutex_lock(&gate->mutex);
  pthread_mutex_unlock(&gate->mutex);
  return nullptr;
}

// Whether so many threads can live at once. pthreadpool does not look at the result of pthread_create, and waits
// for ever for a thread that never started.
bool can_start(uint32_t threads) {
  pthread_t* started = static_cast<pthread_t*>(malloc(threads * sizeof(pthread_t)));
  if (started == nullptr) return false;
  Gate gate;
  pthread_mutex_init(&gate.mutex, nullptr);
  pthread_mutex_lock(&gate.mutex);
  uint32_t count = 0;
  while (count < threads && pthread_create(&started[count], nullptr, pass_gate, &gate) == 0) ++count;
  pthread_mutex_unlock(&gate.mutex);
  for (uint32_t i = 0; i < count; ++i) pthread_join(started[i], nullptr);
  pthread_mutex_destroy(&gate.mutex);
  free(started);
  return count == threads;
}

}  // namespace

bool has_thread_pool() { return true; }
void* create_thread_pool(uint32_t threads) {
  pthread_once(&watching_once, watch_forks);
  if (!watching || !can_start(threads - 1)) return nullptr;  // the caller is one of them
  Pool* const pool = static_cast<Pool*>(malloc(sizeof(Pool)));
  if (pool == nullptr) return nullptr;
  *pool = {pthreadpool_create(threads), forks};
  if (pool->threads != nullptr) return pool;
  free(pool);
  return nullptr;
}
void destroy_thread_pool(void* made) {
  Pool* const pool = static_cast<Pool*>(made);
  if (!pool->is_of_parent()) pthreadpool_destroy(pool->threads);
  free(pool);
}

void thread_pool_parallel_for(void* made, uint32_t count, TaskFn fn, void* task) {
  const Pool& pool = *static_cast<const Pool*>(made);
  if (pool.is_of_parent()) {
    for (uint32_t i = 0; i < count; ++i) fn(task, i);
    return;
  }
  Call call = {fn, task};
  OTTAVA_RELEASE(&call);
  pthreadpool_parallelize_1d(pool.threads, call_task, &call, count, 0);
  OTTAVA_AFTER_RELEASE(&call);
}

#else

bool has_thread_pool() { return false; }
void* create_thread_pool(uint32_t) { return nullptr; }
void destroy_thread_pool(void*) {}

void thread_pool_parallel_for(void*, uint32_t count, TaskFn fn, void* task) {
  for (uint32_t i = 0; i < count; ++i) fn(task, i);
}

#endif

}  // namespace ottava
