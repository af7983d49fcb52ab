#include "output/fixed_tanh.h"

namespace ottava {

FixedTanh prepare_tanh(int32_t zero, int32_t amplitude) {
  const int32_t reach = wrap_multiply(amplitude, 8);
  // Of an amplitude of 1 the inverse is no fraction: the largest one stands in.
  const FixedPoint one = {INT32_MAX, 0};
  const FixedPoint inverse = amplitude == 1 ? one : fixed_point(1.0 / amplitude);
  const FixedPoint half = fixed_point(0.5 * amplitude);  // all amplitudes have an exponent so, halved
  FixedTanh prepared;
  prepared.zero = zero;
  prepared.lowest_argument = wrap_add(zero, wrap_multiply(reach, -1));
  prepared.highest_argument = wrap_add(zero, reach);
  prepared.lowest_result = wrap_add(zero, wrap_multiply(amplitude, -1));
  prepared.highest_result = wrap_add(zero, amplitude);
  prepared.inverse = inverse.multiplier;
  prepared.left_shift = 28 + inverse.exponent;
  prepared.significand = half.multiplier;
  prepared.right_shift = 30 - half.exponent;
  return prepared;
}

}  // namespace ottava
