// The two halves of ottava_tune: the search for knobs that make a problem faster, and the proof that they do.
#ifndef OTTAVA_CAPI_TUNE_SEARCH_H_
#define OTTAVA_CAPI_TUNE_SEARCH_H_

#include "tune_contest.h"

namespace ottava {

// Within `budget` nanoseconds. Fills *line, with knobs where some seem to be better.
Status search_knobs(Workload& workload, const Clock& clock, uint64_t budget, Samples* samples, TunedLine* line,
                    Error* error);

// Measures the knobs of a line against the library's own choice once more, with operators made anew, and drops what
// does not hold.
Status verify_knobs(Workload& workload, const Clock& clock, uint64_t budget, Samples* samples, TunedLine* line,
                    Error* error);

}  // namespace ottava

#endif  // OTTAVA_CAPI_TUNE_SEARCH_H_
