// Writes the conformance vectors, from the oracle's formulas alone: this program knows nothing of ottava. README.md
// describes the files. The vectors are the same on every machine: random numbers of its own from a fixed seed, and no
// expression that draws two of them in an order left to the compiler.
//
//   conformance_generate <folder>
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iostream>
#include <iterator>
#include <limits>
#include <string>
#include <vector>

#include "oracle/oracle.h"

namespace {

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t bits() {  // SplitMix64
    state_ += 0x9E3779B97F4A7C15u;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  }
  std::int64_t between(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(bits() % static_cast<std::uint64_t>(high - low + 1));
  }
  bool chance(int one_in) { return between(1, one_in) == 1; }
  // A float32 of any significand, with an exponent in [low, high].
  float real(int low, int high) {
    const float significand = static_cast<float>(8388608 + between(0, 8388607)) / 8388608.0f;
    return std::ldexp(significand, static_cast<int>(between(low, high)));
  }
  template <class Choices>
  auto pick(const Choices& choices) {
    return choices[static_cast<std::size_t>(between(0, static_cast<std::int64_t>(std::size(choices)) - 1))];
  }

 private:
  std::uint64_t state_;
};

enum class Parameters { fixed_point, right_shifts_alone, shift_alone, any_multiplier, none };

struct RuleEntry {
  const char* name;
  oracle::Rule rule;
  bool real;
  Parameters integers;
};

constexpr RuleEntry kRules[] = {
    {"fixed_two_roundings", oracle::Rule::fixed_two_roundings, true, Parameters::fixed_point},
    {"fixed_one_rounding", oracle::Rule::fixed_one_rounding, true, Parameters::fixed_point},
    {"float_nearest_even", oracle::Rule::float_nearest_even, true, Parameters::none},
    {"fixed_two_roundings_saturating", oracle::Rule::fixed_two_roundings_saturating, true, Parameters::fixed_point},
    {"gemmlowp_by_fixed_point", oracle::Rule::gemmlowp_by_fixed_point, true, Parameters::right_shifts_alone},
    {"fixed_one_rounding_away", oracle::Rule::fixed_one_rounding_away, true, Parameters::fixed_point},
    {"fixed_acl_fused", oracle::Rule::fixed_acl_fused, true, Parameters::fixed_point},
    {"fixed_16_bit_multiplier", oracle::Rule::fixed_16_bit_multiplier, true, Parameters::fixed_point},
    {"power_of_two", oracle::Rule::power_of_two, true, Parameters::shift_alone},
    {"multiply_shift_floor", oracle::Rule::multiply_shift_floor, false, Parameters::any_multiplier},
    {"multiply_shift_half_up", oracle::Rule::multiply_shift_half_up, false, Parameters::any_multiplier},
    {"multiply_shift_half_away", oracle::Rule::multiply_shift_half_away, false, Parameters::any_multiplier},
};

struct Type {
  const char* name;
  oracle::Output output;
  std::int64_t low, high;
};

constexpr Type kS8{"s8", oracle::Output::s8, -128, 127};
constexpr Type kU8{"u8", oracle::Output::u8, 0, 255};
constexpr Type kS16{"s16", oracle::Output::s16, -32768, 32767};
constexpr Type kS32{"s32", oracle::Output::s32, INT32_MIN, INT32_MAX};
constexpr Type kF32{"f32", oracle::Output::f32, 0, 0};
constexpr Type kQuantized[] = {kS8, kU8, kS16, kS32};
constexpr Type kBytes[] = {kS8, kU8};

std::uint32_t bits_of(float value) {
  std::uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}

std::string hex(std::uint32_t bits) {
  char text[9];
  std::snprintf(text, sizeof text, "%08x", static_cast<unsigned>(bits));
  return text;
}
std::string hex(float value) { return hex(bits_of(value)); }

template <class Values, class Write>
std::string list(const Values& values, Write write) {
  std::string text;
  for (const auto& value : values) text += (text.empty() ? "" : ",") + write(value);
  return text;
}
std::string list(const std::vector<std::int64_t>& values) {
  return list(values, [](std::int64_t value) { return std::to_string(value); });
}

