// A depthwise kernel for any window against plain loops: windows, strides, dilations, channels, both signs.
#ifndef OTTAVA_TESTS_FIRMWARE_TEST_DEPTHWISE_H_
#define OTTAVA_TESTS_FIRMWARE_TEST_DEPTHWISE_H_

#include "firmware/check.h"
#include "kernels/depthwise.h"

namespace ottava_test {

using namespace ottava;

class DepthwiseTest {
 public:
  explicit DepthwiseTest(const DepthwiseKernel& kernel) : kernel_(kernel) {}

  bool run() {
    for (size_t height = 1; height <= 4; ++height) {
      for (size_t width = 1; width <= 5; ++width) {
        for (size_t channels = 1; channels <= kMostChannels; ++channels) {
          if (!check(height, width, channels)) return false;
        }
      }
    }
    return check(7, 7, 19) && check(9, 9, 16) && check(9, 3, 33) && check(7, 4, 5) && check(1, 27, 4);
  }

 private:
  static constexpr size_t kMostTaps = 81;
  static constexpr size_t kMostChannels = 37;
  static constexpr size_t kPixels = 3;
  static constexpr size_t kTable = 256;
  static constexpr int32_t kCanary = 0x1EAF1EAF;

  bool check(size_t height, size_t width, size_t layer_channels) {
    const size_t taps = height * width;
    const bool is_unsigned = draw(2) == 0, weights_unsigned = draw(2) == 0;
    for (size_t tap = 0; tap < taps; ++tap) draw_bytes(weights_[tap], layer_channels);
    for (int32_t& zero : zeros_) zero = (weights_unsigned ? 0 : -128) + static_cast<int32_t>(draw(256));
    DepthwisePackArgs pack = {};
    pack.from = weights_[0];
    pack.tap_stride = kMostChannels;
    pack.channel_stride = 1;
    pack.taps = taps;
    pack.channels = layer_channels;
    pack.zero_points = zeros_;
    pack.is_unsigned = weights_unsigned;
    uint8_t* const packed = packed_.last(kernel_.packed_bytes(taps, layer_channels));
    pack.to = packed;
    kernel_.pack(&pack);

    DepthwiseArgs args = {};
    args.weights = packed;
    args.channel = layer_channels > kDepthwiseChannels && draw(2) == 0 ? kDepthwiseChannels : 0;
    args.layer_channels = layer_channels;
    args.channels = layer_channels - args.channel;
    if (args.channel == 0 && layer_channels >= 2 * kDepthwiseChannels && draw(2) == 0)
      args.channels = kDepthwiseChannels;
    args.lines = 1;
    args.pixels = 1 + draw(kPixels);
    args.kernel_height = height;
    args.kernel_width = width;
    args.stride_width = 1 + draw(2);
    args.dilation_width = 1 + draw(2);
    args.column_rows = height + draw(2);
    args.line_step = 1;
    args.acc_stride = (args.channels + kDepthwiseChannels - 1) / kDepthwiseChannels * kDepthwiseChannels;
    args.acc_line_stride = args.pixels * args.acc_stride;
    // Pixels end at guards. Those that no output needs lie nowhere.
    uint8_t* const pixels[] = {even_.last(layer_channels), odd_.last(layer_channels)};
    for (uint8_t* pixel : pixels) draw_bytes(pixel, layer_channels);
    for (const uint8_t*& entry : table_) entry = nullptr;
    const auto entry_of = [&](size_t p, size_t i, size_t j) {
      return (p * args.stride_width + j * args.dilation_width) * args.column_rows + i;
    };
    for (size_t p = 0; p < args.pixels; ++p) {
      for (size_t i = 0; i < height; ++i) {
        for (size_t j = 0; j < width; ++j) {
          const uint8_t*& entry = table_[entry_of(p, i, j)];
          if (entry == nullptr) entry = pixels[draw(2)];
        }
      }
    }
    for (int32_t& x : bias_) x = static_cast<int32_t>(draw() << 10);
    for (int32_t& x : acc_) x = kCanary;
    args.table = table_;
    args.bias = bias_;
    args.acc = acc_;
    const DepthwiseKernel::Entry& entry = kernel_.by_sign[is_unsigned ? 1 : 0];
    entry.run(&args);

    for (size_t p = 0; p < args.pixels; ++p) {
      for (size_t c = 0; c < args.channels; ++c) {
        uint32_t sum = static_cast<uint32_t>(bias_[c]);
        for (size_t i = 0; i < height; ++i) {
          for (size_t j = 0; j < width; ++j) {
            const uint8_t raw = table_[entry_of(p, i, j)][args.channel + c];
            const int32_t x = (is_unsigned ? int32_t{raw} : int32_t{static_cast<int8_t>(raw)}) + entry.zero_shift;
            const uint8_t w = weights_[i * width + j][args.channel + c];
            const int32_t weight = weights_unsigned ? int32_t{w} : int32_t{static_cast<int8_t>(w)};
            sum += static_cast<uint32_t>(x * (weight - zeros_[args.channel + c]));
          }
        }
        if (acc_[p * args.acc_stride + c] != static_cast<int32_t>(sum)) {
          return failed("another sum", {{"height", height},
                                        {"width", width},
                                        {"channels", args.channels},
                                        {"from", args.channel},
                                        {"unsigned", is_unsigned},
                                        {"pixel", p},
                                        {"channel", c}});
        }
      }
    }
    for (size_t i = args.pixels * args.acc_stride; i < sizeof acc_ / sizeof acc_[0]; ++i) {
      if (acc_[i] != kCanary) return failed("written behind the sums", {{"channels", args.channels}, {"at", i}});
    }
    return true;
  }

  const DepthwiseKernel& kernel_;
  Guarded<kMostChannels> even_{0}, odd_{1};
  Guarded<4 * kMostTaps*(kMostChannels + kDepthwiseChannels)> packed_{2};
  uint8_t weights_[kMostTaps][kMostChannels];
  int32_t zeros_[kMostChannels];
  int32_t bias_[kMostChannels + kDepthwiseChannels];
  const uint8_t* table_[kTable];
  alignas(kAlignment) int32_t acc_[(kPixels + 1) * (kMostChannels + kDepthwiseChannels)];
};

}  // namespace ottava_test

#endif  // OTTAVA_TESTS_FIRMWARE_TEST_DEPTHWISE_H_
