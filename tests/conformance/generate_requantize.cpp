// Vectors of one accumulator: requantize, s32 and f32.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>

#include "conformance/generate.h"
#include "conformance/parameters.h"
#include "conformance/vectors.h"
#include "oracle/oracle.h"

namespace conformance {

namespace {

// An effective scale: powers of two and their neighbours, thirds, the sizes that networks have, and the ends of all.
float draw_scale(Random& random) {
  switch (random.between(-1, 7)) {
    case -1: return std::ldexp(1.0f, static_cast<int>(random.between(-14, 1)));  // exact ties
    case 0: return std::ldexp(1.0f, static_cast<int>(random.between(-32, 29)));
    case 1: {
      const float power = std::ldexp(1.0f, static_cast<int>(random.between(-12, 2)));
      return std::nextafter(power, random.chance(2) ? 0.0f : 4e9f);
    }
    case 2: return std::ldexp(1.0f / 3.0f, static_cast<int>(random.between(-10, 2)));
    case 3: return random.real(-36, 33);
    case 4: return static_cast<float>(random.between(1, 255)) / 255.0f;
    case 5: {
      const float ends[] = {1.0f,   0.5f,     0.25f,           2.0f,    1e-38f,
                            1e-45f, 0x1p-32f, 0x1.fffffep-33f, 0x1p30f, 0x1.fffffep29f};
      return random.pick(ends);
    }
    default: return random.real(-14, -1);
  }
}

oracle::Multiplier draw_integers(Random& random, Parameters kind) {
  if (kind == Parameters::shift_alone) return {std::int64_t{1} << 30, static_cast<int>(random.between(-32, 29)) + 1};
  if (kind == Parameters::any_multiplier) {
    const std::int64_t ends[] = {0, 1, -1, 2, -3, 127, INT32_MAX, INT32_MIN, INT32_MIN + 1, 65536};
    const std::int64_t multiplier = random.chance(4)   ? random.pick(ends)
                                    : random.chance(3) ? random.between(INT32_MIN, INT32_MAX)
                                                       : random.between(-1000, 1000);
    return {multiplier, static_cast<int>(random.chance(4) ? -31 * random.between(0, 1) : random.between(-31, 0))};
  }
  const int highest = kind == Parameters::right_shifts_alone ? 0 : 30;
  const std::int64_t ends[] = {0,          1,          0x40000000, 0x40000001, 0x7FFFFFFF, 0x7FFF0000,
                               0x7FFEFFFF, 0x7FFF8000, 0x55555555, 0x3FFFFFFF, 0x8000,     0x7FFF};
  const std::int64_t multiplier = random.chance(4)   ? random.pick(ends)
                                  : random.chance(6) ? 0x40000000
                                  : random.chance(6) ? random.between(0, 0x3FFFFFFF)
                                                     : random.between(0x40000000, 0x7FFFFFFF);
  const int shift = random.chance(6)   ? (random.chance(2) ? -31 : highest)
                    : random.chance(4) ? static_cast<int>(random.between(-31, highest))
                                       : static_cast<int>(random.between(-14, std::min(highest, 1)));
  return {multiplier, shift};
}

std::int64_t within_32(double x) {
  return static_cast<std::int64_t>(std::min(std::max(std::floor(x), -2147483648.0), 2147483647.0));
}

// An accumulator: edges of int32, the neighbourhood of ties, the range that the output shows, anything.
std::int64_t draw_accumulator(Random& random, double scale, std::int64_t range) {
  const double reach = static_cast<double>(range);
  switch (random.between(0, 5)) {
    case 0: {
      const std::int64_t edges[] = {
          0,        1,        -1,        2,       -2, 3, -3, INT32_MAX, INT32_MIN, INT32_MAX - 1, INT32_MIN + 1,
          16777216, 16777217, -16777217, 33554431};
      return random.pick(edges);
    }
    case 1: {
      const std::int64_t power = std::int64_t{1} << random.between(0, 30);
      const std::int64_t near = power + random.between(-1, 1);
      return random.chance(2) ? near : -near;
    }
    case 2:
    case 3: {
      const std::int64_t most = random.chance(2) ? range / 8 : range;
      const double half = static_cast<double>(random.between(-most, most)) + 0.5;
      const double x = std::min(std::max(half / scale, -4e9), 4e9);
      return std::min<std::int64_t>(
          std::max<std::int64_t>(within_32(x) + (random.chance(2) ? 0 : random.between(-1, 2)), INT32_MIN), INT32_MAX);
    }
    case 4: return random.between(INT32_MIN, INT32_MAX);
    default: {
      const std::int64_t most = within_32(std::min(1.5 * reach / scale + 2, 2147483647.0));
      return random.between(-most, most);
    }
  }
}

void add_real(File& file, Random& random, const RuleEntry& rule, const Output& output, int count,
              bool float_product = false) {
  const bool plain = rule.rule == oracle::Rule::power_of_two || random.chance(2);
  const auto base = [&] {
    const int exponent = static_cast<int>(random.between(-6, 2));
    return plain ? std::ldexp(1.0f, exponent) : random.real(exponent, exponent);
  };
  oracle::Stage stage = stage_of(rule, output);
  stage.float_product = float_product;
  stage.lhs_scale = base();
  stage.dst_scale = base();
  for (int i = 0; i < count; ++i) {
    float rhs_scale;
    do {
      rhs_scale = draw_scale(random);
      if (random.chance(2)) rhs_scale = rhs_scale / stage.lhs_scale * stage.dst_scale;
    } while (!takes(rule.rule, stage.lhs_scale, rhs_scale, stage.dst_scale, float_product));
    const double scale =
        static_cast<double>(stage.lhs_scale) * static_cast<double>(rhs_scale) / static_cast<double>(stage.dst_scale);
    const std::int64_t x = draw_accumulator(random, scale, output.type.high - output.type.low);
    stage.rhs_scales = {rhs_scale};
    const std::int64_t result = oracle::apply_stage(stage, x, 0);
    file.add(std::string("rule=") + rule.name + " dst_type=" + output.type.name +
             (float_product ? " scale_product=f32" : "") + " lhs_scale=" + hex(stage.lhs_scale) +
             " dst_scale=" + hex(stage.dst_scale) + text_of(output) + " rhs_scale=" + hex(rhs_scale) +
             " x=" + std::to_string(x) + " result=" + std::to_string(result));
  }
}

// An accumulator whose product with an odd multiplier lies half way between multiples of 2^shift, or one beside it.
std::int64_t draw_product_tie(Random& random, int shift) {
  const std::int64_t unit = std::int64_t{1} << std::max(shift - 1, 0);
  const std::int64_t most = std::min<std::int64_t>(INT32_MAX / unit / 2, random.chance(2) ? 20 : 200);
  const std::int64_t odd = 2 * random.between(-most, std::max<std::int64_t>(most - 1, 0)) + 1;
  return std::min<std::int64_t>(unit * odd + (random.chance(3) ? random.between(-1, 1) : 0), INT32_MAX);
}

void add_integer(File& file, Random& random, const RuleEntry& rule, const Output& output, int count) {
  oracle::Stage stage = stage_of(rule, output);
  for (int i = 0; i < count; ++i) {
    oracle::Multiplier m = draw_integers(random, rule.integers);
    const bool tie = rule.integers == Parameters::any_multiplier && random.chance(2);
    if (tie) {
      const std::int64_t odd[] = {1, -1, 3, -5, 7};
      m.multiplier = random.pick(odd);
    }
    const double step = rule.integers == Parameters::any_multiplier ? 1.0 : 0x1p-31;
    const double multiplier = std::max(std::fabs(static_cast<double>(m.multiplier)), 1.0);
    std::int64_t x =
        draw_accumulator(random, std::ldexp(multiplier * step, m.exponent), output.type.high - output.type.low);
    if (tie) x = draw_product_tie(random, -m.exponent);
    stage.integers = {m};
    const std::int64_t result = oracle::apply_stage(stage, x, 0);
    const std::int64_t written = rule.integers == Parameters::shift_alone ? 0 : m.multiplier;
    file.add(std::string("rule=") + rule.name + " dst_type=" + output.type.name + text_of(output) +
             " multiplier=" + std::to_string(written) + " shift=" + std::to_string(written_shift(rule, m)) +
             " x=" + std::to_string(x) + " result=" + std::to_string(result));
  }
}

}  // namespace

// Lines that share what an operator has once stand together, in groups of every size up to two vectors' worth and more.
File requantize(const std::string& folder, const RuleEntry& rule, Random& random) {
  File file(folder, std::string("requantize_") + rule.name + ".txt", "requantize");
  constexpr int kLargestGroup = 40;
  for (const Type& type : kQuantized) {
    for (int size = 1; size <= kLargestGroup; ++size) {
      if (rule.real) add_real(file, random, rule, draw_output(random, type), size);
      if (rule.integers != Parameters::none) {
        add_integer(file, random, rule, draw_output(random, type), size);
      } else {
        add_real(file, random, rule, draw_output(random, type), size);
      }
    }
  }
  return file;
}

File requantize_float_product(const std::string& folder, Random& random) {
  File file(folder, "requantize_float_product.txt", "requantize");
  for (const RuleEntry& rule : kRules) {
    if (!rule.real || rule.integers == Parameters::none) continue;
    for (const Type& type : kQuantized)
      for (const int size : {1, 7, 16, 33}) add_real(file, random, rule, draw_output(random, type), size, true);
  }
  return file;
}

File s32(const std::string& folder, Random& random) {
  File file(folder, "s32.txt", "s32");
  for (int size = 1; size <= 70; ++size) {
    std::int64_t clamp_min = INT32_MIN, clamp_max = INT32_MAX;
    if (random.chance(2)) {
      clamp_min = random.between(-100000, 100000);
      clamp_max = random.between(clamp_min, 200000);
    }
    oracle::Stage stage;
    stage.clamp_min = clamp_min;
    stage.clamp_max = clamp_max;
    for (int i = 0; i < size; ++i) {
      const std::int64_t x = draw_accumulator(random, 1.0, 200000);
      file.add("clamp_min=" + std::to_string(clamp_min) + " clamp_max=" + std::to_string(clamp_max) +
               " x=" + std::to_string(x) + " result=" + std::to_string(oracle::apply_stage(stage, x, 0)));
    }
  }
  return file;
}

File f32(const std::string& folder, Random& random) {
  File file(folder, "f32.txt", "f32");
  for (int size = 1; size <= 80; ++size) {
    oracle::Stage stage;
    stage.rule = oracle::Rule::none;
    stage.output = oracle::Output::f32;
    stage.lhs_scale = random.real(-10, 3);
    draw_clamp_f32(random, stage);
    // Large accumulators in small groups: a caller without an integer bias forms them by long sums.
    const bool large = size <= 12;
    for (int i = 0; i < size; ++i) {
      float rhs_scale;
      do {
        const float ends[] = {1.0f, 0x1p-149f, 0x1p-126f, 0x1p-140f, 0x1p100f, 1e-30f};
        rhs_scale = random.chance(6) ? random.pick(ends) : random.real(-20, 2);
      } while (!takes(oracle::Rule::none, stage.lhs_scale, rhs_scale, 1.0f));
      std::int64_t x = large ? draw_accumulator(random, 1.0, INT32_MAX / 4) : random.between(-1000000, 1000000);
      if (random.chance(5)) x = random.between(-2, 2);
      const float biases[] = {0.0f, -0.0f, 1.0f, 0x1p-149f, -0x1p-130f};
      const float bias = random.chance(3) ? random.pick(biases) : draw_float(random, -8, 8);
      stage.rhs_scales = {rhs_scale};
      stage.bias_f32 = {bias};
      const std::uint32_t result = static_cast<std::uint32_t>(oracle::apply_stage(stage, x, 0));
      file.add("lhs_scale=" + hex(stage.lhs_scale) + " clamp_min=" + hex(stage.clamp_min_f32) +
               " clamp_max=" + hex(stage.clamp_max_f32) + " rhs_scale=" + hex(rhs_scale) + " bias=" + hex(bias) +
               " x=" + std::to_string(x) + " result=" + hex(result));
    }
  }
  return file;
}

}  // namespace conformance
