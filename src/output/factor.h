// The factor of each channel as its requantization wants it, from real scales or from integer parameters.
#ifndef OTTAVA_SRC_OUTPUT_FACTOR_H_
#define OTTAVA_SRC_OUTPUT_FACTOR_H_

#include "output/arithmetic.h"
#include "output/output.h"

namespace ottava {

// The effective scale, that of the accumulators over that of the output: in double for fixed point, as TFLite forms
// it, in float32 for the float requantization, as ONNX Runtime and XNNPACK form it. The scale of the accumulators is a
// product of two floats, which a double holds exactly; or that product rounded to float32, where parameters ask for it.
inline double effective_scale_f64(const Output& output, double accumulator_scale) {
  return accumulator_scale / static_cast<double>(output.scale);
}
inline float effective_scale_f32(const Output& output, double accumulator_scale) {
  return static_cast<float>(accumulator_scale) / output.scale;
}

// For a fixed-point or multiply-and-shift requantization whose parameters are valid.
FixedPoint factor_of_channel(const Output& output, const OutputArrays& arrays, double accumulator_scale,
                             size_t channel);

// The same for an effective real scale.
FixedPoint factor_of_scale(Requantization way, double scale);

}  // namespace ottava

#endif  // OTTAVA_SRC_OUTPUT_FACTOR_H_
