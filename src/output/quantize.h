// Floats to 8-bit values and back: the rules, and the functions of one instruction set. Plain data and function types
// alone, shared by files with different ISA flags; they use the declared functions of this header as pointers.
//
// Two steps. A rule turns a scale, or the extremes of a row, into a RowQuantization (output/quantize.cpp,
// dynamic_quantization.h). That says how each element of the row becomes a value: output/portable_quantize.cpp is the
// reference, output/vector_quantize.h the vector form that equals it bit for bit.
#ifndef OTTAVA_SRC_OUTPUT_QUANTIZE_H_
#define OTTAVA_SRC_OUTPUT_QUANTIZE_H_

#include "base/platform.h"

namespace ottava {

// Users of each rule and its formula: the public header, OTTAVA_QUANTIZE_...; the values are those.
enum class Quantization : uint32_t {
  none,
  divide,
  multiply,
  tflite_symmetric,
  tflite_asymmetric,
  xnnpack,
  kleidiai,
  onnx_dynamic,
};
constexpr int kQuantizationCount = 8;

constexpr bool is_static(Quantization q) { return q == Quantization::divide || q == Quantization::multiply; }
constexpr bool is_dynamic(Quantization q) { return q >= Quantization::tflite_symmetric; }
// The 8-bit type of a dynamic rule; a static one serves both.
constexpr bool makes_u8(Quantization q) { return q == Quantization::onnx_dynamic; }

// How an element x becomes a value q. RNE rounds half to even, HA half away from zero, sat saturates to
// [low, high]; NaN becomes zp.
enum class QuantizeStep : uint32_t {
  divide_even,        // q = sat(RNE(x / factor) + zp)
  multiply_even,      // q = sat(RNE(x * factor) + zp)
  multiply_away,      // q = sat(HA(x * factor) + zp)
  add_multiply_away,  // q = sat(HA(zp + x * factor))
};

struct RowQuantization {
  QuantizeStep step;
  float factor;        // finite, above 0
  int32_t zero_point;  // in [low, high]
  int32_t low;         // within [-128, 255], as high
  int32_t high;
  float scale;  // x is about scale * (q - zero_point)
};

// Of the elements of a row. NaN is left out, -0.0 taken as 0.0; both are 0 if nothing is left.
struct Extremes {
  float smallest;
  float largest;
};

// `scale` is finite and above 0, for `multiply` also its reciprocal is finite.
RowQuantization static_quantization(Quantization rule, float scale, int32_t zero_point, bool is_unsigned);
RowQuantization dynamic_quantization(Quantization rule, Extremes extremes);

// The same of several rows at once, whose divisions are done together.
constexpr size_t kRowsAtOnce = 8;
struct RowQuantizations {
  float smallest[kRowsAtOnce];  // in: the extremes of each, infinity and -infinity where nothing is left
  float largest[kRowsAtOnce];
  QuantizeStep step;
  int32_t low, high;
  float factor[kRowsAtOnce];
  int32_t zero_point[kRowsAtOnce];
  float scale[kRowsAtOnce];
};
struct QuantizeArgs {
  const void* from;  // floats, of any alignment
  ptrdiff_t stride;  // bytes from one element to the next
  size_t count;
  uint8_t* to;  // the low byte of each value, dense; apart from `from`, or equal to it if that is dense
  RowQuantization row;
};

// Rows under a dynamic rule, each with the parameters that its own extremes give it.
struct QuantizeRowsArgs {
  Quantization rule;
  const void* from;      // of the first row; floats, of any alignment
  ptrdiff_t row_stride;  // bytes from one row to the next
  ptrdiff_t stride;      // and from one element to the next
  size_t rows;
  size_t count;  // of a row
  uint8_t* to;   // of each row as above
  ptrdiff_t to_stride;
  float* scales;         // one for each row
  int32_t* zero_points;  // likewise; or null
};

// to = (float)(q - zero_point) * scale, floats, dense. Both sides have any alignment.
struct DequantizeArgs {
  const void* from;
  size_t count;
  void* to;
  int32_t zero_point;  // of s32: 0
  float scale;
};

// The functions of one instruction set. None of them reads or writes a byte beyond its elements.
struct QuantizeTable {
  Extremes (*extremes)(const void* from, ptrdiff_t stride, size_t count);
  void (*quantize)(const QuantizeArgs* args);
  void (*quantize_rows)(const QuantizeRowsArgs* args);  // one after the other
  void (*dequantize_s8)(const DequantizeArgs* args);
  void (*dequantize_u8)(const DequantizeArgs* args);
  void (*dequantize_s16)(const DequantizeArgs* args);
  void (*dequantize_s32)(const DequantizeArgs* args);
};

extern const QuantizeTable portable_quantize;

}  // namespace ottava

#endif  // OTTAVA_SRC_OUTPUT_QUANTIZE_H_
