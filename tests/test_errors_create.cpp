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
  draft.constants.struct_size = 8 + 5 * sizeof(void*);
  draft.constants.multipliers = sentinel<const std::int32_t>();
  ottava_matmul* matmul = nullptr;
  REQUIRE(ottava_matmul_create(context.get(), &draft.desc, &draft.constants, &matmul, nullptr) == OTTAVA_OK);
  CHECK(ottava_matmul_destroy(matmul) == OTTAVA_OK);
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
      {Part::desc, {OTTAVA_BAD_OPTION, "desc.flags", {"2", "flag"}}, [](Draft& d) { d.desc.flags = 2; }},
      {Part::desc, {OTTAVA_BAD_OPTION, "desc.flags", {"2147483649"}}, [](Draft& d) { d.desc.flags = 0x80000001u; }},
      {Part::desc, {OTTAVA_BAD_OPTION, "desc.reserved", {"0"}}, [](Draft& d) { d.desc.reserved = 1; }},
      {Part::desc, {OTTAVA_BAD_OPTION, "desc.reserved2", {"0"}}, [](Draft& d) { d.desc.reserved2 = 1; }},
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
  check_cases(cases);
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
       {OTTAVA_UNSUPPORTED, "desc.lhs_type", {"f32", "lhs"}},
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
       {OTTAVA_UNSUPPORTED, "constants.bias", {"integer bias", "f32"}},
       [](Draft& d) { d.to_f32(), d.constants.bias = d.bias.data(); }},
      {Part::constants,
       {OTTAVA_UNSUPPORTED, "constants.bias_f32", {"float bias", "s8"}},
       [](Draft& d) { d.constants.bias_f32 = d.bias_f32.data(); }},
      {Part::constants,
       {OTTAVA_UNSUPPORTED, "constants.bias_f32", {"float bias", "s32"}},
       [](Draft& d) { d.to_s32(), d.constants.bias_f32 = d.bias_f32.data(); }},
  };
  for (const std::uint32_t rule :
       {OTTAVA_RULE_FIXED_TWO_ROUNDINGS, OTTAVA_RULE_FIXED_ONE_ROUNDING, OTTAVA_RULE_FLOAT_NEAREST_EVEN}) {
    cases.push_back({Part::desc, {OTTAVA_UNSUPPORTED, "desc.rule", {"rule", "s32"}}, [=](Draft& d) {
                       d.to_s32(), d.desc.rule = rule;
                     }});
    cases.push_back({Part::desc, {OTTAVA_UNSUPPORTED, "desc.rule", {"rule", "f32"}}, [=](Draft& d) {
                       d.to_f32(), d.desc.rule = rule;
                     }});
  }
  check_cases(cases);
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
  check_cases(cases);
  const KernelContext context(nullptr);
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
