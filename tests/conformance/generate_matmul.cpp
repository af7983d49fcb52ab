// Vectors of whole products.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "conformance/generate.h"
#include "conformance/parameters.h"
#include "conformance/vectors.h"
#include "oracle/oracle.h"
#include "oracle/quantize.h"

namespace conformance {

namespace {

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

// One vector. What a kind does not have is empty.
struct Product {
  const RuleEntry* rule;  // or null
  Type lhs_type, rhs_type, dst_type;
  oracle::Matrix lhs, rhs;
  std::int64_t lhs_zero_point;
  std::vector<std::int64_t> rhs_zero_points;
  Output output;
  oracle::Stage stage;

  const QuantizeRuleEntry* quantization = nullptr;
  std::vector<float> floats = {};  // the lhs before it is quantized
  oracle::Rows rows = {};
  oracle::Matrix previous = {};
  bool left = false;
};

Product draw_product(Random& random, const RuleEntry* rule, const Type& type, bool integers) {
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

  const Output output = rule == nullptr ? Output{type, 0, INT32_MIN, INT32_MAX} : draw_output(random, type);
  oracle::Stage stage;
  if (rule != nullptr) {
    stage = stage_of(*rule, output);
    draw_parameters(random, *rule, integers, k, n, type, stage);
  } else {
    stage.output = type.output;
    for (std::int64_t channel = 0; channel < n; ++channel) stage.rhs_scales.push_back(random.real(-10, 0));
    stage.lhs_scale = random.real(-4, -4);
  }
  if (type.output == oracle::Output::f32) {
    draw_clamp_f32(random, stage);
    for (std::int64_t channel = 0; channel < n; ++channel) stage.bias_f32.push_back(draw_float(random, -3, 5));
  } else {
    for (std::int64_t channel = 0; channel < n; ++channel) stage.bias.push_back(random.between(-100000, 100000));
  }
  return {rule, lhs_type, rhs_type, type, lhs, rhs, lhs_zero_point, rhs_zero_points, output, stage};
}

bool has_s32_dst(const Product& p) { return p.dst_type.output == oracle::Output::s32; }
bool has_f32_dst(const Product& p) { return p.dst_type.output == oracle::Output::f32; }

// Row after row; where the weights stand on the left, the matrices are written as they stand there.
std::vector<std::int64_t> written(const Product& p, const oracle::Matrix& matrix) {
  if (!p.left) return matrix.values;
  std::vector<std::int64_t> transposed;
  for (std::int64_t column = 0; column < matrix.columns; ++column)
    for (std::int64_t row = 0; row < matrix.rows; ++row) transposed.push_back(matrix.at(row, column));
  return transposed;
}
std::string text_of_dst(const Product& p, const oracle::Matrix& dst) {
  const std::vector<std::int64_t> values = written(p, dst);
  if (!has_f32_dst(p)) return list(values);
  return list(values, [](std::int64_t bits) { return hex(static_cast<std::uint32_t>(bits)); });
}

std::string text_of_parameters(const Product& p) {
  const oracle::Stage& stage = p.stage;
  if (!stage.integers.empty()) {
    return " multipliers=" +
           list(stage.integers,
                [&p](oracle::Multiplier value) {
                  return std::to_string(p.rule->integers == Parameters::shift_alone ? 0 : value.multiplier);
                }) +
           " shifts=" + list(stage.integers, [&p](oracle::Multiplier value) {
             return std::to_string(written_shift(*p.rule, value));
           });
  }
  if (has_s32_dst(p) && p.rule == nullptr) return "";
  std::string text = stage.float_product ? " scale_product=f32" : "";
  const bool dynamic = p.quantization != nullptr && p.quantization->dynamic;
  if (!dynamic)
    text += p.rows.scales.empty() ? " lhs_scale=" + hex(stage.lhs_scale) : " lhs_scales=" + list(p.rows.scales);
  text += " rhs_scales=" + list(stage.rhs_scales);
  if (p.rule != nullptr) text += " dst_scale=" + hex(stage.dst_scale);
  return text;
}

std::string text_of_bias(const Product& p) {
  std::string text;
  if (!p.stage.bias.empty()) text += " bias=" + list(p.stage.bias);
  if (has_f32_dst(p) && p.quantization == nullptr) return text + " bias=" + list(p.stage.bias_f32);
  if (!p.stage.bias_f32.empty()) text += " bias_f32=" + list(p.stage.bias_f32);
  return text;
}

void add(File& file, const Product& p) {
  std::string text = std::string("rule=") + (p.rule != nullptr ? p.rule->name : "none");
  const bool dynamic = p.quantization != nullptr && p.quantization->dynamic;
  if (p.quantization != nullptr)
    text += std::string(" quantization=") + p.quantization->name + " quantized_type=" + p.lhs_type.name;
  text += std::string(" lhs_type=") + (p.quantization != nullptr ? "f32" : p.lhs_type.name) +
          " rhs_type=" + p.rhs_type.name + " dst_type=" + p.dst_type.name + " m=" + std::to_string(p.lhs.rows) +
          " n=" + std::to_string(p.rhs.columns) + " k=" + std::to_string(p.lhs.columns);
  if (p.rows.zero_points.empty()) {
    text += " lhs_zero_point=" + std::to_string(p.lhs_zero_point);
  } else if (!dynamic) {
    text += " lhs_zero_points=" + list(p.rows.zero_points);
  }
  text += " rhs_zero_points=" + list(p.rhs_zero_points) + text_of_bias(p);
  text += has_f32_dst(p) ? " clamp_min=" + hex(p.stage.clamp_min_f32) + " clamp_max=" + hex(p.stage.clamp_max_f32)
                         : text_of(p.output);
  text += text_of_parameters(p);
  text += " lhs=" + (p.quantization != nullptr ? list(p.floats) : list(written(p, p.lhs)));
  text += " rhs=" + list(written(p, p.rhs));
  const bool adds = !p.previous.values.empty();
  if (adds) text += " previous=" + text_of_dst(p, p.previous);
  const oracle::Matrix dst =
      oracle::matmul(p.lhs, p.lhs_zero_point, p.rhs, p.rhs_zero_points, p.stage, p.rows, adds ? &p.previous : nullptr);
  file.add(text + " dst=" + text_of_dst(p, dst));
}

const RuleEntry& entry_of(oracle::Rule rule) {
  return *std::find_if(std::begin(kRules), std::end(kRules), [rule](const RuleEntry& e) { return e.rule == rule; });
}

// A float for an lhs whose values are about `reach`: sometimes one that a network should not have.
float draw_activation(Random& random, float reach, bool odd) {
  const float odds[] = {0.0f,
                        -0.0f,
                        1e-41f,
                        -1e-39f,
                        std::numeric_limits<float>::infinity(),
                        -std::numeric_limits<float>::infinity(),
                        std::numeric_limits<float>::quiet_NaN(),
                        3e38f};
  if (odd && random.chance(12)) return random.pick(odds);
  return draw_float(random, -5, 0) * reach;
}

// A row whose values lie half way between two steps of its 8 bits, where the rules of rounding differ, or beside that.
std::vector<float> draw_row_of_ties(Random& random, const QuantizeRuleEntry& rule, float scale, std::int64_t count) {
  std::vector<float> row;
  // The ends give a dynamic rule a step of 1/4, the asymmetric ones or the symmetric one.
  const float step = rule.dynamic ? 0.25f : scale;
  for (std::int64_t i = 0; i < count; ++i) {
    const float tie = (static_cast<float>(random.between(-127, 126)) + 0.5f) * step;
    const std::int64_t side = random.between(-2, 2);
    row.push_back(side == -2 ? std::nextafter(tie, -1e9f) : side == 2 ? std::nextafter(tie, 1e9f) : tie);
  }
  if (rule.dynamic && count > 1) {
    row[0] = (random.chance(2) ? -128.0f : -127.0f) * step;
    row[1] = 127.0f * step;
  }
  return row;
}

// Replaces the lhs by floats and by what they become.
void draw_float_lhs(Random& random, const QuantizeRuleEntry& rule, Product& p) {
  p.quantization = &rule;
  if (rule.dynamic) p.lhs_type = rule.type;
  const float reach = p.stage.lhs_scale * 160.0f;
  p.lhs_zero_point = rule.dynamic ? 0 : random.between(p.lhs_type.low, p.lhs_type.high);
  const int low = static_cast<int>(p.lhs_type.low), high = static_cast<int>(p.lhs_type.high);
  p.lhs.values.clear();
  for (std::int64_t m = 0; m < p.lhs.rows; ++m) {
    const bool odd = random.chance(6);
    std::vector<float> row;
    for (std::int64_t k = 0; k < p.lhs.columns; ++k) row.push_back(draw_activation(random, reach, odd));
    if (random.chance(3)) row = draw_row_of_ties(random, rule, p.stage.lhs_scale, p.lhs.columns);
    const oracle::QuantizedRow quantized =
        rule.dynamic
            ? oracle::quantize_dynamic(rule.rule, row)
            : oracle::quantize_static(rule.rule, p.stage.lhs_scale, static_cast<int>(p.lhs_zero_point), low, high, row);
    p.floats.insert(p.floats.end(), row.begin(), row.end());
    p.lhs.values.insert(p.lhs.values.end(), quantized.values.begin(), quantized.values.end());
    if (!rule.dynamic) continue;
    p.rows.scales.push_back(quantized.scale);
    p.rows.zero_points.push_back(quantized.zero_point);
  }
}

// Biases in real units, somewhat smaller than the products.
void draw_real_bias(Random& random, Product& p) {
  const float step =
      p.stage.dst_scale * static_cast<float>(std::min<std::int64_t>(p.output.type.high, 1 << 20)) / 32.0f;
  p.stage.bias_f32.clear();
  for (std::int64_t channel = 0; channel < p.rhs.columns; ++channel)
    p.stage.bias_f32.push_back(draw_float(random, -6, 2) * step);
}

Product draw_left(Random& random, const RuleEntry* rule, const Type& type, bool integers) {
  Product p = draw_product(random, rule, type, integers);
  p.left = true;
  return p;
}

// What dst held, and what does not fit into the sum with it.
void draw_previous(Random& random, Product& p) {
  p.previous.rows = p.lhs.rows;
  p.previous.columns = p.rhs.columns;
  for (std::int64_t i = 0; i < p.previous.rows * p.previous.columns; ++i) {
    const std::int64_t ends[] = {INT32_MIN, INT32_MAX, INT32_MAX - 1000, 0};
    if (!has_f32_dst(p)) {
      p.previous.values.push_back(random.chance(3) ? random.pick(ends) : random.between(-1000000, 1000000));
    } else {
      const float odd[] = {0.0f, -0.0f, 0x1p-149f, 0x1p100f};
      p.previous.values.push_back(bits_of(random.chance(6) ? random.pick(odd) : draw_float(random, -6, 6)));
    }
  }
}

}  // namespace

File matmul(const std::string& folder, Random& random) {
  File file(folder, "matmul.txt", "matmul");
  for (int round = 0; round < 5; ++round) {
    for (const RuleEntry& rule : kRules) {
      for (const Type& type : kQuantized) {
        if (rule.real) add(file, draw_product(random, &rule, type, false));
        if (rule.integers != Parameters::none) add(file, draw_product(random, &rule, type, true));
      }
    }
    for (int i = 0; i < 4; ++i) {
      add(file, draw_product(random, nullptr, kS32, false));
      add(file, draw_product(random, nullptr, kF32, false));
    }
  }
  return file;
}

File hybrid(const std::string& folder, Random& random) {
  File file(folder, "hybrid.txt", "hybrid");
  const RuleEntry& real = entry_of(oracle::Rule::float_nearest_even);
  const Type types[] = {kF32, kS8, kU8};
  for (int round = 0; round < 8; ++round) {
    for (const QuantizeRuleEntry& rule : kQuantizeRules) {
      for (const Type& type : types) {
        Product p = draw_product(random, type.output == oracle::Output::f32 ? nullptr : &real, type, false);
        draw_float_lhs(random, rule, p);
        if (p.rule != nullptr) {
          p.stage.bias.clear();
          for (float& scale : p.stage.rhs_scales) scale *= 0.125f;  // more results within the clamp
          draw_real_bias(random, p);
        }
        add(file, p);
      }
    }
  }
  return file;
}

namespace {

// With a product of scales in float32, the fixed rules alone.
File draw_rows(File file, Random& random, bool float_product) {
  const RuleEntry* const rules[] = {&entry_of(oracle::Rule::fixed_two_roundings),
                                    &entry_of(oracle::Rule::fixed_one_rounding),
                                    &entry_of(oracle::Rule::float_nearest_even)};
  // Scales of the rows, their zero points, both.
  const auto draw = [&random, float_product](const RuleEntry* rule, const Type& type, int own) {
    Product p = draw_product(random, rule, type, false);
    p.stage.float_product = float_product;
    for (std::int64_t& bias : p.stage.bias) bias /= 32;  // more results within the clamp
    const float least = p.stage.lhs_scale / 16.0f;
    for (std::int64_t m = 0; m < p.lhs.rows; ++m) {
      const float ends[] = {1e-45f, 0x1p-126f, 0x1p100f, std::numeric_limits<float>::max()};
      const float scale = random.chance(12) ? random.pick(ends) : least * random.real(0, 3);
      const std::int64_t zero_point = random.between(p.lhs_type.low, p.lhs_type.high);
      if (own != 1) p.rows.scales.push_back(scale);
      if (own != 1 && scale > 0x1p127f) {
        // A row of zeros, which stays one although its scale and a channel's have no finite product.
        const std::int64_t zero = own == 0 ? p.lhs_zero_point : zero_point;
        for (std::int64_t k = 0; k < p.lhs.columns; ++k)
          p.lhs.values[static_cast<std::size_t>(m * p.lhs.columns + k)] = zero;
        p.stage.rhs_scales[0] = 4.0f;
      }
      if (own != 0) p.rows.zero_points.push_back(zero_point);
    }
    if (rule != nullptr && rule->rule == oracle::Rule::float_nearest_even && random.chance(2))
      draw_real_bias(random, p);
    return p;
  };
  for (int round = 0; round < 4; ++round) {
    for (int own = 0; own < 3; ++own) {
      for (const RuleEntry* rule : rules) {
        if (float_product && rule->integers == Parameters::none) continue;
        for (const Type& type : kQuantized) add(file, draw(rule, type, own));
      }
      for (int i = 0; i < 3 && !float_product; ++i) add(file, draw(nullptr, kF32, own));
    }
  }
  return file;
}

}  // namespace

File rows(const std::string& folder, Random& random) {
  return draw_rows(File(folder, "rows.txt", "rows"), random, false);
}
File rows_float_product(const std::string& folder, Random& random) {
  return draw_rows(File(folder, "rows_float_product.txt", "rows"), random, true);
}

File accumulate(const std::string& folder, Random& random) {
  File file(folder, "accumulate.txt", "accumulate");
  for (int i = 0; i < 40; ++i) {
    Product p = draw_product(random, nullptr, i % 2 == 0 ? kS32 : kF32, false);
    if (has_s32_dst(p) && random.chance(2)) {
      p.output.clamp_min = p.stage.clamp_min = random.between(-800000, 0);
      p.output.clamp_max = p.stage.clamp_max = random.between(0, 800000);
    }
    draw_previous(random, p);
    add(file, p);
  }
  return file;
}

File left(const std::string& folder, Random& random) {
  File file(folder, "left.txt", "left");
  const RuleEntry* const rules[] = {&entry_of(oracle::Rule::fixed_two_roundings),
                                    &entry_of(oracle::Rule::gemmlowp_by_fixed_point)};
  for (int round = 0; round < 4; ++round) {
    for (const RuleEntry* rule : rules)
      for (const Type& type : kBytes) add(file, draw_left(random, rule, type, round % 2 == 0));
    add(file, draw_left(random, nullptr, kS32, false));
    add(file, draw_left(random, nullptr, kF32, false));
  }
  return file;
}

}  // namespace conformance
