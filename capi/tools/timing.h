// Times of runs that are compared with each other, and the clock of the core meanwhile.
#ifndef OTTAVA_CAPI_TOOLS_TIMING_H_
#define OTTAVA_CAPI_TOOLS_TIMING_H_

#include <functional>
#include <vector>

namespace ottava::tools {

struct Timed {
  double nanoseconds = 0;  // of a call: the median of the turns
  double best = 0;
};

struct Timings {
  std::vector<Timed> runs;
  double clock = 0;  // in cycles per nanosecond; 0: not known
};

// Calls the runs in turns, each often enough to be timed, for about so many seconds: what disturbs one turn disturbs
// all. Turns in which another hardware thread had a part of the core do not count, and more are taken in their stead,
// for several times as long at most.
Timings time_in_turns(const std::vector<std::function<void()>>& runs, double seconds);

}  // namespace ottava::tools

#endif  // OTTAVA_CAPI_TOOLS_TIMING_H_
