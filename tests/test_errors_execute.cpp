// Errors of everything that runs an operator with more than ottava_matmul_run takes, and of the output stage alone:
// exact status, argument and words, and every byte of dst, workspace and counters left as it was. What lies just within
// the limits is accepted, with the results that it should have.
#include <cmath>
#include <functional>
#include <limits>

#include "draft.h"

using namespace ottava;

namespace {

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
    const ottava_status status =
        ottava_matmul_create(context != nullptr ? context : own_.get(), &draft.desc, &draft.constants, &matmul, &error);
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

void to_runtime_rhs(Draft& d) { d.desc.flags |= OTTAVA_MATMUL_RUNTIME_RHS; }
void to_row_scales(Draft& d) { d.to_f32(), d.desc.flags |= OTTAVA_MATMUL_LHS_ROW_SCALES; }
void to_row_zero_points(Draft& d) { d.desc.flags |= OTTAVA_MATMUL_LHS_ROW_ZERO_POINTS; }
void to_float_lhs(Draft& d) { d.to_f32(), d.to_quantize(OTTAVA_QUANTIZE_TFLITE_SYMMETRIC); }
void to_table(Draft& d) {
  static const std::uint8_t table[256] = {};
  d.desc.dst_type = OTTAVA_TYPE_S8, d.desc.rule = OTTAVA_RULE_FIXED_ONE_ROUNDING;
  d.desc.activation = OTTAVA_ACTIVATION_TABLE, d.constants.table = table;
}

// A call that is sound for its operator, with 4 rows, to which a case does harm.
struct Call {
  static constexpr std::size_t kDst = 1 << 14, kMiddle = kDst / 2, kArrays = 4;

