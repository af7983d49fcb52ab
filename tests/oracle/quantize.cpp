#include "oracle/quantize.h"

#include <algorithm>
#include <cmath>

namespace oracle {

namespace {

// One float32 operation each, rounded by being stored.
float sum(float a, float b) {
  volatile float result = a + b;
  return result;
}
float difference(float a, float b) {
  volatile float result = a - b;
  return result;
}
float product(float a, float b) {
  volatile float result = a * b;
  return result;
}
float quotient(float a, float b) {
  volatile float result = a / b;
  return result;
}

// Rounded values stay floats: infinities pass through.
double half_to_even(double value) { return std::nearbyint(value); }
double half_away(double value) { return std::round(value); }

int saturated(double value, int low, int high) {
  return static_cast<int>(std::min(std::max(value, static_cast<double>(low)), static_cast<double>(high)));
}

// The smallest and largest with 0 among them, infinities as +-2^126.
FloatRange limited_range_with_zero(const std::vector<float>& row) {
  const float limit = std::ldexp(1.0f, 126);
  FloatRange range;
  for (const float x : row) {
    if (std::isnan(x)) continue;
    const float value = std::copysign(std::min(std::fabs(x), limit), x);
    range.smallest = std::min(range.smallest, value);
    range.largest = std::max(range.largest, value);
  }
  return range;
}

bool is_no_range(float width) { return width < std::ldexp(1.0f, -110); }

}  // namespace

FloatRange range_of(const std::vector<float>& row) {
  std::vector<float> values;
  for (const float x : row) {
    if (!std::isnan(x)) values.push_back(x == 0 ? 0.0f : x);
  }
  if (values.empty()) return {};
  std::sort(values.begin(), values.end());
  return {values.front(), values.back()};
}

QuantizedRow quantize_static(QuantizeRule rule, float scale, int zero_point, int low, int high,
                             const std::vector<float>& row) {
  QuantizedRow result;
  result.scale = scale;
  result.zero_point = zero_point;
  for (const float x : row) {
    if (std::isnan(x)) {
      result.values.push_back(zero_point);
    } else {
      const float scaled = rule == QuantizeRule::divide ? quotient(x, scale) : product(x, quotient(1, scale));
      result.values.push_back(saturated(half_to_even(static_cast<double>(scaled)) + zero_point, low, high));
    }
  }
  return result;
}

QuantizedRow quantize_dynamic(QuantizeRule rule, const std::vector<float>& row) {
  const FloatRange range = limited_range_with_zero(row);
  const float a = range.smallest, b = range.largest;
  QuantizedRow result;
  if (rule == QuantizeRule::tflite_symmetric) {
    const float c = std::max(std::fabs(a), std::fabs(b));
    const bool none = is_no_range(c);
    result.scale = none ? 1 : quotient(c, 127);
    for (const float x : row) {
      const float scaled = none || std::isnan(x) ? 0 : product(x, quotient(127, c));
      result.values.push_back(saturated(half_away(static_cast<double>(scaled)), -127, 127));
    }
    return result;
  }
  const bool none = is_no_range(difference(b, a));
  if (rule == QuantizeRule::tflite_asymmetric) {
    if (!none) {
      const double d = (static_cast<double>(b) - static_cast<double>(a)) / 255;
      const double a_over_d = static_cast<double>(a) / d, b_over_d = static_cast<double>(b) / d;
      const bool from_smallest = std::fabs(-128.0) + std::fabs(a_over_d) < std::fabs(127.0) + std::fabs(b_over_d);
      const double zero_point = from_smallest ? -128 - a_over_d : 127 - b_over_d;
      result.zero_point = saturated(half_away(zero_point), -128, 127);
      result.scale = static_cast<float>(d);
    }
    for (const float x : row) {
      const float scaled = none || std::isnan(x) ? 0 : product(x, quotient(1, result.scale));
      const float moved = sum(static_cast<float>(result.zero_point), scaled);
      result.values.push_back(saturated(half_away(static_cast<double>(moved)), -128, 127));
    }
    return result;
  }
  if (rule == QuantizeRule::onnx_dynamic) {
    result.scale = none ? 1 : quotient(difference(b, a), 255);
    result.zero_point = saturated(half_to_even(static_cast<double>(quotient(-a, result.scale))), 0, 255);
    for (const float x : row) {
      const double rounded = std::isnan(x) ? 0 : half_to_even(static_cast<double>(quotient(x, result.scale)));
      result.values.push_back(saturated(rounded + result.zero_point, 0, 255));
    }
    return result;
  }
  const float factor = none ? 1 : quotient(255, difference(b, a));
  const float low_end = product(a, factor), high_end = product(b, factor);
  const bool from_smallest = sum(sum(-128, low_end), sum(127, high_end)) > 0;
  const float zero_point = from_smallest ? difference(-128, low_end) : difference(127, high_end);
  result.zero_point = saturated(half_to_even(static_cast<double>(zero_point)), -128, 127);
  result.scale = quotient(1, factor);
  for (const float x : row) {
    const double scaled = std::isnan(x) ? 0 : static_cast<double>(product(x, factor));
    const double rounded = rule == QuantizeRule::xnnpack ? half_to_even(scaled) : half_away(scaled);
    result.values.push_back(saturated(rounded + result.zero_point, -128, 127));
  }
  return result;
}

float dequantize(std::int64_t q, std::int64_t zero_point, float scale) {
  volatile float whole = static_cast<float>(q - zero_point);
  return product(whole, scale);
}

}  // namespace oracle
