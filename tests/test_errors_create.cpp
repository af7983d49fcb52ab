// Errors of creating an operator: every fault alone, in an operator that is otherwise sound. Exact status, argument
// and words from create, size and init_at; no handle, no size and no memory touched.
#include <cmath>

#include "draft.h"

using namespace ottava;

TEST_CASE("errors: NULL where a pointer is required to create an operator", "[errors]") {
  const KernelContext context(nullptr);
  Draft draft;
  ottava_matmul* matmul = sentinel<ottava_matmul>();
  std::uint64_t bytes = 77;
  std::vector<std::uint8_t> memory(1 << 16, 0xab);
  ottava_error error = unfilled_error();
  const auto refused = [&](const char* argument, ottava_status status) {
    check_refusal({OTTAVA_NULL_POINTER, argument, {"NULL"}}, status, error);
    error = unfilled_error();
  };
  void* const at = memory.data();
  const std::uint64_t size = memory.size();
  refused("context", ottava_matmul_create(nullptr, &draft.desc, &draft.constants, &matmul, &error));
  refused("desc", ottava_matmul_create(context.get(), nullptr, &draft.constants, &matmul, &error));
  refused("constants", ottava_matmul_create(context.get(), &draft.desc, nullptr, &matmul, &error));
  refused("operation", ottava_matmul_create(context.get(), &draft.desc, &draft.constants, nullptr, &error));
  refused("context", ottava_matmul_size(nullptr, &draft.desc, &bytes, &error));
  refused("desc", ottava_matmul_size(context.get(), nullptr, &bytes, &error));
  refused("bytes", ottava_matmul_size(context.get(), &draft.desc, nullptr, &error));
  refused("memory",
          ottava_matmul_init_at(nullptr, size, context.get(), &draft.desc, &draft.constants, &matmul, &error));
  refused("context", ottava_matmul_init_at(at, size, nullptr, &draft.desc, &draft.constants, &matmul, &error));
  refused("desc", ottava_matmul_init_at(at, size, context.get(), nullptr, &draft.constants, &matmul, &error));
  refused("constants", ottava_matmul_init_at(at, size, context.get(), &draft.desc, nullptr, &matmul, &error));
  refused("operation", ottava_matmul_init_at(at, size, context.get(), &draft.desc, &draft.constants, nullptr, &error));
  CHECK(matmul == sentinel<ottava_matmul>());
  CHECK(bytes == 77);

  check_cases({{Part::constants, {OTTAVA_NULL_POINTER, "constants.rhs", {"NULL", "weights"}}, [](Draft& d) {
                  d.constants.rhs = nullptr;
                }}});
  // Without weights there need be none.
  check_accepted(context.get(), [](Draft& d) { d.constants.rhs = nullptr, d.desc.k = 0; });
  check_accepted(context.get(), [](Draft& d) { d.constants.rhs = nullptr, d.desc.n = 0; });
}

TEST_CASE("errors: structures of an operator", "[errors]") {
  std::vector<CreateCase> cases;
  for (const std::uint32_t size : {0u, 4u, 111u, 113u, 4097u, UINT32_MAX}) {
    cases.push_back({Part::desc,
                     {OTTAVA_BAD_STRUCT, "desc", {"struct_size", number(size), number(sizeof(ottava_matmul_desc))}},
                     [=](Draft& d) { d.desc.struct_size = size; }});
  }
  const std::uint32_t constants_bytes = sizeof(ottava_matmul_constants);
  const std::uint32_t first_bytes = 8 + 5 * sizeof(void*);  // before the integer parameters
  for (const std::uint32_t size : {0u, 4u, first_bytes - 1, constants_bytes - 1, 4097u, UINT32_MAX}) {
    cases.push_back({Part::constants,
                     {OTTAVA_BAD_STRUCT, "constants", {"struct_size", number(size), number(constants_bytes)}},
                     [=](Draft& d) { d.constants.struct_size = size; }});
  }
  check_cases(cases);

  const KernelContext context(nullptr);
  Draft draft;
  Longer<ottava_matmul_desc> desc(draft.desc);
  Longer<ottava_matmul_constants> constants(draft.constants);
  ottava_matmul* matmul = nullptr;
  REQUIRE(ottava_matmul_create(context.get(), desc.get(), constants.get(), &matmul, nullptr) == OTTAVA_OK);
  CHECK(ottava_matmul_destroy(matmul) == OTTAVA_OK);
  matmul = sentinel<ottava_matmul>();
  for (const std::size_t index : {std::size_t{0}, std::size_t{15}}) {
    ottava_error error = unfilled_error();
    desc.tail(index) = 1;
    check_refusal({OTTAVA_BAD_STRUCT, "desc", {"byte " + std::to_string(sizeof(ottava_matmul_desc) + index)}},
                  ottava_matmul_create(context.get(), desc.get(), constants.get(), &matmul, &error), error);
    desc.tail(index) = 0;
    constants.tail(index) = 1;
    check_refusal({OTTAVA_BAD_STRUCT, "constants", {"byte " + std::to_string(constants_bytes + index)}},
                  ottava_matmul_create(context.get(), desc.get(), constants.get(), &matmul, &error), error);
    constants.tail(index) = 0;
  }
  CHECK(matmul == sentinel<ottava_matmul>());
}

