// A depthwise kernel for windows of 3 x 3, its sums against plain loops and its fused epilogue against the reference
// arithmetic.
#ifndef OTTAVA_TESTS_FIRMWARE_TEST_FUSED_DEPTHWISE_H_
#define OTTAVA_TESTS_FIRMWARE_TEST_FUSED_DEPTHWISE_H_

#include "firmware/test_stage.h"
#include "kernels/depthwise.h"

namespace ottava_test {

// The rule is that of the stage `which`.
struct DepthwiseCase {
  const DepthwiseKernel& kernel;
  Stage which;
  RuleFn rule;
  int32_t largest_exponent;
  bool normalized;
};

class FusedDepthwiseTest {
 public:
  explicit FusedDepthwiseTest(const DepthwiseCase& what) : case_(what), kernel_(what.kernel) {}

  bool run() {
    for (uint32_t round = 0; round < 400; ++round) {
      if (!check()) return false;
    }
    return true;
  }

 private:
  static constexpr size_t kMost = 52, kPadded = 64, kPixels = 3, kSize = 3, kTaps = kSize * kSize;
  static constexpr uint8_t kCanary = 0xA5;
  static constexpr int32_t kSumCanary = 0x1EAF1EAF;

  void draw_operands(size_t layer_channels) {
    const uint32_t kind = draw(4);
    for (uint8_t& x : weights_) x = kind == 0 && draw(3) != 0 ? 0x80 : static_cast<uint8_t>(draw());
    // Mostly symmetric weights.
    for (int32_t& zero : zeros_) zero = draw(4) == 0 && kind == 1 ? static_cast<int32_t>(draw(256)) - 128 : 0;
    for (uint8_t* end : pixels_) draw_bytes(end - layer_channels, layer_channels);
    for (size_t n = 0; n < kPadded; ++n) {
      bias_[n] = static_cast<int32_t>(draw() << 8) >> (8 + draw(16));
      multiplier_[n] = draw_multiplier(case_.normalized);
      exponent_[n] = -1 - static_cast<int32_t>(draw(draw(4) == 0 ? 31 : 14));
    }
    if (draw(3) == 0) {
      const uint32_t most = static_cast<uint32_t>(case_.largest_exponent) + 1;
      for (uint32_t i = draw(5); i > 0; --i) exponent_[draw(kPadded)] = static_cast<int32_t>(draw(most));
    }
  }

  bool check() {
    const size_t least = kernel_.min_channels;
    const size_t layer_channels = least + draw(static_cast<uint32_t>(kMost - least) + 1);
    const bool is_unsigned = draw(2) != 0;
    const DepthwiseKernel::Entry& entry = kernel_.by_sign[is_unsigned ? 1 : 0];
    draw_operands(layer_channels);
    const DepthwisePackArgs pack = {weights_, kMost, 1, kTaps, layer_channels, zeros_, false, packed_};
    kernel_.pack(&pack);

    DepthwiseArgs args = {};
    args.channel = layer_channels >= least + kDepthwiseChannels && draw(2) == 0 ? kDepthwiseChannels : 0;
    args.layer_channels = layer_channels;
    args.channels = layer_channels - args.channel;
    args.lines = 1;
    args.pixels = 1 + draw(kPixels);
    args.kernel_height = args.kernel_width = args.column_rows = kSize;
    args.dilation_width = 1;
    args.stride_width = args.line_step = kernel_.stride_width != 0 ? kernel_.stride_width : 1;
    const size_t entries = ((args.pixels - 1) * args.stride_width + kSize) * kSize;
    for (size_t i = 0; i < entries; ++i) table_[i] = pixels_[draw(2)] - layer_channels;
    args.table = table_;
    args.weights = packed_;
    args.bias = bias_ + args.channel;
    args.acc = acc_;
    args.acc_stride = (args.channels + kDepthwiseChannels - 1) / kDepthwiseChannels * kDepthwiseChannels;
    args.acc_line_stride = args.pixels * args.acc_stride;
    args.dst_line_stride = sizeof dst_;
    for (int32_t& x : acc_) x = kSumCanary;
    entry.run(&args);
    for (size_t p = 0; p < args.pixels; ++p) {
      for (size_t c = 0; c < args.channels; ++c) {
        if (acc_[p * args.acc_stride + c] != sum_of(args, entry.zero_shift, is_unsigned, p, args.channel + c)) {
          return failed("another sum", {{"channels", args.channels}, {"channel", c}, {"pixel", p}});
        }
      }
    }
    for (size_t i = args.pixels * args.acc_stride; i < kPixels * kPadded + 16; ++i) {
      if (acc_[i] != kSumCanary) return failed("written behind the sums", {{"channels", args.channels}});
    }
    return check_fused(args, entry);
  }

