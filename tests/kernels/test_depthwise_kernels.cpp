// Every depthwise kernel of the registry that this machine can run, alone, against plain loops: windows, lines, pixels,
// channels around the edges of vectors, extremes, garbage in acc, every pixel, weight and output between guard pages on
// either side, through the checked call. What no output needs is out of bounds: those entries of the table lead
// nowhere.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <vector>

#include "catch.h"
#include "checked_call/checked_call.h"
#include "guarded_buffer.h"
#include "panel_elements.h"
#include "stand_ins.h"
#include "support.h"

using namespace ottava;

namespace {

struct Window {
  std::size_t height, width, stride_height, stride_width, dilation_width;
};

struct Shape {
  Window window;
  std::size_t lines, pixels;
  std::size_t layer_channels, channel, channels;
  Fill input_fill, weight_fill;
};

std::size_t rounded_up(std::size_t channels) {
  return (channels + kDepthwiseChannels - 1) / kDepthwiseChannels * kDepthwiseChannels;
}

Side any_side(Random& random) { return random.chance(2) ? Side::upper : Side::lower; }

template <class Value>
std::unique_ptr<GuardedBuffer> guarded(const std::vector<Value>& values, Side side) {
  auto buffer = std::make_unique<GuardedBuffer>(values.size() * sizeof(Value), side);
  if (!values.empty()) memcpy(buffer->data(), values.data(), buffer->size());
  buffer->make_read_only();
  return buffer;
}

// The weights of a layer as a network holds them, and packed by the kernel. They have a sign of their own.
struct Weights {
  std::vector<std::int64_t> differences;  // [tap][channel], from the zero points
  std::unique_ptr<GuardedBuffer> packed;

  Weights(Random& random, const DepthwiseKernel& kernel, std::size_t taps, std::size_t channels, Fill fill) {
    DepthwisePackArgs args = {};
    args.is_unsigned = random.chance(2);
    const Element element = args.is_unsigned ? Element::u8 : Element::s8;
    std::vector<std::int32_t> zero_points(channels);
    const bool has_zero_points = !kernel.needs_narrow_weights && !random.chance(3);
    for (std::int32_t& zero : zero_points) {
      if (has_zero_points) zero = static_cast<std::int32_t>(draw(random, element, random.pick(kFills)));
    }
    const bool by_tap = random.chance(2);
    args.tap_stride = static_cast<std::ptrdiff_t>(by_tap ? channels : 1);
    args.channel_stride = static_cast<std::ptrdiff_t>(by_tap ? 1 : taps);
    std::vector<std::uint8_t> bytes(taps * channels);
    for (std::size_t t = 0; t < taps; ++t) {
      for (std::size_t c = 0; c < channels; ++c) {
        std::int64_t value = draw(random, element, fill);
        if (kernel.needs_narrow_weights && !args.is_unsigned && value == -128) value = -127;
        if (kernel.needs_narrow_weights && args.is_unsigned) value %= 128;
        differences.push_back(value - zero_points[c]);
        bytes[t * static_cast<std::size_t>(args.tap_stride) + c * static_cast<std::size_t>(args.channel_stride)] =
            static_cast<std::uint8_t>(value);
      }
    }
    const auto from = guarded(bytes, any_side(random));
    const auto zeros = guarded(zero_points, any_side(random));
    args.from = from->data();
    args.taps = taps;
    args.channels = channels;
    args.zero_points = zeros->as<std::int32_t>();
    packed = std::make_unique<GuardedBuffer>(kernel.packed_bytes(taps, channels), any_side(random), kAlignment);
    args.to = packed->data();
    const CheckedCallReport report = checked_call(kernel.pack, &args);
    INFO("calling convention of packing: " << report.what);
    REQUIRE(report.clean);
    REQUIRE(packed->check());
    packed->make_read_only();
  }

  static constexpr Fill kFills[] = {Fill::random, Fill::lowest, Fill::highest};
};
constexpr Fill Weights::kFills[];

// A table over a few different pixels, each of which holds the channels of the call and nothing else. The padding is
// one of them.
struct Input {
  std::vector<std::unique_ptr<GuardedBuffer>> pixels;
  std::unique_ptr<GuardedBuffer> table;
  std::size_t column_rows, line_step;

