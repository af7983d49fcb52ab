// The rules of dynamic quantization: from the extremes of a row to what each element of the row goes through.
// Operations are in float32 unless a double is named, each rounded by itself.
//
// In an anonymous namespace: files with different ISA flags share no code, and several rows go through vectors of each.
#ifndef OTTAVA_SRC_OUTPUT_DYNAMIC_QUANTIZATION_H_
#define OTTAVA_SRC_OUTPUT_DYNAMIC_QUANTIZATION_H_

#include "output/arithmetic.h"
#include "output/quantize.h"

namespace ottava {
namespace {

constexpr float kMostMagnitude = 0x1p126f;  // so that differences are finite
constexpr float kLeastRange = 0x1p-110f;    // so that 255 divided by it is

// The range of a row with 0 in it. The extremes are ordered and neither is NaN.
struct Range {
  float a;  // -2^126 to 0
  float b;  // 0 to 2^126
};

// A choice without a branch: signs are as random as data are, and several rows go through one vector, as long as
// nothing here is called.
OTTAVA_INLINE float choose(bool first, float a, float b) {
  const uint32_t mask = 0 - static_cast<uint32_t>(first);
  uint32_t of_a, of_b;
  __builtin_memcpy(&of_a, &a, sizeof a);
  __builtin_memcpy(&of_b, &b, sizeof b);
  const uint32_t bits = (of_a & mask) | (of_b & ~mask);
  float chosen;
  __builtin_memcpy(&chosen, &bits, sizeof bits);
  return chosen;
}
OTTAVA_INLINE float smaller_of(float a, float b) { return choose(a < b, a, b); }
OTTAVA_INLINE float larger_of(float a, float b) { return choose(a > b, a, b); }

OTTAVA_INLINE Range range_with_zero(float smallest, float largest) {
  return {larger_of(-kMostMagnitude, smaller_of(smallest, 0.0f)), smaller_of(kMostMagnitude, larger_of(largest, 0.0f))};
}

// RNE and HA of a value clamped to [low, high], at most +-2^22. The bounds are integers, so clamping first gives what
// clamping the rounded value would.
OTTAVA_INLINE int32_t nearest_even_within(float value, float low, float high) {
  return round_half_even(smaller_of(high, larger_of(low, value)));
}
inline int32_t nearest_away_within(double value, double low, double high) {
  const double bounded = value < low ? low : value > high ? high : value;
  const int32_t whole = static_cast<int32_t>(bounded);
  const double rest = bounded - static_cast<double>(whole);  // exact
  return rest >= 0.5 ? whole + 1 : rest <= -0.5 ? whole - 1 : whole;
}

// With no range the factor 1 leaves every element far below 1/2: that of a range as wide as the values.
OTTAVA_INLINE float range_or(float width, float values) { return choose(width < kLeastRange, values, width); }

OTTAVA_INLINE RowQuantization tflite_symmetric(Range range) {
  const float c = range_or(larger_of(-range.a, range.b), 127.0f);
  return {QuantizeStep::multiply_away, 127.0f / c, 0, -127, 127, c / 127.0f};
}

inline RowQuantization tflite_asymmetric(Range range) {
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

template <QuantizeStep kStep>
OTTAVA_INLINE RowQuantization xnnpack(Range range) {
  const float factor = 255.0f / range_or(range.b - range.a, 255.0f);
  const float a = range.a * factor;
  const float b = range.b * factor;
  const float zero_point = choose((-128.0f + a) + (127.0f + b) > 0.0f, -128.0f - a, 127.0f - b);
  return {kStep, factor, nearest_even_within(zero_point, -128.0f, 127.0f), -128, 127, 1.0f / factor};
}

OTTAVA_INLINE RowQuantization onnx_dynamic(Range range) {
  const float scale = range_or(range.b - range.a, 255.0f) / 255.0f;
  return {QuantizeStep::divide_even, scale, nearest_even_within(-range.a / scale, 0.0f, 255.0f), 0, 255, scale};
}

template <RowQuantization (*kRule)(Range)>
bool form_each(RowQuantizations* rows) {
  const RowQuantization any = kRule({0.0f, 0.0f});
  rows->step = any.step;
  rows->low = any.low;
  rows->high = any.high;
  for (size_t i = 0; i < kRowsAtOnce; ++i) {
    const RowQuantization row = kRule(range_with_zero(rows->smallest[i], rows->largest[i]));
    rows->factor[i] = row.factor;
    rows->zero_point[i] = row.zero_point;
    rows->scale[i] = row.scale;
  }
  uint32_t beyond = 0;
  for (size_t i = 0; i < kRowsAtOnce; ++i) {
    beyond |= static_cast<uint32_t>(rows->smallest[i] < -kMostMagnitude) |
              static_cast<uint32_t>(rows->largest[i] > kMostMagnitude);
  }
  return beyond == 0;
}

// Returns whether no extreme lies beyond what ranges are bounded to.
inline bool form_dynamic_quantizations(Quantization rule, RowQuantizations* rows) {
  switch (rule) {
    case Quantization::tflite_symmetric: return form_each<tflite_symmetric>(rows);
    case Quantization::tflite_asymmetric: return form_each<tflite_asymmetric>(rows);
    case Quantization::xnnpack: return form_each<xnnpack<QuantizeStep::multiply_even>>(rows);
    case Quantization::kleidiai: return form_each<xnnpack<QuantizeStep::multiply_away>>(rows);
    default: return form_each<onnx_dynamic>(rows);
  }
}

}  // namespace
}  // namespace ottava

#endif  // OTTAVA_SRC_OUTPUT_DYNAMIC_QUANTIZATION_H_
