// What measurements are judged by: logarithms in integers against those of the C library, medians and their errors, and
// when one contender is better than another.
#include "tuning/statistics.h"

#include <cmath>

#include "catch.h"
#include "support.h"
#include "tune_contest.h"

using namespace ottava;

TEST_CASE("tune: logarithms and back", "[tuning]") {
  Random random(test_seed());
  std::vector<std::uint64_t> values = {1, 2, 3, 1000, UINT32_MAX, std::uint64_t{1} << 62, INT64_MAX};
  for (int i = 0; i < 2000; ++i) values.push_back((random.bits() >> random.between(1, 62)) + 1);
  for (const std::uint64_t value : values) {
    const double exact = std::log2(static_cast<double>(value)) * (1 << kLogBits);
    CHECK(std::abs(static_cast<double>(log2_of(value)) - exact) <= 2);
    const double back = static_cast<double>(exp2_of(log2_of(value)));
    CHECK(std::abs(back - static_cast<double>(value)) <= 3e-6 * static_cast<double>(value));
  }
  CHECK(log2_of(0) == 0);
  CHECK(exp2_of(-5) == 0);
  CHECK(millionths_above(0) <= 1);
  CHECK(millionths_above(-1000) == 0);
  CHECK(std::abs(static_cast<double>(millionths_above(log2_of(1500) - log2_of(1000))) - 500000) < 10);
}

TEST_CASE("tune: the median and its error", "[tuning]") {
  const std::int32_t odd[] = {5, 1, 100, 3, 2};
  CHECK(spread_of(odd, 5).middle == 3);
  CHECK(spread_of(odd, 5).deviation == 4);  // 2 * 5.57 / sqrt(5), cut off
  const std::int32_t even[] = {-7, -4, 8, -5};
  CHECK(spread_of(even, 4).middle == -4);
  const std::int32_t one[] = {-9};
  CHECK((spread_of(one, 1).middle == -9 && spread_of(one, 1).deviation == 0));
  // Of a normal distribution three standard errors of the median are 3 * 1.2533 / sqrt(n) of its deviation.
  Random random(test_seed());
  std::int32_t values[kMostTurns];
  for (std::int32_t& value : values) {
    value = 0;
    for (int i = 0; i < 12; ++i) value += static_cast<std::int32_t>(random.between(0, 100000)) - 50000;
  }
  const double expected = 3 * 1.2533 * 100000 / std::sqrt(kMostTurns);
  const Spread spread = spread_of(values, kMostTurns);
  CHECK(std::abs(spread.deviation - expected) < expected * 0.4);
  CHECK(std::abs(spread.middle) < spread.deviation * 2);
}

TEST_CASE("tune: better is faster by more than the noise, and slower nowhere", "[tuning]") {
  const std::int32_t percent = log2_of(10100) - log2_of(10000);
  const std::int32_t least = noise_of({0, 0, 0});
  CHECK(std::abs(least - percent) < 4);
  CHECK(noise_of({-3 * percent, 0, 0}) == 3 * percent);
  CHECK(noise_of({3 * percent, 4 * percent, 0}) == 4 * percent);
  CHECK(Comparison{-4 * percent, 0, -percent}.is_better(least));
  CHECK(Comparison{-4 * percent, 0, least}.is_better(least));
  CHECK(!Comparison{-4 * percent, 0, 2 * percent}.is_better(least));  // at one number of rows it is slower
  CHECK(!Comparison{-4 * percent, 5 * percent, -percent}.is_better(least));
  CHECK(!Comparison{-4 * percent, 0, -percent}.is_better(5 * percent));
  CHECK(!Comparison{-2 * percent, 0, -percent}.is_better(least));  // too little
  CHECK(!Comparison{-percent / 2, 0, -percent / 2}.is_better(least));
  CHECK(!Comparison{2 * percent, 0, 2 * percent}.is_better(least));
}
