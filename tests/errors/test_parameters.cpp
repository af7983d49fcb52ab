// Errors of the numbers that an operator is created with: multipliers and shifts, scales, zero points, clamps, biases.
// Every fault alone, in an operator that is otherwise sound. Exact status, argument and words from create, size and
// init_at; no handle, no size and no memory touched.
#include <cmath>
#include <limits>

#include "draft.h"

using namespace ottava;

TEST_CASE("errors: integer parameters outside their rule, and what does not go with them", "[errors]") {
  std::vector<CreateCase> cases;
  const auto integers = [](Draft& d, std::uint32_t rule, std::int32_t multiplier, std::int32_t shift) {
    d.output.requantization = rule;
    d.output.parameters = OTTAVA_PARAMETERS_INTEGER;
    d.output.multiplier = multiplier;
    d.output.shift = shift;
  };
  const struct {
    std::uint32_t rule;
    std::int32_t least, most;
  } shifts[] = {{OTTAVA_REQUANTIZE_FIXED_TWO_ROUNDINGS, -31, 31},
                {OTTAVA_REQUANTIZE_FIXED_ONE_ROUNDING, -31, 30},
                {OTTAVA_REQUANTIZE_FIXED_TWO_ROUNDINGS_SATURATING, -31, 30},
                {OTTAVA_REQUANTIZE_GEMMLOWP_BY_FIXED_POINT, -31, 0},
                {OTTAVA_REQUANTIZE_FIXED_ONE_ROUNDING_AWAY, -31, 30},
                {OTTAVA_REQUANTIZE_FIXED_ACL_FUSED, -31, 30},
                {OTTAVA_REQUANTIZE_FIXED_16_BIT_MULTIPLIER, -31, 30},
                {OTTAVA_REQUANTIZE_POWER_OF_TWO, -32, 29},
                {OTTAVA_REQUANTIZE_MULTIPLY_SHIFT_FLOOR, -31, 0},
                {OTTAVA_REQUANTIZE_MULTIPLY_SHIFT_HALF_UP, -31, 0},
                {OTTAVA_REQUANTIZE_MULTIPLY_SHIFT_HALF_AWAY, -31, 0}};
  const KernelContext context(nullptr);
  for (const auto& entry : shifts) {
    const std::uint32_t rule = entry.rule;
    for (const std::int32_t shift : {entry.least - 1, entry.most + 1}) {
      cases.push_back({Part::constants,
                       {OTTAVA_BAD_MULTIPLIER, "output.shift", {number(shift), "left"}},
                       [=](Draft& d) { integers(d, rule, 5, shift); }});
    }
    for (const std::int32_t shift : {entry.least, entry.most}) {
      check_accepted(context.get(), [=](Draft& d) { integers(d, rule, 5, shift); });
    }
    if (rule < OTTAVA_REQUANTIZE_MULTIPLY_SHIFT_FLOOR) {
      cases.push_back({Part::constants,
                       {OTTAVA_BAD_MULTIPLIER, "output.multiplier", {"-1", "negative"}},
                       [=](Draft& d) { integers(d, rule, -1, 0); }});
    } else {
      check_accepted(context.get(), [=](Draft& d) { integers(d, rule, -1, 0); });
      cases.push_back({Part::desc,
                       {OTTAVA_UNSUPPORTED, "output.parameters", {"multiply-and-shift", "real"}},
                       [=](Draft& d) { d.output.requantization = rule; }});
    }
  }
  cases.push_back({Part::desc, {OTTAVA_UNSUPPORTED, "output.parameters", {"integer", "float"}}, [=](Draft& d) {
                     integers(d, OTTAVA_REQUANTIZE_FLOAT_NEAREST_EVEN, 5, 0);
                   }});
  cases.push_back({Part::desc, {OTTAVA_BAD_TYPE, "output.parameters", {"3", "OTTAVA_PARAMETERS_"}}, [](Draft& d) {
                     d.output.parameters = 3;
                   }});
  // A float product goes with fixed point alone, and has to be finite.
  const auto float_product = [](Draft& d, std::uint32_t rule) {
    d.output.requantization = rule;
    d.output.parameters = OTTAVA_PARAMETERS_REAL_FLOAT_PRODUCT;
  };
  cases.push_back({Part::desc,
                   {OTTAVA_UNSUPPORTED, "output.parameters", {"REAL_FLOAT_PRODUCT", "not go with", "a float requant"}},
                   [=](Draft& d) { float_product(d, OTTAVA_REQUANTIZE_FLOAT_NEAREST_EVEN); }});
  for (const std::uint32_t type : {OTTAVA_TYPE_S32, OTTAVA_TYPE_F32}) {
    cases.push_back({Part::desc,
                     {OTTAVA_UNSUPPORTED, "output.parameters", {"REAL_FLOAT_PRODUCT", "not go with", "QUANTIZE_NONE"}},
                     [=](Draft& d) { float_product(d, OTTAVA_REQUANTIZE_NONE), d.output.type = type; }});
  }
  for (std::uint32_t rule = OTTAVA_REQUANTIZE_MULTIPLY_SHIFT_FLOOR; rule <= OTTAVA_REQUANTIZE_MULTIPLY_SHIFT_HALF_AWAY;
       ++rule) {
    cases.push_back({Part::desc,
                     {OTTAVA_UNSUPPORTED, "output.parameters", {"multiply-and-shift", "real"}},
                     [=](Draft& d) { float_product(d, rule); }});
  }
  cases.push_back({Part::constants, {OTTAVA_BAD_SCALE, "desc.rhs_scale", {"infinite in float32"}}, [=](Draft& d) {
                     float_product(d, OTTAVA_REQUANTIZE_FIXED_TWO_ROUNDINGS);
                     d.desc.lhs_scale = d.desc.rhs_scale = d.output.scale = 3e38f;
                   }});
  check_accepted(context.get(), [=](Draft& d) { d.desc.lhs_scale = d.desc.rhs_scale = d.output.scale = 3e38f; });
  check_accepted(context.get(), [=](Draft& d) {  // the quotient alone leaves float32
    float_product(d, OTTAVA_REQUANTIZE_FIXED_TWO_ROUNDINGS);
    d.desc.lhs_scale = 3e38f, d.output.scale = 1e-3f;
  });
  // A multiplier of 0 for all channels is one that was forgotten.
  for (const std::uint32_t rule : {OTTAVA_REQUANTIZE_FIXED_TWO_ROUNDINGS, OTTAVA_REQUANTIZE_FIXED_16_BIT_MULTIPLIER,
                                   OTTAVA_REQUANTIZE_MULTIPLY_SHIFT_FLOOR}) {
    cases.push_back({Part::constants,
                     {OTTAVA_BAD_MULTIPLIER, "output.multiplier", {"is 0", "multipliers"}},
                     [=](Draft& d) { integers(d, rule, 0, 0); }});
  }
  static const std::int32_t zeros[] = {0, 0, 0};
  check_accepted(context.get(), [=](Draft& d) {
    integers(d, OTTAVA_REQUANTIZE_FIXED_ONE_ROUNDING, 0, 0);
    d.output.multipliers = zeros;
  });
  check_accepted(context.get(), [=](Draft& d) { integers(d, OTTAVA_REQUANTIZE_POWER_OF_TWO, 0, -1); });
  check_accepted(context.get(),
                 [=](Draft& d) { integers(d, OTTAVA_REQUANTIZE_FIXED_ONE_ROUNDING, 0, 0), d.desc.n = 0; });
  static const std::int32_t three[] = {1, -7, 1};
  cases.push_back({Part::constants, {OTTAVA_BAD_MULTIPLIER, "output.multipliers", {"channel 1", "-7"}}, [=](Draft& d) {
                     integers(d, OTTAVA_REQUANTIZE_FIXED_ONE_ROUNDING, 5, 0);
                     d.output.multipliers = three;
                   }});
  cases.push_back({Part::constants, {OTTAVA_BAD_MULTIPLIER, "output.shifts", {"channel 0", "1"}}, [=](Draft& d) {
                     integers(d, OTTAVA_REQUANTIZE_GEMMLOWP_BY_FIXED_POINT, 5, 0);
                     d.output.shifts = three;
                   }});
  cases.push_back({Part::constants, {OTTAVA_UNSUPPORTED, "output.multipliers", {"real"}}, [=](Draft& d) {
                     d.output.multipliers = three;
                   }});
  cases.push_back(
      {Part::constants, {OTTAVA_UNSUPPORTED, "output.shifts", {"real"}}, [=](Draft& d) { d.output.shifts = three; }});
  cases.push_back({Part::constants, {OTTAVA_UNSUPPORTED, "output.shifts", {"real"}}, [=](Draft& d) {
                     float_product(d, OTTAVA_REQUANTIZE_FIXED_TWO_ROUNDINGS);
                     d.output.shifts = three;
                   }});
  for (const float scale : {0.3f, 0.50000006f, 1e-12f, 1e12f}) {
    cases.push_back({Part::constants, {OTTAVA_BAD_SCALE, "desc.rhs_scale", {"POWER_OF_TWO"}}, [=](Draft& d) {
                       d.output.requantization = OTTAVA_REQUANTIZE_POWER_OF_TWO, d.desc.rhs_scale = scale;
                       d.desc.lhs_scale = d.output.scale = 1.0f;
                     }});
  }
  cases.push_back({Part::constants, {OTTAVA_BAD_SCALE, "desc.rhs_scale", {"below 1"}}, [](Draft& d) {
                     d.output.requantization = OTTAVA_REQUANTIZE_GEMMLOWP_BY_FIXED_POINT,
                     d.desc.lhs_scale = d.output.scale, d.desc.rhs_scale = 1.0f;
                   }});
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
        {Part::desc, {OTTAVA_BAD_SCALE, "output.scale", {fault.words}}, [=](Draft& d) { d.output.scale = value; }});
    cases.push_back({Part::constants,
                     {OTTAVA_BAD_SCALE, "constants.rhs_scales", {"channel 2", fault.words}},
                     [=](Draft& d) { d.scales[2] = value, d.constants.rhs_scales = d.scales.data(); }});
  }
  // Sound each, infinite together: the field that was given is the one that is named.
  cases.push_back(
      {Part::constants, {OTTAVA_BAD_SCALE, "constants.rhs_scales", {"channel 1", "infinite"}}, [](Draft& d) {
         d.output.requantization = OTTAVA_REQUANTIZE_FLOAT_NEAREST_EVEN;
         d.desc.lhs_scale = 3e38f, d.scales = {0.1f, 3e38f, 1.0f}, d.constants.rhs_scales = d.scales.data();
       }});
  cases.push_back({Part::constants, {OTTAVA_BAD_SCALE, "desc.rhs_scale", {"infinite"}}, [](Draft& d) {
                     d.output.requantization = OTTAVA_REQUANTIZE_FLOAT_NEAREST_EVEN;
                     d.desc.lhs_scale = d.desc.rhs_scale = 3e38f;
                   }});
  cases.push_back({Part::constants, {OTTAVA_BAD_SCALE, "desc.rhs_scale", {"infinite"}}, [](Draft& d) {
                     d.output.requantization = OTTAVA_REQUANTIZE_FLOAT_NEAREST_EVEN;
                     d.output.scale = kDenormal;
                   }});
  check_cases(cases);

  const KernelContext context(nullptr);
  // Fixed-point rules form the effective scale in double.
  check_accepted(context.get(), [](Draft& d) { d.desc.lhs_scale = d.desc.rhs_scale = 1e20f, d.output.scale = 3e38f; });
  for (const float scale : {kDenormal, std::numeric_limits<float>::min(), 1.0f, std::numeric_limits<float>::max()}) {
    check_accepted(context.get(), [=](Draft& d) { d.desc.lhs_scale = scale; });
    check_accepted(context.get(), [=](Draft& d) { d.desc.rhs_scale = scale; });
    check_accepted(context.get(), [=](Draft& d) { d.scales[1] = scale, d.constants.rhs_scales = d.scales.data(); });
    check_accepted(context.get(), [=](Draft& d) { d.to_f32(), d.desc.lhs_scale = scale; });
  }
  check_accepted(context.get(), [](Draft& d) { d.output.scale = kDenormal, d.desc.lhs_scale = kDenormal; });
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
      cases.push_back({Part::desc, {OTTAVA_BAD_ZERO_POINT, "output.zero_point", words}, [=](Draft& d) {
                         d.output.type = t.type, d.output.zero_point = zero;
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
      check_accepted(context.get(), [=](Draft& d) { d.output.type = t.type, d.output.zero_point = zero; });
      check_accepted(context.get(), [=](Draft& d) {
        d.desc.rhs_type = t.type, d.zero_points[2] = zero, d.constants.rhs_zero_points = d.zero_points.data();
      });
    }
  }
  // A dst of 16 bits has a zero point too.
  for (const std::int32_t zero : {-32769, 32768}) {
    cases.push_back({Part::desc, {OTTAVA_BAD_ZERO_POINT, "output.zero_point", {number(zero), "s16"}}, [=](Draft& d) {
                       d.output.type = OTTAVA_TYPE_S16, d.output.zero_point = zero;
                     }});
  }
  for (const std::int32_t zero : {-32768, 32767}) {
    check_accepted(context.get(), [=](Draft& d) { d.output.type = OTTAVA_TYPE_S16, d.output.zero_point = zero; });
  }
  check_cases(cases);
}