  Input(Random& random, const DepthwiseKernel& kernel, const Shape& shape, Element element) {
    const Window& window = shape.window;
    for (int i = 0; i < 12; ++i) {
      std::vector<std::uint8_t> bytes(shape.channels);
      for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(draw(random, element, shape.input_fill));
      pixels.push_back(guarded(bytes, i % 2 == 0 ? Side::upper : Side::lower));
    }
    line_step = window.stride_height;
    if (kernel.kernel_height == 0) line_step = static_cast<std::size_t>(random.between(0, 8));
    column_rows = (shape.lines - 1) * line_step + window.height + static_cast<std::size_t>(random.between(0, 2));
    std::size_t columns = (shape.pixels - 1) * window.stride_width + (window.width - 1) * window.dilation_width + 1;
    std::vector<std::uintptr_t> entries(columns * column_rows, kPoison & 0xfff);
    for (std::size_t l = 0; l < shape.lines; ++l) {
      for (std::size_t p = 0; p < shape.pixels; ++p) {
        for (std::size_t i = 0; i < window.height; ++i) {
          for (std::size_t j = 0; j < window.width; ++j) {
            entries[index(shape, l, p, i, j)] = reinterpret_cast<std::uintptr_t>(any_pixel(random)) - shape.channel;
          }
        }
      }
    }
    table = guarded(entries, any_side(random));
  }
  const std::uint8_t* any_pixel(Random& random) const {
    return pixels[static_cast<std::size_t>(random.between(0, static_cast<std::int64_t>(pixels.size()) - 1))]->data();
  }
  std::size_t index(const Shape& shape, std::size_t l, std::size_t p, std::size_t i, std::size_t j) const {
    const Window& window = shape.window;
    return (p * window.stride_width + j * window.dilation_width) * column_rows + l * line_step + i;
  }
  const std::uint8_t* channels_of(const Shape& shape, std::size_t l, std::size_t p, std::size_t i,
                                  std::size_t j) const {
    return reinterpret_cast<const std::uint8_t*>(table->as<const std::uintptr_t>()[index(shape, l, p, i, j)] +
                                                 shape.channel);
  }
};

std::int32_t expected(const Shape& shape, const Input& input, const Weights& weights, bool is_unsigned,
                      std::int32_t zero_shift, std::int64_t bias, std::size_t l, std::size_t p, std::size_t c) {
  std::int64_t sum = bias;
  for (std::size_t i = 0; i < shape.window.height; ++i) {
    for (std::size_t j = 0; j < shape.window.width; ++j) {
      const std::uint8_t byte = input.channels_of(shape, l, p, i, j)[c];
      const std::int64_t value = is_unsigned ? byte : static_cast<std::int8_t>(byte);
      const std::size_t tap = i * shape.window.width + j;
      sum += (value + zero_shift) * weights.differences[tap * shape.layer_channels + shape.channel + c];
    }
  }
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(sum));
}

// A requantizing stage to 8 bits of both signs: any factors, zero points and clamps, values per channel at guard pages.
struct FusedStage {
  std::vector<std::unique_ptr<GuardedBuffer>> arrays;
  StageArgs args = {};

