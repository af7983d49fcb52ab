#include "tuning/statistics.h"

namespace ottava {
namespace {

// Sorts the values.
int32_t median(int32_t* values, uint32_t count) {
  for (uint32_t i = 1; i < count; ++i) {
    const int32_t value = values[i];
    uint32_t place = i;
    for (; place != 0 && values[place - 1] > value; --place) values[place] = values[place - 1];
    values[place] = value;
  }
  const int64_t upper = values[count / 2], lower = values[(count - 1) / 2];
  return static_cast<int32_t>((upper + lower) / 2);
}

uint64_t square_root(uint64_t value) {
  uint64_t root = 0;
  for (uint64_t bit = uint64_t{1} << 31; bit != 0; bit >>= 1) {
    if ((root + bit) * (root + bit) <= value) root += bit;
  }
  return root;
}

// Of a normal distribution, three times: the median deviation is 0.6745 of the standard deviation, and the error of a
// median 1.2533 of that of a mean.
constexpr int64_t kErrorsInHundredths = 557;

}  // namespace

int32_t log2_of(uint64_t value) {
  if (value == 0) value = 1;
  int32_t log = 63;
  for (; (value >> 63) == 0; value <<= 1) --log;
  uint64_t rest = value >> 32;  // from 1 to 2, with 31 bits behind the point
  for (int bit = 0; bit < kLogBits; ++bit) {
    rest = rest * rest >> 31;
    log = log * 2 + static_cast<int32_t>(rest >> 32);
    rest >>= rest >> 32;
  }
  return log;
}

uint64_t exp2_of(int32_t log) {
  uint64_t value = 0;
  for (uint64_t bit = uint64_t{1} << 62; bit != 0; bit >>= 1) {
    if (log2_of(value + bit) <= log) value += bit;
  }
  return value;
}

uint64_t millionths_above(int32_t log) {
  const uint64_t ratio = log > 0 ? exp2_of(log2_of(1000000) + log) : 0;
  return ratio > 1000000 ? ratio - 1000000 : 0;
}

Spread spread_of(const int32_t* values, uint32_t count) {
  int32_t sorted[kMostTurns] = {};
  for (uint32_t i = 0; i < count; ++i) sorted[i] = values[i];
  const int32_t middle = median(sorted, count);
  for (uint32_t i = 0; i < count; ++i) {
    const int32_t difference = values[i] - middle;
    sorted[i] = difference < 0 ? -difference : difference;
  }
  const int64_t root = static_cast<int64_t>(square_root(uint64_t{count} << 16));  // with 8 bits behind the point
  const int64_t error = int64_t{median(sorted, count)} * kErrorsInHundredths * 256 / (100 * root);
  return {middle, static_cast<int32_t>(error < INT32_MAX ? error : INT32_MAX)};
}

}  // namespace ottava
