#include "tune_search.h"
#include "base/checked.h"
#include "contraction/small_m.h"
#include "matmul.h"

using namespace ottava;

namespace {

// A sample runs an operator for so long, or once.
constexpr uint64_t kSampleNanoseconds = 30000;
constexpr uint32_t kMostRuns = 4096;
// A run before each sample brings its weights back into the caches, unless it takes longer than that.
constexpr uint64_t kLongRun = 20000000;
constexpr uint32_t kLeastTurns = 5;
// What is not faster by so much is no gain: 1 %.
constexpr int32_t kLeastGain = 15053;
// A challenger whose best turn is slower by so much is given up: 3 %, or after one turn, by half.
constexpr int32_t kHopeless = 44717;
constexpr int32_t kHopelessAtOnce = 613377;
// Shares of the budget, in hundredths: the end of what shows the noise, of the search, of its verification. A
// challenger has one part of so many.
constexpr uint64_t kNoiseEnd = 10;
constexpr uint64_t kSearchEnd = 60;
constexpr uint64_t kVerifyEnd = 95;
constexpr uint64_t kChallenges = 32;

// One contender against another, as logarithms of time: below 0 where it is faster.
struct Comparison {
  int32_t gain;     // the median over turns of the mean over numbers of rows
  int32_t noise;    // of it
  int32_t slowest;  // at the number of rows where it is worst

  bool is_better(int32_t least_noise) const {
    const int32_t most = noise > least_noise ? noise : least_noise;
    return gain < -most && slowest <= most;
  }
};

class Search {
 public:
  Search(const Workload& workload, const Clock& clock, uint64_t budget, Samples* samples)
      : workload_(workload), clock_(clock), budget_(budget), samples_(samples), start_(clock.now()) {}

  Status run(TunedLine* line, Error* error) {
    Status status = own_.make(workload_, {}, error);
    if (status != Status::ok) return status;
    describe(line);
    calibrate();
    status = find_noise(line, error);
    if (status != Status::ok || line->turns < kLeastTurns) return status;
    best_ = &own_;
    try_all();
    if (best_ == &own_) return Status::ok;
    const Knobs found = best_->knobs();
    return verify(found, line, error);
  }

 private:
  void describe(TunedLine* line) {
    line->problem = tuned_problem(own_.matmul().problem);
    const int64_t most = workload_.most_rows > workload_.desc.max_m ? workload_.most_rows : workload_.desc.max_m;
    line->problem.most_rows = class_of_rows(most);
  }

  uint64_t elapsed(uint64_t since) const {
    const uint64_t now = clock_.now();
    return now > since ? now - since : 0;
  }
  uint64_t end_of(uint64_t hundredths) const { return budget_ / 100 * hundredths; }
  bool is_over(uint64_t hundredths) const { return elapsed(start_) >= end_of(hundredths); }

  // How long a run takes, and so how many make a sample.
  void calibrate() {
    for (uint32_t i = 0; i < workload_.m_count; ++i) {
      uint32_t runs = 1;
      uint64_t time = 0;
      for (;; runs *= 4) {
        time = time_of(own_, i, runs);
        if (time >= kSampleNanoseconds / 4 || runs >= kMostRuns) break;
      }
      const uint64_t wanted = time == 0 ? 1 : runs * kSampleNanoseconds / time;
      runs_[i] = wanted < 1 ? 1 : wanted > kMostRuns ? kMostRuns : static_cast<uint32_t>(wanted);
      times_[i] = time / runs;
    }
  }

  uint64_t time_of(const Contender& who, uint32_t rows, uint32_t runs) const {
    const uint64_t since = clock_.now();
    for (uint32_t i = 0; i < runs; ++i) who.run(workload_, workload_.m[rows]);
    return elapsed(since);
  }

  uint32_t random_below(uint32_t end) {
    random_ ^= random_ << 13;
    random_ ^= random_ >> 17;
    random_ ^= random_ << 5;
    return random_ % end;
  }

