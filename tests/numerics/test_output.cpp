// The output stage: the reference arithmetic against the oracle, and each instruction set's vector code
// against both, on grids of edges and on random values.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "catch.h"
#include "checked_call/checked_call.h"
#include "guarded_buffer.h"
#include "oracle/oracle.h"
#include "output/arithmetic.h"
#include "support.h"

using namespace ottava;

namespace {

// Accumulators at ties, ends and powers of two, and their neighbours.
std::vector<std::int32_t> edge_accumulators() {
  std::vector<std::int32_t> values;
  for (std::int32_t x = -40; x <= 40; ++x) values.push_back(x);
  for (int bit = 6; bit < 31; ++bit) {
    for (std::int32_t offset = -2; offset <= 2; ++offset) {
      values.push_back((std::int32_t{1} << bit) + offset);
      values.push_back(-(std::int32_t{1} << bit) + offset);
    }
  }
  for (std::int32_t offset = 0; offset < 4; ++offset) {
    values.push_back(INT32_MAX - offset);
    values.push_back(INT32_MIN + offset);
  }
  return values;
}

// Multipliers at their ends, at halves and thirds, and 0.
const std::vector<std::int32_t> kEdgeMultipliers = {0,          1 << 30,    (1 << 30) + 1, 1431655765, 1431655766,
                                                    1610612736, 1518500250, INT32_MAX - 1, INT32_MAX};

// Exponents as a stage takes them: that with two roundings one more.
std::vector<FixedPoint> edge_factors(Stage stage) {
  std::vector<FixedPoint> factors;
  const std::int32_t most = stage == Stage::fixed_two_roundings ? 31 : 30;
  for (std::int32_t exponent = -31; exponent <= most; ++exponent) {
    for (const std::int32_t multiplier : kEdgeMultipliers) factors.push_back({multiplier, exponent});
  }
  return factors;
}

std::vector<float> edge_scales() {
  std::vector<float> scales = {1e-45f,      1e-40f, 1.17549435e-38f, 1e-20f, 0.33333334f, 0.1f,
                               0.99999994f, 1.0f,   1.0000001f,      3e9f,   1e30f,       3.4e38f};
  for (int power = -33; power <= 8; ++power) {
    const float s = std::ldexp(1.0f, power);
    scales.push_back(s);
    scales.push_back(std::nextafter(s, 0.0f));
    scales.push_back(std::nextafter(s, 2 * s));
  }
  return scales;
}

struct RuleOfStage {
  Stage stage;
  oracle::Rule oracle;
  std::int64_t (*norm)(std::int32_t, FixedPoint);
};
const RuleOfStage kFixedRules[] = {
    {Stage::fixed_two_roundings, oracle::Rule::fixed_two_roundings, fixed_two_roundings},
    {Stage::fixed_two_roundings_saturating, oracle::Rule::fixed_two_roundings_saturating,
     fixed_two_roundings_saturating},
    {Stage::fixed_one_rounding, oracle::Rule::fixed_one_rounding, fixed_one_rounding},
    {Stage::fixed_one_rounding_away, oracle::Rule::fixed_one_rounding_away, fixed_one_rounding_away},
    {Stage::fixed_acl_fused, oracle::Rule::fixed_acl_fused, fixed_acl_fused},
    {Stage::multiply_shift_floor, oracle::Rule::multiply_shift_floor, multiply_shift_floor},
    {Stage::multiply_shift_half_up, oracle::Rule::multiply_shift_half_up, multiply_shift_half_up},
    {Stage::multiply_shift_half_away, oracle::Rule::multiply_shift_half_away, multiply_shift_half_away},
};

bool is_multiply_shift_stage(Stage stage) { return is_fixed(stage) && stage >= Stage::multiply_shift_floor; }

}  // namespace

TEST_CASE("output: forming a multiplier from a real scale equals the formula") {
  Random random(test_seed() + 30);
  const auto check = [](double s) {
    const FixedPoint formed = fixed_point(s);
    const oracle::Multiplier expected = oracle::multiplier_of(s);
    INFO("scale " << s);
    REQUIRE(formed.multiplier == expected.multiplier);
    REQUIRE(formed.exponent == expected.exponent);
  };
  check(0.0);
  for (int power = -80; power <= 60; ++power) {
    for (const double fraction :
         {1.0, 1.5, 1.0 + 1e-9, 1.0 + 2.3283064365386963e-10, 2.0 - 1e-9, 2.0 - 4.656612873077393e-10,
          2.0 - 2.3283064365386963e-10, 2.0 - 2.220446049250313e-16}) {
      check(std::ldexp(fraction, power));
    }
  }
  check(std::numeric_limits<double>::denorm_min());
  check(std::numeric_limits<double>::max());
  for (int repeat = 0; repeat < 100000; ++repeat) {
    check(std::ldexp(1.0 + static_cast<double>(random.bits() >> 12) * 0x1p-52,
                     static_cast<int>(random.between(-40, 40))));
  }
}

