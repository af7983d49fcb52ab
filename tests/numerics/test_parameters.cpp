// Parameters: the multipliers, scales and zero points that are formed and chosen, other systems' conventions, and what
// is refused.
#include <algorithm>
#include <cfloat>
#include <cmath>
#include <cstring>
#include <utility>

#include "catch.h"
#include "eight_bit.h"
#include "floats.h"
#include "oracle/oracle.h"
#include "oracle/parameters.h"
#include "refusal.h"
#include "support.h"

using namespace ottava;

namespace {

struct Formed {
  std::int32_t multiplier = -77;
  std::int32_t shift = -77;
  double relative_error = -77;
};
Formed form(std::uint32_t way, double scale) {
  Formed formed;
  REQUIRE(ottava_form_multiplier(way, scale, &formed.multiplier, &formed.shift, &formed.relative_error, nullptr) ==
          OTTAVA_OK);
  Formed without_error;
  REQUIRE(ottava_form_multiplier(way, scale, &without_error.multiplier, &without_error.shift, nullptr, nullptr) ==
          OTTAVA_OK);
  CHECK((without_error.multiplier == formed.multiplier && without_error.shift == formed.shift));
  return formed;
}

}  // namespace

TEST_CASE("parameters: TFLite's multipliers are frexp's, with a bound that holds") {
  std::vector<double> scales = {0.0, -0.0, DBL_MIN, 5e-324, DBL_MAX, 1.0 / 3, 0.1, 1e-9, 1e-10};
  for (int power = -40; power <= 40; ++power) {
    const double s = std::ldexp(1.0, power);
    for (const double factor : {1.0, 1.0 - 0x1p-53, 1.0 + 0x1p-52, 1.0 - 0x1p-31, 1.0 - 0x1p-32, 1.0 - 0x1p-33,
                                1.0 + 0x1p-31, 1.0 + 0x1p-30, 1.5, 1.9999999}) {
      scales.push_back(s * factor);
    }
  }
  Random random(test_seed());
  for (int i = 0; i < 100000; ++i) {
    scales.push_back(
        std::ldexp(static_cast<double>(random.between(1, INT64_MAX)), static_cast<int>(random.between(-110, -20))));
  }
  for (const double scale : scales) {
    const Formed formed = form(OTTAVA_FORM_TFLITE, scale);
    const oracle::Multiplier expected = oracle::multiplier_of(scale);
    const double value = std::ldexp(static_cast<double>(formed.multiplier), formed.shift - 31);
    // value - scale is exact wherever the two are near each other.
    const bool holds = std::fabs(value - scale) <= formed.relative_error * scale;
    const double bound = scale >= 0x1p30 ? kInfinity : formed.multiplier != 0 ? 0x1p-31 : scale == 0.0 ? 0.0 : 1.0;
    if (formed.multiplier == expected.multiplier && formed.shift == expected.exponent && holds &&
        formed.relative_error == bound) {
      continue;
    }
    FAIL_CHECK("scale " << scale << ": " << formed.multiplier << " " << formed.shift << ", bound "
                        << formed.relative_error << "; expected " << expected.multiplier << " " << expected.exponent);
  }
}

TEST_CASE(
    "parameters: from 2^30 on TFLite's default build does not saturate, and FIXED_TWO_ROUNDINGS takes its shift") {
  Random random(test_seed());
  const KernelContext context(nullptr);
  for (int i = 0; i < 2000; ++i) {
    const double scale =
        std::ldexp(1.0 + static_cast<double>(random.bits() >> 12) * 0x1p-52, static_cast<int>(random.between(-40, 29)));
    const Formed one = form(OTTAVA_FORM_TFLITE, scale), other = form(OTTAVA_FORM_TFLITE_DEFAULT, scale);
    const bool saturated = one.multiplier == INT32_MAX && one.shift == 30;
    const bool same =
        one.multiplier == other.multiplier && one.shift == other.shift && one.relative_error == other.relative_error;
    if (!same && !saturated) FAIL_CHECK("scale " << scale);
  }
  for (const double scale : {0x1p30, 0x1p30 * (1.0 - 0x1p-33), 0x1.8p30, 0x1p31 * (1.0 - 0x1p-31)}) {
    const Formed formed = form(OTTAVA_FORM_TFLITE_DEFAULT, scale);
    CHECK((formed.shift == 31 && formed.relative_error == 0x1p-31));
    CHECK(std::fabs(static_cast<double>(formed.multiplier) - scale) <= 0x1p-31 * scale);
    ottava_output output = OTTAVA_OUTPUT_INIT;
    output.type = OTTAVA_TYPE_S32;
    output.parameters = OTTAVA_PARAMETERS_INTEGER;
    output.multiplier = formed.multiplier;
    output.shift = formed.shift;
    // An odd accumulator shifted by 31 bits is INT32_MIN, an even one 0.
    const std::int32_t from[] = {1, 2, -3, INT32_MAX, INT32_MIN};
    const std::int32_t odd = -formed.multiplier, expected[] = {odd, 0, odd, odd, 0};
    std::int32_t to[5];
    REQUIRE(ottava_requantize(context.get(), &output, 1.0f, 5, from, to, nullptr) == OTTAVA_OK);
    CHECK(std::equal(to, to + 5, expected));
  }
  const Formed tiny = form(OTTAVA_FORM_TFLITE_DEFAULT, 1e-30), none = form(OTTAVA_FORM_TFLITE_DEFAULT, 0.0);
  CHECK((tiny.multiplier == 0 && tiny.shift == 0 && tiny.relative_error == 1.0));
  CHECK((none.multiplier == 0 && none.shift == 0 && none.relative_error == 0.0));
}

