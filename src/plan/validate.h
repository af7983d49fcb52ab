// First step of creating an operator: refuse what cannot be computed, each with its own words.
#ifndef OTTAVA_SRC_PLAN_VALIDATE_H_
#define OTTAVA_SRC_PLAN_VALIDATE_H_

#include "base/status.h"
#include "plan/problem.h"

namespace ottava {

// Largest sums that one depth can add to an accumulator, from the ranges of the types around their zero
// points.
struct ProductBounds {
  uint64_t positive;
  uint64_t negative;  // magnitude
};
ProductBounds product_bounds(const Operand& lhs, Type rhs_type, int32_t rhs_zero_point);

// Largest K for which no accumulator can leave int32, bias apart; of all channels the smallest.
uint64_t max_exact_depth(ProductBounds bounds);
uint64_t max_exact_depth(const Problem& problem, const Constants& constants);

// What the numbers alone can show. Types, orders and rule hold known values already.
Status validate(const Problem& problem, Error* error);

// What the constant arrays add. Only after validate().
Status validate(const Problem& problem, const Constants& constants, Error* error);

}  // namespace ottava

#endif  // OTTAVA_SRC_PLAN_VALIDATE_H_
