// A kernel of the indirect form against plain loops: every number of rows, channels and depths of a tile, several
// positions, both signs of the lhs, with and without bias, added to what is there and not.
#ifndef OTTAVA_TESTS_FIRMWARE_TEST_CONTRACTION_H_
#define OTTAVA_TESTS_FIRMWARE_TEST_CONTRACTION_H_

#include "firmware/check.h"
#include "kernels/kernel.h"

namespace ottava_test {

using namespace ottava;

// Sizes of the tile, and the largest of a case. A row is its own guarded memory, so there are few.
template <size_t kMr, size_t kNr, size_t kKr, size_t kWidth>
class ContractionTest {
 public:
  ContractionTest(TileFn kernel, const RhsLayout& layout) : run_(kernel), layout_(layout) {}

  bool run() {
    const size_t widths[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, kWidth / 2 + 1, kWidth - 1, kWidth};
    for (size_t m = 1; m <= kMr; ++m) {
      for (const size_t n : widths) {
        for (size_t depth = 0; depth <= 70; ++depth) {
          if (!check(m, n, depth, 1 + draw(3))) return false;
        }
      }
      for (size_t depth = 120; depth <= kMostDepth; depth += 1 + draw(9)) {
        if (!check(m, 1 + draw(kWidth), depth, 1 + draw(kMostPositions))) return false;
      }
    }
    return true;
  }

 private:
  static constexpr size_t kMostDepth = 300;
  static constexpr size_t kMostPositions = 3;
  static constexpr size_t kPacked = kMostPositions * (kMostDepth + kKr);
  static constexpr size_t kRhsBytes = kPacked * kWidth;
  static constexpr int32_t kCanary = 0x1EAF1EAF;

  bool check(size_t m, size_t n, size_t depth, size_t positions) {
    const size_t padded = (depth + kKr - 1) / kKr * kKr;
    const size_t panel = padded * positions * kNr, panels = (n + kNr - 1) / kNr;
    const size_t shift = draw(8) == 0 ? draw(4) : 0;  // panels at any address
    uint8_t* const rhs = rhs_.last(panel * panels + shift);
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
    const bool has_bias = draw(4) != 0, accumulates = draw(3) == 0;
    for (int32_t& x : bias_) x = static_cast<int32_t>(draw() << 12);
    for (int32_t& x : acc_) x = kCanary;
    for (size_t i = 0; accumulates && i < m; ++i) {
      for (size_t j = 0; j < n; ++j) acc_[i * kWidth + j] = static_cast<int32_t>(draw() << 9);
    }
    for (size_t i = 0; i < kMr * kWidth; ++i) before_[i] = acc_[i];

    TileArgs args = {};
    args.lhs = rows;
    args.rhs = rhs;
    args.acc = acc_;
    args.depth = depth;
    args.m = m;
    args.n = n;
    args.positions = positions;
    args.sign_flip = draw(2) * 0x80;
    args.bias = has_bias ? bias_ : nullptr;
    args.accumulate = accumulates ? 1 : 0;
    args.panel_stride = panel;
    args.width = kWidth;
    run_(&args);

    for (size_t i = 0; i < m; ++i) {
      for (size_t j = 0; j < n; ++j) {
        int32_t sum = accumulates ? before_[i * kWidth + j] : has_bias ? bias_[j] : 0;
        for (size_t p = 0; p < positions; ++p) {
          for (size_t k = 0; k < depth; ++k) {
            const uint8_t raw = static_cast<uint8_t>(rows[p * m + i][k] ^ args.sign_flip);
            const int32_t product = static_cast<int8_t>(raw) * static_cast<int8_t>(weights_[j][p][k]);
            sum = static_cast<int32_t>(static_cast<uint32_t>(sum) + static_cast<uint32_t>(product));
          }
        }
        if (sum != acc_[i * kWidth + j]) return told("another sum", m, n, depth, positions, i, j);
      }
    }
    for (size_t i = kMr * kWidth; i < kMr * kWidth + kBehind; ++i) {
      if (acc_[i] != kCanary) return told("written behind the tile", m, n, depth, positions, i, 0);
    }
    return true;
  }

  static bool told(const char* what, size_t m, size_t n, size_t depth, size_t positions, size_t row, size_t channel) {
    return failed(what,
                  {{"m", m}, {"n", n}, {"depth", depth}, {"positions", positions}, {"row", row}, {"channel", channel}});
  }

  static constexpr size_t kBehind = 16;
  TileFn run_;
  const RhsLayout& layout_;
  Guarded<kMostDepth> even_{0}, odd_{1};
  Guarded<kRhsBytes> rhs_{2};
  uint8_t weights_[kWidth][kMostPositions][kMostDepth];
  int32_t bias_[kWidth];
  alignas(kAlignment) int32_t acc_[kMr * kWidth + kBehind];
  int32_t before_[kMr * kWidth];
};

}  // namespace ottava_test

#endif  // OTTAVA_TESTS_FIRMWARE_TEST_CONTRACTION_H_
