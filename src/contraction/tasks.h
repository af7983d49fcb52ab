// How pieces of work reach threads: `workers` calls that each take pieces from a shared counter until none
// is left, so uneven cores and a host that runs the calls one after the other both end with all of them
// done. One worker means no thread and no atomic at all.
#ifndef OTTAVA_SRC_CONTRACTION_TASKS_H_
#define OTTAVA_SRC_CONTRACTION_TASKS_H_

#include "base/platform.h"

namespace ottava {

extern "C" {
using TaskFn = void (*)(void* task, uint32_t index);
using ParallelForFn = void (*)(void* user, uint32_t count, TaskFn fn, void* task);
}

// Calls fn(task, i) for each i below count, on whichever threads, and returns when all are done.
struct Parallel {
  ParallelForFn parallel_for;
  void* user;
};

inline void on_workers(const Parallel& parallel, uint32_t workers, TaskFn fn, void* task) {
  if (workers == 1) {
    fn(task, 0);
  } else {
    parallel.parallel_for(parallel.user, workers, fn, task);
  }
}

// Takes pieces one at a time; shared by the workers of one run.
class PieceCounter {
 public:
  explicit PieceCounter(size_t pieces) : next_(0), pieces_(pieces) {}

  // False when none is left.
  bool take(bool shared, size_t* piece) {
    *piece = shared ? __atomic_fetch_add(&next_, 1, __ATOMIC_RELAXED) : next_++;
    return *piece < pieces_;
  }

 private:
  size_t next_;
  size_t pieces_;
};

}  // namespace ottava

#endif  // OTTAVA_SRC_CONTRACTION_TASKS_H_