TEST_CASE("errors: clamps", "[errors]") {
  const auto clamp = [](std::uint32_t type, std::int32_t min, std::int32_t max) {
    return [=](Draft& d) {
      if (type == OTTAVA_TYPE_S32) d.to_s32();
      d.output.type = type, d.output.clamp_min = min, d.output.clamp_max = max;
    };
  };
  const auto clamp_f32 = [](float min, float max) {
    return [=](Draft& d) { d.to_f32(), d.output.clamp_min_f32 = min, d.output.clamp_max_f32 = max; };
  };
  const std::uint32_t s8 = OTTAVA_TYPE_S8, u8 = OTTAVA_TYPE_U8, s16 = OTTAVA_TYPE_S16, s32 = OTTAVA_TYPE_S32;
  const auto bad = [](const char* argument, std::vector<std::string> words) {
    return Refusal{OTTAVA_BAD_CLAMP, argument, words};
  };
  check_cases({
      {Part::desc, bad("output.clamp_min", {"is 6,", "output.clamp_max", "5"}), clamp(s8, 6, 5)},
      {Part::desc, bad("output.clamp_min", {"above", "output.clamp_max"}), clamp(s32, INT32_MAX, INT32_MIN)},
      {Part::desc, bad("output.clamp_min", {"-129", "s8"}), clamp(s8, -129, 127)},
      {Part::desc, bad("output.clamp_min", {"128", "s8"}), clamp(s8, 128, INT32_MAX)},
      {Part::desc, bad("output.clamp_max", {"128", "s8"}), clamp(s8, -128, 128)},
      {Part::desc, bad("output.clamp_max", {"-129", "s8"}), clamp(s8, INT32_MIN, -129)},
      {Part::desc, bad("output.clamp_min", {"-1", "u8"}), clamp(u8, -1, 255)},
      {Part::desc, bad("output.clamp_max", {"256", "u8"}), clamp(u8, 0, 256)},
      {Part::desc, bad("output.clamp_max", {"-1", "u8"}), clamp(u8, INT32_MIN, -1)},
      {Part::desc, bad("output.clamp_min", {"-32769", "s16"}), clamp(s16, -32769, 0)},
      {Part::desc, bad("output.clamp_max", {"32768", "s16"}), clamp(s16, 0, 32768)},
      // What a structure of zeros has.
      {Part::desc, bad("output.clamp_min", {"both 0", "INT32_MIN", "ottava_output_init"}), clamp(s8, 0, 0)},
      {Part::desc, bad("output.clamp_min", {"both 0"}), clamp(s32, 0, 0)},
      {Part::desc, bad("output.clamp_min_f32", {"both 0", "infinities", "ottava_output_init"}), clamp_f32(0.0f, 0.0f)},
      {Part::desc, bad("output.clamp_min_f32", {"both 0"}), clamp_f32(-0.0f, 0.0f)},
      {Part::desc, bad("output.clamp_min_f32", {"NaN"}), clamp_f32(kNan, 1.0f)},
      {Part::desc, bad("output.clamp_max_f32", {"NaN"}), clamp_f32(0.0f, kNan)},
      {Part::desc, bad("output.clamp_min_f32", {"above", "output.clamp_max_f32"}), clamp_f32(1.0f, 0.5f)},
      {Part::desc, bad("output.clamp_min_f32", {"above", "output.clamp_max_f32"}), clamp_f32(kInfinity, -kInfinity)},
      {Part::desc, bad("output.clamp_min_f32", {"plus infinity"}), clamp_f32(kInfinity, kInfinity)},
      {Part::desc, bad("output.clamp_max_f32", {"minus infinity"}), clamp_f32(-kInfinity, -kInfinity)},
  });
  const KernelContext context(nullptr);
  for (const Change& change :
       {Change(clamp(s8, -128, 127)), Change(clamp(s8, 5, 5)), Change(clamp(u8, 0, 255)),
        Change(clamp(s16, -32768, 32767)), Change(clamp(u8, 255, 255)), Change(clamp(s8, INT32_MIN, 127)),
        Change(clamp(u8, 0, INT32_MAX)), Change(clamp(s32, INT32_MIN, INT32_MIN)),
        Change(clamp(s32, INT32_MAX, INT32_MAX)), Change(clamp_f32(0.0f, 6.0f)), Change(clamp(s8, 0, 1)),
        Change(clamp(u8, INT32_MIN, 0)), Change(clamp_f32(0.0f, kDenormal)), Change(clamp_f32(-kInfinity, 0.0f)),
        Change(clamp_f32(2.0f, kInfinity))}) {
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
            "output.bias_f32",
            {"channel " + number(static_cast<int>(channel)), std::isnan(value) ? "NaN" : "infinite"}},
           [=](Draft& d) { d.to_f32(), d.bias_f32[channel] = value, d.output.bias_f32 = d.bias_f32.data(); }});
    }
  }
  // Under the float rule what counts is the bias in units of dst.
  const auto under_rule = [](Draft& d, float bias, float dst_scale) {
    d.output.requantization = OTTAVA_REQUANTIZE_FLOAT_NEAREST_EVEN;
    d.desc.lhs_scale = 1e-10f, d.output.scale = dst_scale;
    d.bias_f32 = {0.0f, bias, 0.0f}, d.output.bias_f32 = d.bias_f32.data();
  };
  const float largest = std::numeric_limits<float>::max();
  const auto refused = [&](const char* words, float bias, float dst_scale) {
    cases.push_back({Part::constants, {OTTAVA_BAD_BIAS, "output.bias_f32", {"channel 1", words}}, [=](Draft& d) {
                       under_rule(d, bias, dst_scale);
                     }});
  };
  refused("NaN", kNan, 1.0f);
  refused("infinite", -kInfinity, 1.0f);
  refused("output.scale", 1.0f, 1e-39f);
  refused("output.scale", -largest, 0.999f);
  refused("output.scale", largest, 0.5f);
  check_cases(cases);
  const KernelContext context(nullptr);
  check_accepted(context.get(), [=](Draft& d) { under_rule(d, largest, 1.0f); });
  check_accepted(context.get(), [=](Draft& d) { under_rule(d, -largest / 2, 0.5f); });
  for (const float value : {0.0f, -0.0f, kDenormal, -std::numeric_limits<float>::max()}) {
    check_accepted(context.get(),
                   [=](Draft& d) { d.to_f32(), d.bias_f32[0] = value, d.output.bias_f32 = d.bias_f32.data(); });
  }
}
