// CMSIS-NN's arithmetic in numbers, from formulas of this file alone: a doubling high multiply that rounds half up,
// then a shift that rounds half away from zero. A vector's body and its tail must round alike, so every length and
// place is met: tensors that are requantized, and the ends of matmuls, convolutions and depthwise convolutions, by
// channel.
#include <algorithm>
#include <cstring>
#include <memory>
#include <vector>

#include "catch.h"
#include "guarded_buffer.h"
#include "support.h"

using namespace ottava;

namespace {

std::int32_t doubling_high(std::int32_t a, std::int32_t b) {
  if (a == INT32_MIN && b == INT32_MIN) return INT32_MAX;
  return static_cast<std::int32_t>((std::int64_t{a} * b + (std::int64_t{1} << 30)) >> 31);
}

std::int32_t divide_by_power_of_two(std::int32_t x, int power) {
  const std::int64_t mask = (std::int64_t{1} << power) - 1;
  const std::int64_t threshold = (mask >> 1) + (x < 0 ? 1 : 0);
  return static_cast<std::int32_t>((std::int64_t{x} >> power) + ((x & mask) > threshold ? 1 : 0));
}

std::int32_t requantized(std::int32_t x, std::int32_t multiplier, std::int32_t shift) {
  const std::uint32_t shifted = static_cast<std::uint32_t>(x) << (shift > 0 ? shift : 0);
  return divide_by_power_of_two(doubling_high(static_cast<std::int32_t>(shifted), multiplier), shift < 0 ? -shift : 0);
}

struct OutputType {
  std::uint32_t type;
  std::size_t bytes;
  std::int64_t low, high;
};
constexpr OutputType kTypes[] = {{OTTAVA_TYPE_S8, 1, -128, 127},
                                 {OTTAVA_TYPE_U8, 1, 0, 255},
                                 {OTTAVA_TYPE_S16, 2, -32768, 32767},
                                 {OTTAVA_TYPE_S32, 4, INT32_MIN, INT32_MAX}};

// Within `most` of 0: ends, halves of powers of two and their neighbours, anything.
std::int32_t draw_accumulator(Random& random, std::int64_t most) {
  const std::int64_t power = std::int64_t{1} << random.between(0, 30);
  const std::int64_t choices[] = {most - random.between(0, 2),
                                  (random.chance(2) ? 3 : 1) * power / 2 + random.between(-1, 1),
                                  random.between(0, most) >> random.between(0, 30)};
  const std::int64_t x = std::min(random.pick(choices), most);
  return static_cast<std::int32_t>(random.chance(2) ? -x - (x == INT32_MAX ? 1 : 0) : x);
}

std::int32_t draw_multiplier(Random& random) {
  const std::int32_t edges[] = {1, 1 << 30, (1 << 30) + 1, 1431655765, 1518500250, INT32_MAX - 1, INT32_MAX};
  if (random.chance(3)) return random.pick(edges);
  return static_cast<std::int32_t>(random.between(random.chance(4) ? 1 : 1 << 30, INT32_MAX));
}

std::int32_t draw_shift(Random& random) {
  return static_cast<std::int32_t>(random.chance(2) ? random.between(-31, 30) : random.between(-16, 1));
}

// Parameters of so many channels.
struct Stage {
  OutputType type;
  std::vector<std::int32_t> bias, multipliers, shifts;
  ottava_output output = OTTAVA_OUTPUT_INIT;

  // Together with the bias a sum up to `reach` stays within 32 bits.
  Stage(Random& random, std::size_t channels, std::int64_t reach) : type(random.pick(kTypes)) {
    for (std::size_t i = 0; i < channels; ++i) {
      bias.push_back(draw_accumulator(random, INT32_MAX - reach));
      multipliers.push_back(draw_multiplier(random));
      shifts.push_back(draw_shift(random));
    }
    output.type = type.type;
    output.requantization = OTTAVA_REQUANTIZE_FIXED_TWO_ROUNDINGS;
    output.parameters = OTTAVA_PARAMETERS_INTEGER;
    output.bias = bias.data();
    output.multipliers = multipliers.data();
    output.shifts = shifts.data();
    output.zero_point = type.bytes == 4 ? 0 : static_cast<std::int32_t>(random.between(type.low, type.high));
    if (!random.chance(3)) return;
    output.clamp_min = static_cast<std::int32_t>(random.between(type.low, type.high - 1));
    output.clamp_max = static_cast<std::int32_t>(random.between(output.clamp_min + 1, type.high));
  }
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;

  std::int64_t stored(std::int32_t accumulator, std::size_t channel) const {
    const std::int64_t y =
        std::int64_t{requantized(accumulator, multipliers[channel], shifts[channel])} + output.zero_point;
    const std::int64_t low = std::max<std::int64_t>(output.clamp_min, type.low);
    const std::int64_t high = std::min<std::int64_t>(output.clamp_max, type.high);
    return std::min(std::max(y, low), high);
  }

