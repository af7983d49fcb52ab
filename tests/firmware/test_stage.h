// An output stage to 8 bits against the reference arithmetic, over accumulators, multipliers and shifts at all ends.
#ifndef OTTAVA_TESTS_FIRMWARE_TEST_STAGE_H_
#define OTTAVA_TESTS_FIRMWARE_TEST_STAGE_H_

#include "firmware/check.h"
#include "output/element.h"

namespace ottava_test {

using namespace ottava;

inline int32_t draw_accumulator() {
  const int32_t ends[] = {INT32_MIN, INT32_MIN + 1, -1, 0, 1, INT32_MAX - 1, INT32_MAX};
  const uint32_t kind = draw(6);
  if (kind == 0) return ends[draw(7)];
  const int32_t any = static_cast<int32_t>(draw() << 8 ^ draw());
  if (kind == 1) return any;
  // Few bits: many are ties, or near one.
  const int32_t few = any >> (8 + draw(24));
  return wrap_shift_left(few, static_cast<int32_t>(draw(8)));
}

inline int32_t draw_multiplier(bool normalized) {
  const int32_t ends[] = {1 << 30, (1 << 30) + 1, INT32_MAX, INT32_MAX - 1, 0, 1, (1 << 30) - 1};
  const uint32_t kind = draw(4);
  if (kind == 0) return ends[draw(normalized ? 5 : 7)];
  const int32_t any = static_cast<int32_t>((draw() << 8 ^ draw()) & INT32_MAX);
  return kind == 1 && !normalized ? any >> draw(31) : any | 1 << 30;
}

using RuleFn = int64_t (*)(int32_t, FixedPoint);

inline bool test_stage(StageFn run, RuleFn rule, int32_t largest_exponent, bool normalized) {
  constexpr size_t kRows = 5, kChannels = 9, kStride = 12;
  constexpr uint8_t kCanary = 0xA5;
  static int32_t acc[kRows * kStride], per_channel[5][kChannels], per_row[2][kRows];
  static uint8_t dst[kRows * kStride * 2];
  for (uint32_t round = 0; round < 6000; ++round) {
    StageArgs args = {};
    args.acc = acc;
    args.acc_stride = kStride;
    args.m = 1 + draw(kRows);
    args.n = 1 + draw(kChannels);
    args.dst = dst;
    args.dst_column_stride = draw(4) == 0 ? 2 : 1;
    args.dst_row_stride = static_cast<ptrdiff_t>(args.n * static_cast<size_t>(args.dst_column_stride) + draw(3));
    for (int32_t& x : acc) x = draw_accumulator();
    for (size_t n = 0; n < kChannels; ++n) {
      per_channel[0][n] = draw_multiplier(normalized);
      per_channel[1][n] = -static_cast<int32_t>(draw(draw(2) == 0 ? 32 : 12));
      if (draw(4) == 0) per_channel[1][n] = static_cast<int32_t>(draw(static_cast<uint32_t>(largest_exponent) + 1));
      for (size_t i = 2; i < 5; ++i) per_channel[i][n] = draw_accumulator();
    }
    for (auto& numbers : per_row) {
      for (int32_t& x : numbers) x = draw_accumulator();
    }
    args.multiplier = per_channel[0];
    args.exponent = per_channel[1];
    if (draw(8) == 0) args.offset = per_channel[2];
    args.rhs_zero = draw(8) == 0 ? per_channel[3] : nullptr;
    args.row_sum = per_row[0];
    args.row_zero = draw(8) == 0 ? per_row[1] : nullptr;
    args.weight_sum = per_channel[4];
    const bool is_unsigned = draw(2) == 0;
    const int32_t lowest = is_unsigned ? 0 : -128;
    args.clamp_min = draw(2) == 0 ? lowest : lowest + static_cast<int32_t>(draw(256));
    args.clamp_max = draw(2) == 0 ? lowest + 255 : args.clamp_min + static_cast<int32_t>(draw(8));
    if (args.clamp_max > lowest + 255) args.clamp_max = lowest + 255;
    args.zero_point = lowest + static_cast<int32_t>(draw(256));
    for (uint8_t& x : dst) x = kCanary;
    run(&args);
    for (size_t m = 0; m < args.m; ++m) {
      for (size_t n = 0; n < args.n; ++n) {
        const int32_t x = full_accumulator(args, m, n);
        const FixedPoint factor = {args.multiplier[n], args.exponent[n]};
        const uint8_t y =
            static_cast<uint8_t>(clamp(rule(x, factor) + args.zero_point, args.clamp_min, args.clamp_max));
        uint8_t* const at =
            dst + static_cast<ptrdiff_t>(m) * args.dst_row_stride + static_cast<ptrdiff_t>(n) * args.dst_column_stride;
        if (*at != y) {
          return failed("another element", {{"round", round},
                                            {"x", static_cast<uint32_t>(x)},
                                            {"multiplier", static_cast<uint32_t>(factor.multiplier)},
                                            {"-exponent", static_cast<uint32_t>(-factor.exponent)},
                                            {"is", *at},
                                            {"wants", y}});
        }
        *at = kCanary;
      }
    }
    for (const uint8_t x : dst) {
      if (x != kCanary) return failed("written beside the elements", {{"round", round}});
    }
  }
  return true;
}

}  // namespace ottava_test

#endif  // OTTAVA_TESTS_FIRMWARE_TEST_STAGE_H_
