// The functions in double and the fixed-point tanh, against the C library's, and the tables made of them, against the
// oracle's; and what make_table refuses.
#include <algorithm>
#include <cfloat>
#include <cmath>
#include <cstring>
#include <limits>

#include "catch.h"
#include "eight_bit.h"
#include "floats.h"
#include "oracle/parameters.h"
#include "output/fixed_tanh.h"
#include "output/functions.h"
#include "refusal.h"
#include "support.h"

using namespace ottava;

namespace {

// Multiplication makes every earlier bit matter; the values go in as bits.
class Checksum {
 public:
  void add(std::uint64_t bits) { state_ = (state_ ^ bits ^ state_ >> 29) * 0x9e3779b97f4a7c15u; }
  void add(double value) {
    std::uint64_t bits;
    std::memcpy(&bits, &value, sizeof bits);
    add(bits);
  }
  std::uint64_t value() const { return state_; }

 private:
  std::uint64_t state_ = 1;
};

// Arguments of either sign: a dense grid where the functions bend, then powers of two from the denormals to 2^150.
std::vector<double> arguments() {
  std::vector<double> values = {0.0, DBL_MIN, DBL_MIN / 3, std::numeric_limits<double>::denorm_min(), 1e45, 0.34, 4.0};
  for (int i = 1; i <= 20000; ++i) values.push_back(i * (1.0 / 1024));          // to 19.5
  for (int i = 0; i <= 8000; ++i) values.push_back(19.0 + i * 0.0877777);       // to 721
  for (int i = 1; i <= 64; ++i) values.push_back(i * 0.69314718055994531 / 2);  // where the exponential is reduced
  for (int power = -1074; power <= 150; ++power) values.push_back(std::ldexp(1.0, power));
  const std::size_t exact = values.size();
  for (std::size_t i = 0; i < exact; ++i) {
    values.push_back(std::nextafter(values[i], 1e300));
    if (values[i] > 0) values.push_back(std::nextafter(values[i], 0.0));
  }
  Random random(20250131);
  for (int i = 0; i < 20000; ++i) values.push_back(std::ldexp(static_cast<double>(random.between(1, INT64_MAX)), -60));
  const std::size_t positive = values.size();
  for (std::size_t i = 0; i < positive; ++i) values.push_back(-values[i]);
  return values;
}

struct RealFunction {
  const char* name;
  double (*function)(double);
  long double (*oracle)(long double);
  bool negative_alone;
};
const RealFunction kRealFunctions[] = {
    {"exp", exp_f64, [](long double x) -> long double { return std::exp(x); }, true},
    {"tanh", tanh_f64, [](long double x) -> long double { return std::tanh(x); }, false},
    {"sigmoid", sigmoid_f64, [](long double x) -> long double { return 1.0L / (1.0L + std::exp(-x)); }, false},
    {"normal", normal_f64, oracle::normal_distribution, false},
};

// How wrong the oracle may be by itself, where long double is double: the rounding of the argument of erfc.
long double oracle_error(long double x) { return LDBL_MANT_DIG > DBL_MANT_DIG ? 0.0L : x * x * LDBL_EPSILON; }

// `ambiguous` counts the entries that a half lies too near to.
void check_table(std::uint32_t function, const Codes& codes, float from_scale, std::int32_t from_zero_point,
                 float to_scale, std::int32_t to_zero_point, std::int64_t* ambiguous) {
  std::uint8_t table[256 + 1];
  std::memset(table, 0x5a, sizeof table);
  REQUIRE(ottava_make_table(function, codes.type, from_scale, from_zero_point, to_scale, to_zero_point, table,
                            nullptr) == OTTAVA_OK);
  CHECK(table[256] == 0x5a);
  std::int64_t wrong = 0;
  std::int32_t first = 0;
  for (std::int32_t q = codes.low; q <= codes.high; ++q) {
    const oracle::Entry entry = oracle::table_entry(static_cast<oracle::Function>(function), codes.low, codes.high,
                                                    from_scale, from_zero_point, to_scale, to_zero_point, q);
    if (entry.lower != entry.upper) ++*ambiguous;
    const std::uint8_t stored = table[static_cast<std::uint8_t>(q)];
    if (stored == static_cast<std::uint8_t>(entry.lower) || stored == static_cast<std::uint8_t>(entry.upper)) continue;
    if (wrong++ == 0) first = q;
  }
  INFO("function " << function << ", type " << codes.type << ", from " << from_scale << " " << from_zero_point
                   << ", to " << to_scale << " " << to_zero_point << ", first at " << first);
  CHECK(wrong == 0);
}

std::uint8_t entry_of(std::uint32_t function, std::uint32_t type, float from_scale, float to_scale, std::int32_t q) {
  std::uint8_t table[256];
  REQUIRE(ottava_make_table(function, type, from_scale, 0, to_scale, 0, table, nullptr) == OTTAVA_OK);
  return table[static_cast<std::uint8_t>(q)];
}

}  // namespace

