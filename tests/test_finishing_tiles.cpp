// Tiles that end in the output stage, alone: each equals the kernel's tile in memory followed by the stage, which have
// tests of their own.
#include <cstring>
#include <memory>
#include <vector>

#include "base/memory.h"
#include "catch.h"
#include "checked_call/checked_call.h"
#include "guarded_buffer.h"
#include "support.h"

using namespace ottava;

namespace {

// What one tile is given beside its operands.
struct Channels {
  std::vector<std::int32_t> offset, rhs_zero, weight_sum, row_sum, row_zero;
  std::vector<float> scale, bias, row_scale;

  Channels(Random& random, std::size_t width, std::size_t rows) {
    // Scales on both sides of what leaves int32, so that a stage cannot do without its bounds where they count.
    const bool large = random.chance(3);
    for (std::size_t j = 0; j < width; ++j) {
      offset.push_back(static_cast<std::int32_t>(random.bits()));
      rhs_zero.push_back(static_cast<std::int32_t>(random.between(-255, 255)));
      weight_sum.push_back(static_cast<std::int32_t>(random.between(-100000, 100000)));
      scale.push_back(large && random.chance(4) ? 40.0f : 1.0f / static_cast<float>(random.between(2, 1 << 24)));
      bias.push_back(static_cast<float>(random.between(-20000, 20000)) / 16.0f * (large ? 1e6f : 1.0f));
    }
    for (std::size_t i = 0; i < rows; ++i) {
      row_sum.push_back(static_cast<std::int32_t>(random.between(-100000, 100000)));
      row_zero.push_back(static_cast<std::int32_t>(random.between(-255, 255)));
      row_scale.push_back(static_cast<float>(random.between(1, 1000)) / 64.0f);
    }
  }
};

std::size_t element_bytes(int stage) { return stage == static_cast<int>(Stage::float_nearest_even) ? 1 : 4; }

void check_finishing(Random& random, const Kernel& kernel, const FinishingTiles& tiles, std::size_t flip, int stage,
                     std::size_t m) {
  const std::size_t width = tile_width(kernel);
  const std::size_t depth = static_cast<std::size_t>(random.between(0, 50));
  const bool is_unsigned = random.chance(2);
  INFO(kernel.name << " stage " << stage << " m " << m << " depth " << depth << " flip " << flip << " seed "
                   << test_seed());
  const std::size_t padded = (depth + kernel.kr - 1u) / kernel.kr * kernel.kr;

  GuardedBuffer rhs(padded * kernel.nr * kernel.panels, Side::upper);
  for (std::size_t i = 0; i < rhs.size(); ++i) rhs.data()[i] = static_cast<std::uint8_t>(random.bits());
  if (padded != depth) {  // the padded depths of the last step are zero
    for (std::size_t panel = 0; panel < kernel.panels; ++panel) {
      for (std::size_t j = 0; j < kernel.nr; ++j) {
        for (std::size_t k = depth; k < padded; ++k) {
          const std::size_t index = (k / kernel.kr * kernel.nr + j) * kernel.kr + k % kernel.kr;
          rhs.data()[panel * padded * kernel.nr + index] = 0;
        }
      }
    }
  }
  std::vector<std::uint8_t> bytes(kernel.mr * (padded + 4));
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random.bits());
  std::vector<const std::uint8_t*> rows;
  for (std::size_t i = 0; i < m; ++i) rows.push_back(bytes.data() + i * padded);

  std::vector<std::int32_t> acc(kernel.mr * width + 16);
  std::int32_t* const aligned = reinterpret_cast<std::int32_t*>(align_up(acc.data(), 64));
  TileArgs tile = {};
  tile.lhs = kernel.lhs_form == LhsForm::rows ? static_cast<const void*>(rows.data()) : bytes.data();
  tile.rhs = rhs.data();
  tile.acc = aligned;
  tile.depth = depth;
  tile.m = m;
  tile.n = width;
  tile.taps = 1;
  tile.flip = flip;
  tile.panel_stride = padded * kernel.nr;
  tile.row_stride = kernel.kr;
  tile.step_stride = std::size_t{kernel.mr} * kernel.kr;

  const Channels channels(random, width, m);
  const std::size_t element = element_bytes(stage);
  const std::size_t stride = width * element + static_cast<std::size_t>(random.between(0, 9));
  GuardedBuffer expected((m - 1) * stride + width * element, Side::upper);
  GuardedBuffer actual((m - 1) * stride + width * element, Side::upper);
  memcpy(actual.data(), expected.data(), actual.size());
  StageArgs output = {};
  output.acc = aligned;
  output.acc_stride = width;
  output.m = m;
  output.n = width;
  output.dst_row_stride = static_cast<ptrdiff_t>(stride);
  output.dst_column_stride = static_cast<ptrdiff_t>(element);
  output.offset = channels.offset.data();
  output.rhs_zero = random.chance(2) ? channels.rhs_zero.data() : nullptr;
  output.row_sum = channels.row_sum.data();
  output.row_zero = random.chance(2) ? channels.row_zero.data() : nullptr;
  output.weight_sum = channels.weight_sum.data();
  output.scale = channels.scale.data();
  output.bias = channels.bias.data();
  output.row_scale = random.chance(2) ? channels.row_scale.data() : nullptr;
  output.zero_point = static_cast<std::int32_t>(is_unsigned ? random.between(0, 255) : random.between(-128, 127));
  const bool narrow = random.chance(2);
  output.clamp_min = (is_unsigned ? 0 : -128) + (narrow ? static_cast<std::int32_t>(random.between(0, 100)) : 0);
  output.clamp_max = (is_unsigned ? 255 : 127) - (narrow ? static_cast<std::int32_t>(random.between(0, 100)) : 0);
  if (element == 4 && !narrow) {
    output.clamp_min = INT32_MIN;
    output.clamp_max = INT32_MAX;
  }
  output.clamp_min_f32 = narrow ? -100.0f : -__builtin_inff();
  output.clamp_max_f32 = narrow ? 100.0f : __builtin_inff();

  tile.start = nullptr;  // the way through memory adds the offsets in the stage, so that each checks the other
  kernel.run(&tile);
  output.dst = expected.data();
  kernel.stages->run[stage](&output);
  for (std::size_t i = 0; i < m * width; ++i) aligned[i] = static_cast<std::int32_t>(random.bits());
  output.dst = actual.data();
  if (kernel.starts) {
    output.offset = nullptr;
    tile.start = channels.offset.data();
  }
  tiles.run[stage](&tile, &output);
  REQUIRE(actual.check());
  REQUIRE(memcmp(expected.data(), actual.data(), actual.size()) == 0);
}

}  // namespace

TEST_CASE("finishing tiles: each equals its tile in memory and the output stage behind it") {
  Random random(test_seed() + 5);
  std::size_t exercised = 0;
  for (const Kernel* kernel : runnable_kernels()) {
    for (const std::size_t flip : {std::size_t{0}, std::size_t{0x80}}) {
      const FinishingTiles* const tiles = flip != 0 ? kernel->finishing_flipped : kernel->finishing;
      if (tiles == nullptr) continue;
      for (int stage = 0; stage < kStageCount; ++stage) {
        if (tiles->run[stage] == nullptr) continue;
        for (std::size_t m = 1; m <= kernel->mr; ++m) {
          for (int times = 0; times < 40; ++times) check_finishing(random, *kernel, *tiles, flip, stage, m);
        }
        ++exercised;
      }
    }
  }
  WARN(exercised << " pairs of kernel and stage that finish in registers");
}
