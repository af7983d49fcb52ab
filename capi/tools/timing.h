// Times of runs that are compared with each other, and the clock of the core.
#ifndef OTTAVA_CAPI_TOOLS_TIMING_H_
#define OTTAVA_CAPI_TOOLS_TIMING_H_

#include <functional>
#include <vector>

namespace ottava::tools {

struct Timed {
  double nanoseconds = 0;  // of a call: the median of the turns
  double best = 0;
};

// Calls the runs in turns, each often enough to be timed, for about so many seconds: what disturbs one turn disturbs
// all.
std::vector<Timed> time_in_turns(const std::vector<std::function<void()>>& runs, double seconds);

// Cycles per second, by additions that wait for each other, one cycle each; 0 where that is not known.
double clock_of_core();

}  // namespace ottava::tools

#endif  // OTTAVA_CAPI_TOOLS_TIMING_H_
