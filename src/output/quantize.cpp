// The rules of quantization: from a scale, or the extremes of a row, to what each element of the row goes through.
// Operations are in float32 unless a double is named, each rounded by itself.
#include "output/quantize.h"

#include "output/arithmetic.h"

namespace ottava {
namespace {

constexpr float kMostMagnitude = 0x1p126f;  // so that differences are finite
constexpr float kLeastRange = 0x1p-110f;    // so that 255 divided by it is

// The range of a row with 0 in it. The extremes are ordered and neither is NaN.
struct Range {
  float a;  // -2^126 to 0
  float b;  // 0 to 2^126
};

Range range_with_zero(Extremes extremes) {
  Range range = {0.0f, 0.0f};
  if (extremes.smallest < 0.0f) range.a = extremes.smallest < -kMostMagnitude ? -kMostMagnitude : extremes.smallest;
  if (extremes.largest > 0.0f) range.b = extremes.largest > kMostMagnitude ? kMostMagnitude : extremes.largest;
  return range;
}

// RNE and HA of a value clamped to [low, high], at most +-2^22. The bounds are integers, so clamping first gives what
// clamping the rounded value would.
int32_t nearest_even_within(float value, float low, float high) {
  return round_half_even(value < low ? low : value > high ? high : value);
}
int32_t nearest_away_within(double value, double low, double high) {
  const double bounded = value < low ? low : value > high ? high : value;
  const int32_t whole = static_cast<int32_t>(bounded);
  const double rest = bounded - static_cast<double>(whole);  // exact
  return rest >= 0.5 ? whole + 1 : rest <= -0.5 ? whole - 1 : whole;
}

RowQuantization tflite_symmetric(Range range) {
  const float c = -range.a > range.b ? -range.a : range.b;
  // With no range the factor 1 leaves every element far below 1/2.
  if (c < kLeastRange) return {QuantizeStep::multiply_away, 1.0f, 0, -127, 127, 1.0f};
  return {QuantizeStep::multiply_away, 127.0f / c, 0, -127, 127, c / 127.0f};
}

RowQuantization tflite_asymmetric(Range range) {
  if (range.b - range.a < kLeastRange) return {QuantizeStep::add_multiply_away, 1.0f, 0, -128, 127, 1.0f};
  const double a = static_cast<double>(range.a);
  const double b = static_cast<double>(range.b);
  const double d = (b - a) / 255.0;
  const double below = a / d;  // 0 or less
  const double above = b / d;
  const double zero_point = 128.0 - below < 127.0 + above ? -128.0 - below : 127.0 - above;
  const float scale = static_cast<float>(d);
  return {
      QuantizeStep::add_multiply_away, 1.0f / scale, nearest_away_within(zero_point, -128.0, 127.0), -128, 127, scale};
}

RowQuantization xnnpack(Range range, QuantizeStep step) {
  const float width = range.b - range.a;
  const float factor = width < kLeastRange ? 1.0f : 255.0f / width;
  const float a = range.a * factor;
  const float b = range.b * factor;
  const float zero_point = (-128.0f + a) + (127.0f + b) > 0.0f ? -128.0f - a : 127.0f - b;
  return {step, factor, nearest_even_within(zero_point, -128.0f, 127.0f), -128, 127, 1.0f / factor};
}

RowQuantization onnx_dynamic(Range range) {
  const float width = range.b - range.a;
  const float scale = width < kLeastRange ? 1.0f : width / 255.0f;
  return {QuantizeStep::divide_even, scale, nearest_even_within(-range.a / scale, 0.0f, 255.0f), 0, 255, scale};
}

}  // namespace

RowQuantization static_quantization(Quantization rule, float scale, int32_t zero_point, bool is_unsigned) {
  const int32_t low = is_unsigned ? 0 : -128;
  const int32_t high = is_unsigned ? 255 : 127;
  if (rule == Quantization::divide) return {QuantizeStep::divide_even, scale, zero_point, low, high, scale};
  return {QuantizeStep::multiply_even, 1.0f / scale, zero_point, low, high, scale};
}

RowQuantization dynamic_quantization(Quantization rule, Extremes extremes) {
  const Range range = range_with_zero(extremes);
  switch (rule) {
    case Quantization::tflite_symmetric: return tflite_symmetric(range);
    case Quantization::tflite_asymmetric: return tflite_asymmetric(range);
    case Quantization::xnnpack: return xnnpack(range, QuantizeStep::multiply_even);
    case Quantization::kleidiai: return xnnpack(range, QuantizeStep::multiply_away);
    default: return onnx_dynamic(range);
  }
}

}  // namespace ottava
