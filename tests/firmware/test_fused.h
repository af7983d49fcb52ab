// Fused epilogues of a kernel of the indirect form against plain loops and the reference arithmetic: rows, channels,
// depths, several positions, factors with and without a left shift, row terms, dst and weights at any address.
#ifndef OTTAVA_TESTS_FIRMWARE_TEST_FUSED_H_
#define OTTAVA_TESTS_FIRMWARE_TEST_FUSED_H_

#include "firmware/test_stage.h"
#include "kernels/kernel.h"

namespace ottava_test {

struct FusedCase {
  FusedEpilogueFn run;
  FusedEpilogueFn run_flip;  // of a lhs whose sign bits are to be flipped
  RuleFn rule;
  int32_t largest_exponent;
  bool normalized;  // multipliers
};

// Sizes of the tile; kWidth is that of its panels together.
template <size_t kMr, size_t kNr, size_t kKr, size_t kWidth>
class FusedTest {
 public:
  FusedTest(const FusedCase& fused, const RhsLayout& layout) : fused_(fused), layout_(layout) {}

  bool run() {
    const size_t widths[] = {1, 2, 3, 4, 5, 7, 8, 9, 12, 16, kWidth - 1, kWidth};
    const size_t heights[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, kMr - 1, kMr};
    for (const size_t m : heights) {
      for (const size_t n : widths) {
        for (size_t depth = draw(3); depth <= 70; depth += 1 + draw(m < 3 ? 4 : 14)) {
          if (!check(m, n, depth, 1 + draw(3) * draw(2))) return false;
        }
      }
      for (size_t depth = 60; depth <= kMostDepth; depth += 1 + draw(40)) {
        if (!check(m, 1 + draw(12), depth, 1 + draw(kMostPositions))) return false;
      }
    }
    return true;
  }

 private:
  static constexpr size_t kMostDepth = 300;
  static constexpr size_t kMostPositions = 3;
  static constexpr size_t kPacked = kMostPositions * (kMostDepth + kKr);
  static constexpr size_t kRhsBytes = (kPacked * kWidth + 31) / 32 * 32;
  static constexpr size_t kMostStride = kWidth + 4;
  static constexpr uint8_t kCanary = 0xA5;