TEST_CASE("output: ties come out as the rules' published vectors say") {
  const auto all = [](auto rule) {
    std::vector<std::int64_t> results;
    for (const std::int32_t x : {-3, -2, -1, 1, 2, 3}) results.push_back(rule(x));
    return results;
  };
  using Results = std::vector<std::int64_t>;
  const FixedPoint half = fixed_point(0.5), quarter = fixed_point(0.25),
                   third = fixed_point(static_cast<double>(1.0f / 3.0f));
  CHECK(all([&](std::int32_t x) { return fixed_two_roundings(x, half); }) == Results{-1, -1, 0, 1, 1, 2});
  CHECK(all([&](std::int32_t x) { return fixed_one_rounding(x, half); }) == Results{-1, -1, 0, 1, 1, 2});
  CHECK(all([&](std::int32_t x) { return fixed_two_roundings(x, quarter); }) == Results{-1, -1, 0, 1, 1, 1});
  CHECK(all([&](std::int32_t x) { return fixed_one_rounding(x, quarter); }) == Results{-1, 0, 0, 0, 1, 1});
  CHECK(all([&](std::int32_t x) { return fixed_two_roundings(x, third); }) == Results{-1, -1, -1, 1, 1, 1});
  CHECK(all([&](std::int32_t x) { return fixed_one_rounding(x, third); }) == Results{-1, -1, 0, 0, 1, 1});
  CHECK(all([&](std::int32_t x) { return fixed_one_rounding_away(x, half); }) == Results{-2, -1, -1, 1, 1, 2});
  CHECK(all([&](std::int32_t x) { return fixed_one_rounding_away(x, quarter); }) == Results{-1, -1, 0, 0, 1, 1});
  CHECK(all([&](std::int32_t x) { return fixed_one_rounding_away(x, third); }) == Results{-1, -1, 0, 0, 1, 1});
  CHECK(all([&](std::int32_t x) { return fixed_acl_fused(x, half); }) == Results{-2, -1, -1, 0, 1, 1});
  CHECK(all([](std::int32_t x) { return float_nearest_even(x, 0.5f, 0.0f, -128, 127); }) ==
        Results{-2, -1, 0, 0, 1, 2});
  CHECK(all([](std::int32_t x) { return float_nearest_even(x, 0.25f, 0.0f, -128, 127); }) ==
        Results{-1, 0, 0, 0, 0, 1});
}

TEST_CASE("output: the reference arithmetic equals the oracle on edge grids and random pairs") {
  const auto check = [](std::int32_t x, FixedPoint f) {
    for (const RuleOfStage& rule : kFixedRules) {
      if (f.exponent > 30 && rule.stage != Stage::fixed_two_roundings) continue;
      const FixedPoint factor =
          is_multiply_shift_stage(rule.stage) ? FixedPoint{f.multiplier, std::min(f.exponent, 0)} : f;
      const std::int64_t expected = oracle::requantize(rule.oracle, x, {factor.multiplier, factor.exponent});
      if (rule.norm(x, factor) == expected) continue;
      INFO("stage " << static_cast<int>(rule.stage) << " x " << x << " multiplier " << factor.multiplier << " exponent "
                    << factor.exponent);
      REQUIRE(rule.norm(x, factor) == expected);
    }
  };
  for (const FixedPoint factor : edge_factors(Stage::fixed_two_roundings)) {
    for (const std::int32_t x : edge_accumulators()) check(x, factor);
  }
  Random random(test_seed() + 31);
  for (int repeat = 0; repeat < 200000; ++repeat) {
    const std::int32_t multiplier = static_cast<std::int32_t>(random.between(1 << 30, INT32_MAX));
    const std::int32_t x = static_cast<std::int32_t>(random.between(INT32_MIN, INT32_MAX) >> random.between(0, 31));
    check(x, {multiplier, static_cast<std::int32_t>(random.between(-31, 30))});
  }
  CHECK(doubling_high_multiply_rounded(INT32_MIN, INT32_MIN) == INT32_MAX);
}

