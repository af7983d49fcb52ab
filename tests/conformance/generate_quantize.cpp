// Vectors of one row of floats that becomes 8-bit values.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "conformance/generate.h"

namespace conformance {

namespace {

using ottava::kInfinity;
using ottava::kLargest;

enum class Content {
  ordinary,
  ties,
  one_sign,
  zeros,
  denormals,
  infinities,
  nans,
  nans_alone,
  huge,
  tiny,
  least_range,
  any_bits,
};
constexpr int kContents = 12;

float with_sign(Random& random, float magnitude) { return random.chance(2) ? magnitude : -magnitude; }
float draw_nan(Random& random) {
  const std::uint32_t low = static_cast<std::uint32_t>(random.between(1, 0x7fffff));
  return float_of(low | (random.chance(2) ? 0x7f800000u : 0xff800000u));
}

// A value whose quotient with the step of the row lies half way between integers, or beside such a value.
float draw_tie(Random& random, const oracle::QuantizedRow& steps) {
  const float tie = (static_cast<float>(random.between(-128, 255) - steps.zero_point) + 0.5f) * steps.scale;
  const std::int64_t side = random.between(-1, 1);
  return side == 0 ? tie : std::nextafter(tie, side < 0 ? -kLargest : kLargest);
}

float draw_element(Random& random, Content content, int power) {
  switch (content) {
    case Content::ties:  // replaced by the caller, but for the ends of the row's range
    case Content::ordinary: return draw_float(random, power - 5, power);
    case Content::one_sign: return random.real(power - 3, power) * (power % 2 == 0 ? 1.0f : -1.0f);
    case Content::zeros: return with_sign(random, 0.0f);
    case Content::denormals: return with_sign(random, float_of(static_cast<std::uint32_t>(random.bits() & 0x7fffff)));
    case Content::infinities:
      return random.chance(4) ? with_sign(random, kInfinity) : draw_float(random, -4, random.chance(2) ? 126 : 4);
    case Content::nans: return random.chance(3) ? draw_nan(random) : draw_float(random, power - 5, power);
    case Content::nans_alone: return draw_nan(random);
    case Content::huge: return random.chance(6) ? with_sign(random, kLargest) : draw_float(random, 122, 127);
    case Content::tiny: return draw_float(random, -126, -112);
    case Content::least_range: return draw_float(random, -113, -110);
    case Content::any_bits: return float_of(static_cast<std::uint32_t>(random.bits()));
  }
  return 0;
}

// Ranges on the limit below which they count as none, and next to it, on one side of 0 or on both.
void draw_least_range(Random& random, std::vector<float>& row) {
  const float limit = 0x1p-110f;
  const float ends[] = {limit, std::nextafter(limit, 0.0f), std::nextafter(limit, 1.0f), limit * 0.5f,
                        std::nextafter(limit * 0.5f, 0.0f)};
  std::fill(row.begin(), row.end(), 0.0f);
  if (!row.empty()) row[0] = with_sign(random, random.pick(ends));
  if (row.size() > 1 && random.chance(2)) row[1] = row[0] < 0 ? limit * 0.5f : limit * -0.5f;
}

std::vector<float> draw_row(Random& random, Content content, std::int64_t count) {
  std::vector<float> row;
  const int power = static_cast<int>(random.chance(4) ? random.between(-100, 120) : random.between(-6, 6));
  for (std::int64_t i = 0; i < count; ++i) row.push_back(draw_element(random, content, power));
  if (content == Content::least_range && random.chance(2)) draw_least_range(random, row);
  return row;
}

void add_static(File& file, Random& random, const QuantizeRuleEntry& rule, Content content, std::int64_t count) {
  const Type type = random.pick(kBytes);
  // Denormal scales among them, which a reciprocal must leave finite.
  const float ends[] = {1.0f, 0.5f, 0.25f, 1e-45f, 1e-39f, 0x1p-127f, 0x1p-126f, 0x1p126f, 0x1p127f, kLargest};
  float scale;
  do {
    scale = random.chance(4) ? random.pick(ends) : random.real(-8, 3);
  } while (rule.rule == oracle::QuantizeRule::multiply && !(1.0f / scale <= kLargest));
  const std::int64_t zeros[] = {type.low, type.high, 0};
  const int zero_point = static_cast<int>(random.chance(3) ? random.pick(zeros) : random.between(type.low, type.high));
  std::vector<float> row = draw_row(random, content, count);
  if (content == Content::ties) {
    oracle::QuantizedRow steps;
    steps.scale = scale;
    steps.zero_point = zero_point;
    for (float& x : row) x = draw_tie(random, steps);
  }
  const int low = static_cast<int>(type.low), high = static_cast<int>(type.high);
  const oracle::QuantizedRow result = oracle::quantize_static(rule.rule, scale, zero_point, low, high, row);
  file.add(std::string("rule=") + rule.name + " type=" + type.name + " n=" + std::to_string(count) +
           " scale=" + hex(scale) + " zero_point=" + std::to_string(zero_point) + " row=" + list(row) +
           " values=" + list(result.values, [](int value) { return std::to_string(value); }));
}

void add_dynamic(File& file, Random& random, const QuantizeRuleEntry& rule, Content content, std::int64_t count) {
  std::vector<float> row = draw_row(random, content, count);
  if (content == Content::ties && count > 2) {
    // Two elements give the range, and with it the steps; the others lie within.
    if (random.chance(2)) {  // steps that are a power of two under the asymmetric rules, under the symmetric one
      row[0] = random.chance(2) ? -128.0f : -127.0f;
      row[1] = 127.0f;
    }
    const std::vector<float> ends(row.begin(), row.begin() + 2);
    const float least = std::min(std::min(ends[0], ends[1]), 0.0f), most = std::max(std::max(ends[0], ends[1]), 0.0f);
    const oracle::QuantizedRow steps = oracle::quantize_dynamic(rule.rule, ends);
    for (std::size_t i = 2; i < row.size(); ++i) {
      do {
        row[i] = draw_tie(random, steps);
      } while (row[i] < least || row[i] > most);
    }
  }
  const oracle::QuantizedRow result = oracle::quantize_dynamic(rule.rule, row);
  file.add(std::string("rule=") + rule.name + " type=" + rule.type.name + " n=" + std::to_string(count) +
           " row=" + list(row) + " scale=" + hex(result.scale) + " zero_point=" + std::to_string(result.zero_point) +
           " values=" + list(result.values, [](int value) { return std::to_string(value); }));
}

}  // namespace

// Every length around the vectors' of any CPU, with each content in turn.
File quantize(const std::string& folder, const QuantizeRuleEntry& rule, Random& random) {
  File file(folder, std::string("quantize_") + rule.name + ".txt", "quantize");
  constexpr std::int64_t kLongest = 70;
  int turn = 0;
  for (std::int64_t count = 0; count <= kLongest; ++count) {
    for (int i = 0; i < (count == 0 ? 1 : 17); ++i) {
      const Content content = static_cast<Content>(turn++ % kContents);
      if (rule.dynamic) {
        add_dynamic(file, random, rule, content, count);
      } else {
        add_static(file, random, rule, content, count);
      }
    }
  }
  return file;
}

}  // namespace conformance
