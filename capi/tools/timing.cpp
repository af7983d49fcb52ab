#include "timing.h"

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace ottava::tools {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double kSliceSeconds = 0.0002;
constexpr std::size_t kFewestTurns = 5, kMostTurns = 2001;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

double seconds_of(const std::function<void()>& run, std::uint64_t repeats) {
  const auto start = Clock::now();
  for (std::uint64_t i = 0; i < repeats; ++i) run();
  return seconds_since(start);
}

}  // namespace

std::vector<Timed> time_in_turns(const std::vector<std::function<void()>>& runs, double seconds) {
  const auto start = Clock::now();
  std::vector<std::uint64_t> repeats;
  for (const auto& run : runs) {
    run();  // its memory is touched
    std::uint64_t count = 1;
    while (seconds_of(run, count) < kSliceSeconds) count *= 2;
    repeats.push_back(count);
  }
  std::vector<std::vector<double>> turns(runs.size());
  do {
    for (std::size_t i = 0; i < runs.size(); ++i) {
      turns[i].push_back(seconds_of(runs[i], repeats[i]) * 1e9 / static_cast<double>(repeats[i]));
    }
  } while (turns[0].size() < kFewestTurns || (seconds_since(start) < seconds && turns[0].size() < kMostTurns));
  std::vector<Timed> timed;
  for (std::vector<double>& all : turns) {
    std::sort(all.begin(), all.end());
    timed.push_back({all[all.size() / 2], all[0]});
  }
  return timed;
}

void pass_cycles() {
#if defined(__GNUC__)
  constexpr int kAdditions = 16;
  std::uintptr_t sum = 0, step = 3;
  for (int i = 0; i < kCycles; i += kAdditions) {
    for (int j = 0; j < kAdditions; ++j) {
      sum += step;
      // The compiler does not join it with the next one, nor know the step: some cores add constants in no time.
      asm volatile("" : "+r"(sum), "+r"(step));
    }
  }
#endif
}

}  // namespace ottava::tools
