#include "output/functions.h"

namespace ottava {
namespace {

double absolute(double x) { return x < 0.0 ? -x : x; }

double power_of_two(int32_t exponent) {  // -1022 to 1023
  const uint64_t bits = static_cast<uint64_t>(exponent + 1023) << 52;
  double power;
  __builtin_memcpy(&power, &bits, sizeof power);
  return power;
}

// x with the lower half of its significand cleared, so that the square of the result is exact.
double upper_half(double x) {
  uint64_t bits;
  __builtin_memcpy(&bits, &x, sizeof bits);
  bits &= ~((uint64_t{1} << 27) - 1);
  __builtin_memcpy(&x, &bits, sizeof x);
  return x;
}

// exp(r) - 1 for |r| <= ln(2) / 2, by its power series. What is left out is below 2^-61 of the value.
double exp_minus_one_near_0(double r) {
  constexpr int kTerms = 14;
  double sum = 1.0;
  for (int n = kTerms; n > 1; --n) sum = 1.0 + r * sum / n;
  return r * sum;
}

// exp(x) - 1 for x <= 0.
double exp_minus_one(double x) { return x > -0.34 ? exp_minus_one_near_0(x) : exp_f64(x) - 1.0; }

constexpr double kInverseRootOfTwoPi = 0x1.9884533d43651p-2;

// The upper tail of the normal distribution near 0, x in [0, 4): from the next multiple c of 1/2, where the tail is
// known, the density is integrated back to x, over h = x - c, so that nothing cancels. It is
// density(c) * exp(-c s - s^2 / 2), a power series in s whose coefficients follow from g' = -(c + s) g:
// (n + 1) g[n + 1] = -c g[n] - g[n - 1].
double upper_tail_near_0(double x) {
  static constexpr double kTail[] = {
      0.5,
      0x1.3bf143b9aa712p-2,
      0x1.44ed0bb7cb20bp-3,
      0x1.11a46d89647efp-4,
      0x1.74bcf82c9d860p-6,
      0x1.96f4e57e49ce4p-8,
      0x1.61de1f985b5d7p-10,
      0x1.e7dbc92b77dd5p-13,
      0x1.09ad7954afff8p-15,
  };
  constexpr int kTerms = 24;
  const int32_t below = static_cast<int32_t>(2.0 * x);
  const int32_t halves = below < 2.0 * x ? below + 1 : below;
  const double c = 0.5 * halves;
  const double h = x - c;
  double previous = 0.0;
  double coefficient = 1.0;
  double power = h;
  double integral = h;
  for (int n = 1; n < kTerms; ++n) {
    const double next = (-c * coefficient - previous) / n;
    previous = coefficient;
    coefficient = next;
    power *= h;
    integral += coefficient * power / (n + 1);
  }
  return kTail[halves] - kInverseRootOfTwoPi * exp_f64(-0.5 * c * c) * integral;
}

// The same from 4 on: density(x) / (x + 1 / (x + 2 / (x + 3 / ...))). The rounding of x^2 would grow into a
// relative error of exp(-x^2 / 2), so x^2 is taken as an exact square and a small rest.
double upper_tail_far_out(double x) {
  if (x > 40.0) return 0.0;
  double fraction = x;
  for (int n = 38; n > 0; --n) fraction = x + n / fraction;
  const double upper = upper_half(x);
  const double density = exp_f64(-0.5 * upper * upper) * exp_f64(-0.5 * (x - upper) * (x + upper));
  return kInverseRootOfTwoPi * density / fraction;
}

}  // namespace

double exp_f64(double x) {
  if (x < -708.0) return 0.0;
  // x = k ln(2) + r. The first part of ln(2) has 33 bits, so that k times it is exact.
  constexpr double kInverseLn2 = 0x1.71547652b82fep+0;
  constexpr double kLn2Upper = 0x1.62e42fefp-1;
  constexpr double kLn2Lower = 0x1.473de6af278edp-34;
  const int32_t k = static_cast<int32_t>(x * kInverseLn2 - 0.5);
  const double r = (x - k * kLn2Upper) - k * kLn2Lower;
  return (1.0 + exp_minus_one_near_0(r)) * power_of_two(k);
}

double tanh_f64(double x) {
  const double e = exp_minus_one(-2.0 * absolute(x));
  const double magnitude = -e / (2.0 + e);
  return x < 0.0 ? -magnitude : magnitude;
}

double sigmoid_f64(double x) {
  const double e = exp_f64(-absolute(x));
  return (x < 0.0 ? e : 1.0) / (1.0 + e);
}

double normal_f64(double x) {
  const double magnitude = absolute(x);
  const double tail = magnitude < 4.0 ? upper_tail_near_0(magnitude) : upper_tail_far_out(magnitude);
  return x < 0.0 ? tail : 1.0 - tail;
}

double evaluate(Function function, double x) {
  constexpr double kTwiceRootOfTwoByPi = 0x1.9884533d43651p+0;
  switch (function) {
    case Function::tanh: return tanh_f64(x);
    case Function::sigmoid: return sigmoid_f64(x);
    case Function::gelu: return x * normal_f64(x);
    case Function::gelu_tanh:  // 1 + tanh(u) is 2 / (1 + exp(-2 u))
      return x * sigmoid_f64(kTwiceRootOfTwoByPi * (x + 0.044715 * (x * x * x)));
    case Function::hard_swish: {
      const double shifted = x + 3.0;
      return x * (shifted < 0.0 ? 0.0 : shifted > 6.0 ? 6.0 : shifted) / 6.0;
    }
    case Function::silu: return x * sigmoid_f64(x);
    case Function::relu: return x < 0.0 ? 0.0 : x;
    case Function::leaky_relu: return x < 0.0 ? 0.01 * x : x;
  }
  return 0.0;
}

}  // namespace ottava
