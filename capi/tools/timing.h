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

// A run of as many additions that wait for each other, one cycle each: taken in turns with others, it tells the clock
// of the core while they ran, whatever that is called by and however it changes.
#if defined(__GNUC__)
constexpr int kCycles = 16000;
#else
constexpr int kCycles = 0;  // not known
#endif
void pass_cycles();

}  // namespace ottava::tools

#endif  // OTTAVA_CAPI_TOOLS_TIMING_H_
