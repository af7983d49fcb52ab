// Multipliers and shifts, as other systems form them from a real scale, and what is refused.
#include <algorithm>
#include <cfloat>
#include <cmath>
#include <utility>

#include "catch.h"
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
