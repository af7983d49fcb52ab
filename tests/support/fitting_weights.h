// Weights as a kernel wants them (Weights in kernels/kernel.h), as near to what it does not take as random ones can be.
#ifndef OTTAVA_TESTS_FITTING_WEIGHTS_H_
#define OTTAVA_TESTS_FITTING_WEIGHTS_H_

#include <algorithm>
#include <cstdint>

#include "kernels/kernel.h"

namespace ottava {

// Two canonical weights of a channel, at depths 2 i and 2 i + 1, changed if need be.
inline void make_fit(Weights wants, std::int64_t* first, std::int64_t* second) {
  if (wants == Weights::no_minus_128) {
    *first = std::max<std::int64_t>(*first, -127);
    *second = std::max<std::int64_t>(*second, -127);
  }
  if (wants == Weights::narrow_pairs) *second = std::clamp(*second, -128 - *first, 128 - *first);
}

}  // namespace ottava

#endif  // OTTAVA_TESTS_FITTING_WEIGHTS_H_