namespace {

// s32 results of a 1 x N operator without depth, whose accumulators are its bias: every bit of a multiplier shows.
std::vector<std::int32_t> output_of(const ottava_context* context, ottava_matmul_desc desc, const ottava_output& output,
                                    const ottava_matmul_constants& constants, std::size_t n, const float* row_scale) {
  std::vector<std::int32_t> dst(n);
  desc.n = static_cast<std::int64_t>(n);
  desc.flags = row_scale != nullptr ? OTTAVA_MATMUL_LHS_ROW_SCALES : 0;
  ottava_matmul* matmul = nullptr;
  REQUIRE(ottava_matmul_create(context, &desc, &output, &constants, &matmul, nullptr) == OTTAVA_OK);
  ottava_matmul_run_desc run = OTTAVA_MATMUL_RUN_DESC_INIT;
  run.m = 1;
  ottava_matmul_operands operands = OTTAVA_MATMUL_OPERANDS_INIT;
  operands.dst = dst.data();
  operands.lhs_scales = row_scale;
  const ottava_status status = ottava_matmul_execute(matmul, &run, &operands, nullptr);
  ottava_matmul_destroy(matmul);
  REQUIRE(status == OTTAVA_OK);
  return dst;
}

}  // namespace

TEST_CASE("parameters: a product of scales in float32 or in double, for tensors, channels and rows") {
  const KernelContext context(nullptr);
  constexpr std::size_t kChannels = 61;
  Random random(test_seed());
  std::size_t differ = 0;
  for (const auto& rule :
       {std::pair{OTTAVA_REQUANTIZE_FIXED_TWO_ROUNDINGS, oracle::Rule::fixed_two_roundings},
        {OTTAVA_REQUANTIZE_FIXED_ONE_ROUNDING, oracle::Rule::fixed_one_rounding},
        {OTTAVA_REQUANTIZE_FIXED_TWO_ROUNDINGS_SATURATING, oracle::Rule::fixed_two_roundings_saturating},
        {OTTAVA_REQUANTIZE_FIXED_ONE_ROUNDING_AWAY, oracle::Rule::fixed_one_rounding_away},
        {OTTAVA_REQUANTIZE_FIXED_ACL_FUSED, oracle::Rule::fixed_acl_fused},
        {OTTAVA_REQUANTIZE_GEMMLOWP_BY_FIXED_POINT, oracle::Rule::gemmlowp_by_fixed_point}}) {
    const bool rows = rule.first != OTTAVA_REQUANTIZE_GEMMLOWP_BY_FIXED_POINT;
    const auto draw = [&random] { return static_cast<float>(random.between(1 << 23, (1 << 24) - 1)) * 0x1p-25f; };
    std::vector<float> scales(kChannels);
    std::vector<std::int32_t> bias(kChannels);
    for (std::size_t n = 0; n < kChannels; ++n) {
      scales[n] = draw();
      bias[n] = static_cast<std::int32_t>(random.between(INT32_MIN, INT32_MAX));
    }
    ottava_matmul_desc desc = OTTAVA_MATMUL_DESC_INIT;
    ottava_output output = OTTAVA_OUTPUT_INIT;
    output.type = OTTAVA_TYPE_S32;
    output.requantization = rule.first;
    output.bias = bias.data();
    desc.lhs_scale = draw();
    desc.rhs_scale = draw();
    output.scale = 0.7f;
    const float row_scale = draw();
    std::vector<std::int32_t> results[2];
    for (const std::uint32_t parameters : {OTTAVA_PARAMETERS_REAL, OTTAVA_PARAMETERS_REAL_FLOAT_PRODUCT}) {
      output.parameters = parameters;
      oracle::Stage stage;
      stage.rule = rule.second;
      stage.lhs_scale = desc.lhs_scale;
      stage.dst_scale = output.scale;
      stage.float_product = parameters == OTTAVA_PARAMETERS_REAL_FLOAT_PRODUCT;
      ottava_matmul_constants constants = OTTAVA_MATMUL_CONSTANTS_INIT;
      stage.rhs_scales.assign(kChannels, desc.rhs_scale);
      const auto check = [&](const std::vector<std::int32_t>& dst, float own) {
        for (std::size_t n = 0; n < kChannels; ++n) {
          INFO("rule " << rule.first << " parameters " << parameters << " channel " << n);
          REQUIRE(dst[n] == oracle::apply_stage(stage, bias[n], n, own));
        }
      };
      std::vector<std::int32_t> dst = output_of(context.get(), desc, output, constants, kChannels, nullptr);
      check(dst, 0.0f);
      results[stage.float_product ? 1 : 0] = dst;
      if (stage.float_product) {  // a tensor has its scale in float32 already
        ottava_output plain = output;
        plain.bias = nullptr;
        const float product = desc.lhs_scale * desc.rhs_scale;
        for (const std::uint32_t same : {OTTAVA_PARAMETERS_REAL, OTTAVA_PARAMETERS_REAL_FLOAT_PRODUCT}) {
          plain.parameters = same;
          REQUIRE(ottava_requantize(context.get(), &plain, product, kChannels, bias.data(), dst.data(), nullptr) ==
                  OTTAVA_OK);
          check(dst, 0.0f);
        }
      }
      constants.rhs_scales = scales.data();
      stage.rhs_scales = scales;
      check(output_of(context.get(), desc, output, constants, kChannels, nullptr), 0.0f);
      if (rows) check(output_of(context.get(), desc, output, constants, kChannels, &row_scale), row_scale);
    }
    for (std::size_t n = 0; n < kChannels; ++n) differ += results[0][n] != results[1][n] ? 1u : 0u;
  }
  CHECK(differ > 0);
}

