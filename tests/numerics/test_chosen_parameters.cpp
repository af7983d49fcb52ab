// Scales and zero points that are chosen from a range, as TFLite chooses them, and what is no range.
#include <algorithm>
#include <cmath>

#include "catch.h"
#include "eight_bit.h"
#include "floats.h"
#include "oracle/oracle.h"
#include "oracle/parameters.h"
#include "refusal.h"
#include "support.h"

using namespace ottava;

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
