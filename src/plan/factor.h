// The factor of each channel as its rule wants it, from real scales or from integer parameters.
#ifndef OTTAVA_SRC_PLAN_FACTOR_H_
#define OTTAVA_SRC_PLAN_FACTOR_H_

#include "output/arithmetic.h"
#include "plan/problem.h"

namespace ottava {

// The effective scale lhs * rhs / dst of a channel: in double for the fixed-point rules, as TFLite forms it, in
// float32 for the float rule, as ONNX Runtime and XNNPACK form it.
double effective_scale_f64(const Problem& problem, const Constants& constants, size_t channel);
float effective_scale_f32(const Problem& problem, const Constants& constants, size_t channel);

// For a fixed-point or multiply-and-shift rule whose parameters are valid.
FixedPoint factor_of_rule(const Problem& problem, const Constants& constants, size_t channel);

// The same for an effective real scale.
FixedPoint factor_of_scale(Rule rule, double scale);

}  // namespace ottava

#endif  // OTTAVA_SRC_PLAN_FACTOR_H_
