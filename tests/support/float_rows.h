// What the tests of quantization share: the rules beside the oracle's names for them, rows of floats of many kinds
// drawn at random and placed between guard pages, and the check that values become the oracle's floats.
#ifndef OTTAVA_TESTS_FLOAT_ROWS_H_
#define OTTAVA_TESTS_FLOAT_ROWS_H_

#include <cmath>
#include <cstring>
#include <vector>

#include "catch.h"
#include "floats.h"
#include "guarded_buffer.h"
#include "oracle/quantize.h"
#include "output/quantize.h"
#include "support.h"

namespace ottava {

struct DynamicRule {
  std::uint32_t value;
  Quantization quantization;
  oracle::QuantizeRule oracle;
};
inline constexpr DynamicRule kDynamicRules[] = {
    {OTTAVA_QUANTIZE_TFLITE_SYMMETRIC, Quantization::tflite_symmetric, oracle::QuantizeRule::tflite_symmetric},
    {OTTAVA_QUANTIZE_TFLITE_ASYMMETRIC, Quantization::tflite_asymmetric, oracle::QuantizeRule::tflite_asymmetric},
    {OTTAVA_QUANTIZE_XNNPACK, Quantization::xnnpack, oracle::QuantizeRule::xnnpack},
    {OTTAVA_QUANTIZE_KLEIDIAI, Quantization::kleidiai, oracle::QuantizeRule::kleidiai},
    {OTTAVA_QUANTIZE_ONNX_DYNAMIC, Quantization::onnx_dynamic, oracle::QuantizeRule::onnx_dynamic},
};
struct StaticRule {
  std::uint32_t value;
  Quantization quantization;
  oracle::QuantizeRule oracle;
};
inline constexpr StaticRule kStaticRules[] = {
    {OTTAVA_QUANTIZE_DIVIDE, Quantization::divide, oracle::QuantizeRule::divide},
    {OTTAVA_QUANTIZE_MULTIPLY, Quantization::multiply, oracle::QuantizeRule::multiply},
};

inline float uniform(Random& random, float low, float high) {
  return low + (high - low) * static_cast<float>(random.between(0, 1 << 24)) * 0x1p-24f;
}
inline float denormal(Random& random) {
  return float_of(static_cast<std::uint32_t>(random.between(0, 0x7fffff)) | (random.chance(2) ? 0x80000000u : 0u));
}
inline float with_power(Random& random, int low, int high) {
  return std::ldexp(uniform(random, -2, 2), static_cast<int>(random.between(low, high)));
}

enum class Kind {
  ordinary,
  positive,
  negative,
  zeros,
  constant,
  denormals,
  infinities,
  nans,
  all_nan,
  huge,
  tiny,
  halves,
  thirds,
  least_range,
  any_bits,
};
constexpr int kKinds = 15;

inline float element_of(Random& random, Kind kind, float constant) {
  switch (kind) {
    case Kind::ordinary: return uniform(random, -constant, constant * 0.75f);
    case Kind::positive: return uniform(random, constant * 0.25f, constant);
    case Kind::negative: return uniform(random, -constant, constant * -0.25f);
    case Kind::zeros: return random.chance(2) ? -0.0f : 0.0f;
    case Kind::constant: return constant;
    case Kind::denormals: return denormal(random);
    case Kind::infinities:
      return random.chance(3) ? (random.chance(2) ? kInfinity : -kInfinity) : with_power(random, -4, 126);
    case Kind::nans:
      return random.chance(3) ? float_of(0x7f800001u | static_cast<std::uint32_t>(random.bits()))
                              : uniform(random, -9, 9);
    case Kind::all_nan: return random.chance(2) ? kNan : -kNan;
    case Kind::huge: return uniform(random, -1, 1) * (random.chance(2) ? 1e38f : kLargest);
    case Kind::tiny: return uniform(random, -1, 1) * 1e-38f;
    // Multiples of a half and of a quarter of a step, if the row holds both ends below.
    case Kind::halves: return static_cast<float>(random.between(-256, 254)) * 0.5f;
    case Kind::thirds: return static_cast<float>(random.between(-3 * 127, 3 * 127)) / 3.0f;
    case Kind::least_range: return with_power(random, -112, -110);
    case Kind::any_bits: return float_of(static_cast<std::uint32_t>(random.bits()));
  }
  return 0;
}

inline std::vector<float> make_row(Random& random, Kind kind, std::size_t count) {
  std::vector<float> row;
  const float constant = std::fabs(with_power(random, random.chance(4) ? -126 : -6, random.chance(4) ? 126 : 6));
  for (std::size_t i = 0; i < count; ++i) row.push_back(element_of(random, kind, constant));
  if (kind == Kind::halves && count >= 2) {  // a factor of 1 for the asymmetric rules, of 127 / 128 for the other
    row[static_cast<std::size_t>(random.between(0, static_cast<std::int64_t>(count) - 1))] = -128;
    row[count - 1] = 127;
  }
  if (kind == Kind::thirds && count >= 1) row[0] = random.chance(2) ? 127.0f : -127.0f;
  if (kind == Kind::least_range && count >= 2) {  // at the limit and next to it, alone or as a difference
    const float limit = 0x1p-110f;
    const float edges[] = {limit, std::nextafter(limit, 0.0f), limit * 0.5f, std::nextafter(limit * 0.5f, 0.0f)};
    row.assign(count, 0.0f);
    row[0] = edges[random.between(0, 3)];
    row[1] = random.chance(2) ? 0.0f : -edges[random.between(2, 3)];
  }
  return row;
}

// The row between guard pages, `stride` bytes from element to element; negative: the first one at the highest address.
class GuardedRow {
 public:
  GuardedRow(const std::vector<float>& row, Side side, std::ptrdiff_t stride, std::size_t misalignment)
      : memory_(bytes(row.size(), stride), side, misalignment == 0 ? 4 : 64, misalignment) {
    std::uint8_t* first = memory_.data();
    if (stride < 0 && !row.empty()) first += static_cast<std::ptrdiff_t>(row.size() - 1) * -stride;
    for (std::size_t i = 0; i < row.size(); ++i) {
      std::memcpy(first + static_cast<std::ptrdiff_t>(i) * stride, &row[i], sizeof(float));
    }
    memory_.make_read_only();
    first_ = reinterpret_cast<const float*>(first);
  }
  const float* first() const { return first_; }

