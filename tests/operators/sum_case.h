// An addition of two tensors, drawn at random, made and run through the C ABI in guarded memory, and held against the
// oracle.
#ifndef OTTAVA_TESTS_SUM_CASE_H_
#define OTTAVA_TESTS_SUM_CASE_H_

#include "ottava/ottava.h"
#include "random.h"

namespace ottava {

inline std::int64_t value_of(std::uint32_t type, std::uint8_t raw) {
  return type == OTTAVA_TYPE_S8 ? std::int64_t{static_cast<std::int8_t>(raw)} : std::int64_t{raw};
}

ottava_layer* make_add(const ottava_context* context, const ottava_add_desc& desc);

// Tensors apart from each other, or the sum in the place of one of them. With `lines` of so many, for threads to share.
void check_sum(const ottava_context* context, Random& random, std::int64_t lines = 0);

}  // namespace ottava

#endif  // OTTAVA_TESTS_SUM_CASE_H_