namespace {

// One tile of accumulators and parameters, run through a stage and held against the oracle.
struct StageTile {
  std::size_t m, n, width;  // width: channels up to the next multiple of the lanes
  std::vector<std::int32_t> acc, offset, rhs_zero, row_sum, row_zero, weight_sum, multiplier, exponent;
  std::vector<float> scale, bias, row_scale;
  bool row_term = false;
  bool row_zeros = false;
  bool row_scales = false;  // of f32 stages and of float_nearest_even to 8 bits, which has a stage of its own for them
  float dst_scale = 1.0f;   // and this there
};

// What a requantizing stage stores; the others store 4 bytes.
enum class Width { bits8, bits16, bits32 };

bool is_f32_stage(Stage stage) { return stage == Stage::scaled_f32 || stage == Stage::scaled_f32_accumulate; }
bool accumulates(Stage stage) { return stage == Stage::plain_s32_accumulate || stage == Stage::scaled_f32_accumulate; }

struct StageCase {
  Stage stage;
  Width width;
  std::int32_t zero_point, clamp_min, clamp_max;
  float clamp_min_f32, clamp_max_f32;
  std::size_t gap;  // elements beyond the dense row or column
  bool column_major;
  Side side;
};

// The stage of one channel, as the oracle takes it.
oracle::Stage oracle_stage(const StageTile& tile, const StageCase& c, std::size_t n) {
  oracle::Stage stage;
  for (const RuleOfStage& rule : kFixedRules) {
    if (rule.stage == c.stage) stage.rule = rule.oracle;
  }
  if (is_fixed(c.stage)) {
    const std::int32_t least = is_multiply_shift_stage(c.stage) ? std::min(tile.exponent[n], 0) : tile.exponent[n];
    stage.integers = {{tile.multiplier[n], least}};
  }
  if (c.stage == Stage::float_nearest_even) stage.rule = oracle::Rule::float_nearest_even;
  if (is_requantization(c.stage)) {
    stage.output = c.width == Width::bits8    ? oracle::Output::s8
                   : c.width == Width::bits16 ? oracle::Output::s16
                                              : oracle::Output::s32;
  }
  if (is_f32_stage(c.stage)) stage.output = oracle::Output::f32;
  if (is_f32_stage(c.stage) || c.stage == Stage::float_nearest_even) stage.bias_f32 = {tile.bias[n]};
  stage.rhs_scales = {tile.scale[n]};
  stage.dst_scale = tile.dst_scale;
  stage.zero_point = c.zero_point;
  stage.clamp_min = c.clamp_min;
  stage.clamp_max = c.clamp_max;
  stage.clamp_min_f32 = c.clamp_min_f32;
  stage.clamp_max_f32 = c.clamp_max_f32;
  return stage;
}

// `stage`: of channel n. `previous`: what dst holds, as the oracle takes it.
std::int64_t expected_bits(const oracle::Stage& stage, const StageTile& tile, const StageCase& c, std::size_t row,
                           std::size_t n, std::int64_t previous) {
  std::uint32_t x =
      static_cast<std::uint32_t>(tile.acc[row * tile.width + n]) + static_cast<std::uint32_t>(tile.offset[n]);
  if (tile.row_term) x -= static_cast<std::uint32_t>(tile.row_sum[row]) * static_cast<std::uint32_t>(tile.rhs_zero[n]);
  if (tile.row_zeros) {
    x -= static_cast<std::uint32_t>(tile.row_zero[row]) * static_cast<std::uint32_t>(tile.weight_sum[n]);
  }
  return oracle::apply_stage(stage, static_cast<std::int32_t>(x), 0, tile.row_scales ? tile.row_scale[row] : 0.0f,
                             accumulates(c.stage) ? &previous : nullptr);
}

void check_stage(const StageTable& table, const StageTile& tile, const StageCase& c) {
  const bool four = !is_requantization(c.stage) || c.width == Width::bits32;
  const std::size_t bytes = four ? 4 : c.width == Width::bits16 ? 2 : 1;
  const std::size_t inner = c.column_major ? tile.m : tile.n;
  const std::size_t outer = c.column_major ? tile.n : tile.m;
  const std::size_t line = inner + c.gap;
  GuardedBuffer dst(((outer - 1) * line + inner) * bytes, c.side);
  Random random(test_seed() + tile.m + tile.n);  // any bits, NaN and infinities among them where dst is added to
  for (std::size_t i = 0; i < dst.size(); ++i) dst.data()[i] = static_cast<std::uint8_t>(random.bits());
  const std::vector<std::uint8_t> before(dst.data(), dst.data() + dst.size());

  StageArgs args = {};
  args.acc = tile.acc.data();
  args.acc_stride = tile.width;
  args.m = tile.m;
  args.n = tile.n;
  args.dst = dst.data();
  args.dst_row_stride = static_cast<ptrdiff_t>(c.column_major ? bytes : line * bytes);
  args.dst_column_stride = static_cast<ptrdiff_t>(c.column_major ? line * bytes : bytes);
  args.offset = tile.offset.data();
  args.rhs_zero = tile.row_term ? tile.rhs_zero.data() : nullptr;
  args.row_sum = tile.row_sum.data();
  args.row_zero = tile.row_zeros ? tile.row_zero.data() : nullptr;
  args.weight_sum = tile.weight_sum.data();
  args.row_scale = tile.row_scales ? tile.row_scale.data() : nullptr;
  args.multiplier = tile.multiplier.data();
  args.exponent = tile.exponent.data();
  args.scale = tile.scale.data();
  std::vector<float> bias = tile.bias;
  for (float& value : bias) {
    value /= tile.dst_scale;
    args.has_bias |= value != 0.0f ? 1 : 0;
  }
  args.bias = bias.data();
  args.dst_scale = tile.dst_scale;
  args.zero_point = c.zero_point;
  args.clamp_min = c.clamp_min;
  args.clamp_max = c.clamp_max;
  args.clamp_min_f32 = c.clamp_min_f32;
  args.clamp_max_f32 = c.clamp_max_f32;
  const bool float_rows = tile.row_scales && c.stage == Stage::float_nearest_even;
  const StageFn* const stages = c.width == Width::bits32   ? table.run_s32
                                : c.width == Width::bits16 ? table.run_s16
                                                           : table.run;
  const CheckedCallReport report =
      checked_call(float_rows ? table.float_rows : stages[static_cast<std::size_t>(c.stage)], &args);
  INFO("calling convention: " << report.what);
  REQUIRE(report.clean);
  REQUIRE(dst.check());

  std::vector<std::uint8_t> expected = before;
  for (std::size_t n = 0; n < tile.n; ++n) {
    const oracle::Stage stage = oracle_stage(tile, c, n);
    for (std::size_t row = 0; row < tile.m; ++row) {
      const std::size_t at = (c.column_major ? n * line + row : row * line + n) * bytes;
      std::int32_t previous = 0;
      if (bytes == 4) memcpy(&previous, before.data() + at, 4);
      const std::uint32_t bits = static_cast<std::uint32_t>(expected_bits(stage, tile, c, row, n, previous));
      memcpy(expected.data() + at, &bits, bytes);  // little-endian: the low bytes come first
      if (memcmp(expected.data() + at, dst.data() + at, bytes) == 0) continue;
      std::uint32_t got = 0;
      memcpy(&got, dst.data() + at, bytes);
      INFO("stage " << static_cast<int>(c.stage) << " acc " << tile.acc[row * tile.width + n] << " offset "
                    << tile.offset[n] << " multiplier " << tile.multiplier[n] << " exponent " << tile.exponent[n]
                    << " scale " << tile.scale[n] << " zero point " << c.zero_point << " row " << row << " channel "
                    << n);
      REQUIRE(got == (bytes == 1 ? bits & 0xFF : bytes == 2 ? bits & 0xFFFF : bits));
    }
  }
  REQUIRE(memcmp(expected.data(), dst.data(), dst.size()) == 0);
}

StageTile make_tile(std::size_t m, std::size_t n, std::size_t lanes) {
  StageTile tile = {};
  tile.m = m;
  tile.n = n;
  tile.width = (n + lanes - 1) / lanes * lanes;
  tile.acc.resize(m * tile.width);
  tile.row_sum.resize(m);
  tile.row_zero.resize(m);
  tile.row_scale.resize(m, 1.0f);
  for (std::vector<std::int32_t>* values :
       {&tile.offset, &tile.rhs_zero, &tile.weight_sum, &tile.multiplier, &tile.exponent}) {
    values->resize(tile.width);
  }
  tile.scale.resize(tile.width, 1.0f);
  tile.bias.resize(tile.width);
  return tile;
}

StageCase make_case(Stage stage, Width width) {
  const float infinity = std::numeric_limits<float>::infinity();
  const std::int32_t low = !is_requantization(stage) || width == Width::bits32 ? INT32_MIN
                           : width == Width::bits16                            ? -32768
                                                                               : -128;
  return {stage, width, 0, low, -1 - low, -infinity, infinity, 0, false, Side::upper};
}

struct StageWidth {
  Stage stage;
  Width width;
};
std::vector<StageWidth> all_stages() {
  std::vector<StageWidth> stages;
  for (int i = 0; i < kStageCount; ++i) {
    stages.push_back({static_cast<Stage>(i), Width::bits8});
    if (!is_requantization(static_cast<Stage>(i))) continue;
    stages.push_back({static_cast<Stage>(i), Width::bits16});
    stages.push_back({static_cast<Stage>(i), Width::bits32});
  }
  return stages;
}

}  // namespace

