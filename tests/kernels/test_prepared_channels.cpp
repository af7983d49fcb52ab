// Fixed-point rules over several tiles, at the ends of what kernels/prepared_channels.h proves: ties of either rounding
// and their neighbours, accumulators as large as the bounds of depths and offsets admit and a little larger, shifts,
// multipliers and zero points on both sides of those that are served. Held against the same kernel through memory and
// the portable output stage.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include "catch.h"
#include "fused_operands.h"
#include "support.h"

using namespace ottava;

namespace {

// The lhs of a row and the weights of a channel are the same at all depths.
struct Problem {
  const Kernel& kernel;
  std::size_t depth, m;
  std::vector<std::int64_t> rows, weights;
  std::vector<std::int32_t> offset, multiplier, exponent;
};

// A multiplier. To round half away from zero it is to have a bit set below 7 + shift: of few it is the next.
std::int32_t random_multiplier(Random& random, std::int64_t shift, bool away) {
  const std::int64_t kMultipliers[] = {INT64_C(1) << 30, (INT64_C(1) << 30) + 1, INT32_MAX, INT32_MAX, INT32_MAX, 0};
  if (random.chance(3) && !away) return static_cast<std::int32_t>(kMultipliers[random.bits() % 6]);
  const std::int64_t drawn = random.between(INT64_C(1) << 30, INT32_MAX);
  if (random.chance(2)) return static_cast<std::int32_t>(drawn | 1);
  const std::int64_t lowest = INT64_C(1) << std::min<std::int64_t>(shift + (random.chance(16) ? 7 : 6), 29);
  return static_cast<std::int32_t>((drawn & -2 * lowest) | lowest);
}

// Of the rules that multiply and shift: small ones, and such as leave products of `most` near the bound.
std::int32_t random_small_multiplier(Random& random, std::int64_t most) {
  if (random.chance(2)) return static_cast<std::int32_t>(random.between(-20, 300));
  const std::int64_t near = (INT64_C(1) << 29) / std::max<std::int64_t>(most, 1) + random.between(-1, 2);
  return static_cast<std::int32_t>(std::min<std::int64_t>(random.chance(3) ? -near : near, INT32_MAX));
}

// An accumulator whose product lies at a tie, an odd multiple of 2^half, or beside it; or one at an end of the proven
// range.
std::int64_t random_target(Random& random, std::int64_t multiplier, std::int64_t half) {
  const std::int64_t most = INT64_C(3) << 22;
  if (random.chance(3)) return -(INT64_C(1) << random.between(22, 23));
  if (random.chance(3) || multiplier == 0) return (random.chance(2) ? most : -most) + random.between(-600, 1 << 15);
  if (random.chance(4)) return random.between(-most, most);
  const double tie = std::ldexp(static_cast<double>(2 * random.between(-300, 300) + 1), static_cast<int>(half));
  return std::llround(tie / static_cast<double>(multiplier)) + random.between(-1, 1);
}

std::int64_t random_shift(Random& random, bool served, std::int64_t least, std::int64_t most) {
  if (served || !random.chance(8))
    return random.chance(3) ? random.chance(2) ? least : most : random.between(least, most);
  return random.chance(2) ? random.chance(2) ? least - 1 : most + 1 : random.between(0, 31);
}

Problem random_problem(Random& random, const Kernel& kernel, Stage stage, std::size_t depth, std::size_t m,
                       std::size_t width) {
  const std::int64_t lows[] = {kernel.lhs_element == Element::u8 ? 255 : -128, 0, 1, 100};
  const std::int64_t least = kernel.weights == Weights::any ? -128 : -64;
  const bool multiplies = stage >= Stage::multiply_shift_floor;
  Problem problem = {kernel, depth, m, {}, {}, {}, {}, {}};
  for (std::size_t i = 0; i < m; ++i) problem.rows.push_back(lows[i % 2 == 0 ? 0 : random.bits() % 4]);
  // All channels may be served; or some lie beyond the bounds of offsets or of shifts, and take their vectors along.
  const bool far_offsets = random.chance(4), served = far_offsets || random.chance(2);
  // The sums of all channels lie at the lowest end together, where a zero point one further would leave int32.
  const bool lowest = !multiplies && random.chance(8);
  for (std::size_t channel = 0; channel < width; ++channel) {
    const std::int64_t weight = random.chance(2) ? least : -1 - least;
    const std::int64_t product = static_cast<std::int64_t>(depth) * problem.rows[0] * weight;
    const std::int64_t shift = multiplies ? random_shift(random, served, 1, 21) : random_shift(random, served, 2, 14);
    const std::int64_t largest = static_cast<std::int64_t>(depth) * 255 * 128 + random.between(0, 1 << 22);
    const std::int32_t multiplier = multiplies
                                        ? random_small_multiplier(random, largest)
                                        : random_multiplier(random, shift, stage == Stage::fixed_one_rounding_away);
    std::int64_t offset = random_target(random, multiplier, multiplies ? shift - 1 : shift + 30) - product;
    const std::int64_t most = (INT64_C(1) << 22) + (far_offsets ? random.between(0, 1 << 22) : 0);
    if (offset < -most || offset > most) offset = random.chance(2) ? most : -most;
    if (multiplies && random.chance(2)) offset = std::clamp<std::int64_t>(offset, -1000, 1000);
    if (lowest) {
      problem.weights.push_back(least);
      problem.offset.push_back(-(1 << 22));
      problem.multiplier.push_back(INT32_MAX);
      problem.exponent.push_back(-14);
      continue;
    }
    problem.weights.push_back(weight);
    problem.offset.push_back(static_cast<std::int32_t>(offset));
    problem.multiplier.push_back(multiplier);
    const bool nothing_left = !multiplies && random.chance(8);
    problem.exponent.push_back(static_cast<std::int32_t>(-(nothing_left ? random.between(24, 31) : shift)));
  }
  return problem;
}

void check_problem(Random& random, const Problem& problem, Stage stage) {
  const Kernel& kernel = problem.kernel;
  INFO(kernel.name << " m " << problem.m << " depth " << problem.depth << " stage " << static_cast<int>(stage)
                   << " seed " << test_seed());
  const TileShape shape = tile_here(kernel);
  const std::size_t width = shape.width, steps = (problem.depth + shape.kr - 1) / shape.kr;
  const std::size_t tiles = (problem.m + shape.mr - 1) / shape.mr, element_bytes = bytes_of(kernel.lhs_element);
  const std::size_t row_bytes = shape.kr * element_bytes, panel_bytes = shape.mr * steps * row_bytes;
  std::vector<std::uint8_t> lhs(tiles * panel_bytes), rhs(width * steps * shape.kr);
  for (std::size_t i = 0; i < lhs.size(); ++i) {
    const std::size_t row = std::min(i / panel_bytes * shape.mr + i / row_bytes % shape.mr, problem.m - 1);
    lhs[i] = static_cast<std::uint8_t>(problem.rows[row] >> 8 * (i % element_bytes));
  }
  for (std::size_t i = 0; i < rhs.size(); ++i) {
    const std::size_t k = i / (width * shape.kr) * shape.kr + i % shape.kr;
    rhs[i] = static_cast<std::uint8_t>(k < problem.depth ? problem.weights[i / shape.kr % width] : 0);
  }
  std::vector<std::int32_t> acc(shape.mr * width);
  TileArgs tile = {};
  tile.lhs = lhs.data();
  tile.rhs = rhs.data();
  tile.acc = acc.data();
  tile.depth = problem.depth;
  tile.n = tile.width = width;
  tile.positions = 1;
  tile.panel_stride = rhs.size();
  tile.row_stride = row_bytes;
  tile.step_stride = shape.mr * row_bytes;
  const std::size_t element = std::size_t{1} << random.bits() % 3;
  const bool is_unsigned = random.chance(2);
  const std::int32_t zero_points[] = {0, -3, 117, is_unsigned ? 255 : -128};
  StageArgs args = {};
  args.acc = acc.data();
  args.acc_stride = args.n = width;
  args.dst_column_stride = static_cast<std::ptrdiff_t>(element);
  args.dst_row_stride = static_cast<std::ptrdiff_t>(width * element);
  args.multiplier = problem.multiplier.data();
  args.exponent = problem.exponent.data();
  const std::int32_t far = static_cast<std::int32_t>(random.between(254, 257)), near = zero_points[random.bits() % 4];
  args.zero_point = element == 1 || random.chance(4) ? near : random.chance(2) ? far : -far;
  if (is_unsigned && element == 1 && args.zero_point < 0) args.zero_point = 0;
  args.clamp_min = element > 1 ? -30000 : is_unsigned ? 0 : -128;
  args.clamp_max = element > 1 ? 30001 : args.clamp_min + (random.chance(2) ? 255 : 100);

  std::vector<std::uint8_t> expected(problem.m * width * element), dst(expected.size());
  const StageFn* const functions = element == 1   ? portable_stages.run
                                   : element == 2 ? portable_stages.run_s16
                                                  : portable_stages.run_s32;
  StageArgs through_memory = args;
  through_memory.offset = problem.offset.data();
  for (std::size_t row = 0; row < problem.m; row += shape.mr) {
    TileArgs one = tile;
    one.lhs = lhs.data() + row / shape.mr * panel_bytes;
    one.m = through_memory.m = std::min(problem.m - row, shape.mr);
    through_memory.dst = expected.data() + row * width * element;
    kernel.tuning.run(&one);
    functions[static_cast<std::size_t>(stage)](&through_memory);
  }
  tile.bias = problem.offset.data();
  tile.lhs = nullptr;  // beside the structures
  kernel.tuning.fused->panels[static_cast<std::size_t>(stage)](&tile, &args, lhs.data(), problem.m, dst.data(),
                                                               args.dst_row_stride, 0);
  const std::size_t same =
      static_cast<std::size_t>(std::mismatch(dst.begin(), dst.end(), expected.begin()).first - dst.begin());
  if (same == dst.size()) {
    SUCCEED();
    return;
  }
  const std::size_t row = same / element / width, channel = same / element % width;
  INFO("row " << row << " channel " << channel << " lhs " << problem.rows[row] << " weight " << problem.weights[channel]
              << " offset " << problem.offset[channel] << " multiplier " << problem.multiplier[channel] << " exponent "
              << problem.exponent[channel] << " element of " << element << " zero point " << args.zero_point);
  FAIL(static_cast<int>(dst[same]) << " for " << static_cast<int>(expected[same]));
}

}  // namespace

TEST_CASE("prepared channels: fixed-point rules at the ends of their proofs") {
  Random random(test_seed() + 62);
  for (const Kernel* kernel : kernels_to_sweep()) {
    const FusedEpilogues* const fused = kernel->tuning.fused;
    if (kernel->form != LhsForm::packed || fused == nullptr || fused->panels[0] == nullptr) continue;
    const TileShape shape = tile_here(*kernel);
    for (int stage = 0; stage <= static_cast<int>(Stage::multiply_shift_half_away); ++stage) {
      for (const int depth : {0, 1, 7, 16, 64, 128, 255, 256, 257, 258, 300}) {
        for (const std::size_t m : {2 * shape.mr + 1, 2 * shape.mr + shape.mr / 2 + 1}) {
          for (int repeat = 0; repeat < 40; ++repeat) {
            const Stage rule = static_cast<Stage>(stage);
            check_problem(random,
                          random_problem(random, *kernel, rule, static_cast<std::size_t>(depth), m, shape.width), rule);
          }
        }
      }
    }
  }
}