  FusedStage(Random& random, Stage stage, std::size_t channels) {
    const std::size_t count = rounded_up(channels);
    const int kind = static_cast<int>(random.between(0, 3));  // 0, 1: usual, 2: with left shifts, 3: wild
    std::vector<std::int32_t> multiplier(count), exponent(count);
    std::vector<float> scale(count), bias(count);
    const bool biased = random.chance(2);
    for (std::size_t c = 0; c < count; ++c) {
      multiplier[c] = static_cast<std::int32_t>(random.between(INT64_C(1) << 30, INT32_MAX));
      if (random.chance(6)) multiplier[c] = INT32_C(1) << 30;  // ties
      if (stage <= Stage::fixed_two_roundings_saturating && random.chance(8)) multiplier[c] >>= random.between(0, 31);
      const bool shifts_left = kind == 3 || (kind == 2 && random.chance(5));
      exponent[c] = static_cast<std::int32_t>(shifts_left ? random.between(-31, 30) : random.between(-16, 0));
      if (stage >= Stage::multiply_shift_floor && exponent[c] > 0) exponent[c] = -exponent[c];
      const int power = static_cast<int>(kind == 3 ? random.between(-140, 103) : random.between(-40, -28));
      scale[c] = std::ldexp(static_cast<float>(random.between(1, 1 << 24)), power);
      bias[c] = !biased || random.chance(2)
                    ? 0.0f
                    : static_cast<float>(random.between(-1000, 1000)) / (kind == 3 ? 1e-30f : 3.0f);
    }
    args.multiplier = keep<std::int32_t>(multiplier);
    args.exponent = keep<std::int32_t>(exponent);
    args.scale = keep<float>(scale);
    args.bias = keep<float>(bias);
    for (const float value : bias) args.has_bias |= value != 0.0f ? 1 : 0;
    const bool is_8bit = is_requantization(stage);
    const std::int64_t low = !is_8bit ? INT32_MIN : random.chance(2) ? 0 : -128;
    const std::int64_t high = is_8bit ? low + 255 : INT32_MAX;
    args.clamp_min = static_cast<std::int32_t>(random.chance(2) ? low : random.between(low, high));
    args.clamp_max = static_cast<std::int32_t>(random.chance(2) ? high : random.between(args.clamp_min, high));
    args.zero_point = is_8bit ? static_cast<std::int32_t>(random.between(low, high)) : 0;
    args.clamp_min_f32 = -1e30f;
    args.clamp_max_f32 = 1e30f;
    args.n = channels;
    args.dst_column_stride = is_8bit ? 1 : 4;
  }
  template <class Value>
  const Value* keep(const std::vector<Value>& values) {
    arrays.push_back(guarded(values, Side::upper));
    return arrays.back()->as<const Value>();
  }
};

struct FusedCall {
  FusedDepthwiseFn run;
  const DepthwiseArgs* args;
  const StageArgs* stage;
};
void call_fused(const FusedCall* call) { call->run(call->args, call->stage); }

// `args` have been run: acc holds what the stage is applied to.
void check_fused(Random& random, const DepthwiseArgs& args, FusedDepthwiseFn run, Stage stage) {
  INFO("stage " << static_cast<int>(stage));
  FusedStage fused(random, stage, args.channels);
  const std::size_t element = static_cast<std::size_t>(fused.args.dst_column_stride);
  const std::size_t row_stride = args.channels * element + static_cast<std::size_t>(random.between(0, 9));
  const std::size_t line_bytes = (args.pixels - 1) * row_stride + args.channels * element;
  const std::size_t line_stride = line_bytes + static_cast<std::size_t>(random.between(0, 40));
  const std::size_t bytes = (args.lines - 1) * line_stride + line_bytes;
  std::vector<std::uint8_t> expected(bytes, 0x5a);
  StageArgs portable = fused.args;
  portable.acc_stride = args.acc_stride;
  portable.m = args.pixels;
  portable.dst_row_stride = static_cast<std::ptrdiff_t>(row_stride);
  for (std::size_t line = 0; line < args.lines; ++line) {
    portable.acc = args.acc + line * args.acc_line_stride;
    portable.dst = expected.data() + line * line_stride;
    portable_stages.run[static_cast<int>(stage)](&portable);
  }

  GuardedBuffer dst(bytes, any_side(random));
  memset(dst.data(), 0x5a, bytes);
  fused.args.dst = dst.data();
  fused.args.dst_row_stride = portable.dst_row_stride;
  DepthwiseArgs to_dst = args;
  to_dst.acc = nullptr;
  to_dst.acc_stride = to_dst.acc_line_stride = 0;
  to_dst.dst_line_stride = static_cast<std::ptrdiff_t>(line_stride);
  const FusedCall call = {run, &to_dst, &fused.args};
  const CheckedCallReport report = checked_call(call_fused, &call);
  INFO("calling convention: " << report.what);
  REQUIRE(report.clean);
  REQUIRE(dst.check());
  REQUIRE(memcmp(dst.data(), expected.data(), bytes) == 0);
}

