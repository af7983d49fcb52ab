// Tiles that finish in registers, of every kernel and tuning that has them: held against the same kernel through memory
// and the portable output stage, which have their own proofs. Every number of rows, every size of an element, extremes,
// ties, shifts of both signs, factors that saturate, clamps of both signs, terms of rows, dst between guard pages,
// through the checked call.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include "catch.h"
#include "checked_call/checked_call.h"
#include "fused_operands.h"
#include "guarded_buffer.h"
#include "support.h"

using namespace ottava;

namespace {

struct Epilogue {
  const Kernel* kernel;
  TileFn to_memory;
  FusedEpilogueFn run;
  std::size_t sign_flip;
  const FusedEpilogues* tiles;
};

struct Call {
  FusedEpilogueFn run;
  const TileArgs* tile;
  const StageArgs* stage;
};
void call_fused(const Call* call) { call->run(call->tile, call->stage); }

// A copy of values per channel that ends with the last panel of n channels, at a guard page.
class ChannelArray {
 public:
  template <class Value>
  ChannelArray(const std::vector<Value>& values, std::size_t n, std::size_t nr)
      : memory_((n + nr - 1) / nr * nr * sizeof(Value), Side::upper) {
    memcpy(memory_.data(), values.data(), memory_.size());
  }
  template <class Value>
  const Value* as() const {
    return reinterpret_cast<const Value*>(memory_.data());
  }

