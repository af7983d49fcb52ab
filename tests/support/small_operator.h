// A small operator that exists, and a call of ottava_matmul_execute that is sound for it but for what a test does to
// it: the checks that execute and the size query refuse it, with every byte of dst, workspace and counters left as it
// was, or take it.
#ifndef OTTAVA_TESTS_SMALL_OPERATOR_H_
#define OTTAVA_TESTS_SMALL_OPERATOR_H_

#include <functional>

#include "draft.h"

namespace ottava {

constexpr bool kWide = sizeof(void*) == 8;
constexpr std::int64_t kHuge = INT64_MAX / 4 + 1;  // elements of 4 bytes
constexpr std::int64_t kMaxM = 8;

// A draft, made: s8 operands and s32 dst without a rule unless the change says otherwise, at most kMaxM rows. All
// weights are 1.
class SmallOperator {
 public:
  explicit SmallOperator(
      const Change& change = [](Draft&) {}, const ottava_context* context = nullptr)
      : own_(nullptr) {
    Draft draft;
    draft.to_s32();
    draft.desc.max_m = kMaxM;
    change(draft);
    flags = draft.desc.flags;
    runtime_rhs = (flags & OTTAVA_MATMUL_RUNTIME_RHS) != 0;
    draft.weights.assign(static_cast<std::size_t>(draft.desc.n * draft.desc.k), 1);
    draft.constants.rhs = runtime_rhs ? nullptr : draft.weights.data();
    ottava_error error = OTTAVA_ERROR_INIT;
    const ottava_status status = ottava_matmul_create(context != nullptr ? context : own_.get(), &draft.desc,
                                                      &draft.output, &draft.constants, &matmul, &error);
    INFO(error.argument << ": " << error.message);
    REQUIRE(status == OTTAVA_OK);
    REQUIRE(ottava_matmul_query(matmul, 1, &info, nullptr) == OTTAVA_OK);
  }
  ~SmallOperator() { ottava_matmul_destroy(matmul); }
  SmallOperator(const SmallOperator&) = delete;
  SmallOperator& operator=(const SmallOperator&) = delete;

  ottava_matmul* matmul = nullptr;
  std::uint32_t flags = 0;
  bool runtime_rhs = false;
  ottava_matmul_info info = OTTAVA_MATMUL_INFO_INIT;

 private:
  KernelContext own_;
};

inline void to_runtime_rhs(Draft& d) { d.desc.flags |= OTTAVA_MATMUL_RUNTIME_RHS; }
inline void to_row_scales(Draft& d) { d.to_f32(), d.desc.flags |= OTTAVA_MATMUL_LHS_ROW_SCALES; }
inline void to_row_zero_points(Draft& d) { d.desc.flags |= OTTAVA_MATMUL_LHS_ROW_ZERO_POINTS; }
inline void to_float_lhs(Draft& d) { d.to_f32(), d.to_quantize(OTTAVA_QUANTIZE_TFLITE_SYMMETRIC); }
inline void to_table(Draft& d) {
  static const std::uint8_t table[256] = {};
  d.output.type = OTTAVA_TYPE_S8, d.output.requantization = OTTAVA_REQUANTIZE_FIXED_ONE_ROUNDING;
  d.output.activation = OTTAVA_ACTIVATION_TABLE, d.output.table = table;
}

// A call that is sound for its operator, with 4 rows, to which a case does harm.
struct Call {
  static constexpr std::size_t kDst = 1 << 14, kMiddle = kDst / 2, kArrays = 4;