TEST_CASE("parameters: the functions are within 2^-50 of the C library's long double") {
  const std::vector<double> xs = arguments();
  for (const RealFunction& f : kRealFunctions) {
    std::int64_t wrong = 0;
    double first = 0;
    long double worst = 0;
    for (const double x : xs) {
      if (f.negative_alone && x > 0) continue;
      const long double expected = f.oracle(x);
      const long double error = std::fabs(f.function(x) - expected);
      // Relative wherever the value is a normal number, far more than the header promises.
      const bool tiny = std::fabs(expected) < 1e-300L;
      const long double allowed = tiny ? std::max(1e-300L, std::fabs(expected)) * 0x1p-50L + (x < -20 ? 1e-300L : 0)
                                       : std::fabs(expected) * (0x1p-50L + oracle_error(x));
      if (!tiny) worst = std::max(worst, error / std::fabs(expected) - oracle_error(x));
      if (error <= allowed) continue;
      if (wrong++ == 0) first = x;
    }
    INFO(f.name << ": " << wrong << " wrong, first at " << first << ", worst relative error "
                << static_cast<double>(worst) * 0x1p50 << " * 2^-50");
    CHECK(wrong == 0);
  }
}

TEST_CASE("parameters: the tabulated functions are within 2^-50, below 1 absolutely") {
  const std::vector<double> xs = arguments();
  for (int i = 0; i < oracle::kFunctions; ++i) {
    std::int64_t wrong = 0;
    double first = 0;
    for (const double x : xs) {
      const long double expected = oracle::value_of(static_cast<oracle::Function>(i), x);
      const long double error = std::fabs(evaluate(static_cast<Function>(i), x) - expected);
      const long double bound = (0x1p-50L + oracle_error(std::min(x, 8.0))) * std::max(1.0L, std::fabs(expected));
      if (error <= bound) continue;
      if (wrong++ == 0) first = x;
    }
    INFO("function " << i << ": " << wrong << " wrong, first at " << first);
    CHECK(wrong == 0);
  }
}

TEST_CASE("parameters: the functions at their ends and at 0") {
  CHECK(exp_f64(0.0) == 1.0);
  CHECK(exp_f64(-708.5) == 0.0);
  CHECK(exp_f64(-1e300) == 0.0);
  CHECK((tanh_f64(1e300) == 1.0 && tanh_f64(-1e300) == -1.0));
  CHECK((tanh_f64(0.0) == 0.0 && !std::signbit(tanh_f64(0.0))));
  CHECK(tanh_f64(-0.0) == 0.0);
  CHECK(tanh_f64(5e-324) == 5e-324);
  CHECK((sigmoid_f64(0.0) == 0.5 && sigmoid_f64(-0.0) == 0.5));
  CHECK((sigmoid_f64(1e300) == 1.0 && sigmoid_f64(-1e300) == 0.0));
  CHECK((normal_f64(0.0) == 0.5 && normal_f64(-0.0) == 0.5));
  CHECK((normal_f64(1e300) == 1.0 && normal_f64(-1e300) == 0.0));
  for (int i = 0; i < oracle::kFunctions; ++i) {
    const Function f = static_cast<Function>(i);
    const double far = 0x1p150;
    CHECK(evaluate(f, 0.0) == (f == Function::sigmoid ? 0.5 : 0.0));
    CHECK(evaluate(f, -0.0) == (f == Function::sigmoid ? 0.5 : 0.0));
    CHECK(evaluate(f, far) == (f == Function::tanh || f == Function::sigmoid ? 1.0 : far));
    CHECK(evaluate(f, -far) == (f == Function::tanh ? -1.0 : f == Function::leaky_relu ? -0.01 * far : 0.0));
  }
}

