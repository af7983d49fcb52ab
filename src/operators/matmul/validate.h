// First step of creating an operator: refuse what cannot be computed, each with its own words.
#ifndef OTTAVA_SRC_OPERATORS_MATMUL_VALIDATE_H_
#define OTTAVA_SRC_OPERATORS_MATMUL_VALIDATE_H_

#include "base/status.h"
#include "operators/matmul/problem.h"

namespace ottava {

// What the numbers alone can show. Types, orders and all that is chosen from a list hold known values already.
Status validate(const MatmulProblem& problem, Error* error);

// What the constant arrays add. Only after validate().
Status validate(const MatmulProblem& problem, const Constants& constants, Error* error);

}  // namespace ottava

#endif  // OTTAVA_SRC_OPERATORS_MATMUL_VALIDATE_H_
