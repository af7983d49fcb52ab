// Every pooling kernel of the registry that this machine can run, alone, against plain loops: windows, pixels, channels
// around the edges of vectors, extremes, sums around a half, clamps; inputs and outputs between guard pages on either
// side, through the checked call.
#include <algorithm>
#include <cstring>
#include <vector>

#include "catch.h"
#include "checked_call/checked_call.h"
#include "guarded_buffer.h"
#include "panel_elements.h"
#include "support.h"

using namespace ottava;

namespace {

enum class Kind { max, average, sum };

struct Shape {
  std::size_t rows, columns, pixels, channels;
};

Side any_side(Random& random) { return random.chance(2) ? Side::upper : Side::lower; }

std::size_t gap(Random& random) { return random.chance(2) ? 0 : static_cast<std::size_t>(random.between(1, 40)); }

std::int64_t value_of(std::uint8_t byte, bool is_unsigned) {
  return is_unsigned ? std::int64_t{byte} : std::int64_t{static_cast<std::int8_t>(byte)};
}

// Half away from zero.
std::int64_t divided(std::int64_t sum, std::int64_t count) {
  const std::int64_t magnitude = (2 * (sum < 0 ? -sum : sum) + count) / (2 * count);
  return sum < 0 ? -magnitude : magnitude;
}

std::ptrdiff_t offset_of(const PoolingArgs& args, std::size_t pixel, std::size_t row, std::size_t column) {
  return static_cast<std::ptrdiff_t>(pixel) * args.pixel_step + static_cast<std::ptrdiff_t>(row) * args.row_step +
         static_cast<std::ptrdiff_t>(column) * args.column_step;
}

// Windows that overlap have taps in common; rows lie close together or apart.
PoolingArgs steps_of(Random& random, const Shape& shape, bool is_unsigned) {
  PoolingArgs args = {};
  args.pixels = shape.pixels;
  args.rows = shape.rows;
  args.columns = shape.columns;
  args.channels = shape.channels;
  args.column_step = static_cast<std::ptrdiff_t>(shape.channels + gap(random));
  args.row_step = static_cast<std::ptrdiff_t>(shape.columns) * args.column_step;
  if (random.chance(2)) args.row_step += static_cast<std::ptrdiff_t>(random.between(1, 3)) * args.column_step;
  args.pixel_step = static_cast<std::ptrdiff_t>(random.between(1, 3)) * args.column_step;
  const std::int64_t low = is_unsigned ? 0 : -128;
  const bool clamped = random.chance(2);
  args.clamp_min = static_cast<std::int32_t>(clamped ? random.between(low, low + 120) : low);
  args.clamp_max = static_cast<std::int32_t>(clamped ? random.between(low + 121, low + 255) : low + 255);
  return args;
}

// One pixel, whose taps have a sum that divided by their number lies at a half or beside it.
void fill_around_half(Random& random, const PoolingArgs& args, bool is_unsigned, std::uint8_t* bytes) {
  const std::int64_t count = static_cast<std::int64_t>(args.rows * args.columns), low = is_unsigned ? 0 : -128;
  for (std::size_t c = 0; c < args.channels; ++c) {
    const std::int64_t half = random.between(low, low + 254) * count + count / 2 + random.between(-1, 1);
    const std::int64_t sum = std::min(std::max(half, low * count), (low + 255) * count);
    const std::int64_t least = (sum - low * count) / count + low, larger = sum - least * count;
    std::int64_t tap = 0;
    for (std::size_t row = 0; row < args.rows; ++row) {
      for (std::size_t column = 0; column < args.columns; ++column, ++tap) {
        bytes[offset_of(args, 0, row, column) + static_cast<std::ptrdiff_t>(c)] =
            static_cast<std::uint8_t>(least + (tap < larger ? 1 : 0));
      }
    }
  }
}

void check(Random& random, const PoolingKernel& kernel, Kind kind, bool is_unsigned, const Shape& shape, Fill fill,
           bool around_half) {
  INFO(kernel.name << (is_unsigned ? " u8" : " s8") << " kind " << static_cast<int>(kind) << ", " << shape.rows << "x"
                   << shape.columns << " taps, " << shape.pixels << " pixels, " << shape.channels << " channels, seed "
                   << test_seed());
  const PoolingKernel::Entry& entry = kernel.by_sign[is_unsigned];
  PoolingArgs args = steps_of(random, shape, is_unsigned);
  const std::ptrdiff_t last = offset_of(args, shape.pixels - 1, shape.rows - 1, shape.columns - 1);
  GuardedBuffer input(static_cast<std::size_t>(last) + shape.channels, any_side(random));
  for (std::size_t i = 0; i < input.size(); ++i) {
    input.data()[i] = static_cast<std::uint8_t>(draw(random, is_unsigned ? Element::u8 : Element::s8, fill));
  }
  if (around_half) fill_around_half(random, args, is_unsigned, input.data());
  input.make_read_only();
  args.first = input.data();
  if (kind == Kind::sum) args.start = static_cast<std::int32_t>(random.between(-100000, 100000));

  const std::size_t element = kind == Kind::sum ? sizeof(std::int32_t) : 1;
  const std::size_t step = shape.channels + gap(random);
  GuardedBuffer output(((shape.pixels - 1) * step + shape.channels) * element, any_side(random),
                       kind == Kind::sum ? kAlignment : 1);
  std::memset(output.data(), 0x5a, output.size());
  std::vector<std::uint8_t> wanted(output.data(), output.data() + output.size());
  args.dst = kind == Kind::sum ? nullptr : output.data();
  args.dst_step = static_cast<std::ptrdiff_t>(step);
  args.sums = kind == Kind::sum ? output.as<std::int32_t>() : nullptr;
  args.sums_step = step;
  for (std::size_t pixel = 0; pixel < shape.pixels; ++pixel) {
    for (std::size_t c = 0; c < shape.channels; ++c) {
      std::int64_t largest = -128, sum = 0;
      for (std::size_t row = 0; row < shape.rows; ++row) {
        for (std::size_t column = 0; column < shape.columns; ++column) {
          const std::uint8_t byte = input.data()[offset_of(args, pixel, row, column) + static_cast<std::ptrdiff_t>(c)];
          largest = std::max(largest, value_of(byte, is_unsigned));
          sum += value_of(byte, is_unsigned);
        }
      }
      const std::int64_t count = static_cast<std::int64_t>(shape.rows * shape.columns);
      const std::int64_t pooled = kind == Kind::max ? largest : divided(sum, count);
      const std::int64_t clamped =
          std::min<std::int64_t>(std::max<std::int64_t>(pooled, args.clamp_min), args.clamp_max);
      const std::int32_t value = static_cast<std::int32_t>(kind == Kind::sum ? args.start + sum : clamped);
      std::memcpy(&wanted[(pixel * step + c) * element], &value, element);  // of a byte the lowest
    }
  }
  const PoolingFn run = kind == Kind::max ? entry.max : kind == Kind::average ? entry.average : entry.sum;
  const CheckedCallReport report = checked_call(run, &args);
  INFO("calling convention: " << report.what);
  REQUIRE(report.clean);
  REQUIRE(output.check());
  REQUIRE(std::memcmp(output.data(), wanted.data(), wanted.size()) == 0);
}

constexpr Kind kKinds[] = {Kind::max, Kind::average, Kind::sum};

}  // namespace