TEST_CASE("output: vector stages equal the oracle on every edge accumulator and factor") {
  const std::vector<std::int32_t> accumulators = edge_accumulators();
  const std::vector<float> scales = edge_scales();
  for (const Kernel* kernel : kernels_by_table(&Kernel::stages)) {
    INFO("stages of " << kernel->name);
    const std::size_t lanes = kernel->stages->lanes;
    // Rows walk the accumulators, channels the factors.
    for (const auto& [stage, width] : all_stages()) {
      const bool fixed = is_fixed(stage);
      const std::vector<FixedPoint> factors = edge_factors(stage);
      const std::size_t channels = fixed ? factors.size() : scales.size();
      StageTile tile = make_tile(accumulators.size(), channels, lanes);
      for (std::size_t n = 0; n < channels; ++n) {
        if (fixed) {
          tile.multiplier[n] = factors[n].multiplier;
          tile.exponent[n] = factors[n].exponent;
          // Multiply-and-shift takes any multiplier, and right shifts alone.
          if (is_multiply_shift_stage(stage)) {
            tile.exponent[n] = std::min(tile.exponent[n], 0);
            if (n % 3 == 0) tile.multiplier[n] = 3 - static_cast<std::int32_t>(n % 7);
            if (n % 31 == 0) tile.multiplier[n] = INT32_MIN;
          }
        } else {
          tile.scale[n] = scales[n];
          tile.bias[n] = n % 3 == 0 ? 0.0f : n % 3 == 1 ? -scales[n] : 1e-40f;
        }
        for (std::size_t row = 0; row < tile.m; ++row) tile.acc[row * tile.width + n] = accumulators[row];
      }
      StageCase c = make_case(stage, width);
      check_stage(*kernel->stages, tile, c);
      if (is_requantization(stage)) {
        for (const std::int32_t zero_point : {c.clamp_min, c.clamp_max}) {
          c.zero_point = zero_point;
          check_stage(*kernel->stages, tile, c);
          if (width == Width::bits32) {  // bounds that leave int32 once the zero point is taken away
            const StageCase whole = c;
            c.clamp_min = -(zero_point / 2) - 3;
            c.clamp_max = c.clamp_min > 0 ? INT32_MAX : 17;
            check_stage(*kernel->stages, tile, c);
            c = whole;
          }
        }
        c.zero_point = 255;  // u8
        c.clamp_min = 0;
        c.clamp_max = 255;
        check_stage(*kernel->stages, tile, c);
        c.zero_point = 0;
        c.clamp_min = 17;
        c.clamp_max = 17;
        check_stage(*kernel->stages, tile, c);
      } else {
        c.clamp_min = -5;
        c.clamp_max = 1000;
        for (const float low : {0.0f, -0.0f}) {  // a zero at a bound of the other sign keeps its own
          c.clamp_min_f32 = low;
          c.clamp_max_f32 = 6.0f;
          check_stage(*kernel->stages, tile, c);
          c.clamp_min_f32 = -6.0f;
          c.clamp_max_f32 = low;
          check_stage(*kernel->stages, tile, c);
        }
      }
    }
  }
}

