// Every rule on ten million random pairs of accumulator and parameters, to each width, through the output stages of
// every instruction set at hand, against the oracle. Emulated runs take a hundred thousand.
#include <cmath>
#include <cstring>
#include <memory>

#include "catch.h"
#include "oracle/oracle.h"
#include "output/factor.h"
#include "support.h"

using namespace ottava;

namespace {

constexpr std::size_t kRows = 256, kChannels = 512;

struct NamedRule {
  Requantization rule;
  oracle::Rule oracle;
  Stage stage;
  const char* name;
};
const NamedRule kRules[] = {
    {Requantization::fixed_two_roundings, oracle::Rule::fixed_two_roundings, Stage::fixed_two_roundings,
     "two roundings"},
    {Requantization::fixed_one_rounding, oracle::Rule::fixed_one_rounding, Stage::fixed_one_rounding, "one rounding"},
    {Requantization::float_nearest_even, oracle::Rule::float_nearest_even, Stage::float_nearest_even, "float"},
    {Requantization::fixed_two_roundings_saturating, oracle::Rule::fixed_two_roundings_saturating,
     Stage::fixed_two_roundings_saturating, "two roundings, saturating"},
    {Requantization::gemmlowp_by_fixed_point, oracle::Rule::gemmlowp_by_fixed_point, Stage::fixed_two_roundings,
     "gemmlowp by fixed point"},
    {Requantization::fixed_one_rounding_away, oracle::Rule::fixed_one_rounding_away, Stage::fixed_one_rounding_away,
     "one rounding away"},
    {Requantization::fixed_acl_fused, oracle::Rule::fixed_acl_fused, Stage::fixed_acl_fused, "ACL fused"},
    {Requantization::fixed_16_bit_multiplier, oracle::Rule::fixed_16_bit_multiplier, Stage::fixed_one_rounding,
     "16-bit multiplier"},
    {Requantization::power_of_two, oracle::Rule::power_of_two, Stage::fixed_one_rounding, "power of two"},
    {Requantization::multiply_shift_floor, oracle::Rule::multiply_shift_floor, Stage::multiply_shift_floor,
     "multiply and shift, floor"},
    {Requantization::multiply_shift_half_up, oracle::Rule::multiply_shift_half_up, Stage::multiply_shift_half_up,
     "multiply and shift, half up"},
    {Requantization::multiply_shift_half_away, oracle::Rule::multiply_shift_half_away, Stage::multiply_shift_half_away,
     "multiply and shift, half away"},
};

// Accumulators and parameters of one round, and what the rule makes of each pair before zero point and clamp.
struct Round {
  std::vector<std::int32_t> acc, multiplier, exponent, zeros;
  std::vector<float> scale, bias;
  std::vector<std::int64_t> expected;
};

void draw_parameters(Random& random, const NamedRule& rule, Round* round, std::vector<oracle::Multiplier>* raw) {
  Output output;
  output.requantization = rule.rule;
  output.parameters = Parameters::integer;
  for (std::size_t n = 0; n < kChannels; ++n) {
    if (rule.rule == Requantization::float_nearest_even) {
      round->scale[n] =
          std::ldexp(static_cast<float>(random.between(1 << 23, 1 << 24)), static_cast<int>(random.between(-60, -15)));
      round->bias[n] = n % 2 == 0 ? 0.0f : static_cast<float>(random.between(-(1 << 24), 1 << 24)) / 8192.0f;
      raw->push_back({0, 0});
      continue;
    }
    const bool down = rule.rule == Requantization::gemmlowp_by_fixed_point || is_multiply_shift(rule.rule);
    const int most = down ? 0 : rule.rule == Requantization::fixed_two_roundings ? 31 : 29;
    // Mostly shifts that leave something to round, sometimes any.
    output.shift = static_cast<std::int32_t>(n % 4 == 0 ? random.between(-31, most) : random.between(-24, 0));
    output.multiplier =
        static_cast<std::int32_t>(is_multiply_shift(rule.rule) && n % 2 != 0 ? random.between(-1000, 1000)
                                  : is_multiply_shift(rule.rule)             ? random.between(INT32_MIN, INT32_MAX)
                                  : n % 8 == 0                               ? random.between(0, INT32_MAX)
                                                                             : random.between(1 << 30, INT32_MAX));
    const FixedPoint factor = factor_of_channel(output, OutputArrays(), 1.0, n);
    round->multiplier[n] = factor.multiplier;
    round->exponent[n] = factor.exponent;
    // The oracle's power of two counts as real scales do.
    const bool power = rule.rule == Requantization::power_of_two;
    raw->push_back({power ? 1 << 30 : output.multiplier, output.shift + (power ? 1 : 0)});
  }
}

void draw_round(Random& random, const NamedRule& rule, Round* round) {
  std::vector<oracle::Multiplier> raw;
  draw_parameters(random, rule, round, &raw);
  for (std::int32_t& x : round->acc) {
    x = static_cast<std::int32_t>(random.between(INT32_MIN, INT32_MAX) >> random.between(0, 28));
  }
  for (std::size_t i = 0; i < round->acc.size(); ++i) {
    const std::size_t n = i % kChannels;
    if (rule.rule != Requantization::float_nearest_even) {
      round->expected[i] = oracle::requantize(rule.oracle, round->acc[i], raw[n]);
      continue;
    }
    const volatile float product = static_cast<float>(round->acc[i]) * round->scale[n];
    const volatile float value = product + round->bias[n];
    const double bounded = std::fmin(std::fmax(static_cast<double>(value), -1e15), 1e15);
    round->expected[i] = static_cast<std::int64_t>(std::nearbyint(bounded));  // the default mode: half to even
  }
}

// One width of one table on a whole round.
template <class Stored>
void check_round(const StageTable& table, StageFn run, const NamedRule& rule, const Round& round, Random& random) {
  const bool wide = sizeof(Stored) == 4;
  const std::int32_t zero_point = static_cast<std::int32_t>(random.between(-100, 100));
  const std::int32_t low = wide ? INT32_MIN : sizeof(Stored) == 2 ? -32768 : -128;
  const std::int32_t high = -1 - low;
  std::vector<Stored> dst(kRows * kChannels);
  StageArgs args = {};
  args.acc = round.acc.data();
  args.acc_stride = kChannels;
  args.m = kRows;
  args.n = kChannels;
  args.dst = reinterpret_cast<std::uint8_t*>(dst.data());
  args.dst_row_stride = static_cast<ptrdiff_t>(kChannels * sizeof(Stored));
  args.dst_column_stride = sizeof(Stored);
  args.offset = round.zeros.data();
  args.multiplier = round.multiplier.data();
  args.exponent = round.exponent.data();
  args.scale = round.scale.data();
  args.bias = round.bias.data();
  for (const float bias : round.bias) args.has_bias |= bias != 0.0f ? 1 : 0;
  args.zero_point = zero_point;
  args.clamp_min = low;
  args.clamp_max = high;
  run(&args);
  for (std::size_t i = 0; i < dst.size(); ++i) {
    const std::int64_t y = round.expected[i] + zero_point;
    const std::int64_t stored = y < low ? low : y > high ? high : y;
    if (dst[i] == stored) continue;
    const std::size_t n = i % kChannels;
    INFO(rule.name << ", " << table.lanes << " lanes, " << sizeof(Stored) << " bytes: x " << round.acc[i]
                   << " multiplier " << round.multiplier[n] << " exponent " << round.exponent[n] << " scale "
                   << round.scale[n] << " bias " << round.bias[n] << " zero point " << zero_point << " seed "
                   << test_seed());
    REQUIRE(static_cast<std::int64_t>(dst[i]) == stored);
  }
}

}  // namespace