TEST_CASE("errors: structures of an older header are read over defaults", "[errors]") {
  const KernelContext context(nullptr);
  Draft draft;
  draft.desc.struct_size = 112;
  draft.desc.parameters = 0xBADu;  // beyond the end: not read
  draft.desc.reserved3 = 1;
  draft.constants.struct_size = 8 + 5 * sizeof(void*);
  draft.constants.multipliers = sentinel<const std::int32_t>();
  draft.constants.table = sentinel<void>();
  const auto accepted = [&] {
    ottava_matmul* matmul = nullptr;
    REQUIRE(ottava_matmul_create(context.get(), &draft.desc, &draft.constants, &matmul, nullptr) == OTTAVA_OK);
    std::uint64_t bytes = 0;
    CHECK(ottava_matmul_size(context.get(), &draft.desc, &bytes, nullptr) == OTTAVA_OK);
    CHECK(ottava_matmul_destroy(matmul) == OTTAVA_OK);
  };
  accepted();

  // With the integer parameters, before what follows them.
  const std::int32_t shifts[] = {-1, -1, -1};
  draft.desc.struct_size = 128;
  draft.desc.parameters = OTTAVA_PARAMETERS_INTEGER;
  draft.desc.multiplier = 1 << 30;
  draft.desc.lhs_quantization = draft.desc.lhs_quantized_type = draft.desc.activation = 0xBADu;
  draft.desc.tanh_zero = draft.desc.tanh_amplitude = -1;
  draft.constants.struct_size = 8 + 7 * sizeof(void*);
  draft.constants.multipliers = nullptr;
  draft.constants.shifts = shifts;
  accepted();
  draft.desc.struct_size = sizeof(ottava_matmul_desc);
  ottava_matmul* matmul = sentinel<ottava_matmul>();
  CHECK(ottava_matmul_create(context.get(), &draft.desc, &draft.constants, &matmul, nullptr) == OTTAVA_BAD_OPTION);
  CHECK(matmul == sentinel<ottava_matmul>());
}

TEST_CASE("errors: integer parameters outside their rule, and what does not go with them", "[errors]") {
  std::vector<CreateCase> cases;
  const auto integers = [](Draft& d, std::uint32_t rule, std::int32_t multiplier, std::int32_t shift) {
    d.desc.rule = rule;
    d.desc.parameters = OTTAVA_PARAMETERS_INTEGER;
    d.desc.multiplier = multiplier;
    d.desc.shift = shift;
  };
  const struct {
    std::uint32_t rule;
    std::int32_t least, most;
  } shifts[] = {{OTTAVA_RULE_FIXED_TWO_ROUNDINGS, -31, 30},
                {OTTAVA_RULE_FIXED_ONE_ROUNDING, -31, 30},
                {OTTAVA_RULE_FIXED_TWO_ROUNDINGS_SATURATING, -31, 30},
                {OTTAVA_RULE_GEMMLOWP_BY_FIXED_POINT, -31, 0},
                {OTTAVA_RULE_FIXED_ONE_ROUNDING_AWAY, -31, 30},
                {OTTAVA_RULE_FIXED_ACL_FUSED, -31, 30},
                {OTTAVA_RULE_FIXED_16_BIT_MULTIPLIER, -31, 30},
                {OTTAVA_RULE_POWER_OF_TWO, -32, 29},
                {OTTAVA_RULE_MULTIPLY_SHIFT_FLOOR, -31, 0},
                {OTTAVA_RULE_MULTIPLY_SHIFT_HALF_UP, -31, 0},
                {OTTAVA_RULE_MULTIPLY_SHIFT_HALF_AWAY, -31, 0}};
  const KernelContext context(nullptr);
  for (const auto& entry : shifts) {
    const std::uint32_t rule = entry.rule;
    for (const std::int32_t shift : {entry.least - 1, entry.most + 1}) {
      cases.push_back({Part::constants, {OTTAVA_BAD_MULTIPLIER, "desc.shift", {number(shift), "left"}}, [=](Draft& d) {
                         integers(d, rule, 5, shift);
                       }});
    }
    for (const std::int32_t shift : {entry.least, entry.most}) {
      check_accepted(context.get(), [=](Draft& d) { integers(d, rule, 5, shift); });
    }
    if (rule < OTTAVA_RULE_MULTIPLY_SHIFT_FLOOR) {
      cases.push_back({Part::constants, {OTTAVA_BAD_MULTIPLIER, "desc.multiplier", {"-1", "negative"}}, [=](Draft& d) {
                         integers(d, rule, -1, 0);
                       }});
    } else {
      check_accepted(context.get(), [=](Draft& d) { integers(d, rule, -1, 0); });
      cases.push_back({Part::desc,
                       {OTTAVA_UNSUPPORTED, "desc.parameters", {"multiply-and-shift", "real"}},
                       [=](Draft& d) { d.desc.rule = rule; }});
    }
  }
  cases.push_back({Part::desc, {OTTAVA_UNSUPPORTED, "desc.parameters", {"integer", "float"}}, [=](Draft& d) {
                     integers(d, OTTAVA_RULE_FLOAT_NEAREST_EVEN, 5, 0);
                   }});
  cases.push_back({Part::desc, {OTTAVA_BAD_TYPE, "desc.parameters", {"2", "OTTAVA_PARAMETERS_"}}, [](Draft& d) {
                     d.desc.parameters = 2;
                   }});
  static const std::int32_t three[] = {1, -7, 1};
  cases.push_back(
      {Part::constants, {OTTAVA_BAD_MULTIPLIER, "constants.multipliers", {"channel 1", "-7"}}, [=](Draft& d) {
         integers(d, OTTAVA_RULE_FIXED_ONE_ROUNDING, 5, 0);
         d.constants.multipliers = three;
       }});
  cases.push_back({Part::constants, {OTTAVA_BAD_MULTIPLIER, "constants.shifts", {"channel 0", "1"}}, [=](Draft& d) {
                     integers(d, OTTAVA_RULE_GEMMLOWP_BY_FIXED_POINT, 5, 0);
                     d.constants.shifts = three;
                   }});
  cases.push_back({Part::constants, {OTTAVA_UNSUPPORTED, "constants.multipliers", {"real"}}, [=](Draft& d) {
                     d.constants.multipliers = three;
                   }});
  cases.push_back({Part::constants, {OTTAVA_UNSUPPORTED, "constants.shifts", {"real"}}, [=](Draft& d) {
                     d.constants.shifts = three;
                   }});
  for (const float scale : {0.3f, 0.50000006f, 1e-12f, 1e12f}) {
    cases.push_back({Part::constants, {OTTAVA_BAD_SCALE, "desc.rhs_scale", {"POWER_OF_TWO"}}, [=](Draft& d) {
                       d.desc.rule = OTTAVA_RULE_POWER_OF_TWO, d.desc.rhs_scale = scale;
                       d.desc.lhs_scale = d.desc.dst_scale = 1.0f;
                     }});
  }
  cases.push_back({Part::constants, {OTTAVA_BAD_SCALE, "desc.rhs_scale", {"below 1"}}, [](Draft& d) {
                     d.desc.rule = OTTAVA_RULE_GEMMLOWP_BY_FIXED_POINT, d.desc.lhs_scale = d.desc.dst_scale,
                     d.desc.rhs_scale = 1.0f;
                   }});
  check_cases(cases);
}