// What was checked where long double is longer than double holds everywhere: the bits are the same.
TEST_CASE("parameters: the functions have the same bits on every CPU") {
  Checksum checksum;
  for (int i = -30000; i <= 30000; ++i) {
    const double x = i * (1.0 / 1000);
    if (x <= 0) checksum.add(exp_f64(x * 25));
    checksum.add(normal_f64(x));
    for (int f = 0; f < oracle::kFunctions; ++f) checksum.add(evaluate(static_cast<Function>(f), x));
  }
  CHECK(checksum.value() == 0x8889017bbd7240feu);
}

TEST_CASE("fixed tanh: the same bits on every CPU, near the real function") {
  struct Pair {
    std::int32_t zero;
    std::int32_t amplitude;
  };
  Checksum checksum;
  Random random(77);
  for (const Pair& pair : std::vector<Pair>{
           {0, 1}, {0, 2}, {-5, 127}, {128, 1000}, {-1000000, 123457}, {7, 1 << 20}, {-(1 << 28), 99999999}}) {
    const double amplitude = pair.amplitude;
    double worst = 0;
    for (int i = 0; i < 20000; ++i) {
      const std::int64_t reach = std::int64_t{10} * pair.amplitude;
      const std::int64_t x = i < 2 ? (i == 0 ? INT32_MIN : INT32_MAX) : pair.zero + random.between(-reach, reach);
      const std::int32_t y = fixed_tanh(static_cast<std::int32_t>(x), pair.zero, pair.amplitude);
      checksum.add(static_cast<std::uint64_t>(y));
      const double expected = std::tanh(static_cast<double>(x - pair.zero) / amplitude) * amplitude;
      worst = std::max(worst, std::fabs(static_cast<double>(y) - pair.zero - expected));
    }
    INFO("zero " << pair.zero << ", amplitude " << pair.amplitude);
    // Two units: one for the argument, which is rounded in units of its own, one for the result, which is floored.
    CHECK(worst <= 2.0 + amplitude * 1e-6);
  }
  CHECK(checksum.value() == 0x8d142786393e7e64u);
}

TEST_CASE("parameters: tables equal the oracle's") {
  Random random(test_seed());
  INFO("seed " << test_seed());
  const float denormal = std::numeric_limits<float>::denorm_min();
  const float largest = std::numeric_limits<float>::max();
  std::int64_t ambiguous = 0;
  std::int64_t tables = 0;
  std::int64_t meant = 0;
  for (std::uint32_t function = 0; function < oracle::kFunctions; ++function) {
    for (const Codes& codes : kEightBit) {
      for (int i = 0; i < 250; ++i) {
        const auto any_scale = [&random](double low, double high) {
          const double t = static_cast<double>(random.between(0, 1 << 30)) / (1 << 30);
          return static_cast<float>(std::exp2(low + (high - low) * t));
        };
        const float from_scale = any_scale(-12, 4);
        const float to_scale = any_scale(-11, 3);
        const auto from = static_cast<std::int32_t>(random.between(codes.low, codes.high));
        const auto to = static_cast<std::int32_t>(random.between(codes.low, codes.high));
        check_table(function, codes, from_scale, from, to_scale, to, &ambiguous);
        ++tables;
      }
      // Round numbers, whose quotients are halves now and then: sigmoid(0) over 1, for one.
      const std::int32_t middle = codes.low + 128;
      for (const float from_scale : {1e-30f, 0.003f, 1.0f / 32, 0.05f, 0.1f, 1.0f, 3.0f, 1e30f}) {
        for (const float to_scale : {1.0f / 128, 1.0f / 256, 0.02f, 1.0f, 3e-31f, 1e30f}) {
          check_table(function, codes, from_scale, middle, to_scale, middle, &meant);
          check_table(function, codes, from_scale, codes.low, to_scale, codes.high, &meant);
        }
      }
      check_table(function, codes, largest, codes.low, denormal, codes.high, &meant);
      check_table(function, codes, denormal, codes.high, largest, codes.low, &meant);
      check_table(function, codes, denormal, codes.low, 3 * denormal, codes.low, &meant);
      check_table(function, codes, largest, codes.high, largest, codes.high, &meant);
    }
  }
  INFO(ambiguous << " ambiguous entries of " << tables * 256 << " of random tables, " << meant << " of the others");
  CHECK(ambiguous <= 5);
  CHECK(meant <= 1000);
}