void check(Random& random, const DepthwiseKernel& kernel, bool is_unsigned, const Shape& shape) {
  const Window& window = shape.window;
  INFO(kernel.name << (is_unsigned ? " u8 " : " s8 ") << window.height << "x" << window.width << " stride "
                   << window.stride_height << "x" << window.stride_width << " dilation " << window.dilation_width
                   << " lines " << shape.lines << " pixels " << shape.pixels << " channels " << shape.channel << "+"
                   << shape.channels << " of " << shape.layer_channels << " seed " << test_seed());
  const DepthwiseKernel::Entry& entry = kernel.by_sign[is_unsigned];
  const Input input(random, kernel, shape, is_unsigned ? Element::u8 : Element::s8);
  const Weights weights(random, kernel, window.height * window.width, shape.layer_channels, shape.weight_fill);
  std::vector<std::int32_t> bias(rounded_up(shape.channels));
  const std::int64_t magnitude = random.chance(4) ? INT32_MAX : 100000;
  for (std::int32_t& value : bias) value = static_cast<std::int32_t>(random.between(-magnitude, magnitude));
  const auto bias_memory = guarded(bias, any_side(random));

  DepthwiseArgs args = {};
  args.table = input.table->as<const std::uint8_t* const>();
  args.weights = weights.packed->data();
  args.bias = bias_memory->as<const std::int32_t>();
  args.channel = shape.channel;
  args.channels = shape.channels;
  args.layer_channels = shape.layer_channels;
  args.lines = shape.lines;
  args.pixels = shape.pixels;
  args.kernel_height = window.height;
  args.kernel_width = window.width;
  args.stride_width = window.stride_width;
  args.dilation_width = window.dilation_width;
  args.column_rows = input.column_rows;
  args.line_step = input.line_step;
  args.acc_stride = rounded_up(shape.channels) + (random.chance(2) ? 0 : kDepthwiseChannels);
  args.acc_line_stride = shape.pixels * args.acc_stride;
  const std::size_t written = rounded_up(shape.channels);
  const std::size_t elements =
      (shape.lines - 1) * args.acc_line_stride + (shape.pixels - 1) * args.acc_stride + written;
  GuardedBuffer acc(elements * sizeof(std::int32_t), any_side(random), kAlignment);
  const std::int32_t garbage = 0x5a5a5a5a;
  for (std::size_t i = 0; i < elements; ++i) acc.as<std::int32_t>()[i] = garbage;
  args.acc = acc.as<std::int32_t>();
  const CheckedCallReport report = checked_call(entry.run, &args);
  INFO("calling convention: " << report.what);
  REQUIRE(report.clean);
  REQUIRE(acc.check());
  for (std::size_t l = 0; l < shape.lines; ++l) {
    for (std::size_t p = 0; p < shape.pixels; ++p) {
      const std::int32_t* got = args.acc + l * args.acc_line_stride + p * args.acc_stride;
      for (std::size_t c = 0; c < shape.channels; ++c) {
        const std::int32_t wanted = expected(shape, input, weights, is_unsigned, entry.zero_shift, bias[c], l, p, c);
        if (got[c] == wanted) continue;
        INFO("line " << l << " pixel " << p << " channel " << c);
        REQUIRE(got[c] == wanted);
      }
      const bool has_gap = args.acc_stride > written && (l + 1 < shape.lines || p + 1 < shape.pixels);
      if (has_gap) REQUIRE(got[written] == garbage);
    }
  }
  for (int stage = 0; stage < kStageCount; ++stage) {
    if (entry.fused[stage] != nullptr) check_fused(random, args, entry.fused[stage], static_cast<Stage>(stage));
  }
}

// Around every edge of a vector, and several of them.
std::vector<std::size_t> channel_counts() {
  std::vector<std::size_t> counts;
  for (std::size_t channels = 1; channels <= 40; ++channels) counts.push_back(channels);
  for (const std::size_t channels : {47u, 48u, 63u, 64u, 65u, 127u, 144u}) counts.push_back(channels);
  return counts;
}

std::vector<std::size_t> pixel_counts() { return {1, 2, 3, 4, 5, 6, 7, 8, 9, 14, 29}; }

