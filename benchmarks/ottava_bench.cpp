// ottava_bench: times whole calls through the C ABI, for each shape asked for and each tier of this machine,
// beside other libraries and the limits of the machine. A result is checked before it is timed. `ottava_bench --help`
// lists the options.
//
//   probe/<tier>, probe/read/<level>    the limits: probes/
//   matmul/<tier>/<MxNxK>               ottava          peer/<library>/<MxNxK>   the others, each in turn: comparison.h
//   pack/<tier>/<MxNxK>                 the packing of the weights
//   load/<tier>                         of a packed file, from a memory map: load.cpp
//   kernel/<kernel>/m:<rows>/k:<depth>  one tile in the first-level cache: tiles.cpp
//   stage/<kernel>/<stage>              its output stage: tiles.cpp
//   float/<tier>/<f32|s8|rows|peer>/<shape>    a float lhs, its rows alone, another library: float_rows.cpp
//   changing/<tier>/<exact|largest>/<shape>    a rhs that each run brings, of the operator's sizes or of less:
//   changing.cpp rules/<tier>/<shape>/<output>/<rule>    every rule and output type against the float rule: rules.cpp
//   layer/<who>/<network>/<layer>       with --networks, instead of all these: a tier or a library: networks/
// with /threads:N after the name for more threads than one.
//
// The weights are packed beforehand, ottava's workspace is the caller's. Counters:
//   GOPS            10^9 operations per second, 2 * M * N * K in all
//   peak            that as a share of the probed peak of the tier, with the instruction of the kernel
//   weights_B/s     with M <= 4: bytes of weights read per second,
//   read            and that as a share of the probed rate of the level of memory that the packed weights fit in
//   wrong           share of a peer's outputs that are not the bytes they have to be, where there are any
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "changing.h"
#include "comparison.h"
#include "float_rows.h"
#include "load.h"
#include "masked_cpu/masked_cpu.h"
#include "networks/table.h"
#include "options.h"
#include "ottava/ottava.h"
#include "peers/float_peer.h"
#include "peers/peer.h"
#include "probes/probes.h"
#include "registration.h"
#include "rules.h"
#include "shapes.h"
#include "support.h"
#include "table.h"
#include "tiles.h"

