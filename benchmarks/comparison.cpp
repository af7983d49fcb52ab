// Measures a shape.
#include "comparison.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <memory>
#include <thread>

namespace bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double kSliceSeconds = 0.0005;  // short: most are not interrupted on a busy machine
constexpr double kLongSeconds = 0.05;     // no interruption lasts that long
constexpr double kEnoughSeconds = 1.0;    // no more turns for one who has used that much
constexpr std::size_t kFewestSlices = 3;
constexpr auto kRest = std::chrono::milliseconds(5);

// One who is ready to run.
struct Runner {
  Contestant* contestant;
  Context context;
  std::unique_ptr<Operation> operation;  // of ottava, or
  std::unique_ptr<Peer> peer;
  int runs = 1;  // in a slice
  double used = 0;

  void run() const {
    if (operation) {
      operation->run();
    } else {
      peer->run();
    }
  }
  const std::uint8_t* dst() const { return operation ? operation->dst() : peer->dst(); }
  double seconds(int count) {
    const auto start = Clock::now();
    for (int i = 0; i < count; ++i) {
      run();
      benchmark::ClobberMemory();
    }
    const double all = std::chrono::duration<double>(Clock::now() - start).count();
    used += all;
    return all / count;
  }
  // As many as fill a slice, by the best of three tries: one that was interrupted would seem long.
  void choose_runs() {
    for (runs = 1;; runs *= 2) {
      double slice = seconds(runs) * runs;
      for (int again = 0; again < 2 && slice >= kSliceSeconds / 2 && slice < kLongSeconds; ++again)
        slice = std::min(slice, seconds(runs) * runs);
      if (slice >= kSliceSeconds / 2) return;
    }
  }
};

// Readies the contestant and runs it once; false with the refusal set where it cannot run or its result is wrong.
bool prepare(const Problem& problem, std::uint32_t threads, std::uint32_t rule, Runner* runner) {
  Contestant& c = *runner->contestant;
  if (c.library == nullptr) {
    runner->context = make_context(c.tier, threads);
    runner->operation = std::make_unique<Operation>(runner->context.get(), problem, Description(problem, rule));
    c.kernel = runner->operation->info().kernel;
    c.packed_bytes = runner->operation->info().packed_bytes;
    runner->run();
    if (!problem.spot_check(reinterpret_cast<const std::int8_t*>(runner->dst()))) c.refusal = "wrong result";
    return c.refusal.empty();
  }
  runner->peer = c.library->make(problem, threads);
  if (!runner->peer) {
    c.refusal = "declines this shape";
    return false;
  }
  runner->run();
  Description equal(problem, rule);
  runner->peer->describe_equal(problem, &equal);
  const Context context = make_context(OTTAVA_TIER_ANY, 1);
  const Operation expected(context.get(), problem, equal);
  expected.run();
  const std::size_t count = elements(problem.shape.m, problem.shape.n);
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < count; ++i) wrong += expected.dst()[i] != runner->dst()[i] ? 1u : 0u;
  c.wrong = static_cast<double>(wrong) / static_cast<double>(count);
  return true;
}

}  // namespace

double Contestant::seconds() const { return best ? *std::min_element(slices.begin(), slices.end()) : median(slices); }

double speed_ratio(const Contestant& one, const Contestant& other) {
  if (one.best) return other.seconds() / one.seconds();
  std::vector<double> ratios;
  for (std::size_t turn = 0; turn < one.slices.size() && turn < other.slices.size(); ++turn) {
    ratios.push_back(other.slices[turn] / one.slices[turn]);
  }
  return median(ratios);
}

void Comparison::measure() {
  if (measured_) return;
  measured_ = true;
  const Problem problem(shape_);
  std::vector<Runner> runners;
  for (Contestant& contestant : contestants_) {
    if (!contestant.wanted) continue;
    Runner runner{};
    runner.contestant = &contestant;
    if (!prepare(problem, threads_, rule_, &runner)) continue;
    // Every tier has to have the bits of the first.
    if (runner.operation && !runners.empty() && runners[0].operation &&
        std::memcmp(runners[0].dst(), runner.dst(), elements(shape_.m, shape_.n)) != 0) {
      contestant.refusal = "not the result of " + runners[0].contestant->name;
      continue;
    }
    runner.choose_runs();
    runner.used = 0;
    runners.push_back(std::move(runner));
  }
  for (int turn = 0; turn < turns_; ++turn) {
    for (Runner& runner : runners) {
      std::vector<double>& slices = runner.contestant->slices;
      if (runner.used >= kEnoughSeconds && slices.size() >= kFewestSlices) continue;
      if (threads_ > 1) std::this_thread::sleep_for(kRest);  // the threads of the one before wait busily for a while
      runner.seconds(1);                                     // brings its own memory into the cache
      slices.push_back(runner.seconds(runner.runs));
    }
  }
}

}  // namespace bench