 private:
  static std::size_t bytes(std::size_t count, std::ptrdiff_t stride) {
    return count == 0 ? 0 : (count - 1) * static_cast<std::size_t>(std::abs(stride)) + sizeof(float);
  }
  GuardedBuffer memory_;
  const float* first_;
};

inline std::vector<float> edge_scales() {
  std::vector<float> scales = {1e-45f,  2.9e-39f,    3e-39f, 1.17549435e-38f, 1e-37f, 0x1p-121f, 0x1p-120f,  0x1p-119f,
                               0.0117f, 0.99999994f, 1.0f,   1.0000001f,      3e9f,   0x1p125f,  0x1.8p126f, kLargest};
  for (int power = -8; power <= 8; ++power) scales.push_back(std::ldexp(1.0f, power));
  return scales;
}
inline bool fits_rule(const StaticRule& rule, float scale) {
  return rule.quantization == Quantization::divide || std::isfinite(1.0f / scale);
}

struct IntegerType {
  std::uint32_t type;
  std::size_t bytes;
  std::int64_t low, high;
  void (*QuantizeTable::*dequantize)(const DequantizeArgs*);
};
inline constexpr IntegerType kIntegerTypes[] = {
    {OTTAVA_TYPE_S8, 1, -128, 127, &QuantizeTable::dequantize_s8},
    {OTTAVA_TYPE_U8, 1, 0, 255, &QuantizeTable::dequantize_u8},
    {OTTAVA_TYPE_S16, 2, -32768, 32767, &QuantizeTable::dequantize_s16},
    {OTTAVA_TYPE_S32, 4, INT32_MIN, INT32_MAX, &QuantizeTable::dequantize_s32},
};

// `call(from, count, to, zero_point, scale)` between guard pages, at any alignment.
template <class Call>
void check_dequantize(Random& random, const IntegerType& type, std::size_t count, float scale, Call call) {
  const Side side = random.chance(2) ? Side::upper : Side::lower;
  const std::int32_t zero_point =
      type.type == OTTAVA_TYPE_S32 ? 0 : static_cast<std::int32_t>(random.between(type.low, type.high));
  INFO("type " << type.type << " scale " << scale << " count " << count << " seed " << test_seed());
  GuardedBuffer from(count * type.bytes, side, 16,
                     random.chance(2) ? 0 : static_cast<std::size_t>(random.between(0, 15)));
  GuardedBuffer to(count * sizeof(float), side, random.chance(2) ? 1 : 4);
  std::vector<std::int64_t> values;
  for (std::size_t i = 0; i < count; ++i) {
    const std::vector<std::int64_t> choices = {random.between(type.low, type.high), type.low, type.high, zero_point, 0};
    values.push_back(random.chance(2) ? choices[0] : random.pick(choices));
    std::memcpy(from.data() + i * type.bytes, &values[i], type.bytes);  // the low bytes: all targets are little-endian
  }
  from.make_read_only();
  call(from.data(), count, to.as<float>(), zero_point, scale);
  REQUIRE(to.check());
  for (std::size_t i = 0; i < count; ++i) {
    std::uint32_t stored;
    std::memcpy(&stored, to.data() + i * sizeof stored, sizeof stored);
    const std::uint32_t expected = bits_of(oracle::dequantize(values[i], zero_point, scale));
    if (stored == expected) continue;
    INFO("element " << i << ": " << values[i] << " zero point " << zero_point);
    REQUIRE(stored == expected);
  }
}

}  // namespace ottava

#endif  // OTTAVA_TESTS_FLOAT_ROWS_H_
