// A sound operator for the tests of limits, one channel wide or more, of which each changes a field.
#ifndef OTTAVA_TESTS_ERRORS_SOUND_DESC_H_
#define OTTAVA_TESTS_ERRORS_SOUND_DESC_H_

#include "refusal.h"

namespace ottava {

constexpr bool kWide = sizeof(void*) == 8;

const ottava_output kOutput = OTTAVA_OUTPUT_INIT;

inline ottava_output s32_output() {
  ottava_output output = kOutput;
  output.type = OTTAVA_TYPE_S32;
  output.requantization = OTTAVA_REQUANTIZE_NONE;
  return output;
}

inline ottava_matmul_desc sound_desc(std::int64_t n, std::int64_t k) {
  ottava_matmul_desc desc = OTTAVA_MATMUL_DESC_INIT;
  desc.n = n;
  desc.k = k;
  return desc;
}

}  // namespace ottava

#endif  // OTTAVA_TESTS_ERRORS_SOUND_DESC_H_