// The channels of the call are the last of the layer, or others.
Shape with_channels(Random& random, std::size_t channels) {
  Shape shape = {};
  shape.channels = shape.layer_channels = channels;
  if (channels >= kDepthwiseChannels && random.chance(2)) {
    shape.channel = kDepthwiseChannels * static_cast<std::size_t>(random.between(1, 5));
  }
  shape.layer_channels += shape.channel;
  if (channels % kDepthwiseChannels == 0 && random.chance(2)) {
    shape.layer_channels += kDepthwiseChannels + static_cast<std::size_t>(random.between(0, 40));
  }
  constexpr Fill kFills[] = {Fill::random, Fill::random, Fill::lowest, Fill::highest, Fill::mixed_extremes};
  shape.input_fill = random.pick(kFills);
  shape.weight_fill = random.pick(kFills);
  return shape;
}

// Those of this machine, and the stand-ins for others, which count for no tier.
std::vector<const DepthwiseKernel*> kernels_to_sweep_here() {
  std::vector<const DepthwiseKernel*> kernels = runnable_depthwise_kernels();
  kernels.insert(kernels.end(), depthwise_stand_ins().begin(), depthwise_stand_ins().end());
  return kernels;
}
bool is_stand_in(const DepthwiseKernel* kernel) {
  return std::find(depthwise_stand_ins().begin(), depthwise_stand_ins().end(), kernel) != depthwise_stand_ins().end();
}

}  // namespace

TEST_CASE("depthwise kernels: those of one window, at every number of lines, pixels and channels") {
  REQUIRE(checked_call_is_checking());
  Random random(test_seed() + 120);
  std::size_t at = 0;
  for (const DepthwiseKernel* kernel : kernels_to_sweep_here()) {
    if (kernel->kernel_height == 0) continue;
    for (const std::size_t channels : channel_counts()) {
      for (const std::size_t pixels : pixel_counts()) {
        for (std::size_t lines = 1; lines <= kernel->lines; ++lines) {
          if (at++ % test_sample() != 0) continue;
          for (const bool is_unsigned : {false, true}) {
            Shape shape = with_channels(random, channels);
            if (shape.layer_channels < kernel->min_channels) continue;
            shape.window = {kernel->kernel_height, kernel->kernel_width, kernel->stride_height, kernel->stride_width,
                            1};
            shape.lines = lines;
            shape.pixels = pixels;
            check(random, *kernel, is_unsigned, shape);
          }
        }
      }
    }
    if (!is_stand_in(kernel)) record_exercised(kernel->isa);
  }
}

TEST_CASE("depthwise kernels: those of any window, at many windows and every number of channels") {
  Random random(test_seed() + 121);
  std::size_t at = 0;
  for (const DepthwiseKernel* kernel : kernels_to_sweep_here()) {
    if (kernel->kernel_height != 0) continue;
    for (std::size_t height = 1; height <= 7; ++height) {
      for (std::size_t width = 1; width <= 7; ++width) {
        for (const std::size_t channels : channel_counts()) {
          if (at++ % test_sample() != 0) continue;
          Shape shape = with_channels(random, channels);
          if (shape.layer_channels < kernel->min_channels) continue;
          shape.window = {height, width, 1, static_cast<std::size_t>(random.between(1, 3)),
                          static_cast<std::size_t>(random.between(1, 3))};
          shape.lines = static_cast<std::size_t>(random.between(1, kernel->lines));
          shape.pixels = random.pick(pixel_counts());
          check(random, *kernel, random.chance(2), shape);
        }
      }
    }
    if (!is_stand_in(kernel)) record_exercised(kernel->isa);
  }
}

TEST_CASE("depthwise kernels: the list ends in one for every window and every machine") {
  const DepthwiseKernelList list = built_depthwise_kernels();
  REQUIRE(list.count > 0);
  const DepthwiseKernel& last = *list.kernels[list.count - 1];
  REQUIRE(last.isa == Isa::portable);
  REQUIRE(last.kernel_height == 0);
  REQUIRE(last.min_channels == 1);
  REQUIRE(!last.needs_narrow_weights);
}
