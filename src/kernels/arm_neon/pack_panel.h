// Packing on both Arm architectures: the inner loops of kernels/pack_walk.h for panels of 16 depths a step, one
// register of NEON per row and step.
//
// In an anonymous namespace: files with different ISA flags share no code.
#ifndef OTTAVA_SRC_KERNELS_ARM_NEON_PACK_PANEL_H_
#define OTTAVA_SRC_KERNELS_ARM_NEON_PACK_PANEL_H_

#include <arm_neon.h>

#include "kernels/pack.h"
#include "kernels/pack_walk.h"
#include "kernels/unroll.h"

namespace ottava {
namespace {

// kPanelRows rows; a group is as many panels as one register of each depth holds. kPlain: nothing is flipped and no
// sums are asked for along rows, as is usual with the lhs.
template <size_t kPanelRows, bool kPlain = false>
struct Panel {
  static constexpr size_t kRows = kPanelRows;
  static constexpr size_t kKr = 16;
  static constexpr size_t kBytes = 1;
  static constexpr size_t kVector = 16;
  static constexpr size_t kGroup = 16 / kRows;
  static constexpr size_t kSpan = 16;
  static constexpr size_t kLanes = 16;
  static constexpr bool kMasked = false;
  static constexpr bool kGathers = true;
  static constexpr bool kSums = !kPlain;

  OTTAVA_PACK_LOOP static void along(const uint8_t* from, ptrdiff_t row_stride, size_t vectors, uint8_t* to,
                                     uint8_t flip, int32_t* sums) {
    pack_rows(StridedRows{from, row_stride}, vectors, to, flip, sums);
  }
  OTTAVA_PACK_LOOP static void gather(const uint8_t* const* rows, size_t vectors, uint8_t* to, uint8_t flip,
                                      int32_t* sums) {
    pack_rows(GatheredRows<kRows>(rows), vectors, to, flip, sums);
  }
  template <class Rows>
  static OTTAVA_INLINE void pack_rows(Rows rows, size_t vectors, uint8_t* to, uint8_t flip_byte, int32_t* sums) {
    const uint8x16_t flip = vdupq_n_u8(flip_byte);
    int32x4_t sum[kRows] = {};
    for (; vectors > 0; --vectors, rows.advance(kKr), to += kRows * kKr) {
      unroll<kRows>([&](auto row) OTTAVA_INLINE_LAMBDA {
        const uint8x16_t raw = vld1q_u8(rows.at(row));
        const uint8x16_t v = kPlain ? raw : veorq_u8(raw, flip);
        vst1q_u8(to + row * kKr, v);
        if (!kPlain) sum[row] = vpadalq_s16(sum[row], vpaddlq_s8(vreinterpretq_s8_u8(v)));
      });
    }
    if (!kPlain) add_lanes(sum, sums);
  }

  // 16 x 16 bytes transposed: four times, register i and register i + 8 are interleaved into 2 i and 2 i + 1. The
  // sums of the rows are taken before that, in lanes of 16 bits.
  template <bool kWhole>
  OTTAVA_PACK_LOOP static void across(const uint8_t* from, ptrdiff_t depth_stride, size_t steps, uint8_t* to,
                                      size_t panel_stride, size_t rows, uint8_t flip_byte, int32_t* sums) {
    static_assert(kBlockDepths <= 255, "sums of 16 bits");
    const uint8x16_t flip = vdupq_n_u8(flip_byte);
    int16x8_t low = vdupq_n_s16(0), high = vdupq_n_s16(0);
    for (; steps > 0; --steps, from += 16 * depth_stride, to += kRows * kKr) {
      uint8x16_t a[16], b[16];
      unroll<16>([&](auto k) OTTAVA_INLINE_LAMBDA {
        a[k] = veorq_u8(vld1q_u8(from + static_cast<ptrdiff_t>(size_t{k}) * depth_stride), flip);
        const int8x16_t v = vreinterpretq_s8_u8(a[k]);
        low = vaddw_s8(low, vget_low_s8(v));
        high = add_high(high, v);
      });
      const auto interleave = [](const uint8x16_t* in, uint8x16_t* out) OTTAVA_INLINE_LAMBDA {
        unroll<8>([&](auto i) OTTAVA_INLINE_LAMBDA {
          const uint8x16x2_t both = vzipq_u8(in[i], in[i + 8]);
          out[2 * i] = both.val[0];
          out[2 * i + 1] = both.val[1];
        });
      };
      interleave(a, b);
      interleave(b, a);
      interleave(a, b);
      interleave(b, a);
      unroll<16>([&](auto row) OTTAVA_INLINE_LAMBDA {
        if (kWhole || row / kRows * kRows < rows) vst1q_u8(to + row / kRows * panel_stride + row % kRows * kKr, a[row]);
      });
    }
    const int32x4_t more[4] = {vmovl_s16(vget_low_s16(low)), vmovl_s16(vget_high_s16(low)),
                               vmovl_s16(vget_low_s16(high)), vmovl_s16(vget_high_s16(high))};
    unroll<4>([&](auto i)
                  OTTAVA_INLINE_LAMBDA { vst1q_s32(sums + 4 * i, vaddq_s32(vld1q_s32(sums + 4 * i), more[i])); });
  }

#if defined(__aarch64__)
  static OTTAVA_INLINE int16x8_t add_high(int16x8_t sum, int8x16_t v) { return vaddw_high_s8(sum, v); }
  static OTTAVA_INLINE void add_lanes(const int32x4_t* sum, int32_t* sums) {
    const int32x4_t rows = vpaddq_s32(vpaddq_s32(sum[0], sum[1]), vpaddq_s32(sum[2], sum[3]));
    vst1q_s32(sums, vaddq_s32(vld1q_s32(sums), rows));
  }
#else
  static OTTAVA_INLINE int16x8_t add_high(int16x8_t sum, int8x16_t v) { return vaddw_s8(sum, vget_high_s8(v)); }
  static OTTAVA_INLINE int32x2_t halves(int32x4_t x) { return vpadd_s32(vget_low_s32(x), vget_high_s32(x)); }
  static OTTAVA_INLINE void add_lanes(const int32x4_t* sum, int32_t* sums) {
    unroll<kRows / 2>([&](auto pair) OTTAVA_INLINE_LAMBDA {
      const int32x2_t two = vpadd_s32(halves(sum[2 * pair]), halves(sum[2 * pair + 1]));
      vst1_s32(sums + 2 * pair, vadd_s32(vld1_s32(sums + 2 * pair), two));
    });
  }
#endif

  static void general(const PackArgs* args) { pack_s8(args); }
};

template <size_t kRows>
OTTAVA_INLINE void pack_rows_of_16(const PackArgs* args) {
  if (args->flip == 0 && args->row_sum == nullptr) return pack_panels<Panel<kRows, true>>(args);
  pack_panels<Panel<kRows>>(args);
}

}  // namespace
}  // namespace ottava

#endif  // OTTAVA_SRC_KERNELS_ARM_NEON_PACK_PANEL_H_