TEST_CASE("parameters: QNNPACK's multipliers are the float32 itself") {
  std::vector<float> scales = {0x1p-32f, std::nextafter(1.0f, 0.0f), 0.5f, 0.1f, 1.0f / 3};
  Random random(test_seed());
  for (int i = 0; i < 100000; ++i) {
    scales.push_back(std::ldexp(static_cast<float>(random.between(1 << 23, (1 << 24) - 1)),
                                static_cast<int>(random.between(-55, -24))));
  }
  for (const float scale : scales) {
    const Formed formed = form(OTTAVA_FORM_QNNPACK, static_cast<double>(scale));
    const double value = std::ldexp(static_cast<double>(formed.multiplier), formed.shift - 31);
    const bool sound = value == static_cast<double>(scale) && formed.multiplier >= 1 << 30 &&
                       formed.multiplier % 128 == 0 && formed.shift >= -31 && formed.shift <= 0 &&
                       formed.relative_error == 0.0;
    if (!sound) FAIL_CHECK("scale " << scale << ": " << formed.multiplier << " " << formed.shift);
  }
  // A double is rounded to float32 first, up into the range too.
  const Formed third = form(OTTAVA_FORM_QNNPACK, 1.0 / 3);
  CHECK(std::ldexp(static_cast<double>(third.multiplier), third.shift - 31) == static_cast<double>(1.0f / 3));
  CHECK(third.relative_error == 0x1p-24);
  const Formed least = form(OTTAVA_FORM_QNNPACK, 0x1p-32 * (1.0 - 0x1p-40));
  CHECK((least.multiplier == 1 << 30 && least.shift == -31 && least.relative_error == 0x1p-24));
}

