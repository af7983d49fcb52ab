// Errors of creating an operator of things that do not go together: types, rules, quantizations, rows of their own,
// activations, an rhs of run time. Every fault alone, in an operator that is otherwise sound. Exact status, argument
// and words that name both sides, from create, size and init_at; no handle, no size and no memory touched.
#include <cmath>

#include "draft.h"
#include "support.h"

using namespace ottava;

TEST_CASE("errors: combinations that are not offered name both sides", "[errors]") {
  std::vector<CreateCase> cases = {
      {Part::desc,
       {OTTAVA_UNSUPPORTED, "desc.lhs_type", {"s32", "lhs"}},
       [](Draft& d) { d.desc.lhs_type = OTTAVA_TYPE_S32; }},
      {Part::desc,
       {OTTAVA_UNSUPPORTED, "desc.lhs_type", {"is s16", "s8, u8", "dst alone", "16x8"}},
       [](Draft& d) { d.desc.lhs_type = OTTAVA_TYPE_S16; }},
      {Part::desc,
       {OTTAVA_UNSUPPORTED, "desc.rhs_type", {"s16", "rhs"}},
       [](Draft& d) { d.desc.rhs_type = OTTAVA_TYPE_S16; }},
      {Part::desc,
       {OTTAVA_UNSUPPORTED, "output.requantization", {"OTTAVA_REQUANTIZE_NONE", "s16"}},
       [](Draft& d) { d.output.requantization = OTTAVA_REQUANTIZE_NONE, d.output.type = OTTAVA_TYPE_S16; }},
      {Part::desc,
       {OTTAVA_UNSUPPORTED, "desc.lhs_quantization", {"OTTAVA_QUANTIZE_NONE", "f32 lhs"}},
       [](Draft& d) { d.desc.lhs_type = OTTAVA_TYPE_F32; }},
      {Part::desc,
       {OTTAVA_UNSUPPORTED, "desc.rhs_type", {"s32", "rhs"}},
       [](Draft& d) { d.desc.rhs_type = OTTAVA_TYPE_S32; }},
      {Part::desc,
       {OTTAVA_UNSUPPORTED, "desc.rhs_type", {"f32", "rhs"}},
       [](Draft& d) { d.desc.rhs_type = OTTAVA_TYPE_F32; }},
      {Part::desc,
       {OTTAVA_UNSUPPORTED, "output.requantization", {"OTTAVA_REQUANTIZE_NONE", "s8"}},
       [](Draft& d) { d.output.requantization = OTTAVA_REQUANTIZE_NONE; }},
      {Part::desc,
       {OTTAVA_UNSUPPORTED, "output.requantization", {"OTTAVA_REQUANTIZE_NONE", "u8"}},
       [](Draft& d) { d.output.requantization = OTTAVA_REQUANTIZE_NONE, d.output.type = OTTAVA_TYPE_U8; }},
      {Part::desc,
       {OTTAVA_UNSUPPORTED, "output.zero_point", {"zero point", "s32"}},
       [](Draft& d) { d.to_s32(), d.output.zero_point = 1; }},
      {Part::desc,
       {OTTAVA_UNSUPPORTED, "output.zero_point", {"zero point", "f32"}},
       [](Draft& d) { d.to_f32(), d.output.zero_point = -1; }},
      {Part::desc,
       {OTTAVA_UNSUPPORTED, "output.scale", {"scale", "s32"}},
       [](Draft& d) { d.to_s32(), d.output.scale = 2.0f; }},
      {Part::desc,
       {OTTAVA_UNSUPPORTED, "output.scale", {"scale", "f32"}},
       [](Draft& d) { d.to_f32(), d.output.scale = 0.5f; }},
      {Part::desc,
       {OTTAVA_UNSUPPORTED, "output.clamp_min_f32", {"float", "s8"}},
       [](Draft& d) { d.output.clamp_min_f32 = 0.0f; }},
      {Part::desc,
       {OTTAVA_UNSUPPORTED, "output.clamp_min_f32", {"float", "s32"}},
       [](Draft& d) { d.to_s32(), d.output.clamp_max_f32 = 6.0f; }},
      {Part::desc,
       {OTTAVA_UNSUPPORTED, "output.clamp_min", {"integer", "f32"}},
       [](Draft& d) { d.to_f32(), d.output.clamp_min = 0; }},
      {Part::desc,
       {OTTAVA_UNSUPPORTED, "output.clamp_min", {"integer", "f32"}},
       [](Draft& d) { d.to_f32(), d.output.clamp_max = 0; }},
      {Part::constants,
       {OTTAVA_UNSUPPORTED, "output.bias_f32", {"float bias", "s8"}},
       [](Draft& d) { d.output.bias_f32 = d.bias_f32.data(); }},
      {Part::constants,
       {OTTAVA_UNSUPPORTED, "output.bias_f32", {"float bias", "s32"}},
       [](Draft& d) { d.to_s32(), d.output.bias_f32 = d.bias_f32.data(); }},
  };
  const KernelContext context(nullptr);
  for (std::uint32_t rule = OTTAVA_REQUANTIZE_FIXED_TWO_ROUNDINGS; rule <= OTTAVA_REQUANTIZE_MULTIPLY_SHIFT_HALF_AWAY;
       ++rule) {
    cases.push_back({Part::desc,
                     {OTTAVA_UNSUPPORTED, "output.requantization", {"requantization", "f32", "OTTAVA_REQUANTIZE_NONE"}},
                     [=](Draft& d) { d.to_f32(), d.output.requantization = rule; }});
    const auto under_rule = [=](Draft& d, std::uint32_t type) {
      d.output.type = type, d.output.requantization = rule;
      if (rule >= OTTAVA_REQUANTIZE_MULTIPLY_SHIFT_FLOOR) {
        d.output.parameters = OTTAVA_PARAMETERS_INTEGER;
        d.output.multiplier = 5;
      }
      if (rule == OTTAVA_REQUANTIZE_GEMMLOWP_BY_FIXED_POINT) d.desc.rhs_scale = 0.5f;
    };
    const struct {
      std::uint32_t type;
      const char* name;
    } types[] = {{OTTAVA_TYPE_S8, "s8"}, {OTTAVA_TYPE_U8, "u8"}, {OTTAVA_TYPE_S16, "s16"}, {OTTAVA_TYPE_S32, "s32"}};
    for (const auto& t : types) {
      check_accepted(context.get(), [=](Draft& d) { under_rule(d, t.type), d.output.bias = d.bias.data(); });
      // A float bias goes with the float rule, whatever the type.
      const auto with_bias = [=](Draft& d) { under_rule(d, t.type), d.output.bias_f32 = d.bias_f32.data(); };
      if (rule == OTTAVA_REQUANTIZE_FLOAT_NEAREST_EVEN) {
        check_accepted(context.get(), with_bias);
      } else {
        cases.push_back({Part::constants,
                         {OTTAVA_UNSUPPORTED, "output.bias_f32", {"float bias", t.name, "integer requantization"}},
                         with_bias});
      }
    }
  }
  check_cases(cases);
  // An s32 dst under a rule has a zero point and a scale; an f32 dst takes either bias, or both.
  check_accepted(context.get(), [](Draft& d) {
    d.output.type = OTTAVA_TYPE_S32, d.output.zero_point = INT32_MIN, d.output.scale = 2.0f;
  });
  check_accepted(context.get(), [](Draft& d) { d.to_f32(), d.output.bias = d.bias.data(); });
  check_accepted(context.get(), [](Draft& d) { d.to_f32(), d.output.bias_f32 = d.bias_f32.data(); });
  check_accepted(context.get(),
                 [](Draft& d) { d.to_f32(), d.output.bias = d.bias.data(), d.output.bias_f32 = d.bias_f32.data(); });
}