 private:
  GuardedBuffer memory_;
};

void check_fused(Random& random, const Epilogue& epilogue, Stage stage, std::size_t m, std::size_t depth,
                 std::size_t positions) {
  const Kernel& kernel = *epilogue.kernel;
  INFO(kernel.name << " m " << m << " depth " << depth << " positions " << positions << " stage "
                   << static_cast<int>(stage) << " seed " << test_seed());
  const TileShape shape = tile_here(kernel);
  const std::size_t width = shape.width;
  const std::size_t padded = (depth + kernel.rhs->kr - 1u) / kernel.rhs->kr * kernel.rhs->kr;
  const std::size_t position_bytes = shape.nr * padded * bytes_of(kernel.rhs->element);
  const std::size_t panel_bytes = positions * position_bytes;
  std::vector<std::uint8_t> rhs = random_operand(random, kernel.panels * panel_bytes, kernel.weights);
  // Beyond the depth the rhs is zero.
  for (std::size_t i = 0; i < rhs.size(); ++i) {
    const std::size_t k = i % position_bytes / (shape.nr * kernel.rhs->kr) * kernel.rhs->kr + i % kernel.rhs->kr;
    if (k >= depth) rhs[i] = 0;
  }
  const std::size_t lhs_panel_bytes = shape.mr * padded * bytes_of(kernel.lhs_element);
  const std::size_t tiles = (m + shape.mr - 1) / shape.mr;
  const std::vector<std::uint8_t> packed =
      random_lhs(random, positions * tiles * lhs_panel_bytes + 1, kernel.lhs_element);
  std::vector<const std::uint8_t*> rows;
  for (std::size_t i = 0; i < positions * m; ++i) rows.push_back(packed.data() + i * depth);

  GuardedBuffer accumulators(shape.mr * width * sizeof(std::int32_t), Side::upper, kAlignment);
  std::int32_t* const acc = accumulators.as<std::int32_t>();
  TileArgs tile = {};
  const Side side = random.chance(2) ? Side::upper : Side::lower;  // where nothing may be read beyond the panels
  GuardedBuffer lhs(std::max<std::size_t>(tiles * lhs_panel_bytes, 1), side);
  GuardedBuffer panels(std::max<std::size_t>(rhs.size(), 1), side);
  memcpy(lhs.data(), packed.data(), tiles * lhs_panel_bytes);
  if (!rhs.empty()) memcpy(panels.data(), rhs.data(), rhs.size());
  tile.lhs = kernel.form == LhsForm::indirect ? static_cast<const void*>(rows.data()) : lhs.data();
  tile.rhs = panels.data();
  tile.acc = acc;
  tile.depth = depth;
  tile.m = m;
  tile.n = random.chance(2) ? width : static_cast<std::size_t>(random.between(1, static_cast<std::int64_t>(width)));
  tile.positions = positions;
  tile.sign_flip = epilogue.sign_flip;
  tile.panel_stride = panel_bytes;
  tile.fetch = static_cast<Fetch>(random.bits() % 4);
  tile.fetch_from = panels.data() + panels.size();
  tile.fetch_step = static_cast<std::size_t>(random.bits() % 129);
  tile.row_stride = kernel.rhs->kr * bytes_of(kernel.lhs_element);
  tile.width = width;
  tile.step_stride = shape.mr * tile.row_stride;

  const Channels channels = random_channels(random, stage, width);
  const std::vector<std::int32_t> row_sum = random_words(random, m, 30000);
  const std::vector<std::int32_t> row_zero = random_words(random, m, 255);
  const bool requantizes = is_requantization(stage);
  const std::size_t element = !requantizes ? 4 : epilogue.tiles->wide ? std::size_t{1} << random.bits() % 3 : 1;
  StageArgs args = {};
  args.acc = acc;
  args.acc_stride = width;
  args.m = m;
  args.n = width;
  args.dst_column_stride = static_cast<std::ptrdiff_t>(element);
  args.dst_row_stride = static_cast<std::ptrdiff_t>(width * element + static_cast<std::size_t>(random.between(0, 9)));
  args.offset = channels.offset.data();
  args.multiplier = channels.multiplier.data();
  args.exponent = channels.exponent.data();
  args.scale = channels.scale.data();
  args.bias = channels.bias.data();
  args.weight_sum = channels.weight_sum.data();
  if (random.chance(4)) args.rhs_zero = channels.rhs_zero.data();
  if (random.chance(4)) args.row_zero = row_zero.data();
  args.row_sum = args.rhs_zero != nullptr ? row_sum.data() : nullptr;
  const bool is_unsigned = random.chance(2);
  const std::int64_t low = element == 4 ? INT32_MIN : element == 2 ? INT16_MIN : is_unsigned ? 0 : -128;
  const std::int64_t high = element == 4 ? INT32_MAX : element == 2 ? INT16_MAX : low + 255;
  args.clamp_min = static_cast<std::int32_t>(random.chance(2) ? low : random.between(low, high));
  args.clamp_max = static_cast<std::int32_t>(random.chance(2) ? high : random.between(args.clamp_min, high));
  args.zero_point = requantizes && !random.chance(4) ? static_cast<std::int32_t>(random.between(low, high)) : 0;
  std::vector<float> row_scale;
  for (std::size_t i = 0; i < m; ++i) row_scale.push_back(std::ldexp(1.0f, static_cast<int>(i % 30) - 20) * 1.37f);
  if (random.chance(2)) args.row_scale = row_scale.data();
  args.clamp_min_f32 = -1e30f;
  args.clamp_max_f32 = 1e30f;
  args.has_bias = 0;
  for (const float bias : channels.bias) args.has_bias |= bias != 0.0f ? 1 : 0;

  const std::size_t channels_alone = epilogue.tiles->channels;
  const std::size_t written = channels_alone != 0 && tile.n % channels_alone == 0 ? tile.n : width;
  args.n = written;
  const std::size_t bytes = (m - 1) * static_cast<std::size_t>(args.dst_row_stride) + written * element;
  std::vector<std::uint8_t> expected(bytes + width * element, 0x5a);
  const StageFn* const functions = !requantizes || element == 1 ? portable_stages.run
                                   : element == 2               ? portable_stages.run_s16
                                                                : portable_stages.run_s32;
  StageArgs through_memory = args;
  through_memory.n = width;
  through_memory.dst = expected.data();
  for (std::size_t i = 0; i < m; i += shape.mr) {
    TileArgs one = tile;
    one.m = through_memory.m = std::min(m - i, shape.mr);
    if (i > 0) one.lhs = lhs.data() + i / shape.mr * lhs_panel_bytes;
    epilogue.to_memory(&one);
    functions[static_cast<std::size_t>(stage)](&through_memory);
    through_memory.dst += static_cast<std::ptrdiff_t>(one.m) * args.dst_row_stride;
    if (args.row_sum != nullptr) through_memory.row_sum += one.m;
    if (args.row_zero != nullptr) through_memory.row_zero += one.m;
    if (args.row_scale != nullptr) through_memory.row_scale += one.m;
  }

  GuardedBuffer dst(bytes, random.chance(2) ? Side::upper : Side::lower);
  memset(dst.data(), 0x5a, bytes);
  args.dst = dst.data();
  const ChannelArray offset(channels.offset, tile.n, shape.nr), weight_sum(channels.weight_sum, tile.n, shape.nr);
  const ChannelArray rhs_zero(channels.rhs_zero, tile.n, shape.nr);
  const ChannelArray multiplier(channels.multiplier, tile.n, shape.nr), exponent(channels.exponent, tile.n, shape.nr);
  const ChannelArray scale(channels.scale, tile.n, shape.nr), bias(channels.bias, tile.n, shape.nr);
  args.offset = kernel.bias_initialized ? nullptr : offset.as<std::int32_t>();
  // With the offsets, which the way through memory added in the stage.
  tile.bias = kernel.bias_initialized ? offset.as<std::int32_t>() : nullptr;
  args.multiplier = multiplier.as<std::int32_t>();
  args.exponent = exponent.as<std::int32_t>();
  args.scale = scale.as<float>();
  args.bias = bias.as<float>();
  args.weight_sum = weight_sum.as<std::int32_t>();
  if (args.rhs_zero != nullptr) args.rhs_zero = rhs_zero.as<std::int32_t>();
  const Call call = {epilogue.run, &tile, &args};
  const CheckedCallReport report = checked_call(call_fused, &call);
  INFO("calling convention: " << report.what);
  REQUIRE(report.clean);
  REQUIRE(dst.check());
  for (std::size_t i = 0; i < m; ++i) {  // what lies beyond the valid channels of a row may hold anything
    const std::size_t row = i * static_cast<std::size_t>(args.dst_row_stride);
    REQUIRE(memcmp(dst.data() + row, expected.data() + row, tile.n * element) == 0);
  }
}

}  // namespace