  bool check(size_t m, size_t n, size_t depth, size_t positions) {
    const size_t padded = (depth + kKr - 1) / kKr * kKr;
    const size_t panel = padded * positions * kNr, panels = (n + kNr - 1) / kNr;
    uint8_t* const rhs = rhs_.last(panel * panels + (draw(8) == 0 ? draw(4) : 0));
    draw_bytes(rhs, panel * panels);  // garbage in the channels that pad the last panel
    for (size_t j = 0; j < n; ++j) {
      for (size_t p = 0; p < positions; ++p) {
        draw_bytes(weights_[j][p], depth);
        PackArgs pack = {};
        pack.from = weights_[j][p];
        pack.depth_stride = pack.row_stride = 1;
        pack.rows = 1;
        pack.panel_rows = kNr;
        pack.depth = depth;
        pack.kr = kKr;
        pack.to = rhs + j / kNr * panel + p * padded * kNr + j % kNr * kKr;
        if (depth != 0) layout_.pack(&pack);
      }
    }
    const uint8_t* rows[kMostPositions * kMr];
    for (size_t i = 0; i < m * positions; ++i) {
      uint8_t* const row = i % 2 == 0 ? even_.last(depth) : odd_.last(depth);
      if (i < 2) draw_bytes(row, depth);
      rows[i] = depth == 0 ? nullptr : row;
    }
    draw_channels();

    TileArgs args = {};
    args.lhs = rows;
    args.rhs = rhs;
    args.depth = depth;
    args.m = m;
    args.n = n;
    args.positions = positions;
    args.sign_flip = draw(2) * 0x80;
    args.bias = per_channel_[0];
    args.panel_stride = panel;
    args.width = kWidth;
    StageArgs stage = {};
    stage.m = m;
    stage.n = n;
    stage.multiplier = per_channel_[1];
    stage.exponent = per_channel_[2];
    stage.dst_column_stride = 1;
    stage.dst_row_stride = static_cast<ptrdiff_t>(draw(3) == 0 ? n + draw(4) : (n + 3) / 4 * 4);
    stage.rhs_zero = draw(16) == 0 ? per_channel_[3] : nullptr;
    stage.row_sum = per_row_[0];
    stage.row_zero = draw(16) == 0 ? per_row_[1] : nullptr;
    stage.weight_sum = per_channel_[4];
    const int32_t lowest = draw(2) == 0 ? 0 : -128;
    stage.clamp_min = draw(2) == 0 ? lowest : lowest + static_cast<int32_t>(draw(256));
    stage.clamp_max = draw(2) == 0 ? lowest + 255 : stage.clamp_min + static_cast<int32_t>(draw(100));
    if (stage.clamp_max > lowest + 255) stage.clamp_max = lowest + 255;
    stage.zero_point = lowest + static_cast<int32_t>(draw(256));
    // The last element lies before the guard, but for a word's alignment.
    const size_t bytes = (m - 1) * static_cast<size_t>(stage.dst_row_stride) + n;
    uint8_t* const all = dst_.last(kDstBytes);
    for (size_t i = 0; i < kDstBytes; ++i) all[i] = kCanary;
    stage.dst = dst_.last(draw(4) == 0 ? bytes : (bytes + 3) / 4 * 4);
    (args.sign_flip != 0 ? fused_.run_flip : fused_.run)(&args, &stage);

    for (size_t i = 0; i < m; ++i) {
      for (size_t j = 0; j < n; ++j) {
        uint32_t sum = static_cast<uint32_t>(args.bias[j]);
        for (size_t p = 0; p < positions; ++p) {
          for (size_t k = 0; k < depth; ++k) {
            const uint8_t raw = static_cast<uint8_t>(rows[p * m + i][k] ^ args.sign_flip);
            sum += static_cast<uint32_t>(static_cast<int8_t>(raw) * static_cast<int8_t>(weights_[j][p][k]));
          }
        }
        const int32_t acc = static_cast<int32_t>(sum);
        StageArgs element = stage;
        element.acc = &acc;
        element.rhs_zero = stage.rhs_zero != nullptr ? stage.rhs_zero + j : nullptr;
        element.row_sum = stage.row_sum + i;
        element.row_zero = stage.row_zero != nullptr ? stage.row_zero + i : nullptr;
        element.weight_sum = stage.weight_sum + j;
        const int32_t x = full_accumulator(element, 0, 0);
        const int64_t y = fused_.rule(x, {stage.multiplier[j], stage.exponent[j]}) + stage.zero_point;
        uint8_t* const at = stage.dst + static_cast<ptrdiff_t>(i) * stage.dst_row_stride + j;
        const uint8_t wanted = static_cast<uint8_t>(clamp(y, stage.clamp_min, stage.clamp_max));
        if (*at != wanted) {
          return failed("another element", {{"m", m},
                                            {"n", n},
                                            {"depth", depth},
                                            {"positions", positions},
                                            {"flip", args.sign_flip},
                                            {"row", i},
                                            {"channel", j},
                                            {"is", *at},
                                            {"wants", wanted}});
        }
        *at = kCanary;
      }
    }
    for (size_t i = 0; i < kDstBytes; ++i) {
      if (all[i] != kCanary) return failed("written beside the elements", {{"m", m}, {"n", n}, {"depth", depth}});
    }
    return true;
  }

  // Mostly shifts to the right, by as much as brings sums near 8 bits.
  void draw_channels() {
    const bool left_shifts = draw(8) == 0;
    for (size_t j = 0; j < kWidth; ++j) {
      per_channel_[0][j] = static_cast<int32_t>(draw() << 8) >> (8 + draw(16));
      per_channel_[1][j] = draw_multiplier(fused_.normalized);
      per_channel_[2][j] = -1 - static_cast<int32_t>(draw(draw(4) == 0 ? 31 : 14));
      if (left_shifts && draw(4) == 0) {
        per_channel_[2][j] = static_cast<int32_t>(draw(static_cast<uint32_t>(fused_.largest_exponent) + 1));
      }
      for (size_t i = 3; i < 5; ++i) per_channel_[i][j] = static_cast<int32_t>(draw(512)) - 256;
    }
    for (auto& numbers : per_row_) {
      for (int32_t& x : numbers) x = static_cast<int32_t>(draw(512)) - 256;
    }
  }

  static constexpr size_t kDstBytes = (kMr * kMostStride + 31) / 32 * 32;
  const FusedCase fused_;
  const RhsLayout& layout_;
  Guarded<(kMostDepth + 31) / 32 * 32> even_{0}, odd_{1};
  Guarded<kRhsBytes> rhs_{2};
  Guarded<kDstBytes> dst_{3};
  uint8_t weights_[kWidth][kMostPositions][kMostDepth];
  int32_t per_channel_[5][kWidth];
  int32_t per_row_[2][kMr];
};

}  // namespace ottava_test

#endif  // OTTAVA_TESTS_FIRMWARE_TEST_FUSED_H_
