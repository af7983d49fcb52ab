// A sound operator for the tests of limits, one channel wide or more, of which each changes a field.
#ifndef OTTAVA_TESTS_ERRORS_SOUND_DESC_H_
#define OTTAVA_TESTS_ERRORS_SOUND_DESC_H_

#include "refusal.h"
#include "support.h"

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

// Makes an operator and destroys it again, or requires that there is none.
inline ottava_status create(const ottava_matmul_desc& desc, const ottava_output& output,
                            const ottava_matmul_constants& constants, ottava_error* error,
                            ottava_matmul_info* info = nullptr) {
  const KernelContext context(nullptr);
  ottava_matmul* matmul = sentinel<ottava_matmul>();
  *error = unfilled_error();
  const ottava_status status = ottava_matmul_create(context.get(), &desc, &output, &constants, &matmul, error);
  if (status != OTTAVA_OK) {
    CHECK(matmul == sentinel<ottava_matmul>());
    return status;
  }
  if (info != nullptr) CHECK(ottava_matmul_query(matmul, 1, info, nullptr) == OTTAVA_OK);
  CHECK(ottava_matmul_destroy(matmul) == OTTAVA_OK);
  return status;
}

}  // namespace ottava

#endif  // OTTAVA_TESTS_ERRORS_SOUND_DESC_H_