TEST_CASE("pooling kernels: every number of channels, at many windows and pixels") {
  REQUIRE(checked_call_is_checking());
  Random random(test_seed() + 130);
  constexpr Fill kFills[] = {Fill::random, Fill::random, Fill::lowest, Fill::highest, Fill::mixed_extremes};
  constexpr std::size_t kColumns[] = {1, 2, 3, 4, 5, 7, 49}, kManyColumns[] = {127, 128, 129, 130, 300};
  for (const PoolingKernel* kernel : runnable_pooling_kernels()) {
    // Up to some blocks of four of the widest vectors.
    for (std::size_t channels = 1; channels <= 600; channels += channels < 140 ? 1 : 13) {
      for (std::size_t i = 0; i < 3 / test_sample() + 1; ++i) {
        const Shape shape = {static_cast<std::size_t>(random.between(1, 5)),
                             random.chance(8) ? random.pick(kManyColumns) : random.pick(kColumns),
                             static_cast<std::size_t>(random.between(1, 3)), channels};
        const bool around_half = random.chance(3);
        for (const Kind kind : kKinds) {
          check(random, *kernel, kind, random.chance(2),
                around_half ? Shape{shape.rows, shape.columns, 1, channels} : shape, random.pick(kFills), around_half);
        }
      }
    }
    record_exercised(kernel->isa);
  }
}

TEST_CASE("pooling kernels: averages around a half, of every size of window up to the most taps") {
  Random random(test_seed() + 131);
  for (const PoolingKernel* kernel : runnable_pooling_kernels()) {
    std::vector<std::size_t> counts = {4095, kMostFloatTaps, kMostFloatTaps + 1, 5001, 70000, 999999};
    for (std::size_t taps = 1; taps < 4095; taps += test_sample() == 1 ? 61u : 509u) counts.push_back(taps);
    for (const std::size_t taps : counts) {
      for (const bool is_unsigned : {false, true}) {
        check(random, *kernel, Kind::average, is_unsigned,
              {1, taps, 1, taps > 70000 ? std::size_t{3} : std::size_t{33}}, Fill::lowest, true);
      }
    }
    check(random, *kernel, Kind::average, false, {1, std::size_t{kMostSummed}, 1, 1}, Fill::lowest, false);
    check(random, *kernel, Kind::average, true, {1, std::size_t{kMostSummed}, 1, 1}, Fill::highest, false);
  }
}

TEST_CASE("pooling kernels: the list ends in one for every machine") {
  const PoolingKernelList list = built_pooling_kernels();
  REQUIRE(list.count > 0);
  REQUIRE(list.kernels[list.count - 1]->isa == Isa::portable);
}