  explicit Call(const SmallOperator& op) {
    run.m = 4;
    run.workspace_bytes = workspace.size();
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
void check_execute_refused(const SmallOperator& op, const Refusal& expected, const Harm& harm) {
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

void check_execute_accepted(const SmallOperator& op, const Harm& harm) {
  Call call(op);
  harm(call);
  ottava_error error = unfilled_error();
  const ottava_status status = call.execute(op, &error);
  INFO(error.argument << ": " << error.message);
  CHECK(status == OTTAVA_OK);
}

std::uint64_t workspace_of(const SmallOperator& op, const ottava_matmul_run_desc& run) {
  std::uint64_t bytes = 0;
  REQUIRE(ottava_matmul_workspace(op.matmul, &run, &bytes, nullptr) == OTTAVA_OK);
  return bytes;
}

// The same of the size query, which knows the numbers alone.
void check_workspace_refused(const SmallOperator& op, const Refusal& expected, const Harm& harm) {
  Call call(op);
  harm(call);
  std::uint64_t bytes = 77;
  ottava_error error = unfilled_error();
  check_refusal(expected, ottava_matmul_workspace(op.matmul, &call.run, &bytes, &error), error);
  CHECK(bytes == 77);
}

void check_workspace_accepted(const SmallOperator& op, const Harm& harm) {
  Call call(op);
  harm(call);
  CHECK(workspace_of(op, call.run) != 0);
}

void check_both_refused(const SmallOperator& op, const Refusal& expected, const Harm& harm) {
  check_execute_refused(op, expected, harm);
  check_workspace_refused(op, expected, harm);
}

void one_after_the_other(void*, std::uint32_t count, ottava_task_fn fn, void* task) {
  for (std::uint32_t i = 0; i < count; ++i) fn(task, i);
}

}  // namespace

TEST_CASE("errors: execute, its pointers and structures", "[errors]") {
  const SmallOperator op;
  const Call call(op);
  const Refusal null_operation = {OTTAVA_NULL_POINTER, "operation", {"NULL"}};
  const Refusal null_run = {OTTAVA_NULL_POINTER, "run", {"NULL"}};
  ottava_error error = unfilled_error();
  std::uint64_t bytes = 77;
  check_refusal(null_operation, ottava_matmul_execute(nullptr, &call.run, &call.operands, &error), error);
  check_refusal(null_run, ottava_matmul_execute(op.matmul, nullptr, &call.operands, &error), error);
  check_refusal({OTTAVA_NULL_POINTER, "operands", {"NULL"}},
                ottava_matmul_execute(op.matmul, &call.run, nullptr, &error), error);
  check_refusal(null_operation, ottava_matmul_workspace(nullptr, &call.run, &bytes, &error), error);
  check_refusal(null_run, ottava_matmul_workspace(op.matmul, nullptr, &bytes, &error), error);
  check_refusal({OTTAVA_NULL_POINTER, "bytes", {"NULL"}},
                ottava_matmul_workspace(op.matmul, &call.run, nullptr, &error), error);
  CHECK(bytes == 77);

  const std::uint32_t run_bytes = sizeof(ottava_matmul_run_desc), operands_bytes = sizeof(ottava_matmul_operands);
  for (const std::uint32_t size : {0u, 4u, 112u, run_bytes - 1, run_bytes + 1, 4097u, UINT32_MAX}) {
    check_both_refused(op, {OTTAVA_BAD_STRUCT, "run", {"struct_size", number(size), number(run_bytes)}},
                       [=](Call& c) { c.run.struct_size = size; });
  }
  const std::uint32_t pointer = sizeof(void*);
  for (const std::uint32_t size : {0u, 8u, operands_bytes - pointer, operands_bytes - 1, 4097u, UINT32_MAX}) {
    check_execute_refused(op, {OTTAVA_BAD_STRUCT, "operands", {"struct_size", number(size), number(operands_bytes)}},
                          [=](Call& c) { c.operands.struct_size = size; });
  }

  // Those of a later version: a tail of zeros is as good as none.
  Call longer(op);
  Longer<ottava_matmul_run_desc> run(longer.run);
  Longer<ottava_matmul_operands> operands(longer.operands);
  CHECK(ottava_matmul_execute(op.matmul, run.get(), operands.get(), nullptr) == OTTAVA_OK);
  CHECK(ottava_matmul_workspace(op.matmul, run.get(), &bytes, nullptr) == OTTAVA_OK);
  CHECK(bytes == workspace_of(op, longer.run));
  longer.dst.assign(Call::kDst, 0x5a5a5a5a);
  bytes = 77;
  for (const std::size_t index : {std::size_t{0}, std::size_t{15}}) {
    const Refusal run_tail = {
        OTTAVA_BAD_STRUCT, "run", {"byte " + std::to_string(run_bytes + index), number(run_bytes)}};
    run.tail(index) = 1;
    check_refusal(run_tail, ottava_matmul_execute(op.matmul, run.get(), operands.get(), &error), error);
    check_refusal(run_tail, ottava_matmul_workspace(op.matmul, run.get(), &bytes, &error), error);
    run.tail(index) = 0;
    operands.tail(index) = 1;
    check_refusal({OTTAVA_BAD_STRUCT, "operands", {"byte " + std::to_string(operands_bytes + index)}},
                  ottava_matmul_execute(op.matmul, run.get(), operands.get(), &error), error);
    operands.tail(index) = 0;
  }
  CHECK((longer.dst == std::vector<std::int32_t>(Call::kDst, 0x5a5a5a5a)));
  CHECK(bytes == 77);

  for (const std::uint32_t flags : {2u, 3u, 0x80000000u}) {
    check_both_refused(op, {OTTAVA_BAD_OPTION, "run.flags", {number(flags), "flag"}},
                       [=](Call& c) { c.run.flags = flags; });
  }
  check_both_refused(op, {OTTAVA_BAD_OPTION, "run.reserved", {"0"}}, [](Call& c) { c.run.reserved = 1; });
  check_execute_refused(op, {OTTAVA_BAD_OPTION, "operands.reserved", {"0"}}, [](Call& c) { c.operands.reserved = 1; });
}

TEST_CASE("errors: execute, sizes", "[errors]") {
  const SmallOperator op;
  for (const std::int64_t value : {std::int64_t{-1}, INT64_MIN}) {
    const std::vector<std::string> words = {"is " + number(value), "negative"};
    check_both_refused(op, {OTTAVA_BAD_SHAPE, "m", words}, [=](Call& c) { c.run.m = value; });
    check_both_refused(op, {OTTAVA_BAD_SHAPE, "run.batches", words}, [=](Call& c) { c.run.batches = value; });
  }
  for (const std::int64_t value : {kMaxM + 1, INT64_MAX}) {
    check_both_refused(op, {OTTAVA_BAD_SHAPE, "m", {"is " + number(value), "max_m", number(kMaxM)}},
                       [=](Call& c) { c.run.m = value; });
  }
  const SmallOperator unlimited([](Draft& d) { d.desc.max_m = 0; });
  check_execute_refused(unlimited, {OTTAVA_SIZE_OVERFLOW, kWide ? "lhs_stride" : "m", {"address space"}},
                        [](Call& c) { c.run.m = INT64_MAX; });
  check_execute_refused(unlimited,
                        {OTTAVA_SIZE_OVERFLOW, kWide ? "run.dst_batch_stride" : "run.batches", {"address space"}},
                        [](Call& c) { c.run.batches = INT64_MAX, c.run.dst_batch_stride = 12; });

  // No rows, batches or columns: nothing else is looked at, no workspace is needed, and nothing saturates.
  const struct {
    const char* what;
    std::function<void(ottava_matmul_run_desc&)> change;
  } nothings[] = {{"no rows", [](ottava_matmul_run_desc& run) { run.m = 0; }},
                  {"no batches", [](ottava_matmul_run_desc& run) { run.batches = 0; }},
                  {"a part without rows", [](ottava_matmul_run_desc& run) { run.rows = 0; }},
                  {"a part without columns", [](ottava_matmul_run_desc& run) { run.columns = 0; }}};
  for (const auto& nothing : nothings) {
    INFO(nothing.what);
    Call call(op);
    nothing.change(call.run);
    CHECK(workspace_of(op, call.run) == 0);
    call.run.workspace_bytes = 0;
    call.run.dst_stride = 1;
    call.operands.lhs = call.operands.dst = nullptr;
    CHECK(call.execute(op, nullptr) == OTTAVA_OK);
    CHECK((call.saturated[0] == 0 && call.saturated[1] == 0));
    call.operands.workspace = nullptr;
    call.operands.saturated = nullptr;
    CHECK(call.execute(op, nullptr) == OTTAVA_OK);
  }
}

TEST_CASE("errors: execute, parts of dst", "[errors]") {
  const SmallOperator op;  // 4 rows, 3 channels
  const auto rows = [](std::int64_t first, std::int64_t count) {
    return [=](Call& c) { c.run.first_row = first, c.run.rows = count; };
  };
  const auto columns = [](std::int64_t first, std::int64_t count) {
    return [=](Call& c) { c.run.first_column = first, c.run.columns = count; };
  };
  for (const std::int64_t first : {std::int64_t{-1}, std::int64_t{5}, INT64_MIN, INT64_MAX}) {
    for (const std::int64_t count : {std::int64_t{0}, std::int64_t{1}, OTTAVA_TO_THE_END}) {
      check_both_refused(op, {OTTAVA_OUT_OF_RANGE, "run.first_row", {"is " + number(first), "within 4"}},
                         rows(first, count));
      check_both_refused(op, {OTTAVA_OUT_OF_RANGE, "run.first_column", {"is " + number(first), "within 3"}},
                         columns(first, count));
    }
  }
  for (const std::int64_t count : {std::int64_t{-1}, std::int64_t{5}, INT64_MIN, INT64_MAX - 1}) {
    check_both_refused(op, {OTTAVA_OUT_OF_RANGE, "run.rows", {"is " + number(count), "4 follow"}}, rows(0, count));
    check_both_refused(op, {OTTAVA_OUT_OF_RANGE, "run.columns", {"is " + number(count), "3 follow"}},
                       columns(0, count));
  }
  check_both_refused(op, {OTTAVA_OUT_OF_RANGE, "run.rows", {"is 3,", "2 follow"}}, rows(2, 3));
  check_both_refused(op, {OTTAVA_OUT_OF_RANGE, "run.rows", {"is 1,", "0 follow"}}, rows(4, 1));
  check_both_refused(op, {OTTAVA_OUT_OF_RANGE, "run.columns", {"is 1,", "0 follow"}}, columns(3, 1));
  for (const Harm& harm :
       {Harm(rows(4, 0)), Harm(rows(4, OTTAVA_TO_THE_END)), Harm(rows(3, 1)), Harm(rows(0, 4)), Harm(columns(3, 0)),
        Harm(columns(3, OTTAVA_TO_THE_END)), Harm(columns(0, 1)), Harm(columns(1, 0))}) {
    check_execute_accepted(op, harm);
  }

  // A first column off the granularity.
  const SmallOperator wide([](Draft& d) { d.desc.n = 200; });
  const std::int64_t step = wide.info.column_granularity;
  REQUIRE((step > 1 && step < 100));
  for (const std::int64_t first : {std::int64_t{1}, step - 1, step + 1}) {
    if (first % step == 0) continue;
    for (const std::int64_t count : {std::int64_t{1}, OTTAVA_TO_THE_END}) {
      check_both_refused(
          wide,
          {OTTAVA_OUT_OF_RANGE, "run.first_column", {"is " + number(first), "column_granularity, " + number(step)}},
          columns(first, count));
    }
  }
  // On it, a part of any width; rows begin anywhere. Nothing else is written.
  Call call(wide);
  rows(1, 2)(call);
  columns(step, 3)(call);
  CHECK(call.execute(wide, nullptr) == OTTAVA_OK);
  for (std::int64_t i = 0; i < 4 * 200; ++i) {
    const bool within = i / 200 >= 1 && i / 200 < 3 && i % 200 >= step && i % 200 < step + 3;
    CHECK(call.dst[Call::kMiddle + static_cast<std::size_t>(i)] == (within ? 0 : 0x5a5a5a5a));
  }
}

TEST_CASE("errors: execute, an rhs that is given or missing", "[errors]") {
  const SmallOperator op;
  const auto not_wanted = [](const char* argument) {
    return Refusal{OTTAVA_UNSUPPORTED, argument, {"does not go with", "OTTAVA_MATMUL_RUNTIME_RHS"}};
  };
  check_execute_refused(op, not_wanted("operands.rhs"), [](Call& c) { c.operands.rhs = c.rhs.data(); });
  check_execute_refused(op, not_wanted("operands.rhs_matrices"),
                        [](Call& c) { c.operands.rhs_matrices = c.rhs_matrices; });
  for (const std::int64_t stride : {3, -3}) {
    check_both_refused(op, not_wanted("run.rhs_stride"), [=](Call& c) { c.run.rhs_stride = stride; });
    check_both_refused(op, not_wanted("run.rhs_batch_stride"), [=](Call& c) { c.run.rhs_batch_stride = stride; });
  }

  const SmallOperator runtime(to_runtime_rhs);
  check_execute_refused(runtime, {OTTAVA_NULL_POINTER, "operands.rhs", {"NULL"}},
                        [](Call& c) { c.operands.rhs = nullptr; });
  check_execute_accepted(runtime, [](Call&) {});
  // With no depth there is none.
  const SmallOperator no_depth([](Draft& d) { to_runtime_rhs(d), d.desc.k = 0; });
  check_execute_accepted(no_depth, [](Call& c) { c.operands.rhs = c.operands.lhs = nullptr; });
}

TEST_CASE("errors: execute, pointers to the operands", "[errors]") {
  const SmallOperator op(to_runtime_rhs);
  check_execute_refused(op, {OTTAVA_NULL_POINTER, "lhs", {"NULL"}}, [](Call& c) { c.operands.lhs = nullptr; });
  check_execute_refused(op, {OTTAVA_NULL_POINTER, "dst", {"NULL"}}, [](Call& c) { c.operands.dst = nullptr; });
  for (const std::int64_t missing : {0, 2}) {
    const std::vector<std::string> words = {"batch " + number(missing), "NULL"};
    const std::size_t at = static_cast<std::size_t>(missing);
    check_execute_refused(op, {OTTAVA_NULL_POINTER, "operands.lhs_matrices", words}, [=](Call& c) {
      c.run.batches = 3, c.run.dst_batch_stride = 12;
      c.operands.lhs_matrices = c.lhs_matrices, c.lhs_matrices[at] = nullptr;
    });
    check_execute_refused(op, {OTTAVA_NULL_POINTER, "operands.rhs_matrices", words}, [=](Call& c) {
      c.run.batches = 3, c.run.dst_batch_stride = 12;
      c.operands.rhs_matrices = c.rhs_matrices, c.rhs_matrices[at] = nullptr;
    });
    check_execute_refused(op, {OTTAVA_NULL_POINTER, "operands.dst_matrices", words}, [=](Call& c) {
      c.run.batches = 3;
      c.operands.dst_matrices = c.dst_matrices, c.dst_matrices[at] = nullptr;
    });
  }
  // As many entries as there are batches are looked at, the single pointers and batch strides then not.
  check_execute_accepted(op, [](Call& c) {
    c.run.batches = 3;
    c.run.lhs_batch_stride = c.run.rhs_batch_stride = INT64_MAX, c.run.dst_batch_stride = 1;
    c.lhs_matrices[3] = c.rhs_matrices[3] = c.dst_matrices[3] = nullptr;
    c.operands.lhs = c.operands.rhs = c.operands.dst = nullptr;
    c.operands.lhs_matrices = c.lhs_matrices;
    c.operands.rhs_matrices = c.rhs_matrices;
    c.operands.dst_matrices = c.dst_matrices;
  });

  // Floats lie where floats do; all else lies anywhere.
  const SmallOperator floats(to_float_lhs);
  for (const std::size_t offset : {1u, 2u, 3u}) {
    const auto moved = [=](const void* at) { return static_cast<const std::uint8_t*>(at) + offset; };
    check_execute_refused(floats, {OTTAVA_BAD_MEMORY, "lhs", {"multiple of 4 bytes"}},
                          [=](Call& c) { c.operands.lhs = moved(c.operands.lhs); });
    check_execute_refused(floats, {OTTAVA_BAD_MEMORY, "operands.lhs_matrices", {"multiple of 4 bytes"}}, [=](Call& c) {
      c.run.batches = 2, c.run.dst_batch_stride = 12;
      c.operands.lhs_matrices = c.lhs_matrices, c.lhs_matrices[1] = moved(c.lhs_matrices[1]);
    });
    check_execute_accepted(op, [=](Call& c) {
      c.operands.lhs = moved(c.operands.lhs);
      c.operands.rhs = moved(c.operands.rhs);
      c.operands.dst = static_cast<std::uint8_t*>(c.operands.dst) + offset;
      c.operands.workspace = static_cast<std::uint8_t*>(c.operands.workspace) + offset;
      c.run.workspace_bytes -= offset;
    });
  }
}

TEST_CASE("errors: execute, arrays per row", "[errors]") {
  const Refusal no_scales = {OTTAVA_NULL_POINTER, "operands.lhs_scales", {"NULL"}};
  const Refusal no_zeros = {OTTAVA_NULL_POINTER, "operands.lhs_zero_points", {"NULL"}};
  const Refusal scales_too = {
      OTTAVA_UNSUPPORTED, "operands.lhs_scales", {"does not go with", "OTTAVA_MATMUL_LHS_ROW_SCALES"}};
  const Refusal zeros_too = {
      OTTAVA_UNSUPPORTED, "operands.lhs_zero_points", {"does not go with", "OTTAVA_MATMUL_LHS_ROW_ZERO_POINTS"}};
  const Harm take_scales = [](Call& c) { c.operands.lhs_scales = nullptr; };
  const Harm take_zeros = [](Call& c) { c.operands.lhs_zero_points = nullptr; };
  const Harm give_scales = [](Call& c) { c.operands.lhs_scales = c.scales.data(); };
  const Harm give_zeros = [](Call& c) { c.operands.lhs_zero_points = c.zero_points.data(); };

  const SmallOperator plain, scaled(to_row_scales), shifted(to_row_zero_points), floats(to_float_lhs);
  const SmallOperator both([](Draft& d) { to_row_scales(d), to_row_zero_points(d); });
  for (const SmallOperator* op : {&plain, &shifted, &floats}) check_execute_refused(*op, scales_too, give_scales);
  for (const SmallOperator* op : {&plain, &scaled, &floats}) check_execute_refused(*op, zeros_too, give_zeros);
  for (const SmallOperator* op : {&scaled, &both}) check_execute_refused(*op, no_scales, take_scales);
  for (const SmallOperator* op : {&shifted, &both}) check_execute_refused(*op, no_zeros, take_zeros);

  // Rows 1 and 2 of 4, in each of 2 batches: the values of these are looked at.
  const auto part = [](Call& c) {
    c.run.batches = 2, c.run.dst_batch_stride = 12;
    c.run.first_row = 1, c.run.rows = 2;
  };
  const auto with_scale = [=](std::size_t i, float value) { return [=](Call& c) { part(c), c.scales[i] = value; }; };
  const auto with_zero = [=](std::size_t i, std::int32_t value) {
    return [=](Call& c) { part(c), c.zero_points[i] = value; };
  };
  const struct {
    std::size_t index;
    const char* row;
    const char* batch;
  } looked_at[] = {{1, "row 1", "batch 0"}, {2, "row 2", "batch 0"}, {5, "row 1", "batch 1"}, {6, "row 2", "batch 1"}};
  const std::size_t passed_over[] = {0, 3, 4, 7, 8};
  for (const float value : {kNan, -kNan, kInfinity, -kInfinity, 0.0f, -0.0f, -1.0f, -kDenormal}) {
    const char* const fault = std::isnan(value)   ? "is NaN"
                              : std::isinf(value) ? "is infinite"
                              : value == 0.0f     ? "is zero"
                                                  : "is negative";
    for (const auto& at : looked_at) {
      check_execute_refused(scaled, {OTTAVA_BAD_SCALE, "operands.lhs_scales", {at.row, at.batch, fault, "above 0"}},
                            with_scale(at.index, value));
      check_execute_refused(both, {OTTAVA_BAD_SCALE, "operands.lhs_scales", {at.row, at.batch}},
                            with_scale(at.index, value));
    }
    for (const std::size_t i : passed_over) check_execute_accepted(scaled, with_scale(i, value));
  }
  for (const float value : {kDenormal, std::numeric_limits<float>::min(), std::numeric_limits<float>::max()}) {
    check_execute_accepted(scaled, with_scale(5, value));
  }
  const SmallOperator shifted_u8([](Draft& d) { to_row_zero_points(d), d.desc.lhs_type = OTTAVA_TYPE_U8; });
  const struct {
    const SmallOperator& op;
    const char* name;
    std::int32_t min, max;
  } types[] = {{shifted, "s8", -128, 127}, {shifted_u8, "u8", 0, 255}, {both, "s8", -128, 127}};
  for (const auto& type : types) {
    for (const std::int32_t value : {type.min - 1, type.max + 1, INT32_MIN, INT32_MAX}) {
      for (const auto& at : looked_at) {
        check_execute_refused(
            type.op,
            {OTTAVA_BAD_ZERO_POINT, "operands.lhs_zero_points", {at.row, at.batch, "is " + number(value), type.name}},
            with_zero(at.index, value));
      }
      for (const std::size_t i : passed_over) check_execute_accepted(type.op, with_zero(i, value));
    }
    for (const std::int32_t value : {type.min, type.max}) check_execute_accepted(type.op, with_zero(6, value));
  }
}

TEST_CASE("errors: execute, strides beyond the address space", "[errors]") {
  const SmallOperator op(to_runtime_rhs), floats(to_float_lhs);
  const auto too_far = [](const char* argument, std::int64_t stride) {
    return Refusal{OTTAVA_SIZE_OVERFLOW, argument, {"is " + number(stride) + ":", "address space"}};
  };
  for (const std::int64_t stride : {INT64_MAX, INT64_MIN, INT64_MAX / 3, -(INT64_MAX / 3)}) {
    check_both_refused(op, too_far("lhs_stride", stride), [=](Call& c) { c.run.lhs_stride = stride; });
    check_both_refused(op, too_far("run.rhs_stride", stride), [=](Call& c) { c.run.rhs_stride = stride; });
    check_both_refused(op, too_far("dst_stride", stride), [=](Call& c) { c.run.dst_stride = stride; });
  }
  for (const std::int64_t stride : {kHuge, -kHuge, kHuge / 3, -(kHuge / 3)}) {
    check_both_refused(op, too_far("dst_stride", stride), [=](Call& c) { c.run.dst_stride = stride; });
    check_both_refused(floats, too_far("lhs_stride", stride), [=](Call& c) { c.run.lhs_stride = stride; });
  }
  // From batch to batch; with one batch no step is made.
  for (const std::int64_t stride : {INT64_MAX, INT64_MIN, INT64_MAX / 2, -(INT64_MAX / 2)}) {
    const auto batches = [=](std::int64_t count, std::int64_t ottava_matmul_run_desc::*member) {
      return [=](Call& c) { c.run.batches = count, c.run.dst_batch_stride = 12, c.run.*member = stride; };
    };
    check_execute_refused(op, too_far("run.lhs_batch_stride", stride),
                          batches(3, &ottava_matmul_run_desc::lhs_batch_stride));
    check_execute_refused(op, too_far("run.rhs_batch_stride", stride),
                          batches(3, &ottava_matmul_run_desc::rhs_batch_stride));
    check_execute_refused(op, too_far("run.dst_batch_stride", stride),
                          batches(3, &ottava_matmul_run_desc::dst_batch_stride));
    check_execute_accepted(op, batches(1, &ottava_matmul_run_desc::lhs_batch_stride));
    check_execute_accepted(op, batches(1, &ottava_matmul_run_desc::rhs_batch_stride));
    check_execute_accepted(op, batches(1, &ottava_matmul_run_desc::dst_batch_stride));
  }
  check_execute_refused(floats, too_far("run.lhs_batch_stride", kHuge), [](Call& c) {
    c.run.batches = 2, c.run.dst_batch_stride = 12, c.run.lhs_batch_stride = kHuge;
  });
  // The end of an address space of 32 bits, of whose offsets int64 holds far more.
  for (const std::int64_t stride : {std::int64_t{1} << 30, -(std::int64_t{1} << 30), std::int64_t{1} << 31}) {
    if (kWide) break;
    check_execute_refused(op, too_far("lhs_stride", stride), [=](Call& c) { c.run.lhs_stride = stride; });
    check_execute_refused(op, too_far("run.rhs_stride", stride), [=](Call& c) { c.run.rhs_stride = stride; });
    check_execute_refused(op, too_far("dst_stride", stride / 4), [=](Call& c) { c.run.dst_stride = stride / 4; });
    check_execute_refused(op, too_far("run.lhs_batch_stride", stride), [=](Call& c) {
      c.run.batches = 3, c.run.dst_batch_stride = 12, c.run.lhs_batch_stride = stride;
    });
    check_execute_refused(op, too_far("run.dst_batch_stride", stride / 4),
                          [=](Call& c) { c.run.batches = 3, c.run.dst_batch_stride = stride / 4; });
  }
  // Each step fits, all of them together do not.
  check_execute_refused(op, too_far("run.dst_batch_stride", kHuge / 4),
                        [](Call& c) { c.run.batches = 9, c.run.dst_batch_stride = kHuge / 4; });
}

TEST_CASE("errors: execute, dst that overlap", "[errors]") {
  struct Layout {
    std::int64_t stride, batches, batch_stride;
  };
  for (const std::uint32_t order : {OTTAVA_ORDER_ROW, OTTAVA_ORDER_COLUMN}) {
    const bool by_row = order == OTTAVA_ORDER_ROW;
    // Lines of 3 elements: 4 rows of 3, or 4 columns of 3.
    const SmallOperator op([=](Draft& d) { d.desc.dst_order = order, d.desc.n = by_row ? 3 : 4; });
    const std::int64_t m = by_row ? 4 : 3;
    const auto laid_out = [=](const Layout& at) {
      return [=](Call& c) {
        c.run.m = m;
        c.run.dst_stride = at.stride, c.run.batches = at.batches, c.run.dst_batch_stride = at.batch_stride;
      };
    };
    for (const std::int64_t stride : {1, 2, -1, -2}) {
      check_both_refused(
          op,
          {OTTAVA_BAD_STRIDE, "dst_stride", {"is " + number(stride) + ",", by_row ? "row" : "column", "3 elements"}},
          laid_out({stride, 1, 0}));
    }
    for (const Layout& at : {Layout{0, 2, 0}, Layout{0, 2, 1}, Layout{0, 2, 11}, Layout{0, 2, -11}, Layout{3, 3, 6},
                             Layout{-3, 2, 11}, Layout{6, 2, 2}, Layout{6, 2, 4}, Layout{6, 3, 3}, Layout{8, 3, 3},
                             Layout{-8, 3, -3}, Layout{100, 2, 99}, Layout{100, 34, 3}}) {
      INFO("stride " << at.stride << ", " << at.batches << " batches " << at.batch_stride << " apart");
      check_execute_refused(op,
                            {OTTAVA_BAD_STRIDE,
                             "run.dst_batch_stride",
                             {"is " + number(at.batch_stride) + ":", number(at.batches) + " batches", "overlap"}},
                            laid_out(at));
    }
    // One behind the other, in either direction, or each between the lines of the others, to the last element.
    for (const Layout& at :
         {Layout{0, 3, 12}, Layout{0, 3, -12}, Layout{-3, 3, 12}, Layout{5, 2, 18}, Layout{6, 2, 3}, Layout{6, 2, -3},
          Layout{-6, 2, 3}, Layout{9, 3, 3}, Layout{7, 2, 4}, Layout{100, 2, 97}, Layout{100, 33, 3}}) {
      INFO("stride " << at.stride << ", " << at.batches << " batches " << at.batch_stride << " apart");
      Call call(op);
      laid_out(at)(call);
      // All of batch b is b + 1, as one lhs row of 4 that each of its rows repeats.
      std::vector<std::int8_t> lhs(static_cast<std::size_t>(4 * m * at.batches));
      for (std::size_t i = 0; i < lhs.size(); ++i)
        lhs[i] = static_cast<std::int8_t>(i / static_cast<std::size_t>(4 * m) + 1);
      call.operands.lhs = lhs.data();
      call.run.lhs_batch_stride = 4 * m;
      CHECK(call.execute(op, nullptr) == OTTAVA_OK);
      std::vector<std::int32_t> expected(Call::kDst, 0x5a5a5a5a);
      for (std::int64_t batch = 0; batch < at.batches; ++batch) {
        for (std::int64_t line = 0; line < 4; ++line) {
          for (std::int64_t i = 0; i < 3; ++i) {
            const std::int64_t offset = batch * at.batch_stride + line * (at.stride == 0 ? 3 : at.stride) + i;
            expected[static_cast<std::size_t>(static_cast<std::int64_t>(Call::kMiddle) + offset)] =
                static_cast<std::int32_t>(4 * (batch + 1));
          }
        }
      }
      CHECK((call.dst == expected));
    }
  }
  // The size query does not know whether an array of pointers will say where the batches lie.
  const SmallOperator unknown(to_runtime_rhs);
  for (const std::int64_t batch_stride : {std::int64_t{0}, std::int64_t{1}, INT64_MAX}) {
    check_workspace_accepted(unknown, [=](Call& c) {
      c.run.batches = 3;
      c.run.lhs_batch_stride = c.run.rhs_batch_stride = c.run.dst_batch_stride = batch_stride;
    });
  }
  // A single line each: beyond its end is enough.
  const SmallOperator op;
  const auto one_row = [](std::int64_t batch_stride) {
    return [=](Call& c) { c.run.m = 1, c.run.batches = 4, c.run.dst_batch_stride = batch_stride; };
  };
  check_execute_accepted(op, one_row(3));
  check_execute_accepted(op, one_row(-3));
  check_execute_refused(op, {OTTAVA_BAD_STRIDE, "run.dst_batch_stride", {"is 2:"}}, one_row(2));
}

TEST_CASE("errors: execute, what accumulation does not go with", "[errors]") {
  const auto accumulate = [](Call& c) { c.run.flags = OTTAVA_RUN_ACCUMULATE; };
  const Refusal with_rule = {OTTAVA_UNSUPPORTED, "run.flags", {"OTTAVA_RUN_ACCUMULATE", "rule", "s32 and f32"}};
  const Refusal with_activation = {OTTAVA_UNSUPPORTED, "run.flags", {"OTTAVA_RUN_ACCUMULATE", "activation"}};
  for (const std::uint32_t type : {OTTAVA_TYPE_S8, OTTAVA_TYPE_U8, OTTAVA_TYPE_S16, OTTAVA_TYPE_S32}) {
    for (const std::uint32_t rule : {OTTAVA_RULE_FIXED_TWO_ROUNDINGS, OTTAVA_RULE_FLOAT_NEAREST_EVEN}) {
      const SmallOperator op([=](Draft& d) { d.desc.dst_type = type, d.desc.rule = rule; });
      check_both_refused(op, with_rule, accumulate);
    }
  }
  const SmallOperator table(to_table);
  const SmallOperator tanh(
      [](Draft& d) { d.desc.activation = OTTAVA_ACTIVATION_GEMMLOWP_TANH, d.desc.tanh_amplitude = 1 << 20; });
  check_both_refused(table, with_activation, accumulate);
  check_both_refused(tanh, with_activation, accumulate);
  const SmallOperator to_f32([](Draft& d) { d.to_f32(); });
  const SmallOperator to_s32;
  check_execute_accepted(to_f32, accumulate);
  Call call(to_s32);
  accumulate(call);
  CHECK(call.execute(to_s32, nullptr) == OTTAVA_OK);
  CHECK((call.dst == std::vector<std::int32_t>(Call::kDst, 0x5a5a5a5a)));  // plus 0
}

TEST_CASE("errors: execute, the workspace", "[errors]") {
  for (const Change& change : {Change([](Draft&) {}), Change(to_runtime_rhs), Change(to_row_scales),
                               Change(to_row_zero_points), Change(to_float_lhs), Change(to_table), Change([](Draft& d) {
                                 to_runtime_rhs(d), d.to_quantize(OTTAVA_QUANTIZE_XNNPACK), d.to_f32();
                               })}) {
    const SmallOperator op(change);
    const auto batches = [](Call& c) {
      c.run.batches = 3;
      c.run.lhs_batch_stride = c.run.dst_batch_stride = 16;
      if (c.operands.rhs != nullptr) c.run.rhs_batch_stride = 12;
    };
    Call sound(op);
    batches(sound);
    sound.run.workspace_bytes = 0;  // does not matter here
    const std::uint64_t needed = workspace_of(op, sound.run);
    REQUIRE((needed != 0 && needed < sound.workspace.size() - 64));
    for (const std::uint64_t bytes : {std::uint64_t{0}, std::uint64_t{1}, needed - 1}) {
      Call call(op);
      batches(call);
      call.run.workspace_bytes = bytes;
      const std::vector<std::int32_t> dst = call.dst;
      const std::vector<std::uint8_t> workspace = call.workspace;
      ottava_error error = unfilled_error();
      check_refusal(
          {OTTAVA_BAD_MEMORY, "workspace_bytes", {"is " + std::to_string(bytes) + ",", std::to_string(needed)}},
          call.execute(op, &error), error);
      CHECK((call.dst == dst && call.workspace == workspace));
      CHECK((call.saturated[0] == 77 && call.saturated[1] == 78));
    }
    // Exactly that is enough, anywhere.
    for (std::size_t offset = 0; offset < 65; ++offset) {
      Call call(op);
      batches(call);
      call.operands.workspace = &call.workspace[offset];
      call.run.workspace_bytes = needed;
      CHECK(call.execute(op, nullptr) == OTTAVA_OK);
      const std::vector<std::uint8_t> before(call.workspace.size(), 0xab);
      const std::size_t end = offset + static_cast<std::size_t>(needed);
      CHECK(std::memcmp(call.workspace.data(), before.data(), offset) == 0);
      CHECK(std::memcmp(&call.workspace[end], before.data(), call.workspace.size() - end) == 0);
    }
  }
}

TEST_CASE("errors: execute, a workspace serves all that is not larger", "[errors]") {
  for (const std::uint32_t threads : {1u, 4u, 7u}) {
    const KernelContext context(nullptr, threads, one_after_the_other);
    for (const Change& change : {Change([](Draft&) {}), Change(to_runtime_rhs), Change(to_float_lhs)}) {
      const SmallOperator op(
          [&](Draft& d) {
            change(d);
            d.desc.max_m = 0, d.desc.n = 130, d.desc.k = 600;
          },
          context.get());
      const std::int64_t m = 70, n = 130, k = 600, batches = 5;
      const std::vector<float> lhs(static_cast<std::size_t>(m * k * batches));
      const std::vector<std::int8_t> rhs(static_cast<std::size_t>(n * k * batches));
      std::vector<std::int32_t> dst(static_cast<std::size_t>(m * n * batches));
      ottava_matmul_run_desc run = OTTAVA_MATMUL_RUN_DESC_INIT;
      run.m = m, run.batches = batches;
      const std::uint64_t enough = workspace_of(op, run);
      std::vector<std::uint8_t> workspace(static_cast<std::size_t>(enough));
      ottava_matmul_operands operands = OTTAVA_MATMUL_OPERANDS_INIT;
      operands.lhs = lhs.data();
      operands.rhs = op.runtime_rhs ? rhs.data() : nullptr;
      operands.dst = dst.data();
      operands.workspace = workspace.data();
      run.workspace_bytes = enough;
      for (const std::int64_t fewer : {1, 2, 3, 4, 5}) {
        for (const std::int64_t rows : {1, 2, 5, 11, 30, 47, 64, 69, 70}) {
          for (const bool part : {false, true}) {
            for (const bool one_rhs : {false, true}) {
              run.batches = fewer;
              run.m = part ? m : rows;
              run.rows = part ? rows : OTTAVA_TO_THE_END;
              run.lhs_batch_stride = run.m * k, run.dst_batch_stride = run.m * n;
              run.rhs_batch_stride = op.runtime_rhs && !one_rhs ? n * k : 0;
              INFO(threads << " threads, " << rows << " rows, " << fewer << " batches, part " << part);
              CHECK(ottava_matmul_execute(op.matmul, &run, &operands, nullptr) == OTTAVA_OK);
            }
          }
        }
      }
    }
  }
}

TEST_CASE("errors: execute, no memory to be had", "[errors]") {
  const auto never = [](void*, std::uint64_t, std::uint64_t) -> void* { return nullptr; };
  const auto release = [](void*, void*, std::uint64_t) {};
  for (const bool with_allocator : {false, true}) {
    ottava_context_host host = OTTAVA_CONTEXT_HOST_INIT;
    host.allocate = never;
    host.release = release;
    std::vector<std::uint8_t> context_memory(1 << 14), memory(1 << 16);
    ottava_context* context = nullptr;
    REQUIRE(ottava_context_init_at(context_memory.data(), context_memory.size(), nullptr,
                                   with_allocator ? &host : nullptr, &context, nullptr) == OTTAVA_OK);
    Draft draft;
    draft.desc.flags = OTTAVA_MATMUL_RUNTIME_RHS;
    draft.constants.rhs = nullptr;
    ottava_matmul* matmul = nullptr;
    REQUIRE(ottava_matmul_init_at(memory.data(), memory.size(), context, &draft.desc, &draft.constants, &matmul,
                                  nullptr) == OTTAVA_OK);
    const std::vector<std::int8_t> lhs(64, 1), rhs(64, 1);
    std::vector<std::int8_t> dst(64, 0x5a);
    std::uint64_t saturated[] = {77, 78};
    ottava_matmul_run_desc run = OTTAVA_MATMUL_RUN_DESC_INIT;
    run.m = 4, run.batches = 2, run.dst_batch_stride = 12;
    run.workspace_bytes = 1 << 20;  // of nothing
    ottava_matmul_operands operands = OTTAVA_MATMUL_OPERANDS_INIT;
    operands.lhs = lhs.data();
    operands.rhs = rhs.data();
    operands.dst = dst.data();
    operands.saturated = saturated;
    ottava_error error = unfilled_error();
    check_refusal(with_allocator ? Refusal{OTTAVA_OUT_OF_MEMORY, "workspace", {"NULL", "bytes"}}
                                 : Refusal{OTTAVA_BAD_MEMORY, "workspace", {"NULL", "no allocator"}},
                  ottava_matmul_execute(matmul, &run, &operands, &error), error);
    CHECK((dst == std::vector<std::int8_t>(64, 0x5a)));
    CHECK((saturated[0] == 77 && saturated[1] == 78));
    std::vector<std::uint8_t> workspace(1 << 16);
    operands.workspace = workspace.data();
    run.workspace_bytes = workspace.size();
    CHECK(ottava_matmul_execute(matmul, &run, &operands, nullptr) == OTTAVA_OK);
    CHECK(dst[0] == 4);
    CHECK((saturated[0] == 0 && saturated[1] == 0));
    CHECK(ottava_matmul_destroy(matmul) == OTTAVA_OK);
    CHECK(ottava_context_destroy(context) == OTTAVA_OK);
  }
}

TEST_CASE("errors: run refuses operators that want more at run time", "[errors]") {
  const struct {
    Change change;
    const char* words;
  } cases[] = {{to_runtime_rhs, "rhs"},
               {to_row_scales, "per row"},
               {to_row_zero_points, "per row"},
               {[](Draft& d) { to_runtime_rhs(d), to_row_scales(d), to_row_zero_points(d); }, "rhs"}};
  const std::vector<float> lhs(64);
  std::vector<std::int32_t> dst(64, 0x5a5a5a5a);
  std::vector<std::uint8_t> workspace(1 << 16, 0xab);
  for (const auto& c : cases) {
    const SmallOperator op(c.change);
    for (const std::int64_t m : {0, 4}) {
      ottava_error error = unfilled_error();
      check_refusal(
          {OTTAVA_UNSUPPORTED, "operation", {c.words, "ottava_matmul_execute"}},
          ottava_matmul_run(op.matmul, m, lhs.data(), 0, dst.data(), 0, workspace.data(), workspace.size(), &error),
          error);
    }
  }
  CHECK((dst == std::vector<std::int32_t>(64, 0x5a5a5a5a)));
  CHECK((workspace == std::vector<std::uint8_t>(1 << 16, 0xab)));
  // One that quantizes its lhs itself does not.
  const SmallOperator floats(to_float_lhs);
  CHECK(ottava_matmul_run(floats.matmul, 4, lhs.data(), 0, dst.data(), 0, nullptr, 0, nullptr) == OTTAVA_OK);
  ottava_error error = unfilled_error();
  check_refusal({OTTAVA_BAD_MEMORY, "lhs", {"multiple of 4 bytes"}},
                ottava_matmul_run(floats.matmul, 4, reinterpret_cast<const std::uint8_t*>(lhs.data()) + 1, 0,
                                  dst.data(), 0, nullptr, 0, &error),
                error);
}

TEST_CASE("errors: the output stage of an operator", "[errors]") {
  const SmallOperator op, by_column([](Draft&d) { d.desc.dst_order = OTTAVA_ORDER_COLUMN; }), scaled(to_row_scales),
      floats(to_float_lhs);
  const std::vector<std::int32_t> from(64, 7);
  std::vector<std::int32_t> dst(64, 0x5a5a5a5a);
  std::vector<float> scales(8, 1.0f);
  struct Stage {
    const SmallOperator* op;
    std::int64_t m = 4;
    bool has_from = true;
    std::int64_t from_stride = 0;
    bool has_scales = false, has_dst = true;
    std::int64_t dst_stride = 0;
  };
  const auto run = [&](const Stage& s, ottava_error* error) {
    return ottava_matmul_output_stage(s.op->matmul, s.m, s.has_from ? from.data() : nullptr, s.from_stride,
                                      s.has_scales ? scales.data() : nullptr, s.has_dst ? &dst[32] : nullptr,
                                      s.dst_stride, error);
  };
  const auto refused = [&](const Refusal& expected, const Stage& stage) {
    INFO(expected.argument);
    ottava_error error = unfilled_error();
    check_refusal(expected, run(stage, &error), error);
    CHECK((dst == std::vector<std::int32_t>(64, 0x5a5a5a5a)));
  };
  const auto of = [](const SmallOperator& operation, const std::function<void(Stage&)>& change) {
    Stage stage;
    stage.op = &operation;
    change(stage);
    return stage;
  };
  ottava_error error = unfilled_error();
  check_refusal({OTTAVA_NULL_POINTER, "operation", {"NULL"}},
                ottava_matmul_output_stage(nullptr, 4, from.data(), 0, nullptr, dst.data(), 0, &error), error);
  refused({OTTAVA_NULL_POINTER, "accumulators", {"NULL"}}, of(op, [](Stage& s) { s.has_from = false; }));
  refused({OTTAVA_NULL_POINTER, "dst", {"NULL"}}, of(op, [](Stage& s) { s.has_dst = false; }));
  for (const std::int64_t m : {std::int64_t{-1}, INT64_MIN}) {
    refused({OTTAVA_BAD_SHAPE, "m", {number(m), "negative"}}, of(op, [=](Stage& s) { s.m = m; }));
  }
  for (const std::int64_t m : {kMaxM + 1, INT64_MAX}) {
    refused({OTTAVA_BAD_SHAPE, "m", {number(m), "max_m"}}, of(op, [=](Stage& s) { s.m = m; }));
  }
  for (const std::int64_t stride : {INT64_MAX, INT64_MIN, kHuge, -kHuge, kHuge / 3}) {
    refused({OTTAVA_SIZE_OVERFLOW, "accumulator_stride", {number(stride), "address space"}},
            of(op, [=](Stage& s) { s.from_stride = stride; }));
    refused({OTTAVA_SIZE_OVERFLOW, "dst_stride", {number(stride), "address space"}},
            of(op, [=](Stage& s) { s.dst_stride = stride; }));
  }
  for (const std::int64_t stride : {1, -1, 2, -2}) {
    refused({OTTAVA_BAD_STRIDE, "dst_stride", {"is " + number(stride) + ",", "row", "3 elements"}},
            of(op, [=](Stage& s) { s.dst_stride = stride; }));
    refused({OTTAVA_BAD_STRIDE, "dst_stride", {"is " + number(stride) + ",", "column", "4 elements"}},
            of(by_column, [=](Stage& s) { s.dst_stride = stride; }));
  }
  refused({OTTAVA_UNSUPPORTED, "lhs_scales", {"does not go with"}}, of(op, [](Stage& s) { s.has_scales = true; }));
  // Those of a dynamic rule are per row as well.
  for (const SmallOperator* per_row : {&scaled, &floats}) {
    refused({OTTAVA_NULL_POINTER, "lhs_scales", {"NULL", "scales"}}, of(*per_row, [](Stage&) {}));
    for (const float value : {kNan, kInfinity, -kInfinity, 0.0f, -0.0f, -1.0f}) {
      scales[2] = value;
      const char* const fault = std::isnan(value) ? "is NaN" : std::isinf(value) ? "infinite" : "is ";
      refused({OTTAVA_BAD_SCALE, "lhs_scales", {"row 2", fault, "above 0"}},
              of(*per_row, [](Stage& s) { s.has_scales = true; }));
      scales[2] = 1.0f;
    }
  }

  // Accepted: nothing to do; overlapping rows of accumulators; rows beyond m whose scale is bad.
  CHECK(run(of(op, [](Stage& s) { s.m = 0, s.has_from = s.has_dst = false; }), nullptr) == OTTAVA_OK);
  CHECK(run(of(op, [](Stage& s) { s.from_stride = 1, s.dst_stride = -3; }), nullptr) == OTTAVA_OK);
  for (std::size_t i = 0; i < dst.size(); ++i) CHECK(dst[i] == (i >= 23 && i < 35 ? 7 : 0x5a5a5a5a));
  scales[4] = kNan;
  CHECK(run(of(scaled, [](Stage& s) { s.has_scales = true; }), nullptr) == OTTAVA_OK);
}

TEST_CASE("errors: requantizing a tensor", "[errors]") {
  const KernelContext context(nullptr);
  const std::vector<std::int32_t> from(8, 100);
  std::vector<std::int8_t> to(8, 0x5a);
  const std::vector<std::int8_t> untouched = to;
  const ottava_matmul_desc sound = OTTAVA_MATMUL_DESC_INIT;
  ottava_error error = unfilled_error();
  const auto refused = [&](const Refusal& expected, ottava_status status) {
    check_refusal(expected, status, error);
    CHECK(to == untouched);
    error = unfilled_error();
  };
  const auto null = [](const char* argument) { return Refusal{OTTAVA_NULL_POINTER, argument, {"NULL"}}; };
  refused(null("context"), ottava_requantize(nullptr, &sound, 8, from.data(), to.data(), &error));
  refused(null("desc"), ottava_requantize(context.get(), nullptr, 8, from.data(), to.data(), &error));
  refused(null("from"), ottava_requantize(context.get(), &sound, 8, nullptr, to.data(), &error));
  refused(null("to"), ottava_requantize(context.get(), &sound, 8, from.data(), nullptr, &error));
  for (const std::int64_t count : {std::int64_t{-1}, INT64_MIN}) {
    refused({OTTAVA_BAD_SHAPE, "count", {number(count), "negative"}},
            ottava_requantize(context.get(), &sound, count, from.data(), to.data(), &error));
  }
  for (const std::int64_t count : {INT64_MAX, std::int64_t{PTRDIFF_MAX} / 4 + 1}) {
    refused({OTTAVA_SIZE_OVERFLOW, "count", {number(count), "address space"}},
            ottava_requantize(context.get(), &sound, count, from.data(), to.data(), &error));
  }
  const auto with = [&](const Refusal& expected, const std::function<void(ottava_matmul_desc&)>& change) {
    ottava_matmul_desc desc = sound;
    change(desc);
    for (const std::int64_t count : {0, 8}) {  // the desc is looked at even if there is nothing to do
      refused(expected, ottava_requantize(context.get(), &desc, count, from.data(), to.data(), &error));
    }
  };
  using Desc = ottava_matmul_desc;
  for (const std::uint32_t size : {0u, 111u, 4097u}) {
    with({OTTAVA_BAD_STRUCT, "desc", {"struct_size", number(size)}}, [=](Desc& d) { d.struct_size = size; });
  }
  with({OTTAVA_BAD_OPTION, "desc.flags", {"32"}}, [](Desc& d) { d.flags = 32; });
  with({OTTAVA_BAD_OPTION, "desc.reserved", {"0"}}, [](Desc& d) { d.reserved = 1; });
  with({OTTAVA_BAD_TYPE, "desc.rule", {"13"}}, [](Desc& d) { d.rule = 13; });
  with({OTTAVA_BAD_TYPE, "desc.dst_type", {"6"}}, [](Desc& d) { d.dst_type = 6; });
  with({OTTAVA_BAD_TYPE, "desc.parameters", {"2"}}, [](Desc& d) { d.parameters = 2; });
  with({OTTAVA_UNSUPPORTED, "desc.rule", {"OTTAVA_RULE_NONE", "s8"}}, [](Desc& d) { d.rule = OTTAVA_RULE_NONE; });
  with({OTTAVA_UNSUPPORTED, "desc.rule", {"f32"}}, [](Desc& d) { d.dst_type = OTTAVA_TYPE_F32; });
  with({OTTAVA_UNSUPPORTED, "desc.parameters", {"integer", "float"}},
       [](Desc& d) { d.rule = OTTAVA_RULE_FLOAT_NEAREST_EVEN, d.parameters = OTTAVA_PARAMETERS_INTEGER; });
  with({OTTAVA_UNSUPPORTED, "desc.parameters", {"real"}}, [](Desc& d) { d.rule = OTTAVA_RULE_MULTIPLY_SHIFT_FLOOR; });
  with({OTTAVA_BAD_SCALE, "desc.lhs_scale", {"NaN"}}, [](Desc& d) { d.lhs_scale = kNan; });
  with({OTTAVA_BAD_SCALE, "desc.lhs_scale", {"NaN"}}, [](Desc& d) {  // no row has its own here
    d.lhs_type = OTTAVA_TYPE_F32, d.lhs_quantization = OTTAVA_QUANTIZE_XNNPACK, d.lhs_scale = kNan;
  });
  with({OTTAVA_BAD_SCALE, "desc.rhs_scale", {"zero"}}, [](Desc& d) { d.rhs_scale = 0.0f; });
  with({OTTAVA_BAD_SCALE, "desc.dst_scale", {"infinite"}}, [](Desc& d) { d.dst_scale = kInfinity; });
  with({OTTAVA_BAD_SCALE, "desc.rhs_scale", {"infinite"}},
       [](Desc& d) { d.rule = OTTAVA_RULE_FLOAT_NEAREST_EVEN, d.lhs_scale = d.rhs_scale = 3e38f; });
  with({OTTAVA_BAD_SCALE, "desc.rhs_scale", {"below 1"}},
       [](Desc& d) { d.rule = OTTAVA_RULE_GEMMLOWP_BY_FIXED_POINT; });
  with({OTTAVA_BAD_SCALE, "desc.rhs_scale", {"power of two"}},
       [](Desc& d) { d.rule = OTTAVA_RULE_POWER_OF_TWO, d.rhs_scale = 0.3f; });
  with({OTTAVA_BAD_MULTIPLIER, "desc.multiplier", {"-1"}},
       [](Desc& d) { d.parameters = OTTAVA_PARAMETERS_INTEGER, d.multiplier = -1; });
  with({OTTAVA_BAD_MULTIPLIER, "desc.shift", {"31"}},
       [](Desc& d) { d.parameters = OTTAVA_PARAMETERS_INTEGER, d.shift = 31; });
  with({OTTAVA_BAD_ZERO_POINT, "desc.dst_zero_point", {"128", "s8"}}, [](Desc& d) { d.dst_zero_point = 128; });
  with({OTTAVA_BAD_CLAMP, "desc.clamp_min", {"6", "5"}}, [](Desc& d) { d.clamp_min = 6, d.clamp_max = 5; });
  with({OTTAVA_BAD_CLAMP, "desc.clamp_max", {"200", "s8"}}, [](Desc& d) { d.clamp_max = 200; });
  with({OTTAVA_UNSUPPORTED, "desc.clamp_min_f32", {"float", "s8"}}, [](Desc& d) { d.clamp_max_f32 = 1.0f; });

  // What the output stage does not read may hold what no operator would take.
  CHECK(ottava_requantize(context.get(), &sound, 0, nullptr, nullptr, nullptr) == OTTAVA_OK);
  CHECK(to == untouched);
  Desc other = sound;
  other.n = other.k = other.max_m = -1;
  other.rhs_stride = INT64_MIN;
  other.lhs_zero_point = other.rhs_zero_point = 1000;
  other.tanh_zero = other.tanh_amplitude = -1;
  other.flags = OTTAVA_MATMUL_RUNTIME_RHS | OTTAVA_MATMUL_LHS_ROW_SCALES;
  CHECK(ottava_requantize(context.get(), &other, 8, from.data(), to.data(), nullptr) == OTTAVA_OK);
  CHECK(to == std::vector<std::int8_t>(8, 100));
}