namespace {

using bench::Comparison;
using bench::Contestant;
using bench::Probes;
using bench::Tier;

constexpr const char* kDefaultFilter = "^(probe|matmul|peer|layer)/";

std::vector<Tier> tiers_to_time(const ottava_context* context, const std::vector<std::string>& asked) {
  std::vector<Tier> tiers;
  std::string usable;
  ottava_tier_info info = OTTAVA_TIER_INFO_INIT;
  for (std::uint32_t i = 0; ottava_tier_query(context, i, &info, nullptr) == OTTAVA_OK; ++i) {
    if (info.usable == 0) continue;
    usable += std::string(" ") + info.name;
    if (asked.empty() || std::find(asked.begin(), asked.end(), info.name) != asked.end())
      tiers.push_back({info.name, info.tier});
  }
  for (const std::string& name : asked) {
    if (std::none_of(tiers.begin(), tiers.end(), [&name](const Tier& tier) { return tier.name == name; }))
      bench::fail("no tier " + name + " here; there are" + usable);
  }
  return tiers;
}

// A mask adds nothing to a CPU that lacks the tier itself.
void check_masked(const ottava_context* context, const std::string& tier) {
  ottava_tier_info info = OTTAVA_TIER_INFO_INIT;
  std::uint32_t i = 0;
  while (ottava_tier_query(context, i, &info, nullptr) == OTTAVA_OK && info.usable == 0) ++i;
  if (info.name != tier) bench::fail("--cpu: the best tier of this CPU is " + std::string(info.name));
}

// The load of the last minute, before this program added to it; 0 where it is not known.
double busy_cpus() {
#if defined(__unix__)
  double load = 0;
  if (getloadavg(&load, 1) == 1) return load;
#endif
  return 0;
}

void report_contestant(benchmark::State& state, Comparison* comparison, std::size_t i, Probes* probes) {
  comparison->measure();
  const Contestant& c = comparison->contestants()[i];
  const bench::Shape& shape = comparison->shape();
  if (!c.ran()) {
    state.SkipWithError(c.refusal.c_str());
    return;
  }
  const double seconds = c.seconds();
  for (auto _ : state) state.SetIterationTime(seconds);
  state.counters["GOPS"] = shape.operations() * 1e-9 / seconds;
  std::string label = shape.origin;
  if (c.library == nullptr) {
    label += " " + c.kernel;
    const double peak = probes->peak(c.name, c.kernel, comparison->threads());
    if (peak > 0) state.counters["peak"] = shape.operations() / seconds / peak;
    if (bench::reads_weights(shape)) {
      const double rate = bench::weight_rate(shape, c);
      std::string level;
      state.counters["weights_B/s"] = rate;
      state.counters["read"] = rate / probes->read(c.packed_bytes, comparison->threads(), &level);
      label += " " + level;
    }
  } else if (c.wrong > 0) {
    state.counters["wrong"] = c.wrong;
    label += " WRONG";
  }
  state.SetLabel(label);
}

std::shared_ptr<Comparison> register_comparison(const bench::Shape& shape, std::uint32_t threads,
                                                const std::vector<Tier>& tiers, const bench::Options& options,
                                                Probes* probes) {
  auto comparison = std::make_shared<Comparison>(shape, threads, options.rule, options.turns);
  std::vector<Contestant>& contestants = comparison->contestants();
  for (const Tier& tier : tiers) {
    contestants.emplace_back();
    contestants.back().name = tier.name;
    contestants.back().tier = tier.value;
  }
  for (const bench::PeerLibrary* library : bench::peer_libraries()) {
    contestants.emplace_back();
    contestants.back().name = library->name;
    contestants.back().library = library;
  }
  for (std::size_t i = 0; i < contestants.size(); ++i) {
    const std::string name = (contestants[i].library != nullptr ? "peer/" : "matmul/") + contestants[i].name + "/" +
                             shape.name() + bench::threads_suffix(threads);
    contestants[i].wanted = bench::chosen(name);
    contestants[i].best = options.best;
    bench::register_reported(name, [comparison, i, probes](benchmark::State& state) {
      report_contestant(state, comparison.get(), i, probes);
    });
  }
  return comparison;
}

void register_probes(Probes* probes, std::uint32_t threads) {
  for (const std::string& name : probes->names()) {
    bench::register_reported("probe/" + name + bench::threads_suffix(threads),
                             [probes, name, threads](benchmark::State& state) {
                               const double peak = probes->peak(name, threads);
                               for (auto _ : state) state.SetIterationTime(2e6 / peak);
                               state.counters["GOPS"] = peak * 1e-9;
                               state.SetLabel("time of 10^6 multiply-adds");
                             });
  }
  for (const bench::Level& level : probes->levels(threads)) {
    const std::uint64_t bytes = level.fits;
    bench::register_reported("probe/read/" + level.name + bench::threads_suffix(threads),
                             [probes, bytes, threads](benchmark::State& state) {
                               const double rate = probes->read(bytes, threads);
                               for (auto _ : state) state.SetIterationTime(1048576 / rate);
                               state.counters["read_B/s"] = rate;
                               state.SetLabel("time of 1 MiB");
                             });
  }
}

void register_packing(const bench::Shape& shape, const Tier& tier) {
  const std::uint32_t cap = tier.value;
  benchmark::RegisterBenchmark(("pack/" + tier.name + "/" + shape.name()).c_str(),
                               [shape, cap](benchmark::State& state) {
                                 const bench::Context context = bench::make_context(cap, 1);
                                 const bench::Problem problem(shape);
                                 const bench::Description description(problem, OTTAVA_REQUANTIZE_FLOAT_NEAREST_EVEN);
                                 for (auto _ : state)
                                   benchmark::DoNotOptimize(bench::create(context.get(), problem, description).get());
                                 state.SetBytesProcessed(state.iterations() * shape.n * shape.k);
                               });
}

void run_benchmarks(const bench::Options& options, const ottava_cpu_info& cpu) {
  const double load = busy_cpus();
  if (load + options.threads.back() > cpu.cores + 0.5) {
    std::cerr << "ottava_bench: other programs keep " << std::lround(load) << " of " << cpu.cores
              << " CPUs busy: figures of " << options.threads.back()
              << (options.threads.back() == 1 ? " thread" : " threads") << " will say little; --best helps somewhat\n";
  }
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
}

// The layers of networks, alone.
int run_networks(const bench::Options& options, const std::vector<Tier>& tiers, const ottava_cpu_info& cpu,
                 std::ostream& out) {
  for (const bench::LayerLibrary* library : bench::layer_libraries())
    benchmark::AddCustomContext(library->name, library->does);
  const bench::LayerComparisons comparisons = bench::register_networks(options, tiers);
  run_benchmarks(options, cpu);
  bench::print_network_tables(comparisons, OTTAVA_MISSING_LAYER_PEERS, options.best, out);
  for (const auto& comparison : comparisons) {
    for (const bench::LayerContestant& c : comparison->contestants()) {
      if (c.is_layer() && c.wrong > 0) return 1;
    }
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<char*> arguments(argv, argv + argc + 1);
  const bench::Options options = bench::take_options(&argc, argv);
  if (options.help) {
    std::cout << bench::usage();
    return 0;
  }
  if (!options.cpu.empty()) bench::mask_cpu(options.cpu, arguments.data());
  std::string format = "console";
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word.rfind("--benchmark_", 0) == 0 && word.find("format=csv") != std::string::npos) bench::set_all_counters();
    if (word.rfind("--benchmark_format=", 0) == 0) format = word.substr(word.find('=') + 1);
  }
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  if (benchmark::GetBenchmarkFilter().empty()) benchmark::SetBenchmarkFilter(kDefaultFilter);
  std::ostream& table = format == "console" ? std::cout : std::cerr;

