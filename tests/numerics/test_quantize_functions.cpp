// Floats to 8-bit values and back: the C functions, for tensors and for rows, against the oracle's formulas. Same bits,
// and no byte touched beyond the elements.
#include <algorithm>
#include <cstdlib>

#include "float_rows.h"
#include "refusal.h"

using namespace ottava;

namespace {

// Of floats, mostly one that none of them should have.
std::size_t misalignment(Random& random) { return static_cast<std::size_t>(random.between(0, 7)); }

}  // namespace

TEST_CASE("quantize: the C functions of ranges and static rules equal the oracle") {
  Random random(test_seed() + 74);
  for (const Kernel* kernel : runnable_kernels()) {
    INFO(kernel->name << " seed " << test_seed());
    const KernelContext context(kernel->name);
    for (int repeat = 0; repeat < fewer(300); ++repeat) {
      const std::size_t count = static_cast<std::size_t>(random.between(0, 150));
      const std::vector<float> row = make_row(random, static_cast<Kind>(repeat % kKinds), count);
      const GuardedRow from(row, random.chance(2) ? Side::upper : Side::lower, 4, misalignment(random));
      const std::int64_t length = static_cast<std::int64_t>(count);

      float smallest = 7, largest = 7;
      REQUIRE(ottava_range(context.get(), length, from.first(), &smallest, &largest, nullptr) == OTTAVA_OK);
      const oracle::FloatRange range = oracle::range_of(row);
      REQUIRE(bits_of(smallest) == bits_of(range.smallest));
      REQUIRE(bits_of(largest) == bits_of(range.largest));

      for (const StaticRule& rule : kStaticRules) {
        const float scale = random.pick(edge_scales());
        if (!fits_rule(rule, scale)) continue;
        for (const bool is_unsigned : {false, true}) {
          const int low = is_unsigned ? 0 : -128, high = low + 255;
          const int zero_point = static_cast<int>(random.between(low, high));
          const std::uint32_t type = is_unsigned ? OTTAVA_TYPE_U8 : OTTAVA_TYPE_S8;
          std::vector<std::uint8_t> expected;
          for (const int value : oracle::quantize_static(rule.oracle, scale, zero_point, low, high, row).values) {
            expected.push_back(static_cast<std::uint8_t>(value));
          }
          GuardedBuffer to(count, Side::upper);
          REQUIRE(ottava_quantize(context.get(), rule.value, type, scale, zero_point, length, from.first(), to.data(),
                                  nullptr) == OTTAVA_OK);
          REQUIRE(std::equal(expected.begin(), expected.end(), to.data()));
          REQUIRE(to.check());
          std::vector<float> place = row;  // the same address
          REQUIRE(ottava_quantize(context.get(), rule.value, type, scale, zero_point, length, place.data(),
                                  place.data(), nullptr) == OTTAVA_OK);
          REQUIRE(std::equal(expected.begin(), expected.end(), reinterpret_cast<const std::uint8_t*>(place.data())));
        }
      }
    }
  }
}

TEST_CASE("quantize: the C function of rows equals the oracle, strides included") {
  Random random(test_seed() + 75);
  for (const Kernel* kernel : runnable_kernels()) {
    const KernelContext context(kernel->name);
    for (int repeat = 0; repeat < 400; ++repeat) {
      const DynamicRule& rule = kDynamicRules[repeat % 5];
      const std::int64_t rows = random.between(0, 5), columns = random.between(0, 70);
      // Rows of `from` may overlap, those of `to` may run backwards.
      const std::vector<std::int64_t> from_strides = {0, columns + random.between(0, 9), -columns - 3, 1};
      const std::vector<std::int64_t> to_strides = {0, columns + random.between(0, 9), -columns - random.between(0, 3)};
      const std::int64_t from_stride = random.pick(from_strides), to_stride = random.pick(to_strides);
      INFO(kernel->name << " rule " << rule.value << " rows " << rows << " columns " << columns << " strides "
                        << from_stride << " " << to_stride << " seed " << test_seed());
      const auto extent = [rows, columns](std::int64_t stride) {
        return static_cast<std::size_t>(rows == 0 || columns == 0 ? 0 : (rows - 1) * std::abs(stride) + columns);
      };
      const std::int64_t from_step = from_stride != 0 ? from_stride : columns;
      const std::int64_t to_step = to_stride != 0 ? to_stride : columns;
      const std::vector<float> elements =
          make_row(random, static_cast<Kind>(random.between(0, kKinds - 1)), extent(from_step));
      const Side side = random.chance(2) ? Side::upper : Side::lower;
      const GuardedRow from(elements, side, 4, misalignment(random));
      GuardedBuffer to(extent(to_step), side);
      const std::int64_t from_first = from_step < 0 && rows > 0 ? (rows - 1) * -from_step : 0;
      const std::int64_t to_first = to_step < 0 && rows > 0 ? (rows - 1) * -to_step : 0;
      const bool empty = extent(1) == 0;

      std::vector<std::uint8_t> expected(to.data(), to.data() + to.size());
      std::vector<float> scales(static_cast<std::size_t>(rows) + 1, -7.0f), expected_scales = scales;
      std::vector<std::int32_t> zero_points(static_cast<std::size_t>(rows) + 1, 777),
          expected_zero_points = zero_points;
      for (std::int64_t m = 0; m < rows; ++m) {
        std::vector<float> row;
        for (std::int64_t k = 0; k < columns; ++k) {
          row.push_back(elements[static_cast<std::size_t>(from_first + m * from_step + k)]);
        }
        const oracle::QuantizedRow quantized = oracle::quantize_dynamic(rule.oracle, row);
        for (std::int64_t k = 0; k < columns; ++k) {
          expected[static_cast<std::size_t>(to_first + m * to_step + k)] =
              static_cast<std::uint8_t>(quantized.values[static_cast<std::size_t>(k)]);
        }
        expected_scales[static_cast<std::size_t>(m)] = quantized.scale;
        expected_zero_points[static_cast<std::size_t>(m)] = quantized.zero_point;
      }
      ottava_error error = unfilled_error();
      REQUIRE(ottava_quantize_rows(context.get(), rule.value, rows, columns,
                                   empty ? nullptr : from.first() + from_first, from_stride,
                                   empty ? nullptr : to.data() + to_first, to_stride, scales.data(), zero_points.data(),
                                   &error) == OTTAVA_OK);
      CHECK(error.status == OTTAVA_OK);
      REQUIRE(std::equal(expected.begin(), expected.end(), to.data()));
      REQUIRE(to.check());
      REQUIRE(scales == expected_scales);
      REQUIRE(zero_points == expected_zero_points);
    }
  }
}

TEST_CASE("quantize: the C function dequantizes as the oracle") {
  Random random(test_seed() + 76);
  const std::vector<float> scales = edge_scales();
  for (const Kernel* kernel : runnable_kernels()) {
    INFO(kernel->name);
    const KernelContext context(kernel->name);
    for (const IntegerType& type : kIntegerTypes) {
      for (std::size_t count = 0; count < 70; ++count) {
        check_dequantize(
            random, type, count, random.pick(scales),
            [&](const void* from, std::size_t length, float* to, std::int32_t zero_point, float scale) {
              REQUIRE(ottava_dequantize(context.get(), type.type, scale, zero_point, static_cast<std::int64_t>(length),
                                        from, to, nullptr) == OTTAVA_OK);
            });
      }
    }
  }
}