TEST_CASE("rules: ten million random pairs each, to 8, 16 and 32 bits, equal the oracle") {
  Random random(test_seed() + 60);
  const std::vector<const Kernel*> kernels = kernels_by_table(&Kernel::stages);
  const std::size_t pairs = kRows * kChannels;
  const std::size_t rounds = test_sample() > 1 ? 1 : (10000000 + pairs - 1) / pairs;
  REQUIRE(rounds * pairs >= 100000);
  for (const NamedRule& rule : kRules) {
    const std::size_t stage = static_cast<std::size_t>(rule.stage);
    for (std::size_t i = 0; i < rounds; ++i) {
      Round round = {};
      round.acc.resize(pairs);
      round.expected.resize(pairs);
      for (auto* values : {&round.multiplier, &round.exponent, &round.zeros}) values->resize(kChannels);
      for (auto* values : {&round.scale, &round.bias}) values->resize(kChannels);
      draw_round(random, rule, &round);
      for (const Kernel* kernel : kernels) {
        const StageTable& table = *kernel->stages;
        check_round<std::int8_t>(table, table.run[stage], rule, round, random);
        check_round<std::int16_t>(table, table.run_s16[stage], rule, round, random);
        check_round<std::int32_t>(table, table.run_s32[stage], rule, round, random);
      }
    }
  }
  report(std::to_string(sizeof kRules / sizeof kRules[0]) + " rules, " + std::to_string(rounds * pairs) +
         " random pairs each, to 8, 16 and 32 bits, on " + std::to_string(kernels.size()) + " sets of stages");
}