TEST_CASE("errors: flags, types, orders and rules that do not exist", "[errors]") {
  std::vector<CreateCase> cases = {
      {Part::desc, {OTTAVA_BAD_OPTION, "desc.flags", {"32", "flag"}}, [](Draft& d) { d.desc.flags = 32; }},
      {Part::desc, {OTTAVA_BAD_OPTION, "desc.flags", {"34", "flag"}}, [](Draft& d) { d.desc.flags = 34; }},
      {Part::desc, {OTTAVA_BAD_OPTION, "desc.flags", {"2147483649"}}, [](Draft& d) { d.desc.flags = 0x80000001u; }},
      {Part::desc, {OTTAVA_BAD_OPTION, "desc.reserved", {"0"}}, [](Draft& d) { d.desc.reserved = 1; }},
      {Part::desc, {OTTAVA_BAD_OPTION, "desc.reserved2", {"0"}}, [](Draft& d) { d.desc.reserved2 = 1; }},
      {Part::desc, {OTTAVA_BAD_OPTION, "desc.reserved3", {"0"}}, [](Draft& d) { d.desc.reserved3 = 1; }},
      {Part::constants, {OTTAVA_BAD_OPTION, "constants.reserved", {"0"}}, [](Draft& d) { d.constants.reserved = 1; }},
  };
  const auto unknown = [&](const char* field, std::uint32_t ottava_matmul_desc::*member, std::uint32_t value,
                           const char* kind) {
    cases.push_back(
        {Part::desc, {OTTAVA_BAD_TYPE, field, {number(value), kind}}, [=](Draft& d) { d.desc.*member = value; }});
  };
  for (const std::uint32_t value : {0u, 6u, UINT32_MAX}) {
    unknown("desc.lhs_type", &ottava_matmul_desc::lhs_type, value, "OTTAVA_TYPE_");
    unknown("desc.rhs_type", &ottava_matmul_desc::rhs_type, value, "OTTAVA_TYPE_");
    unknown("desc.dst_type", &ottava_matmul_desc::dst_type, value, "OTTAVA_TYPE_");
  }
  for (const std::uint32_t value : {2u, UINT32_MAX}) {
    unknown("desc.lhs_order", &ottava_matmul_desc::lhs_order, value, "OTTAVA_ORDER_");
    unknown("desc.rhs_order", &ottava_matmul_desc::rhs_order, value, "OTTAVA_ORDER_");
    unknown("desc.dst_order", &ottava_matmul_desc::dst_order, value, "OTTAVA_ORDER_");
  }
  for (const std::uint32_t value : {13u, UINT32_MAX})
    unknown("desc.rule", &ottava_matmul_desc::rule, value, "OTTAVA_RULE_");
  for (const std::uint32_t value : {8u, UINT32_MAX})
    unknown("desc.lhs_quantization", &ottava_matmul_desc::lhs_quantization, value, "OTTAVA_QUANTIZE_");
  for (const std::uint32_t value : {3u, UINT32_MAX})
    unknown("desc.activation", &ottava_matmul_desc::activation, value, "OTTAVA_ACTIVATION_");
  // Those that exist, but are not what an f32 lhs can become, too.
  for (const std::uint32_t value : {OTTAVA_TYPE_S16, OTTAVA_TYPE_S32, OTTAVA_TYPE_F32, 6u, UINT32_MAX}) {
    for (const std::uint32_t quantization : {OTTAVA_QUANTIZE_DIVIDE, OTTAVA_QUANTIZE_XNNPACK}) {
      cases.push_back(
          {Part::desc,
           {OTTAVA_BAD_TYPE, "desc.lhs_quantized_type", {number(value), "OTTAVA_TYPE_S8", "OTTAVA_TYPE_U8"}},
           [=](Draft& d) { d.to_quantize(quantization), d.desc.lhs_quantized_type = value; }});
    }
  }
  check_cases(cases);

  const KernelContext context(nullptr);
  for (const std::uint32_t flag : {OTTAVA_MATMUL_ALLOW_WRAP, OTTAVA_MATMUL_WEIGHTS_LEFT, OTTAVA_MATMUL_LHS_ROW_SCALES,
                                   OTTAVA_MATMUL_LHS_ROW_ZERO_POINTS}) {
    check_accepted(context.get(), [=](Draft& d) { d.desc.flags = flag; });
  }
  check_accepted(context.get(), [](Draft& d) { d.desc.flags = OTTAVA_MATMUL_RUNTIME_RHS, d.constants.rhs = nullptr; });
}

