// Floats to 8-bit values and back: each instruction set's table against the oracle's formulas. Same bits, and no byte
// touched beyond the elements.
#include <algorithm>
#include <cmath>

#include "checked_call/checked_call.h"
#include "float_rows.h"
#include "handles.h"

using namespace ottava;

namespace {

// Ties and their neighbours on both sides, between -130 and 130, after one value at each end of [-128, 127].
std::vector<float> ties() {
  std::vector<float> values = {-128, 127};
  for (int whole = -128; whole < 127; ++whole) {
    const float tie = static_cast<float>(whole) + 0.5f;
    values.insert(values.end(), {tie, std::nextafter(tie, -1e9f), std::nextafter(tie, 1e9f)});
  }
  return values;
}

struct Placing {
  Side side;
  std::ptrdiff_t stride;
  std::size_t misalignment;
};
Placing make_placing(Random& random) {
  const std::vector<std::ptrdiff_t> strides = {4, 4, 4, 8, 12, 68, -4, -20};
  return {random.chance(2) ? Side::upper : Side::lower, random.pick(strides),
          (random.chance(2) ? 4 : 1) * static_cast<std::size_t>(random.between(0, 15))};
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

// Elements, in bytes, of which the first may have the highest address; in memory between guard pages.
struct Places {
  std::ptrdiff_t row_stride, stride;
  std::size_t first, bytes;

  Places(Random& random, std::size_t rows, std::size_t count, std::size_t element_bytes, bool by_column)
      : row_stride(0), stride(static_cast<std::ptrdiff_t>(element_bytes)), first(0), bytes(0) {
    if (by_column) {
      row_stride = stride;
      stride *= static_cast<std::ptrdiff_t>(std::max<std::size_t>(rows, 1)) +
                static_cast<std::ptrdiff_t>(random.between(0, 2));
    } else {
      const std::int64_t gap = random.chance(2) ? 0 : random.between(0, 40);
      row_stride = static_cast<std::ptrdiff_t>(count) * stride + static_cast<std::ptrdiff_t>(gap);
    }
    if (rows == 0 || count == 0) return;
    const std::size_t rows_span = (rows - 1) * static_cast<std::size_t>(row_stride);
    const std::size_t row_span = (count - 1) * static_cast<std::size_t>(stride);
    bytes = rows_span + row_span + element_bytes;
    if (random.chance(3)) row_stride = -row_stride, first += rows_span;
    if (element_bytes != 1 && random.chance(8)) stride = -stride, first += row_span;
  }
  std::size_t at(std::size_t row, std::size_t i) const {
    return first + static_cast<std::size_t>(static_cast<std::ptrdiff_t>(row) * row_stride +
                                            static_cast<std::ptrdiff_t>(i) * stride);
  }
};

// Many rows through a table: most ordinary, some among them of any kind.
void check_rows(Random& random, const QuantizeTable& table, const DynamicRule& rule, std::size_t rows,
                std::size_t count) {
  const Places places(random, rows, count, sizeof(float), random.chance(8));
  const Places to_places(random, rows, count, 1, false);
  const Side side = random.chance(2) ? Side::upper : Side::lower;
  INFO("rule " << rule.value << " rows " << rows << " count " << count << " strides " << places.row_stride << " "
               << places.stride << " to " << to_places.row_stride << " seed " << test_seed());
  GuardedBuffer from(places.bytes, side, 1, 0);
  GuardedBuffer to(to_places.bytes, side, 1, 0);
  GuardedBuffer scales(rows * sizeof(float), side, sizeof(float), 0);
  GuardedBuffer zero_points(rows * sizeof(std::int32_t), side, sizeof(float), 0);
  const bool wants_zero_points = !random.chance(4);
  std::vector<oracle::QuantizedRow> expected;
  std::vector<std::uint8_t> bytes(to.data(), to.data() + to.size());
  const bool all_ordinary = random.chance(2);
  for (std::size_t m = 0; m < rows; ++m) {
    const bool odd = !all_ordinary && random.chance(4);
    const Kind kind = odd ? static_cast<Kind>(random.between(0, kKinds - 1)) : Kind::ordinary;
    const std::vector<float> row = make_row(random, kind, count);
    for (std::size_t i = 0; i < count; ++i) std::memcpy(from.data() + places.at(m, i), &row[i], sizeof(float));
    expected.push_back(oracle::quantize_dynamic(rule.oracle, row));
    for (std::size_t i = 0; i < count; ++i)
      bytes[to_places.at(m, i)] = static_cast<std::uint8_t>(expected[m].values[i]);
  }
  from.make_read_only();
  const QuantizeRowsArgs args = {rule.quantization,
                                 from.data() + places.first,
                                 places.row_stride,
                                 places.stride,
                                 rows,
                                 count,
                                 to.data() + to_places.first,
                                 to_places.row_stride,
                                 scales.as<float>(),
                                 wants_zero_points ? zero_points.as<std::int32_t>() : nullptr};
  const CheckedCallReport report = checked_call(table.quantize_rows, &args);
  INFO("calling convention: " << report.what);
  REQUIRE(report.clean);
  REQUIRE((to.check() && scales.check() && zero_points.check()));
  for (std::size_t m = 0; m < rows; ++m) {
    INFO("row " << m);
    REQUIRE(bits_of(scales.as<float>()[m]) == bits_of(expected[m].scale));
    if (wants_zero_points) REQUIRE(zero_points.as<std::int32_t>()[m] == expected[m].zero_point);
    for (std::size_t i = 0; i < count; ++i) {
      if (to.data()[to_places.at(m, i)] != bytes[to_places.at(m, i)]) {
        INFO("element " << i);
        REQUIRE(static_cast<int>(to.data()[to_places.at(m, i)]) == static_cast<int>(bytes[to_places.at(m, i)]));
      }
    }
  }
  REQUIRE(std::equal(bytes.begin(), bytes.end(), to.data()));  // and nothing between the rows
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
  for (const Kernel* kernel : kernels_by_table(&Kernel::quantize)) {
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

TEST_CASE("quantize: every table equals the oracle on many rows at once") {
  Random random(test_seed() + 74);
  for (const Kernel* kernel : kernels_by_table(&Kernel::quantize)) {
    INFO(kernel->name);
    for (const DynamicRule& rule : kDynamicRules) {
      const auto check = [&](std::size_t rows, std::size_t count) {
        check_rows(random, *kernel->quantize, rule, rows, count);
      };
      for (std::size_t count = 0; count <= std::max<std::size_t>(most_counts(*kernel), 70); ++count) {
        for (int repeat = 0; repeat < 3; ++repeat) check(static_cast<std::size_t>(random.between(0, 20)), count);
      }
      for (std::size_t rows = 0; rows <= 2 * kRowsAtOnce + 1; ++rows) {
        for (const std::size_t count : {5u, 24u, 32u, 37u}) check(rows, count);
      }
      for (const std::size_t count : {255u, 256u, 257u, 511u, 513u, 1024u, 1025u, 2049u, 4097u}) {
        check(static_cast<std::size_t>(random.between(1, 9)), count);
      }
    }
  }
}

TEST_CASE("quantize: every table equals the oracle on static rules at every count") {
  Random random(test_seed() + 72);
  const std::vector<float> scales = edge_scales();
  for (const Kernel* kernel : kernels_by_table(&Kernel::quantize)) {
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
  for (const Kernel* kernel : kernels_by_table(&Kernel::quantize)) {
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
    if (capped->choice.cap == kernel->isa) {  // the environment may cap lower
      CHECK(capped->quantize == kernel->quantize);
      if (kernel->min_depth_per_channel == 0) CHECK(capped->stages == kernel->stages);
    }
    ottava_context_destroy(capped);
  }
}