TEST_CASE("parameters: form_multiplier refuses scales out of range") {
  std::int32_t multiplier = -5;
  std::int32_t shift = -6;
  double relative_error = -7;
  const auto refused = [&](const Refusal& expected, std::uint32_t way, double scale) {
    ottava_error error = unfilled_error();
    check_refusal(expected, ottava_form_multiplier(way, scale, &multiplier, &shift, &relative_error, &error), error);
    CHECK((multiplier == -5 && shift == -6 && relative_error == -7));
  };
  for (const std::uint32_t way : {OTTAVA_FORM_TFLITE, OTTAVA_FORM_QNNPACK, OTTAVA_FORM_TFLITE_DEFAULT}) {
    refused({OTTAVA_BAD_SCALE, "scale", {"NaN"}}, way, static_cast<double>(kNan));
    refused({OTTAVA_BAD_SCALE, "scale", {"infinite"}}, way, static_cast<double>(kInfinity));
    refused({OTTAVA_BAD_SCALE, "scale", {"infinite"}}, way, -static_cast<double>(kInfinity));
  }
  for (const std::uint32_t way : {OTTAVA_FORM_TFLITE, OTTAVA_FORM_TFLITE_DEFAULT}) {
    refused({OTTAVA_BAD_SCALE, "scale", {"is -0.25, negative"}}, way, -0.25);
  }
  for (const double scale : {0x1p31, 0x1p31 * (1.0 - 0x1p-33), 0x1p40, DBL_MAX}) {
    refused({OTTAVA_BAD_SCALE, "scale", {"2^31"}}, OTTAVA_FORM_TFLITE_DEFAULT, scale);
  }
  for (const double scale : {0.0, -0.5, 1.0, 1.0 - 0x1p-30, 0x1p-32 * (1.0 - 0x1p-24), 1e300, 1e-300}) {
    refused({OTTAVA_BAD_SCALE, "scale", {"[2^-32, 1)"}}, OTTAVA_FORM_QNNPACK, scale);
  }
  refused({OTTAVA_BAD_OPTION, "form", {"is 3; offered: OTTAVA_FORM_TFLITE (0)", "OTTAVA_FORM_TFLITE_DEFAULT (2)"}}, 3,
          0.5);
  ottava_error error = unfilled_error();
  check_refusal({OTTAVA_NULL_POINTER, "multiplier", {}},
                ottava_form_multiplier(0, 0.5, nullptr, &shift, nullptr, &error), error);
  error = unfilled_error();
  check_refusal({OTTAVA_NULL_POINTER, "shift", {}},
                ottava_form_multiplier(0, 0.5, &multiplier, nullptr, nullptr, &error), error);
  CHECK((multiplier == -5 && shift == -6));
}

TEST_CASE("parameters: scale and zero point chosen as TFLite chooses them") {
  struct Case {
    float smallest, largest;
  };
  std::vector<Case> cases = {{-1, 1},          {0, 1},   {-1, 0},     {2, 3},          {-3, -2},
                             {-0.5f, 1.5f},    {0, 255}, {-128, 127}, {-3e38f, 3e38f}, {-1e-40f, 1e-40f},
                             {-1e-20f, 1e20f}, {-6, 6},  {0, 6},      {-1e-3f, 6},     {-1.27f, 1.28f},
                             {-0.1f, 25.4f}};
  Random random(test_seed());
  for (int i = 0; i < 50000; ++i) {
    const auto any = [&random] {
      return std::ldexp(static_cast<float>(random.between(-(1 << 24), 1 << 24)),
                        static_cast<int>(random.between(-30, 5)));
    };
    const float a = any();
    const float b = any();
    cases.push_back({std::min(a, b), std::max(a, b)});
    // Zero points near a half, where the last bit of the formula decides.
    const float step = static_cast<float>(random.between(1, 1000)) / 128;
    const auto below = static_cast<float>(2 * random.between(0, 127) + 1);
    cases.push_back({-below * 0.5f * step, (255 - below * 0.5f) * step});
  }
  for (const Codes& codes : kEightBit) {
    for (const Case& c : cases) {
      float scale = -1;
      std::int32_t zero_point = -1000;
      REQUIRE(ottava_choose_parameters(OTTAVA_CHOOSE_ASYMMETRIC, codes.type, c.smallest, c.largest, &scale, &zero_point,
                                       nullptr) == OTTAVA_OK);
      const oracle::Chosen expected = oracle::choose_asymmetric(codes.low, codes.high, c.smallest, c.largest);
      if (scale != expected.scale || zero_point != expected.zero_point) {
        FAIL_CHECK("type " << codes.type << ", " << c.smallest << " to " << c.largest << ": " << scale << " "
                           << zero_point << ", expected " << expected.scale << " " << expected.zero_point);
      }
    }
  }
  float scale = 0;
  std::int32_t zero_point = 0;
  const auto chosen = [&](std::uint32_t way, std::uint32_t type, float smallest, float largest) {
    REQUIRE(ottava_choose_parameters(way, type, smallest, largest, &scale, &zero_point, nullptr) == OTTAVA_OK);
  };
  chosen(OTTAVA_CHOOSE_ASYMMETRIC, OTTAVA_TYPE_U8, 0, 255);
  CHECK((scale == 1 && zero_point == 0));
  chosen(OTTAVA_CHOOSE_ASYMMETRIC, OTTAVA_TYPE_S8, -1, 1);  // -1/2 lies away from zero
  CHECK((scale == static_cast<float>(2.0 / 255) && zero_point == -1));
  chosen(OTTAVA_CHOOSE_ASYMMETRIC, OTTAVA_TYPE_U8, -1, 1);
  CHECK((scale == static_cast<float>(2.0 / 255) && zero_point == 128));
  for (const std::uint32_t type : {OTTAVA_TYPE_S8, OTTAVA_TYPE_U8}) {
    chosen(OTTAVA_CHOOSE_ASYMMETRIC, type, 0.0f, -0.0f);
    CHECK((scale == 1 && zero_point == 0));
  }
}

