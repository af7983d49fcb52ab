// An operator that is sound but for what a test does to it, and the check that create, size and init_at refuse it
// alike: no handle, no size and no byte of memory touched.
#ifndef OTTAVA_TESTS_DRAFT_H_
#define OTTAVA_TESTS_DRAFT_H_

#include <functional>

#include "floats.h"
#include "refusal.h"
#include "support.h"

namespace ottava {

// A sound operator, 4 x 3, to which a case does harm.
struct Draft {
  static constexpr std::int64_t n = 3, k = 4;

  Draft() {
    desc.n = n;
    desc.k = k;
    constants.rhs = weights.data();
  }
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;

  void to_s32() {
    output.type = OTTAVA_TYPE_S32;
    output.requantization = OTTAVA_REQUANTIZE_NONE;
  }
  void to_f32() {
    output.type = OTTAVA_TYPE_F32;
    output.requantization = OTTAVA_REQUANTIZE_NONE;
  }

  void to_quantize(std::uint32_t quantization) {
    desc.lhs_type = OTTAVA_TYPE_F32;
    desc.lhs_quantization = quantization;
  }

  ottava_matmul_desc desc = OTTAVA_MATMUL_DESC_INIT;
  ottava_output output = OTTAVA_OUTPUT_INIT;
  ottava_matmul_constants constants = OTTAVA_MATMUL_CONSTANTS_INIT;
  std::vector<std::int8_t> weights = std::vector<std::int8_t>(n * k, 1);
  std::vector<float> scales = {1.0f, 2.0f, 3.0f};
  std::vector<float> bias_f32 = {1.0f, 2.0f, 3.0f};
  std::vector<std::int32_t> zero_points = {0, 0, 0};
  std::vector<std::int32_t> bias = {0, 0, 0};
};

using Change = std::function<void(Draft&)>;

enum class Part { desc, constants };  // what is at fault; the size query sees the desc alone

struct CreateCase {
  Part part;
  Refusal expected;
  Change change;
};

inline void check_create_refused(const ottava_context* context, const CreateCase& c) {
  Draft draft;
  c.change(draft);
  ottava_matmul* matmul = sentinel<ottava_matmul>();
  ottava_error error = unfilled_error();
  check_refusal(c.expected,
                ottava_matmul_create(context, &draft.desc, &draft.output, &draft.constants, &matmul, &error), error);
  CHECK(ottava_matmul_create(context, &draft.desc, &draft.output, &draft.constants, &matmul, nullptr) ==
        c.expected.status);

  std::vector<std::uint8_t> memory(1 << 16, 0xab);
  error = unfilled_error();
  check_refusal(c.expected,
                ottava_matmul_init_at(memory.data(), memory.size(), context, &draft.desc, &draft.output,
                                      &draft.constants, &matmul, &error),
                error);
  CHECK(matmul == sentinel<ottava_matmul>());

  std::uint64_t bytes = 77;
  error = unfilled_error();
  const ottava_status sized = ottava_matmul_size(context, &draft.desc, &draft.output, &bytes, &error);
  if (c.part == Part::desc) {
    check_refusal(c.expected, sized, error);
    CHECK(bytes == 77);
  } else {
    CHECK(sized == OTTAVA_OK);
  }
}

inline void check_cases(const std::vector<CreateCase>& cases) {
  const KernelContext context(nullptr);
  for (std::size_t i = 0; i < cases.size(); ++i) {
    INFO("case " << i << ": " << cases[i].expected.argument);
    check_create_refused(context.get(), cases[i]);
  }
}

inline void check_accepted(const ottava_context* context, const Change& change) {
  Draft draft;
  change(draft);
  ottava_matmul* matmul = nullptr;
  ottava_error error = OTTAVA_ERROR_INIT;
  const ottava_status status =
      ottava_matmul_create(context, &draft.desc, &draft.output, &draft.constants, &matmul, &error);
  INFO(error.argument << ": " << error.message);
  CHECK(status == OTTAVA_OK);
  if (status == OTTAVA_OK) CHECK(ottava_matmul_destroy(matmul) == OTTAVA_OK);
}

inline std::string number(std::int64_t value) { return std::to_string(value); }

}  // namespace ottava

#endif  // OTTAVA_TESTS_DRAFT_H_
