// Quantizing, dequantizing and measuring in portable C++, one element at a time: the reference that every vector
// version equals bit for bit. Elements are loaded and stored as bytes: strides and alignments are the caller's.
#include "base/memory.h"
#include "output/arithmetic.h"
#include "output/quantize.h"

namespace ottava {
namespace {

OTTAVA_INLINE float float_at(const uint8_t* from) {
  float x;
  copy_bytes(&x, from, sizeof x);
  return x;
}

// Half away from zero, |value| <= 2^22. The float below 1/2 is added, not 1/2 itself, which would carry the float below
// 1/2 up to 1; the sum for n + 1/2 is a tie or nearer to n + 1, so the addition rounds it up to that.
OTTAVA_INLINE int32_t round_half_away(float value) {
  const float below_half = 0x1.fffffep-2f;
  return static_cast<int32_t>(value + (value < 0.0f ? -below_half : below_half));
}

template <QuantizeStep kStep>
OTTAVA_INLINE uint8_t quantized(float element, const RowQuantization& row) {
  constexpr bool kAddsFirst = kStep == QuantizeStep::add_multiply_away;
  const float x = element == element ? element : 0.0f;
  float value = kStep == QuantizeStep::divide_even ? x / row.factor : x * row.factor;
  if (kAddsFirst) value = static_cast<float>(row.zero_point) + value;
  // Both bounds are integers: clamped before rounding, even an infinity is harmless and the result is the same.
  const int32_t added_later = kAddsFirst ? 0 : row.zero_point;
  const float low = static_cast<float>(row.low - added_later);
  const float high = static_cast<float>(row.high - added_later);
  const float bounded = value < low ? low : value > high ? high : value;
  constexpr bool kEven = kStep == QuantizeStep::divide_even || kStep == QuantizeStep::multiply_even;
  return static_cast<uint8_t>((kEven ? round_half_even(bounded) : round_half_away(bounded)) + added_later);
}

template <QuantizeStep kStep>
void quantize_row(const QuantizeArgs& args) {
  const RowQuantization row = args.row;  // a store of bytes may alias the arguments
  const uint8_t* from = static_cast<const uint8_t*>(args.from);
  const ptrdiff_t stride = args.stride;
  const size_t count = args.count;
  uint8_t* to = args.to;
  for (size_t i = 0; i < count; ++i) {
    to[i] = quantized<kStep>(float_at(from + static_cast<ptrdiff_t>(i) * stride), row);
  }
}

void quantize(const QuantizeArgs* args) {
  switch (args->row.step) {
    case QuantizeStep::divide_even: return quantize_row<QuantizeStep::divide_even>(*args);
    case QuantizeStep::multiply_even: return quantize_row<QuantizeStep::multiply_even>(*args);
    case QuantizeStep::multiply_away: return quantize_row<QuantizeStep::multiply_away>(*args);
    case QuantizeStep::add_multiply_away: return quantize_row<QuantizeStep::add_multiply_away>(*args);
  }
}

// Comparisons with NaN are false, so NaN never takes a place.
Extremes extremes(const void* from, ptrdiff_t stride, size_t count) {
  const uint8_t* bytes = static_cast<const uint8_t*>(from);
  Extremes found = {__builtin_inff(), -__builtin_inff()};
  for (size_t i = 0; i < count; ++i) {
    const float x = float_at(bytes + static_cast<ptrdiff_t>(i) * stride);
    if (x < found.smallest) found.smallest = x;
    if (x > found.largest) found.largest = x;
  }
  if (found.smallest > found.largest) return {0.0f, 0.0f};
  return {found.smallest + 0.0f, found.largest + 0.0f};  // -0.0 + 0.0 is 0.0
}

void quantize_rows(const QuantizeRowsArgs* arguments) {
  const QuantizeRowsArgs args = *arguments;
  const uint8_t* from = static_cast<const uint8_t*>(args.from);
  uint8_t* to = args.to;
  for (size_t i = 0; i < args.rows; ++i, from += args.row_stride, to += args.to_stride) {
    const RowQuantization row = dynamic_quantization(args.rule, extremes(from, args.stride, args.count));
    const QuantizeArgs one = {from, args.stride, args.count, to, row};
    quantize(&one);
    args.scales[i] = row.scale;
    if (args.zero_points != nullptr) args.zero_points[i] = row.zero_point;
  }
}

template <class Element>
void dequantize(const DequantizeArgs* arguments) {
  const DequantizeArgs args = *arguments;
  const uint8_t* from = static_cast<const uint8_t*>(args.from);
  uint8_t* to = static_cast<uint8_t*>(args.to);
  for (size_t i = 0; i < args.count; ++i) {
    Element q;
    copy_bytes(&q, from + i * sizeof q, sizeof q);
    const float x = static_cast<float>(wrap_add(q, -args.zero_point)) * args.scale;
    copy_bytes(to + i * sizeof x, &x, sizeof x);
  }
}

}  // namespace

const QuantizeTable portable_quantize = {
    extremes,
    quantize,
    quantize_rows,
    dequantize<int8_t>,
    dequantize<uint8_t>,
    dequantize<int16_t>,
    dequantize<int32_t>,
};

}  // namespace ottava
