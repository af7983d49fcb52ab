#include "timing.h"

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace ottava::tools {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double kSliceSeconds = 0.0002;
constexpr std::size_t kFewestTurns = 5;
constexpr double kPatience = 6;   // times as long as asked for
constexpr double kShared = 1.08;  // of the least that a probe tells: the core was shared
constexpr int kAdditions = 8000;  // of a chain, one cycle each

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

double seconds_of(const std::function<void()>& run, std::uint64_t repeats) {
  const auto start = Clock::now();
  for (std::uint64_t i = 0; i < repeats; ++i) run();
  return seconds_since(start);
}

// Additions that wait for each other, in several chains side by side.
template <int kChains>
void add_in_chains() {
#if defined(__GNUC__)
  std::uintptr_t sum[4] = {}, step = 3;
  for (int i = 0; i < kAdditions; i += 8) {
    for (int j = 0; j < 8; ++j) {
      // The compiler does not join one with the next, nor know the step: some cores add constants in no time.
      asm volatile("" : "+r"(sum[0]), "+r"(step));
      sum[0] += step;
      if (kChains == 1) continue;
      asm volatile("" : "+r"(sum[1]), "+r"(sum[2]), "+r"(sum[3]));
      sum[1] += step, sum[2] += step, sum[3] += step;
    }
  }
  asm volatile("" : : "r"(sum[0]), "r"(sum[1]), "r"(sum[2]), "r"(sum[3]));
#endif
}

// One chain takes a cycle for each addition whoever else is on the core, four of them need most of what it can do: so
// they tell the clock, whatever that is called by and however it changes, and whether the core was shared.
struct Probe {
  double clock;  // in cycles per nanosecond
  double work;   // the time of four chains, relative to one

  static Probe take() {
    double one = 1, four = 1;  // in seconds, free of interrupts
    for (int i = 0; i < 3; ++i) {
      one = std::min(one, seconds_of(add_in_chains<1>, 1));
      four = std::min(four, seconds_of(add_in_chains<4>, 1));
    }
    return {kAdditions / (one * 1e9), four / one};
  }
};

double median_of(std::vector<double>* all) {
  std::sort(all->begin(), all->end());
  return (*all)[all->size() / 2];
}

// A time of a run, and the work of the probes around it.
struct Turn {
  double time, work;
};

Timed timed(std::vector<Turn> turns, double most_work) {
  std::sort(turns.begin(), turns.end(), [](const Turn& a, const Turn& b) { return a.work < b.work; });
  std::vector<double> times;  // of those that were alone, or else of those that were disturbed least
  for (const Turn& turn : turns) {
    if (turn.work <= most_work || times.size() < kFewestTurns) times.push_back(turn.time);
  }
  Timed timed;
  timed.nanoseconds = median_of(&times);
  timed.best = times[0];
  return timed;
}

}  // namespace

Timings time_in_turns(const std::vector<std::function<void()>>& runs, double seconds) {
  static double least_work = 1e9;  // of any probe of this process
  const auto start = Clock::now();
  std::vector<std::uint64_t> repeats;
  for (const auto& run : runs) {
    run();  // its memory is touched
    std::uint64_t count = 1;
    while (seconds_of(run, count) < kSliceSeconds) count *= 2;
    repeats.push_back(count);
  }
  std::vector<std::vector<Turn>> turns(runs.size());
  std::vector<double> clocks;
  const auto probe = [&clocks] {
    const Probe taken = Probe::take();
    least_work = std::min(least_work, taken.work);
    clocks.push_back(taken.clock);
    return taken.work;
  };
  const auto enough = [](const std::vector<Turn>& of_run) {
    const auto alone = [](const Turn& turn) { return turn.work <= least_work * kShared; };
    return static_cast<std::size_t>(std::count_if(of_run.begin(), of_run.end(), alone)) >= kFewestTurns;
  };
  double before = probe();
  for (std::size_t count = 1;; ++count) {
    for (std::size_t i = 0; i < runs.size(); ++i) {
      const double time = seconds_of(runs[i], repeats[i]) * 1e9 / static_cast<double>(repeats[i]);
      const double after = probe();
      turns[i].push_back({time, std::max(before, after)});
      before = after;
    }
    if (runs.empty()) before = probe();
    const double passed = seconds_since(start);
    if (count < kFewestTurns || passed < seconds) continue;
    if (passed >= seconds * kPatience || std::all_of(turns.begin(), turns.end(), enough)) break;
  }
  Timings timings;
  for (const std::vector<Turn>& of_run : turns) timings.runs.push_back(timed(of_run, least_work * kShared));
#if defined(__GNUC__)
  timings.clock = median_of(&clocks);
#endif
  return timings;
}

}  // namespace ottava::tools