TEST_CASE("errors: a quantization and what it does not go with", "[errors]") {
  std::vector<CreateCase> cases;
  const KernelContext context(nullptr);
  for (std::uint32_t quantization = OTTAVA_QUANTIZE_DIVIDE; quantization <= OTTAVA_QUANTIZE_ONNX_DYNAMIC;
       ++quantization) {
    const bool dynamic = quantization >= OTTAVA_QUANTIZE_TFLITE_SYMMETRIC;
    const bool to_u8 = quantization == OTTAVA_QUANTIZE_ONNX_DYNAMIC;
    for (const std::uint32_t type : {OTTAVA_TYPE_S8, OTTAVA_TYPE_U8, OTTAVA_TYPE_S16, OTTAVA_TYPE_S32}) {
      cases.push_back({Part::desc,
                       {OTTAVA_UNSUPPORTED, "desc.lhs_quantization", {"does not go with", "lhs that is not f32"}},
                       [=](Draft& d) { d.desc.lhs_type = type, d.desc.lhs_quantization = quantization; }});
    }
    for (const std::uint32_t type : {0u, OTTAVA_TYPE_S8, OTTAVA_TYPE_U8}) {
      const Change quantized = [=](Draft& d) { d.to_quantize(quantization), d.desc.lhs_quantized_type = type; };
      if (!dynamic || type == 0 || (type == OTTAVA_TYPE_U8) == to_u8) {
        check_accepted(context.get(), quantized);
      } else {
        cases.push_back({Part::desc,
                         {OTTAVA_UNSUPPORTED,
                          "desc.lhs_quantized_type",
                          {to_u8 ? "is s8" : "is u8", "rule", to_u8 ? "makes u8" : "makes s8"}},
                         quantized});
      }
    }
    for (const std::uint32_t flag : {OTTAVA_MATMUL_LHS_ROW_SCALES, OTTAVA_MATMUL_LHS_ROW_ZERO_POINTS}) {
      cases.push_back({Part::desc,
                       {OTTAVA_UNSUPPORTED,
                        "desc.flags",
                        {flag == OTTAVA_MATMUL_LHS_ROW_SCALES ? "OTTAVA_MATMUL_LHS_ROW_SCALES"
                                                              : "OTTAVA_MATMUL_LHS_ROW_ZERO_POINTS",
                         "f32 lhs"}},
                       [=](Draft& d) { d.to_quantize(quantization), d.desc.flags = flag; }});
    }
    // The lhs' scale and zero point are used, and so looked at, under a static rule alone.
    const Change nan_scale = [=](Draft& d) { d.to_quantize(quantization), d.desc.lhs_scale = kNan; };
    const Change far_zero = [=](Draft& d) { d.to_quantize(quantization), d.desc.lhs_zero_point = 1000; };
    const Change unsigned_zero = [=](Draft& d) {
      d.to_quantize(quantization), d.desc.lhs_quantized_type = OTTAVA_TYPE_U8, d.desc.lhs_zero_point = 255;
    };
    if (dynamic) {
      check_accepted(context.get(), nan_scale);
      check_accepted(context.get(), far_zero);
    } else {
      cases.push_back({Part::desc, {OTTAVA_BAD_SCALE, "desc.lhs_scale", {"NaN"}}, nan_scale});
      cases.push_back({Part::desc, {OTTAVA_BAD_ZERO_POINT, "desc.lhs_zero_point", {"1000", "s8"}}, far_zero});
      check_accepted(context.get(), unsigned_zero);
    }
  }
  for (const std::uint32_t type : {OTTAVA_TYPE_S8, OTTAVA_TYPE_U8, 77u}) {
    cases.push_back({Part::desc,
                     {OTTAVA_UNSUPPORTED, "desc.lhs_quantized_type", {"does not go with", "lhs that is not f32"}},
                     [=](Draft& d) { d.desc.lhs_quantized_type = type; }});
  }
  // 1 / 2^-128 is infinite in float32; one step up it is not, and dividing never is.
  const float reciprocal_overflows = std::ldexp(1.0f, -128);
  for (const float scale : {kDenormal, reciprocal_overflows}) {
    cases.push_back({Part::desc, {OTTAVA_BAD_SCALE, "desc.lhs_scale", {"reciprocal", "infinite"}}, [=](Draft& d) {
                       d.to_quantize(OTTAVA_QUANTIZE_MULTIPLY), d.desc.lhs_scale = scale;
                     }});
    check_accepted(context.get(), [=](Draft& d) { d.to_quantize(OTTAVA_QUANTIZE_DIVIDE), d.desc.lhs_scale = scale; });
  }
  check_accepted(context.get(), [=](Draft& d) {
    d.to_quantize(OTTAVA_QUANTIZE_MULTIPLY), d.desc.lhs_scale = std::nextafter(reciprocal_overflows, 1.0f);
  });
  check_cases(cases);
}

