// Parameters of quantization from real numbers: multipliers, scales and zero points, tables. Pure functions.
#ifndef OTTAVA_SRC_OUTPUT_PARAMETERS_H_
#define OTTAVA_SRC_OUTPUT_PARAMETERS_H_

#include "output/arithmetic.h"
#include "output/functions.h"

namespace ottava {

// A factor in fixed point, and a bound on how far it is from the scale it was formed of, relative to that.
struct FormedMultiplier {
  FixedPoint factor;
  double relative_error;
};

// As TFLite forms it: fixed_point(). scale is finite and not negative.
FormedMultiplier form_tflite_multiplier(double scale);

// The same by TFLite's default build, which does not saturate. False if the exponent would pass 31.
bool form_tflite_default_multiplier(double scale, FormedMultiplier* formed);

// As QNNPACK forms it: the significand of the float32 nearest to `scale`, shifted left by 7. False if that float32 is
// not in [2^-32, 1), or `scale` is NaN.
bool form_qnnpack_multiplier(double scale, FormedMultiplier* formed);

// The codes [low, high] of a type.
struct CodeRange {
  int32_t low;
  int32_t high;
};

struct ScaleAndZeroPoint {
  float scale;  // 0 where the range is too narrow for a float32
  int32_t zero_point;
};

// For values in [smallest, largest], both finite; the rules are those of ottava_choose_parameters.
ScaleAndZeroPoint choose_asymmetric(CodeRange codes, float smallest, float largest);
ScaleAndZeroPoint choose_symmetric(int32_t largest_code, int32_t zero_point, float smallest, float largest);

// Entry (uint8_t)q of the table, for all q of `codes`, which are 256 codes of 8 bits. Scales are finite and above 0.
void fill_table(Function function, CodeRange codes, ScaleAndZeroPoint from, ScaleAndZeroPoint to, uint8_t* table);

}  // namespace ottava

#endif  // OTTAVA_SRC_OUTPUT_PARAMETERS_H_
