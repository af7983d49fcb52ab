// ottava_bench: times whole calls through the C ABI, for each shape of a text file and each tier of this
// machine, and the packing of the weights. A result is checked before it is timed.
//
//   ottava_bench [--shapes=FILE] [--threads=N] [options of Google Benchmark]
//   ottava_bench --benchmark_filter='matmul/x86_avx2/sq' --benchmark_format=csv
//   ottava_bench --benchmark_filter='rules/'    every rule and output type against the cheapest rule: rules.cpp
//
// u8 activations with a zero point, s8 weights with a scale per channel, bias, s8 output by the rule of two
// roundings; the weights are packed beforehand, the workspace is the caller's. GOPS counts 2 * M * N * K.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "ottava/ottava.h"
#include "rules.h"
#include "support.h"

namespace {

using bench::check;
using bench::Context;
using bench::elements;
using bench::fail;
using bench::make_context;
using bench::Matmul;

struct Shape {
  std::string name;
  std::int64_t m, n, k;
};

std::vector<Shape> read_shapes(const std::string& path) {
  std::ifstream file(path);
  if (!file) fail("cannot read " + path);
  std::vector<Shape> shapes;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') continue;
    std::istringstream words(line);
    Shape shape;
    if (!(words >> shape.name >> shape.m >> shape.n >> shape.k)) fail(path + ": not 'name M N K': " + line);
    shapes.push_back(shape);
  }
  return shapes;
}

// One operator with its data.
struct Setup {
  Shape shape;
  std::vector<std::uint8_t> lhs;
  std::vector<std::int8_t> rhs;
  std::vector<std::int8_t> dst;
  std::vector<float> scales;
  std::vector<std::int32_t> bias;
  std::vector<std::uint8_t> workspace;
  ottava_matmul_desc desc = OTTAVA_MATMUL_DESC_INIT;
  ottava_matmul_constants constants = OTTAVA_MATMUL_CONSTANTS_INIT;

  explicit Setup(const Shape& s) : shape(s) {
    bench::Bytes bytes;
    const auto byte = [&bytes] { return bytes.next(); };
    lhs.resize(elements(s.m, s.k));
    rhs.resize(elements(s.k, s.n));
    dst.resize(elements(s.m, s.n));
    scales.resize(static_cast<std::size_t>(s.n));
    bias.resize(static_cast<std::size_t>(s.n));
    for (std::uint8_t& value : lhs) value = byte();
    for (std::int8_t& value : rhs) value = static_cast<std::int8_t>(byte());
    for (float& value : scales) value = 0.0001f + 0.000001f * static_cast<float>(byte());
    for (std::int32_t& value : bias) value = byte() * 16;
    desc.n = s.n;
    desc.k = s.k;
    desc.lhs_type = OTTAVA_TYPE_U8;
    desc.lhs_zero_point = 117;
    desc.dst_zero_point = -3;
    desc.dst_scale = 0.3f;
    constants.rhs = rhs.data();
    constants.rhs_scales = scales.data();
    constants.bias = bias.data();
  }

  Matmul create(const ottava_context* context) {
    ottava_error error = OTTAVA_ERROR_INIT;
    ottava_matmul* matmul = nullptr;
    check(ottava_matmul_create(context, &desc, &constants, &matmul, &error), error);
    ottava_matmul_info info = OTTAVA_MATMUL_INFO_INIT;
    check(ottava_matmul_query(matmul, shape.m, &info, &error), error);
    workspace.resize(static_cast<std::size_t>(info.workspace_bytes));
    return Matmul(matmul);
  }

  void run(const ottava_matmul* matmul) {
    const ottava_status status =
        ottava_matmul_run(matmul, shape.m, lhs.data(), 0, dst.data(), 0, workspace.data(), workspace.size(), nullptr);
    if (status != OTTAVA_OK) fail("a run failed");
  }
};