TEST_CASE("parameters: symmetric scales and zero points") {
  struct Case {
    std::uint32_t type;
    double codes;
    std::int32_t zero_point;
  };
  for (const Case& c : {Case{OTTAVA_TYPE_S8, 127, 0}, {OTTAVA_TYPE_U8, 127, 128}, {OTTAVA_TYPE_S16, 32767, 0}}) {
    struct Ends {
      float smallest, largest;
    };
    for (const Ends& ends : {Ends{-1, 1}, {-3, 0.5f}, {0.25f, 0.3f}, {-7, -6}, {-3.4e38f, 1}, {0, 1e-30f}}) {
      float scale = 0;
      std::int32_t zero_point = -1;
      REQUIRE(ottava_choose_parameters(OTTAVA_CHOOSE_SYMMETRIC, c.type, ends.smallest, ends.largest, &scale,
                                       &zero_point, nullptr) == OTTAVA_OK);
      const double largest =
          std::max(std::fabs(static_cast<double>(ends.smallest)), std::fabs(static_cast<double>(ends.largest)));
      CHECK(scale == static_cast<float>(largest / c.codes));
      CHECK(zero_point == c.zero_point);
    }
    float scale = 0;
    std::int32_t zero_point = -1;
    REQUIRE(ottava_choose_parameters(OTTAVA_CHOOSE_SYMMETRIC, c.type, -0.0f, 0.0f, &scale, &zero_point, nullptr) ==
            OTTAVA_OK);
    CHECK((scale == 1 && zero_point == c.zero_point));
  }
}

TEST_CASE("parameters: choose_parameters refuses what is no range") {
  float scale = -5;
  std::int32_t zero_point = -6;
  const auto refused = [&](const Refusal& expected, std::uint32_t way, std::uint32_t type, float smallest,
                           float largest) {
    ottava_error error = unfilled_error();
    check_refusal(expected, ottava_choose_parameters(way, type, smallest, largest, &scale, &zero_point, &error), error);
    CHECK((scale == -5 && zero_point == -6));
  };
  for (const std::uint32_t way : {OTTAVA_CHOOSE_ASYMMETRIC, OTTAVA_CHOOSE_SYMMETRIC}) {
    refused({OTTAVA_BAD_SCALE, "smallest", {"NaN"}}, way, OTTAVA_TYPE_S8, kNan, 1);
    refused({OTTAVA_BAD_SCALE, "largest", {"NaN"}}, way, OTTAVA_TYPE_S8, 0, kNan);
    refused({OTTAVA_BAD_SCALE, "smallest", {"infinite"}}, way, OTTAVA_TYPE_S8, -kInfinity, 1);
    refused({OTTAVA_BAD_SCALE, "largest", {"infinite"}}, way, OTTAVA_TYPE_S8, 0, kInfinity);
    refused({OTTAVA_BAD_SCALE, "smallest", {"is 1, above largest, 0.5"}}, way, OTTAVA_TYPE_S8, 1, 0.5f);
    refused({OTTAVA_BAD_SCALE, "largest", {"would be 0"}}, way, OTTAVA_TYPE_U8, 0, kDenormal);
    for (const std::uint32_t type : {0u, OTTAVA_TYPE_S32, OTTAVA_TYPE_F32, 6u}) {
      refused({OTTAVA_BAD_TYPE, "type", {"; offered: ", "OTTAVA_TYPE_S16 (3)"}}, way, type, 0, 1);
    }
  }
  refused({OTTAVA_UNSUPPORTED, "type", {"s16", "symmetric"}}, OTTAVA_CHOOSE_ASYMMETRIC, OTTAVA_TYPE_S16, 0, 1);
  refused({OTTAVA_BAD_OPTION, "way", {"is 2; offered: OTTAVA_CHOOSE_ASYMMETRIC (0)", "_SYMMETRIC (1)"}}, 2,
          OTTAVA_TYPE_S8, 0, 1);
  ottava_error error = unfilled_error();
  check_refusal({OTTAVA_NULL_POINTER, "scale", {}},
                ottava_choose_parameters(0, OTTAVA_TYPE_S8, 0, 1, nullptr, &zero_point, &error), error);
  error = unfilled_error();
  check_refusal({OTTAVA_NULL_POINTER, "zero_point", {}},
                ottava_choose_parameters(0, OTTAVA_TYPE_S8, 0, 1, &scale, nullptr, &error), error);
  CHECK((scale == -5 && zero_point == -6));
}

