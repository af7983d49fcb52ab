// The search of ottava_tune: which knobs make one problem faster, found by measurement.
#ifndef OTTAVA_CAPI_TUNE_SEARCH_H_
#define OTTAVA_CAPI_TUNE_SEARCH_H_

#include "tune_workload.h"
#include "tuning/statistics.h"

namespace ottava {

struct Clock {
  uint64_t (*nanoseconds)(void* user);
  void* user;
  uint64_t now() const { return nanoseconds(user); }
};

// Contenders that run side by side: the library's own choice, or the best knobs so far, a challenger, and where two
// equal ones show the noise, the third.
constexpr uint32_t kMostContenders = 3;

// Logarithms of the times of samples, by contender, number of rows and turn.
struct Samples {
  int32_t logs[kMostContenders][kMostTunedRows][kMostTurns];
};

// Fills *line, but for turns that found no time.
Status tune_problem(const Workload& workload, const Clock& clock, uint64_t budget, Samples* samples, TunedLine* line,
                    Error* error);

}  // namespace ottava

#endif  // OTTAVA_CAPI_TUNE_SEARCH_H_
