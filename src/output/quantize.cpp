// The rules of quantization: from a scale, or the extremes of a row, to what each element of the row goes through.
#include "output/quantize.h"

#include "output/dynamic_quantization.h"

namespace ottava {

RowQuantization static_quantization(Quantization rule, float scale, int32_t zero_point, bool is_unsigned) {
  const int32_t low = is_unsigned ? 0 : -128;
  const int32_t high = is_unsigned ? 255 : 127;
  if (rule == Quantization::divide) return {QuantizeStep::divide_even, scale, zero_point, low, high, scale};
  return {QuantizeStep::multiply_even, 1.0f / scale, zero_point, low, high, scale};
}

RowQuantization dynamic_quantization(Quantization rule, Extremes extremes) {
  const Range range = range_with_zero(extremes.smallest, extremes.largest);
  switch (rule) {
    case Quantization::tflite_symmetric: return tflite_symmetric(range);
    case Quantization::tflite_asymmetric: return tflite_asymmetric(range);
    case Quantization::xnnpack: return xnnpack<QuantizeStep::multiply_even>(range);
    case Quantization::kleidiai: return xnnpack<QuantizeStep::multiply_away>(range);
    default: return onnx_dynamic(range);
  }
}

}  // namespace ottava