namespace {

ottava_foreign_parameters foreign(std::uint32_t system) {
  ottava_foreign_parameters from = OTTAVA_FOREIGN_PARAMETERS_INIT;
  from.system = system;
  from.lhs_offset = 11;
  from.rhs_offset = -12;
  from.dst_offset = 13;
  from.multiplier = 1500000000;
  from.shift = 4;
  from.clamp_min = -20;
  from.clamp_max = 30;
  from.lhs_scale = 0.5f;
  from.rhs_scale = 0.25f;
  from.dst_scale = 0.75f;
  return from;
}

// What these are for OTTAVA_SYSTEM_ONNX, in what it fills.
void fill_as_onnx(ottava_matmul_desc* desc, ottava_output* output) {
  desc->lhs_zero_point = 11;
  desc->rhs_zero_point = -12;
  output->zero_point = 13;
  output->requantization = OTTAVA_REQUANTIZE_FLOAT_NEAREST_EVEN;
  desc->lhs_scale = 0.5f;
  desc->rhs_scale = 0.25f;
  output->scale = 0.75f;
  output->clamp_min = -20;
  output->clamp_max = 30;
  output->parameters = OTTAVA_PARAMETERS_REAL;
}

}  // namespace

TEST_CASE("parameters: each system's conventions") {
  struct Case {
    std::uint32_t system, rule;
    std::int32_t lhs, rhs, shift;
  };
  for (const Case& c : {Case{OTTAVA_SYSTEM_GEMMLOWP, OTTAVA_REQUANTIZE_GEMMLOWP_BY_FIXED_POINT, -11, 12, -4},
                        {OTTAVA_SYSTEM_ACL, OTTAVA_REQUANTIZE_FIXED_ACL_FUSED, -11, 12, -4},
                        {OTTAVA_SYSTEM_CMSIS_NN, OTTAVA_REQUANTIZE_FIXED_TWO_ROUNDINGS, -11, 12, 4},
                        {OTTAVA_SYSTEM_TFLITE, OTTAVA_REQUANTIZE_FIXED_TWO_ROUNDINGS, 11, -12, 4}}) {
    // All else stays: structures full of a pattern but for their size.
    ottava_matmul_desc desc = patterned<ottava_matmul_desc>(sizeof desc);
    ottava_output output = patterned<ottava_output>(sizeof output);
    ottava_matmul_desc expected_desc = desc;
    ottava_output expected = output;
    expected_desc.lhs_zero_point = c.lhs;
    expected_desc.rhs_zero_point = c.rhs;
    expected.zero_point = 13;
    expected.requantization = c.rule;
    expected.parameters = OTTAVA_PARAMETERS_INTEGER;
    expected.multiplier = 1500000000;
    expected.shift = c.shift;
    expected.clamp_min = -20;
    expected.clamp_max = 30;
    const ottava_foreign_parameters from = foreign(c.system);
    ottava_error error = unfilled_error();
    CHECK(ottava_import_parameters(&from, &desc, &output, &error) == OTTAVA_OK);
    CHECK(error.status == OTTAVA_OK);
    INFO("system " << c.system);
    CHECK(same_bytes(desc, expected_desc));
    CHECK(same_bytes(output, expected));
  }
  ottava_matmul_desc desc = patterned<ottava_matmul_desc>(sizeof desc);
  ottava_output output = patterned<ottava_output>(sizeof output);
  ottava_matmul_desc expected_desc = desc;
  ottava_output expected = output;
  fill_as_onnx(&expected_desc, &expected);
  const ottava_foreign_parameters onnx = foreign(OTTAVA_SYSTEM_ONNX);
  CHECK(ottava_import_parameters(&onnx, &desc, &output, nullptr) == OTTAVA_OK);
  CHECK(same_bytes(desc, expected_desc));
  CHECK(same_bytes(output, expected));
}

TEST_CASE("parameters: imported structures of a later version keep their size") {
  const ottava_foreign_parameters tflite = foreign(OTTAVA_SYSTEM_TFLITE);
  const ottava_matmul_desc desc = OTTAVA_MATMUL_DESC_INIT;
  const ottava_output output = OTTAVA_OUTPUT_INIT;
  Longer<ottava_matmul_desc> longer_desc(desc);
  Longer<ottava_output> longer(output);
  CHECK(ottava_import_parameters(&tflite, longer_desc.get(), longer.get(), nullptr) == OTTAVA_OK);
  CHECK((longer_desc.get()->struct_size == sizeof desc + 16 && longer_desc.get()->lhs_zero_point == 11));
  CHECK((longer.get()->struct_size == sizeof output + 16 && longer.get()->shift == 4));
  longer.tail(3) = 1;
  ottava_error error = unfilled_error();
  check_refusal({OTTAVA_BAD_STRUCT, "output", {"is set"}},
                ottava_import_parameters(&tflite, longer_desc.get(), longer.get(), &error), error);
  longer_desc.tail(3) = 1;
  error = unfilled_error();
  check_refusal({OTTAVA_BAD_STRUCT, "desc", {"is set"}},
                ottava_import_parameters(&tflite, longer_desc.get(), longer.get(), &error), error);
}

