// Floats to 8-bit values and back: each instruction set's table, and the C functions, against the oracle's formulas.
// Same bits, and no byte touched beyond the elements.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <limits>

#include "catch.h"
#include "checked_call/checked_call.h"
#include "guarded_buffer.h"
#include "handles.h"
#include "oracle/quantize.h"
#include "output/quantize.h"
#include "refusal.h"
#include "support.h"

using namespace ottava;

namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kLargest = std::numeric_limits<float>::max();

std::uint32_t bits_of(float x) {
  std::uint32_t bits;
  std::memcpy(&bits, &x, sizeof bits);
  return bits;
}
float float_of(std::uint32_t bits) {
  float x;
  std::memcpy(&x, &bits, sizeof x);
  return x;
}

struct DynamicRule {
  std::uint32_t value;
  Quantization quantization;
  oracle::QuantizeRule oracle;
};
const DynamicRule kDynamicRules[] = {
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
const StaticRule kStaticRules[] = {
    {OTTAVA_QUANTIZE_DIVIDE, Quantization::divide, oracle::QuantizeRule::divide},
    {OTTAVA_QUANTIZE_MULTIPLY, Quantization::multiply, oracle::QuantizeRule::multiply},
};

float uniform(Random& random, float low, float high) {
  return low + (high - low) * static_cast<float>(random.between(0, 1 << 24)) * 0x1p-24f;
}
float denormal(Random& random) {
  return float_of(static_cast<std::uint32_t>(random.between(0, 0x7fffff)) | (random.chance(2) ? 0x80000000u : 0u));
}
float with_power(Random& random, int low, int high) {
  return std::ldexp(uniform(random, -2, 2), static_cast<int>(random.between(low, high)));
}

// Ties and their neighbours on both sides, between -130 and 130, after one value at each end of [-128, 127].
std::vector<float> ties() {
  std::vector<float> values = {-128, 127};
  for (int whole = -128; whole < 127; ++whole) {
    const float tie = static_cast<float>(whole) + 0.5f;
    values.insert(values.end(), {tie, std::nextafter(tie, -1e9f), std::nextafter(tie, 1e9f)});
  }
  return values;
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

float element_of(Random& random, Kind kind, float constant) {
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

std::vector<float> make_row(Random& random, Kind kind, std::size_t count) {
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

struct Placing {
  Side side;
  std::ptrdiff_t stride;
  std::size_t misalignment;
};
Placing make_placing(Random& random) {
  const std::vector<std::ptrdiff_t> strides = {4, 4, 4, 8, 12, 68, -4, -20};
  return {random.chance(2) ? Side::upper : Side::lower, random.pick(strides),
          4 * static_cast<std::size_t>(random.between(0, 15))};
}

// One row through a table, under parameters that its rule gave, to the values that the oracle gave.
void check_quantize(Random& random, const QuantizeTable& table, const std::vector<float>& row, const Placing& placing,
                    const RowQuantization& parameters, const std::vector<int>& expected) {
  const GuardedRow from(row, placing.side, placing.stride, placing.misalignment);
  GuardedBuffer to(row.size(), placing.side, random.chance(2) ? 1 : 16, 0);
  const QuantizeArgs args = {from.first(), placing.stride, row.size(), to.data(), parameters};
  const CheckedCallReport report = checked_call(table.quantize, &args);
  INFO("calling convention: " << report.what);
  REQUIRE(report.clean);
  REQUIRE(to.check());
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (to.data()[i] == static_cast<std::uint8_t>(expected[i])) continue;
    INFO("element " << i << " of " << row.size() << ": " << row[i] << " bits " << bits_of(row[i]) << " factor "
                    << parameters.factor << " zero point " << parameters.zero_point);
    REQUIRE(static_cast<int>(to.data()[i]) == (expected[i] & 255));
  }
}

void check_extremes(const QuantizeTable& table, const std::vector<float>& row, const Placing& placing) {
  const GuardedRow from(row, placing.side, placing.stride, placing.misalignment);
  const Extremes found = table.extremes(from.first(), placing.stride, row.size());
  const oracle::FloatRange expected = oracle::range_of(row);
  REQUIRE(bits_of(found.smallest) == bits_of(expected.smallest));
  REQUIRE(bits_of(found.largest) == bits_of(expected.largest));
}

void check_dynamic(Random& random, const QuantizeTable& table, const DynamicRule& rule, const std::vector<float>& row) {
  const Placing placing = make_placing(random);
  INFO("rule " << rule.value << " count " << row.size() << " stride " << placing.stride << " seed " << test_seed());
  check_extremes(table, row, placing);
  const oracle::FloatRange range = oracle::range_of(row);
  const RowQuantization parameters = dynamic_quantization(rule.quantization, {range.smallest, range.largest});
  const oracle::QuantizedRow expected = oracle::quantize_dynamic(rule.oracle, row);
  REQUIRE(bits_of(parameters.scale) == bits_of(expected.scale));
  REQUIRE(parameters.zero_point == expected.zero_point);
  check_quantize(random, table, row, placing, parameters, expected.values);
}

// Values on, just below and just above the ties of a row's own steps, within its range.
std::vector<float> row_of_near_ties(Random& random, const DynamicRule& rule) {
  std::vector<float> row = {uniform(random, -3, 0.5f), uniform(random, 0, 3)};
  const oracle::QuantizedRow steps = oracle::quantize_dynamic(rule.oracle, row);
  const float low = std::min(row[0], row[1]), high = std::max(row[0], row[1]);
  for (int q = -128; q < 256; ++q) {
    const float tie = (static_cast<float>(q - steps.zero_point) + 0.5f) * steps.scale;
    for (const float x : {std::nextafter(tie, -9.0f), tie, std::nextafter(tie, 9.0f)}) {
      if (x >= low && x <= high) row.push_back(x);
    }
  }
  return row;
}

std::vector<float> edge_scales() {
  std::vector<float> scales = {1e-45f,  2.9e-39f,    3e-39f, 1.17549435e-38f, 1e-37f, 0x1p-121f, 0x1p-120f,  0x1p-119f,
                               0.0117f, 0.99999994f, 1.0f,   1.0000001f,      3e9f,   0x1p125f,  0x1.8p126f, kLargest};
  for (int power = -8; power <= 8; ++power) scales.push_back(std::ldexp(1.0f, power));
  return scales;
}
bool fits_rule(const StaticRule& rule, float scale) {
  return rule.quantization == Quantization::divide || std::isfinite(1.0f / scale);
}

void check_static(Random& random, const QuantizeTable& table, const StaticRule& rule, float scale,
                  const std::vector<float>& row) {
  const bool is_unsigned = random.chance(2);
  const int low = is_unsigned ? 0 : -128, high = is_unsigned ? 255 : 127;
  const std::vector<int> zero_points = {low, high, 0, static_cast<int>(random.between(low, high))};
  const int zero_point = random.pick(zero_points);
  const Placing placing = make_placing(random);
  INFO("rule " << rule.value << " scale " << scale << " count " << row.size() << " stride " << placing.stride
               << " seed " << test_seed());
  const RowQuantization parameters = static_quantization(rule.quantization, scale, zero_point, is_unsigned);
  check_quantize(random, table, row, placing, parameters,
                 oracle::quantize_static(rule.oracle, scale, zero_point, low, high, row).values);
}

struct IntegerType {
  std::uint32_t type;
  std::size_t bytes;
  std::int64_t low, high;
  void (*QuantizeTable::*dequantize)(const DequantizeArgs*);
};
const IntegerType kIntegerTypes[] = {
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

std::size_t most_counts(const Kernel& kernel) { return std::max<std::size_t>(7 * kernel.stages->lanes + 3, 40); }

}  // namespace

TEST_CASE("quantize: worked examples of the rules") {
  const std::vector<float> row = {-1.0f, 0.0f, 0.5f, 2.0f};
  const auto both = [&row](Quantization rule) {
    const RowQuantization made = dynamic_quantization(rule, {-1.0f, 2.0f});
    std::vector<std::uint8_t> values(row.size());
    const QuantizeArgs args = {row.data(), sizeof(float), row.size(), values.data(), made};
    portable_quantize.quantize(&args);
    std::vector<int> all = {made.zero_point};
    for (const std::uint8_t value : values) all.push_back(made.high > 127 ? value : static_cast<std::int8_t>(value));
    return all;
  };
  using Values = std::vector<int>;
  // Steps of 2 / 127: -1 is -63.5 of them. Steps of 3 / 255: 0 lies 85 above -1, and 1/2 is a tie at 42.5, rounded to
  // even or away; with the zero point added first it is -1/2.
  CHECK(both(Quantization::tflite_symmetric) == Values{0, -64, 0, 32, 127});
  CHECK(both(Quantization::tflite_asymmetric) == Values{-43, -128, -43, -1, 127});
  CHECK(both(Quantization::xnnpack) == Values{-43, -128, -43, -1, 127});
  CHECK(both(Quantization::kleidiai) == Values{-43, -128, -43, 0, 127});
  CHECK(both(Quantization::onnx_dynamic) == Values{85, 0, 85, 127, 255});
}

TEST_CASE("quantize: parameters of a row equal the oracle's on a sweep of ranges") {
  Random random(test_seed() + 70);
  const auto check = [](const std::vector<float>& row) {
    const oracle::FloatRange range = oracle::range_of(row);
    for (const DynamicRule& rule : kDynamicRules) {
      const RowQuantization made = dynamic_quantization(rule.quantization, {range.smallest, range.largest});
      const oracle::QuantizedRow expected = oracle::quantize_dynamic(rule.oracle, row);
      const bool usable =
          std::isfinite(made.factor) && made.factor > 0 && made.zero_point >= made.low && made.zero_point <= made.high;
      if (usable && bits_of(made.scale) == bits_of(expected.scale) && made.zero_point == expected.zero_point) continue;
      INFO("rule " << rule.value << " range " << range.smallest << " to " << range.largest << " seed " << test_seed());
      REQUIRE(made.scale == expected.scale);
      REQUIRE(made.zero_point == expected.zero_point);
      REQUIRE(made.factor == 0);
    }
  };
  for (int repeat = 0; repeat < 40000; ++repeat) {
    check(make_row(random, static_cast<Kind>(random.between(0, kKinds - 1)), 2));
  }
  // 0 halfway between two values, or on one: which end the zero point is counted from decides then.
  for (int halves = 0; halves <= 510; ++halves) {
    for (int repeat = 0; repeat < 40; ++repeat) {
      const float half = repeat == 0 ? 0.5f : uniform(random, 0.25f, 4);
      const float a = static_cast<float>(-halves) * half, b = static_cast<float>(510 - halves) * half;
      check({a, b});
      check({std::nextafter(a, -1e9f), b});
    }
  }
}

TEST_CASE("quantize: every table equals the oracle on dynamic rules at every count") {
  Random random(test_seed() + 71);
  for (const Kernel* kernel : runnable_kernels()) {
    record_exercised(*kernel);
    INFO(kernel->name);
    for (const DynamicRule& rule : kDynamicRules) {
      for (int kind = 0; kind < kKinds; ++kind) {
        for (std::size_t count = 0; count <= most_counts(*kernel); ++count) {
          check_dynamic(random, *kernel->quantize, rule, make_row(random, static_cast<Kind>(kind), count));
        }
      }
      for (std::size_t count = 0; count <= most_counts(*kernel); ++count) {
        check_dynamic(random, *kernel->quantize, rule, make_row(random, Kind::ordinary, count));
      }
      check_dynamic(random, *kernel->quantize, rule, ties());
      for (int repeat = 0; repeat < 40; ++repeat) {
        check_dynamic(random, *kernel->quantize, rule, row_of_near_ties(random, rule));
      }
    }
  }
}

TEST_CASE("quantize: every table equals the oracle on static rules at every count") {
  Random random(test_seed() + 72);
  const std::vector<float> scales = edge_scales();
  for (const Kernel* kernel : runnable_kernels()) {
    INFO(kernel->name);
    for (const StaticRule& rule : kStaticRules) {
      for (const float scale : scales) {
        if (!fits_rule(rule, scale)) continue;
        for (int kind = 0; kind < kKinds; ++kind) {
          const std::size_t count = static_cast<std::size_t>(random.between(0, 200));
          check_static(random, *kernel->quantize, rule, scale, make_row(random, static_cast<Kind>(kind), count));
        }
        std::vector<float> row = ties();
        for (float& x : row) x *= scale;
        check_static(random, *kernel->quantize, rule, scale, row);
      }
      for (std::size_t count = 0; count <= most_counts(*kernel); ++count) {
        check_static(random, *kernel->quantize, rule, 0.0117f, make_row(random, Kind::ordinary, count));
      }
    }
  }
}

TEST_CASE("quantize: every table dequantizes as the oracle at every count") {
  Random random(test_seed() + 73);
  const std::vector<float> scales = edge_scales();
  for (const Kernel* kernel : runnable_kernels()) {
    INFO(kernel->name);
    for (const IntegerType& type : kIntegerTypes) {
      const auto dequantize = kernel->quantize->*type.dequantize;
      const auto call = [dequantize](const void* from, std::size_t count, float* to, std::int32_t zero_point,
                                     float scale) {
        const DequantizeArgs args = {from, count, to, zero_point, scale};
        const CheckedCallReport report = checked_call(dequantize, &args);
        INFO("calling convention: " << report.what);
        REQUIRE(report.clean);
      };
      for (std::size_t count = 0; count <= most_counts(*kernel); ++count) {
        check_dequantize(random, type, count, random.pick(scales), call);
      }
      for (const float scale : scales) check_dequantize(random, type, 300, scale, call);
    }
  }
}

TEST_CASE("quantize: a context has the table of its kernel, or of its cap") {
  for (const Kernel* kernel : runnable_kernels()) {
    const KernelContext context(kernel->name);
    CHECK(context.get()->quantize == kernel->quantize);
    ottava_context_options options = OTTAVA_CONTEXT_OPTIONS_INIT;
    options.threads = 1;
    options.tier_cap = static_cast<std::uint32_t>(kernel->isa);
    ottava_context* capped = nullptr;
    REQUIRE(ottava_context_create(&options, nullptr, &capped, nullptr) == OTTAVA_OK);
    if (capped->choice.cap == kernel->isa)
      CHECK(capped->quantize == kernel->quantize);  // the environment may cap lower
    ottava_context_destroy(capped);
  }
}

TEST_CASE("quantize: the C functions of ranges and static rules equal the oracle") {
  Random random(test_seed() + 74);
  for (const Kernel* kernel : runnable_kernels()) {
    INFO(kernel->name << " seed " << test_seed());
    const KernelContext context(kernel->name);
    for (int repeat = 0; repeat < 300; ++repeat) {
      const std::size_t count = static_cast<std::size_t>(random.between(0, 150));
      const std::vector<float> row = make_row(random, static_cast<Kind>(repeat % kKinds), count);
      const GuardedRow from(row, random.chance(2) ? Side::upper : Side::lower, 4, 0);
      const std::int64_t length = static_cast<std::int64_t>(count);

      float smallest = 7, largest = 7;
      REQUIRE(ottava_range(context.get(), length, from.first(), &smallest, &largest, nullptr) == OTTAVA_OK);
      const oracle::FloatRange range = oracle::range_of(row);
      REQUIRE(bits_of(smallest) == bits_of(range.smallest));
      REQUIRE(bits_of(largest) == bits_of(range.largest));

      for (const StaticRule& rule : kStaticRules) {
        const float scale = random.pick(edge_scales());
        if (!fits_rule(rule, scale)) continue;
        for (const bool is_unsigned : {false, true}) {
          const int low = is_unsigned ? 0 : -128, high = low + 255;
          const int zero_point = static_cast<int>(random.between(low, high));
          const std::uint32_t type = is_unsigned ? OTTAVA_TYPE_U8 : OTTAVA_TYPE_S8;
          std::vector<std::uint8_t> expected;
          for (const int value : oracle::quantize_static(rule.oracle, scale, zero_point, low, high, row).values) {
            expected.push_back(static_cast<std::uint8_t>(value));
          }
          GuardedBuffer to(count, Side::upper);
          REQUIRE(ottava_quantize(context.get(), rule.value, type, scale, zero_point, length, from.first(), to.data(),
                                  nullptr) == OTTAVA_OK);
          REQUIRE(std::equal(expected.begin(), expected.end(), to.data()));
          REQUIRE(to.check());
          std::vector<float> place = row;  // the same address
          REQUIRE(ottava_quantize(context.get(), rule.value, type, scale, zero_point, length, place.data(),
                                  place.data(), nullptr) == OTTAVA_OK);
          REQUIRE(std::equal(expected.begin(), expected.end(), reinterpret_cast<const std::uint8_t*>(place.data())));
        }
      }
    }
  }
}

TEST_CASE("quantize: the C function of rows equals the oracle, strides included") {
  Random random(test_seed() + 75);
  for (const Kernel* kernel : runnable_kernels()) {
    const KernelContext context(kernel->name);
    for (int repeat = 0; repeat < 400; ++repeat) {
      const DynamicRule& rule = kDynamicRules[repeat % 5];
      const std::int64_t rows = random.between(0, 5), columns = random.between(0, 70);
      // Rows of `from` may overlap, those of `to` may run backwards.
      const std::vector<std::int64_t> from_strides = {0, columns + random.between(0, 9), -columns - 3, 1};
      const std::vector<std::int64_t> to_strides = {0, columns + random.between(0, 9), -columns - random.between(0, 3)};
      const std::int64_t from_stride = random.pick(from_strides), to_stride = random.pick(to_strides);
      INFO(kernel->name << " rule " << rule.value << " rows " << rows << " columns " << columns << " strides "
                        << from_stride << " " << to_stride << " seed " << test_seed());
      const auto extent = [rows, columns](std::int64_t stride) {
        return static_cast<std::size_t>(rows == 0 || columns == 0 ? 0 : (rows - 1) * std::abs(stride) + columns);
      };
      const std::int64_t from_step = from_stride != 0 ? from_stride : columns;
      const std::int64_t to_step = to_stride != 0 ? to_stride : columns;
      const std::vector<float> elements =
          make_row(random, static_cast<Kind>(random.between(0, kKinds - 1)), extent(from_step));
      const Side side = random.chance(2) ? Side::upper : Side::lower;
      const GuardedRow from(elements, side, 4, 0);
      GuardedBuffer to(extent(to_step), side);
      const std::int64_t from_first = from_step < 0 && rows > 0 ? (rows - 1) * -from_step : 0;
      const std::int64_t to_first = to_step < 0 && rows > 0 ? (rows - 1) * -to_step : 0;
      const bool empty = extent(1) == 0;

      std::vector<std::uint8_t> expected(to.data(), to.data() + to.size());
      std::vector<float> scales(static_cast<std::size_t>(rows) + 1, -7.0f), expected_scales = scales;
      std::vector<std::int32_t> zero_points(static_cast<std::size_t>(rows) + 1, 777),
          expected_zero_points = zero_points;
      for (std::int64_t m = 0; m < rows; ++m) {
        std::vector<float> row;
        for (std::int64_t k = 0; k < columns; ++k) {
          row.push_back(elements[static_cast<std::size_t>(from_first + m * from_step + k)]);
        }
        const oracle::QuantizedRow quantized = oracle::quantize_dynamic(rule.oracle, row);
        for (std::int64_t k = 0; k < columns; ++k) {
          expected[static_cast<std::size_t>(to_first + m * to_step + k)] =
              static_cast<std::uint8_t>(quantized.values[static_cast<std::size_t>(k)]);
        }
        expected_scales[static_cast<std::size_t>(m)] = quantized.scale;
        expected_zero_points[static_cast<std::size_t>(m)] = quantized.zero_point;
      }
      ottava_error error = unfilled_error();
      REQUIRE(ottava_quantize_rows(context.get(), rule.value, rows, columns,
                                   empty ? nullptr : from.first() + from_first, from_stride,
                                   empty ? nullptr : to.data() + to_first, to_stride, scales.data(), zero_points.data(),
                                   &error) == OTTAVA_OK);
      CHECK(error.status == OTTAVA_OK);
      REQUIRE(std::equal(expected.begin(), expected.end(), to.data()));
      REQUIRE(to.check());
      REQUIRE(scales == expected_scales);
      REQUIRE(zero_points == expected_zero_points);
    }
  }
}

TEST_CASE("quantize: the C function dequantizes as the oracle") {
  Random random(test_seed() + 76);
  const std::vector<float> scales = edge_scales();
  for (const Kernel* kernel : runnable_kernels()) {
    INFO(kernel->name);
    const KernelContext context(kernel->name);
    for (const IntegerType& type : kIntegerTypes) {
      for (std::size_t count = 0; count < 70; ++count) {
        check_dequantize(
            random, type, count, random.pick(scales),
            [&](const void* from, std::size_t length, float* to, std::int32_t zero_point, float scale) {
              REQUIRE(ottava_dequantize(context.get(), type.type, scale, zero_point, static_cast<std::int64_t>(length),
                                        from, to, nullptr) == OTTAVA_OK);
            });
      }
    }
  }
}

namespace {

// Arguments that are sound, for each case to spoil one of, and outputs that a refusal must leave alone.
struct Call {
  const ottava_context* context;
  std::uint32_t rule = OTTAVA_QUANTIZE_DIVIDE, type = OTTAVA_TYPE_S8;
  float scale = 0.5f;
  std::int32_t zero_point = 3;
  std::int64_t count = 4, rows = 2, columns = 3, from_stride = 0, to_stride = 0;
  float memory[16] = {1, 2, 3, 4, 5, 6, 7, 8};
  const void* from = memory;
  struct Outputs {
    float smallest = 77, largest = 78, scales[4] = {71, 72, 73, 74}, floats[16] = {};
    std::int32_t zero_points[4] = {81, 82, 83, 84};
    std::uint8_t bytes[16] = {9, 8, 7};
  } outputs;
  void* to = outputs.bytes;
  float* floats = outputs.floats;
  float* scales = outputs.scales;
  std::int32_t* zero_points = outputs.zero_points;
  float* smallest = &outputs.smallest;
  float* largest = &outputs.largest;

  explicit Call(const ottava_context* of) : context(of) {}
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  const float* from_floats() const { return static_cast<const float*>(from); }
  ottava_status range(ottava_error* error) const {
    return ottava_range(context, count, from_floats(), smallest, largest, error);
  }
  ottava_status quantize(ottava_error* error) const {
    return ottava_quantize(context, rule, type, scale, zero_point, count, from_floats(), to, error);
  }
  ottava_status quantize_rows(ottava_error* error) const {
    return ottava_quantize_rows(context, rule, rows, columns, from_floats(), from_stride, to, to_stride, scales,
                                zero_points, error);
  }
  ottava_status dequantize(ottava_error* error) const {
    return ottava_dequantize(context, type, scale, zero_point, count, from, floats, error);
  }
};

using Function = ottava_status (Call::*)(ottava_error*) const;
struct Case {
  Refusal expected;
  std::function<void(Call&)> spoil;
};

void check_cases(Function function, std::uint32_t rule, const std::vector<Case>& cases) {
  const KernelContext context(nullptr);
  const auto sound = [&](Call& call) { call.rule = rule; };
  Call accepted(context.get());
  sound(accepted);
  REQUIRE((accepted.*function)(nullptr) == OTTAVA_OK);
  for (const Case& c : cases) {
    INFO(c.expected.argument << " status " << c.expected.status);
    Call call(context.get());
    sound(call);
    c.spoil(call);
    const Call::Outputs before = call.outputs;
    ottava_error error = unfilled_error();
    check_refusal(c.expected, (call.*function)(&error), error);
    CHECK(std::memcmp(&before, &call.outputs, sizeof before) == 0);
    CHECK((call.*function)(nullptr) == c.expected.status);
    CHECK(std::memcmp(&before, &call.outputs, sizeof before) == 0);
    error.struct_size = 3;
    CHECK((call.*function)(&error) == OTTAVA_BAD_STRUCT);
  }
}

constexpr std::int64_t kTooManyFloats = static_cast<std::int64_t>(PTRDIFF_MAX / 4) + 1;

std::vector<Case> cases_of_scale() {
  return {
      {{OTTAVA_BAD_SCALE, "scale", {"is zero"}}, [](Call& c) { c.scale = 0; }},
      {{OTTAVA_BAD_SCALE, "scale", {"is zero"}}, [](Call& c) { c.scale = -0.0f; }},
      {{OTTAVA_BAD_SCALE, "scale", {"negative"}}, [](Call& c) { c.scale = -1; }},
      {{OTTAVA_BAD_SCALE, "scale", {"infinite"}}, [](Call& c) { c.scale = -kInfinity; }},
      {{OTTAVA_BAD_SCALE, "scale", {"infinite"}}, [](Call& c) { c.scale = kInfinity; }},
      {{OTTAVA_BAD_SCALE, "scale", {"NaN"}}, [](Call& c) { c.scale = kNan; }},
  };
}
std::vector<Case> cases_of_tensor() {
  return {
      {{OTTAVA_NULL_POINTER, "context", {"NULL"}}, [](Call& c) { c.context = nullptr; }},
      {{OTTAVA_NULL_POINTER, "from", {"NULL"}}, [](Call& c) { c.from = nullptr; }},
      {{OTTAVA_BAD_SHAPE, "count", {"-1"}}, [](Call& c) { c.count = -1; }},
      {{OTTAVA_BAD_SHAPE, "count", {"-9223372036854775808"}}, [](Call& c) { c.count = INT64_MIN; }},
      {{OTTAVA_SIZE_OVERFLOW, "count", {"address space"}}, [](Call& c) { c.count = kTooManyFloats; }},
      {{OTTAVA_SIZE_OVERFLOW, "count", {"9223372036854775807"}}, [](Call& c) { c.count = INT64_MAX; }},
  };
}
std::vector<Case> operator+(std::vector<Case> a, const std::vector<Case>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

}  // namespace

TEST_CASE("errors: ottava_range", "[errors]") {
  check_cases(&Call::range, 0,
              cases_of_tensor() + std::vector<Case>{
                                      {{OTTAVA_NULL_POINTER, "smallest", {}}, [](Call& c) { c.smallest = nullptr; }},
                                      {{OTTAVA_NULL_POINTER, "largest", {}}, [](Call& c) { c.largest = nullptr; }},
                                  });
}

TEST_CASE("errors: ottava_quantize", "[errors]") {
  const std::vector<Case> cases = {
      {{OTTAVA_NULL_POINTER, "to", {}}, [](Call& c) { c.to = nullptr; }},
      {{OTTAVA_BAD_TYPE, "rule", {"is 8"}}, [](Call& c) { c.rule = 8; }},
      {{OTTAVA_BAD_TYPE, "rule", {}}, [](Call& c) { c.rule = 0xffffffffu; }},
      {{OTTAVA_UNSUPPORTED, "rule", {"NONE"}}, [](Call& c) { c.rule = OTTAVA_QUANTIZE_NONE; }},
      {{OTTAVA_UNSUPPORTED, "rule", {"dynamic"}}, [](Call& c) { c.rule = OTTAVA_QUANTIZE_TFLITE_SYMMETRIC; }},
      {{OTTAVA_UNSUPPORTED, "rule", {"dynamic"}}, [](Call& c) { c.rule = OTTAVA_QUANTIZE_ONNX_DYNAMIC; }},
      {{OTTAVA_BAD_TYPE, "type", {"is 0"}}, [](Call& c) { c.type = 0; }},
      {{OTTAVA_BAD_TYPE, "type", {"is 3"}}, [](Call& c) { c.type = OTTAVA_TYPE_S16; }},
      {{OTTAVA_BAD_TYPE, "type", {"is 99"}}, [](Call& c) { c.type = 99; }},
      {{OTTAVA_BAD_ZERO_POINT, "zero_point", {"128", "[-128, 127]"}}, [](Call& c) { c.zero_point = 128; }},
      {{OTTAVA_BAD_ZERO_POINT, "zero_point", {"-129"}}, [](Call& c) { c.zero_point = -129; }},
      {{OTTAVA_BAD_ZERO_POINT, "zero_point", {"-1", "[0, 255]"}},
       [](Call& c) { c.type = OTTAVA_TYPE_U8, c.zero_point = -1; }},
      {{OTTAVA_BAD_ZERO_POINT, "zero_point", {"256"}}, [](Call& c) { c.type = OTTAVA_TYPE_U8, c.zero_point = 256; }},
      {{OTTAVA_BAD_SCALE, "scale", {"reciprocal"}},
       [](Call& c) { c.rule = OTTAVA_QUANTIZE_MULTIPLY, c.scale = 1e-39f; }},
  };
  check_cases(&Call::quantize, OTTAVA_QUANTIZE_DIVIDE, cases_of_tensor() + cases_of_scale() + cases);
  check_cases(&Call::quantize, OTTAVA_QUANTIZE_MULTIPLY, cases_of_tensor() + cases_of_scale() + cases);
  const KernelContext context(nullptr);
  CHECK(ottava_quantize(context.get(), OTTAVA_QUANTIZE_DIVIDE, OTTAVA_TYPE_S8, 1, 0, 0, nullptr, nullptr, nullptr) ==
        OTTAVA_OK);
}

TEST_CASE("errors: ottava_quantize_rows", "[errors]") {
  const std::vector<Case> cases = {
      {{OTTAVA_NULL_POINTER, "context", {}}, [](Call& c) { c.context = nullptr; }},
      {{OTTAVA_NULL_POINTER, "from", {}}, [](Call& c) { c.from = nullptr; }},
      {{OTTAVA_NULL_POINTER, "to", {}}, [](Call& c) { c.to = nullptr; }},
      {{OTTAVA_NULL_POINTER, "scales", {}}, [](Call& c) { c.scales = nullptr; }},
      {{OTTAVA_NULL_POINTER, "zero_points", {}}, [](Call& c) { c.zero_points = nullptr; }},
      {{OTTAVA_BAD_TYPE, "rule", {"is 8"}}, [](Call& c) { c.rule = 8; }},
      {{OTTAVA_UNSUPPORTED, "rule", {"NONE"}}, [](Call& c) { c.rule = OTTAVA_QUANTIZE_NONE; }},
      {{OTTAVA_UNSUPPORTED, "rule", {"static"}}, [](Call& c) { c.rule = OTTAVA_QUANTIZE_DIVIDE; }},
      {{OTTAVA_UNSUPPORTED, "rule", {"static"}}, [](Call& c) { c.rule = OTTAVA_QUANTIZE_MULTIPLY; }},
      {{OTTAVA_BAD_SHAPE, "rows", {"-1"}}, [](Call& c) { c.rows = -1; }},
      {{OTTAVA_BAD_SHAPE, "columns", {"-5"}}, [](Call& c) { c.columns = -5; }},
      {{OTTAVA_BAD_STRIDE, "to_stride", {"is 2", "3 elements"}}, [](Call& c) { c.to_stride = 2; }},
      {{OTTAVA_BAD_STRIDE, "to_stride", {"is -2"}}, [](Call& c) { c.to_stride = -2; }},
      {{OTTAVA_SIZE_OVERFLOW, "from_stride", {}}, [](Call& c) { c.columns = kTooManyFloats; }},
      {{OTTAVA_SIZE_OVERFLOW, "from_stride", {}}, [](Call& c) { c.from_stride = INT64_MIN; }},
      {{OTTAVA_SIZE_OVERFLOW, "from_stride", {}}, [](Call& c) { c.from_stride = -kTooManyFloats; }},
      {{OTTAVA_SIZE_OVERFLOW, "to_stride", {}}, [](Call& c) { c.to_stride = PTRDIFF_MAX; }},
      {{OTTAVA_SIZE_OVERFLOW, "to_stride", {}}, [](Call& c) { c.to_stride = INT64_MIN; }},
      {{OTTAVA_SIZE_OVERFLOW, "from_stride", {}}, [](Call& c) { c.rows = INT64_MAX; }},
      {{OTTAVA_SIZE_OVERFLOW, "rows", {}}, [](Call& c) { c.rows = kTooManyFloats, c.columns = 0; }},
  };
  for (const DynamicRule& rule : kDynamicRules) check_cases(&Call::quantize_rows, rule.value, cases);
  const KernelContext context(nullptr);
  CHECK(ottava_quantize_rows(context.get(), OTTAVA_QUANTIZE_XNNPACK, 0, 5, nullptr, 0, nullptr, 1, nullptr, nullptr,
                             nullptr) == OTTAVA_OK);
}

TEST_CASE("errors: ottava_dequantize", "[errors]") {
  const std::vector<Case> cases = {
      {{OTTAVA_NULL_POINTER, "to", {}}, [](Call& c) { c.floats = nullptr; }},
      {{OTTAVA_BAD_TYPE, "type", {"is 0"}}, [](Call& c) { c.type = 0; }},
      {{OTTAVA_BAD_TYPE, "type", {"is 5"}}, [](Call& c) { c.type = OTTAVA_TYPE_F32; }},
      {{OTTAVA_BAD_ZERO_POINT, "zero_point", {}}, [](Call& c) { c.zero_point = 128; }},
      {{OTTAVA_BAD_ZERO_POINT, "zero_point", {}}, [](Call& c) { c.type = OTTAVA_TYPE_U8, c.zero_point = -1; }},
      {{OTTAVA_BAD_ZERO_POINT, "zero_point", {"-32769"}},
       [](Call& c) { c.type = OTTAVA_TYPE_S16, c.zero_point = -32769; }},
      {{OTTAVA_BAD_ZERO_POINT, "zero_point", {"[0, 0]"}}, [](Call& c) { c.type = OTTAVA_TYPE_S32, c.zero_point = 1; }},
  };
  check_cases(&Call::dequantize, 0, cases_of_tensor() + cases_of_scale() + cases);
}
