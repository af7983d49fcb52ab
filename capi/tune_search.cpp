#include "tune_search.h"
#include "base/checked.h"
#include "contraction/small_m.h"
#include "matmul.h"

using namespace ottava;

namespace {

constexpr uint64_t kSample = 30000;        // nanoseconds that an operator runs in a turn, or a run
constexpr uint64_t kMostSample = 1000000;  // of a proof, which may use what there is left
// Parts of the budget: the first shows the noise; a challenger has one, or the time of a few turns.
constexpr uint64_t kNoiseParts = 4;
constexpr uint64_t kChallengeParts = 20;

class Search {
 public:
  Search(Workload& workload, const Clock& clock, uint64_t budget, Samples* samples)
      : workload_(workload), budget_(budget), contest_(workload, clock, samples) {}

  Status run(TunedLine* line, Error* error) {
    Status status = own_.make(workload_, {}, error);
    if (status != Status::ok) return status;
    const int64_t max_m = workload_.desc.max_m;
    line->problem = tuned_problem(own_.matmul().problem);
    line->problem.most_rows = class_of_rows(workload_.most_rows > max_m ? workload_.most_rows : max_m);
    status = contest_.calibrate(own_, kSample, error);
    if (status == Status::ok) status = find_noise(line, error);
    if (status != Status::ok || line->turns < kLeastTurns) return status;
    best_ = &own_;
    try_all();
    line->knobs = best_->knobs();
    return status;
  }

 private:
  // Two of the library's own choice, in memory of their own.
  Status find_noise(TunedLine* line, Error* error) {
    const uint64_t share = budget_ / kNoiseParts;
    line->default_picoseconds = line->tuned_picoseconds = contest_.nanoseconds_of_run() * 1000;
    if (contest_.nanoseconds_of_turn(2) * kLeastTurns > share) return Status::ok;
    Contender& other = others_[0];
    const Status status = other.make(workload_, {}, error);
    if (status != Status::ok) return status;
    const Contender* const who[] = {&own_, &other};
    const uint32_t turns = contest_.measure(who, 2, contest_.elapsed() + share, false);
    if (turns == 0) return status;
    line->turns = turns;
    noise_ = noise_of(contest_.compare(1, 0, turns));
    line->default_picoseconds = line->tuned_picoseconds = contest_.picoseconds_of(0, turns);
    line->noise_millionths = millionths_above(noise_);
    return status;
  }

  // Against the best so far, in whose place it comes if it is better.
  void challenge(const Knobs& knobs) {
    if (contest_.elapsed() >= budget_) return;
    Contender& challenger = best_ == &others_[0] ? others_[1] : others_[0];
    Error ignored;
    if (challenger.make(workload_, knobs, &ignored) != Status::ok || runs_alike(challenger, *best_)) return;
    const Contender* const who[] = {best_, &challenger};
    const uint64_t least = contest_.nanoseconds_of_turn(2) * (kLeastTurns + 1), part = budget_ / kChallengeParts;
    const uint64_t end = contest_.elapsed() + (part < least ? least : part);
    const uint32_t turns = contest_.measure(who, 2, end < budget_ ? end : budget_, true);
    if (turns >= kLeastTurns && contest_.compare(1, 0, turns).is_better(noise_)) best_ = &challenger;
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
      if (grid.m_block != same.m_block || grid.n_block != same.n_block || grid.m_grain != same.m_grain ||
          grid.n_grain != same.n_grain || grid.workers != same.workers) {
        return false;
      }
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

  Workload& workload_;
  const uint64_t budget_;
  Contest contest_;
  int32_t noise_ = 0;
  Contender own_;  // the library's own choice
  Contender others_[2];
  const Contender* best_ = nullptr;
};

}  // namespace

Status ottava::search_knobs(Workload& workload, const Clock& clock, uint64_t budget, Samples* samples, TunedLine* line,
                            Error* error) {
  Search search(workload, clock, budget, samples);
  const Status status = search.run(line, error);
  if (line->knobs.kernel != nullptr) Text(line->kernel) << line->knobs.kernel->name;
  return status;
}

Status ottava::verify_knobs(Workload& workload, const Clock& clock, uint64_t budget, Samples* samples, TunedLine* line,
                            Error* error) {
  Contest contest(workload, clock, samples);
  Contender own, tuned, again;
  Status status = own.make(workload, {}, error);
  if (status == Status::ok) status = tuned.make(workload, line->knobs, error);
  if (status == Status::ok) status = again.make(workload, {}, error);
  if (status != Status::ok) return status;
  const uint64_t share = budget / (kMostTurns * 2 * kMostContenders * workload.m_count);
  status = contest.calibrate(own, share < kSample ? kSample : share > kMostSample ? kMostSample : share, error);
  if (status != Status::ok) return status;
  const Contender* const who[] = {&own, &tuned, &again};
  const uint32_t turns = contest.measure(who, kMostContenders, budget, false);
  if (turns < kLeastTurns) {
    line->drop_knobs();
    return status;
  }
  const int32_t noise = noise_of(contest.compare(2, 0, turns));
  const uint64_t millionths = millionths_above(noise);
  if (line->noise_millionths < millionths) line->noise_millionths = millionths;
  line->turns += turns;
  // Told is what was measured while the machine was least disturbed.
  const uint64_t picoseconds = contest.picoseconds_of(0, turns);
  if (line->tuned_picoseconds == line->default_picoseconds || picoseconds < line->default_picoseconds) {
    line->default_picoseconds = picoseconds;
    line->tuned_picoseconds = contest.picoseconds_of(1, turns);
  }
  // Either of the two must be slower.
  const bool holds = contest.compare(1, 0, turns).is_better(noise) && contest.compare(1, 2, turns).is_better(noise);
  if (!holds) line->drop_knobs();
  return status;
}