TEST_CASE("errors: scales per row and what they do not go with", "[errors]") {
  const struct {
    const char* argument;
    const char* words;
    Change change;
  } ways[] = {
      {"desc.flags", "OTTAVA_MATMUL_LHS_ROW_SCALES", [](Draft& d) { d.desc.flags = OTTAVA_MATMUL_LHS_ROW_SCALES; }},
      {"desc.lhs_quantization", "scale per row", [](Draft& d) { d.to_quantize(OTTAVA_QUANTIZE_TFLITE_SYMMETRIC); }},
      {"desc.lhs_quantization", "scale per row", [](Draft& d) { d.to_quantize(OTTAVA_QUANTIZE_ONNX_DYNAMIC); }},
  };
  std::vector<CreateCase> cases;
  const KernelContext context(nullptr);
  for (const auto& way : ways) {
    const Change with_row_scales = way.change;
    const auto refused = [&](const char* other, const Change& change) {
      cases.push_back({Part::desc,
                       {OTTAVA_UNSUPPORTED, way.argument, {way.words, "does not go with", other}},
                       [=](Draft& d) { with_row_scales(d), change(d); }});
    };
    const auto accepted = [&](const Change& change) {
      check_accepted(context.get(), [=](Draft& d) { with_row_scales(d), change(d); });
    };
    refused("OTTAVA_PARAMETERS_INTEGER", [](Draft& d) { d.output.parameters = OTTAVA_PARAMETERS_INTEGER; });
    refused("OTTAVA_REQUANTIZE_GEMMLOWP_BY_FIXED_POINT", [](Draft& d) {
      d.output.requantization = OTTAVA_REQUANTIZE_GEMMLOWP_BY_FIXED_POINT, d.desc.rhs_scale = 0.5f;
    });
    refused("OTTAVA_REQUANTIZE_POWER_OF_TWO",
            [](Draft& d) { d.output.requantization = OTTAVA_REQUANTIZE_POWER_OF_TWO; });
    refused("s32 dst without requantization", [](Draft& d) { d.to_s32(); });
    accepted([](Draft& d) { d.output.type = OTTAVA_TYPE_S32; });
    accepted([](Draft& d) { d.to_f32(); });
    for (const std::uint32_t rule :
         {OTTAVA_REQUANTIZE_FIXED_TWO_ROUNDINGS, OTTAVA_REQUANTIZE_FIXED_ONE_ROUNDING,
          OTTAVA_REQUANTIZE_FLOAT_NEAREST_EVEN, OTTAVA_REQUANTIZE_FIXED_TWO_ROUNDINGS_SATURATING,
          OTTAVA_REQUANTIZE_FIXED_ONE_ROUNDING_AWAY, OTTAVA_REQUANTIZE_FIXED_ACL_FUSED,
          OTTAVA_REQUANTIZE_FIXED_16_BIT_MULTIPLIER}) {
      accepted([=](Draft& d) { d.output.requantization = rule; });
    }
    // The scale of the whole lhs is not used.
    accepted([](Draft& d) { d.desc.lhs_scale = kNan; });
    for (std::uint32_t rule = OTTAVA_REQUANTIZE_MULTIPLY_SHIFT_FLOOR;
         rule <= OTTAVA_REQUANTIZE_MULTIPLY_SHIFT_HALF_AWAY; ++rule) {
      cases.push_back({Part::desc,
                       {OTTAVA_UNSUPPORTED, "output.parameters", {"multiply-and-shift", "real"}},
                       [=](Draft& d) { with_row_scales(d), d.output.requantization = rule; }});
    }
  }
  check_cases(cases);
  // Zero points per row alone go with all of that, and the one of the whole lhs is not used.
  const auto row_zeros = [](Draft& d) {
    d.desc.flags = OTTAVA_MATMUL_LHS_ROW_ZERO_POINTS, d.desc.lhs_zero_point = 1000;
  };
  check_accepted(context.get(), row_zeros);
  check_accepted(context.get(), [=](Draft& d) {
    row_zeros(d), d.output.parameters = OTTAVA_PARAMETERS_INTEGER, d.output.multiplier = 1;
  });
  check_accepted(context.get(),
                 [=](Draft& d) { row_zeros(d), d.output.requantization = OTTAVA_REQUANTIZE_POWER_OF_TWO; });
  check_accepted(context.get(), [=](Draft& d) { row_zeros(d), d.to_s32(); });
  check_cases({{Part::desc, {OTTAVA_BAD_ZERO_POINT, "desc.lhs_zero_point", {"1000"}}, [](Draft& d) {
                  d.desc.flags = OTTAVA_MATMUL_LHS_ROW_SCALES, d.desc.lhs_zero_point = 1000;
                }}});
}

