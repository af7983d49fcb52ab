// What a call is made of: the loop of a kernel and the loop of an output stage, each on one tile that lies in the
// first-level cache. Beside matmul/ they tell how much packing, blocking and the way between the two cost. These go
// past the C interface, to the library's own tables, and are checked there before they are timed.
//
// Counters: GOPS and its share of the tier's probed peak; for a stage elements/s.
#include "tiles.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <memory>

#include "cpu/tiers.h"
#include "hosted/probe.h"
#include "kernels/registry.h"
#include "kernels/tile_shape.h"
#include "support.h"

namespace bench {
namespace {

using ottava::Kernel;
using ottava::TileShape;

std::size_t packed_depth(const Kernel& kernel, std::size_t depth) {
  return (depth + kernel.rhs->kr - 1u) / kernel.rhs->kr * kernel.rhs->kr;
}

// A tile whose lhs is 1 everywhere, and whose weights are the same at every depth of a channel.
struct Tile {
  std::vector<std::uint8_t> lhs, rhs;
  std::vector<const std::uint8_t*> rows;
  std::vector<std::int32_t> memory;
  ottava::TileArgs args = {};

  Tile(const Kernel& kernel, const TileShape& shape, std::size_t m, std::size_t depth) {
    const std::size_t padded = packed_depth(kernel, depth);
    const std::size_t width = shape.width;
    const std::size_t element = bytes_of(kernel.lhs_element);
    lhs.assign(shape.mr * padded * element, 1);
    for (std::size_t i = 1; element == 2 && i < lhs.size(); i += 2) lhs[i] = 0;
    rhs.resize(width * padded);
    for (std::size_t i = 0; i < rhs.size(); ++i) {
      const std::size_t in_panel = i % (shape.nr * padded);
      const std::size_t channel = i / (shape.nr * padded) * shape.nr + in_panel / kernel.rhs->kr % shape.nr;
      const std::size_t k = in_panel / (shape.nr * kernel.rhs->kr) * kernel.rhs->kr + in_panel % kernel.rhs->kr;
      rhs[i] = k < depth ? weight(channel) : 0;
    }
    for (std::size_t i = 0; i < m; ++i) rows.push_back(lhs.data() + i * padded);
    memory.resize(shape.mr * width + 16);
    std::size_t skipped = 0;
    while (reinterpret_cast<std::uintptr_t>(memory.data() + skipped) % 64 != 0) ++skipped;
    const bool by_pointers = kernel.form == ottava::LhsForm::indirect;
    args.lhs = by_pointers ? static_cast<const void*>(rows.data()) : lhs.data();
    args.rhs = rhs.data();
    args.acc = memory.data() + skipped;
    args.depth = depth;
    args.m = m;
    args.n = width;
    args.positions = 1;
    args.panel_stride = shape.nr * padded;
    args.width = width;
    args.row_stride = kernel.rhs->kr * element;
    args.step_stride = shape.mr * args.row_stride;
  }

  static std::uint8_t weight(std::size_t channel) { return static_cast<std::uint8_t>(1 + channel % 5); }

