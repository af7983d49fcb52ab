// What an offered combination yields is held against the oracle; one that is not offered must be refused.
#ifndef OTTAVA_TESTS_COMBINATION_CHECK_H_
#define OTTAVA_TESTS_COMBINATION_CHECK_H_

#include <string>

#include "combination.h"
#include "random.h"

namespace ottava {

// What the operands of a combination are drawn from.
struct CombinationRange {
  std::size_t m = 6, n = 40, k = 18;  // the largest sizes
  std::int64_t most_weight = 0;       // weights lie so far at most from the middle of their type; 0: anywhere in it
  bool may_decline = false;           // the context's kernel may, as it may for weights that are not to its liking
};

// An offered combination on operands drawn at random: every element of dst, and no other byte, as the oracle says.
// `rows_only`: the context's kernel takes no column-ordered 8-bit lhs. Returns the name of the kernel; empty where it
// has declined.
std::string check_offered(const ottava_context* context, const Combination& c, Random& random, bool rows_only,
                          const CombinationRange& range = {});

// What OTTAVA_ACTIVATION_GEMMLOWP_TANH makes of y: by the scalar form of the library, which is the reference of its
// vector forms and itself held to gemmlowp.
std::int32_t expected_tanh(std::int32_t y, std::int32_t zero, std::int32_t amplitude);

// One that is not: UNSUPPORTED, with an argument and words, and no handle.
void check_refused(const ottava_context* context, const Combination& c);

}  // namespace ottava

#endif  // OTTAVA_TESTS_COMBINATION_CHECK_H_
