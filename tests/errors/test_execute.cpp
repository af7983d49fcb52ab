// Errors of executing an operator: structures, sizes, parts, pointers, arrays per row and flags, and what run leaves to
// execute. Exact status, argument and words, and every byte of dst, workspace and counters left as it was. What lies
// just within the limits is accepted, with the results that it should have.
#include <cmath>
#include <limits>

#include "small_operator.h"

using namespace ottava;

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
  for (const std::uint32_t size : {0u, 4u, 96u, 112u, run_bytes - 1, run_bytes + 1, 4097u, UINT32_MAX}) {
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
    call.operands.workspace_bytes = 0;
    call.run.dst_stride = 1;
    call.operands.lhs = call.operands.dst = nullptr;
    CHECK(call.execute(op, nullptr) == OTTAVA_OK);
    CHECK((call.saturated[0] == 0 && call.saturated[1] == 0));
    call.operands.workspace = nullptr;
    call.operands.saturated = nullptr;
    CHECK(call.execute(op, nullptr) == OTTAVA_OK);
  }
}

TEST_CASE("errors: execute, channels and depth of the run", "[errors]") {
  const auto n = [](std::int64_t value) { return [=](Call& c) { c.run.n = value; }; };
  const auto k = [](std::int64_t value) { return [=](Call& c) { c.run.k = value; }; };
  const SmallOperator constant, runtime(to_runtime_rhs);  // 3 channels, depth 4
  for (const std::int64_t value : {std::int64_t{-1}, INT64_MIN}) {
    for (const SmallOperator* op : {&constant, &runtime}) {
      check_both_refused(*op, {OTTAVA_BAD_SHAPE, "run.n", {"is " + number(value), "negative"}}, n(value));
      check_both_refused(*op, {OTTAVA_BAD_SHAPE, "run.k", {"is " + number(value), "negative"}}, k(value));
    }
  }
  for (const std::int64_t more : {std::int64_t{1}, INT64_MAX - 5}) {
    check_both_refused(runtime, {OTTAVA_BAD_SHAPE, "run.n", {"is " + number(3 + more), "above", "operator, 3"}},
                       n(3 + more));
    check_both_refused(runtime, {OTTAVA_BAD_SHAPE, "run.k", {"is " + number(4 + more), "above", "operator, 4"}},
                       k(4 + more));
  }
  const auto with_weights = [](const char* argument, std::int64_t value, std::int64_t made_for) {
    const std::vector<std::string> words = {"is " + number(value), "for " + number(made_for),
                                            "OTTAVA_MATMUL_RUNTIME_RHS"};
    return Refusal{OTTAVA_UNSUPPORTED, argument, words};
  };
  for (const std::int64_t value : {std::int64_t{1}, std::int64_t{2}, std::int64_t{6}, INT64_MAX}) {
    check_both_refused(constant, with_weights("run.n", value, 3), n(value));
    check_both_refused(constant, with_weights("run.k", value, 4), k(value));
  }
  for (const SmallOperator* op : {&constant, &runtime}) {
    check_execute_accepted(*op, n(3));
    check_execute_accepted(*op, k(4));
  }
  // Everything else is measured by them: strides, parts, pointers.
  for (const std::int64_t value : {1, 2}) {
    check_execute_accepted(runtime, n(value));
    check_execute_accepted(runtime, k(value));
  }
  check_execute_accepted(runtime, [](Call& c) { c.run.n = 2, c.run.rhs_stride = c.run.dst_stride = 2; });
  check_both_refused(runtime, {OTTAVA_BAD_STRIDE, "dst_stride", {"is 2", "3 elements"}},
                     [](Call& c) { c.run.dst_stride = 2; });
  check_both_refused(runtime, {OTTAVA_BAD_STRIDE, "run.rhs_stride", {"is 1", "2 elements"}},
                     [](Call& c) { c.run.n = 2, c.run.rhs_stride = 1; });
  check_both_refused(runtime, {OTTAVA_OUT_OF_RANGE, "run.columns", {"is 3", "2 follow"}},
                     [](Call& c) { c.run.n = 2, c.run.columns = 3; });
  const SmallOperator empty([](Draft& d) { to_runtime_rhs(d), d.desc.n = d.desc.k = 0; });
  check_both_refused(empty, {OTTAVA_BAD_SHAPE, "run.n", {"is 1", "operator, 0"}}, n(1));
  check_both_refused(empty, {OTTAVA_BAD_SHAPE, "run.k", {"is 1", "operator, 0"}}, k(1));

  // A structure that ends before them, or between them, asks for the operator's own.
  for (const std::uint32_t size : {120u, 128u}) {
    check_execute_accepted(runtime, [=](Call& c) { c.run.struct_size = size, c.run.k = 99; });
    ottava_matmul_run_desc older = OTTAVA_MATMUL_RUN_DESC_INIT;
    CHECK(ottava_matmul_run_desc_init(&older, size) == OTTAVA_OK);
    CHECK(older.struct_size == size);
  }
  check_both_refused(runtime, {OTTAVA_BAD_SHAPE, "run.n", {"is 99"}},
                     [](Call& c) { c.run.struct_size = 128, c.run.n = 99; });
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

  // All lies anywhere, floats too.
  const SmallOperator floats(to_float_lhs);
  for (const std::size_t offset : {1u, 2u, 3u}) {
    const auto moved = [=](const void* at) { return static_cast<const std::uint8_t*>(at) + offset; };
    check_execute_accepted(floats, [=](Call& c) { c.operands.lhs = moved(c.operands.lhs); });
    check_execute_accepted(floats, [=](Call& c) {
      c.run.batches = 2, c.run.dst_batch_stride = 12;
      c.operands.lhs_matrices = c.lhs_matrices, c.lhs_matrices[1] = moved(c.lhs_matrices[1]);
    });
    check_execute_accepted(op, [=](Call& c) {
      c.operands.lhs = moved(c.operands.lhs);
      c.operands.rhs = moved(c.operands.rhs);
      c.operands.dst = static_cast<std::uint8_t*>(c.operands.dst) + offset;
      c.operands.workspace = static_cast<std::uint8_t*>(c.operands.workspace) + offset;
      c.operands.workspace_bytes -= offset;
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

TEST_CASE("errors: execute, what accumulation does not go with", "[errors]") {
  const auto accumulate = [](Call& c) { c.run.flags = OTTAVA_RUN_ACCUMULATE; };
  const Refusal with_rule = {
      OTTAVA_UNSUPPORTED, "run.flags", {"OTTAVA_RUN_ACCUMULATE", "requantization", "s32 and f32"}};
  const Refusal with_activation = {OTTAVA_UNSUPPORTED, "run.flags", {"OTTAVA_RUN_ACCUMULATE", "activation"}};
  for (const std::uint32_t type : {OTTAVA_TYPE_S8, OTTAVA_TYPE_U8, OTTAVA_TYPE_S16, OTTAVA_TYPE_S32}) {
    for (const std::uint32_t rule : {OTTAVA_REQUANTIZE_FIXED_TWO_ROUNDINGS, OTTAVA_REQUANTIZE_FLOAT_NEAREST_EVEN}) {
      const SmallOperator op([=](Draft& d) { d.output.type = type, d.output.requantization = rule; });
      check_both_refused(op, with_rule, accumulate);
    }
  }
  const SmallOperator table(to_table);
  const SmallOperator tanh(
      [](Draft& d) { d.output.activation = OTTAVA_ACTIVATION_GEMMLOWP_TANH, d.output.tanh_amplitude = 1 << 20; });
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
  check_refusal({OTTAVA_NULL_POINTER, "lhs", {"NULL"}},
                ottava_matmul_run(floats.matmul, 4, nullptr, 0, dst.data(), 0, nullptr, 0, &error), error);
}