TEST_CASE("errors: combinations that are not offered name both sides", "[errors]") {
  std::vector<CreateCase> cases = {
      {Part::desc,
       {OTTAVA_UNSUPPORTED, "desc.lhs_type", {"s32", "lhs"}},
       [](Draft& d) { d.desc.lhs_type = OTTAVA_TYPE_S32; }},
      {Part::desc,
       {OTTAVA_UNSUPPORTED, "desc.lhs_type", {"s16", "lhs"}},
       [](Draft& d) { d.desc.lhs_type = OTTAVA_TYPE_S16; }},
      {Part::desc,
       {OTTAVA_UNSUPPORTED, "desc.rhs_type", {"s16", "rhs"}},
       [](Draft& d) { d.desc.rhs_type = OTTAVA_TYPE_S16; }},
      {Part::desc,
       {OTTAVA_UNSUPPORTED, "desc.rule", {"OTTAVA_RULE_NONE", "s16"}},
       [](Draft& d) { d.desc.rule = OTTAVA_RULE_NONE, d.desc.dst_type = OTTAVA_TYPE_S16; }},
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
       {OTTAVA_UNSUPPORTED, "desc.rule", {"OTTAVA_RULE_NONE", "s8"}},
       [](Draft& d) { d.desc.rule = OTTAVA_RULE_NONE; }},
      {Part::desc,
       {OTTAVA_UNSUPPORTED, "desc.rule", {"OTTAVA_RULE_NONE", "u8"}},
       [](Draft& d) { d.desc.rule = OTTAVA_RULE_NONE, d.desc.dst_type = OTTAVA_TYPE_U8; }},
      {Part::desc,
       {OTTAVA_UNSUPPORTED, "desc.dst_zero_point", {"zero point", "s32"}},
       [](Draft& d) { d.to_s32(), d.desc.dst_zero_point = 1; }},
      {Part::desc,
       {OTTAVA_UNSUPPORTED, "desc.dst_zero_point", {"zero point", "f32"}},
       [](Draft& d) { d.to_f32(), d.desc.dst_zero_point = -1; }},
      {Part::desc,
       {OTTAVA_UNSUPPORTED, "desc.dst_scale", {"scale", "s32"}},
       [](Draft& d) { d.to_s32(), d.desc.dst_scale = 2.0f; }},
      {Part::desc,
       {OTTAVA_UNSUPPORTED, "desc.dst_scale", {"scale", "f32"}},
       [](Draft& d) { d.to_f32(), d.desc.dst_scale = 0.5f; }},
      {Part::desc,
       {OTTAVA_UNSUPPORTED, "desc.clamp_min_f32", {"float", "s8"}},
       [](Draft& d) { d.desc.clamp_min_f32 = 0.0f; }},
      {Part::desc,
       {OTTAVA_UNSUPPORTED, "desc.clamp_min_f32", {"float", "s32"}},
       [](Draft& d) { d.to_s32(), d.desc.clamp_max_f32 = 6.0f; }},
      {Part::desc,
       {OTTAVA_UNSUPPORTED, "desc.clamp_min", {"integer", "f32"}},
       [](Draft& d) { d.to_f32(), d.desc.clamp_min = 0; }},
      {Part::desc,
       {OTTAVA_UNSUPPORTED, "desc.clamp_min", {"integer", "f32"}},
       [](Draft& d) { d.to_f32(), d.desc.clamp_max = 0; }},
      {Part::constants,
       {OTTAVA_UNSUPPORTED, "constants.bias_f32", {"float bias", "s8"}},
       [](Draft& d) { d.constants.bias_f32 = d.bias_f32.data(); }},
      {Part::constants,
       {OTTAVA_UNSUPPORTED, "constants.bias_f32", {"float bias", "s32"}},
       [](Draft& d) { d.to_s32(), d.constants.bias_f32 = d.bias_f32.data(); }},
  };
  const KernelContext context(nullptr);
  for (std::uint32_t rule = OTTAVA_RULE_FIXED_TWO_ROUNDINGS; rule <= OTTAVA_RULE_MULTIPLY_SHIFT_HALF_AWAY; ++rule) {
    cases.push_back({Part::desc, {OTTAVA_UNSUPPORTED, "desc.rule", {"rule", "f32", "OTTAVA_RULE_NONE"}}, [=](Draft& d) {
                       d.to_f32(), d.desc.rule = rule;
                     }});
    const auto under_rule = [=](Draft& d, std::uint32_t type) {
      d.desc.dst_type = type, d.desc.rule = rule;
      if (rule >= OTTAVA_RULE_MULTIPLY_SHIFT_FLOOR) d.desc.parameters = OTTAVA_PARAMETERS_INTEGER;
      if (rule == OTTAVA_RULE_GEMMLOWP_BY_FIXED_POINT) d.desc.rhs_scale = 0.5f;
    };
    const struct {
      std::uint32_t type;
      const char* name;
    } types[] = {{OTTAVA_TYPE_S8, "s8"}, {OTTAVA_TYPE_U8, "u8"}, {OTTAVA_TYPE_S16, "s16"}, {OTTAVA_TYPE_S32, "s32"}};
    for (const auto& t : types) {
      check_accepted(context.get(), [=](Draft& d) { under_rule(d, t.type), d.constants.bias = d.bias.data(); });
      // A float bias goes with the float rule, whatever the type.
      const auto with_bias = [=](Draft& d) { under_rule(d, t.type), d.constants.bias_f32 = d.bias_f32.data(); };
      if (rule == OTTAVA_RULE_FLOAT_NEAREST_EVEN) {
        check_accepted(context.get(), with_bias);
      } else {
        cases.push_back({Part::constants,
                         {OTTAVA_UNSUPPORTED, "constants.bias_f32", {"float bias", t.name, "integer rule"}},
                         with_bias});
      }
    }
  }
  check_cases(cases);
  // An s32 dst under a rule has a zero point and a scale; an f32 dst takes either bias, or both.
  check_accepted(context.get(), [](Draft& d) {
    d.desc.dst_type = OTTAVA_TYPE_S32, d.desc.dst_zero_point = INT32_MIN, d.desc.dst_scale = 2.0f;
  });
  check_accepted(context.get(), [](Draft& d) { d.to_f32(), d.constants.bias = d.bias.data(); });
  check_accepted(context.get(), [](Draft& d) { d.to_f32(), d.constants.bias_f32 = d.bias_f32.data(); });
  check_accepted(context.get(), [](Draft& d) {
    d.to_f32(), d.constants.bias = d.bias.data(), d.constants.bias_f32 = d.bias_f32.data();
  });
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
    refused("OTTAVA_PARAMETERS_INTEGER", [](Draft& d) { d.desc.parameters = OTTAVA_PARAMETERS_INTEGER; });
    refused("OTTAVA_RULE_GEMMLOWP_BY_FIXED_POINT",
            [](Draft& d) { d.desc.rule = OTTAVA_RULE_GEMMLOWP_BY_FIXED_POINT, d.desc.rhs_scale = 0.5f; });
    refused("OTTAVA_RULE_POWER_OF_TWO", [](Draft& d) { d.desc.rule = OTTAVA_RULE_POWER_OF_TWO; });
    refused("s32 dst without a rule", [](Draft& d) { d.to_s32(); });
    accepted([](Draft& d) { d.desc.dst_type = OTTAVA_TYPE_S32; });
    accepted([](Draft& d) { d.to_f32(); });
    for (const std::uint32_t rule :
         {OTTAVA_RULE_FIXED_TWO_ROUNDINGS, OTTAVA_RULE_FIXED_ONE_ROUNDING, OTTAVA_RULE_FLOAT_NEAREST_EVEN,
          OTTAVA_RULE_FIXED_TWO_ROUNDINGS_SATURATING, OTTAVA_RULE_FIXED_ONE_ROUNDING_AWAY, OTTAVA_RULE_FIXED_ACL_FUSED,
          OTTAVA_RULE_FIXED_16_BIT_MULTIPLIER}) {
      accepted([=](Draft& d) { d.desc.rule = rule; });
    }
    // The scale of the whole lhs is not used.
    accepted([](Draft& d) { d.desc.lhs_scale = kNan; });
    for (std::uint32_t rule = OTTAVA_RULE_MULTIPLY_SHIFT_FLOOR; rule <= OTTAVA_RULE_MULTIPLY_SHIFT_HALF_AWAY; ++rule) {
      cases.push_back({Part::desc,
                       {OTTAVA_UNSUPPORTED, "desc.parameters", {"multiply-and-shift", "real"}},
                       [=](Draft& d) { with_row_scales(d), d.desc.rule = rule; }});
    }
  }
  check_cases(cases);
  // Zero points per row alone go with all of that, and the one of the whole lhs is not used.
  const auto row_zeros = [](Draft& d) {
    d.desc.flags = OTTAVA_MATMUL_LHS_ROW_ZERO_POINTS, d.desc.lhs_zero_point = 1000;
  };
  check_accepted(context.get(), row_zeros);
  check_accepted(context.get(), [=](Draft& d) { row_zeros(d), d.desc.parameters = OTTAVA_PARAMETERS_INTEGER; });
  check_accepted(context.get(), [=](Draft& d) { row_zeros(d), d.desc.rule = OTTAVA_RULE_POWER_OF_TWO; });
  check_accepted(context.get(), [=](Draft& d) { row_zeros(d), d.to_s32(); });
  check_cases({{Part::desc, {OTTAVA_BAD_ZERO_POINT, "desc.lhs_zero_point", {"1000"}}, [](Draft& d) {
                  d.desc.flags = OTTAVA_MATMUL_LHS_ROW_SCALES, d.desc.lhs_zero_point = 1000;
                }}});
}