TEST_CASE("parameters: import_parameters refuses, and writes nothing") {
  const auto refused = [](const Refusal& expected, const ottava_foreign_parameters& from) {
    ottava_matmul_desc desc = patterned<ottava_matmul_desc>(sizeof desc);
    ottava_output output = patterned<ottava_output>(sizeof output);
    const ottava_matmul_desc desc_before = desc;
    const ottava_output output_before = output;
    ottava_error error = unfilled_error();
    check_refusal(expected, ottava_import_parameters(&from, &desc, &output, &error), error);
    CHECK(same_bytes(desc, desc_before));
    CHECK(same_bytes(output, output_before));
  };
  refused({OTTAVA_BAD_OPTION, "from.system", {"is 5; offered: OTTAVA_SYSTEM_GEMMLOWP (0)", "_ONNX (4)"}}, foreign(5));
  for (const std::uint32_t system : {OTTAVA_SYSTEM_GEMMLOWP, OTTAVA_SYSTEM_ACL, OTTAVA_SYSTEM_CMSIS_NN}) {
    ottava_foreign_parameters from = foreign(system);
    from.lhs_offset = INT32_MIN;
    refused({OTTAVA_SIZE_OVERFLOW, "from.lhs_offset", {"-2147483648"}}, from);
    from = foreign(system);
    from.rhs_offset = INT32_MIN;
    refused({OTTAVA_SIZE_OVERFLOW, "from.rhs_offset", {"negated"}}, from);
    from = foreign(system);
    from.shift = INT32_MIN;
    if (system != OTTAVA_SYSTEM_CMSIS_NN) refused({OTTAVA_SIZE_OVERFLOW, "from.shift", {"negated"}}, from);
  }
  ottava_foreign_parameters from = foreign(OTTAVA_SYSTEM_TFLITE);
  from.struct_size = 44;
  refused({OTTAVA_BAD_STRUCT, "from", {"44", "48"}}, from);
  from.struct_size = 50;
  refused({OTTAVA_BAD_STRUCT, "from", {"50"}}, from);

  Longer<ottava_foreign_parameters> longer(foreign(OTTAVA_SYSTEM_TFLITE));
  ottava_matmul_desc desc = OTTAVA_MATMUL_DESC_INIT;
  ottava_output output = OTTAVA_OUTPUT_INIT;
  CHECK(ottava_import_parameters(longer.get(), &desc, &output, nullptr) == OTTAVA_OK);
  longer.tail(0) = 1;
  refused({OTTAVA_BAD_STRUCT, "from", {"byte 48"}}, *longer.get());

  from = foreign(OTTAVA_SYSTEM_TFLITE);
  ottava_error error = unfilled_error();
  check_refusal({OTTAVA_NULL_POINTER, "from", {}}, ottava_import_parameters(nullptr, &desc, &output, &error), error);
  error = unfilled_error();
  check_refusal({OTTAVA_NULL_POINTER, "desc", {}}, ottava_import_parameters(&from, nullptr, &output, &error), error);
  error = unfilled_error();
  check_refusal({OTTAVA_NULL_POINTER, "output", {}}, ottava_import_parameters(&from, &desc, nullptr, &error), error);
  output.struct_size = 60;
  error = unfilled_error();
  check_refusal({OTTAVA_BAD_STRUCT, "output", {"60"}}, ottava_import_parameters(&from, &desc, &output, &error), error);
  desc.struct_size = 80;
  error = unfilled_error();
  check_refusal({OTTAVA_BAD_STRUCT, "desc", {"80"}}, ottava_import_parameters(&from, &desc, &output, &error), error);
}

TEST_CASE("parameters: INT32_MIN is no obstacle where nothing is negated") {
  ottava_foreign_parameters from = foreign(OTTAVA_SYSTEM_TFLITE);
  from.dst_offset = from.shift = INT32_MIN;
  ottava_matmul_desc desc = OTTAVA_MATMUL_DESC_INIT;
  ottava_output output = OTTAVA_OUTPUT_INIT;
  output.type = OTTAVA_TYPE_S32;
  CHECK(ottava_import_parameters(&from, &desc, &output, nullptr) == OTTAVA_OK);
  CHECK((output.zero_point == INT32_MIN && output.shift == INT32_MIN));
}

