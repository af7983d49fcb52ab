// Measures a shape.
#include "comparison.h"

#include <benchmark/benchmark.h>

#include <cstring>
#include <memory>

namespace bench {
namespace {

// One who is ready to run.
struct Runner {
  Contestant* contestant;
  Context context;
  std::unique_ptr<Operation> operation;  // of ottava, or
  std::unique_ptr<Peer> peer;

  void run() const {
    if (operation) {
      operation->run();
    } else {
      peer->run();
    }
  }
  const std::uint8_t* dst() const { return operation ? operation->dst() : peer->dst(); }
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
    runners.push_back(std::move(runner));
  }
  std::vector<Turn> all;
  for (const Runner& runner : runners) {
    all.emplace_back(runner.contestant, [&runner](int count) {
      for (int i = 0; i < count; ++i) {
        runner.run();
        benchmark::ClobberMemory();
      }
    });
  }
  take_turns(&all, turns_, threads_ > 1);
}

}  // namespace bench