TEST_CASE("output: vector stages at every m and n, row terms, strides and orders, within their bytes") {
  Random random(test_seed() + 32);
  for (const Kernel* kernel : kernels_by_table(&Kernel::stages)) {
    const std::size_t lanes = kernel->stages->lanes;
    for (const auto& [stage, width] : all_stages()) {
      for (std::size_t m = 1; m <= 3; ++m) {
        for (std::size_t n = 1; n <= 4 * lanes + 3; ++n) {
          if (n > 2 * lanes + 3 && n < 4 * lanes - 1) continue;
          for (int layout = 0; layout < 4; ++layout) {
            StageTile tile = make_tile(m, n, lanes);
            tile.row_term = random.chance(2);
            tile.row_zeros = random.chance(2);
            const bool float_rows = kernel->stages->float_rows != nullptr && stage == Stage::float_nearest_even &&
                                    width == Width::bits8 && random.chance(2);
            tile.row_scales = float_rows || (is_f32_stage(stage) && random.chance(2));
            for (std::int32_t& value : tile.row_zero) value = static_cast<std::int32_t>(random.between(-255, 255));
            for (float& value : tile.row_scale) {
              value = std::ldexp(static_cast<float>(random.between(1, 1 << 24)), random.chance(9) ? 103 : -30);
            }
            for (std::int32_t& value : tile.acc)
              value = static_cast<std::int32_t>(random.between(INT32_MIN, INT32_MAX) >> random.between(0, 25));
            for (std::int32_t& value : tile.row_sum) value = static_cast<std::int32_t>(random.between(-30000, 30000));
            for (std::size_t i = 0; i < tile.width; ++i) {
              tile.offset[i] = static_cast<std::int32_t>(random.between(-1000000, 1000000));
              tile.rhs_zero[i] = static_cast<std::int32_t>(random.between(-255, 255));
              tile.weight_sum[i] = static_cast<std::int32_t>(random.between(-100000, 100000));
              tile.multiplier[i] = static_cast<std::int32_t>(random.between(1 << 30, INT32_MAX));
              tile.exponent[i] = static_cast<std::int32_t>(random.between(-25, is_multiply_shift_stage(stage) ? 0 : 3));
              tile.scale[i] = std::ldexp(static_cast<float>(random.between(1, 1 << 24)),
                                         static_cast<int>(random.between(-44, -20)));
              tile.bias[i] = static_cast<float>(random.between(-1000, 1000)) / 3.0f;
            }
            if (float_rows && random.chance(2)) {
              const bool tiny = random.chance(3);  // which leaves no finite bias
              tile.dst_scale = std::ldexp(static_cast<float>(random.between(1, 1 << 24)), tiny ? -140 : -30);
              if (tiny) tile.bias.assign(tile.width, 0.0f);
            }
            if (float_rows && random.chance(3)) {  // 0 times the largest scale
              tile.row_term = tile.row_zeros = false;
              tile.acc.assign(tile.acc.size(), 0);
              tile.offset.assign(tile.width, 0);
            }
            StageCase c = make_case(stage, width);
            if (is_requantization(stage)) c.zero_point = static_cast<std::int32_t>(random.between(-128, 127));
            c.column_major = (layout & 1) != 0;
            c.gap = (layout & 2) != 0 ? 3 : 0;
            c.side = random.chance(2) ? Side::upper : Side::lower;
            check_stage(*kernel->stages, tile, c);
          }
        }
      }
    }
  }
}

