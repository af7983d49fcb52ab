#include "output/arithmetic.h"

namespace ottava {

FixedPoint unsaturated_fixed_point(double factor) {
  uint64_t bits;
  __builtin_memcpy(&bits, &factor, sizeof bits);
  const uint64_t fraction_mask = (uint64_t{1} << 52) - 1;
  const int32_t biased_exponent = static_cast<int32_t>(bits >> 52 & 0x7ff);
  if (biased_exponent == 0) return {0, 0};  // zero, or a denormal far below 2^-32

  // factor = significand * 2^(exponent - 53) with significand in [2^52, 2^53), so that
  // factor / 2^exponent lies in [1/2, 1).
  const uint64_t significand = (bits & fraction_mask) | (uint64_t{1} << 52);
  int32_t exponent = biased_exponent - 1022;
  uint64_t multiplier = (significand + (uint64_t{1} << 21)) >> 22;  // 31 bits; half away, as factor >= 0
  if (multiplier == uint64_t{1} << 31) {
    multiplier >>= 1;
    ++exponent;
  }
  if (exponent < -31) return {0, 0};
  return {static_cast<int32_t>(multiplier), exponent};
}

FixedPoint fixed_point(double factor) {
  const FixedPoint formed = unsaturated_fixed_point(factor);
  return formed.exponent > 30 ? FixedPoint{INT32_MAX, 30} : formed;
}

FixedPoint normalized(FixedPoint factor) {
  if (factor.multiplier == 0) return {0, 0};
  while (factor.multiplier < 1 << 30) {
    factor.multiplier *= 2;
    --factor.exponent;
  }
  // Below 2^-32 every int32 rounds to 0.
  return factor.exponent < -31 ? FixedPoint{0, 0} : factor;
}

FixedPoint with_16_bit_multiplier(FixedPoint factor) {
  const int32_t reduced = factor.multiplier < 0x7FFF0000 ? (factor.multiplier + (1 << 15)) >> 16 : 0x7FFF;
  return {reduced * (1 << 16), factor.exponent};
}

}  // namespace ottava