TEST_CASE("parameters: a table's halves round away from zero, before the zero point is added") {
  for (const std::int32_t n : {0, 1, 2, 3, 60}) {
    CHECK(entry_of(OTTAVA_FUNCTION_RELU, OTTAVA_TYPE_S8, 0.5f, 1.0f, 2 * n + 1) == n + 1);
    CHECK(entry_of(OTTAVA_FUNCTION_HARD_SWISH, OTTAVA_TYPE_S8, 0.5f, 1.0f, 2 * (n + 3) + 1) == n + 4);
  }
  CHECK(entry_of(OTTAVA_FUNCTION_SIGMOID, OTTAVA_TYPE_U8, 1.0f, 1.0f, 0) == 1);
  // hard_swish(-1.5) is -3/8: over 1/4 it is -1.5, and -2 away from zero; with the zero point 3 it is 1, not 2.
  CHECK(entry_of(OTTAVA_FUNCTION_HARD_SWISH, OTTAVA_TYPE_S8, 1.5f, 0.25f, -1) == static_cast<std::uint8_t>(-2));
  std::uint8_t table[256];
  REQUIRE(ottava_make_table(OTTAVA_FUNCTION_HARD_SWISH, OTTAVA_TYPE_S8, 1.5f, 0, 0.25f, 3, table, nullptr) ==
          OTTAVA_OK);
  CHECK(table[255] == 1);
}

TEST_CASE("parameters: make_table refuses what it cannot tabulate") {
  std::uint8_t table[256];
  std::memset(table, 0x33, sizeof table);
  const auto refused = [&table](const Refusal& expected, std::uint32_t function, std::uint32_t type, float from_scale,
                                std::int32_t from_zero_point, float to_scale, std::int32_t to_zero_point) {
    ottava_error error = unfilled_error();
    check_refusal(
        expected,
        ottava_make_table(function, type, from_scale, from_zero_point, to_scale, to_zero_point, table, &error), error);
    CHECK(std::count(std::begin(table), std::end(table), 0x33) == 256);
  };
  const std::uint32_t s8 = OTTAVA_TYPE_S8;
  const std::uint32_t u8 = OTTAVA_TYPE_U8;
  refused({OTTAVA_BAD_OPTION, "function", {"is 8; offered: OTTAVA_FUNCTION_TANH (0)", "_LEAKY_RELU (7)"}}, 8, s8, 1, 0,
          1, 0);
  refused({OTTAVA_BAD_OPTION, "function", {"4294967295"}}, UINT32_MAX, s8, 1, 0, 1, 0);
  for (const std::uint32_t type : {0u, OTTAVA_TYPE_S16, OTTAVA_TYPE_S32, OTTAVA_TYPE_F32, 6u}) {
    refused({OTTAVA_BAD_TYPE, "type", {"; offered: OTTAVA_TYPE_S8 (1), OTTAVA_TYPE_U8 (2)"}}, 0, type, 1, 0, 1, 0);
  }
  struct BadScale {
    float scale;
    const char* words;
  };
  for (const BadScale& bad :
       {BadScale{kNan, "NaN"}, {kInfinity, "infinite"}, {-kInfinity, "infinite"}, {0, "zero"}, {-1, "negative"}}) {
    refused({OTTAVA_BAD_SCALE, "from_scale", {bad.words}}, 0, s8, bad.scale, 0, 1, 0);
    refused({OTTAVA_BAD_SCALE, "to_scale", {bad.words}}, 0, s8, 1, 0, bad.scale, 0);
  }
  refused({OTTAVA_BAD_ZERO_POINT, "from_zero_point", {"128", "127"}}, 0, s8, 1, 128, 1, 0);
  refused({OTTAVA_BAD_ZERO_POINT, "from_zero_point", {"-129", "-128"}}, 0, s8, 1, -129, 1, 0);
  refused({OTTAVA_BAD_ZERO_POINT, "to_zero_point", {"256", "255"}}, 0, u8, 1, 0, 1, 256);
  refused({OTTAVA_BAD_ZERO_POINT, "to_zero_point", {"-1"}}, 0, u8, 1, 0, 1, -1);
  ottava_error error = unfilled_error();
  check_refusal({OTTAVA_NULL_POINTER, "table", {}}, ottava_make_table(0, s8, 1, 0, 1, 0, nullptr, &error), error);
}