TEST_CASE("errors: activations", "[errors]") {
  static const std::uint8_t table[256] = {};
  std::vector<CreateCase> cases;
  const KernelContext context(nullptr);
  const auto with_table = [](Draft& d) { d.output.activation = OTTAVA_ACTIVATION_TABLE, d.output.table = table; };
  const auto with_tanh = [](Draft& d) {
    d.to_s32();
    d.output.activation = OTTAVA_ACTIVATION_GEMMLOWP_TANH, d.output.tanh_amplitude = 1;
  };
  const struct {
    std::uint32_t type;
    const char* name;
  } types[] = {{OTTAVA_TYPE_S8, "s8"},
               {OTTAVA_TYPE_U8, "u8"},
               {OTTAVA_TYPE_S16, "s16"},
               {OTTAVA_TYPE_S32, "s32"},
               {OTTAVA_TYPE_F32, "f32"}};
  for (const auto& t : types) {
    const auto to_type = [=](Draft& d) {
      d.output.type = t.type;
      d.output.requantization =
          t.type == OTTAVA_TYPE_F32 ? OTTAVA_REQUANTIZE_NONE : OTTAVA_REQUANTIZE_FIXED_ONE_ROUNDING;
    };
    const Change table_for = [=](Draft& d) { with_table(d), to_type(d); };
    const Change tanh_for = [=](Draft& d) { with_tanh(d), to_type(d); };
    if (t.type == OTTAVA_TYPE_S8 || t.type == OTTAVA_TYPE_U8) {
      check_accepted(context.get(), table_for);
    } else {
      cases.push_back(
          {Part::desc, {OTTAVA_UNSUPPORTED, "output.activation", {"OTTAVA_ACTIVATION_TABLE", t.name}}, table_for});
    }
    if (t.type == OTTAVA_TYPE_S32) {
      check_accepted(context.get(), tanh_for);
    } else {
      cases.push_back({Part::desc,
                       {OTTAVA_UNSUPPORTED, "output.activation", {"OTTAVA_ACTIVATION_GEMMLOWP_TANH", t.name}},
                       tanh_for});
    }
  }
  cases.push_back({Part::constants,
                   {OTTAVA_NULL_POINTER, "output.table", {"NULL", "OTTAVA_ACTIVATION_TABLE"}},
                   [=](Draft& d) { with_table(d), d.output.table = nullptr; }});
  cases.push_back({Part::constants, {OTTAVA_UNSUPPORTED, "output.table", {"OTTAVA_ACTIVATION_TABLE"}}, [=](Draft& d) {
                     d.output.table = table;
                   }});
  cases.push_back({Part::constants, {OTTAVA_UNSUPPORTED, "output.table", {"OTTAVA_ACTIVATION_TABLE"}}, [=](Draft& d) {
                     with_tanh(d), d.output.table = table;
                   }});
  for (const std::int32_t amplitude : {0, -1, INT32_MIN}) {
    cases.push_back({Part::desc,
                     {OTTAVA_BAD_SCALE, "output.tanh_amplitude", {"is " + number(amplitude), "above 0"}},
                     [=](Draft& d) { with_tanh(d), d.output.tanh_amplitude = amplitude; }});
  }
  for (const std::int32_t amplitude : {1, INT32_MAX}) {
    for (const std::int32_t zero : {INT32_MIN, 0, INT32_MAX}) {
      check_accepted(context.get(),
                     [=](Draft& d) { with_tanh(d), d.output.tanh_zero = zero, d.output.tanh_amplitude = amplitude; });
    }
  }
  for (const std::int32_t value : {1, -1, INT32_MIN}) {
    for (const bool table_too : {false, true}) {
      cases.push_back(
          {Part::desc, {OTTAVA_UNSUPPORTED, "output.tanh_zero", {"OTTAVA_ACTIVATION_GEMMLOWP_TANH"}}, [=](Draft& d) {
             if (table_too) with_table(d);
             d.output.tanh_zero = value;
           }});
      cases.push_back({Part::desc,
                       {OTTAVA_UNSUPPORTED, "output.tanh_amplitude", {"OTTAVA_ACTIVATION_GEMMLOWP_TANH"}},
                       [=](Draft& d) {
                         if (table_too) with_table(d);
                         d.output.tanh_amplitude = value;
                       }});
    }
  }
  check_cases(cases);
}

TEST_CASE("errors: a run-time rhs is not given at creation", "[errors]") {
  check_cases({{Part::constants,
                {OTTAVA_UNSUPPORTED, "constants.rhs", {"OTTAVA_MATMUL_RUNTIME_RHS", "run"}},
                [](Draft& d) { d.desc.flags = OTTAVA_MATMUL_RUNTIME_RHS; }}});
}