// A file of vectors, written when all of them are known: the count stands in its first line.
class File {
 public:
  File(std::string folder, std::string name, std::string kind)
      : folder_(std::move(folder)), name_(std::move(name)), kind_(std::move(kind)) {}
  void add(const std::string& vector) {
    text_ += vector + "\n";
    ++count_;
  }
  std::string name() const { return name_; }
  bool write() const {
    std::ofstream file(folder_ + "/" + name_, std::ios::binary);
    file << "ottava-vectors 1 " << kind_ << " " << count_ << "\n" << text_;
    file.close();
    std::cout << name_ << ": " << count_ << " vectors\n";
    return !file.fail();
  }

 private:
  std::string folder_, name_, kind_, text_;
  std::int64_t count_ = 0;
};

// ---- Parameters --------------------------------------------------------------------------------------------------

bool finite_positive(float value) { return value > 0 && value <= std::numeric_limits<float>::max(); }

// Whether a rule takes these scales.
bool takes(oracle::Rule rule, float lhs_scale, float rhs_scale, float dst_scale) {
  if (!finite_positive(lhs_scale) || !finite_positive(rhs_scale) || !finite_positive(dst_scale)) return false;
  const double scale = static_cast<double>(lhs_scale) * static_cast<double>(rhs_scale) / static_cast<double>(dst_scale);
  if (rule == oracle::Rule::float_nearest_even || rule == oracle::Rule::none) {
    const volatile float product = lhs_scale * rhs_scale;
    const volatile float quotient = product / dst_scale;
    return product <= std::numeric_limits<float>::max() && quotient <= std::numeric_limits<float>::max();
  }
  if (rule == oracle::Rule::gemmlowp_by_fixed_point) return oracle::multiplier_of(scale).exponent <= 0;
  if (rule == oracle::Rule::power_of_two) {
    int exponent = 0;
    return std::frexp(scale, &exponent) == 0.5 && exponent >= -31 && exponent <= 30;
  }
  return true;
}

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

// ---- Accumulators ------------------------------------------------------------------------------------------------

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

// ---- Vectors -----------------------------------------------------------------------------------------------------

struct Output {
  Type type;
  std::int64_t zero_point, clamp_min, clamp_max;
};

Output draw_output(Random& random, const Type& type) {
  const std::int64_t ends[] = {type.low, type.high, std::max<std::int64_t>(type.low, 0), (type.low + type.high) / 2};
  Output output{type, random.chance(2) ? random.pick(ends) : random.between(type.low, type.high), type.low, type.high};
  if (random.chance(4)) {
    output.clamp_min = random.between(type.low, type.high);
    output.clamp_max = random.between(output.clamp_min, type.high);
  }
  return output;
}

oracle::Stage stage_of(const RuleEntry& rule, const Output& output) {
  oracle::Stage stage;
  stage.rule = rule.rule;
  stage.output = output.type.output;
  stage.zero_point = output.zero_point;
  stage.clamp_min = output.clamp_min;
  stage.clamp_max = output.clamp_max;
  return stage;
}

std::string text_of(const Output& output) {
  return " zero_point=" + std::to_string(output.zero_point) + " clamp_min=" + std::to_string(output.clamp_min) +
         " clamp_max=" + std::to_string(output.clamp_max);
}

// Shift as the rule's integer parameters have it: power_of_two has no multiplier to be relative to.
std::int64_t written_shift(const RuleEntry& rule, oracle::Multiplier m) {
  return rule.integers == Parameters::shift_alone ? m.exponent - 1 : m.exponent;
}

