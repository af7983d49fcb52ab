// Operators that are measured side by side: turns in which each runs for a while, one right after the other, so that
// what disturbs the machine disturbs all of them; and what the turns show.
#ifndef OTTAVA_CAPI_TUNE_CONTEST_H_
#define OTTAVA_CAPI_TUNE_CONTEST_H_

#include "tune_workload.h"
#include "tuning/statistics.h"

namespace ottava {

struct Clock {
  uint64_t (*nanoseconds)(void* user);
  void* user;

  uint64_t now() const { return nanoseconds(user); }
  uint64_t since(uint64_t start) const {
    const uint64_t time = now();
    return time > start ? time - start : 0;
  }
};

constexpr uint32_t kMostContenders = 3;
constexpr uint32_t kLeastTurns = 5;  // for a decision
// 3 %: what is smaller changes its sign with what else runs on the core.
constexpr int32_t kLeastGain = 44717;

// Logarithms of the times of samples, by contender, number of rows and turn.
struct Samples {
  int32_t logs[kMostContenders][kMostTunedRows][kMostTurns];
};

// One contender against another, as logarithms of time: below 0 where it is faster.
struct Comparison {
  int32_t gain;     // the median over turns of the mean over numbers of rows
  int32_t noise;    // of it
  int32_t slowest;  // at the number of rows where it is worst

  bool is_better(int32_t least_noise) const {
    const int32_t most = noise > least_noise ? noise : least_noise;
    return gain < -(most > kLeastGain ? most : kLeastGain) && slowest <= most;
  }
};

// By how much two equal operators seem to differ; no less than 1 %.
int32_t noise_of(const Comparison& equal);

class Contest {
 public:
  Contest(Workload& workload, const Clock& clock, Samples* samples)
      : workload_(workload), clock_(clock), samples_(samples), start_(clock.now()) {}

  // Finds out how many runs make a sample of so many nanoseconds. The first run of a workload, which may be refused.
  Status calibrate(const Contender& who, uint64_t sample, Error* error);
  // Of a turn, or more where it is long.
  uint64_t nanoseconds_of_turn(uint32_t count) const;
  uint64_t nanoseconds_of_run() const { return times_[0]; }  // with the first number of rows

  // Takes turns until so many nanoseconds after the start, the next one included; stops before that where the second
  // contender may be given up and is hopeless against the first. Returns how many.
  uint32_t measure(const Contender* const* who, uint32_t count, uint64_t end, bool may_give_up);
  Comparison compare(uint32_t who, uint32_t against, uint32_t turns) const;
  // Of a run: the geometric mean over the numbers of rows.
  uint64_t picoseconds_of(uint32_t who, uint32_t turns) const;

  uint64_t elapsed() const { return clock_.since(start_); }

 private:
  uint32_t random();
  uint64_t time_of(const Contender& who, uint32_t rows, uint32_t runs) const;
  void take_turn(const Contender* const* who, uint32_t count, uint32_t turn);
  int32_t mean_of_turn(uint32_t who, uint32_t against, uint32_t turn) const;

  Workload& workload_;
  const Clock& clock_;
  Samples* const samples_;
  const uint64_t start_;
  uint32_t random_ = 2463534242u;
  uint32_t runs_[kMostTunedRows];
  uint64_t times_[kMostTunedRows];  // of a run, in nanoseconds
};

}  // namespace ottava

#endif  // OTTAVA_CAPI_TUNE_CONTEST_H_
