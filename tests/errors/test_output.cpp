// Errors of the output stage without a product: of an operator's, and of requantizing a tensor. Exact status, argument
// and words, and every byte of dst left as it was.
#include <cmath>
#include <functional>

#include "small_operator.h"

using namespace ottava;

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
  const ottava_output sound = OTTAVA_OUTPUT_INIT;
  ottava_error error = unfilled_error();
  const auto refused = [&](const Refusal& expected, ottava_status status) {
    check_refusal(expected, status, error);
    CHECK(to == untouched);
    error = unfilled_error();
  };
  const auto null = [](const char* argument) { return Refusal{OTTAVA_NULL_POINTER, argument, {"NULL"}}; };
  refused(null("context"), ottava_requantize(nullptr, &sound, 1.0f, 8, from.data(), to.data(), &error));
  refused(null("output"), ottava_requantize(context.get(), nullptr, 1.0f, 8, from.data(), to.data(), &error));
  refused(null("from"), ottava_requantize(context.get(), &sound, 1.0f, 8, nullptr, to.data(), &error));
  refused(null("to"), ottava_requantize(context.get(), &sound, 1.0f, 8, from.data(), nullptr, &error));
  for (const std::int64_t count : {std::int64_t{-1}, INT64_MIN}) {
    refused({OTTAVA_BAD_SHAPE, "count", {number(count), "negative"}},
            ottava_requantize(context.get(), &sound, 1.0f, count, from.data(), to.data(), &error));
  }
  for (const std::int64_t count : {INT64_MAX, std::int64_t{PTRDIFF_MAX} / 4 + 1}) {
    refused({OTTAVA_SIZE_OVERFLOW, "count", {number(count), "address space"}},
            ottava_requantize(context.get(), &sound, 1.0f, count, from.data(), to.data(), &error));
  }
  const auto with_scale = [&](float scale, const Refusal& expected, const std::function<void(ottava_output&)>& change) {
    ottava_output output = sound;
    change(output);
    for (const std::int64_t count : {0, 8}) {  // the output is looked at even if there is nothing to do
      refused(expected, ottava_requantize(context.get(), &output, scale, count, from.data(), to.data(), &error));
    }
  };
  using Output = ottava_output;
  const auto with = [&](const Refusal& expected, const std::function<void(Output&)>& change) {
    with_scale(1.0f, expected, change);
  };
  for (const std::uint32_t size : {0u, 63u, 4097u}) {
    with({OTTAVA_BAD_STRUCT, "output", {"struct_size", number(size)}}, [=](Output& o) { o.struct_size = size; });
  }
  with({OTTAVA_BAD_OPTION, "output.flags", {"32"}}, [](Output& o) { o.flags = 32; });
  with({OTTAVA_BAD_TYPE, "output.requantization", {"13"}}, [](Output& o) { o.requantization = 13; });
  with({OTTAVA_BAD_TYPE, "output.type", {"6"}}, [](Output& o) { o.type = 6; });
  with({OTTAVA_BAD_TYPE, "output.parameters", {"3"}}, [](Output& o) { o.parameters = 3; });
  with({OTTAVA_UNSUPPORTED, "output.requantization", {"OTTAVA_REQUANTIZE_NONE", "s8"}},
       [](Output& o) { o.requantization = OTTAVA_REQUANTIZE_NONE; });
  with({OTTAVA_UNSUPPORTED, "output.requantization", {"f32"}}, [](Output& o) { o.type = OTTAVA_TYPE_F32; });
  with({OTTAVA_UNSUPPORTED, "output.parameters", {"integer", "float"}}, [](Output& o) {
    o.requantization = OTTAVA_REQUANTIZE_FLOAT_NEAREST_EVEN, o.parameters = OTTAVA_PARAMETERS_INTEGER;
  });
  with({OTTAVA_UNSUPPORTED, "output.parameters", {"REAL_FLOAT_PRODUCT", "a float requantization"}}, [](Output& o) {
    o.requantization = OTTAVA_REQUANTIZE_FLOAT_NEAREST_EVEN, o.parameters = OTTAVA_PARAMETERS_REAL_FLOAT_PRODUCT;
  });
  with({OTTAVA_UNSUPPORTED, "output.parameters", {"real"}},
       [](Output& o) { o.requantization = OTTAVA_REQUANTIZE_MULTIPLY_SHIFT_FLOOR; });
  with({OTTAVA_BAD_SCALE, "output.scale", {"infinite"}}, [](Output& o) { o.scale = kInfinity; });
  const auto nothing = [](Output&) {};
  with_scale(kNan, {OTTAVA_BAD_SCALE, "scale", {"NaN"}}, nothing);
  with_scale(0.0f, {OTTAVA_BAD_SCALE, "scale", {"zero"}}, nothing);
  with_scale(-1.0f, {OTTAVA_BAD_SCALE, "scale", {"negative"}}, nothing);
  with_scale(3e38f, {OTTAVA_BAD_SCALE, "scale", {"infinite"}},
             [](Output& o) { o.requantization = OTTAVA_REQUANTIZE_FLOAT_NEAREST_EVEN, o.scale = 0.5f; });
  with({OTTAVA_BAD_SCALE, "scale", {"below 1"}},
       [](Output& o) { o.requantization = OTTAVA_REQUANTIZE_GEMMLOWP_BY_FIXED_POINT; });
  with_scale(0.3f, {OTTAVA_BAD_SCALE, "scale", {"power of two"}},
             [](Output& o) { o.requantization = OTTAVA_REQUANTIZE_POWER_OF_TWO; });
  with({OTTAVA_BAD_MULTIPLIER, "output.multiplier", {"-1"}},
       [](Output& o) { o.parameters = OTTAVA_PARAMETERS_INTEGER, o.multiplier = -1; });
  with({OTTAVA_BAD_MULTIPLIER, "output.multiplier", {"is 0"}},
       [](Output& o) { o.parameters = OTTAVA_PARAMETERS_INTEGER; });
  with({OTTAVA_BAD_MULTIPLIER, "output.shift", {"32"}},
       [](Output& o) { o.parameters = OTTAVA_PARAMETERS_INTEGER, o.multiplier = 1, o.shift = 32; });
  with({OTTAVA_BAD_ZERO_POINT, "output.zero_point", {"128", "s8"}}, [](Output& o) { o.zero_point = 128; });
  with({OTTAVA_BAD_CLAMP, "output.clamp_min", {"6", "5"}}, [](Output& o) { o.clamp_min = 6, o.clamp_max = 5; });
  with({OTTAVA_BAD_CLAMP, "output.clamp_min", {"both 0"}}, [](Output& o) { o.clamp_min = o.clamp_max = 0; });
  with({OTTAVA_BAD_CLAMP, "output.clamp_max", {"200", "s8"}}, [](Output& o) { o.clamp_max = 200; });
  with({OTTAVA_UNSUPPORTED, "output.clamp_min_f32", {"float", "s8"}}, [](Output& o) { o.clamp_max_f32 = 1.0f; });

  // What is one per channel, or wants a table.
  static const std::int32_t one[] = {1};
  static const float one_f32[] = {1.0f};
  static const std::uint8_t table[256] = {};
  const auto per_channel = [](const char* argument) {
    return Refusal{OTTAVA_UNSUPPORTED, argument, {"ottava_matmul_output_stage"}};
  };
  with(per_channel("output.bias"), [](Output& o) { o.bias = one; });
  with(per_channel("output.bias_f32"),
       [](Output& o) { o.bias_f32 = one_f32, o.requantization = OTTAVA_REQUANTIZE_FLOAT_NEAREST_EVEN; });
  with(per_channel("output.multipliers"),
       [](Output& o) { o.parameters = OTTAVA_PARAMETERS_INTEGER, o.multipliers = one; });
  with(per_channel("output.shifts"),
       [](Output& o) { o.parameters = OTTAVA_PARAMETERS_INTEGER, o.multiplier = 1, o.shifts = one; });
  with(per_channel("output.activation"), [](Output& o) { o.activation = OTTAVA_ACTIVATION_TABLE, o.table = table; });
  with({OTTAVA_UNSUPPORTED, "output.table", {"OTTAVA_ACTIVATION_TABLE"}}, [](Output& o) { o.table = table; });

  CHECK(ottava_requantize(context.get(), &sound, 1.0f, 0, nullptr, nullptr, nullptr) == OTTAVA_OK);
  CHECK(to == untouched);
  CHECK(ottava_requantize(context.get(), &sound, 1.0f, 8, from.data(), to.data(), nullptr) == OTTAVA_OK);
  CHECK(to == std::vector<std::int8_t>(8, 100));
}
