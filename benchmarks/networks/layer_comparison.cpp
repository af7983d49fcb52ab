// Measures a layer.
#include "networks/layer_comparison.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <map>
#include <memory>

#include "networks/ottava_layer.h"
#include "problem.h"

namespace bench {
namespace {

using Problems = std::vector<const LayerProblem*>;

// The matmul that a convolution amounts to, s8 on s8 like the layer.
class ContiguousMatmul : public RunnableLayers {
 public:
  ContiguousMatmul(const ottava_context* context, const Layer& layer, std::uint32_t rule)
      : problem_(Shape{layer.output_height() * layer.output_width(), layer.outputs, layer.depth(), layer.name}) {
    Description description(problem_, rule);
    description.desc.lhs_type = OTTAVA_TYPE_S8;
    operation_ = std::make_unique<Operation>(context, problem_, description);
  }
  void run() override { operation_->run(); }
  const std::uint8_t* output(std::size_t) const override { return operation_->dst(); }

 private:
  Problem problem_;
  std::unique_ptr<Operation> operation_;
};

// One who is ready to run.
struct Runner {
  LayerContestant* contestant;
  Context context;
  std::unique_ptr<RunnableLayers> layers;
};

std::unique_ptr<RunnableLayers> make_ottava(const Problems& problems, std::uint32_t rule, const ottava_context* context,
                                            LayerContestant* c) {
  return LayerSequence::make(problems, [rule, context, c](const LayerProblem& problem) {
    auto layer = std::make_unique<OttavaLayer>(context, problem, rule);
    c->refusal = layer->refusal();
    c->kernel = layer->info().kernel;
    c->route = layer->info().route;
    if (!c->refusal.empty()) layer.reset();
    return layer;
  });
}

// Readies the contestant and runs it once; false with the refusal set where it cannot run or ottava's result is wrong.
bool prepare(const Problems& problems, std::uint32_t threads, std::uint32_t rule, Runner* runner) {
  LayerContestant& c = *runner->contestant;
  bool is_unsigned = false;
  ZeroPoint zero_point = ZeroPoint::kAfterRounding;
  if (c.library != nullptr) {
    runner->layers = c.library->make(problems, threads);
    is_unsigned = c.library->is_unsigned;
    zero_point = c.library->zero_point;
  } else {
    runner->context = make_context(c.tier, threads);
    if (c.matmul) {
      runner->layers = std::make_unique<ContiguousMatmul>(runner->context.get(), problems[0]->layer, rule);
      return true;
    }
    runner->layers = make_ottava(problems, rule, runner->context.get(), &c);
  }
  if (!runner->layers) {
    if (c.refusal.empty()) c.refusal = "declines";
    return false;
  }
  runner->layers->run();
  const bool loosely = c.library == nullptr && rule != OTTAVA_REQUANTIZE_FLOAT_NEAREST_EVEN;
  for (std::size_t i = 0; i < problems.size(); ++i)
    c.wrong = std::max(c.wrong, share_wrong(*problems[i], runner->layers->output(i), is_unsigned, zero_point, loosely));
  if (c.library == nullptr && c.wrong > 0) c.refusal = "wrong result";
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
  std::map<std::string, LayerProblem> made;  // the same for layers that are the same
  Problems problems;
  for (const Layer& layer : layers_) problems.push_back(&made.try_emplace(layer.identity(), layer).first->second);
  std::vector<Runner> runners;
  for (LayerContestant& contestant : contestants_) {
    if (!contestant.wanted) continue;
    Runner runner{};
    runner.contestant = &contestant;
    if (prepare(problems, threads_, rule_, &runner)) runners.push_back(std::move(runner));
  }
  std::vector<Turn> all;
  for (const Runner& runner : runners) {
    all.emplace_back(runner.contestant, [&runner](int count) {
      for (int i = 0; i < count; ++i) {
        runner.layers->run();
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
