// Tiles of rows that lie side by side (DenseTilesFn in kernels/kernel.h), held against the same kernel's tiles of row
// pointers, which have their own proof: every number of rows and channels, several tiles one below the other, with rows
// below them that they may write into or without, lhs and dst between guard pages, through the checked call.
#include <cstring>
#include <utility>
#include <vector>

#include "catch.h"
#include "checked_call/checked_call.h"
#include "fused_operands.h"
#include "guarded_buffer.h"

using namespace ottava;

namespace {

struct DenseCall {
  DenseTilesFn run;
  const TileArgs* tile;
  const StageArgs* stage;
  const std::uint8_t* lhs;
  std::uint8_t* dst;
  const std::uint8_t* end;
};
void call_tiles(const DenseCall* call) { call->run(call->tile, call->stage, call->lhs, call->dst, call->end); }

// Whether the kernel had a function for it.
bool check_dense_tiles(Random& random, const Kernel& kernel, const FusedEpilogues& fused, std::size_t flip,
                       std::size_t m, std::size_t n, std::size_t depth) {
  INFO(kernel.name << " " << m << " x " << n << " x " << depth << " flip " << flip << " seed " << test_seed());
  const Stage stage = Stage::float_nearest_even;
  const std::size_t width = tile_here(kernel).width, kr = kernel.rhs->kr;
  std::vector<std::uint8_t> rhs = random_operand(random, (depth + kr - 1) / kr * kr * width, kernel.weights);
  for (std::size_t i = 0; i < rhs.size(); ++i) {
    if (i / (width * kr) * kr + i % kr >= depth) rhs[i] = 0;
  }
  Channels channels = random_channels(random, stage, width);
  channels.bias.assign(width, 0.0f);

  TileArgs tile = {};
  tile.rhs = rhs.data();
  tile.depth = depth;
  tile.positions = 1;
  tile.sign_flip = flip;
  tile.bias = channels.offset.data();
  tile.fetch = static_cast<Fetch>(random.bits() % 4);
  tile.n = n;
  tile.width = width;
  StageArgs args = {};
  args.dst_column_stride = 1;
  args.acc_stride = width;
  args.multiplier = channels.multiplier.data();
  args.exponent = channels.exponent.data();
  args.scale = channels.scale.data();
  args.bias = channels.bias.data();
  args.clamp_max = 101 + 100 * static_cast<std::int32_t>(random.bits() % 2);
  args.clamp_min = args.clamp_max > 127 ? 3 : -100;
  args.zero_point = 7;
  const DenseTilesFn run = fused.dense_tiles(tile, args, stage, m);
  if (run == nullptr) return false;

  const std::size_t tiles = 1 + static_cast<std::size_t>(random.bits() % 3), rows = tiles * m;
  const std::size_t below = random.chance(2) ? static_cast<std::size_t>(random.bits() % (m * n)) : 0;
  GuardedBuffer lhs(rows * depth, random.chance(2) ? Side::upper : Side::lower);
  const std::vector<std::uint8_t> drawn = random_operand(random, rows * depth, Weights::any);
  memcpy(lhs.data(), drawn.data(), drawn.size());
  std::vector<std::uint8_t> expected(m * width);
  GuardedBuffer dst(rows * n + below, random.chance(2) ? Side::upper : Side::lower);
  const DenseCall call = {run, &tile, &args, lhs.data(), dst.data(), dst.data() + rows * n + below};
  const CheckedCallReport report = checked_call(call_tiles, &call);
  INFO("calling convention: " << report.what);
  REQUIRE(report.clean);
  REQUIRE(dst.check());
  for (std::size_t first = 0; first < rows; first += m) {
    std::vector<const std::uint8_t*> pointers;
    for (std::size_t i = 0; i < m; ++i) pointers.push_back(lhs.data() + (first + i) * depth);
    TileArgs one = tile;
    StageArgs own = args;
    one.lhs = pointers.data();
    one.fetch = Fetch::nothing;
    one.m = own.m = m;
    one.n = own.n = width;
    own.dst = expected.data();
    own.dst_row_stride = static_cast<std::ptrdiff_t>(width);
    fused.run[static_cast<std::size_t>(stage)](&one, &own);
    for (std::size_t i = 0; i < m; ++i) {
      REQUIRE(memcmp(dst.data() + (first + i) * n, expected.data() + i * width, n) == 0);
    }
  }
  return true;
}

}  // namespace

TEST_CASE("fused epilogues: tiles of rows side by side equal those of row pointers") {
  Random random(test_seed() + 62);
  const std::vector<std::size_t> depths = {1, 2, 3, 4, 5, 6, 7, 8, 11, 13, 15, 16, 17, 29, 31, 32, 33, 64, 79, 256};
  for (const Kernel* kernel : kernels_to_sweep()) {
    const std::pair<const FusedEpilogues*, std::size_t> forms[] = {
        {kernel->tuning.fused, 0},
        {kernel->tuning.fused_sign_flip != nullptr ? kernel->tuning.fused_sign_flip : kernel->tuning.fused, 0x80}};
    for (const auto& form : forms) {
      if (form.first == nullptr) continue;
      INFO(kernel->name);
      // Whoever walks panels of rows in place has them too.
      const bool walks_rows = kernel->form == LhsForm::indirect && form.first->panels[0] != nullptr;
      REQUIRE((form.first->dense_tiles != nullptr) == walks_rows);
      if (!walks_rows) continue;
      int found = 0;
      for (std::size_t m = 1; m <= tile_here(*kernel).mr; ++m) {
        for (std::size_t n = 1; n <= tile_here(*kernel).width; ++n) {
          for (const std::size_t depth : depths) {
            found += check_dense_tiles(random, *kernel, *form.first, form.second, m, n, depth) ? 1 : 0;
          }
        }
      }
      INFO(kernel->name << ": " << found << " had a function");
      REQUIRE(found > 500);
    }
  }
}
