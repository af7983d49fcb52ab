// Packing with the instructions of Armv8.2 dotprod, which every CPU with i8mm has: the inner loops of
// kernels/pack_walk.h for panels of 8 depths a step. A register has 8 depths of two rows.
#include "kernels/arm_i8mm/pack.h"

#if !defined(__aarch64__) || !defined(__ARM_FEATURE_DOTPROD)
#error "arm_i8mm/pack.cpp is code for AArch64: compile it with -march=armv8.2-a+dotprod+i8mm"
#endif

#include <arm_neon.h>

#include "kernels/pack.h"
#include "kernels/pack_walk.h"
#include "kernels/unroll.h"

namespace ottava {
namespace {

// 8 rows of the lhs or the rhs; a group is two panels, one register of each depth. kPlain: nothing is flipped and no
// sums are asked for, as is usual with the lhs.
template <bool kPlain>
struct Panel {
  static constexpr size_t kRows = 8;
  static constexpr size_t kKr = 8;
  static constexpr size_t kBytes = 1;
  static constexpr size_t kVector = 16;
  static constexpr size_t kGroup = 2;
  static constexpr size_t kSpan = 16;
  static constexpr size_t kLanes = 16;
  static constexpr bool kMasked = false;
  static constexpr bool kGathers = true;
  static constexpr bool kSums = !kPlain;

  static OTTAVA_INLINE uint8x16_t load(const uint8_t* from, uint8x16_t flip) {
    const uint8x16_t raw = vld1q_u8(from);
    return kPlain ? raw : veorq_u8(raw, flip);
  }
  // Half of the depths of a row in each lane.
  static OTTAVA_INLINE int32x4_t add(int32x4_t sum, uint8x16_t v) {
    return kPlain ? sum : vdotq_s32(sum, vreinterpretq_s8_u8(v), vdupq_n_s8(1));
  }
  template <size_t kCount>
  static OTTAVA_INLINE void add_rows(int32_t* sums, const int32x4_t* pairs) {
    if (kPlain) return;
    unroll<kCount / 2>([&](auto i) OTTAVA_INLINE_LAMBDA {
      int32_t* const to = sums + 4 * i;
      vst1q_s32(to, vaddq_s32(vld1q_s32(to), vpaddq_s32(pairs[2 * i], pairs[2 * i + 1])));
    });
  }

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
    int32x4_t sum[4] = {};
    for (; vectors > 0; --vectors, rows.advance(kVector), to += kVector * kRows) {
      uint8x16_t first[4], second[4];
      unroll<4>([&](auto pair) OTTAVA_INLINE_LAMBDA {
        const uint64x2_t a = vreinterpretq_u64_u8(load(rows.at(2 * pair), flip));
        const uint64x2_t b = vreinterpretq_u64_u8(load(rows.at(2 * pair + 1), flip));
        first[pair] = vreinterpretq_u8_u64(vzip1q_u64(a, b));
        second[pair] = vreinterpretq_u8_u64(vzip2q_u64(a, b));
        sum[pair] = add(add(sum[pair], first[pair]), second[pair]);
      });
      // Side by side, two registers a store.
      unroll<4>([&](auto pair) OTTAVA_INLINE_LAMBDA { vst1q_u8(to + pair * 16, first[pair]); });
      unroll<4>([&](auto pair) OTTAVA_INLINE_LAMBDA { vst1q_u8(to + kRows * kKr + pair * 16, second[pair]); });
    }
    add_rows<4>(sums, sum);
  }

  // 8 depths of 16 rows: three times, register i and register i + 4 are interleaved into 2 i and 2 i + 1.
  template <bool kWhole>
  OTTAVA_PACK_LOOP static void across(const uint8_t* from, ptrdiff_t depth_stride, size_t steps, uint8_t* to,
                                      size_t panel_stride, size_t rows, uint8_t flip_byte, int32_t* sums) {
    const uint8x16_t flip = vdupq_n_u8(flip_byte);
    int32x4_t sum[8] = {};
    for (; steps > 0; --steps, from += 8 * depth_stride, to += kRows * kKr) {
      uint8x16_t a[8], b[8];
      unroll<8>([&](auto k) OTTAVA_INLINE_LAMBDA {
        a[k] = load(from + static_cast<ptrdiff_t>(size_t{k}) * depth_stride, flip);
      });
      const auto interleave = [](const uint8x16_t* in, uint8x16_t* out) OTTAVA_INLINE_LAMBDA {
        unroll<4>([&](auto i) OTTAVA_INLINE_LAMBDA {
          out[2 * i] = vzip1q_u8(in[i], in[i + 4]);
          out[2 * i + 1] = vzip2q_u8(in[i], in[i + 4]);
        });
      };
      interleave(a, b);
      interleave(b, a);
      interleave(a, b);
      unroll<8>([&](auto pair) OTTAVA_INLINE_LAMBDA {
        if (kWhole || pair / 4 * kRows < rows) vst1q_u8(to + pair / 4 * panel_stride + pair % 4 * 16, b[pair]);
        sum[pair] = add(sum[pair], b[pair]);
      });
    }
    add_rows<8>(sums, sum);
  }

  static void general(const PackArgs* args) { pack_s8(args); }
};

}  // namespace

void pack_s8_8x8_arm_i8mm(const PackArgs* args) {
  if (args->flip == 0 && args->row_sum == nullptr) return pack_panels<Panel<true>>(args);
  pack_panels<Panel<false>>(args);
}

const RhsLayout s8_8x8_arm_i8mm = {Element::s8, 8, 8, pack_s8_8x8_arm_i8mm};

}  // namespace ottava