  explicit Call(const SmallOperator& op) {
    run.m = 4;
    operands.workspace_bytes = workspace.size();
    operands.lhs = lhs.data();
    operands.dst = &dst[kMiddle];
    operands.workspace = workspace.data();
    operands.saturated = saturated;
    if (op.runtime_rhs) operands.rhs = rhs.data();
    if ((op.flags & OTTAVA_MATMUL_LHS_ROW_SCALES) != 0) operands.lhs_scales = scales.data();
    if ((op.flags & OTTAVA_MATMUL_LHS_ROW_ZERO_POINTS) != 0) operands.lhs_zero_points = zero_points.data();
    for (std::size_t i = 0; i < kArrays; ++i) {
      lhs_matrices[i] = lhs.data();
      rhs_matrices[i] = rhs.data();
      dst_matrices[i] = &dst[kMiddle + 1024 * i];
    }
  }
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  ottava_status execute(const SmallOperator& op, ottava_error* error) const {
    return ottava_matmul_execute(op.matmul, &run, &operands, error);
  }

  ottava_matmul_run_desc run = OTTAVA_MATMUL_RUN_DESC_INIT;
  ottava_matmul_operands operands = OTTAVA_MATMUL_OPERANDS_INIT;
  std::vector<float> lhs = std::vector<float>(2048);  // as s8: zeros too
  std::vector<std::int8_t> rhs = std::vector<std::int8_t>(4096, 1);
  std::vector<std::int32_t> dst = std::vector<std::int32_t>(kDst, 0x5a5a5a5a);
  std::vector<std::uint8_t> workspace = std::vector<std::uint8_t>(1 << 18, 0xab);
  std::vector<float> scales = std::vector<float>(64, 1.0f);
  std::vector<std::int32_t> zero_points = std::vector<std::int32_t>(64, 0);
  std::uint64_t saturated[2] = {77, 78};
  const void* lhs_matrices[kArrays];
  const void* rhs_matrices[kArrays];
  void* dst_matrices[kArrays];
};

using Harm = std::function<void(Call&)>;

// With a workspace and without one.
inline void check_execute_refused(const SmallOperator& op, const Refusal& expected, const Harm& harm) {
  for (const bool with_workspace : {true, false}) {
    INFO(expected.argument << (with_workspace ? ", with a workspace" : ", without a workspace"));
    Call call(op);
    harm(call);
    if (!with_workspace) call.operands.workspace = nullptr;
    const std::vector<std::int32_t> dst = call.dst;
    const std::vector<std::uint8_t> workspace = call.workspace;
    ottava_error error = unfilled_error();
    check_refusal(expected, call.execute(op, &error), error);
    CHECK(call.execute(op, nullptr) == expected.status);
    CHECK((call.dst == dst));
    CHECK((call.workspace == workspace));
    CHECK((call.saturated[0] == 77 && call.saturated[1] == 78));
  }
}

inline void check_execute_accepted(const SmallOperator& op, const Harm& harm) {
  Call call(op);
  harm(call);
  ottava_error error = unfilled_error();
  const ottava_status status = call.execute(op, &error);
  INFO(error.argument << ": " << error.message);
  CHECK(status == OTTAVA_OK);
}

inline std::uint64_t workspace_of(const SmallOperator& op, const ottava_matmul_run_desc& run) {
  std::uint64_t bytes = 0;
  REQUIRE(ottava_matmul_workspace(op.matmul, &run, &bytes, nullptr) == OTTAVA_OK);
  return bytes;
}

// The same of the size query, which knows the numbers alone.
inline void check_workspace_refused(const SmallOperator& op, const Refusal& expected, const Harm& harm) {
  Call call(op);
  harm(call);
  std::uint64_t bytes = 77;
  ottava_error error = unfilled_error();
  check_refusal(expected, ottava_matmul_workspace(op.matmul, &call.run, &bytes, &error), error);
  CHECK(bytes == 77);
}

inline void check_workspace_accepted(const SmallOperator& op, const Harm& harm) {
  Call call(op);
  harm(call);
  CHECK(workspace_of(op, call.run) != 0);
}

inline void check_both_refused(const SmallOperator& op, const Refusal& expected, const Harm& harm) {
  check_execute_refused(op, expected, harm);
  check_workspace_refused(op, expected, harm);
}

}  // namespace ottava

#endif  // OTTAVA_TESTS_SMALL_OPERATOR_H_
