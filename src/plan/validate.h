// First step of creating an operator: refuse what cannot be computed, each with its own words.
#ifndef OTTAVA_SRC_PLAN_VALIDATE_H_
#define OTTAVA_SRC_PLAN_VALIDATE_H_

#include "base/status.h"
#include "plan/problem.h"

namespace ottava {

// What is wrong with a scale, which is finite and above 0, in words; null if nothing is.
const char* fault_of_scale(float scale);

// What the numbers alone can show. Types, orders and rule hold known values already.
Status validate(const Problem& problem, Error* error);

// What the constant arrays add. Only after validate().
Status validate(const Problem& problem, const Constants& constants, Error* error);

}  // namespace ottava

#endif  // OTTAVA_SRC_PLAN_VALIDATE_H_
