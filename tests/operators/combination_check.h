// What an offered combination yields is held against the oracle; one that is not offered must be refused.
#ifndef OTTAVA_TESTS_COMBINATION_CHECK_H_
#define OTTAVA_TESTS_COMBINATION_CHECK_H_

#include "combination.h"
#include "support.h"

namespace ottava {

// An offered combination on operands drawn at random: every element of dst, and no other byte, as the oracle says.
// `rows_only`: the context's kernel takes no column-ordered 8-bit lhs.
void check_offered(const ottava_context* context, const Combination& c, Random& random, bool rows_only);

// One that is not: UNSUPPORTED, with an argument and words, and no handle.
void check_refused(const ottava_context* context, const Combination& c);

}  // namespace ottava

#endif  // OTTAVA_TESTS_COMBINATION_CHECK_H_
