// The functions that ottava_make_table tabulates, in double precision, from + - * / and bit operations alone: the
// same bits on every CPU, and no math library. Correct to within 2^-50 of the value, relative, also where the value
// is small; GELU_TANH below 1 absolute.
#ifndef OTTAVA_SRC_OUTPUT_FUNCTIONS_H_
#define OTTAVA_SRC_OUTPUT_FUNCTIONS_H_

#include "base/platform.h"

namespace ottava {

// exp(x) for x <= 0; 0 below -708, where the value nears the denormals.
double exp_f64(double x);
double tanh_f64(double x);
// 1 / (1 + exp(-x))
double sigmoid_f64(double x);
// (1 + erf(x / sqrt(2))) / 2, the normal distribution: GELU(x) is x times this.
double normal_f64(double x);

// Values are those of the public header, OTTAVA_FUNCTION_...
enum class Function : uint32_t {
  tanh = 0,
  sigmoid = 1,
  gelu = 2,
  gelu_tanh = 3,
  hard_swish = 4,
  silu = 5,
  relu = 6,
  leaky_relu = 7,
};

// f(x) for |x| <= 2^150, so that no power of x overflows.
double evaluate(Function function, double x);

}  // namespace ottava

#endif  // OTTAVA_SRC_OUTPUT_FUNCTIONS_H_
