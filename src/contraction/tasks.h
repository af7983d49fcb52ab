// How pieces of work reach threads: `workers` calls that each take pieces until none is left, first those of a range
// of its own and then what others have not come to, so uneven cores and a host that runs the calls one after the other
// both end with all of them done. Runs that are cut alike give a worker the same pieces, whose data are in its cache
// already. One worker means no thread and no atomic at all.
//
// Work that can be cut finely is counted in grains, of which a piece is as many as are worth it: half of what is left
// of the worker's own range, so that the first pieces are large and the last ones small; and once some worker has
// nearly done its range while another has not, a share of what is left to all, so that slow cores end with the fast.
#ifndef OTTAVA_SRC_CONTRACTION_TASKS_H_
#define OTTAVA_SRC_CONTRACTION_TASKS_H_

#include "base/checked.h"

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

// Grains of a worker's range, so that slow cores may end together with fast ones: each is half of the least work that
// pays for a thread, or more. Of short runs that is few, as a piece has a cost of its own. `share` is the work of a
// worker in multiples of that least.
inline size_t grains_of_range(uint64_t share) {
  constexpr uint64_t kMost = 64;
  return static_cast<size_t>(share < 2 ? 1 : share < kMost / 2 ? 2 * share : kMost);
}

// Lines of so many units are cut into parts where they are fewer than the grains that are wanted: the units of a part.
inline size_t units_of_grain(size_t units, size_t lines, size_t wanted) {
  return lines >= wanted ? units : ceil_div(units, smaller(units, ceil_div(wanted, lines)));
}

// What a worker takes at a time: `count` grains of one line from `first` on, or all those of several lines.
struct Share {
  size_t line;
  size_t first;
  size_t count;
};

// How the work is made of grains: lines of so many each, of which the first `lines_of_batch` may be in one piece, and
// so on.
struct Grains {
  size_t of_line;
  size_t lines_of_batch;
  size_t most;  // in a piece

  size_t lines(const Share& share) const { return share.count <= of_line ? 1 : share.count / of_line; }
};
// Of lines that may all be in one piece.
inline Grains grains_of_lines(size_t lines, size_t of_line) { return {of_line, lines, lines * of_line}; }

// Gives pieces out one at a time; shared by the workers of one run.
class PieceCounter {
 public:
  PieceCounter(size_t lines, uint32_t workers, const Grains& grains = {1, 1, 1})
      : grains_(grains), workers_(workers), ranges_(workers < kMostRanges ? workers : kMostRanges) {
    const size_t total = lines * grains.of_line;
    range_[0].next = 0;
    range_[0].end = total;
    if (workers == 1) return;
    each_ = total / ranges_;
    const size_t longer = total % ranges_;
    size_t next = 0;
    for (uint32_t i = 0; i < ranges_; ++i) {
      range_[i].next = next;
      range_[i].end = next += each_ + (i < longer ? 1 : 0);
    }
  }

  // False when none is left.
  bool take(uint32_t worker, Share* share) {
    if (workers_ == 1) {
      if (range_[0].next >= range_[0].end) return false;
      take_from(range_[0].next, range_[0].end, SIZE_MAX, share);
      range_[0].next += share->count;
      return true;
    }
    if (!OTTAVA_HOSTED) return take_one(share);
    for (uint32_t i = 0; i < ranges_; ++i) {
      Range& range = range_[(worker + i) % ranges_];
      size_t next = load(range.next);
      if (i == 1) note_ahead(0);
      while (next < range.end) {
        take_from(next, range.end, grains_.most == 1 ? 1 : worthwhile(range.end - next, i == 0), share);
        const size_t left = range.end - next - share->count;
        if (!__atomic_compare_exchange_n(&range.next, &next, next + share->count, true, __ATOMIC_RELAXED,
                                         __ATOMIC_RELAXED))
          continue;
        if (i == 0) note_ahead(left);
        return true;
      }
    }
    return false;
  }

  // Where a line has one grain.
  bool take(uint32_t worker, size_t* line) {
    Share share;
    const bool taken = take(worker, &share);
    if (taken) *line = share.line;
    return taken;
  }

 private:
  template <class T>
  static T load(const T& value) {
    return __atomic_load_n(&value, __ATOMIC_RELAXED);
  }
  // Grain by grain, so that all that a firmware needs is an addition that cannot be interrupted.
  bool take_one(Share* share) {
    const size_t next = __atomic_fetch_add(&range_[0].next, 1, __ATOMIC_RELAXED);
    if (next >= range_[0].end) return false;
    take_from(next, range_[0].end, 1, share);
    return true;
  }
  // Grains that the worker furthest ahead has left; written by few, and so in every core's cache.
  void note_ahead(size_t left) {
    if (left <= each_ / 3 && left < load(ahead_)) __atomic_store_n(&ahead_, left, __ATOMIC_RELAXED);
  }

  // The longest piece of up to so many grains from `next` on.
  void take_from(size_t next, size_t end, size_t worthwhile, Share* share) const {
    const size_t of_line = grains_.of_line;
    share->line = of_line == 1 ? next : next / of_line;
    share->first = next - share->line * of_line;
    size_t count = smaller(smaller(grains_.most, worthwhile), end - next);
    if (share->first != 0 || count < of_line) {
      count = smaller(count, of_line - share->first);
    } else if (count > 1) {
      const size_t lines = grains_.lines_of_batch - share->line % grains_.lines_of_batch;
      count = smaller(count / of_line, lines) * of_line;
    }
    share->count = count;
  }

  // Of a range of which so many grains are left.
  size_t worthwhile(size_t left, bool own) const {
    const bool alike = own && left / 2 <= load(ahead_);
    if (alike) return ceil_div(left > each_ * 3 / 8 ? left - left / 4 : left, 2 * ceil_div(workers_, ranges_));
    size_t left_to_all = 0;
    for (uint32_t i = 0; i < ranges_; ++i) {
      const size_t next = load(range_[i].next);
      if (next < range_[i].end) left_to_all += range_[i].end - next;
    }
    return larger(left_to_all / (2 * size_t{workers_}), 1);
  }

  // Far more workers than this share ranges; firmware has no stack to spare for several.
  static constexpr uint32_t kMostRanges = OTTAVA_HOSTED ? 8 : 1;
  struct Range {
    uint8_t apart[OTTAVA_HOSTED ? 64 : 1];  // no cache line is shared with another range or with what all workers read
    size_t next;
    size_t end;
  };
  Grains grains_;
  size_t each_ = 0;  // grains of a range
  uint32_t workers_;
  uint32_t ranges_;
  size_t ahead_ = SIZE_MAX;
  Range range_[kMostRanges];
};

}  // namespace ottava

#endif  // OTTAVA_SRC_CONTRACTION_TASKS_H_