  // Each contender once at each number of rows, one right after the other, in random order.
  void take_turn(const Contender* const* who, uint32_t count, uint32_t turn) {
    for (uint32_t rows = 0; rows < workload_.m_count; ++rows) {
      uint32_t order[kMostContenders] = {0, 1, 2};
      for (uint32_t i = count; i > 1; --i) {
        const uint32_t other = random_below(i), last = order[i - 1];
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

  int32_t mean_of_turn(uint32_t who, uint32_t against, uint32_t turn) const {
    int64_t sum = 0;
    for (uint32_t rows = 0; rows < workload_.m_count; ++rows) {
      sum += samples_->logs[who][rows][turn] - samples_->logs[against][rows][turn];
    }
    return static_cast<int32_t>(sum / workload_.m_count);
  }

  // Turns until so much of the budget is used, or the second of the contenders is hopeless. Returns how many.
  uint32_t measure(const Contender* const* who, uint32_t count, uint64_t end, bool may_give_up) {
    uint64_t longest = 0;
    int32_t best = INT32_MAX;
    for (uint32_t turn = 0; turn < kMostTurns;) {
      const uint64_t since = elapsed(start_);
      if (since + longest > end) return turn;
      take_turn(who, count, turn);
      const uint64_t time = elapsed(start_) - since;
      if (time > longest && time <= budget_) longest = time;
      const int32_t gain = mean_of_turn(1, 0, turn++);
      if (gain < best) best = gain;
      if (may_give_up && best > (turn == 1 ? kHopelessAtOnce : kHopeless)) return turn;
    }
    return kMostTurns;
  }

  Comparison compare(uint32_t who, uint32_t against, uint32_t turns) const {
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

  // By how much two equal operators seem to differ.
  static int32_t noise_of(const Comparison& equal) {
    const int32_t distance = equal.gain < 0 ? -equal.gain : equal.gain;
    const int32_t noise = distance > equal.noise ? distance : equal.noise;
    return noise > kLeastGain ? noise : kLeastGain;
  }

  // Of a run: the geometric mean over the numbers of rows.
  uint64_t picoseconds_of(uint32_t who, uint32_t turns) const {
    int64_t sum = 0;
    for (uint32_t rows = 0; rows < workload_.m_count; ++rows) {
      sum += spread_of(samples_->logs[who][rows], turns).middle - log2_of(runs_[rows]);
    }
    return exp2_of(static_cast<int32_t>(sum / workload_.m_count) + log2_of(1000));
  }

  void record(const Comparison& equal, uint32_t turns, TunedLine* line) {
    line->turns = turns;
    line->default_picoseconds = line->tuned_picoseconds = picoseconds_of(0, turns);
    line->noise_millionths = millionths_above(noise_of(equal));
  }

  // Two of the library's own choice, in memory of their own.
  Status find_noise(TunedLine* line, Error* error) {
    Contender& other = others_[0];
    const Status status = other.make(workload_, {}, error);
    if (status != Status::ok) return status;
    const Contender* const who[] = {&own_, &other};
    const uint32_t turns = measure(who, 2, end_of(kNoiseEnd), false);
    if (turns == 0) {  // a run alone takes longer
      line->default_picoseconds = line->tuned_picoseconds = times_[0] * 1000;
      return status;
    }
    const Comparison equal = compare(1, 0, turns);
    noise_ = noise_of(equal);
    record(equal, turns, line);
    return status;
  }

  // Against the best so far, in whose place it comes if it is better.
  void challenge(const Knobs& knobs) {
    if (is_over(kSearchEnd)) return;
    Contender& challenger = best_ == &others_[0] ? others_[1] : others_[0];
    Error ignored;
    if (challenger.make(workload_, knobs, &ignored) != Status::ok || runs_alike(challenger, *best_)) return;
    const Contender* const who[] = {best_, &challenger};
    const uint64_t end = elapsed(start_) + budget_ / kChallenges, most = end_of(kSearchEnd);
    const uint32_t turns = measure(who, 2, end < most ? end : most, true);
    if (turns >= kLeastTurns && compare(1, 0, turns).is_better(noise_)) best_ = &challenger;
  }

  // Whether two operators do the same at all numbers of rows.
  bool runs_alike(const Contender& a, const Contender& b) const {
    for (uint32_t i = 0; i < workload_.m_count; ++i) {
      const size_t rows = static_cast<size_t>(workload_.m[i]);
      const ContractionPlan& first = a.matmul().plan;
      const ContractionPlan& second = b.matmul().plan;
      const Route& route = first.routes.of(rows);
      const Route& other = second.routes.of(rows);
      if (route.kernel != other.kernel || route.in_place != other.in_place || route.small_m != other.small_m ||
          route.has_in_order != other.has_in_order || route.tuned[0].run != other.tuned[0].run ||
          route.tuned[1].run != other.tuned[1].run || is_small_m(a.matmul(), rows) != is_small_m(b.matmul(), rows) ||
          is_small_m_alone(a.matmul(), rows) != is_small_m_alone(b.matmul(), rows)) {
        return false;
      }
      if (rows == 0 || first.n == 0) continue;
      Schedule schedules[2];
      uint64_t bytes = 0;
      Error ignored;
      if (measure_rows(a.matmul(), rows, &schedules[0], &bytes, &ignored) != Status::ok ||
          measure_rows(b.matmul(), rows, &schedules[1], &bytes, &ignored) != Status::ok) {
        return false;
      }
      const Grid& grid = schedules[0].grid;
      const Grid& same = schedules[1].grid;
      if (grid.m_block != same.m_block || grid.n_block != same.n_block || grid.workers != same.workers) return false;
    }
    return true;
  }

  const ContractionPlan& best_plan() const { return best_->matmul().plan; }

  template <class T, class Value>
  void challenge_with(T Knobs::*knob, Value value) {
    Knobs knobs = best_->knobs();
    knobs.*knob = static_cast<T>(value);
    challenge(knobs);
  }

  void try_kernels() {
    const Choice& choice = workload_.context->choice;
    const Isa own = best_plan().routes.kernel->isa;
    for (size_t i = 0; i < choice.kernels.count; ++i) {
      const Kernel& kernel = *choice.kernels.kernels[i];
      char words[160];
      Text why(words);
      explain_unusable(kernel, workload_.context->machine, choice, why);
      // One that every CPU can run is many times slower.
      const bool hopeless = kernel.isa == Isa::portable && own != Isa::portable;
      if (why.empty() && !hopeless && &kernel != best_plan().routes.kernel) challenge_with(&Knobs::kernel, &kernel);
    }
  }

  // The numbers of rows up to which the kernel for few of them may serve.
  void try_small_m() {
    challenge_with(&Knobs::small_m_rows, -1);
    const size_t most = best_plan().routes.small_m.tile.mr * 32;
    for (uint32_t i = 0; i < workload_.m_count; ++i) {
      if (static_cast<uint64_t>(workload_.m[i]) <= most) challenge_with(&Knobs::small_m_rows, workload_.m[i]);
    }
  }

  void try_blocks() {
    const int64_t rows = static_cast<int64_t>(best_plan().blocking.m_block);
    const int64_t factors[] = {rows / 2, rows / 4, rows * 2};
    for (const int64_t value : factors) {
      if (value > 0 && (value < workload_.most_rows || rows < workload_.most_rows)) {
        challenge_with(&Knobs::block_rows, value);
      }
    }
    for (int64_t parts = 2; parts <= 8; parts *= 2) {
      if (workload_.desc.n > parts) challenge_with(&Knobs::block_columns, (workload_.desc.n + parts - 1) / parts);
    }
  }

  void try_threads() {
    if (workload_.context->threads == 1) return;
    const ThreadCut cuts[] = {ThreadCut::rows, ThreadCut::columns, ThreadCut::none};
    for (const ThreadCut cut : cuts) challenge_with(&Knobs::thread_cut, cut);
    const uint64_t least = least_work_per_thread(best_plan().blocking, best_plan().routes.many.tile);
    const int64_t work = static_cast<int64_t>(least < INT64_MAX / 64 ? least : INT64_MAX / 64);
    const int64_t works[] = {work / 2, work / 4, work * 2, work * 4};
    for (const int64_t value : works) {
      if (value > 0) challenge_with(&Knobs::work_per_thread, value);
    }
  }

  // One knob after the other, each with the best of those before it.
  void try_all() {
    try_kernels();
    try_small_m();
    challenge_with(&Knobs::lhs_rows, LhsRows::in_place);
    challenge_with(&Knobs::lhs_rows, LhsRows::packed);
    challenge_with(&Knobs::schedule, CoreSchedule::out_of_order);
    challenge_with(&Knobs::schedule, CoreSchedule::in_order);
    try_threads();
    try_blocks();
  }

  // Everything anew, in other memory: what was found only by chance, or by where it lay, is dropped.
  Status verify(const Knobs& knobs, TunedLine* line, Error* error) {
    own_.release();
    others_[0].release();
    others_[1].release();
    Status status = others_[1].make(workload_, {}, error);
    if (status == Status::ok) status = own_.make(workload_, knobs, error);
    if (status == Status::ok) status = others_[0].make(workload_, {}, error);
    if (status != Status::ok) return status;
    const Contender* const who[] = {&others_[0], &own_, &others_[1]};
    const uint32_t turns = measure(who, 3, end_of(kVerifyEnd), false);
    if (turns < kLeastTurns) return status;
    const Comparison equal = compare(2, 0, turns), found = compare(1, 0, turns);
    record(equal, turns, line);
    // Either of the two must be slower.
    if (!found.is_better(noise_of(equal)) || !compare(1, 2, turns).is_better(noise_of(equal))) return status;
    line->tuned_picoseconds = picoseconds_of(1, turns);
    line->knobs = knobs;
    if (knobs.kernel != nullptr) Text(line->kernel) << knobs.kernel->name;
    return status;
  }

  const Workload& workload_;
  const Clock& clock_;
  const uint64_t budget_;
  Samples* const samples_;
  const uint64_t start_;
  uint32_t runs_[kMostTunedRows];
  uint64_t times_[kMostTunedRows];  // of a run
  uint32_t random_ = 2463534242u;
  int32_t noise_ = kLeastGain;
  Contender own_;  // the library's own choice
  Contender others_[2];
  const Contender* best_ = nullptr;
};

}  // namespace

Status ottava::tune_problem(const Workload& workload, const Clock& clock, uint64_t budget, Samples* samples,
                            TunedLine* line, Error* error) {
  Search search(workload, clock, budget, samples);
  return search.run(line, error);
}
