// Hosts whose parallel_for the tests pass to a context: real threads, where there are any; one call after
// the other, also backwards.
#ifndef OTTAVA_TESTS_HOSTS_H_
#define OTTAVA_TESTS_HOSTS_H_

#if !defined(OTTAVA_HOSTED) || OTTAVA_HOSTED
#include <thread>
#include <vector>
#endif

#include "ottava/ottava.h"

namespace ottava {

inline void one_after_the_other(void*, uint32_t count, ottava_task_fn fn, void* task) {
  for (uint32_t i = 0; i < count; ++i) fn(task, i);
}

#if !defined(OTTAVA_HOSTED) || OTTAVA_HOSTED
inline void with_threads(void*, uint32_t count, ottava_task_fn fn, void* task) {
  std::vector<std::thread> threads;
  for (uint32_t i = 0; i < count; ++i) threads.emplace_back(fn, task, i);
  for (std::thread& thread : threads) thread.join();
}
#else  // there are none
constexpr ottava_parallel_for_fn with_threads = one_after_the_other;
#endif

inline void backwards(void*, uint32_t count, ottava_task_fn fn, void* task) {
  for (uint32_t i = count; i != 0; --i) fn(task, i - 1);
}

}  // namespace ottava

#endif  // OTTAVA_TESTS_HOSTS_H_
