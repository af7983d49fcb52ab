// Registers the layers of networks.
#include "networks/networks.h"

namespace bench {
namespace {

void report(benchmark::State& state, LayerComparison* comparison, std::size_t i) {
  comparison->measure();
  const LayerContestant& c = comparison->contestants()[i];
  if (!c.ran()) {
    state.SkipWithError(c.refusal.c_str());
    return;
  }
  const double seconds = c.seconds();
  for (auto _ : state) state.SetIterationTime(seconds);
  double operations = 0;
  for (const Layer& layer : comparison->layers()) operations += layer.operations();
  state.counters["GOPS"] = operations * 1e-9 / seconds;
  std::string label = comparison->is_whole() ? "all layers in order" : comparison->layers()[0].words();
  if (c.is_layer() && !comparison->is_whole()) label += " " + c.kernel + ": " + c.route;
  if (c.wrong > 0) {
    state.counters["wrong"] = c.wrong;
    label += " WRONG";
  }
  state.SetLabel(label);
}

std::vector<LayerContestant> contestants_of(const std::vector<Layer>& layers, const std::vector<Tier>& tiers) {
  std::vector<LayerContestant> contestants;
  const auto add = [&contestants](const std::string& name) -> LayerContestant& {
    contestants.emplace_back();
    contestants.back().name = name;
    return contestants.back();
  };
  for (const Tier& tier : tiers) add(tier.name).tier = tier.value;
  for (const LayerLibrary* library : layer_libraries()) add(library->name).library = library;
  const Layer& layer = layers[0];
  if (layers.size() == 1 && layer.kind == Layer::Kind::kConv && layer.groups == 1 && layer.kernel > 1) {
    LayerContestant& matmul = add("matmul");
    matmul.matmul = true;
    matmul.tier = tiers.front().value;
  }
  return contestants;
}

std::shared_ptr<LayerComparison> register_layers(const std::string& network, const std::vector<Layer>& layers,
                                                 std::uint32_t threads, const std::vector<Tier>& tiers,
                                                 const Options& options) {
  auto comparison = std::make_shared<LayerComparison>(network, layers, threads, options.rule, options.turns);
  comparison->contestants() = contestants_of(layers, tiers);
  const std::string what = network + "/" + (layers.size() > 1 ? "whole" : layers[0].name) + threads_suffix(threads);
  for (std::size_t i = 0; i < comparison->contestants().size(); ++i) {
    LayerContestant& c = comparison->contestants()[i];
    const std::string name = "layer/" + c.name + "/" + what;
    c.wanted = chosen(name);
    c.best = options.best;
    register_reported(name, [comparison, i](benchmark::State& state) { report(state, comparison.get(), i); });
  }
  return comparison;
}

}  // namespace

LayerComparisons register_networks(const Options& options, std::vector<Tier> tiers) {
  if (options.tiers.empty()) tiers.resize(1);
  LayerComparisons comparisons;
  for (std::uint32_t threads : options.threads) {
    for (const std::string& file : options.networks) {
      const Network network = read_network(file);
      for (const Layer& layer : network.distinct)
        comparisons.push_back(register_layers(network.name, {layer}, threads, tiers, options));
      comparisons.push_back(register_layers(network.name, network.layers, threads, tiers, options));
    }
  }
  return comparisons;
}

}  // namespace bench
