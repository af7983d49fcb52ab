// Times contestants in turn.
#include "turns.h"

#include <algorithm>
#include <chrono>
#include <ctime>
#include <thread>

#include "support.h"

namespace bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double kSliceSeconds = 0.0005;  // short: most are not interrupted on a busy machine
constexpr double kLongSeconds = 0.05;     // no interruption lasts that long
constexpr double kEnoughSeconds = 1.0;    // no more turns for one who has used that much
constexpr std::size_t kFewestSlices = 3;
constexpr int kSlicesTogether = 4;  // of several threads, after one rest

// Until the threads of the one before sleep: they wait busily for up to 50 ms, which shows as time of this process. The
// kernel counts that of other CPUs at its ticks, 4 or 10 ms apart: a shorter step sees nothing of a thread that runs.
void rest_until_idle() {
  constexpr auto kStep = std::chrono::milliseconds(11);
  for (int step = 0; step < 20; ++step) {
    const std::clock_t before = std::clock();
    std::this_thread::sleep_for(kStep);
    if (std::clock() - before < CLOCKS_PER_SEC / 1000) break;
  }
}

}  // namespace

double Timed::seconds() const { return best ? *std::min_element(slices.begin(), slices.end()) : median(slices); }

double speed_ratio(const Timed& one, const Timed& other) {
  if (one.best) return other.seconds() / one.seconds();
  std::vector<double> ratios;
  for (std::size_t turn = 0; turn < one.slices.size() && turn < other.slices.size(); ++turn) {
    ratios.push_back(other.slices[turn] / one.slices[turn]);
  }
  return median(ratios);
}

double Turn::seconds(int count) {
  const auto start = Clock::now();
  run_(count);
  const double all = std::chrono::duration<double>(Clock::now() - start).count();
  used_ += all;
  return all / count;
}

// As many as fill a slice, by the best of three tries: one that was interrupted would seem long.
void Turn::choose_runs() {
  for (runs_ = 1;; runs_ *= 2) {
    double slice = seconds(runs_) * runs_;
    for (int again = 0; again < 2 && slice >= kSliceSeconds / 2 && slice < kLongSeconds; ++again)
      slice = std::min(slice, seconds(runs_) * runs_);
    if (slice >= kSliceSeconds / 2) break;
  }
  used_ = 0;
}

void take_turns(std::vector<Turn>* all, int turns, bool rest) {
  for (Turn& one : *all) {
    if (rest) rest_until_idle();
    one.choose_runs();
  }
  const int together = rest ? kSlicesTogether : 1;
  for (int turn = 0; turn < turns; turn += together) {
    for (Turn& one : *all) {
      std::vector<double>& slices = one.timed_->slices;
      if (rest) rest_until_idle();
      for (int i = turn; i < turns && i < turn + together; ++i) {
        if (one.used_ >= kEnoughSeconds && slices.size() >= kFewestSlices) break;
        one.seconds(1);  // brings its own memory into the cache
        slices.push_back(one.seconds(one.runs_));
      }
    }
  }
}

}  // namespace bench
