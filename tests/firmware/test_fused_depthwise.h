// A fused epilogue of a depthwise kernel against its sums in memory, which test_depthwise.h judges, and the reference
// arithmetic.
#ifndef OTTAVA_TESTS_FIRMWARE_TEST_FUSED_DEPTHWISE_H_
#define OTTAVA_TESTS_FIRMWARE_TEST_FUSED_DEPTHWISE_H_

#include "firmware/test_stage.h"
#include "kernels/depthwise.h"

namespace ottava_test {

inline bool test_fused_depthwise(const DepthwiseKernel& kernel, Stage which, RuleFn rule, int32_t largest_exponent,
                                 bool normalized) {
  constexpr size_t kMost = 40, kPadded = 48, kPixels = 3, kTaps = 9, kStride = kMost + 3;
  constexpr uint8_t kCanary = 0xA5;
  alignas(kAlignment) static uint8_t packed[2 * kTaps * (kMost + 32)];
  alignas(kAlignment) static int32_t acc[kPixels * kPadded];
  static uint8_t weights[kTaps * kMost], pixels[2][kMost], dst[kPixels * kStride];
  static int32_t zeros[kMost], bias[kPadded], multiplier[kPadded], exponent[kPadded];
  const uint8_t* table[3 * (kPixels + 2)];
  for (uint32_t round = 0; round < 2000; ++round) {
    const size_t channels = 1 + draw(kMost);
    const size_t sign = draw(2);
    draw_bytes(weights, sizeof weights);
    for (auto& pixel : pixels) draw_bytes(pixel, kMost);
    for (const uint8_t*& entry : table) entry = pixels[draw(2)];
    for (int32_t& zero : zeros) zero = static_cast<int32_t>(draw(256)) - 128;
    for (size_t n = 0; n < kPadded; ++n) {
      bias[n] = static_cast<int32_t>(draw() << 8) >> (8 + draw(16));
      multiplier[n] = draw_multiplier(normalized);
      exponent[n] = -static_cast<int32_t>(draw(draw(4) == 0 ? 32 : 14));
      if (draw(8) == 0) exponent[n] = static_cast<int32_t>(draw(static_cast<uint32_t>(largest_exponent) + 1));
    }
    const DepthwisePackArgs pack = {weights, kMost, 1, kTaps, channels, zeros, false, packed};
    kernel.pack(&pack);
    DepthwiseArgs args = {};
    args.table = table;
    args.weights = packed;
    args.bias = bias;
    args.acc = acc;
    args.channels = args.layer_channels = channels;
    args.lines = 1;
    args.pixels = kPixels;
    args.kernel_height = args.kernel_width = 3;
    args.stride_width = args.dilation_width = args.line_step = 1;
    args.column_rows = 3;
    args.acc_stride = (channels + kDepthwiseChannels - 1) / kDepthwiseChannels * kDepthwiseChannels;
    args.acc_line_stride = kPixels * args.acc_stride;
    args.dst_line_stride = sizeof dst;
    StageArgs stage = {};
    stage.m = kPixels;
    stage.n = channels;
    stage.multiplier = multiplier;
    stage.exponent = exponent;
    stage.dst = dst;
    stage.dst_row_stride = static_cast<ptrdiff_t>(channels + draw(4));
    stage.dst_column_stride = 1;
    const int32_t lowest = draw(2) == 0 ? 0 : -128;
    stage.clamp_min = lowest + static_cast<int32_t>(draw(2) * draw(128));
    stage.clamp_max = lowest + 255 - static_cast<int32_t>(draw(2) * draw(128));
    stage.zero_point = lowest + static_cast<int32_t>(draw(256));
    for (uint8_t& x : dst) x = kCanary;
    const DepthwiseKernel::Entry& entry = kernel.by_sign[sign];
    entry.run(&args);
    entry.fused[static_cast<size_t>(which)](&args, &stage);
    for (size_t p = 0; p < kPixels; ++p) {
      for (size_t n = 0; n < channels; ++n) {
        const int64_t y = rule(acc[p * args.acc_stride + n], {multiplier[n], exponent[n]}) + stage.zero_point;
        uint8_t* const at = dst + p * static_cast<size_t>(stage.dst_row_stride) + n;
        const uint8_t wanted = static_cast<uint8_t>(clamp(y, stage.clamp_min, stage.clamp_max));
        if (*at != wanted) {
          return failed("another element", {{"channels", channels}, {"channel", n}, {"is", *at}, {"wants", wanted}});
        }
        *at = kCanary;
      }
    }
    for (const uint8_t x : dst) {
      if (x != kCanary) return failed("written beside the elements", {{"channels", channels}});
    }
  }
  return true;
}

}  // namespace ottava_test

#endif  // OTTAVA_TESTS_FIRMWARE_TEST_FUSED_DEPTHWISE_H_
