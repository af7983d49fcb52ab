/* Accumulators to stored integers in fixed point, written from the formula in requantization.h.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef DIGITS_FIXED_POINT_H_
#define DIGITS_FIXED_POINT_H_

#include <stdint.h>

/* A real factor as multiplier * 2^(exponent - 31). */
typedef struct Factor {
  int32_t multiplier;
  int32_t exponent;
} Factor;

static inline Factor factor_of(double real) {
  Factor factor = {0, 0};
  for (; real >= 1.0; ++factor.exponent) real *= 0.5;
  for (; real < 0.5; --factor.exponent) real *= 2.0;
  int64_t multiplier = (int64_t)(real * 2147483648.0 + 0.5);
  if (multiplier == INT64_C(1) << 31) {
    multiplier >>= 1;
    ++factor.exponent;
  }
  factor.multiplier = (int32_t)multiplier;
  if (factor.exponent < -31) {
    factor.multiplier = 0;
    factor.exponent = 0;
  } else if (factor.exponent > 30) {
    factor.multiplier = INT32_MAX;
    factor.exponent = 30;
  }
  return factor;
}

/* OTTAVA_REQUANTIZE_FIXED_TWO_ROUNDINGS. Every compiler that builds ottava shifts negative numbers
 * arithmetically. */
static inline int32_t requantize(int32_t value, Factor factor) {
  const int left = factor.exponent > 0 ? factor.exponent : 0;
  const int right = factor.exponent < 0 ? -factor.exponent : 0;
  const int64_t shifted = (int32_t)((uint32_t)value << left);
  const int64_t high = (shifted * factor.multiplier + (INT64_C(1) << 30)) >> 31;
  const int64_t half = right > 0 ? INT64_C(1) << (right - 1) : 0;
  return (int32_t)(high >= 0 ? (high + half) >> right : -((-high + half) >> right));
}

#endif /* DIGITS_FIXED_POINT_H_ */