TEST_CASE("fused epilogues: tiles in registers equal the kernel and the output stage one after the other") {
  Random random(test_seed() + 60);
  for (const Kernel* kernel : kernels_to_sweep()) {
    const struct {
      const FusedEpilogues* tiles;
      TileFn to_memory;
      std::size_t flip;
    } forms[] = {{kernel->tuning.fused, kernel->tuning.run, 0},
                 {kernel->tuning.fused_sign_flip != nullptr ? kernel->tuning.fused_sign_flip : kernel->tuning.fused,
                  kernel->tuning.run, 0x80},
                 {kernel->in_order.fused, kernel->in_order.run, 0},
                 {kernel->in_order.fused, kernel->in_order.run, 0x80}};
    for (const auto& form : forms) {
      for (int stage = 0; form.tiles != nullptr && stage < kStageCount; ++stage) {
        if (form.tiles->run[stage] == nullptr) continue;
        const std::size_t kr = kernel->rhs->kr;
        const std::size_t most = form.tiles->all_rows ? 2u * tile_here(*kernel).mr + 3u : tile_here(*kernel).mr;
        for (std::size_t m = 1; m <= most; ++m) {
          for (const std::size_t depth : {std::size_t{0}, std::size_t{1}, kr - 1, kr, kr + 1, 2 * kr, 3 * kr + kr / 2,
                                          4 * kr, 9 * kr, 10 * kr + 1}) {
            const int repeats = depth == 0 ? 40 : 6;  // without a depth the accumulators are what is drawn for them
            for (int repeat = 0; repeat < repeats; ++repeat) {
              const std::size_t positions = kernel->form == LhsForm::packed ? 1 : repeat < 3 ? 1 : repeat < 5 ? 3 : 9;
              check_fused(random, {kernel, form.to_memory, form.tiles->run[stage], form.flip, form.tiles},
                          static_cast<Stage>(stage), m, depth, positions);
            }
          }
        }
      }
    }
  }
}