  bool is_right() const {
    for (std::size_t i = 0; i < args.m * args.n; ++i) {
      if (args.acc[i] != static_cast<std::int32_t>(args.depth * weight(i % args.n))) return false;
    }
    return true;
  }
};

template <class Body>
double seconds_of_one(benchmark::State& state, Body body) {
  const auto start = std::chrono::steady_clock::now();
  for (auto _ : state) {
    body();
    benchmark::ClobberMemory();
  }
  const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - start;
  return passed.count() / static_cast<double>(state.iterations());
}

void time_kernel(benchmark::State& state, const Kernel& kernel, const TileShape& shape, std::size_t m,
                 std::size_t depth, double peak) {
  Tile tile(kernel, shape, m, depth);
  if (kernel.prepare != nullptr) kernel.prepare(&tile.args);
  kernel.tuning.run(&tile.args);
  if (!tile.is_right()) {
    state.SkipWithError("the sums are wrong");
  } else {
    const double seconds = seconds_of_one(state, [&] { kernel.tuning.run(&tile.args); });
    const double operations = 2.0 * static_cast<double>(m * tile.args.n * depth);
    state.counters["GOPS"] = operations * 1e-9 / seconds;
    if (peak > 0) state.counters["peak"] = operations / seconds / peak;
  }
  if (kernel.release != nullptr) kernel.release();
}

constexpr const char* kStages[] = {"fixed_two_roundings",
                                   "fixed_two_roundings_saturating",
                                   "fixed_one_rounding",
                                   "fixed_one_rounding_away",
                                   "fixed_acl_fused",
                                   "multiply_shift_floor",
                                   "multiply_shift_half_up",
                                   "multiply_shift_half_away",
                                   "float_nearest_even",
                                   "plain_s32",
                                   "scaled_f32",
                                   "plain_s32_accumulate",
                                   "scaled_f32_accumulate"};
static_assert(sizeof kStages / sizeof kStages[0] == ottava::kStageCount, "one name for each");

// A tile of the kernel's size that begins with its offsets, to 8 bits, s32 or f32.
void time_stage(benchmark::State& state, const Kernel& kernel, const TileShape& shape, int stage) {
  const std::size_t width = shape.width;
  std::vector<std::int32_t> acc(shape.mr * width), words(width, 1 << 30), exponents(width, -8);
  for (std::size_t i = 0; i < acc.size(); ++i) acc[i] = static_cast<std::int32_t>(i * 37 % 20011) - 10000;
  std::vector<float> scales(width, 0.004f), biases(width, 0.0f);
  const bool narrow = is_requantization(static_cast<ottava::Stage>(stage));
  const std::size_t element = narrow ? 1 : 4;
  std::vector<std::uint8_t> dst(acc.size() * element);
  ottava::StageArgs args = {};
  args.acc = acc.data();
  args.acc_stride = width;
  args.m = shape.mr;
  args.n = width;
  args.dst = dst.data();
  args.dst_row_stride = static_cast<std::ptrdiff_t>(width * element);
  args.dst_column_stride = static_cast<std::ptrdiff_t>(element);
  args.multiplier = words.data();
  args.exponent = exponents.data();
  args.scale = scales.data();
  args.bias = biases.data();
  args.clamp_min = narrow ? -128 : INT32_MIN;
  args.clamp_max = narrow ? 127 : INT32_MAX;
  args.clamp_min_f32 = -1e30f;
  args.clamp_max_f32 = 1e30f;
  // Against the portable stage, which the tests hold against the formulas.
  kernel.stages->run[stage](&args);
  std::vector<std::uint8_t> expected(dst.size());
  args.dst = expected.data();
  ottava::portable_stages.run[stage](&args);
  args.dst = dst.data();
  if (dst != expected) {
    state.SkipWithError("the elements are wrong");
    return;
  }
  const double seconds = seconds_of_one(state, [&] { kernel.stages->run[stage](&args); });
  state.counters["elements/s"] = static_cast<double>(acc.size()) / seconds;
}

}  // namespace

void register_tiles(const std::vector<std::string>& tiers, Probes* probes) {
  ottava::Machine machine;
  ottava::probe_machine(&machine);
  const ottava::KernelList list = ottava::built_kernels();
  for (std::size_t i = 0; i < list.count; ++i) {
    const Kernel& kernel = *list.kernels[i];
    const ottava::Tier& tier = *ottava::tier_of(kernel.isa);
    if (!machine_has_tier(machine, tier)) continue;
    if (std::find(tiers.begin(), tiers.end(), tier.name) == tiers.end()) continue;
    const std::string tier_name = tier.name;
    const TileShape shape = resolve(kernel, machine);
    for (const std::size_t m : {std::size_t{1}, shape.mr}) {
      for (const std::size_t depth : {32u, 64u, 256u, 1024u}) {
        const std::string name =
            std::string("kernel/") + kernel.name + "/m:" + std::to_string(m) + "/k:" + std::to_string(depth);
        benchmark::RegisterBenchmark(
            name.c_str(), [&kernel, shape, m, depth, tier_name, probes](benchmark::State& state) {
              time_kernel(state, kernel, shape, m, depth, probes->peak(tier_name, kernel.name, 1));
            });
      }
    }
    for (int stage = 0; stage < ottava::kStageCount; ++stage) {
      const std::string name = std::string("stage/") + kernel.name + "/" + kStages[stage];
      benchmark::RegisterBenchmark(
          name.c_str(), [&kernel, shape, stage](benchmark::State& state) { time_stage(state, kernel, shape, stage); });
    }
  }
}

}  // namespace bench