void add_real(File& file, Random& random, const RuleEntry& rule, const Output& output, int count) {
  const bool plain = rule.rule == oracle::Rule::power_of_two || random.chance(2);
  const auto base = [&] {
    const int exponent = static_cast<int>(random.between(-6, 2));
    return plain ? std::ldexp(1.0f, exponent) : random.real(exponent, exponent);
  };
  oracle::Stage stage = stage_of(rule, output);
  stage.lhs_scale = base();
  stage.dst_scale = base();
  for (int i = 0; i < count; ++i) {
    float rhs_scale;
    do {
      rhs_scale = draw_scale(random);
      if (random.chance(2)) rhs_scale = rhs_scale / stage.lhs_scale * stage.dst_scale;
    } while (!takes(rule.rule, stage.lhs_scale, rhs_scale, stage.dst_scale));
    const double scale =
        static_cast<double>(stage.lhs_scale) * static_cast<double>(rhs_scale) / static_cast<double>(stage.dst_scale);
    const std::int64_t x = draw_accumulator(random, scale, output.type.high - output.type.low);
    stage.rhs_scales = {rhs_scale};
    const std::int64_t result = oracle::apply_stage(stage, x, 0);
    file.add(std::string("rule=") + rule.name + " dst_type=" + output.type.name + " lhs_scale=" + hex(stage.lhs_scale) +
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

float draw_float(Random& random, int low_exponent, int high_exponent) {
  const float magnitude = random.real(low_exponent, high_exponent);
  return random.chance(2) ? magnitude : -magnitude;
}

void draw_clamp_f32(Random& random, oracle::Stage& stage) {
  stage.clamp_min_f32 = -std::numeric_limits<float>::infinity();
  stage.clamp_max_f32 = std::numeric_limits<float>::infinity();
  if (random.chance(4)) {
    const float a = draw_float(random, -6, 12), b = draw_float(random, -6, 12);
    stage.clamp_min_f32 = std::min(a, b);
    stage.clamp_max_f32 = std::max(a, b);
  } else if (random.chance(3)) {
    stage.clamp_min_f32 = 0.0f;
    if (random.chance(2)) stage.clamp_max_f32 = 6.0f;
  }
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

oracle::Matrix draw_matrix(Random& random, std::int64_t rows, std::int64_t columns, const Type& type) {
  oracle::Matrix matrix;
  matrix.rows = rows;
  matrix.columns = columns;
  const bool extremes = random.chance(5);
  for (std::int64_t i = 0; i < rows * columns; ++i) {
    const std::int64_t end = random.chance(2) ? type.low : type.high;
    matrix.values.push_back(extremes ? end : random.between(type.low, type.high));
  }
  return matrix;
}

// Parameters per channel; the results of a sum over k spread over the output's range and somewhat beyond.
void draw_parameters(Random& random, const RuleEntry& rule, bool integers, std::int64_t k, std::int64_t n,
                     const Type& type, oracle::Stage& stage) {
  const double range = static_cast<double>(type.high - type.low);
  const double spread = 8000.0 * std::sqrt(static_cast<double>(k) + 1);
  const int power = static_cast<int>(std::floor(std::log2(range / spread)));
  const bool plain = rule.rule == oracle::Rule::power_of_two;
  stage.lhs_scale = plain ? 0.5f : random.real(-5, -5);
  stage.dst_scale = plain ? 2.0f : random.real(-3, -3);
  for (std::int64_t channel = 0; channel < n; ++channel) {
    const int near = power + static_cast<int>(random.between(-2, 1));
    if (rule.integers == Parameters::any_multiplier) {
      stage.integers.push_back({random.between(-100, 200), std::min(std::max(near - 6, -31), 0)});
    } else if (integers) {
      const int highest = rule.integers == Parameters::right_shifts_alone ? 0 : 20;
      const int shift = std::min(near, highest);
      stage.integers.push_back({plain ? std::int64_t{1} << 30 : random.between(0x40000000, 0x7FFFFFFF), shift});
    }
    float scale;
    do {
      scale = plain ? std::ldexp(1.0f, near) : random.real(std::min(near, -2), std::min(near, -2));
      scale = scale / stage.lhs_scale * stage.dst_scale;
    } while (rule.real && !takes(rule.rule, stage.lhs_scale, scale, stage.dst_scale));
    stage.rhs_scales.push_back(scale);
  }
}

void add_matmul(File& file, Random& random, const RuleEntry* rule, const Type& type, bool integers) {
  const std::int64_t depths[] = {0, 1, 2, 3, 7, 8, 15, 16, 17, 31, 33, 64, 70};
  const std::int64_t m = random.between(1, 13), n = random.between(1, 37), k = random.pick(depths);
  const Type lhs_type = random.pick(kBytes), rhs_type = random.pick(kBytes);
  const oracle::Matrix lhs = draw_matrix(random, m, k, lhs_type);
  const oracle::Matrix rhs = draw_matrix(random, k, n, rhs_type);
  const std::int64_t lhs_zero_point = random.chance(3) ? lhs_type.low : random.between(lhs_type.low, lhs_type.high);
  const bool symmetric = random.chance(3);
  std::vector<std::int64_t> rhs_zero_points;
  for (std::int64_t channel = 0; channel < n; ++channel)
    rhs_zero_points.push_back(symmetric ? (rhs_type.low + 128) : random.between(rhs_type.low, rhs_type.high));

  Output output = rule == nullptr ? Output{type, 0, INT32_MIN, INT32_MAX} : draw_output(random, type);
  oracle::Stage stage;
  if (rule != nullptr) {
    stage = stage_of(*rule, output);
    draw_parameters(random, *rule, integers, k, n, type, stage);
  } else {
    stage.output = type.output;
    for (std::int64_t channel = 0; channel < n; ++channel) stage.rhs_scales.push_back(random.real(-10, 0));
    stage.lhs_scale = random.real(-4, -4);
  }
  std::string constants;
  if (type.output == oracle::Output::f32) {
    draw_clamp_f32(random, stage);
    for (std::int64_t channel = 0; channel < n; ++channel) stage.bias_f32.push_back(draw_float(random, -3, 5));
    constants = " bias=" + list(stage.bias_f32, [](float value) { return hex(value); }) +
                " clamp_min=" + hex(stage.clamp_min_f32) + " clamp_max=" + hex(stage.clamp_max_f32);
  } else {
    for (std::int64_t channel = 0; channel < n; ++channel) stage.bias.push_back(random.between(-100000, 100000));
    constants = " bias=" + list(stage.bias) + text_of(output);
  }
  if (!stage.integers.empty()) {
    constants += " multipliers=" + list(stage.integers, [&](oracle::Multiplier value) {
                   return std::to_string(rule->integers == Parameters::shift_alone ? 0 : value.multiplier);
                 });
    constants += " shifts=" + list(stage.integers, [&](oracle::Multiplier value) {
                   return std::to_string(written_shift(*rule, value));
                 });
  } else if (type.output != oracle::Output::s32 || rule != nullptr) {
    constants += " lhs_scale=" + hex(stage.lhs_scale);
    constants += " rhs_scales=" + list(stage.rhs_scales, [](float value) { return hex(value); });
    if (rule != nullptr) constants += " dst_scale=" + hex(stage.dst_scale);
  }
  const oracle::Matrix dst = oracle::matmul(lhs, lhs_zero_point, rhs, rhs_zero_points, stage);
  const std::string results =
      type.output != oracle::Output::f32
          ? list(dst.values)
          : list(dst.values, [](std::int64_t bits) { return hex(static_cast<std::uint32_t>(bits)); });
  file.add(std::string("rule=") + (rule != nullptr ? rule->name : "none") + " lhs_type=" + lhs_type.name +
           " rhs_type=" + rhs_type.name + " dst_type=" + type.name + " m=" + std::to_string(m) +
           " n=" + std::to_string(n) + " k=" + std::to_string(k) + " lhs_zero_point=" + std::to_string(lhs_zero_point) +
           " rhs_zero_points=" + list(rhs_zero_points) + constants + " lhs=" + list(lhs.values) +
           " rhs=" + list(rhs.values) + " dst=" + results);
}

File matmul(const std::string& folder, Random& random) {
  File file(folder, "matmul.txt", "matmul");
  for (int round = 0; round < 5; ++round) {
    for (const RuleEntry& rule : kRules) {
      for (const Type& type : kQuantized) {
        if (rule.real) add_matmul(file, random, &rule, type, false);
        if (rule.integers != Parameters::none) add_matmul(file, random, &rule, type, true);
      }
    }
    for (int i = 0; i < 4; ++i) {
      add_matmul(file, random, nullptr, kS32, false);
      add_matmul(file, random, nullptr, kF32, false);
    }
  }
  return file;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) {
    std::cerr << "usage: conformance_generate <folder>\n";
    return 1;
  }
  const std::string folder = arguments[1];
  Random random(20240611);
  std::vector<File> files;
  for (const RuleEntry& rule : kRules) files.push_back(requantize(folder, rule, random));
  files.push_back(s32(folder, random));
  files.push_back(f32(folder, random));
  files.push_back(matmul(folder, random));

  bool written = true;
  std::string names;
  for (const File& file : files) {
    written = file.write() && written;
    names += file.name() + "\n";
  }
  std::ofstream index(folder + "/index.txt", std::ios::binary);
  index << names;
  index.close();
  if (!written || index.fail()) {
    std::cerr << "cannot write to " << folder << "\n";
    return 1;
  }
  return 0;
}