TEST_CASE("parameters: an imported offset whose zero point the type of desc does not hold is refused in words") {
  struct Case {
    std::uint32_t system, lhs_type, rhs_type, dst_type;
    std::int32_t lhs, rhs, dst;
    const char* argument;  // or null: fine
    std::vector<std::string> words;
  };
  const std::uint32_t gemmlowp = OTTAVA_SYSTEM_GEMMLOWP, tflite = OTTAVA_SYSTEM_TFLITE;
  const std::uint32_t s8 = OTTAVA_TYPE_S8, u8 = OTTAVA_TYPE_U8, s16 = OTTAVA_TYPE_S16, s32 = OTTAVA_TYPE_S32;
  for (const Case& c : std::vector<Case>{
           {gemmlowp,
            u8,
            u8,
            u8,
            1,
            0,
            0,
            "from.lhs_offset",
            {"is 1", "zero point -1", "desc.lhs_type", "u8 (0 to 255)"}},
           {gemmlowp, u8, u8, u8, -256, 0, 0, "from.lhs_offset", {"zero point 256", "u8"}},
           {gemmlowp, u8, u8, u8, 0, 1000, 0, "from.rhs_offset", {"is 1000", "-1000", "desc.rhs_type", "u8"}},
           {gemmlowp, u8, u8, u8, 0, 0, -1, "from.dst_offset", {"is -1", "output.type", "u8"}},
           {gemmlowp, s8, u8, u8, -128, 0, 0, "from.lhs_offset", {"zero point 128", "s8 (-128 to 127)"}},
           {tflite, s8, s8, s8, -129, 0, 0, "from.lhs_offset", {"-129", "s8"}},
           {tflite, s8, s8, s8, 0, 128, 0, "from.rhs_offset", {"128", "s8"}},
           {tflite, s8, s8, s16, 0, 0, 32768, "from.dst_offset", {"32768", "s16 (-32768 to 32767)"}},
           {gemmlowp, u8, u8, u8, 0, -255, 255, nullptr, {}},
           {gemmlowp, s8, s8, s8, 128, -127, -128, nullptr, {}},
           {tflite, s8, s8, s16, 127, -128, -32768, nullptr, {}},
           {gemmlowp, u8, u8, s32, -255, 0, INT32_MAX, nullptr, {}},
       }) {
    ottava_foreign_parameters from = OTTAVA_FOREIGN_PARAMETERS_INIT;
    from.system = c.system;
    from.lhs_offset = c.lhs;
    from.rhs_offset = c.rhs;
    from.dst_offset = c.dst;
    ottava_matmul_desc desc = OTTAVA_MATMUL_DESC_INIT;
    desc.lhs_type = c.lhs_type;
    desc.rhs_type = c.rhs_type;
    ottava_output output = OTTAVA_OUTPUT_INIT;
    output.type = c.dst_type;
    const ottava_matmul_desc before = desc;
    const ottava_output output_before = output;
    ottava_error error = unfilled_error();
    const ottava_status status = ottava_import_parameters(&from, &desc, &output, &error);
    if (c.argument == nullptr) {
      CHECK(status == OTTAVA_OK);
      continue;
    }
    check_refusal({OTTAVA_BAD_ZERO_POINT, c.argument, c.words}, status, error);
    CHECK(same_bytes(desc, before));
    CHECK(same_bytes(output, output_before));
  }
  // A float lhs has the zero points of what it becomes; rows with their own do not use the one of desc.
  ottava_foreign_parameters from = OTTAVA_FOREIGN_PARAMETERS_INIT;
  from.lhs_offset = 200;
  const auto import_into = [&from](std::uint32_t quantization, std::uint32_t quantized_type, std::uint32_t flags) {
    ottava_matmul_desc desc = OTTAVA_MATMUL_DESC_INIT;
    desc.lhs_type = quantization == OTTAVA_QUANTIZE_NONE ? OTTAVA_TYPE_S8 : OTTAVA_TYPE_F32;
    desc.lhs_quantization = quantization;
    desc.lhs_quantized_type = quantized_type;
    desc.flags = flags;
    ottava_output output = OTTAVA_OUTPUT_INIT;
    return ottava_import_parameters(&from, &desc, &output, nullptr);
  };
  CHECK(import_into(OTTAVA_QUANTIZE_DIVIDE, 0, 0) == OTTAVA_BAD_ZERO_POINT);
  CHECK(import_into(OTTAVA_QUANTIZE_DIVIDE, OTTAVA_TYPE_U8, 0) == OTTAVA_OK);
  CHECK(import_into(OTTAVA_QUANTIZE_XNNPACK, 0, 0) == OTTAVA_OK);
  CHECK(import_into(OTTAVA_QUANTIZE_NONE, 0, OTTAVA_MATMUL_LHS_ROW_ZERO_POINTS) == OTTAVA_OK);
  CHECK(import_into(OTTAVA_QUANTIZE_NONE, 0, 0) == OTTAVA_BAD_ZERO_POINT);
}