  int32_t sum_of(const DepthwiseArgs& args, int32_t zero_shift, bool is_unsigned, size_t pixel, size_t channel) const {
    uint32_t sum = static_cast<uint32_t>(bias_[channel]);
    for (size_t i = 0; i < kSize; ++i) {
      for (size_t j = 0; j < kSize; ++j) {
        const uint8_t raw = table_[(pixel * args.stride_width + j) * kSize + i][channel];
        const int32_t x = (is_unsigned ? int32_t{raw} : int32_t{static_cast<int8_t>(raw)}) + zero_shift;
        const int32_t w = static_cast<int8_t>(weights_[(i * kSize + j) * kMost + channel]) - zeros_[channel];
        sum += static_cast<uint32_t>(x * w);
      }
    }
    return static_cast<int32_t>(sum);
  }

  bool check_fused(DepthwiseArgs args, const DepthwiseKernel::Entry& entry) {
    StageArgs stage = {};
    stage.m = args.pixels;
    stage.n = args.channels;
    stage.multiplier = multiplier_ + args.channel;
    stage.exponent = exponent_ + args.channel;
    stage.dst = dst_;
    stage.dst_row_stride = static_cast<ptrdiff_t>(args.channels + draw(4));
    stage.dst_column_stride = 1;
    const int32_t lowest = draw(2) == 0 ? 0 : -128;
    stage.clamp_min = lowest + static_cast<int32_t>(draw(2) * draw(128));
    stage.clamp_max = lowest + 255 - static_cast<int32_t>(draw(2) * draw(128));
    stage.zero_point = lowest + static_cast<int32_t>(draw(256));
    for (uint8_t& x : dst_) x = kCanary;
    args.acc = nullptr;
    entry.fused[static_cast<size_t>(case_.which)](&args, &stage);
    for (size_t p = 0; p < args.pixels; ++p) {
      for (size_t n = 0; n < args.channels; ++n) {
        const int64_t y = case_.rule(acc_[p * args.acc_stride + n], {stage.multiplier[n], stage.exponent[n]});
        uint8_t* const at = dst_ + p * static_cast<size_t>(stage.dst_row_stride) + n;
        const uint8_t wanted = static_cast<uint8_t>(clamp(y + stage.zero_point, stage.clamp_min, stage.clamp_max));
        if (*at != wanted) {
          return failed("another element",
                        {{"channels", args.channels}, {"channel", n}, {"pixel", p}, {"is", *at}, {"wants", wanted}});
        }
        *at = kCanary;
      }
    }
    for (const uint8_t x : dst_) {
      if (x != kCanary) return failed("written beside the elements", {{"channels", args.channels}});
    }
    return true;
  }

  const DepthwiseCase case_;
  const DepthwiseKernel& kernel_;
  Guarded<64> even_{0}, odd_{1};
  uint8_t* const pixels_[2] = {even_.last(0), odd_.last(0)};  // where they end
  alignas(kAlignment) uint8_t packed_[2 * kTaps * (kMost + 64)];
  alignas(kAlignment) int32_t acc_[kPixels * kPadded + 16];
  uint8_t weights_[kTaps * kMost];
  uint8_t dst_[kPixels * (kMost + 4)];
  int32_t zeros_[kMost], bias_[kPadded], multiplier_[kPadded], exponent_[kPadded];
  const uint8_t* table_[(2 * kPixels + kSize) * kSize];
};

}  // namespace ottava_test

#endif  // OTTAVA_TESTS_FIRMWARE_TEST_FUSED_DEPTHWISE_H_