TEST_CASE("output: vector stages equal the oracle on random accumulators and factors") {
  Random random(test_seed() + 33);
  for (const Kernel* kernel : kernels_by_table(&Kernel::stages)) {
    for (int repeat = 0; repeat < 40; ++repeat) {
      for (const auto& [stage, width] : all_stages()) {
        StageTile tile = make_tile(32, 32, kernel->stages->lanes);
        for (std::int32_t& value : tile.acc)
          value = static_cast<std::int32_t>(random.between(INT32_MIN, INT32_MAX) >> random.between(0, 31));
        for (std::size_t i = 0; i < tile.width; ++i) {
          tile.multiplier[i] = static_cast<std::int32_t>(random.between(1 << 30, INT32_MAX));
          tile.exponent[i] = static_cast<std::int32_t>(random.between(-31, is_multiply_shift_stage(stage) ? 0 : 30));
          tile.scale[i] = std::ldexp(static_cast<float>(random.between(1 << 23, 1 << 24)),
                                     static_cast<int>(random.between(-60, 0)));
          tile.bias[i] = std::ldexp(static_cast<float>(random.between(-(1 << 24), 1 << 24)),
                                    static_cast<int>(random.between(-40, 0)));
        }
        check_stage(*kernel->stages, tile, make_case(stage, width));
      }
    }
  }
}
