// The hyperbolic tangent in 32-bit fixed point that gemmlowp's OutputStageTanh computes, bit for bit: one int32 stands
// for a real 0, another lies `amplitude` above it and stands for 1, for the argument as for the result. The reference
// that every vector version equals.
//
//   a = |x| / amplitude                                         Q3.28
//   e = exp(-2 a), from exp on a quarter and powers of it       Q0.31
//   t = (1 - e) / (1 + e), by Newton's division                 Q0.31
//
// From 8 amplitudes away on, the result is 1 or -1.
//
// gemmlowp has a scalar version, which this follows, and vector versions, which differ from it and so from this in one
// place: the left shift into Q3.28 saturates in the scalar version and wraps in the others. It overflows for one x
// alone, zero + 8 * amplitude - 1, where the amplitude is a power of two, or so large that its inverse is rounded up
// as far; there the vector versions turn 1 into -1.
//
// What is undefined in gemmlowp: sums that leave int32 wrap here (zero + 8 * amplitude and the like, x - zero), and the
// left shift by less than 0 that an amplitude above 2^29 asks for is a right shift.
#ifndef OTTAVA_SRC_OUTPUT_FIXED_TANH_H_
#define OTTAVA_SRC_OUTPUT_FIXED_TANH_H_

#include "output/arithmetic.h"

namespace ottava {

// All that depends on zero and amplitude alone.
struct FixedTanh {
  int32_t zero;
  int32_t lowest_argument;  // here and below: -1
  int32_t highest_argument;
  int32_t lowest_result;
  int32_t highest_result;
  // 1 / amplitude = inverse * 2^(-31 - (28 - left_shift)), inverse in [2^30, 2^31)
  int32_t inverse;
  int32_t left_shift;  // -2 to 28
  // amplitude = significand * 2^-right_shift, significand in [2^30, 2^31)
  int32_t significand;
  int32_t right_shift;  // 0 to 30
};

// amplitude is above 0.
FixedTanh prepare_tanh(int32_t zero, int32_t amplitude);

// Constants of the steps below.
constexpr int32_t kExpOfMinusEighth = 1895147668;  // Q0.31
constexpr int32_t kThird = 715827883;              // Q0.31
constexpr int kExpSteps = 6;
constexpr int32_t fixed_exp_step(int i) {  // exp(-2^(i - 2)), Q0.31
  constexpr int32_t steps[kExpSteps] = {1672461947, 1302514674, 790015084, 290630308, 39332535, 720401};
  return steps[i];
}
constexpr int32_t kReciprocalStart = 1515870810;  // 48 / 17, Q2.29
constexpr int32_t kReciprocalSlope = 1010580540;  // 32 / 17, Q2.29

// In every product of these functions but a square one factor is never negative.

// exp(x) for x in [-1/4, 0), Q0.31: the series to the fourth power around -1/8.
inline int32_t fixed_exp_of_quarter(int32_t x) {
  const int32_t d = x + (1 << 28);
  const int32_t d2 = doubling_high_multiply_rounded(d, d);
  const int32_t d3 = doubling_high_multiply_rounded(d, d2);
  const int32_t d4 = doubling_high_multiply_rounded(d2, d2);
  const int32_t high_powers = doubling_high_multiply_rounded(divide_half_away(d4, 2) + d3, kThird);
  const int32_t powers = d + divide_half_away(high_powers + d2, 1);
  return kExpOfMinusEighth + doubling_high_multiply_rounded(powers, kExpOfMinusEighth);
}

// exp(x) for x < 0 in Q4.27, as Q0.31: x is so many whole quarters and a rest in [-1/4, 0).
inline int32_t fixed_exp_of_negative(int32_t x) {
  const int32_t quarters = ~(x >> 25);  // 0 to 63
  const int32_t rest = (x & ((1 << 25) - 1)) - (1 << 25);
  int32_t result = fixed_exp_of_quarter(rest * (1 << 4));
  for (int i = 0; i < kExpSteps; ++i) {
    if ((quarters >> i & 1) != 0) result = doubling_high_multiply_rounded(result, fixed_exp_step(i));
  }
  return result;
}

// (1 - e) / (1 + e) for e in [0, 1), Q0.31. r nears 1 / d for d = (1 + e) / 2; the quotient is r - 1.
inline int32_t fixed_symmetric_quotient(int32_t e) {
  constexpr int32_t kOne = 1 << 29;  // Q2.29
  const int32_t d = static_cast<int32_t>((static_cast<int64_t>(e) + (int64_t{1} << 31)) >> 1);
  int32_t r = kReciprocalStart + doubling_high_multiply_rounded(-kReciprocalSlope, d);
  for (int i = 0; i < 3; ++i) {
    const int32_t lacking = kOne - doubling_high_multiply_rounded(r, d);
    r += saturating_shift_left(doubling_high_multiply_rounded(lacking, r), 2);
  }
  return saturating_shift_left(r - kOne, 2);
}

// tanh(x) for x in Q3.28, as Q0.31. Its bits, taken as Q4.27, are 2 x.
inline int32_t fixed_tanh_of_real(int32_t x) {
  if (x == 0) return 0;
  const int32_t magnitude = fixed_symmetric_quotient(fixed_exp_of_negative(x < 0 ? x : -x));
  return x < 0 ? -magnitude : magnitude;
}

inline int32_t fixed_tanh(int32_t x, const FixedTanh& p) {
  if (x <= p.lowest_argument) return p.lowest_result;
  if (x >= p.highest_argument) return p.highest_result;
  const int32_t centered = wrap_add(x, wrap_multiply(p.zero, -1));
  const int32_t scaled = doubling_high_multiply_rounded(centered, p.inverse);
  const int32_t argument = p.left_shift >= 0 ? saturating_shift_left(scaled, p.left_shift) : scaled >> -p.left_shift;
  const int32_t result = doubling_high_multiply_rounded(fixed_tanh_of_real(argument), p.significand);
  return wrap_add(p.zero, result >> p.right_shift);
}

inline int32_t fixed_tanh(int32_t x, int32_t zero, int32_t amplitude) {
  return fixed_tanh(x, prepare_tanh(zero, amplitude));
}

}  // namespace ottava

#endif  // OTTAVA_SRC_OUTPUT_FIXED_TANH_H_