TEST_CASE("errors: activations", "[errors]") {
  static const std::uint8_t table[256] = {};
  std::vector<CreateCase> cases;
  const KernelContext context(nullptr);
  const auto with_table = [](Draft& d) { d.desc.activation = OTTAVA_ACTIVATION_TABLE, d.constants.table = table; };
  const auto with_tanh = [](Draft& d) {
    d.to_s32();
    d.desc.activation = OTTAVA_ACTIVATION_GEMMLOWP_TANH, d.desc.tanh_amplitude = 1;
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
      d.desc.dst_type = t.type;
      d.desc.rule = t.type == OTTAVA_TYPE_F32 ? OTTAVA_RULE_NONE : OTTAVA_RULE_FIXED_ONE_ROUNDING;
    };
    const Change table_for = [=](Draft& d) { with_table(d), to_type(d); };
    const Change tanh_for = [=](Draft& d) { with_tanh(d), to_type(d); };
    if (t.type == OTTAVA_TYPE_S8 || t.type == OTTAVA_TYPE_U8) {
      check_accepted(context.get(), table_for);
    } else {
      cases.push_back(
          {Part::desc, {OTTAVA_UNSUPPORTED, "desc.activation", {"OTTAVA_ACTIVATION_TABLE", t.name}}, table_for});
    }
    if (t.type == OTTAVA_TYPE_S32) {
      check_accepted(context.get(), tanh_for);
    } else {
      cases.push_back(
          {Part::desc, {OTTAVA_UNSUPPORTED, "desc.activation", {"OTTAVA_ACTIVATION_GEMMLOWP_TANH", t.name}}, tanh_for});
    }
  }
  cases.push_back({Part::constants,
                   {OTTAVA_NULL_POINTER, "constants.table", {"NULL", "OTTAVA_ACTIVATION_TABLE"}},
                   [=](Draft& d) { with_table(d), d.constants.table = nullptr; }});
  cases.push_back({Part::constants,
                   {OTTAVA_UNSUPPORTED, "constants.table", {"OTTAVA_ACTIVATION_TABLE"}},
                   [=](Draft& d) { d.constants.table = table; }});
  cases.push_back({Part::constants,
                   {OTTAVA_UNSUPPORTED, "constants.table", {"OTTAVA_ACTIVATION_TABLE"}},
                   [=](Draft& d) { with_tanh(d), d.constants.table = table; }});
  for (const std::int32_t amplitude : {0, -1, INT32_MIN}) {
    cases.push_back({Part::desc,
                     {OTTAVA_BAD_SCALE, "desc.tanh_amplitude", {"is " + number(amplitude), "above 0"}},
                     [=](Draft& d) { with_tanh(d), d.desc.tanh_amplitude = amplitude; }});
  }
  for (const std::int32_t amplitude : {1, INT32_MAX}) {
    for (const std::int32_t zero : {INT32_MIN, 0, INT32_MAX}) {
      check_accepted(context.get(),
                     [=](Draft& d) { with_tanh(d), d.desc.tanh_zero = zero, d.desc.tanh_amplitude = amplitude; });
    }
  }
  for (const std::int32_t value : {1, -1, INT32_MIN}) {
    for (const bool table_too : {false, true}) {
      cases.push_back(
          {Part::desc, {OTTAVA_UNSUPPORTED, "desc.tanh_zero", {"OTTAVA_ACTIVATION_GEMMLOWP_TANH"}}, [=](Draft& d) {
             if (table_too) with_table(d);
             d.desc.tanh_zero = value;
           }});
      cases.push_back(
          {Part::desc, {OTTAVA_UNSUPPORTED, "desc.tanh_amplitude", {"OTTAVA_ACTIVATION_GEMMLOWP_TANH"}}, [=](Draft& d) {
             if (table_too) with_table(d);
             d.desc.tanh_amplitude = value;
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

TEST_CASE("errors: scales", "[errors]") {
  const struct {
    float value;
    const char* words;
  } faults[] = {{kNan, "NaN"},  {-kNan, "NaN"},  {kInfinity, "infinite"}, {-kInfinity, "infinite"},
                {0.0f, "zero"}, {-0.0f, "zero"}, {-1.0f, "negative"},     {-kDenormal, "negative"}};
  std::vector<CreateCase> cases;
  for (const auto& fault : faults) {
    const float value = fault.value;
    cases.push_back(
        {Part::desc, {OTTAVA_BAD_SCALE, "desc.lhs_scale", {fault.words}}, [=](Draft& d) { d.desc.lhs_scale = value; }});
    cases.push_back(
        {Part::desc, {OTTAVA_BAD_SCALE, "desc.rhs_scale", {fault.words}}, [=](Draft& d) { d.desc.rhs_scale = value; }});
    cases.push_back(
        {Part::desc, {OTTAVA_BAD_SCALE, "desc.dst_scale", {fault.words}}, [=](Draft& d) { d.desc.dst_scale = value; }});
    cases.push_back({Part::constants,
                     {OTTAVA_BAD_SCALE, "constants.rhs_scales", {"channel 2", fault.words}},
                     [=](Draft& d) { d.scales[2] = value, d.constants.rhs_scales = d.scales.data(); }});
  }
  // Sound each, infinite together: the field that was given is the one that is named.
  cases.push_back(
      {Part::constants, {OTTAVA_BAD_SCALE, "constants.rhs_scales", {"channel 1", "infinite"}}, [](Draft& d) {
         d.desc.rule = OTTAVA_RULE_FLOAT_NEAREST_EVEN;
         d.desc.lhs_scale = 3e38f, d.scales = {0.1f, 3e38f, 1.0f}, d.constants.rhs_scales = d.scales.data();
       }});
  cases.push_back({Part::constants, {OTTAVA_BAD_SCALE, "desc.rhs_scale", {"infinite"}}, [](Draft& d) {
                     d.desc.rule = OTTAVA_RULE_FLOAT_NEAREST_EVEN;
                     d.desc.lhs_scale = d.desc.rhs_scale = 3e38f;
                   }});
  cases.push_back({Part::constants, {OTTAVA_BAD_SCALE, "desc.rhs_scale", {"infinite"}}, [](Draft& d) {
                     d.desc.rule = OTTAVA_RULE_FLOAT_NEAREST_EVEN;
                     d.desc.dst_scale = kDenormal;
                   }});
  check_cases(cases);

  const KernelContext context(nullptr);
  // Fixed-point rules form the effective scale in double.
  check_accepted(context.get(),
                 [](Draft& d) { d.desc.lhs_scale = d.desc.rhs_scale = 1e20f, d.desc.dst_scale = 3e38f; });
  for (const float scale : {kDenormal, std::numeric_limits<float>::min(), 1.0f, std::numeric_limits<float>::max()}) {
    check_accepted(context.get(), [=](Draft& d) { d.desc.lhs_scale = scale; });
    check_accepted(context.get(), [=](Draft& d) { d.desc.rhs_scale = scale; });
    check_accepted(context.get(), [=](Draft& d) { d.scales[1] = scale, d.constants.rhs_scales = d.scales.data(); });
    check_accepted(context.get(), [=](Draft& d) { d.to_f32(), d.desc.lhs_scale = scale; });
  }
  check_accepted(context.get(), [](Draft& d) { d.desc.dst_scale = kDenormal, d.desc.lhs_scale = kDenormal; });
  // An s32 dst is not scaled, so no product is formed.
  check_accepted(context.get(), [](Draft& d) { d.to_s32(), d.desc.lhs_scale = d.desc.rhs_scale = 3e38f; });
}

TEST_CASE("errors: zero points", "[errors]") {
  std::vector<CreateCase> cases;
  const KernelContext context(nullptr);
  const struct {
    std::uint32_t type;
    const char* name;
    std::int32_t min, max;
  } types[] = {{OTTAVA_TYPE_S8, "s8", -128, 127}, {OTTAVA_TYPE_U8, "u8", 0, 255}};
  for (const auto& t : types) {
    for (const std::int32_t zero : {t.min - 1, t.max + 1, INT32_MIN, INT32_MAX}) {
      const std::vector<std::string> words = {"is " + number(zero) + ",", t.name, number(t.min), number(t.max)};
      cases.push_back({Part::desc, {OTTAVA_BAD_ZERO_POINT, "desc.lhs_zero_point", words}, [=](Draft& d) {
                         d.desc.lhs_type = t.type, d.desc.lhs_zero_point = zero;
                       }});
      cases.push_back({Part::desc, {OTTAVA_BAD_ZERO_POINT, "desc.rhs_zero_point", words}, [=](Draft& d) {
                         d.desc.rhs_type = t.type, d.desc.rhs_zero_point = zero;
                       }});
      cases.push_back({Part::desc, {OTTAVA_BAD_ZERO_POINT, "desc.dst_zero_point", words}, [=](Draft& d) {
                         d.desc.dst_type = t.type, d.desc.dst_zero_point = zero;
                       }});
      std::vector<std::string> with_channel = words;
      with_channel[0] = "channel 1 is " + number(zero) + ",";
      cases.push_back(
          {Part::constants, {OTTAVA_BAD_ZERO_POINT, "constants.rhs_zero_points", with_channel}, [=](Draft& d) {
             d.desc.rhs_type = t.type, d.zero_points[1] = zero, d.constants.rhs_zero_points = d.zero_points.data();
           }});
    }
    for (const std::int32_t zero : {t.min, t.max}) {
      check_accepted(context.get(), [=](Draft& d) { d.desc.lhs_type = t.type, d.desc.lhs_zero_point = zero; });
      check_accepted(context.get(), [=](Draft& d) { d.desc.rhs_type = t.type, d.desc.rhs_zero_point = zero; });
      check_accepted(context.get(), [=](Draft& d) { d.desc.dst_type = t.type, d.desc.dst_zero_point = zero; });
      check_accepted(context.get(), [=](Draft& d) {
        d.desc.rhs_type = t.type, d.zero_points[2] = zero, d.constants.rhs_zero_points = d.zero_points.data();
      });
    }
  }
  // A dst of 16 bits has a zero point too.
  for (const std::int32_t zero : {-32769, 32768}) {
    cases.push_back({Part::desc, {OTTAVA_BAD_ZERO_POINT, "desc.dst_zero_point", {number(zero), "s16"}}, [=](Draft& d) {
                       d.desc.dst_type = OTTAVA_TYPE_S16, d.desc.dst_zero_point = zero;
                     }});
  }
  for (const std::int32_t zero : {-32768, 32767}) {
    check_accepted(context.get(), [=](Draft& d) { d.desc.dst_type = OTTAVA_TYPE_S16, d.desc.dst_zero_point = zero; });
  }
  check_cases(cases);
}

TEST_CASE("errors: clamps", "[errors]") {
  const auto clamp = [](std::uint32_t type, std::int32_t min, std::int32_t max) {
    return [=](Draft& d) {
      if (type == OTTAVA_TYPE_S32) d.to_s32();
      d.desc.dst_type = type, d.desc.clamp_min = min, d.desc.clamp_max = max;
    };
  };
  const auto clamp_f32 = [](float min, float max) {
    return [=](Draft& d) { d.to_f32(), d.desc.clamp_min_f32 = min, d.desc.clamp_max_f32 = max; };
  };
  const std::uint32_t s8 = OTTAVA_TYPE_S8, u8 = OTTAVA_TYPE_U8, s16 = OTTAVA_TYPE_S16, s32 = OTTAVA_TYPE_S32;
  const auto bad = [](const char* argument, std::vector<std::string> words) {
    return Refusal{OTTAVA_BAD_CLAMP, argument, words};
  };
  check_cases({
      {Part::desc, bad("desc.clamp_min", {"is 6,", "desc.clamp_max", "5"}), clamp(s8, 6, 5)},
      {Part::desc, bad("desc.clamp_min", {"above", "desc.clamp_max"}), clamp(s32, INT32_MAX, INT32_MIN)},
      {Part::desc, bad("desc.clamp_min", {"-129", "s8"}), clamp(s8, -129, 127)},
      {Part::desc, bad("desc.clamp_min", {"128", "s8"}), clamp(s8, 128, INT32_MAX)},
      {Part::desc, bad("desc.clamp_max", {"128", "s8"}), clamp(s8, -128, 128)},
      {Part::desc, bad("desc.clamp_max", {"-129", "s8"}), clamp(s8, INT32_MIN, -129)},
      {Part::desc, bad("desc.clamp_min", {"-1", "u8"}), clamp(u8, -1, 255)},
      {Part::desc, bad("desc.clamp_max", {"256", "u8"}), clamp(u8, 0, 256)},
      {Part::desc, bad("desc.clamp_max", {"-1", "u8"}), clamp(u8, INT32_MIN, -1)},
      {Part::desc, bad("desc.clamp_min", {"-32769", "s16"}), clamp(s16, -32769, 0)},
      {Part::desc, bad("desc.clamp_max", {"32768", "s16"}), clamp(s16, 0, 32768)},
      {Part::desc, bad("desc.clamp_min_f32", {"NaN"}), clamp_f32(kNan, 1.0f)},
      {Part::desc, bad("desc.clamp_max_f32", {"NaN"}), clamp_f32(0.0f, kNan)},
      {Part::desc, bad("desc.clamp_min_f32", {"above", "desc.clamp_max_f32"}), clamp_f32(1.0f, 0.5f)},
      {Part::desc, bad("desc.clamp_min_f32", {"above", "desc.clamp_max_f32"}), clamp_f32(kInfinity, -kInfinity)},
      {Part::desc, bad("desc.clamp_min_f32", {"plus infinity"}), clamp_f32(kInfinity, kInfinity)},
      {Part::desc, bad("desc.clamp_max_f32", {"minus infinity"}), clamp_f32(-kInfinity, -kInfinity)},
  });
  const KernelContext context(nullptr);
  for (const Change& change :
       {Change(clamp(s8, -128, 127)), Change(clamp(s8, 5, 5)), Change(clamp(u8, 0, 255)),
        Change(clamp(s16, -32768, 32767)), Change(clamp(u8, 255, 255)), Change(clamp(s8, INT32_MIN, 127)),
        Change(clamp(u8, 0, INT32_MAX)), Change(clamp(s32, INT32_MIN, INT32_MIN)),
        Change(clamp(s32, INT32_MAX, INT32_MAX)), Change(clamp_f32(0.0f, 6.0f)), Change(clamp_f32(-0.0f, 0.0f)),
        Change(clamp_f32(-kInfinity, 0.0f)), Change(clamp_f32(2.0f, kInfinity))}) {
    check_accepted(context.get(), change);
  }
}

TEST_CASE("errors: float biases", "[errors]") {
  std::vector<CreateCase> cases;
  for (const float value : {kNan, kInfinity, -kInfinity}) {
    for (std::size_t channel = 0; channel < 3; ++channel) {
      cases.push_back(
          {Part::constants,
           {OTTAVA_BAD_BIAS,
            "constants.bias_f32",
            {"channel " + number(static_cast<int>(channel)), std::isnan(value) ? "NaN" : "infinite"}},
           [=](Draft& d) { d.to_f32(), d.bias_f32[channel] = value, d.constants.bias_f32 = d.bias_f32.data(); }});
    }
  }
  // Under the float rule what counts is the bias in units of dst.
  const auto under_rule = [](Draft& d, float bias, float dst_scale) {
    d.desc.rule = OTTAVA_RULE_FLOAT_NEAREST_EVEN;
    d.desc.lhs_scale = 1e-10f, d.desc.dst_scale = dst_scale;
    d.bias_f32 = {0.0f, bias, 0.0f}, d.constants.bias_f32 = d.bias_f32.data();
  };
  const float largest = std::numeric_limits<float>::max();
  const auto refused = [&](const char* words, float bias, float dst_scale) {
    cases.push_back({Part::constants, {OTTAVA_BAD_BIAS, "constants.bias_f32", {"channel 1", words}}, [=](Draft& d) {
                       under_rule(d, bias, dst_scale);
                     }});
  };
  refused("NaN", kNan, 1.0f);
  refused("infinite", -kInfinity, 1.0f);
  refused("dst_scale", 1.0f, 1e-39f);
  refused("dst_scale", -largest, 0.999f);
  refused("dst_scale", largest, 0.5f);
  check_cases(cases);
  const KernelContext context(nullptr);
  check_accepted(context.get(), [=](Draft& d) { under_rule(d, largest, 1.0f); });
  check_accepted(context.get(), [=](Draft& d) { under_rule(d, -largest / 2, 0.5f); });
  for (const float value : {0.0f, -0.0f, kDenormal, -std::numeric_limits<float>::max()}) {
    check_accepted(context.get(),
                   [=](Draft& d) { d.to_f32(), d.bias_f32[0] = value, d.constants.bias_f32 = d.bias_f32.data(); });
  }
}

TEST_CASE("errors: a named kernel that declines", "[errors]") {
  for (const Kernel* kernel : runnable_kernels()) {
    if (kernel->lhs_form != LhsForm::rows) continue;
    const KernelContext context(kernel->name);
    check_create_refused(context.get(),
                         {Part::desc,
                          {OTTAVA_KERNEL_UNAVAILABLE, "host.kernel", {kernel->name, "declines", "row order"}},
                          [](Draft& d) { d.desc.lhs_order = OTTAVA_ORDER_COLUMN; }});
  }
}
