// What repeated measurements show. Times are compared as logarithms, in integers: their ratios are differences, their
// geometric mean is a mean, and a clock that stands still divides nothing by 0.
#ifndef OTTAVA_SRC_TUNING_STATISTICS_H_
#define OTTAVA_SRC_TUNING_STATISTICS_H_

#include "base/platform.h"

namespace ottava {

// To the base 2, in steps of 2^-20: a step is less than a millionth.
constexpr int kLogBits = 20;
int32_t log2_of(uint64_t value);  // 0 counts as 1
uint64_t exp2_of(int32_t log);    // the largest value that has this logarithm

// What a ratio lies above 1, in millionths; 0 for one below.
uint64_t millionths_above(int32_t log);

constexpr uint32_t kMostTurns = 128;

struct Spread {
  int32_t middle;     // the median
  int32_t deviation;  // three standard errors of it, from the median deviation of single values
};
// Of 1 to kMostTurns values.
Spread spread_of(const int32_t* values, uint32_t count);

}  // namespace ottava

#endif  // OTTAVA_SRC_TUNING_STATISTICS_H_
