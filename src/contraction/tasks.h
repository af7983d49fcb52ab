// How pieces of work reach threads: `workers` calls that each take pieces until none is left, first those of a range
// of its own and then what others have not come to, so uneven cores and a host that runs the calls one after the other
// both end with all of them done. Runs that are cut alike give a worker the same pieces, whose data are in its cache
// already. One worker means no thread and no atomic at all.
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

// Gives pieces out one at a time; shared by the workers of one run.
class PieceCounter {
 public:
  PieceCounter(size_t pieces, uint32_t workers) : ranges_(workers < kMostRanges ? workers : kMostRanges) {
    shared_ = workers > 1;
    range_[0].next = 0;
    range_[0].end = pieces;
    if (ranges_ == 1) return;
    const size_t each = pieces / ranges_, longer = pieces % ranges_;
    size_t next = 0;
    for (uint32_t i = 0; i < ranges_; ++i) {
      const size_t end = next + each + (i < longer ? 1 : 0);
      range_[i].next = next;
      range_[i].end = end;
      next = end;
    }
  }

  // False when none is left.
  bool take(uint32_t worker, size_t* piece) {
    if (!shared_) {
      *piece = range_[0].next++;
      return *piece < range_[0].end;
    }
    for (uint32_t i = 0; i < ranges_; ++i) {
      Range& range = range_[(worker + i) % ranges_];
      if (__atomic_load_n(&range.next, __ATOMIC_RELAXED) >= range.end) continue;
      *piece = __atomic_fetch_add(&range.next, 1, __ATOMIC_RELAXED);
      if (*piece < range.end) return true;
    }
    return false;
  }

 private:
  // Far more workers than this share ranges; firmware has no stack to spare for several.
  static constexpr uint32_t kMostRanges = OTTAVA_HOSTED ? 8 : 1;
  struct Range {
    uint8_t apart[OTTAVA_HOSTED ? 64 : 1];  // no cache line is shared with another range or with what all workers read
    size_t next;
    size_t end;
  };
  uint32_t ranges_;
  bool shared_;
  Range range_[kMostRanges];
};

}  // namespace ottava

#endif  // OTTAVA_SRC_CONTRACTION_TASKS_H_
