// The independent oracle of float to 8 bits and back: every rule from its formula, in plain loops, with the roundings
// of <cmath> and float32 results forced by volatile objects. It shares no code, no header and no layout with src/.
#ifndef OTTAVA_TESTS_ORACLE_QUANTIZE_H_
#define OTTAVA_TESTS_ORACLE_QUANTIZE_H_

#include <cstdint>
#include <vector>

namespace oracle {

enum class QuantizeRule {
  divide,
  multiply,
  tflite_symmetric,
  tflite_asymmetric,
  xnnpack,
  kleidiai,
  onnx_dynamic,
};

struct FloatRange {
  float smallest = 0;
  float largest = 0;
};
FloatRange range_of(const std::vector<float>& row);

struct QuantizedRow {
  float scale = 1;
  int zero_point = 0;
  std::vector<int> values;
};
// Static rules, `low` and `high` being the ends of the type.
QuantizedRow quantize_static(QuantizeRule rule, float scale, int zero_point, int low, int high,
                             const std::vector<float>& row);
QuantizedRow quantize_dynamic(QuantizeRule rule, const std::vector<float>& row);

float dequantize(std::int64_t q, std::int64_t zero_point, float scale);

}  // namespace oracle

#endif  // OTTAVA_TESTS_ORACLE_QUANTIZE_H_