  const bench::Context context = bench::make_context(OTTAVA_TIER_ANY, 1);
  const std::vector<Tier> tiers = tiers_to_time(context.get(), options.tiers);
  if (!options.cpu.empty()) check_masked(context.get(), options.cpu);
  std::vector<bench::Shape> shapes;
  std::string shapes_in_full;
  for (const std::string& asked : options.shapes)
    shapes_in_full += (shapes_in_full.empty() ? "" : ",") + bench::add_shapes(asked, &shapes);
  ottava_cpu_info cpu = OTTAVA_CPU_INFO_INIT;
  ottava_cpu_query(context.get(), &cpu, nullptr);
  if (!cpu.optimized) std::cerr << "ottava is compiled without optimization here: the figures mean nothing\n";
  benchmark::AddCustomContext("cpu", cpu.name + bench::as_masked());
  benchmark::AddCustomContext("rule", options.rule_name);
  benchmark::AddCustomContext("weights", bench::weight_bits == bench::WeightBits::k7 ? "7 bits" : "8 bits");
  benchmark::AddCustomContext("figures", options.best ? "best slices" : "medians");
  for (const bench::PeerLibrary* library : bench::peer_libraries()) {
    if (options.networks.empty()) benchmark::AddCustomContext(library->name, library->does);
    if (options.tiers.size() == 1 && library->cap != nullptr) library->cap(tiers[0].value);
  }
  if (bench::float_library() != nullptr && options.networks.empty()) {
    benchmark::AddCustomContext("peer of float/", bench::float_library()->does);
  }
  if (!options.networks.empty()) return run_networks(options, tiers, cpu, table);

  std::vector<std::string> tier_names;
  for (const Tier& tier : tiers) tier_names.push_back(tier.name);
  Probes probes(cpu, tier_names);
  benchmark::AddCustomContext("shapes", shapes_in_full);
  bench::Comparisons comparisons;
  for (std::uint32_t threads : options.threads) register_probes(&probes, threads);
  for (const bench::Shape& shape : shapes) {  // its numbers of threads follow each other, for they are compared
    for (std::uint32_t threads : options.threads)
      comparisons.push_back(register_comparison(shape, threads, tiers, options, &probes));
  }
  for (const Tier& tier : tiers) {
    for (const bench::Shape& shape : shapes) {
      register_packing(shape, tier);
      bench::register_float_rows(shape, tier, options);
      bench::register_changing(shape, tier, options);
    }
    bench::register_loads(tier.name, tier.value);
    bench::register_rules(tier.name, tier.value);
  }
  bench::register_tiles(tier_names, &probes);
  run_benchmarks(options, cpu);
  bench::print_tables(comparisons, &probes, OTTAVA_MISSING_PEERS, options.best, table);
  for (const auto& comparison : comparisons) {
    for (const Contestant& c : comparison->contestants()) {
      if (c.library == nullptr && !c.refusal.empty()) return 1;  // ottava's result was wrong
    }
  }
  return 0;
}
