// Measures a layer.
#include "networks/layer_comparison.h"

#include <benchmark/benchmark.h>

#include <memory>

#include "networks/ottava_layer.h"
#include "problem.h"

namespace bench {
namespace {

// The matmul that a convolution amounts to, s8 on s8 like the layer.
class ContiguousMatmul {
 public:
  ContiguousMatmul(const ottava_context* context, const Layer& layer, std::uint32_t rule)
      : problem_(Shape{layer.name, layer.output_height() * layer.output_width(), layer.outputs, layer.depth()}) {
    Description description(problem_, rule);
    description.desc.lhs_type = OTTAVA_TYPE_S8;
    operation_ = std::make_unique<Operation>(context, problem_, description);
  }
  void run() const { operation_->run(); }

 private:
  Problem problem_;
  std::unique_ptr<Operation> operation_;
};

// One who is ready to run: one of the three.
struct Runner {
  LayerContestant* contestant;
  Context context;
  std::unique_ptr<OttavaLayer> layer;
  std::unique_ptr<ContiguousMatmul> matmul;
  std::unique_ptr<LayerPeer> peer;

  void run() const {
    if (layer) {
      layer->run();
    } else if (peer) {
      peer->run();
    } else {
      matmul->run();
    }
  }
};

// Readies the contestant and runs it once; false with the refusal set where it cannot run or ottava's result is wrong.
bool prepare(const LayerProblem& problem, std::uint32_t threads, std::uint32_t rule, Runner* runner) {
  LayerContestant& c = *runner->contestant;
  if (c.library != nullptr) {
    runner->peer = c.library->make(problem, threads);
    if (!runner->peer) {
      c.refusal = "declines this layer";
      return false;
    }
    runner->run();
    c.wrong = share_wrong(problem, runner->peer->output(), c.library->is_unsigned, c.library->zero_point, false);
    return true;
  }
  runner->context = make_context(c.tier, threads);
  if (c.matmul) {
    runner->matmul = std::make_unique<ContiguousMatmul>(runner->context.get(), problem.layer, rule);
    return true;
  }
  runner->layer = std::make_unique<OttavaLayer>(runner->context.get(), problem, rule);
  c.refusal = runner->layer->refusal();
  if (!c.refusal.empty()) return false;
  c.kernel = runner->layer->info().kernel;
  c.route = runner->layer->info().route;
  runner->run();
  const bool loosely = rule != OTTAVA_REQUANTIZE_FLOAT_NEAREST_EVEN;
  c.wrong = share_wrong(problem, runner->layer->output(), false, ZeroPoint::kAfterRounding, loosely);
  if (c.wrong > 0) c.refusal = "wrong result";
  return c.refusal.empty();
}

const LayerContestant* best_of(const std::vector<LayerContestant>& contestants, bool peers) {
  const LayerContestant* best = nullptr;
  for (const LayerContestant& c : contestants) {
    if (!c.ran() || c.matmul || (c.library != nullptr) != peers || c.wrong > 0) continue;
    if (best == nullptr || c.seconds() < best->seconds()) best = &c;
  }
  return best;
}

}  // namespace

void LayerComparison::measure() {
  if (measured_) return;
  measured_ = true;
  const LayerProblem problem(layer_);
  std::vector<Runner> runners;
  for (LayerContestant& contestant : contestants_) {
    if (!contestant.wanted) continue;
    Runner runner{};
    runner.contestant = &contestant;
    if (prepare(problem, threads_, rule_, &runner)) runners.push_back(std::move(runner));
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

const LayerContestant* LayerComparison::best_tier() const { return best_of(contestants_, false); }
const LayerContestant* LayerComparison::best_peer() const { return best_of(contestants_, true); }
const LayerContestant* LayerComparison::find(const std::string& name) const {
  for (const LayerContestant& c : contestants_) {
    if (c.name == name && c.ran()) return &c;
  }
  return nullptr;
}

}  // namespace bench