  // `sums` without the bias, row-major.
  void check(const GuardedBuffer& dst, const std::vector<std::int64_t>& sums, std::size_t channels) const {
    CHECK(dst.check());
    for (std::size_t i = 0; i < sums.size(); ++i) {
      const std::size_t channel = i % channels;
      const std::int32_t accumulator = static_cast<std::int32_t>(sums[i] + bias[channel]);
      const std::int64_t expected = stored(accumulator, channel);
      if (std::memcmp(dst.data() + i * type.bytes, &expected, type.bytes) == 0) continue;  // little-endian
      FAIL("type " << type.type << ", element " << i << " of " << sums.size() << ", channel " << channel << " of "
                   << channels << ": accumulator " << accumulator << " multiplier " << multipliers[channel] << " shift "
                   << shifts[channel] << " zero point " << output.zero_point << " gives not " << expected << "; seed "
                   << test_seed());
    }
  }
};

Side any_side(Random& random) { return random.chance(2) ? Side::upper : Side::lower; }

void check_ok(ottava_status status, const ottava_error& error) {
  INFO(error.argument << ": " << error.message);
  REQUIRE(status == OTTAVA_OK);
}

void check_tensor(const ottava_context* context, Random& random, std::size_t count) {
  Stage stage(random, 1, 0);
  stage.output.bias = stage.output.multipliers = stage.output.shifts = nullptr;
  stage.output.multiplier = stage.multipliers[0];
  stage.output.shift = stage.shifts[0];
  stage.bias[0] = 0;
  GuardedBuffer from(count * 4, any_side(random), 4), to(count * stage.type.bytes, any_side(random));
  std::vector<std::int64_t> sums;
  for (std::size_t i = 0; i < count; ++i) {
    const std::int32_t x = draw_accumulator(random, INT32_MAX);
    std::memcpy(from.data() + 4 * i, &x, sizeof x);
    sums.push_back(x);
  }
  from.make_read_only();
  ottava_error error = OTTAVA_ERROR_INIT;
  check_ok(ottava_requantize(context, &stage.output, 1.0f, static_cast<std::int64_t>(count), from.as<std::int32_t>(),
                             to.data(), &error),
           error);
  stage.check(to, sums, 1);
}

std::vector<std::int8_t> draw_bytes(Random& random, std::size_t count) {
  std::vector<std::int8_t> bytes(count);
  for (std::int8_t& byte : bytes) byte = static_cast<std::int8_t>(random.between(-128, 127));
  return bytes;
}

// Rows of k values by n channels of as many weights, which lie by channel.
std::vector<std::int64_t> products(const GuardedBuffer& lhs, const std::vector<std::int8_t>& weights, std::size_t m,
                                   std::size_t n, std::size_t k) {
  std::vector<std::int64_t> sums;
  for (std::size_t i = 0; i < m * n; ++i) {
    std::int64_t sum = 0;
    for (std::size_t d = 0; d < k; ++d) {
      sum += std::int64_t{static_cast<std::int8_t>(lhs.data()[i / n * k + d])} * weights[i % n * k + d];
    }
    sums.push_back(sum);
  }
  return sums;
}

std::unique_ptr<GuardedBuffer> guarded(Random& random, std::size_t bytes) {
  auto buffer = std::make_unique<GuardedBuffer>(bytes, any_side(random));
  for (std::size_t i = 0; i < bytes; ++i) buffer->data()[i] = static_cast<std::uint8_t>(random.bits());
  buffer->make_read_only();
  return buffer;
}

void check_matmul(const ottava_context* context, Random& random, std::size_t m, std::size_t n) {
  const std::size_t k = static_cast<std::size_t>(random.between(1, 20));
  const Stage stage(random, n, static_cast<std::int64_t>(k) << 14);
  const std::vector<std::int8_t> weights = draw_bytes(random, n * k);
  const std::unique_ptr<GuardedBuffer> lhs = guarded(random, m * k);
  GuardedBuffer dst(m * n * stage.type.bytes, any_side(random));
  ottava_matmul_desc desc = OTTAVA_MATMUL_DESC_INIT;
  desc.n = static_cast<std::int64_t>(n);
  desc.k = static_cast<std::int64_t>(k);
  desc.rhs_order = OTTAVA_ORDER_COLUMN;
  ottava_matmul_constants constants = OTTAVA_MATMUL_CONSTANTS_INIT;
  constants.rhs = weights.data();
  ottava_matmul* matmul = nullptr;
  ottava_error error = OTTAVA_ERROR_INIT;
  check_ok(ottava_matmul_create(context, &desc, &stage.output, &constants, &matmul, &error), error);
  check_ok(ottava_matmul_run(matmul, static_cast<std::int64_t>(m), lhs->data(), 0, dst.data(), 0, nullptr, 0, &error),
           error);
  ottava_matmul_destroy(matmul);
  stage.check(dst, products(*lhs, weights, m, n, k), n);
}

void run_layer(ottava_layer* layer, std::size_t pixels, const GuardedBuffer& input, GuardedBuffer* output) {
  ottava_layer_run_desc run = OTTAVA_LAYER_RUN_DESC_INIT;
  run.height = 1, run.width = static_cast<std::int64_t>(pixels);
  ottava_layer_operands operands = OTTAVA_LAYER_OPERANDS_INIT;
  operands.input = input.data(), operands.output = output->data();
  ottava_error error = OTTAVA_ERROR_INIT;
  check_ok(ottava_layer_run(layer, &run, &operands, &error), error);
  ottava_layer_destroy(layer);
}

// A kernel as wide as its stride: each output pixel is a product of its own.
void check_conv2d(const ottava_context* context, Random& random, std::size_t pixels, std::size_t channels) {
  const std::size_t taps = static_cast<std::size_t>(random.between(1, 3));
  const std::size_t inputs = static_cast<std::size_t>(random.between(1, 6)), k = taps * inputs;
  const Stage stage(random, channels, static_cast<std::int64_t>(k) << 14);
  const std::vector<std::int8_t> weights = draw_bytes(random, channels * k);
  const std::unique_ptr<GuardedBuffer> input = guarded(random, pixels * k);
  GuardedBuffer output(pixels * channels * stage.type.bytes, any_side(random));
  ottava_conv2d_desc desc = OTTAVA_CONV2D_DESC_INIT;
  desc.input_channels = static_cast<std::int64_t>(inputs);
  desc.output_channels = static_cast<std::int64_t>(channels);
  desc.window.kernel_height = 1;
  desc.window.kernel_width = desc.window.stride_width = static_cast<std::int32_t>(taps);
  ottava_conv2d_constants constants = OTTAVA_CONV2D_CONSTANTS_INIT;
  constants.weights = weights.data();
  ottava_layer* layer = nullptr;
  ottava_error error = OTTAVA_ERROR_INIT;
  check_ok(ottava_conv2d_create(context, &desc, &stage.output, &constants, &layer, &error), error);
  run_layer(layer, pixels * taps, *input, &output);
  stage.check(output, products(*input, weights, pixels, channels, k), channels);
}

// Three taps in a line, as those of windows that kernels of their own compute: the first and last lines are padding.
void check_depthwise(const ottava_context* context, Random& random, std::size_t pixels, std::size_t channels) {
  const std::int32_t side = random.chance(2) ? 3 : 1;
  const std::size_t taps = static_cast<std::size_t>(side);
  const Stage stage(random, channels, 9 << 14);
  const std::vector<std::int8_t> weights = draw_bytes(random, taps * taps * channels);  // HWIO
  const std::unique_ptr<GuardedBuffer> input = guarded(random, (pixels + taps - 1) * channels);
  GuardedBuffer output(pixels * channels * stage.type.bytes, any_side(random));
  ottava_depthwise_conv2d_desc desc = OTTAVA_DEPTHWISE_CONV2D_DESC_INIT;
  desc.channels = static_cast<std::int64_t>(channels);
  desc.window.kernel_height = desc.window.kernel_width = side;
  desc.window.pad_top = desc.window.pad_bottom = side / 2;
  ottava_conv2d_constants constants = OTTAVA_CONV2D_CONSTANTS_INIT;
  constants.weights = weights.data();
  ottava_layer* layer = nullptr;
  ottava_error error = OTTAVA_ERROR_INIT;
  check_ok(ottava_depthwise_conv2d_create(context, &desc, &stage.output, &constants, &layer, &error), error);
  run_layer(layer, pixels + taps - 1, *input, &output);
  std::vector<std::int64_t> sums;
  for (std::size_t i = 0; i < pixels * channels; ++i) {
    std::int64_t sum = 0;
    for (std::size_t j = 0; j < taps; ++j) {
      sum += std::int64_t{static_cast<std::int8_t>(input->data()[i + j * channels])} *
             weights[(taps / 2 * taps + j) * channels + i % channels];
    }
    sums.push_back(sum);
  }
  stage.check(output, sums, channels);
}

// Beyond the widest vector of accumulators, and more often at the lengths of small ones.
constexpr std::size_t kLongest = 72;

}  // namespace

TEST_CASE("CMSIS-NN's rule: tensors of every length") {
  Random random(test_seed() + 90);
  for (const Kernel* kernel : runnable_kernels()) {
    INFO(kernel->name);
    const KernelContext context(kernel->name);
    for (std::size_t count = 1; count <= kLongest; ++count) {
      for (int repeat = 0; repeat < fewer(40); ++repeat) check_tensor(context.get(), random, count);
    }
  }
}

TEST_CASE("CMSIS-NN's rule: by channel, at every number of channels, of rows and of pixels") {
  Random random(test_seed() + 91);
  for (const Kernel* kernel : runnable_kernels()) {
    INFO(kernel->name);
    const KernelContext context(kernel->name);
    for (std::size_t channels = 1; channels <= kLongest; ++channels) {
      for (int repeat = 0; repeat < fewer(16); ++repeat) {
        const std::size_t rows = static_cast<std::size_t>(random.between(1, random.chance(4) ? 20 : 6));
        check_matmul(context.get(), random, rows, channels);
        check_conv2d(context.get(), random, rows, channels);
        check_depthwise(context.get(), random, rows, channels);
      }
    }
    record_exercised(*kernel);
  }
}