// A few elements by the plain formula: the whole is proven by the tests.
bool spot_check(const Setup& setup) {
  const Shape& s = setup.shape;
  for (std::int64_t probe = 0; probe < 64; ++probe) {
    const std::int64_t m = probe * 7919 % s.m;
    const std::int64_t n = probe * 104729 % s.n;
    std::int64_t sum = setup.bias[static_cast<std::size_t>(n)];
    for (std::int64_t k = 0; k < s.k; ++k) {
      sum +=
          (setup.lhs[static_cast<std::size_t>(m * s.k + k)] - 117) * setup.rhs[static_cast<std::size_t>(k * s.n + n)];
    }
    const double exact = static_cast<double>(sum) * static_cast<double>(setup.scales[static_cast<std::size_t>(n)]) /
                             static_cast<double>(0.3f) -
                         3;
    const double bounded = exact < -128 ? -128 : exact > 127 ? 127 : exact;
    const double difference = setup.dst[static_cast<std::size_t>(m * s.n + n)] - bounded;
    if (difference > 1 || difference < -1) return false;
  }
  return true;
}

void time_matmul(benchmark::State& state, const Shape& shape, std::uint32_t tier, std::uint32_t threads) {
  const Context context = make_context(tier, threads);
  Setup setup(shape);
  const Matmul matmul = setup.create(context.get());
  setup.run(matmul.get());
  if (!spot_check(setup)) {
    state.SkipWithError("wrong result");
    return;
  }
  for (auto _ : state) {
    setup.run(matmul.get());
    benchmark::ClobberMemory();
  }
  const double operations =
      2.0 * static_cast<double>(shape.m) * static_cast<double>(shape.n) * static_cast<double>(shape.k);
  state.counters["GOPS"] = benchmark::Counter(operations * 1e-9, benchmark::Counter::kIsIterationInvariantRate);
}

void time_packing(benchmark::State& state, const Shape& shape, std::uint32_t tier) {
  const Context context = make_context(tier, 1);
  Setup setup(shape);
  for (auto _ : state) benchmark::DoNotOptimize(setup.create(context.get()).get());
  state.SetBytesProcessed(state.iterations() * shape.n * shape.k);
}

}  // namespace

int main(int argc, char** argv) {
  std::string shapes_file = OTTAVA_SHAPES;
  std::uint32_t threads = 1;
  std::vector<char*> rest;
  for (int i = 0; i < argc; ++i) {
    if (std::strncmp(argv[i], "--shapes=", 9) == 0) {
      shapes_file = argv[i] + 9;
    } else if (std::strncmp(argv[i], "--threads=", 10) == 0) {
      threads = static_cast<std::uint32_t>(std::strtoul(argv[i] + 10, nullptr, 10));
    } else {
      rest.push_back(argv[i]);
    }
  }
  int count = static_cast<int>(rest.size());
  benchmark::Initialize(&count, rest.data());
  if (benchmark::ReportUnrecognizedArguments(count, rest.data())) return 1;

  const std::vector<Shape> shapes = read_shapes(shapes_file);
  const Context context = make_context(OTTAVA_TIER_ANY, 1);
  ottava_cpu_info cpu = OTTAVA_CPU_INFO_INIT;
  ottava_cpu_query(context.get(), &cpu, nullptr);
  benchmark::AddCustomContext("cpu", cpu.name);
  benchmark::AddCustomContext("threads", std::to_string(threads));
  ottava_tier_info tier = OTTAVA_TIER_INFO_INIT;
  for (std::uint32_t i = 0; ottava_tier_query(context.get(), i, &tier, nullptr) == OTTAVA_OK; ++i) {
    if (tier.usable == 0) continue;
    for (const Shape& shape : shapes) {
      const std::string name = std::string(tier.name) + "/" + shape.name;
      const std::uint32_t cap = tier.tier;
      auto* timed = benchmark::RegisterBenchmark(
          ("matmul/" + name).c_str(),
          [shape, cap, threads](benchmark::State& state) { time_matmul(state, shape, cap, threads); });
      timed->UseRealTime();
      benchmark::RegisterBenchmark(("pack/" + name).c_str(),
                                   [shape, cap](benchmark::State& state) { time_packing(state, shape, cap); });
    }
    bench::register_rules(tier.name, tier.tier);
  }
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
