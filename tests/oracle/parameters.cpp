#include "oracle/parameters.h"

#include <algorithm>
#include <cfloat>
#include <cmath>

namespace oracle {

namespace {

constexpr long double kRootOfHalf = 0.7071067811865475244008443621048490393L;
constexpr long double kRootOfTwoByPi = 0.7978845608028653558798921198687637370L;

long double argument_of_gelu_tanh(long double x) { return kRootOfTwoByPi * (x + 0.044715L * x * x * x); }

}  // namespace

long double normal_distribution(long double x) { return 0.5L * std::erfc(-x * kRootOfHalf); }

long double value_of(Function function, long double x) {
  switch (function) {
    case Function::tanh: return std::tanh(x);
    case Function::sigmoid: return 1.0L / (1.0L + std::exp(-x));
    case Function::gelu: return x * normal_distribution(x);
    case Function::gelu_tanh: {
      // Where 1 + tanh cancels: 1 + tanh(u) = 2 / (1 + exp(-2 u)).
      return x / (1.0L + std::exp(-2.0L * argument_of_gelu_tanh(x)));
    }
    case Function::hard_swish: return x * std::min(std::max(x + 3.0L, 0.0L), 6.0L) / 6.0L;
    case Function::silu: return x / (1.0L + std::exp(-x));
    case Function::relu: return std::max(x, 0.0L);
    case Function::leaky_relu: return x < 0.0L ? 0.01L * x : x;
  }
  return 0.0L;
}

Chosen choose_asymmetric(std::int64_t lowest_code, std::int64_t highest_code, float smallest, float largest) {
  const double a = std::min(0.0, static_cast<double>(smallest));
  const double b = std::max(0.0, static_cast<double>(largest));
  if (a == b) return {1.0f, 0};
  const double q0 = static_cast<double>(lowest_code);
  const double q1 = static_cast<double>(highest_code);
  const double d = (b - a) / (q1 - q0);
  double zero_point = q1 - b / d;
  if (std::fabs(q0) + std::fabs(a / d) < std::fabs(q1) + std::fabs(b / d)) zero_point = q0 - a / d;
  return {static_cast<float>(d), std::llround(std::min(std::max(zero_point, q0), q1))};
}

Entry table_entry(Function function, std::int64_t lowest_code, std::int64_t highest_code, float from_scale,
                  std::int64_t from_zero_point, float to_scale, std::int64_t to_zero_point, std::int64_t q) {
  const long double x = static_cast<long double>(from_scale) * static_cast<long double>(q - from_zero_point);
  const long double quotient = value_of(function, x) / static_cast<long double>(to_scale);
  const auto saturated = [&](long double rounded) {
    const long double bounded = std::min(std::max(rounded, -1000.0L), 1000.0L);
    return std::min(std::max(static_cast<std::int64_t>(bounded) + to_zero_point, lowest_code), highest_code);
  };
  if (function == Function::relu || (function == Function::leaky_relu && x >= 0.0L)) {
    // Exactly, in products that a double holds: is x at least n + 1/2 steps of to_scale?
    if (quotient > 600.0L) return {highest_code, highest_code};
    const double n = std::floor(static_cast<double>(quotient));
    const double twice = 2.0 * static_cast<double>(std::max(x, 0.0L));
    const bool next = twice >= (2.0 * n + 1.0) * static_cast<double>(to_scale);
    const std::int64_t entry = saturated(next ? n + 1.0 : n);
    return {entry, entry};
  }
  // The errors of what is tested and, where long double is no more than double, of this oracle: of the argument of an
  // exponential, whose rounding counts as often as it is large. Far out the functions are straight lines.
  long double relative = 8 * LDBL_EPSILON;
  if (function == Function::gelu && std::fabs(x) < 40.0L) relative += x * x * LDBL_EPSILON;
  const long double u = argument_of_gelu_tanh(x);
  if (function == Function::gelu_tanh && std::fabs(u) < 400.0L) relative += std::fabs(u) * 0x1p-49L;
  const long double tie = 1e-12L + relative * std::min(std::fabs(quotient), 1000.0L);
  // round() is half away from zero; the quotient is first moved by the width of a tie to either side.
  return {saturated(std::round(quotient - tie)), saturated(std::round(quotient + tie))};
}

}  // namespace oracle
