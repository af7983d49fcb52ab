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
