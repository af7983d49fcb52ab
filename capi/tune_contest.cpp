#include "tune_contest.h"

using namespace ottava;

namespace {

constexpr uint32_t kMostRuns = 4096;  // of a sample
// A run before each sample brings its weights back into the caches, unless it takes longer than that.
constexpr uint64_t kLongRun = 1000000;
constexpr int32_t kLeastNoise = 15053;  // 1 %
// A challenger whose best turn is slower by so much is given up: 3 %, or after one turn, by half.
constexpr int32_t kHopeless = 44717;
constexpr int32_t kHopelessAtOnce = 613377;

}  // namespace

int32_t ottava::noise_of(const Comparison& equal) {
  const int32_t distance = equal.gain < 0 ? -equal.gain : equal.gain;
  const int32_t noise = distance > equal.noise ? distance : equal.noise;
  return noise > kLeastNoise ? noise : kLeastNoise;
}

Status Contest::calibrate(const Contender& who, uint64_t sample, Error* error) {
  for (uint32_t i = 0; i < workload_.m_count; ++i) {
    const uint64_t start = clock_.now();
    const Status status = who.try_run(workload_, workload_.m[i], error);
    if (status != Status::ok) return status;
    uint32_t runs = 1;
    uint64_t time = clock_.since(start);
    while (time < sample / 8 && runs < kMostRuns) {
      runs *= 4;
      time = time_of(who, i, runs);
    }
    const uint64_t wanted = time == 0 ? 1 : runs * sample / time;
    runs_[i] = wanted < 1 ? 1 : wanted > kMostRuns ? kMostRuns : static_cast<uint32_t>(wanted);
    times_[i] = time / runs;
  }
  return Status::ok;
}

uint64_t Contest::nanoseconds_of_turn(uint32_t count) const {
  uint64_t time = 0;
  for (uint32_t i = 0; i < workload_.m_count; ++i) time += times_[i] * (runs_[i] + (times_[i] < kLongRun ? 1 : 0));
  return time * count;
}

uint64_t Contest::time_of(const Contender& who, uint32_t rows, uint32_t runs) const {
  const uint64_t start = clock_.now();
  for (uint32_t i = 0; i < runs; ++i) who.run(workload_, workload_.m[rows]);
  return clock_.since(start);
}

uint32_t Contest::random() {
  random_ ^= random_ << 13;
  random_ ^= random_ >> 17;
  random_ ^= random_ << 5;
  return random_;
}

// Each contender once at each number of rows, in random order, with operands of one place.
void Contest::take_turn(const Contender* const* who, uint32_t count, uint32_t turn) {
  workload_.place(random());
  for (uint32_t rows = 0; rows < workload_.m_count; ++rows) {
    uint32_t order[kMostContenders] = {0, 1, 2};
    for (uint32_t i = count; i > 1; --i) {
      const uint32_t other = random() % i, last = order[i - 1];
      order[i - 1] = order[other];
      order[other] = last;
    }
    for (uint32_t i = 0; i < count; ++i) {
      const Contender& contender = *who[order[i]];
      if (times_[rows] < kLongRun) contender.run(workload_, workload_.m[rows]);
      samples_->logs[order[i]][rows][turn] = log2_of(time_of(contender, rows, runs_[rows]));
    }
  }
}

int32_t Contest::mean_of_turn(uint32_t who, uint32_t against, uint32_t turn) const {
  int64_t sum = 0;
  for (uint32_t rows = 0; rows < workload_.m_count; ++rows) {
    sum += samples_->logs[who][rows][turn] - samples_->logs[against][rows][turn];
  }
  return static_cast<int32_t>(sum / workload_.m_count);
}

uint32_t Contest::measure(const Contender* const* who, uint32_t count, uint64_t end, bool may_give_up) {
  uint64_t longest = nanoseconds_of_turn(count);
  int32_t best = INT32_MAX;
  for (uint32_t turn = 0; turn < kMostTurns;) {
    const uint64_t before = elapsed();
    if (before >= end || longest > end - before) return turn;
    take_turn(who, count, turn);
    const uint64_t time = elapsed() - before;
    if (time > longest) longest = time;
    const int32_t gain = mean_of_turn(1, 0, turn++);
    if (gain < best) best = gain;
    if (may_give_up && best > (turn == 1 ? kHopelessAtOnce : kHopeless)) return turn;
  }
  return kMostTurns;
}

Comparison Contest::compare(uint32_t who, uint32_t against, uint32_t turns) const {
  int32_t differences[kMostTurns];
  for (uint32_t turn = 0; turn < turns; ++turn) differences[turn] = mean_of_turn(who, against, turn);
  const Spread all = spread_of(differences, turns);
  Comparison comparison = {all.middle, all.deviation, INT32_MIN};
  for (uint32_t rows = 0; rows < workload_.m_count; ++rows) {
    for (uint32_t turn = 0; turn < turns; ++turn) {
      differences[turn] = samples_->logs[who][rows][turn] - samples_->logs[against][rows][turn];
    }
    const int32_t middle = spread_of(differences, turns).middle;
    if (middle > comparison.slowest) comparison.slowest = middle;
  }
  return comparison;
}

uint64_t Contest::picoseconds_of(uint32_t who, uint32_t turns) const {
  int64_t sum = 0;
  for (uint32_t rows = 0; rows < workload_.m_count; ++rows) {
    sum += spread_of(samples_->logs[who][rows], turns).middle - log2_of(runs_[rows]);
  }
  return exp2_of(static_cast<int32_t>(sum / workload_.m_count) + log2_of(1000));
}
